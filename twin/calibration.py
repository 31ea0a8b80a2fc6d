"""Move expectations so that every target holds, with the smallest relative change of each person's value."""

from __future__ import annotations

import numpy as np

from engine.errors import ReportError

from .exact import product
from .system import Floats, System

# How much of each interval calibration aims at; rounding to whole, heaped answers needs the rest. Where the
# middle parts contradict each other (printed roundings that only just fit together), nearly all of them.
KEEP = (0.65, 0.78)
# Standard errors depend on the values, so bounds in standard errors are renewed this many times.
ROUNDS = 3
STEPS = 4000
# A value is never moved below this share of its start: a portfolio stays a portfolio.
FLOOR = 0.15
# Part of half an interval that may be left for the repair of the whole numbers.
LEFT_OVER = 0.2


def calibrate(values: Floats, system: System, weight: Floats) -> Floats:
    """Calibrate expectations to targets by projection (Deville & Särndal's linear distance, with intervals)."""
    if not system.targets:
        return values
    metric = values / weight
    start, multipliers = values, np.zeros(len(system.targets))
    # Rows of length one in the metric, so that no target waits for another's unit.
    lengths = np.sqrt((system.coefficients**2 * metric).sum(axis=1))
    rows = system.coefficients / lengths[:, None]
    products = product(rows * metric, rows.T)
    for keep in KEEP:
        for _ in range(ROUNDS):
            low, high, scale = system.bounds(start, keep)
            multipliers = _multipliers(products, product(rows, values), low / lengths, high / lengths, multipliers)
            start = np.maximum(values + metric * product(multipliers, rows), FLOOR * values)
        low, high, scale = system.bounds(start, keep)
        totals = system.totals(start)
        miss = np.maximum(low - totals, totals - high) / scale
        if miss.max() <= LEFT_OVER:
            break
    else:
        worst = [system.targets[k].name for k in np.argsort(-miss, kind="stable")[:3] if miss[k] > LEFT_OVER]
        raise ReportError(
            f"the twin's targets cannot hold together; farthest off: {', '.join(worst)}",
            where="data/twin/survey_targets.csv",
            count=int((miss > LEFT_OVER).sum()),
            remedy="Widen or correct these targets, or the model in data/twin/caseload_model.csv.",
        )
    return np.asarray(np.round(start, 6))


def _multipliers(products: Floats, totals: Floats, low: Floats, high: Floats, first: Floats) -> Floats:
    """Find the multipliers of the closest point with low ≤ totals ≤ high: accelerated proximal dual steps."""
    # Nothing less than the largest eigenvalue.
    length = float(np.abs(products).sum(axis=1).max())
    here, ahead, momentum = first, first, 1.0
    for _ in range(STEPS):
        now = totals + product(products, ahead)
        # The median of three: enter the interval, or give back what an earlier step moved too far.
        step = np.maximum((low - now) / length, np.minimum((high - now) / length, -ahead))
        new = ahead + step
        if (step * (new - here)).sum() < 0:
            momentum = 1.0
        following = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        ahead, here, momentum = new + (momentum - 1) / following * (new - here), new, following
    return here
