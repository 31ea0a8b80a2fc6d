"""The closest point inside intervals: what both Newton's steps and calibrations of the twins come down to."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .exact import Floats, product, solve

# Intervals that begin to bind, one after the other, at most.
ROUNDS = 400
# A point may lie outside by this much, and by this part of all multipliers: sums of large ones are rounded.
TINY, ROUNDING = 1e-10, 1e-14


def closest(covariance: Floats, begin: Floats, low: Floats, high: Floats, first: Floats) -> Floats:
    """Find the multipliers that lead from a point to the closest one inside intervals.

    Notes
    -----
    Lawson & Hanson (1974), Solving least squares problems, chapter 23, for the dual problem; multipliers of both signs
    and ends of intervals in the place of theirs.
    """
    multipliers, side = first.copy(), np.sign(first)
    for _ in range(ROUNDS):
        multipliers, side = _settled(covariance, begin, low, high, multipliers, side)
        point = begin + product(covariance, multipliers)
        beyond = np.where(side == 0, np.maximum(low - point, point - high), 0.0)
        worst = int(np.argmax(beyond))
        if beyond[worst] <= TINY + ROUNDING * np.abs(multipliers).sum():
            break
        side[worst] = 1 if point[worst] < low[worst] else -1
    return multipliers


def _settled(
    covariance: Floats, begin: Floats, low: Floats, high: Floats, multipliers: Floats, side: Floats
) -> tuple[Floats, Floats]:
    """Put the point on the ends that bind (side 1: lower, −1: upper); on the way, let go of those that would pull."""
    end, side = np.where(side > 0, low, high), side.copy()
    while True:
        at: NDArray[np.intp] = np.flatnonzero(side)
        wanted = np.zeros(len(begin))
        wanted[at] = solve(covariance[np.ix_(at, at)], end[at] - begin[at])
        pulling = at[wanted[at] * side[at] <= 0]
        if not len(pulling):
            return wanted, side
        # As far as the first of them has a part in it.
        way = multipliers[pulling] - wanted[pulling]
        parts = multipliers[pulling] / np.where(way == 0, 1.0, way)
        place = int(np.argmin(parts))
        multipliers = multipliers + parts[place] * (wanted - multipliers)
        multipliers[pulling[place]] = side[pulling[place]] = 0.0
