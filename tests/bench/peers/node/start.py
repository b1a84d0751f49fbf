"""Servers on Node: packages as package-lock.json has them, installed by scripts/setup --bench."""

import pathlib
import shutil
from collections.abc import Sequence

from harness import Failure, machine
from harness.bench import Bench
from harness.server import Server

PACKAGES = pathlib.Path("/usr/local/lib/latchkey-tests/bench-node")


def start(bench: Bench, name: str, source: pathlib.Path, arguments: Sequence[object] = (),
          parts: Sequence[Server] = ()) -> Server:
    """`source` is given the port to listen on, and `arguments`."""
    if not (PACKAGES / "node_modules").is_dir():
        raise Failure("the packages from npm are not installed")
    directory = bench.file("node")  # modules are looked for beside their users
    directory.mkdir()
    shutil.copy(source, directory)
    (directory / "package.json").write_text('{"type": "module"}')
    (directory / "node_modules").symlink_to(PACKAGES / "node_modules")
    port = bench.port()
    return bench.server(name, ["node", source.name, port, *arguments], port, None, parts=parts, directory=directory,
                        environment={"NODE_ENV": "production"})


def package_version(name: str) -> str:
    return machine.version(["node", "-p", f"require('{PACKAGES}/node_modules/{name}/package.json').version"])
