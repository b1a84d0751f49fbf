"""Fastify with its session plugin, and with the one that keeps no sessions: they are the cookies."""

import pathlib

from harness.bench import Bench
from peers import SESSIONS, Peer, cookie_of, load_of
from peers.node.start import start

SOURCE = pathlib.Path(__file__).with_name("server.mjs")


def session(bench: Bench, name: str) -> Peer:
    return _peer(bench, name, "session")


def secure(bench: Bench, name: str) -> Peer:
    return _peer(bench, name, "secure")


def _peer(bench: Bench, name: str, kind: str) -> Peer:
    server = start(bench, name, SOURCE, [kind])
    cookies = [cookie_of(server.ask("POST", "/login"), "sessionId") for _ in range(SESSIONS)]
    return Peer(server, load_of(bench.file("cookies"), "/check", "sessionId", cookies))
