"""Checks by Latchkey and by what else one could have: one core for the server with all that belongs to it, one for the load."""

import importlib
from dataclasses import dataclass

from harness import Failure, machine, markdown, nginx, svg
from harness.bench import Bench
from harness.load import Load
from harness.server import Server
from harness.spread import column, ratios, spread

TITLE = "Checks by Latchkey and by its peers"
TARGETS = ("latchkey", "bench_fill_sessions", "bench_load")
MINUTES = 6
CONNECTIONS = 64
OURS, NGINX = "Latchkey", "nginx `return 200`"


@dataclass(frozen=True)
class Entry:
    name: str
    where: str  # its module below tests/bench/peers, and the function there
    promise: float | None = None  # by how much we are faster


ENTRIES = (
    Entry("Express, express-session in memory", "express:memory", 20),
    Entry("Express, express-session in Redis", "express:redis", 25),
    Entry("Fastify, @fastify/session in memory", "fastify:session", 5),
    Entry("Fastify, @fastify/secure-session, all in the cookie", "fastify:secure", 2.5),
    Entry("better-auth, SQLite", "better_auth:database", 35),
    Entry("better-auth, a copy in the cookie", "better_auth:cached"),
    Entry("Glewlwyd, SQLite", "glewlwyd:start", 20),
    Entry("LemonLDAP::NG behind nginx", "lemonldap:start", 35),
    Entry("Apache mod_auth_form, bcrypt", "apache:bcrypt", 200),
    Entry("Apache mod_auth_form, SHA-1", "apache:sha1"),
)


def run(bench: Bench) -> dict:
    asked, left_out = {OURS: ours(bench), NGINX: constant(bench)}, {}
    for entry in ENTRIES:
        if not bench.wanted(entry.name):
            continue
        module, function = entry.where.split(":")
        try:
            peer = getattr(importlib.import_module(f"peers.{module}.peer"), function)(bench, entry.name)
            asked[entry.name] = peer.server, peer.load
        except (Failure, OSError, ValueError) as fault:
            left_out[entry.name] = str(fault)
            bench.say(f"left out: {entry.name}: {fault}")
    versions(bench)

    def turn(server: Server, load: Load, seconds: int):
        return server, lambda: bench.load(server, load, seconds, CONNECTIONS)
    turns = {name: turn(server, load, bench.seconds(3)) for name, (server, load) in asked.items()}
    warm = {name: turn(server, load, 1 if bench.quick else 4) for name, (server, load) in asked.items()}
    bench.say("everybody warms up")  # what is compiled as it runs is slower at first
    bench.alternate(warm, 1)
    memory = {name: server.resident_bytes() for name, (server, _) in asked.items()}
    return {"rounds": bench.alternate(turns, bench.rounds(5)), "memory": memory, "left_out": left_out}


def ours(bench: Bench) -> tuple[Server, Load]:
    sessions = bench.sessions(1_000 if bench.quick else 1_000_000)
    return bench.latchkey(OURS, sessions), bench.check(sessions)


def constant(bench: Bench) -> tuple[Server, Load]:
    port = bench.port()
    return bench.nginx(NGINX, port, nginx.constant(port)), Load()


def versions(bench: Bench) -> None:
    from peers.node.start import package_version
    bench.versions |= {name: machine.version([name, "-v"]) for name in ("nginx", "node", "redis-server")}
    for name in ("express", "express-session", "connect-redis", "redis", "fastify", "@fastify/session",
                 "@fastify/secure-session", "better-auth", "better-sqlite3"):
        bench.versions[name] = package_version(name)
    for package in ("glewlwyd", "lemonldap-ng-fastcgi-server", "apache2-bin"):
        bench.versions[package] = machine.debian_version(package)


def table(data: dict) -> str:
    rounds, rows = data["rounds"], []
    promised = {entry.name: entry.promise for entry in ENTRIES}
    for name in rounds[0]:
        rate = column(rounds, name, "rate")
        times = ratios(column(rounds, OURS, "rate"), rate)
        word = markdown.verdict(times["median"], promised[name], True) if promised.get(name) else ""
        rows.append((name, markdown.ranged(spread(rate)), "" if name == OURS else markdown.ranged(times), word,
                     markdown.number(spread(column(rounds, name, "cpu_us"))["median"]),
                     *(markdown.number(spread(column(rounds, name, which))["median"] / 1000)
                       for which in ("p50_us", "p99_us")),
                     f"{data['memory'][name] / 2**20:,.0f}"))
    rows += [(name, f"left out: {why}", *[""] * 6) for name, why in data["left_out"].items()]
    return (f"{len(rounds)} rounds, {CONNECTIONS} connections, one core for the server with all that belongs to it; random "
            f"cookies: of a million live sessions for {OURS}, of a hundred for the others. Median (least to greatest); "
            f"latencies in ms; memory with those sessions.\n\n" +
            markdown.table(("", "checks/s", f"{OURS} is faster by", "promised", "CPU µs each", "p50", "p99", "MiB"), rows))


def plots(data: dict) -> dict[str, str]:
    rows = []
    for name in data["rounds"][0]:
        one = spread(column(data["rounds"], name, "rate"))
        rows.append((name.replace("`", ""), one["median"], one["least"], one["greatest"],
                     {OURS: 0, NGINX: 1}.get(name, 2)))
    return {"": svg.bars("Checks a second on one core", "/s", rows, left=330)}
