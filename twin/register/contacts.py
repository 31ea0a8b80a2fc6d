"""Contacts as events: meetings, minutes of conversations, dialogues; inside the windows as drawn, and outside."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from .dates import AHEAD, OPENS, REFERENCE, between, day
from .regressions import People
from .sources import fact

Ints = NDArray[np.int64]
COLUMNS = {
    "contact_id": pa.int64(), "person_id": pa.int64(), "contact_type": pa.int8(), "status": pa.int8(),
    "contact_date": pa.date32(), "opened_by": pa.int8(), "reply_days": pa.float64(),
}  # fmt: skip
MEETING, CONVERSATION, DIALOGUE = 1, 2, 3
PLANNED, COMPLETED, CANCELLED = 1, 3, 4
# No status (dialogues have none).
NONE = 0
BEFORE = day("2021-01-01")
Table = dict[str, NDArray[Any]]
Pieces = list[tuple[Ints, Ints, Ints, Ints]]


def draw_contacts(roster: People, starts: Ints, rng: np.random.Generator) -> Table:
    """Draw the contacts of everyone of 2021."""
    pieces: Pieces = []
    thirds = np.array([1.0, 1.0, 1.0])
    chosen = np.array([fact(f"contact_months/{k}").share for k in (1, 2, 3)])
    for rows, month in _months(roster, "dialogue", thirds, starts, rng):
        _dated(pieces, rows, DIALOGUE, NONE, month, starts, rng)
        again = rows[rng.random(len(rows)) < 0.4]
        _dated(pieces, again, DIALOGUE, NONE, month, starts, rng)
        _dated(pieces, again[rng.random(len(again)) < 0.5], DIALOGUE, NONE, month, starts, rng)
    for rows, month in _months(roster, "contact", chosen, starts, rng):
        roll = rng.random(len(rows))
        only = fact("meeting_only").share, fact("conversation_only").share
        meets, talks = roll < 1 - only[1], (roll < 1 - only[1] - only[0]) | (roll >= 1 - only[1])
        _dated(pieces, rows[meets], MEETING, COMPLETED, month, starts, rng)
        _dated(pieces, rows[talks], CONVERSATION, COMPLETED, month, starts, rng)
        again = rows[meets][rng.random(int(meets.sum())) < 0.1]
        _dated(pieces, again, MEETING, COMPLETED, month, starts, rng)
    _not_counted(pieces, starts, rng)
    row, kind, status, date = (np.concatenate([piece[k] for piece in pieces]).astype(np.int64) for k in range(4))
    return {"row": row, "kind": kind, "status": status, "date": date} | _replies(kind, rng)


def _months(
    roster: People, name: str, shares: NDArray[np.float64], starts: Ints, rng: np.random.Generator
) -> list[tuple[Ints, int]]:
    """Choose in which months each person has it: exact shares of one, two and three months in every service group."""
    number = np.zeros(len(starts), dtype=np.int64)
    for group in np.unique(roster["service_group"]):
        for reason in np.unique(roster["reason"]):
            own = (roster["service_group"] == group) & (roster["reason"] == reason) & (roster[name] == 1)
            rows = rng.permutation(np.flatnonzero(own))
            ends = np.round(np.cumsum(shares / shares.sum()) * len(rows))
            number[rows] = 1 + np.searchsorted(ends, np.arange(len(rows)), side="right")
    order = np.argsort(rng.random((len(starts), 3)), axis=1, kind="stable")
    rank = np.argsort(order, axis=1, kind="stable")
    return [
        (np.flatnonzero((rank[:, month] < number) & (starts <= REFERENCE[month])), month)
        for month in range(len(REFERENCE))
    ]


def _dated(
    pieces: Pieces, rows: Ints, kind: int, status: int, month: int, starts: Ints, rng: np.random.Generator
) -> None:
    date = between(np.maximum(OPENS[month], starts[rows]), np.full(len(rows), REFERENCE[month]), rng)
    pieces.append((rows, np.full(len(rows), kind), np.full(len(rows), status), date))


def _not_counted(pieces: Pieces, starts: Ints, rng: np.random.Generator) -> None:
    """Contacts that the definitions must leave out: planned, cancelled, or outside every window."""

    def some(share: float, since: int) -> Ints:
        return np.flatnonzero((rng.random(len(starts)) < share) & (starts <= since))

    for status in (PLANNED, CANCELLED):
        for kind in (MEETING, CONVERSATION):
            rows = some(0.05, int(REFERENCE[-1]))
            date = between(np.maximum(OPENS[0], starts[rows]), np.full(len(rows), REFERENCE[-1]), rng)
            pieces.append((rows, np.full(len(rows), kind), np.full(len(rows), status), date))
    rows = some(0.04, int(REFERENCE[-1]))
    date = between(np.full(len(rows), REFERENCE[-1] + 1), np.full(len(rows), AHEAD), rng)
    pieces.append((rows, np.full(len(rows), MEETING), np.full(len(rows), PLANNED), date))
    # Before the first window, and on the day between two of them.
    for low, high, share in ((BEFORE, int(OPENS[0]) - 1, 0.15), (int(REFERENCE[0]) + 1, int(OPENS[1]) - 1, 0.01)):
        for kind, status in ((MEETING, COMPLETED), (CONVERSATION, COMPLETED), (DIALOGUE, NONE)):
            rows = some(share, high)
            date = between(np.maximum(low, starts[rows]), np.full(len(rows), high), rng)
            pieces.append((rows, np.full(len(rows), kind), np.full(len(rows), status), date))


def _replies(kind: Ints, rng: np.random.Generator) -> Table:
    """Who opened each dialogue, and after how many days it was answered."""
    count = len(kind)
    opened = np.where(rng.random(count) < fact("dialogue/adviser").share, 1.0, 0.0)
    days = np.round(rng.gamma(1.3, fact("dialogue/reply_days").value / 1.3, count), 2)
    silent = rng.random(count) < fact("dialogue/no_reply").share
    return {
        "opened_by": np.where(kind == DIALOGUE, opened, np.nan),
        "reply_days": np.where((kind == DIALOGUE) & ~silent, days, np.nan),
    }
