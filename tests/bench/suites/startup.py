"""How soon a server is ready, by how many sessions it has to load, and how soon it is gone."""

import contextlib
import os
import select
import time

from harness import Failure, idle, markdown, svg
from harness.bench import Bench
from harness.latchkey import CHECK, CHECK_HEADERS, COOKIE
from harness.spread import Spread, column, spread

TITLE = "Start and end"
TARGETS = ("latchkey", "bench_fill_sessions")
MINUTES = 2
SESSIONS = (0, 100_000, 1_000_000)
PROMISED = {100_000: 1, 1_000_000: 5}  # seconds
CONNECTIONS = (0, 1_000)
PATIENCE = 60  # seconds


def run(bench: Bench) -> dict:
    cases = [count for count in SESSIONS if not bench.quick or count < 1_000_000]
    for count in filter(None, cases):
        bench.sessions(count)
    starts: list[dict] = []
    ends: list[dict] = []
    for _ in range(bench.rounds(5)):
        with bench.alone():
            if bench.wanted("start"):
                starts.append({str(count): _start(bench, count) for count in cases})
            if bench.wanted("drain"):
                ends.append({str(count): _end(bench, count) for count in CONNECTIONS})
    return {"starts": starts, "ends": ends}


def _start(bench: Bench, count: int) -> dict[str, float]:
    begin = time.monotonic()
    server = bench.latchkey(sessions=bench.sessions(count) if count else None)
    ready = time.monotonic() - begin
    used = server.cpu_seconds()
    bench.stop(server)
    return {"ready_s": ready, "cpu_s": used}


def _end(bench: Bench, connections: int) -> dict[str, float]:
    """From the signal to the end of the process; meanwhile so many clients, which have asked once, wait for nothing."""
    sessions = bench.sessions(1_000)
    with sessions.cookies.open() as lines:
        request = idle.request(CHECK, {**CHECK_HEADERS, "Cookie": f"{COOKIE}={lines.readline().strip()}"})
    server = bench.latchkey(sessions=sessions)
    with idle.connections(server, connections, request) if connections else contextlib.nullcontext():
        time.sleep(0.5)
        end = os.pidfd_open(server.pid)  # told at once, where Popen.wait() looks now and then
        begin = time.monotonic()
        server.process.terminate()
        gone = select.select([end], [], [], PATIENCE)[0]
        took = time.monotonic() - begin
        os.close(end)
        if not gone:
            raise Failure(f"the server did not end within {PATIENCE} s")
        code = server.process.wait()
    bench.stop(server)
    if code:
        raise Failure(f"the server ended with {code}: {server.log.read_text(errors='replace')[-300:]}")
    return {"gone_s": took}


def table(data: dict) -> str:
    parts = []
    if data["starts"]:
        rows = []
        for count in map(int, data["starts"][0]):
            ready = spread(column(data["starts"], str(count), "ready_s"))
            rows.append((f"{count:,}", _seconds(ready),
                         markdown.verdict(ready["median"], PROMISED[count], False) if count in PROMISED else "",
                         _seconds(spread(column(data["starts"], str(count), "cpu_s")))))
        parts.append("From the start of the program to its first answer that it is ready; the database is in the page cache, and the "
                     "server has one core.\n\n"
                     + markdown.table(("Live sessions, 20 of each user", "ready after, s", "promised", "CPU, s"), rows))
    if data["ends"]:
        rows = [(f"{int(count):,}", _seconds(spread(column(data["ends"], count, "gone_s")))) for count in data["ends"][0]]
        parts.append("From SIGTERM to the end of the program. With clients connected, load balancers have a second to see that it is not "
                     "ready any more.\n\n" + markdown.table(("Connections at rest", "gone after, s"), rows))
    return "\n".join(parts)


def _seconds(one: Spread) -> str:
    return f"{one['median']:.2f} ({one['least']:.2f} to {one['greatest']:.2f})"


def plots(data: dict) -> dict[str, str]:
    rows = []
    for rounds, figure, name, series in ((data["starts"], "ready_s", "ready with {:,} sessions", 0),
                                         (data["ends"], "gone_s", "gone with {:,} connections", 1)):
        for count in rounds[0] if rounds else ():
            one = spread(column(rounds, count, figure))
            rows.append((name.format(int(count)), one["median"], one["least"], one["greatest"], series))
    return {"": svg.bars("Start and end", "s", rows)} if rows else {}
