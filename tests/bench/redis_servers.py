"""Servers that share sessions in a Redis of the benchmark's own, for tests/bench/shared_sessions and many_servers."""

import contextlib
import http.client
import json
import pathlib
import re
import socket
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = ROOT / "build/release/latchkey"
REDIS = 19390
PASSWORD = "correct horse battery staple"
CHECK = "/api/authz/auth-request"
ORIGINAL = "http://app.example.com/"


def config(directory, port, store, database=None):
    file = directory / f"{port}.toml"
    file.write_text(f"""
[server]
listen = ["127.0.0.1:{port}"]
public_url = "http://127.0.0.1:{port}"
admin_listen = "unix:{directory}/{port}-admin"
io_threads = 1
[cookie]
secure = false
[database]
url = "sqlite:{database or directory / f'{port}.db'}"
[session]
store = "{store}"
max_per_user = 100
[redis]
url = "redis://127.0.0.1:{REDIS}"
[password]
memory = "64KiB"
iterations = 1
[throttle]
per_pair = "1000000/1h"
per_client = "1000000/1h"
per_account = "1000000/1h"
[log]
level = "error"
""")
    return file


class Client:
    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port)

    def ask(self, method, target, cookie="", body=None):
        headers = {"X-Original-URL": ORIGINAL}
        if cookie:
            headers["Cookie"] = f"session={cookie}"
        if body:
            headers["Content-Type"] = "application/json"
        self.connection.request(method, target, body, headers)
        answer = self.connection.getresponse()
        answer.read()
        return answer

    def login(self, person=0, password=PASSWORD):
        body = json.dumps({"email": f"person{person}@example.com", "password": password})
        fields = self.ask("POST", "/login", body=body).headers.get_all("Set-Cookie")
        return next(m[1] for f in fields if (m := re.match(r"session=([\w-]+)", f)))

    def check(self, cookie):
        return self.ask("GET", CHECK, cookie).status


class Admin(http.client.HTTPConnection):
    """The administrators' side of a server, over its Unix socket."""

    def __init__(self, directory, port):
        super().__init__("localhost")
        self.path = f"{directory}/{port}-admin"

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)

    def ask(self, method, target, body=None):
        self.request(method, target, json.dumps(body) if body else None, {"Content-Type": "application/json"} if body else {})
        answer = self.getresponse()
        return answer.status, json.loads(answer.read() or "null")


@contextlib.contextmanager
def running(*command):
    with subprocess.Popen(["taskset", "-c", "0", *map(str, command)], stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.terminate()


def await_ready(port):
    for _ in range(200):
        with contextlib.suppress(OSError):
            if Client(port).ask("GET", "/health/ready").status == 200:
                return
        time.sleep(0.05)
    sys.exit(f"no server on port {port}")


def redis_counts(command):
    said = subprocess.run(["redis-cli", "-p", str(REDIS), "INFO", "commandstats"], capture_output=True, text=True,
                          check=True).stdout
    found = re.search(rf"cmdstat_{command}:calls=(\d+)", said)
    return int(found[1]) if found else 0


def info():
    said = subprocess.run(["redis-cli", "-p", str(REDIS), "INFO"], capture_output=True, text=True, check=True).stdout
    pairs = (line.split(":", 1) for line in said.splitlines() if ":" in line)
    found = dict(pairs)
    return {"memory": int(found["used_memory"]), "cpu": float(found["used_cpu_user"]) + float(found["used_cpu_sys"]),
            "out": int(found["total_net_output_bytes"]), "scripts": redis_counts("evalsha")}
