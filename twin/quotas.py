"""Numbers of persons that are fixed before anything is drawn."""

from __future__ import annotations

import math
from functools import cache

from engine.errors import ReportError

from .tables import published, read


@cache
def quota(wave: int, stage: str, sector: int | None = None) -> int:
    """Return how many persons of a wave, and sector, are at a stage (`invited`, `answered` …).

    A published share counts as a share of the stage's total; the number is rounded half-up. ReportError where
    data/twin/quotas.csv has no such row.
    """
    key = (str(wave), stage, "" if sector is None else str(sector))
    for row in read("quotas"):
        if (row["wave"], row["stage"], row["sector"]) == key:
            if row["value"]:
                return int(row["value"])
            printed = published(row["source"])
            if printed.measure.endswith("share_pct"):
                return half_up(printed.value / 100 * quota(wave, stage))
            return int(printed.value)
    raise ReportError(
        f"no number of persons for {stage} in {wave}", where="data/twin/quotas.csv", remedy="Add the row."
    )


@cache
def waves() -> tuple[int, ...]:
    """List the survey years that the twin has, ascending."""
    return tuple(sorted({int(row["wave"]) for row in read("quotas")}))


def by_sector(wave: int, stage: str) -> dict[int, int]:
    """Split a stage into state (1) and municipal (2) employees."""
    state = quota(wave, stage, 1)
    return {1: state, 2: quota(wave, stage) - state}


def half_up(number: float) -> int:
    """Round to a whole number, halves up."""
    return math.floor(number + 0.5)
