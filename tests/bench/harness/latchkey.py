"""A Latchkey to be measured, with as many live sessions as wanted: there is no other way to have a million than to write
them into its database before it starts."""

import json
import pathlib
import socket
from collections.abc import Sequence
from dataclasses import dataclass

CHECK = "/api/authz/auth-request"
# What a proxy asks with, see config/nginx/latchkey.conf.
CHECK_HEADERS = {"X-Original-URL": "http://app.example.com/", "X-Original-Method": "GET"}
COOKIE = "__Host-session"


@dataclass
class Sessions:
    """A database with them, and the cookies of them all, one a line, in random order."""

    count: int
    users: int
    database: pathlib.Path
    cookies: pathlib.Path


def admin_socket(port: int, database: pathlib.Path) -> pathlib.Path:
    return database.parent / f"{port}-admin"


def metrics(port: int, database: pathlib.Path) -> str:
    """What the server there counts, as Prometheus reads it."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(admin_socket(port, database)))
        connection.sendall(b"GET /metrics HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n")
        return b"".join(iter(lambda: connection.recv(65536), b"")).decode()


def configuration(port: int, database: pathlib.Path, threads: int, more: str, sockets: Sequence[pathlib.Path] = ()) -> str:
    """Defaults but for what a measurement needs. `more`: whole tables of TOML; one that stands here goes without."""
    listen = json.dumps([f"127.0.0.1:{port}", *(f"unix:{one}" for one in sockets)])
    tables = {
        "server": f'listen = {listen}\npublic_url = "http://127.0.0.1:{port}"\nio_threads = {threads}\n'
                  f'admin_listen = "unix:{admin_socket(port, database)}"\n',
        "database": f'url = "sqlite:{database}"\n',
        "session": "max_total = 20_000_000\n",
        "limits": "max_connections = 60_000\nmax_connections_per_client = 60_000\n",
        "log": 'level = "error"\n',
    }
    return more + "\n" + "".join(f"[{name}]\n{text}" for name, text in tables.items() if f"[{name}]" not in more)
