"""The command line of scripts/bench, which sees to it that what is measured is there."""

import argparse
import importlib
import json
import os
import pathlib
import signal
import sys
import tempfile
from types import ModuleType

from . import Failure, report
from .bench import Bench, ROOT


def suites() -> dict[str, ModuleType]:
    names = sorted(one.stem for one in (ROOT / "tests/bench/suites").glob("*.py") if one.stem != "__init__")
    return {name: importlib.import_module(f"suites.{name}") for name in names}


def arguments(known: dict[str, ModuleType]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench", description="Measures, and writes docs/performance.")
    titles = "; ".join(f"{name}: {one.TITLE}" for name, one in known.items())
    parser.add_argument("names", nargs="*", metavar="NAME", help=titles)
    parser.add_argument("--list", action="store_true", help="name the suites and leave")
    parser.add_argument("--targets", action="store_true", help="name what CMake has to build for them and leave")
    parser.add_argument("--quick", action="store_true", help="one short round, to see that it works; keeps nothing")
    parser.add_argument("--rounds", type=int, help="how many, instead of each suite's own number")
    parser.add_argument("--seconds", type=int, help="how long each measurement is, instead of each suite's own number")
    parser.add_argument("--only", nargs="+", default=[], metavar="WORD",
                        help="parts of suites with WORD in their name; keeps nothing")
    parser.add_argument("--large", action="store_true", help="also what takes long or much memory")
    parser.add_argument("--wrk", action="store_true", help="with wrk instead of the load generator that is here")
    parser.add_argument("--port", type=int, default=int(os.environ.get("BENCH_PORT", 21000)),
                        help="take ports from here on")
    parser.add_argument("--turns", metavar="FILE", default=os.environ.get("BENCH_TURNS"),
                        help="lock this file while measuring, to take turns with others on this machine")
    parser.add_argument("--render", action="store_true",
                        help="measure nothing: write pages and plots anew from what is kept")
    options = parser.parse_args()
    if unknown := [name for name in options.names if name not in known]:
        parser.error(f"there is no {', '.join(unknown)}; there are {', '.join(known)}")
    return options


def run(name: str, suite: ModuleType, options: argparse.Namespace) -> None:
    print(f"{name}: {suite.TITLE} (about {suite.MINUTES:g} min)", file=sys.stderr, flush=True)
    with Bench(options.quick, options.rounds, options.seconds, options.only, options.large, options.port,
               options.turns, options.wrk) as bench:
        data = suite.run(bench)
        kept = report.record(name, suite, bench, data)
    print(suite.table(data))
    if options.quick or options.only:  # not worth keeping, but it must work
        with tempfile.TemporaryDirectory() as scratch:
            report.write(kept, suite, pathlib.Path(scratch))
    else:
        report.write(kept, suite)
        report.write_index()


def main() -> int:
    known = suites()
    options = arguments(known)
    chosen = {name: known[name] for name in options.names or known}
    if options.list:
        print("\n".join(f"{name:10} {one.TITLE}" for name, one in chosen.items()))
        return 0
    if options.targets:
        print("\n".join(sorted({target for one in chosen.values() for target in one.TARGETS})))
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # as with Ctrl-C: servers are stopped on the way out
    faults = 0
    for name, suite in chosen.items():
        try:
            if options.render:
                report.write(json.loads((report.PLACE / f"{name}.json").read_text()), suite)
                report.write_index()
            else:
                run(name, suite, options)
        except (Failure, OSError) as fault:
            print(f"{name}: {fault}", file=sys.stderr)
            faults += 1
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
