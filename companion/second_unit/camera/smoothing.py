"""Telling a move from a tremble: a signal's smooth course, what it comes to, and what is left over."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import mul
from statistics import median

# A move keeps its direction, or turns back once; what wavers more is a tremble.
LEAST_STEADINESS = 0.42
# From the middle of the deviations to their usual size (1 over the 3rd quartile of the normal distribution).
_MEDIAN_TO_DEVIATION = 1.4826


@dataclass(frozen=True)
class Course:
    """
    What a smooth signal comes to.

    Args:
        net: from its start to its end, or to its turning point where it comes back.
        returns: it turned and came back by more than half.
        steadiness: its span over the whole way it went: 1 for one direction, 1/2 for there and back.
        seconds: how long it took for nine tenths of its way, brought up to the whole.
    """

    net: float
    returns: bool
    steadiness: float
    seconds: float


def smooth(values: Sequence[float], window: int) -> list[float]:
    """
    Return the signal without what is quicker than the window: a cubic through each stretch of so many frames.

    Lines, curves and eased moves pass unchanged; the first and last stretch serve the frames at the ends.
    """
    count = min(window, len(values))
    if count < 6 or max(values) == min(values):
        return list(values)
    rows = _cubic_rows(count)
    half = count // 2
    smoothed = []
    for number in range(len(values)):
        start = max(0, min(number - half, len(values) - count))
        row = rows[number - start]
        smoothed.append(sum(map(mul, row, values[start : start + count])))
    return smoothed


@lru_cache(maxsize=64)
def _cubic_rows(count: int) -> list[list[float]]:
    """Return for each place in a stretch the weights that give the least-squares cubic's value there."""
    powers = [[((2 * n - count + 1) / count) ** power for n in range(count)] for power in range(4)]
    basis: list[list[float]] = []
    for row in powers:
        rest = list(row)
        for known in basis:
            share = sum(map(mul, rest, known))
            rest = [a - share * b for a, b in zip(rest, known, strict=True)]
        length = sum(map(mul, rest, rest)) ** 0.5
        basis.append([a / length for a in rest])
    return [[sum(known[at] * known[n] for known in basis) for n in range(count)] for at in range(count)]


def course_of(smoothed: Sequence[float], seconds: Sequence[float]) -> Course:
    """Return what a smooth signal comes to."""
    steps = [abs(b - a) for a, b in itertools.pairwise(smoothed)]
    way = sum(steps)
    if way == 0:
        return Course(0.0, returns=False, steadiness=1.0, seconds=0.0)
    net = smoothed[-1] - smoothed[0]
    farthest = max(smoothed, key=lambda value: abs(value - smoothed[0])) - smoothed[0]
    returns = abs(net) < abs(farthest) / 2
    span = max(smoothed) - min(smoothed)
    return Course(farthest if returns else net, returns, span / way, _time_moving(steps, seconds))


def _time_moving(steps: Sequence[float], seconds: Sequence[float]) -> float:
    way, so_far, start = sum(steps), 0.0, None
    for number, step in enumerate(steps):
        so_far += step
        if start is None and so_far >= 0.05 * way:
            start = seconds[number]
        if start is not None and so_far >= 0.95 * way:
            return max(seconds[number + 1] - start, seconds[1] - seconds[0]) / 0.9
    return seconds[-1]


def tremble(values: Sequence[float], window: int) -> float:
    """Return the usual size of what the smooth course leaves over; a corner in the course doesn't count."""
    if len(values) < 8:
        return 0.0
    return _MEDIAN_TO_DEVIATION * median(abs(a - b) for a, b in zip(values, smooth(values, window), strict=True))
