"""Checks with valid cookies against servers that answer a constant."""

from harness import markdown, nginx, svg
from harness.bench import Bench
from harness.spread import column, ratios, spread

TITLE = "Checks against servers that answer a constant"
TARGETS = ("latchkey", "bench_fill_sessions")
MINUTES = 1


def run(bench: Bench) -> dict:
    sessions = bench.sessions(1000)
    port = bench.port()
    ours = bench.latchkey(sessions=sessions)
    theirs = bench.nginx("nginx return 200", port, nginx.constant(port))
    load = bench.check(sessions)
    turns = {one.name: (one, lambda one=one: bench.load(one, load, bench.seconds(3))) for one in (ours, theirs)}
    return {"rounds": bench.alternate(turns, bench.rounds(5))}


def table(data: dict) -> str:
    rounds = data["rounds"]
    base = column(rounds, "nginx return 200", "rate")
    rows = [(name, markdown.ranged(spread(column(rounds, name, "rate"))),
             markdown.ranged(ratios(column(rounds, name, "rate"), base)),
             markdown.ranged(spread(column(rounds, name, "cpu_us")))) for name in rounds[0]]
    return markdown.table(("", "requests/s", "of nginx's", "CPU µs each"), rows)


def plots(data: dict) -> dict[str, str]:
    rounds = data["rounds"]
    rows = []
    for name in rounds[0]:
        one = spread(column(rounds, name, "rate"))
        rows.append((name, one["median"], one["least"], one["greatest"], int(name != "latchkey")))
    return {"": svg.bars(TITLE, "/s", rows)}
