"""Days and months of the register: whole numbers since 1970, reference dates and windows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.int32]
WINDOW = 30
YEARS = tuple(range(2011, 2022))
PANEL = ("2021-02", "2021-03", "2021-04")
MONTHS = (*(f"{year}-02" for year in YEARS), "2021-03", "2021-04")


def day(text: str) -> int:
    """Return a date as days since 1970."""
    return int(np.datetime64(text, "D").astype(int))


def month(text: str) -> int:
    """Return a month as months since 1970."""
    return int(np.datetime64(text, "M").astype(int))


def first_day(months: NDArray[np.int64] | int) -> NDArray[np.int64]:
    """Return the first day of months since 1970."""
    return np.asarray(np.asarray(months, dtype="datetime64[M]").astype("datetime64[D]").astype(np.int64))


def last_day(months: NDArray[np.int64] | int) -> NDArray[np.int64]:
    """Return the last day of months since 1970: their reference date."""
    return first_day(np.asarray(months) + 1) - 1


def month_of(days: Days) -> NDArray[np.int64]:
    """Return the month of days since 1970."""
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def label(number: int) -> str:
    """Write a month since 1970 as YYYY-MM."""
    return str(np.datetime64(int(number), "M"))


REFERENCE = np.array([int(last_day(month(text))) for text in PANEL])
OPENS = REFERENCE - (WINDOW - 1)
# The files were taken out on the last reference date: later than this lies only what is planned.
EXTRACT = int(REFERENCE[-1])
AHEAD = EXTRACT + 31
# Fortnightly reports end on Sundays.
PERIODS = np.array([day("2021-01-03") + 14 * k for k in range(9)])


def between(low: NDArray[np.int64], high: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw days evenly, both ends counted; `low` where `high` is before it."""
    span = np.maximum(np.asarray(high) - np.asarray(low), 0) + 1
    return np.asarray(low + np.floor(rng.random(len(span)) * span).astype(np.int64))
