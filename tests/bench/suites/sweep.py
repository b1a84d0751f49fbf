"""What checks wait while expired sessions are swept out."""

import json
import os
import re
import time

from harness import Failure, markdown, svg
from harness.bench import Bench
from harness.latchkey import COOKIE, Sessions, metrics
from harness.server import Server
from harness.spread import spread

TITLE = "Checks beside the sweep"
TARGETS = ("latchkey", "bench_fill_sessions", "bench_sweep", "bench_attack")
MINUTES = 3
PROMISED_MS = 5  # p99.9
IN_PROCESS = {"quiet": "no sweep", "by the second": "as a server sweeps", "without a pause": "sweeps without a pause"}
RATE = 2_000  # checks a second
GOOD = re.compile(r"^checks +200 +([\d.]+)/s +p50 +([\d.]+) ms +p99 +([\d.]+) ms +p99\.9 +([\d.]+) ms +max +([\d.]+) ms$", re.MULTILINE)
SERVED, LIFE = 1_000_000, 60  # sessions, and how many seconds half of them live


def run(bench: Bench) -> dict:
    # 10^7 take 2 GB.
    counts = [100_000] if bench.quick else [1_000_000, *([10_000_000] if bench.large else [])]
    return {"in_process": [_in_process(bench, count) for count in counts if bench.wanted("process")],
            "served": _served(bench) if bench.wanted("served") else []}


def _in_process(bench: Bench, count: int) -> dict:
    rounds = []
    for _ in range(bench.rounds(1 if count > 1_000_000 else 3)):
        with bench.alone():
            rounds.append(json.loads(bench.run([bench.program("bench_sweep"), count, bench.seconds(8)])))
    return {"sessions": count, "rounds": rounds}


def _served(bench: Bench) -> list[dict]:
    """A server, half of whose sessions die while it runs. It goes through a shard of 64 each second, so that the sweep
    goes on for longer than anything here."""
    count, seconds = (20_000 if bench.quick else SERVED), bench.seconds(15)
    life = 6 if bench.quick else LIFE
    sessions = Sessions(count, count // 20, bench.file("latchkey.db"), bench.file("cookies"))
    begin = time.monotonic()
    bench.run([bench.program("bench_fill_sessions"), sessions.database, count, sessions.users, sessions.cookies, life])
    server = bench.latchkey(sessions=sessions)
    _checks(bench, server.port, sessions, 1)  # caches filled
    with bench.alone():
        if time.monotonic() - begin + seconds > life:
            raise Failure(f"the machine is too slow to measure before sessions die, {life} s after they are made")
        found = [{"when": "before", **_checks(bench, server.port, sessions, seconds)}]
        time.sleep(max(0, begin + life + 2 - time.monotonic()))
        before = _swept(server, sessions)
        found.append({"when": "while sweeping", **_checks(bench, server.port, sessions, seconds)})
        found[-1]["swept"] = _swept(server, sessions) - before
    bench.stop(server)
    if not found[-1]["swept"]:
        raise Failure("nothing was swept while that was measured")
    return found


def _swept(server: Server, sessions: Sessions) -> float:
    said = metrics(server.port, sessions.database)
    found = re.search(r'^latchkey_sessions_ended_total\{[^}]*reason="expired"[^}]*\} (\S+)\r?$', said, re.MULTILINE)
    if not found:
        raise Failure("the metrics do not say how many sessions expired")
    return float(found[1])


def _first() -> list[str]:
    """Who measures must not wait for what else is on its core. Only root may see to that."""
    return ["chrt", "-f", "1"] if os.geteuid() == 0 else []


def _checks(bench: Bench, port: int, sessions: Sessions, seconds: int) -> dict[str, float]:
    said = bench.run([*_first(), bench.program("bench_attack"), "checks", port, RATE, seconds, COOKIE, sessions.cookies],
                     cores=bench.cores(1)[1])
    found = GOOD.search(said)
    if not found or len(re.findall(r"^checks +\d{3} ", said, re.MULTILINE)) > 1 or "broken 0, not sent in time 0" not in said:
        raise Failure(f"checks went wrong: {said}")
    return dict(zip(("rate", "p50_ms", "p99_ms", "p999_ms", "max_ms"), map(float, found.groups())))


def table(data: dict) -> str:
    parts = []
    rows = []
    for one in data["in_process"]:
        for key, name in IN_PROCESS.items():
            found = {figure: spread(part[key][figure + "_us"] for part in one["rounds"])
                     for figure in ("p50", "p99", "p999", "max", "sweep")}
            late = found["p999"]["median"] / 1e3
            rows.append((f"{one['sessions']:,}, {name}", *(markdown.ranged(found[figure]) for figure in ("p50", "p99", "p999", "max")),
                         markdown.verdict(late, PROMISED_MS, False), "" if key == "quiet" else markdown.ranged(found["sweep"]),
                         f"{sum(part[key]['swept'] for part in one['rounds']) / len(one['rounds']):,.0f}"))
    if rows:
        parts.append("In process: a thread looks sessions up, 50,000 a second by the clock, while another one sweeps; half of the "
                     "sessions have expired. µs from when a look-up was due.\n\n" + markdown.table(
                         ("Sessions", "p50", "p99", "p99.9", "greatest", "p99.9, ms, promised", "a sweep takes", "swept"), rows))
    if data["served"]:
        rows = [(one["when"], *(markdown.number(one[figure]) for figure in ("rate", "p50_ms", "p99_ms", "p999_ms", "max_ms")),
                 markdown.verdict(one["p999_ms"], PROMISED_MS, False), f"{one.get('swept', 0):,.0f}") for one in data["served"]]
        parts.append(f"Over HTTP: {RATE:,} checks a second by the clock at a server on one core, half of whose sessions die at a "
                     "stroke. ms from when a check was due.\n\n" + markdown.table(
                         ("", "checks/s", "p50", "p99", "p99.9", "greatest", "promised, p99.9", "swept meanwhile"), rows))
    return "\n".join(parts)


def plots(data: dict) -> dict[str, str]:
    rows = []
    for one in data["in_process"]:
        for i, (key, name) in enumerate(IN_PROCESS.items()):
            late = spread(part[key]["p999_us"] / 1e3 for part in one["rounds"])
            rows.append((f"{one['sessions']:,}, {name}", late["median"], late["least"], late["greatest"], i))
    rows += [(f"over HTTP, {one['when']}", one["p999_ms"], 3) for one in data["served"]]
    rows.append(("promised", PROMISED_MS, 1))
    return {"": svg.bars("p99.9 of a check beside the sweep", "ms", rows, left=330)}
