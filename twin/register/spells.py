"""Spells of registration: runs with breaks that don't count, earlier runs that do, and the ends of those who leave."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .dates import EXTRACT, REFERENCE, between, day, first_day, last_day
from .regressions import People
from .roster import IN_PANEL, LOST
from .sources import fact

Table = dict[str, NDArray[np.int64]]
# Still registered when the files were taken out.
OPEN = np.iinfo(np.int32).max
# Longest break within a run, in days from the last day of one spell to the first of the next.
BREAK = 31
LATEST_BREAK = day("2020-11-30")
FEBRUARY, MARCH, APRIL = (int(date) for date in REFERENCE)


def draw_spells(roster: People, rng: np.random.Generator) -> Table:
    """Draw the spells of everyone of 2021."""
    begin = run_starts(roster, rng)
    end = np.full(len(begin), OPEN, dtype=np.int64)
    # Some leave on the day the files were taken out.
    soon = rng.random(len(begin)) < 0.03
    end[soon] = between(np.full(soon.sum(), APRIL), np.full(soon.sum(), EXTRACT), rng)
    rows = np.arange(len(begin))
    lost = np.flatnonzero(roster["reason"] == LOST)
    kind = rng.choice(3, size=len(lost), p=[0.55, 0.37, 0.08])
    in_march, in_april, back = (lost[kind == k] for k in range(3))
    end[in_march] = between(np.full(len(in_march), FEBRUARY), np.full(len(in_march), MARCH - 1), rng)
    end[in_april] = between(np.full(len(in_april), MARCH), np.full(len(in_april), APRIL - 1), rng)
    # Away at the end of March, back by the end of April: in both other months, yet not in all three.
    end[back] = between(np.full(len(back), MARCH - 12), np.full(len(back), MARCH - 1), rng)
    again = between(end[back] + 15, np.minimum(end[back] + BREAK, APRIL), rng)
    parts = [(rows, begin, end), (back, np.maximum(again, MARCH + 1), np.full(len(back), OPEN))]
    parts += _breaks(roster, begin, end, rng)
    parts += _earlier(roster, begin, rng)
    return {
        name: np.concatenate([part[k] for part in parts]).astype(np.int64)
        for k, name in enumerate(("row", "begin", "end"))
    }


def run_starts(roster: People, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw the first day of each current run in its month."""
    start = roster["start"].astype(np.int64)
    return between(first_day(start), last_day(start), rng)


def _breaks(
    roster: People, begin: NDArray[np.int64], end: NDArray[np.int64], rng: np.random.Generator
) -> list[tuple[NDArray[np.intp], NDArray[np.int64], NDArray[np.int64]]]:
    """Split some runs by a break that is too short to count; the first part keeps its row, the rest is new."""
    fit = (begin < LATEST_BREAK - 200) & (rng.random(len(begin)) < 1.6 * fact("break_within").share)
    rows = np.flatnonzero(fit)
    stop = between(begin[rows] + 20, np.full(len(rows), LATEST_BREAK), rng)
    days = rng.integers(2, BREAK + 1, len(rows))
    # The longest break that does not count must occur.
    days[::25] = BREAK
    later = (rows, stop + days, end[rows].copy())
    end[rows] = stop
    # A few leave and come back within one month of the panel: registered at every reference date all the same.
    brief = np.flatnonzero((roster["reason"] == IN_PANEL) & ~fit & (end == OPEN) & (rng.random(len(begin)) < 0.01))
    brief = brief[begin[brief] < FEBRUARY - 60]
    stop = between(np.full(len(brief), FEBRUARY + 1), np.full(len(brief), FEBRUARY + 8), rng)
    more = (brief, between(stop + 2, np.full(len(brief), MARCH - 2), rng), np.full(len(brief), OPEN))
    end[brief] = stop
    return [later, more]


def _earlier(
    roster: People, begin: NDArray[np.int64], rng: np.random.Generator
) -> list[tuple[NDArray[np.intp], NDArray[np.int64], NDArray[np.int64]]]:
    """Give some people a run before this one, with a break that is long enough to begin a new duration."""
    rows = np.flatnonzero(rng.random(len(begin)) < fact("earlier_run").share)
    stop = begin[rows] - (BREAK + 2) - np.floor(rng.exponential(150, len(rows))).astype(np.int64)
    # The shortest break that counts must occur.
    stop[::25] = begin[rows][::25] - (BREAK + 2)
    first = stop - 20 - np.floor(rng.exponential(160, len(rows))).astype(np.int64)
    # Nobody is registered before 16: February 2021 less the years since.
    youngest = FEBRUARY - (roster["age_years"][rows].astype(np.int64) - 16) * 365
    # Nor may an earlier run bring someone into the February sample.
    fine = (first >= youngest) & (first >= day("2005-01-01")) & (stop < FEBRUARY)
    return [(rows[fine], first[fine], stop[fine])]


def covers(spells: Table, date: int) -> NDArray[np.intp]:
    """Return the roster rows registered on a day, in order, each once."""
    inside = (spells["begin"] <= date) & (spells["end"] >= date)
    return np.unique(spells["row"][inside])
