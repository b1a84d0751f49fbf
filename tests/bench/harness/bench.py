"""The workbench that a suite is handed: servers, load, turns, and a directory that goes when the suite is done."""

import contextlib
import fcntl
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from . import Failure, latchkey, machine, nginx
from .latchkey import Sessions
from .load import Load
from .server import Server

ROOT = pathlib.Path(__file__).resolve().parents[3]
Figures = dict[str, float]
Turn = tuple[Server, Callable[[], Figures]]


class Bench:
    def __init__(self, quick: bool = False, rounds: int | None = None, seconds: int | None = None, only: Sequence[str] = (),
                 large: bool = False, first_port: int = 21000, turns_file: str | None = None, wrk: bool = False):
        self.quick, self.large, self.only, self.wrk = quick, large, list(only), wrk
        self._rounds, self._seconds, self._port, self._turns_file = rounds, seconds, first_port, turns_file
        self.build = pathlib.Path(os.environ.get("BENCH_BUILD", ROOT / "build/release"))
        self.versions: dict[str, str] = {}  # of what was measured beside us; suites add to it
        self._closing = contextlib.ExitStack()
        self._servers: list[Server] = []
        self._sessions: dict[tuple[int, int], Sessions] = {}
        self._files = 0

    def __enter__(self) -> "Bench":
        self.directory = pathlib.Path(self._closing.enter_context(tempfile.TemporaryDirectory(prefix="latchkey-bench-")))
        self.directory.chmod(0o755)  # some servers work as somebody else
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.close()

    # How much -----------------------------------------------------------------------------------------------------

    def rounds(self, usual: int) -> int:
        return self._rounds or (1 if self.quick else usual)

    def seconds(self, usual: int) -> int:
        """Of each round."""
        return self._seconds or (1 if self.quick else usual)

    def flags(self) -> list[str]:
        """What was said beside the suite's name."""
        given = {"--rounds": self._rounds, "--seconds": self._seconds}
        return [f"{flag} {value}" for flag, value in given.items() if value] + ["--large"] * self.large + ["--wrk"] * self.wrk

    def wanted(self, name: str) -> bool:
        """Whether --only lets this part of a suite run."""
        return not self.only or any(word in name for word in self.only)

    # Where --------------------------------------------------------------------------------------------------------

    def cores(self, server_threads: int = 1) -> tuple[str, str]:
        """For the server, and for who asks it. Their own where there are enough; else all for both, and then only the
        processor time for each request means something."""
        there = sorted(os.sched_getaffinity(0))
        if len(there) > server_threads:
            mine, others = there[:server_threads], there[server_threads:]
        else:
            mine = others = there
        return ",".join(map(str, mine)), ",".join(map(str, others))

    def port(self) -> int:
        """One that nobody listens on, and that no connection gets by chance: below those that the kernel gives out."""
        while self._port < 32000:
            self._port += 1
            with socket.socket() as tried:
                tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    tried.bind(("127.0.0.1", self._port))
                    return self._port
                except OSError:
                    pass
        raise Failure("no port is free")

    def file(self, name: str) -> pathlib.Path:
        """A new name in the directory."""
        self._files += 1
        return self.directory / f"{self._files}-{name}"

    # Programs -----------------------------------------------------------------------------------------------------

    def program(self, name: str) -> pathlib.Path:
        """Of the release build."""
        for path in (self.build / name, self.build / "tests/bench" / name):
            if path.is_file():
                return path
        raise Failure(f"{name} is not built")

    def run(self, command: Sequence[object], text: str | None = None, cores: str | None = None,
            environment: Mapping[str, str] | None = None) -> str:
        """To its end; gives what it printed."""
        pinned = ["taskset", "-c", cores] if cores else []
        done = subprocess.run([*pinned, *map(str, command)], input=text, capture_output=True, text=True,
                              env={**os.environ, **(environment or {})})
        if done.returncode:
            raise Failure(f"{' '.join(map(str, command))}: {(done.stderr or done.stdout).strip()[-500:]}")
        return done.stdout

    def server(self, name: str, command: Sequence[object], port: int, ready: str | Callable[[], bool] | None = "/",
               cores: str | None = None, parts: Sequence[Server] = (), environment: Mapping[str, str] | None = None,
               directory: pathlib.Path | None = None) -> Server:
        """Started, and ready: when it answers to `ready`, or when that says so; None: when it listens."""
        server = Server(name, command, port, cores or self.cores()[0], self.file(f"{port}.log"), environment, directory, parts)
        self._closing.callback(self._forget, server)
        self._servers.append(server)
        server.wait_until(server.listens if ready is None else ready if callable(ready) else server.answers(ready))
        return server

    def stop(self, server: Server) -> None:
        for one in (server, *server.parts):
            self._forget(one)

    def _forget(self, server: Server) -> None:
        if server in self._servers:
            self._servers.remove(server)
            server.stop()

    def nginx(self, name: str, port: int, http: str, workers: int = 1, cores: str | None = None,
              parts: Sequence[Server] = ()) -> Server:
        """`http`: see harness.nginx, which has a constant answer ready."""
        directory = self.file(f"nginx-{port}")
        directory.mkdir()
        (directory / "nginx.conf").write_text(nginx.configuration(directory, http, workers))
        return self.server(name, [shutil.which("nginx") or "/usr/sbin/nginx", "-p", directory, "-c", directory / "nginx.conf"],
                           port, None, cores, parts)

    def sessions(self, count: int, users: int | None = None) -> Sessions:
        """Live ones, in a database; made once for each count. As many users as it takes at 20 each, if not said."""
        users = users or max(1, -(-count // 20))
        if (count, users) not in self._sessions:
            made = Sessions(count, users, self.file("latchkey.db"), self.file("cookies"))
            self.say(f"writing {count:,} sessions of {users:,} users")
            self.run([self.program("bench_fill_sessions"), made.database, count, users, made.cookies])
            self._sessions[count, users] = made
        return self._sessions[count, users]

    def latchkey(self, name: str = "latchkey", sessions: Sessions | None = None, threads: int = 1, cores: str | None = None,
                 more: str = "", sockets: Sequence[pathlib.Path] = ()) -> Server:
        """With these sessions. `more`: tables for its configuration; `sockets`: of Unix, to listen on too. A database serves
        one server at a time."""
        port = self.port()
        database = sessions.database if sessions else self.file("latchkey.db")
        configuration = self.file("latchkey.toml")
        configuration.write_text(latchkey.configuration(port, database, threads, more, sockets))
        server = self.server(name, [self.program("latchkey"), "serve", "--config", configuration], port, "/health/ready",
                             cores or self.cores(threads)[0])
        server.goes_on = True
        return server

    def peer(self, name: str, program: str, threads: int, answer_bytes: int) -> Server:
        """One of tests/bench/peers in C++, with an answer of that size."""
        port = self.port()
        return self.server(name, [self.program(program), port, threads, answer_bytes], port, None, self.cores(threads)[0])

    # Turns --------------------------------------------------------------------------------------------------------

    def alternate(self, turns: Mapping[str, Turn], rounds: int) -> list[dict[str, Figures]]:
        """Everybody measured once in each round, each time from another one on; meanwhile all other servers of this
        bench are stopped by a signal, so that nobody's housekeeping falls into another's turn. Ours goes on: what it does
        by the clock, such as writing down when a million sessions were last seen, would fall into its own turn all at
        once."""
        names, results = list(turns), []
        for number in range(rounds):
            measured: dict[str, Figures] = {}
            with self.alone():
                for name in names[number % len(names):] + names[:number % len(names)]:
                    server, measure = turns[name]
                    with self._only(server):
                        measured[name] = self._beside_others(server, measure)
            results.append({name: measured[name] for name in names})
            self.say(f"round {number + 1} of {rounds}")
        return results

    @staticmethod
    def _beside_others(server: Server, measure: Callable[[], Figures]) -> Figures:
        """Also how many cores were kept busy by what is no part of this: a figure from a busy machine means little."""
        def other_seconds() -> float:
            mine = os.times()
            return machine.busy_seconds() - server.cpu_seconds() - sum(mine[:4])

        begin, before = time.monotonic(), other_seconds()
        figures = dict(measure())
        figures["other_cores"] = max(0.0, (other_seconds() - before) / (time.monotonic() - begin))
        return figures

    @contextlib.contextmanager
    def _only(self, server: Server) -> Iterator[None]:
        others = [one for one in self._servers
                  if one is not server and one not in server.parts and not one.goes_on]
        for one in others:
            one.pause()
        try:
            yield
        finally:
            for one in others:
                one.resume()

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Taking turns with others who measure on this machine, if they have agreed on a file to lock for it."""
        if not self._turns_file:
            yield
            return
        with open(self._turns_file, "a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            time.sleep(0.2)
            yield

    def load(self, server: Server, load: Load, seconds: int, connections: int = 64, server_threads: int = 1) -> Figures:
        """On the cores that a server of so many threads leaves."""
        generator = None if self.wrk else self.program("bench_load")
        return load.run(server, self.cores(server_threads)[1], seconds, connections, generator)

    def check(self, sessions: Sessions) -> Load:
        """The check of a proxy, with a random one of these cookies each time."""
        return Load(latchkey.CHECK, latchkey.CHECK_HEADERS, latchkey.COOKIE, sessions.cookies)

    def say(self, text: str) -> None:
        print(f"  {text}", file=sys.stderr, flush=True)
