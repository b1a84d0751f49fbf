"""What a figure was measured on: without it, it means little."""

import os
import pathlib
import re
import subprocess
from collections.abc import Sequence


def _first(pattern: str, file: str) -> str:
    try:
        found = re.search(pattern, pathlib.Path(file).read_text(), re.MULTILINE)
    except OSError:
        return "unknown"
    return found[1].strip().strip('"') if found else "unknown"


def facts() -> dict[str, str | int]:
    return {
        "processor": _first(r"^model name\s*:\s*(.*)$", "/proc/cpuinfo"),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(int(_first(r"^MemTotal:\s*(\d+)", "/proc/meminfo")) / 2**20),
        "virtual": "yes" if " hypervisor" in _first(r"^(flags.*)$", "/proc/cpuinfo") else "no",
        "system": _first(r"^PRETTY_NAME=(.*)$", "/etc/os-release"),
        "kernel": os.uname().release,
    }


def sentence(known: dict[str, str | int]) -> str:
    kind = "virtual machine" if known["virtual"] == "yes" else "machine"
    return f"{kind} with {known['cores']} cores ({known['processor']}), {known['memory_gib']} GiB, {known['system']}"


def busy_seconds() -> float:
    """What all cores together have worked since they began."""
    fields = pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]
    user, nice, system, _, _, irq, softirq, stolen = map(int, fields)
    return (user + nice + system + irq + softirq + stolen) / os.sysconf("SC_CLK_TCK")


def version(command: Sequence[object]) -> str:
    """The first number with a point in it that a program says of itself."""
    try:
        done = subprocess.run([str(one) for one in command], capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"
    found = re.search(r"\d+(?:\.\d+)+", done.stdout + done.stderr)
    return found[0] if found else "unknown"


def debian_version(package: str) -> str:
    done = subprocess.run(["dpkg-query", "-W", "-f=${Version}", package], capture_output=True, text=True)
    return done.stdout if done.returncode == 0 and done.stdout else "unknown"


def commit(root: pathlib.Path) -> str:
    """The source's, with a + when files differ from it."""
    def git(*words: str) -> str:
        return subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True).stdout.strip()

    changed = git("status", "--porcelain", "--untracked-files=no", "--", "src", "include", "CMakeLists.txt")
    return (git("rev-parse", "--short=12", "HEAD") or "unknown") + ("+" if changed else "")
