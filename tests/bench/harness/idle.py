"""Connections that are open and at rest."""

import contextlib
import resource
import socket
from collections.abc import Iterator, Mapping

from . import Failure
from .server import Server

ANSWER = 16 * 1024  # bytes; more than any answer here has


def _ask(connection: socket.socket, request: bytes) -> None:
    connection.sendall(request)
    answer = connection.recv(ANSWER)
    if not answer.startswith(b"HTTP/1.1 2"):
        raise Failure(f"a connection that should come to rest was answered {answer[:60]!r}")


def request(target: str, headers: Mapping[str, str]) -> bytes:
    lines = [f"GET {target} HTTP/1.1", "Host: bench", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


@contextlib.contextmanager
def connections(server: Server, count: int, asks: bytes | None) -> Iterator[None]:
    """So many, each of which has asked this once."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if most < count + 100:
        raise Failure(f"{count} connections need more files than the {most} that may be open: ulimit -Hn")
    with contextlib.ExitStack() as closing:
        for _ in range(count):
            one = closing.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=10))
            if asks:
                _ask(one, asks)
        yield
