"""What scripts/bench runs. A suite is a module tests/bench/suites/NAME.py with

    TITLE: str                    a line for people
    TARGETS: tuple[str, ...]      what CMake has to build for it
    MINUTES: float                about how long it takes
    def run(bench) -> dict        measures; what it returns is kept as JSON, so it holds plain values only
    def table(data) -> str        that as Markdown: one table or several, each promise beside what was measured
    def plots(data) -> dict       more SVG files by the end of their name: {"": …, "-latency": …}; may be empty

`bench` is a harness.bench.Bench. Whatever fails raises Failure, and nothing is written then.
"""


class Failure(Exception):
    """What was to be measured did not do what it should; said in one line."""
