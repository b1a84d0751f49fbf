"""What a check adds to a request that nginx serves: auth_request before a constant picture, with Latchkey behind it and with
another nginx that lets everybody in, or a bare epoll loop: no server behind could cost less."""

import pathlib

from harness import machine, markdown, nginx, svg
from harness.bench import Bench
from harness.latchkey import CHECK, COOKIE
from harness.load import Load
from harness.server import Server
from harness.spread import column, ratios, spread

TITLE = "What a check adds to a request through nginx"
TARGETS = ("latchkey", "bench_fill_sessions", "bench_load", "peer_epoll")
MINUTES = 2
OPEN, CONSTANT, GUARDED = "unguarded", "guarded by nginx `return 200`", "guarded by Latchkey"
LEAST = "guarded by a bare epoll loop"
CONSTANT_UNIX, GUARDED_UNIX = f"{CONSTANT}, Unix socket", f"{GUARDED}, Unix socket"
LOADS = {"full": 64, "one at a time": 1}


def guarded(port: int, backend: str, check: str) -> str:
    """As config/nginx/latchkey.conf has it, without what pages take. As many connections are kept as are ever used: opening
    one for a check costs more than the check."""
    return (f"upstream guard {{ server {backend}; keepalive 128; }}\n"
            f"server {{ listen 127.0.0.1:{port} reuseport;\n"
            f"location / {{ auth_request /guard; auth_request_set $auth_user $upstream_http_remote_user;\n"
            f"auth_request_set $auth_request_id $upstream_http_x_request_id; empty_gif; }}\n"
            f"location = /guard {{ internal; proxy_pass http://guard{check}; proxy_http_version 1.1;\n"
            f'proxy_set_header Connection ""; proxy_set_header Upgrade ""; proxy_set_header Content-Length "";\n'
            f'proxy_set_header X-Request-Id "";\n'
            f"proxy_pass_request_body off; proxy_set_header X-Original-URL $scheme://$http_host$request_uri;\n"
            f"proxy_set_header X-Original-Method $request_method; proxy_set_header X-Forwarded-For $remote_addr;\n"
            f"proxy_set_header X-Real-IP $remote_addr;\n"
            f"proxy_buffer_size 16k; proxy_buffers 4 16k; }} }}\n")


def fronts(bench: Bench, guard: Server, guard_socket: pathlib.Path, constant: Server, constant_socket: pathlib.Path,
           least: Server) -> dict[str, Server]:
    port = bench.port()
    made = {OPEN: bench.nginx(OPEN, port, f"server {{ listen 127.0.0.1:{port} reuseport; location / {{ empty_gif; }} }}\n")}
    for name, backend, check, part in (
            (LEAST, f"127.0.0.1:{least.port}", "/", least),
            (CONSTANT, f"127.0.0.1:{constant.port}", "/", constant), (GUARDED, f"127.0.0.1:{guard.port}", CHECK, guard),
            (CONSTANT_UNIX, f"unix:{constant_socket}", "/", constant), (GUARDED_UNIX, f"unix:{guard_socket}", CHECK, guard)):
        port = bench.port()
        made[name] = bench.nginx(name, port, guarded(port, backend, check), parts=[part])
    return made


def run(bench: Bench) -> dict:
    bench.versions["nginx"] = machine.version(["nginx", "-v"])
    sessions = bench.sessions(1_000 if bench.quick else 1_000_000)
    guard_socket, constant_socket = bench.file("guard.sock"), bench.file("constant.sock")
    guard = bench.latchkey("latchkey", sessions, sockets=[guard_socket])
    port = bench.port()
    constant = bench.nginx("nginx", port, nginx.constant(port, socket=constant_socket))
    load = Load("/", {}, COOKIE, sessions.cookies)

    def turn(server: Server, connections: int):
        return server, lambda: bench.load(server, load, bench.seconds(3), connections)
    least = bench.peer("epoll", "peer_epoll", 1, bench.check(sessions).probe(guard))
    servers = fronts(bench, guard, guard_socket, constant, constant_socket, least)
    for server in servers.values():
        bench.load(server, load, 1)
    found = {}
    for name, connections in LOADS.items():
        found[name] = bench.alternate({kind: turn(server, connections) for kind, server in servers.items()}, bench.rounds(5))
    return {"loads": found}


def added(rounds: list[dict], kind: str) -> list[float]:
    return [one - base for one, base in zip(column(rounds, kind, "p50_us"), column(rounds, OPEN, "p50_us"))]


def table(data: dict) -> str:
    parts = [promises(data["loads"])]
    for name, rounds in data["loads"].items():
        rows = []
        for kind in rounds[0]:
            rate = column(rounds, kind, "rate")
            rows.append((kind, markdown.ranged(spread(rate)), markdown.ranged(ratios(rate, column(rounds, OPEN, "rate"))),
                         markdown.number(spread(column(rounds, kind, "cpu_us"))["median"]),
                         *(markdown.number(spread(column(rounds, kind, which))["median"]) for which in ("p50_us", "p99_us"))))
        count = LOADS[name]
        parts.append(f"## {count} connection{'s' * (count > 1)}\n\n" +
                     markdown.table(("", "requests/s", "of unguarded", "CPU µs each", "p50 µs", "p99 µs"), rows))
    return "\n".join(parts)


def promises(loads: dict) -> str:
    full, single = loads["full"], loads["one at a time"]
    rows = []
    for ours, theirs, where in ((GUARDED, CONSTANT, "TCP"), (GUARDED_UNIX, CONSTANT_UNIX, "Unix socket")):
        kept = ratios(column(full, ours, "rate"), column(full, OPEN, "rate"))
        most = ratios(column(full, theirs, "rate"), column(full, OPEN, "rate"))
        work = ratios(column(full, OPEN, "cpu_us"), column(full, ours, "cpu_us"))
        more = ratios(added(single, ours), added(single, theirs))
        rows += [(f"{where}: requests/s with Latchkey, of unguarded", markdown.ranged(kept),
                  markdown.verdict(kept["median"], 0.30, True)),
                 (f"{where}: the same by CPU time, where the load generator is the limit", markdown.ranged(work), ""),
                 (f"{where}: requests/s with a constant behind, of unguarded", markdown.ranged(most), ""),
                 (f"{where}: what Latchkey adds to p50, of what a constant adds, one request at a time",
                  markdown.ranged(more), markdown.verdict(more["median"], 1.3, False))]
    least = ratios(column(full, LEAST, "rate"), column(full, OPEN, "rate"))
    rows.append(("TCP: requests/s with a bare epoll loop behind, of unguarded", markdown.ranged(least), ""))
    return (f"{len(full)} rounds, nginx and what it asks on one core. Median (least to greatest).\n\n" +
            markdown.table(("", "measured", "promised"), rows))


def plots(data: dict) -> dict[str, str]:
    def bars(title: str, unit: str, rounds: list[dict], which: str) -> str:
        rows = []
        for series, kind in ((1, OPEN), (2, LEAST), (2, CONSTANT), (2, CONSTANT_UNIX), (0, GUARDED), (0, GUARDED_UNIX)):
            one = spread(column(rounds, kind, which))
            rows.append((kind.replace("`", ""), one["median"], one["least"], one["greatest"], series))
        return svg.bars(title, unit, rows)
    full, single = data["loads"]["full"], data["loads"]["one at a time"]
    return {"": bars("Requests a second through nginx, one core for all", "/s", full, "rate"),
            "-p50": bars("Half of the answers came within, one request at a time", "µs", single, "p50_us")}
