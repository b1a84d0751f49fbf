"""What the parts of a check cost, and the session table as it grows."""

import json
import statistics

from harness import markdown, svg
from harness.bench import Bench
from harness.spread import spread

TITLE = "What the parts cost"
TARGETS = ("bench_micro",)
MINUTES = 2.5
TABLE = "session "  # how the names begin that have a size


def run(bench: Bench) -> dict:
    out = bench.file("micro.json")
    command = [bench.program("bench_micro"), f"--benchmark_repetitions={bench.rounds(5)}", f"--benchmark_out={out}",
               f"--benchmark_min_time={0.01 if bench.quick else 0.1 * bench.seconds(1)}"]
    if bench.only:
        command.append(f"--benchmark_filter={'|'.join(bench.only)}")
    with bench.alone():
        bench.run(command, environment={"BENCH_LARGE": "1"} if bench.large else None)
    costs: dict[tuple[str, int, int], list[float]] = {}
    for one in json.loads(out.read_text())["benchmarks"]:
        if one["run_type"] != "iteration":
            continue
        name, _, size = one["run_name"].removesuffix(f"/threads:{one['threads']}").rpartition("/")
        if not (name and size.isdigit()):
            name, size = one["run_name"], "0"
        # Of sweeps the cost of each session, of all else that of each call.
        cost = 1e9 / one["items_per_second"] if "items_per_second" in one else one["cpu_time"]
        costs.setdefault((name, int(size), one["threads"]), []).append(cost)
    return {"costs": [{"name": name, "size": size, "threads": threads, "ns": ns} for (name, size, threads), ns in costs.items()]}


def _named(one: dict) -> str:
    return f"{one['name']}, {one['size']:,} rules" if one["name"] == "rule match" else one["name"]


def _variation(ns: list[float]) -> str:
    return f"{100 * statistics.stdev(ns) / statistics.mean(ns):.1f} %" if len(ns) > 1 else "–"


def _parts(data: dict) -> list[dict]:
    return [one for one in data["costs"] if not one["name"].startswith(TABLE)]


def _tables(data: dict) -> dict[tuple[str, int], dict[int, list[float]]]:
    found: dict[tuple[str, int], dict[int, list[float]]] = {}
    for one in data["costs"]:
        if one["name"].startswith(TABLE):
            found.setdefault((one["name"].removeprefix(TABLE), one["threads"]), {})[one["size"]] = one["ns"]
    return found


def table(data: dict) -> str:
    parts = [(_named(one), markdown.ranged(spread(one["ns"])), _variation(one["ns"])) for one in _parts(data)]
    text = "Nanoseconds of processor time: the median of the repetitions (least to greatest), and their coefficient of variation.\n\n"
    if parts:
        text += markdown.table(("", "ns", "variation"), parts)
    if grown := _tables(data):
        sizes = sorted({size for one in grown.values() for size in one})
        rows = [(f"{name}, {threads} thread{'s' if threads > 1 else ''}",
                 *(f"{markdown.number(statistics.median(one[size]))} ({_variation(one[size])})" if size in one else "" for size in sizes))
                for (name, threads), one in sorted(grown.items())]
        text += ("\nThe session table, by how many live sessions there are, 20 of each user. With two threads: what each of them pays. "
                 "Sweeps: for each session that is passed over or taken out.\n\n"
                 + markdown.table(("", *(f"{size:,}" for size in sizes)), rows))
    return text


def plots(data: dict) -> dict[str, str]:
    drawn = {}
    grown = _tables(data)
    shown = {f"{name}, {threads} thread{'s' if threads > 1 else ''}": [(size, statistics.median(ns)) for size, ns in sorted(one.items())]
             for (name, threads), one in grown.items() if (name, threads) in
             (("find", 1), ("find", 2), ("miss", 1), ("touch", 1), ("insert", 1), ("erase", 1))}
    if shown:
        drawn[""] = svg.lines("The session table as it grows", "live sessions", "ns of processor time", shown, log_x=True)
    if parts := _parts(data):
        rows = []
        for one in parts:
            ns = spread(one["ns"])
            if ns["median"] < 10_000:  # signatures would hide the rest
                rows.append((_named(one), ns["median"], ns["least"], ns["greatest"], 1 if one["name"].startswith("base/") else 0))
        if rows:
            drawn["-parts"] = svg.bars("What the parts of a check cost", "ns", rows)
    return drawn
