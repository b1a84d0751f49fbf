"""Checks with valid cookies against servers that answer a constant, by live sessions, connections and server threads."""

from harness import machine, markdown, nginx, svg
from harness.bench import Bench
from harness.latchkey import CHECK, CHECK_HEADERS
from harness.load import Load
from harness.server import Server
from harness.spread import column, ratios, spread

TITLE = "Checks against servers that answer a constant"
TARGETS = ("latchkey", "bench_fill_sessions", "bench_load", "peer_epoll", "peer_beast")
MINUTES = 8

NGINX, BARE = "nginx `return 200`", "the same, asked without a cookie"
EPOLL, BEAST = "bare epoll, constant", "Beast, constant"
SESSIONS = {"1 k": 1_000, "100 k": 100_000, "1 M": 1_000_000}
CONNECTIONS = (64, 1000)


def run(bench: Bench) -> dict:
    bench.versions["nginx"] = machine.version(["nginx", "-v"])
    return {"cells": [cell for threads in (1, 2) for cell in with_threads(bench, threads)]}


def with_threads(bench: Bench, threads: int) -> list[dict]:
    filled = {f"latchkey, {name} sessions": bench.sessions(count) for name, count in SESSIONS.items()
              if not bench.quick or count < 1_000_000}
    ours = {name: bench.latchkey(name, sessions, threads) for name, sessions in filled.items()}
    check = bench.check(list(filled.values())[-1])  # everybody hears the same requests, and the generator has the same work
    size = check.probe(list(ours.values())[-1])
    bare = Load(CHECK, CHECK_HEADERS)
    asked: dict[str, tuple[Server, Load]] = {}
    asked[NGINX] = constant_nginx(bench, threads), check
    asked[BARE] = asked[NGINX][0], bare
    for name, program in ((EPOLL, "peer_epoll"), (BEAST, "peer_beast")):
        asked[name] = bench.peer(name, program, threads, size), check
    for name, server in ours.items():
        asked[name] = server, bench.check(filled[name])
    for server, load in asked.values():  # caches filled, sessions seen
        bench.load(server, load, 1, 64, threads)
    cells = []
    for connections in CONNECTIONS:
        def turn(server: Server, load: Load):
            return server, lambda: bench.load(server, load, bench.seconds(2), connections, threads)
        bench.say(f"{threads} server threads, {connections} connections")
        rounds = bench.alternate({name: turn(*one) for name, one in asked.items()}, bench.rounds(5))
        cells.append({"threads": threads, "connections": connections, "rounds": rounds})
    for server, _ in asked.values():
        bench.stop(server)
    return cells


def constant_nginx(bench: Bench, threads: int) -> Server:
    port = bench.port()
    return bench.nginx(NGINX, port, nginx.constant(port), threads, bench.cores(threads)[0])


def table(data: dict) -> str:
    return "\n".join([promises(data["cells"]), *map(cell_table, data["cells"])])


def cell_table(cell: dict) -> str:
    rounds, threads = cell["rounds"], cell["threads"]
    rows = []
    for name in rounds[0]:
        def figure(which: str, name: str = name) -> list[float]:
            return column(rounds, name, which)
        rows.append((name, markdown.ranged(spread(figure("rate"))),
                     markdown.ranged(ratios(figure("rate"), column(rounds, NGINX, "rate"))),
                     markdown.ranged(spread(figure("cpu_us"))),
                     markdown.ranged(ratios(figure("cpu_us"), column(rounds, NGINX, "cpu_us"))),
                     *(markdown.number(spread(figure(which))["median"] / 1000)
                       for which in ("p50_us", "p99_us", "p999_us")),
                     markdown.number(spread(figure("cpu_share"))["median"])))
    shared = ""
    if threads > 1:
        shared = ", which share their cores with the load generator where there are only two: the rate says little there"
    return (f"## {threads} server thread{'s' * (threads > 1)}, {cell['connections']:,} connections\n\n"
            f"{len(rounds)} rounds: median (least to greatest){shared}. Latencies are medians, in ms.\n\n" +
            markdown.table(("", "requests/s", "of nginx's", "CPU µs each", "of nginx's", "p50", "p99", "p99.9",
                            "cores used"), rows))


def promises(cells: list[dict]) -> str:
    """Of the largest table of sessions that was measured."""
    by = {(cell["threads"], cell["connections"]): cell["rounds"] for cell in cells}
    full = list(cells[0]["rounds"][0])[-1]
    rows = []
    for (threads, connections), rounds in by.items():
        def against(which: str) -> dict:
            return ratios(column(rounds, full, which), column(rounds, NGINX, which))
        where = f"{threads} thread{'s' * (threads > 1)}, {connections:,} connections"
        wanted = [("CPU time for each", "cpu_us", 1.0, False)]
        if threads == 1:
            wanted = [("requests/s", "rate", 1.0, True), ("p99", "p99_us", 1.2, False), *wanted]
        for what, which, promise, at_least in wanted:
            ratio = against(which)
            rows.append((f"{what}, of nginx's, {where}", markdown.ranged(ratio),
                         markdown.verdict(ratio["median"], promise, at_least)))
    for connections in CONNECTIONS:
        alone, together = (column(by[threads, connections], full, "cpu_us") for threads in (1, 2))
        gain = ratios([2 * one for one in alone], together)
        rows.append((f"two threads against one, by CPU time, {connections:,} connections", markdown.ranged(gain),
                     markdown.verdict(gain["median"], 1.8, True)))
    return f"Promised for {full.split(', ')[1]}, each figure of a round held against nginx's of the same round:\n\n" + \
        markdown.table(("", "measured", "promised"), rows)


def plots(data: dict) -> dict[str, str]:
    first = data["cells"][0]
    colours = {NGINX: 1, BARE: 1, EPOLL: 2, BEAST: 3}

    def bars(title: str, unit: str, cell: dict, which: str) -> str:
        rows = []
        for name in cell["rounds"][0]:
            one = spread(column(cell["rounds"], name, which))
            rows.append((name.replace("`", ""), one["median"], one["least"], one["greatest"], colours.get(name, 0)))
        return svg.bars(title, unit, rows)
    where = "one thread, 64 connections"
    return {"": bars(f"Requests a second, {where}", "/s", first, "rate"),
            "-cpu": bars(f"CPU time of the server for a request, {where}", "µs", first, "cpu_us"),
            "-p99": bars(f"99 of 100 answers came within, {where}", "µs", first, "p99_us")}
