"""Tables in Markdown, and numbers as people read them."""

from collections.abc import Sequence

from .spread import Spread


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The first column holds names, the others numbers."""
    lines = ["| " + " | ".join(heads) + " |", "|" + "|".join(["---"] + ["---:"] * (len(heads) - 1)) + "|"]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def number(value: float) -> str:
    """Three digits that count, and all of those before the point."""
    for least, digits in ((100, 0), (10, 1), (1, 2), (0.1, 3)):
        if abs(value) >= least:
            return f"{value:,.{digits}f}"
    return f"{value:.3g}"


def ranged(one: Spread) -> str:
    return f"{number(one['median'])} ({number(one['least'])} to {number(one['greatest'])})"


def verdict(value: float, promise: float, at_least: bool) -> str:
    """`promise` as it was given, and in bold what does not keep it."""
    kept = value >= promise if at_least else value <= promise
    word = f"{'≥' if at_least else '≤'} {number(promise)}"
    return word if kept else f"**{word}: missed**"
