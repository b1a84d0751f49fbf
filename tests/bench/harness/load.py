"""A load generator against a server, with every answer accounted for: our own (tests/bench/load), or wrk."""

import json
import pathlib
import random
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field

from . import Failure
from .server import Server

SCRIPT = pathlib.Path(__file__).with_name("load.lua")
MOST = 250_000  # requests a second, or cookies come twice
STRAY = 0.1  # answers may differ from the one looked at by this part of its size: lengths of numbers, rolling cookies
BROKEN = 0.005  # of the requests: servers that recycle their processes end a connection now and then


@dataclass
class Load:
    """What is asked: `target` with `headers`, and, if there is a file of cookies, a random one of them each time."""

    target: str = "/"
    headers: Mapping[str, str] = field(default_factory=dict)
    cookie_name: str = ""
    cookies: pathlib.Path | None = None

    def probe(self, server: Server) -> int:
        """The size of a single answer, which must be a good one."""
        headers = dict(self.headers)
        if self.cookies:
            with self.cookies.open() as lines:
                headers["Cookie"] = f"{self.cookie_name}={lines.readline().strip()}"
        answer = server.ask(target=self.target, headers=headers)
        if not 200 <= answer.status < 300:
            raise Failure(f"{server.name} answers {answer.status} to {self.target}: {answer.body[:200]!r}")
        return answer.size

    def run(self, server: Server, cores: str, seconds: int, connections: int,
            generator: pathlib.Path | None = None) -> dict[str, float]:
        """Requests a second, the server's processor time for each, and latencies, as `generator` has them; wrk if there
        is none. Raises Failure when any answer was not 2xx: wrk counts what is 400 and above, and a redirect betrays
        itself by its size."""
        size = self.probe(server)
        if generator:
            command = self._command(generator, server.port, seconds, connections)
        else:
            command = self._wrk(server.port, seconds, connections)
        before = server.cpu_seconds()
        said = subprocess.run(["taskset", "-c", cores, *command], capture_output=True, text=True)
        used = server.cpu_seconds() - before
        line = next((one for one in said.stdout.splitlines() if one.startswith("{")), None)
        if said.returncode or not line:
            raise Failure(f"load on {server.name}: {said.stderr or said.stdout}")
        figures = json.loads(line)
        self._judge(server.name, figures, size)
        self.probe(server)
        count = figures["requests"]
        return {"rate": count / figures["seconds"], "cpu_us": used * 1e6 / count,
                "cpu_share": used / figures["seconds"],
                **{name: figures[name] for name in ("requests", "p50_us", "p90_us", "p99_us", "p999_us", "max_us")}}

    def _begin(self) -> str:
        """Where in the file of cookies to begin."""
        return str(random.randrange(self.cookies.stat().st_size))

    def _command(self, generator: pathlib.Path, port: int, seconds: int, connections: int) -> list[str]:
        command = [str(generator), str(port), str(connections), str(seconds), self.target, f"Host: 127.0.0.1:{port}",
                   *(f"{name}: {value}" for name, value in self.headers.items())]
        return command + (["--cookies", self.cookie_name, str(self.cookies), self._begin()] if self.cookies else [])

    def _wrk(self, port: int, seconds: int, connections: int) -> list[str]:
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "--latency", "-s", str(SCRIPT)]
        for name, value in self.headers.items():
            command += ["-H", f"{name}: {value}"]
        command.append(f"http://127.0.0.1:{port}{self.target}")
        if self.cookies:
            command += ["--", self.cookie_name, str(self.cookies), self._begin(), str(seconds * MOST)]
        return command

    @staticmethod
    def _judge(name: str, figures: Mapping[str, float], size: int) -> None:
        for fault, most in (("refused", 0), ("broken", BROKEN * figures["requests"]), ("timeouts", 0)):
            if figures[fault] > most:
                raise Failure(f"{name}: {figures[fault]} of {figures['requests']} requests were {fault}")
        if figures["requests"] < 1:
            raise Failure(f"{name} answered nothing")
        mean = figures["bytes"] / figures["requests"]
        if abs(mean - size) > STRAY * size:
            raise Failure(f"{name}: answers of {mean:.0f} bytes on average, the good one has {size}")
