"""Express with express-session, which keeps sessions in memory or in Redis."""

import pathlib

from harness.bench import Bench
from peers import SESSIONS, Peer, cookie_of, load_of
from peers.node.start import start

SOURCE = pathlib.Path(__file__).with_name("server.mjs")


def memory(bench: Bench, name: str) -> Peer:
    return _peer(bench, start(bench, name, SOURCE))


def redis(bench: Bench, name: str) -> Peer:
    """On a Unix socket and without a file: as fast as it gets."""
    port, socket = bench.port(), bench.file("redis.sock")
    store = bench.server("redis", ["redis-server", "--port", port, "--bind", "127.0.0.1", "--unixsocket", socket,
                                   "--save", "", "--appendonly", "no", "--dir", bench.directory], port, None)
    return _peer(bench, start(bench, name, SOURCE, [socket], [store]))


def _peer(bench: Bench, server) -> Peer:
    cookies = [cookie_of(server.ask("POST", "/login"), "connect.sid") for _ in range(SESSIONS)]
    return Peer(server, load_of(bench.file("cookies"), "/check", "connect.sid", cookies))
