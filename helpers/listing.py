"""Words that list numbers: one a wave, or the two ends of a curve."""

from __future__ import annotations

import pandas as pd

from .lookup import NOT_ASKED, nb, not_asked, rows
from .numbers import HIDDEN, NO_BREAK_SPACE, nb_list, nb_number


def by_wave(table: pd.DataFrame, *names: object, digits: int = 0, unit: str = "") -> str:
    """List a number for each wave, without judging whether it changed: for counts, which have no interval.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates.
    *names : str or int
        Which estimates (see `lookup.rows`), one a wave.
    digits : int
        Decimals to print.
    unit : str
        Word after the first number.

    Returns
    -------
    str
        `5 629 personer i 2022, 4 023 i 2023 og 4 819 i 2024`; «ikke spurt» where there is none.
    """
    if not_asked(table, *names):
        return NOT_ASKED
    waves = sorted(int(wave) for wave in rows(table, *names)["wave"].unique())
    told = [nb(table, wave, *names, digits=digits) for wave in waves]
    if unit:
        told[0] += NO_BREAK_SPACE + unit
    return nb_list([f"{number} i {wave}" for number, wave in zip(told, waves, strict=True)])


def curve_ends(table: pd.DataFrame, *names: object, digits: int = 0, unit: str = "prosent") -> str:
    """Tell where a curve begins and ends.

    Parameters
    ----------
    table : pandas.DataFrame
        Result of `curves.curve` or `curves.share_curve` over the number of employees.
    *names : str or int
        Which curve (see `lookup.rows`).
    digits : int
        Decimals to print.
    unit : str
        Word after the first estimate.

    Returns
    -------
    str
        `fra 32 prosent ved kontor med 13 ansatte til 15 ved kontor med 196`; «skjult» or «ikke spurt» as in `nb`.
    """
    if not_asked(table, *names):
        return NOT_ASKED
    line = rows(table, *names).sort_values("x", kind="stable").iloc[[0, -1]]
    (first, last), (small, large) = line["estimate"], (nb_number(float(size)) for size in line["x"])
    start, end = nb_number(float(first), digits), nb_number(float(last), digits)
    if HIDDEN in (start, end):
        return HIDDEN
    return f"fra {start}{NO_BREAK_SPACE}{unit} ved kontor med {small} ansatte til {end} ved kontor med {large}"
