"""Tables in a book's files: estimates have their columns, rest on enough persons, and are not as many as persons."""

from __future__ import annotations

from contextlib import suppress

from engine.disclosure.rules import minimum_persons
from engine.exhibits.numbers import EXTRA
from engine.table import COLUMNS

PERSONS, ESTIMATE = "n", "estimate"
# The largest frame beside a figure of an author's own; more rows than that are a list.
MOST_ROWS = 200


def few_persons(rows: list[list[str]], least: int = 0) -> int:
    """Count the estimates that are shown though fewer than `least` persons stand behind them (the set limit if 0)."""
    head = rows[0] if rows else []
    if PERSONS not in head:
        return 0
    limit, at = least or minimum_persons(), head.index(PERSONS)
    few = 0
    for row in rows[1:]:
        with suppress(ValueError, IndexError):
            few += float(row[at]) < limit
    return few


def is_rows(rows: list[list[str]]) -> bool:
    """Whether a table of a file has more rows than estimates of no known columns have."""
    known = {*COLUMNS, *EXTRA}
    return len(rows) > MOST_ROWS and len(rows[0]) > 1 and not set(rows[0]) <= known
