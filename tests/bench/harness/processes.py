"""What /proc says of a server: of all of its processes, the children too."""

import contextlib
import os
import pathlib
from collections.abc import Iterable

_TICK = os.sysconf("SC_CLK_TCK")


def family(pid: int) -> list[int]:
    """`pid` and all that descend from it."""
    found = [pid]
    for one in found:
        for children in pathlib.Path(f"/proc/{one}/task").glob("*/children"):
            try:
                found += map(int, children.read_text().split())
            except OSError:
                pass  # that thread has just ended
    return found


def _stat(pid: int) -> list[str]:
    """What stands in /proc/PID/stat after the name."""
    return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()


# Servers end processes of theirs when they like: one that is gone since it was listed.
_gone = (FileNotFoundError, ProcessLookupError)


def send(pids: Iterable[int], number: int) -> None:
    """A signal, to those that are still there."""
    for pid in pids:
        with contextlib.suppress(*_gone):
            os.kill(pid, number)


def state(pid: int) -> str:
    """A letter: R, S, T for stopped, Z for ended."""
    try:
        return _stat(pid)[0]
    except _gone:
        return "Z"


def cpu_seconds(pids: list[int]) -> float:
    """User and system time, that of children which have ended included."""
    ticks = 0
    for pid in pids:
        with contextlib.suppress(*_gone):  # what it took is its parent's now
            ticks += sum(map(int, _stat(pid)[11:15]))
    return ticks / _TICK


def status(pid: int, field: str) -> int:
    """A line of /proc/PID/status that is a number; kB are given as bytes."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        name, _, value = line.partition(":")
        if name == field:
            words = value.split()
            return int(words[0]) * (1024 if words[1:] == ["kB"] else 1)
    raise KeyError(field)


def resident_bytes(pids: list[int]) -> int:
    found = 0
    for pid in pids:
        with contextlib.suppress(*_gone, KeyError):  # one that has ended has no memory
            found += status(pid, "VmRSS")
    return found
