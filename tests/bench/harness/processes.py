"""What /proc says of a server: of all of its processes, the children too."""

import os
import pathlib

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


def state(pid: int) -> str:
    """A letter: R, S, T for stopped, Z for ended."""
    return _stat(pid)[0]


def cpu_seconds(pids: list[int]) -> float:
    """User and system time, that of children which have ended included."""
    return sum(sum(map(int, _stat(pid)[11:15])) for pid in pids) / _TICK


def status(pid: int, field: str) -> int:
    """A line of /proc/PID/status that is a number; kB are given as bytes."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        name, _, value = line.partition(":")
        if name == field:
            words = value.split()
            return int(words[0]) * (1024 if words[1:] == ["kB"] else 1)
    raise KeyError(field)


def resident_bytes(pids: list[int]) -> int:
    return sum(status(pid, "VmRSS") for pid in pids)
