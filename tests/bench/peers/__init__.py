"""What Latchkey is held against: each folder is one of them, with what it takes to start it as its authors advise for
production and what makes it fast, and to have a hundred sessions in it."""

import pathlib
from dataclasses import dataclass

from harness.load import Load
from harness.server import Server

SESSIONS = 100  # random ones are asked for: some keep the last in a variable


@dataclass
class Peer:
    server: Server
    load: Load


def load_of(file: pathlib.Path, target: str, name: str, cookies: list[str], headers: dict[str, str] | None = None) -> Load:
    """`cookies`: their values, which are kept in `file`."""
    if len(set(cookies)) < len(cookies):
        raise ValueError(f"{name}: two sessions with one cookie")
    file.write_text("".join(f"{one}\n" for one in cookies))
    return Load(target, headers or {}, name, file)


def cookie_of(answer, name: str) -> str:
    """The value that an answer sets."""
    for field in answer.headers.get_all("Set-Cookie") or []:
        found, _, rest = field.partition("=")
        if found == name:
            return rest.split(";")[0]
    raise ValueError(f"no cookie {name} in an answer {answer.status}: {answer.body[:200]!r}")
