"""A server that is measured: one program or several that belong together, started, asked and stopped by their ids."""

import http.client
import os
import pathlib
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from . import Failure, processes


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes
    size: int  # of the whole answer, as it crossed the wire


def ask(port: int, method: str = "GET", target: str = "/", headers: Mapping[str, str] | None = None,
        body: bytes | str | None = None, timeout: float = 30) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request(method, target, body, dict(headers or {}))
        answer = connection.getresponse()
        text = answer.read()
        line = len(f"HTTP/1.1 {answer.status} {answer.reason}\r\n")
        fields = sum(len(name) + len(value) + 4 for name, value in answer.getheaders())
        return Answer(answer.status, answer.headers, text, line + fields + 2 + len(text))
    finally:
        connection.close()


class Server:
    """`command` on the cores `cores` ("0" or "0,1"). `parts` are other servers that work for this one, such as a Redis
    behind it: their time and memory count as its own. Use as a context, or let Bench.server() do it."""

    def __init__(self, name: str, command: Sequence[object], port: int, cores: str, log: pathlib.Path,
                 environment: Mapping[str, str] | None = None, directory: pathlib.Path | None = None,
                 parts: Sequence["Server"] = ()):
        self.name, self.port, self.log, self.parts = name, port, log, list(parts)
        self.cookie = ""  # of a session here, where there is but one
        self.goes_on = False  # also while others have their turn
        with log.open("wb") as said:
            self.process = subprocess.Popen(
                ["taskset", "-c", cores, *map(str, command)], stdin=subprocess.DEVNULL, stdout=said, stderr=said,
                cwd=directory, env={**os.environ, **(environment or {})})

    @property
    def pid(self) -> int:
        return self.process.pid

    def wait_until(self, ready: Callable[[], bool], seconds: float = 300) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            try:
                if ready():
                    return
            except (OSError, http.client.HTTPException):
                pass
            time.sleep(0.005)
        raise Failure(f"{self.name} does not start: {self.log.read_text(errors='replace').strip()[-500:]}")

    def answers(self, target: str = "/") -> Callable[[], bool]:
        return lambda: self.ask(target=target, timeout=2).status < 500

    def listens(self) -> bool:
        with socket.create_connection(("127.0.0.1", self.port), timeout=2):
            return True

    def ask(self, method: str = "GET", target: str = "/", headers: Mapping[str, str] | None = None,
            body: bytes | str | None = None, timeout: float = 30) -> Answer:
        return ask(self.port, method, target, headers, body, timeout)

    def pids(self) -> list[int]:
        return processes.family(self.pid) + [pid for part in self.parts for pid in part.pids()]

    def cpu_seconds(self) -> float:
        return processes.cpu_seconds(self.pids())

    def resident_bytes(self) -> int:
        return processes.resident_bytes(self.pids())

    def pause(self) -> None:
        """Nothing that it does on its own takes anything from another server's turn. Its parts go on: others may share them."""
        stopped = processes.family(self.pid)
        processes.send(stopped, signal.SIGSTOP)
        end = time.monotonic() + 1
        while time.monotonic() < end and not all(processes.state(pid) in "TZ" for pid in stopped):
            time.sleep(0.001)

    def resume(self) -> None:
        processes.send(processes.family(self.pid), signal.SIGCONT)

    def stop(self, seconds: float = 15) -> None:
        if self.process.poll() is None:
            self.resume()
            self.process.terminate()
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                processes.send(reversed(processes.family(self.pid)), signal.SIGKILL)
                self.process.wait()

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
