"""wrk against a server, with every answer accounted for."""

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
            threads: int = 1) -> dict[str, float]:
        """Requests a second, the server's processor time for each, and latencies. Raises Failure when any answer was
        not 2xx: wrk counts what is 400 and above, and a redirect betrays itself by its size."""
        size = self.probe(server)
        command = ["taskset", "-c", cores, "wrk", f"-t{threads}", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s",
                   "--latency", "-s", str(SCRIPT)]
        for name, value in self.headers.items():
            command += ["-H", f"{name}: {value}"]
        command.append(f"http://127.0.0.1:{server.port}{self.target}")
        if self.cookies:
            begin = random.randrange(self.cookies.stat().st_size)
            command += ["--", self.cookie_name, str(self.cookies), str(begin), str(seconds * MOST)]
        before = server.cpu_seconds()
        said = subprocess.run(command, capture_output=True, text=True)
        used = server.cpu_seconds() - before
        line = next((one for one in said.stdout.splitlines() if one.startswith("@{")), None)
        if said.returncode or not line:
            raise Failure(f"wrk against {server.name}: {said.stderr or said.stdout}")
        figures = json.loads(line[1:])
        self._judge(server.name, figures, size)
        self.probe(server)
        count = figures["requests"]
        return {"rate": count / figures["seconds"], "cpu_us": used * 1e6 / count,
                "cpu_share": used / figures["seconds"],
                **{name: figures[name] for name in ("requests", "p50_us", "p90_us", "p99_us", "p999_us", "max_us")}}

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
