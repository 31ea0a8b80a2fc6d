"""Words for series that count everyone: how they went, and how far apart they lie."""

from __future__ import annotations

import numpy as np
import pandas as pd

from engine.data.registers import month_nb, place

from .lookup import pick, rows
from .numbers import NO_BREAK_SPACE, nb_number

# Registers count everyone, so any change is real; below this share of the first number we don't call it one.
NOTHING = 0.015
# «Litt» below this share.
LITTLE = 0.05


def ends_of(table: pd.DataFrame, *names: object) -> tuple[object, object]:
    """First and last time of a series (see `lookup.rows`); None for a table without rows."""
    if table.empty:
        return None, None
    times = sorted(set(rows(table, *names)["wave"]), key=place)
    return times[0], times[-1]


def counted_trend(
    table: pd.DataFrame, *names: object, digits: int = 0, start: object = None, end: object = None
) -> str:
    """Tell in a phrase that follows its subject how a fully counted series went.

    Parameters
    ----------
    table : pandas.DataFrame
        A table of `Series`.
    *names : str
        Which series (see `lookup.rows`).
    digits : int
        Decimals to print; −2 rounds to hundreds.
    start, end : int or str, optional
        Times to compare; the first and the last when left out, or where the table does not reach so far.

    Returns
    -------
    str
        `økte fra 50 100 i oktober 2022 til 58 400 i oktober 2024 (17 prosent)`; «økte litt» below 5 per cent,
        «var om lag uendret» below 1.5; `var 50 100 i oktober 2022` where there is one time only; «er ikke med i
        registertallene» for a table without rows.
    """
    if table.empty:
        return "er ikke med i registertallene"
    first, last = ends_of(table, *names)
    first = first if start is None else start
    last = last if end is None or place(end) > place(last) else end
    old, new = (pick(table, time, *names).value for time in (first, last))
    if place(first) >= place(last):
        return f"var {nb_number(new, digits)} i {month_nb(last)}"
    if not np.isfinite([old, new]).all():
        return "kan ikke sammenlignes over tid"
    change = new / old - 1
    way = f"fra {nb_number(old, digits)} i {month_nb(first)} til {nb_number(new, digits)} i {month_nb(last)}"
    if abs(change) < NOTHING:
        same = nb_number(old, digits) == nb_number(new, digits)
        way = f"på {nb_number(new, digits)} fra {month_nb(first)} til {month_nb(last)}" if same else way
        return f"var om lag uendret {way}"
    word = ("økte" if change > 0 else "gikk ned") + (" litt" if abs(change) < LITTLE else "")
    return f"{word} {way} ({nb_number(100 * abs(change))}{NO_BREAK_SPACE}prosent)"


def gap(table: pd.DataFrame, one: object, other: object, *names: object, digits: int = 0) -> str:
    """Say how many more or fewer one series counts than another at one time: `1 200 flere`, `om lag like mange`.

    Parameters
    ----------
    table : pandas.DataFrame
        A table of `Series`.
    one, other : str
        The two series.
    *names : object
        Their common keys, the time among them.
    digits : int
        Decimals to print; −2 rounds to hundreds.

    Returns
    -------
    str
        A phrase before «enn» or «som».
    """
    if table.empty:
        return "ikke sammenlignbare med"
    first, second = pick(table, one, *names).value, pick(table, other, *names).value
    if abs(first / second - 1) < NOTHING:
        return "om lag like mange som"
    return f"{nb_number(abs(first - second), digits)} {'flere' if first > second else 'færre'} enn"
