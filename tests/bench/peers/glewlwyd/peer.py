"""Glewlwyd, a single sign-on server in C: a check is its own GET /api/profile_list, who is signed in here."""

import json
import pathlib
import sqlite3

from harness import Failure
from harness.bench import Bench
from peers import SESSIONS, Peer, cookie_of, load_of

SCHEMA = pathlib.Path("/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3")
COOKIE = "GLEWLWYD2_SESSION_ID"
MODULES = {"user_module": "user", "user_middleware_module": "user_middleware", "client_module": "client",
           "user_auth_scheme_module": "scheme", "plugin_module": "plugin"}


def configuration(port: int, database: pathlib.Path) -> str:
    modules = "".join(f'{name}_path="/usr/lib/glewlwyd/{folder}"\n' for name, folder in MODULES.items())
    return (f'port={port}\nbind_address="127.0.0.1"\nexternal_url="http://127.0.0.1:{port}"\n'
            f'login_url="login.html"\napi_prefix="api"\n'
            f'log_mode="console"\nlog_level="NONE"\ncookie_domain=""\ncookie_secure=0\nsession_expiration=2419200\n'
            f'session_key="{COOKIE}"\nadmin_scope="g_admin"\nprofile_scope="g_profile"\nhash_algorithm="SHA512"\n{modules}'
            f'database = {{ type = "sqlite3" path = "{database}" }};\n')


def make(database: pathlib.Path) -> None:
    if not SCHEMA.is_file():
        raise Failure("Debian's package glewlwyd is not installed")
    with sqlite3.connect(database) as made:
        made.executescript(SCHEMA.read_text() + ";PRAGMA journal_mode = WAL;")


def start(bench: Bench, name: str) -> Peer:
    port, database, file = bench.port(), bench.file("glewlwyd.db"), bench.file("glewlwyd.conf")
    make(database)
    file.write_text(configuration(port, database))
    server = bench.server(name, ["glewlwyd", f"--config-file={file}"], port, None)
    secret = json.dumps({"username": "admin", "password": "password"})
    cookies = [cookie_of(server.ask("POST", "/api/auth/", {"Content-Type": "application/json"}, secret), COOKIE)
               for _ in range(SESSIONS)]
    return Peer(server, load_of(bench.file("cookies"), "/api/profile_list", COOKIE, cookies))
