"""The middle of several rounds, with the least and the greatest: so few rounds say nothing finer."""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import TypedDict


class Spread(TypedDict):
    median: float
    least: float
    greatest: float


def spread(values: Iterable[float]) -> Spread:
    kept = sorted(values)
    return {"median": statistics.median(kept), "least": kept[0], "greatest": kept[-1]}


def ratios(ones: Sequence[float], others: Sequence[float]) -> Spread:
    """Round by round, so that a moment in which the machine was slow meets both sides of a ratio."""
    return spread(one / other for one, other in zip(ones, others, strict=True))


def column(rounds: Sequence[Mapping[str, Mapping[str, float]]], name: str, figure: str) -> list[float]:
    """One figure of one contestant, from what Bench.alternate() gives."""
    return [one[name][figure] for one in rounds]
