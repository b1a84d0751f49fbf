"""Logins: what passwords cost, how many people a second come in, and how soon they are durable."""

import http.client
import itertools
import json
import re
import statistics
import threading
import time
from collections.abc import Mapping

from harness import Failure, markdown, svg
from harness.bench import Bench
from harness.server import Server
from harness.spread import Spread, ratios, spread

TITLE = "Logins"
TARGETS = ("latchkey", "bench_hash", "bench_journal")
MINUTES = 2.5
WORKERS = (1, 2)
CLIENTS = (1, 4, 16)
PEOPLE = 16
EVERY = 1_000  # cores: server and clients share all that there are
PASSWORD = "correct horse battery staple"
# Budgets that nobody uses up, and room for all who log in again and again: what is measured is the way of a login.
MORE = """
[throttle]
per_pair = "1000000/1s"
per_client = "1000000/1s"
per_account = "1000000/1s"
[session]
max_per_user = 10_000
"""


def run(bench: Bench) -> dict:
    return {
        "hashes": {str(workers): _hashes(bench, workers) for workers in WORKERS if bench.wanted("hashes")},
        "logins": _logins(bench) if bench.wanted("logins") else [],
        "commits": {str(clients): _commits(bench, clients) for clients in (1, 64) if bench.wanted("commits")},
    }


def _hashes(bench: Bench, workers: int) -> list[dict]:
    with bench.alone():
        said = bench.run([bench.program("bench_hash"), workers, bench.rounds(5), bench.seconds(3)])
    return [json.loads(line) for line in said.splitlines()]


def _commits(bench: Bench, clients: int) -> list[dict[str, float]]:
    with bench.alone():
        said = bench.run([bench.program("bench_journal"), "commits", bench.rounds(5), clients])
    found = re.findall(r"([\d.]+) fsyncs/s, \d+ clients: ([\d.]+) commits/s", said)
    return [{"syncs": float(syncs), "commits": float(commits)} for syncs, commits in found]


# Over HTTP -----------------------------------------------------------------------------------------------------------

def _logins(bench: Bench) -> list[dict]:
    server = bench.latchkey(cores=bench.cores(EVERY)[0], more=MORE)
    configuration = server.process.args[-1]
    for person in range(PEOPLE):
        bench.run([bench.program("latchkey"), "user", "add", "--config", configuration, "--email", _email(person),
                   "--password-stdin"], text=PASSWORD + "\n")
    turns = {str(clients): (server, lambda clients=clients: _log_in(server, clients, bench.seconds(5))) for clients in CLIENTS}
    rounds = bench.alternate(turns, bench.rounds(3))
    bench.stop(server)
    return rounds


def _email(person: int) -> str:
    return f"person{person}@example.com"


def _log_in(server: Server, clients: int, seconds: float) -> Mapping[str, float]:
    """Each client logs its person in, again and again, on a connection of its own."""
    begin = time.monotonic()
    took: list[list[float]] = [[] for _ in range(clients)]
    faults: list[str] = []

    def go(person: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        body = json.dumps({"email": _email(person), "password": PASSWORD})
        try:
            while (now := time.monotonic()) < begin + seconds:
                connection.request("POST", "/login", body, {"Content-Type": "application/json"})
                answer = connection.getresponse()
                text = answer.read()
                if answer.status not in (200, 201, 204) or not answer.headers["Set-Cookie"]:
                    raise Failure(f"a login was answered {answer.status}: {text[:200]!r}")
                took[person].append(time.monotonic() - now)
        except (Failure, OSError, http.client.HTTPException) as fault:
            faults.append(str(fault))
        finally:
            connection.close()

    before = server.cpu_seconds()
    threads = [threading.Thread(target=go, args=(person,)) for person in range(clients)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    if faults:
        raise Failure(faults[0])
    all_took = sorted(itertools.chain(*took))
    length, used = time.monotonic() - begin, server.cpu_seconds() - before
    return {"rate": len(all_took) / length, "cpu_ms": used * 1e3 / len(all_took),
            "p50_ms": 1e3 * statistics.median(all_took), "p99_ms": 1e3 * all_took[int(0.99 * (len(all_took) - 1))]}


# What came out -------------------------------------------------------------------------------------------------------

def _column(rounds: list[dict], *path: str) -> list[float]:
    def at(one: dict) -> float:
        for name in path:
            one = one[name]
        return one
    return [at(one) for one in rounds]


def _spread(rounds: list[dict], *path: str) -> Spread:
    return spread(_column(rounds, *path))


def table(data: dict) -> str:
    parts = []
    if data["hashes"]:
        rows = [(f"{workers}", markdown.ranged(_spread(rounds, "hasher", "rate")), markdown.ranged(_spread(rounds, "libsodium", "rate")),
                 markdown.ranged(ratios(_column(rounds, "hasher", "rate"), _column(rounds, "libsodium", "rate"))),
                 markdown.ranged(_spread(rounds, "hasher", "cpu_ms")), markdown.ranged(_spread(rounds, "libsodium", "cpu_ms")))
                for workers, rounds in data["hashes"].items()]
        parts.append("Passwords judged a second, with argon2id of 19 MiB and t = 2: by the hasher that logins use, and by as many "
                     "threads that only call libsodium.\n\n"
                     + markdown.table(("Workers", "hasher, /s", "libsodium, /s", "ratio", "hasher, CPU ms each", "libsodium, CPU ms each"),
                                      rows))
    if data["logins"]:
        rows = [(clients, *(markdown.ranged(_spread(data["logins"], clients, figure)) for figure in ("rate", "p50_ms", "p99_ms", "cpu_ms")))
                for clients in data["logins"][0]]
        parts.append("Logins over HTTP, each durable before it is answered; server and clients share all cores.\n\n" + markdown.table(
            ("Clients", "logins/s", "p50, ms", "p99, ms", "the server's CPU, ms each"), rows))
    if data["commits"]:
        rows = [(clients, markdown.ranged(_spread(rounds, "commits")),
                 markdown.ranged(spread(1e3 * int(clients) / one["commits"] for one in rounds)),
                 markdown.ranged(_spread(rounds, "syncs")),
                 markdown.ranged(ratios(_column(rounds, "commits"), _column(rounds, "syncs"))))
                for clients, rounds in data["commits"].items()]
        parts.append("The journal: changes that become durable, by clients that wait for each of theirs, against single fsyncs of "
                     "4 KiB on the same disk.\n\n"
                     + markdown.table(("Clients", "commits/s", "ms for each", "fsyncs/s", "commits for each fsync"), rows))
    return "\n".join(parts)


def plots(data: dict) -> dict[str, str]:
    rows = [(f"{who}, {workers} worker{'s' if workers != '1' else ''}", *_values(_spread(rounds, who, "rate")), 0 if who == "hasher" else 1)
            for workers, rounds in data["hashes"].items() for who in ("hasher", "libsodium")]
    if data["logins"]:
        rows += [(f"logins over HTTP, {clients} client{'s' if clients != '1' else ''}",
                  *_values(_spread(data["logins"], clients, "rate")), 2) for clients in data["logins"][0]]
    return {"": svg.bars("Passwords judged, and logins", "/s", rows)} if rows else {}


def _values(one: Spread) -> tuple[float, float, float]:
    return one["median"], one["least"], one["greatest"]
