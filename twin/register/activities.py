"""Activities of the plan as events: those from which the definitions give a person's activities, and others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from .dates import AHEAD, EXTRACT, OPENS, REFERENCE, between
from .regressions import MEASURE, People
from .sources import fact

Ints = NDArray[np.int64]
COLUMNS = {
    "activity_id": pa.int64(), "person_id": pa.int64(), "activity_type": pa.int8(), "status": pa.int8(),
    "from_date": pa.date32(), "to_date": pa.date32(),
}  # fmt: skip
TYPES = {
    "medical_treatment": 1, MEASURE: 2, "applied_for_job": 3, "job_search_agreement": 4, "own_activity": 5,
    "current_job": 6, "group_activity": 7, "self_funded_education": 8,
}  # fmt: skip
# Counted when completed only; the others also while under way.
COMPLETED_ONLY = (3, 5)
PLANNED, UNDER_WAY, COMPLETED, BROKEN_OFF = 1, 2, 3, 4
# No date yet.
BLANK = np.iinfo(np.int32).max
# First and last month of an activity that does not last all three, each as likely.
PARTS = np.array([(0, 0), (1, 1), (2, 2), (0, 1), (1, 2)])
# Longest time that an activity of the first month may have lasted already.
LONGEST = 300


@dataclass
class Events:
    """Events collected piece by piece: rows of the roster, types, statuses, first and last days."""

    pieces: list[tuple[Ints, Ints, Ints, Ints, Ints]]

    def add(self, rows: Ints, kind: int | Ints, status: int | Ints, begin: Ints, end: int | Ints) -> None:
        """Add events of some people; single numbers hold for all of them."""
        full = [np.broadcast_to(np.asarray(values, dtype=np.int64), rows.shape) for values in (kind, status, end)]
        self.pieces.append((rows, full[0], full[1], np.asarray(begin, dtype=np.int64), full[2]))

    def columns(self) -> list[Ints]:
        """Return rows, types, statuses, first and last days, shape (events,) each."""
        return [np.concatenate([piece[k] for piece in self.pieces]) for k in range(5)]


def draw_activities(roster: People, starts: Ints, rng: np.random.Generator) -> list[Ints]:
    """Draw the activity events of everyone of 2021."""
    events = Events([])
    for name, kind in TYPES.items():
        rows = np.flatnonzero(roster[name] == 1)
        rows = rows[starts[rows] <= REFERENCE[-1]]
        share = fact("all_months/measure" if kind == TYPES[MEASURE] else "all_months/other").share
        whole = rng.random(len(rows)) < share
        first, last = np.where(whole[:, None], (0, 2), PARTS[rng.integers(len(PARTS), size=len(rows))]).T
        # Newcomers begin in the month in which they came.
        arrival = np.searchsorted(REFERENCE, starts[rows])
        first, last = np.maximum(first, arrival), np.maximum(last, arrival)
        if kind in COMPLETED_ONLY:
            _completed(events, rows, kind, first, last, starts, rng)
        else:
            _lasting(events, rows, kind, first, last, starts, rng)
    _not_counted(events, starts, rng)
    return events.columns()


def _lasting(
    events: Events, rows: Ints, kind: int, first: Ints, last: Ints, starts: Ints, rng: np.random.Generator
) -> None:
    """One event from the first month to the last; some have a second one in the same months."""
    closes = np.append(OPENS[1:], EXTRACT + 1) - 1
    before = np.concatenate([[REFERENCE[0] - LONGEST], REFERENCE[:-1] + 1])
    for part in (rows >= 0, rng.random(len(rows)) < 0.12):
        own, a, b = rows[part], first[part], last[part]
        begin = between(np.maximum(before[a], starts[own]), REFERENCE[a], rng)
        end = between(np.maximum(OPENS[b], begin), closes[b], rng)
        going = (b == 2) & (rng.random(len(own)) < 0.7)
        events.add(own, kind, np.where(going, UNDER_WAY, COMPLETED), begin, np.where(going, BLANK, end))


def _completed(
    events: Events, rows: Ints, kind: int, first: Ints, last: Ints, starts: Ints, rng: np.random.Generator
) -> None:
    """One completed event in each month's window; some have several."""
    for number in range(3):
        inside = (first <= number) & (number <= last)
        for part in (inside, inside & (rng.random(len(rows)) < 0.25)):
            own = rows[part]
            end = between(np.maximum(OPENS[number], starts[own]), np.full(len(own), REFERENCE[number]), rng)
            begin = np.maximum(end - rng.integers(0, 21, len(own)), starts[own])
            events.add(own, kind, COMPLETED, begin, end)


def _not_counted(events: Events, starts: Ints, rng: np.random.Generator) -> None:
    """Events that the definitions must leave out, for anyone, in activity or not."""
    everyone = np.flatnonzero(starts < REFERENCE[-1])

    def some(share: float, since: int = EXTRACT) -> Ints:
        rows = everyone[rng.random(len(everyone)) < share]
        return rows[starts[rows] <= since]

    def late(rows: Ints, days: int) -> Ints:
        return np.asarray(np.maximum(REFERENCE[-1] - rng.integers(0, days, len(rows)), starts[rows]))

    rows = some(0.14)
    events.add(rows, rng.integers(1, 9, len(rows)), PLANNED, late(rows, 80), BLANK)
    rows = some(0.03)
    begin = between(np.full(len(rows), EXTRACT - 20), np.full(len(rows), AHEAD), rng)
    events.add(rows, rng.integers(1, 9, len(rows)), PLANNED, np.maximum(begin, starts[rows]), AHEAD + 10)
    rows = some(0.08)
    begin = late(rows, 80)
    end = np.minimum(begin + rng.integers(0, 60, len(rows)), EXTRACT)
    events.add(rows, rng.integers(1, 9, len(rows)), BROKEN_OFF, begin, end)
    # Ended before the first window opens, the last of them on the day before.
    rows = some(0.25, int(OPENS[0]) - 60)
    end = OPENS[0] - 1 - np.floor(rng.exponential(40, len(rows))).astype(np.int64)
    end = np.maximum(np.where(rng.random(len(rows)) < 0.03, OPENS[0] - 1, end), starts[rows])
    begin = np.maximum(end - rng.integers(0, 120, len(rows)), starts[rows])
    events.add(rows, rng.integers(1, 9, len(rows)), COMPLETED, begin, end)
    # Kinds that count when completed: still under way, or completed on the day between two windows.
    rows = some(0.1)
    events.add(rows, rng.choice(COMPLETED_ONLY, len(rows)), UNDER_WAY, late(rows, 80), BLANK)
    rows = some(0.015, int(REFERENCE[0]))
    between_windows = np.full(len(rows), REFERENCE[0] + 1)
    begin = np.maximum(between_windows - rng.integers(0, 15, len(rows)), starts[rows])
    events.add(rows, rng.choice(COMPLETED_ONLY, len(rows)), COMPLETED, begin, between_windows)
