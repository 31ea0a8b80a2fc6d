"""Fortnightly reports of employment: the last of a month says what the definitions ask, the others need not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from .dates import PERIODS, REFERENCE, month_of
from .regressions import People
from .roster import FULLY, PARTLY
from .sources import GROUPS, fact

Ints = NDArray[np.int64]
COLUMNS = {"person_id": pa.int64(), "period_end": pa.date32(), "status": pa.int8(), "hours_worked": pa.float64()}
UNEMPLOYED, PART_TIME, PARTLY_LAID_OFF, LAID_OFF = 1, 2, 3, 4
NO_BENEFIT = 3


def draw_meldekort(
    roster: People, starts: Ints, ends: Ints, rng: np.random.Generator
) -> dict[str, NDArray[Any]]:
    """Draw the reports of everyone of 2021."""
    # Of the adapted group those report who have a benefit or work.
    reports = (roster["service_group"] < GROUPS[-1]) | (roster["benefit"] != NO_BENEFIT) | (roster["partial_work"] == 1)
    rows = np.flatnonzero(reports)
    decisive = _statuses(roster, rows, rng)
    months = np.array([int(month_of(np.array([end]))[0]) for end in PERIODS])
    wanted = month_of(REFERENCE)
    pieces = []
    for place, end in enumerate(PERIODS):
        number = int(np.searchsorted(wanted, months[place]))
        last = place + 1 == len(PERIODS) or months[place + 1] != months[place]
        status = decisive[:, min(number, 2)].copy()
        if not (last and months[place] in wanted):
            other = rng.random(len(rows)) < 0.06
            status[other] = rng.integers(UNEMPLOYED, LAID_OFF + 1, int(other.sum()))
        sent = (starts[rows] <= end) & (ends[rows] >= end)
        # A few skip a report, but none that decides.
        if not last:
            sent &= rng.random(len(rows)) > 0.03
        pieces.append((rows[sent], np.full(int(sent.sum()), end), status[sent]))
    row, date, status = (np.concatenate([piece[k] for piece in pieces]) for k in range(3))
    working = (status == PART_TIME) | (status == PARTLY_LAID_OFF)
    hours = np.where(working, np.round(2 * (4 + 56 * rng.beta(2, 2.5, len(row)))) / 2, 0.0)
    return {"row": row, "date": date, "status": status, "hours": hours}


def _statuses(roster: People, rows: Ints, rng: np.random.Generator) -> Ints:
    """Status at the last report of February, March and April, shape (persons, 3)."""
    count, employment, partial = len(rows), roster["employment"][rows], roster["partial_work"][rows] == 1
    laid_off = rng.random(count) < fact("partly_laid_off").share
    part = np.where(laid_off, PARTLY_LAID_OFF, PART_TIME)
    other = np.where(employment == FULLY, LAID_OFF, UNEMPLOYED)
    status = np.column_stack([np.where(employment == PARTLY, part, other), other, other])
    # Those laid off return to work or lose it.
    returned = rng.random((count, 2)) < 0.2
    status[:, 1:] = np.where(returned & (status[:, 1:] == LAID_OFF), UNEMPLOYED, status[:, 1:])
    # Work in February goes on for most; work in other months only must show in one of them at least.
    already = employment == PARTLY
    works = rng.random((count, 2)) < 0.7
    none = ~works.any(axis=1) & ~already
    works[none, rng.integers(0, 2, int(none.sum()))] = True
    status[:, 1:] = np.where(partial[:, None] & works, part[:, None], status[:, 1:])
    # The article does not use this for the adapted group, in which some work in February too.
    adapted = partial & (roster["service_group"][rows] == GROUPS[-1]) & (rng.random(count) < 0.6)
    status[adapted, 0] = part[adapted]
    return status.astype(np.int64)
