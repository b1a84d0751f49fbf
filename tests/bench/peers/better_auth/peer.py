"""better-auth: a library that also keeps users, with sessions in a database."""

import json
import pathlib

from harness.bench import Bench
from peers import SESSIONS, Peer, cookie_of, load_of
from peers.node.start import start

SOURCE = pathlib.Path(__file__).with_name("server.mjs")
TOKEN, DATA = "better-auth.session_token", "better-auth.session_data"


def database(bench: Bench, name: str) -> Peer:
    return _peer(bench, name, [])


def cached(bench: Bench, name: str) -> Peer:
    """Believes a signed copy of the session in a second cookie for five minutes: who was signed out elsewhere stays in."""
    return _peer(bench, name, ["cache"])


def _peer(bench: Bench, name: str, more: list[str]) -> Peer:
    server = start(bench, name, SOURCE, [bench.file("better-auth.db"), *more])
    headers = {"Content-Type": "application/json", "Origin": f"http://127.0.0.1:{server.port}"}
    cookies = []
    for number in range(SESSIONS):
        person = {"name": "Some Body", "email": f"user{number}@example.com", "password": "correct horse battery staple"}
        answer = server.ask("POST", "/api/auth/sign-up/email", headers, json.dumps(person))
        cookie = cookie_of(answer, TOKEN)
        cookies.append(f"{cookie}; {DATA}={cookie_of(answer, DATA)}" if more else cookie)
    return Peer(server, load_of(bench.file("cookies"), "/check", TOKEN, cookies))
