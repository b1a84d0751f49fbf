"""What memory a server needs: at its start, for sessions, for connections at rest."""

import pathlib
import re
import time

from harness import idle, markdown, processes, svg
from harness.bench import Bench
from harness.latchkey import CHECK, CHECK_HEADERS, COOKIE
from harness.server import Server
from harness.spread import spread

TITLE = "Memory"
TARGETS = ("latchkey", "bench_fill_sessions")
MINUTES = 2.5
START_MIB, SESSION_BYTES, CONNECTION_BYTES = 24, 160, 4096  # promised
PROMISED_FROM = 1_000_000  # sessions
CONNECTIONS = 10_000
ALL = 20  # sessions of a user
SESSIONS = ((100_000, ALL), (100_000, 1), (1_000_000, ALL), (1_000_000, 1))
LARGE = ((10_000_000, ALL),)  # five minutes, and 4 GB of disk; with one of each user it would be a quarter of an hour
LIMITS = "[limits]\nmax_connections = 60_000\nmax_connections_per_client = 60_000\nkeepalive_timeout = \"10m\"\n"


def run(bench: Bench) -> dict:
    started = [_at_start(bench) for _ in range(bench.rounds(3))]
    empty = spread(one["resident"] for one in started)["median"]
    cases = SESSIONS[:1] if bench.quick else SESSIONS + (LARGE if bench.large else ())
    return {
        "start": started,
        "sessions": [_sessions(bench, count, each, empty) for count, each in cases if bench.wanted(f"{count} sessions")],
        "connections": [_connections(bench, asked) for asked in (True, False) for _ in range(bench.rounds(3))
                        if bench.wanted("connections")],
    }


def _memory(server: Server) -> dict[str, int]:
    names = {"resident": "VmRSS", "own": "RssAnon", "files": "RssFile", "most": "VmHWM"}
    return {name: processes.status(server.pid, field) for name, field in names.items()}


def _at_start(bench: Bench) -> dict[str, int]:
    server = bench.latchkey()
    time.sleep(1.5)  # the first tick and the first sweep are past
    found = _memory(server)
    bench.stop(server)
    return found


def _sessions(bench: Bench, count: int, each: int, empty: float) -> dict:
    sessions = bench.sessions(count, count // each)
    begin = time.monotonic()
    server = bench.latchkey(sessions=sessions)
    ready = time.monotonic() - begin
    time.sleep(1.5)
    found = _memory(server)
    bench.stop(server)
    return {"sessions": count, "each": each, "ready_s": ready, "bytes": (found["resident"] - empty) / count,
            "most_bytes": (found["most"] - empty) / count, "disk_bytes": _size(sessions.database) / count, **found}


def _size(database: pathlib.Path) -> int:
    return sum(one.stat().st_size for one in database.parent.glob(database.name + "*") if one.suffix in (".db", ".db-wal"))


def _slab() -> int:
    """What the kernel keeps of small objects, for all programs."""
    found = re.search(r"^Slab:\s+(\d+) kB", pathlib.Path("/proc/meminfo").read_text(), re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


def _connections(bench: Bench, asked: bool) -> dict:
    sessions = bench.sessions(1000)
    with sessions.cookies.open() as lines:
        cookie = lines.readline().strip()
    request = idle.request(CHECK, {**CHECK_HEADERS, "Cookie": f"{COOKIE}={cookie}"})
    count = CONNECTIONS // 10 if bench.quick else CONNECTIONS
    server = bench.latchkey(sessions=sessions, more=LIMITS)
    with bench.alone():
        with idle.connections(server, 1, request):  # whatever the first one brings for all
            pass
        time.sleep(0.5)
        before, kernel = server.resident_bytes(), _slab()
        with idle.connections(server, count, request if asked else None):
            time.sleep(1)
            during, in_kernel = server.resident_bytes(), _slab()
        time.sleep(1)
    after = server.resident_bytes()
    bench.stop(server)
    # The other ends of these connections are on this machine, too.
    return {"asked": asked, "connections": count, "bytes": (during - before) / count, "kept": (after - before) / count,
            "kernel_bytes": (in_kernel - kernel) / count / 2}


def _mib(value: float) -> float:
    return value / 2**20


def table(data: dict) -> str:
    start = {name: spread(_mib(one[name]) for one in data["start"]) for name in ("resident", "own", "files", "most")}
    text = markdown.table(("At start, without a session", "MiB", "promised"), (
        ("resident", markdown.ranged(start["resident"]), markdown.verdict(start["resident"]["median"], START_MIB, False)),
        ("… of its own", markdown.ranged(start["own"]), ""), ("… of program and libraries", markdown.ranged(start["files"]), ""),
        ("most that it had", markdown.ranged(start["most"]), "")))
    if data["sessions"]:
        rows = [(f"{one['sessions']:,}", str(one["each"]), f"{one['bytes']:.0f}",
                 markdown.verdict(one["bytes"], SESSION_BYTES, False) if one["sessions"] >= PROMISED_FROM else "",
                 f"{_mib(one['resident']):,.0f}", f"{one['most_bytes']:.0f}", f"{one['disk_bytes']:.0f}") for one in data["sessions"]]
        text += "\nWhat a session adds to that, its user's profile and all indexes included.\n\n" + markdown.table(
            ("Live sessions", "of each user", "bytes each", "promised", "resident, MiB", "bytes each, most", "bytes each, on disk"), rows)
    if data["connections"]:
        rows = []
        for asked, name in ((True, "made a check each"), (False, "never asked anything")):
            found = {figure: spread(one[figure] for one in data["connections"] if one["asked"] == asked)
                     for figure in ("bytes", "kernel_bytes", "kept")}
            rows.append((name, markdown.ranged(found["bytes"]), markdown.verdict(found["bytes"]["median"], CONNECTION_BYTES, False),
                         markdown.ranged(found["kernel_bytes"]), markdown.ranged(found["kept"])))
        count = data["connections"][0]["connections"]
        text += (f"\n{count:,} connections at rest, bytes for each. The kernel's are what its small objects (slab) grew by.\n\n"
                 + markdown.table(("Connections that", "resident", "promised", "kernel, beside", "still resident when closed"), rows))
    return text


def plots(data: dict) -> dict[str, str]:
    rows = [(f"{one['sessions']:,} sessions, {one['each']} of each user", one["bytes"], 0 if one["each"] > 1 else 1)
            for one in data["sessions"]]
    return {"": svg.bars("Resident bytes for each session", "bytes", [*rows, ("promised", SESSION_BYTES, 3)])} if rows else {}
