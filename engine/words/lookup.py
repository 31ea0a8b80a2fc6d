"""Which estimates a sentence asks for, and tables as sentences and exhibits want them: sorted, quoted, without some."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pandas as pd

from engine.data.registers import place
from engine.disclosure.record import note
from engine.errors import unknown
from engine.table import TOTAL, Estimate, about, described, key_of, keys_in, open_key, pick, rows, unfound

from .numbers import HIDDEN, nb_number

NOT_ASKED = "ikke spurt"
ASIDE = re.compile(r" \([^()]*\)$")


def said(table: pd.DataFrame, *names: object) -> pd.DataFrame:
    """Rows that a sentence asks for, as `table.rows`; what of them is hidden goes to the book's record."""
    found = rows(table, *names)
    note(found)
    return found


def said_one(table: pd.DataFrame, *names: object) -> Estimate:
    """One estimate that a sentence asks for, as `table.pick`; noted where it is hidden."""
    return pick(said(table, *names)) if len(rows(table, *names)) == 1 else pick(table, *names)


def said_some(table: pd.DataFrame, *names: object) -> pd.DataFrame:
    """Rows that a sentence asks for; an error with the nearest names where there are none."""
    found = said(table, *names)
    if found.empty:
        raise unfound(table, names, 0)
    return found


def check_key(table: pd.DataFrame, over: str) -> None:
    """Refuse a name of a key that a table of estimates hasn't got."""
    if over not in table:
        raise unknown("key", over, keys_in(table), "over")


def bare(name: object) -> str:
    """Give a name without the parenthesis that ends it: «unge», of «unge (under 30 år)»."""
    return ASIDE.sub("", str(name))


def not_asked(table: pd.DataFrame, *names: object) -> bool:
    """Whether the names fit estimates of other waves only: the item was not asked in this one.

    True for a table without rows: nothing of it was asked. False where the names fit, and where they would not fit in
    any wave.
    """
    if table.empty:
        return True
    others = [name for name in names if not isinstance(name, int)]
    return len(others) < len(names) and rows(table, *names).empty and not rows(table, *others).empty


def is_count(found: pd.DataFrame) -> bool:
    """Whether rows count everyone, so that their numbers are known and have no error."""
    known = found["estimate"].notna()
    return bool(known.any()) and bool(found.loc[known, "standard_error"].isna().all())


def nb(table: pd.DataFrame | float, *names: object, digits: int = 0) -> str:
    """Write one estimate, or one number, in bokmål.

    Parameters
    ----------
    table : pandas.DataFrame or float
        Tidy estimates, or the number itself.
    *names : str or int
        Which estimate (see `engine.table.rows`).
    digits : int
        Decimals to print, rounded half up.

    Returns
    -------
    str
        For example `76`; `skjult` where the estimate is suppressed, «ikke spurt» where its wave did not ask.

    Examples
    --------
    >>> nb(caseload, "unge", 2024)
    '55'
    >>> nb(caseload, "unge", 2024, digits=1)
    '54,9'
    """
    if not isinstance(table, pd.DataFrame):
        return nb_number(float(table), digits)
    return NOT_ASKED if not_asked(table, *names) else nb_number(said_one(table, *names).value, digits)


def interval(table: pd.DataFrame, *names: object, digits: int = 0) -> str:
    """Write the 95 % interval of one estimate.

    Parameters
    ----------
    table, *names, digits
        As in `nb`.

    Returns
    -------
    str
        `fra 74 til 78`; «skjult» or «ikke spurt» as in `nb`.

    Examples
    --------
    >>> interval(caseload, "unge", 2024)
    'fra 53 til 57'
    """
    if not_asked(table, *names):
        return NOT_ASKED
    found = said_one(table, *names)
    low, high = nb_number(found.ci_low, digits), nb_number(found.ci_high, digits)
    return low if HIDDEN in (low, high) else f"fra {low} til {high}"


def waves_shown(table: pd.DataFrame, *names: object) -> list[int | str]:
    """Name the waves, or the months, that a table has estimates of.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates.
    *names : str or int
        Which estimates; all when left out.

    Returns
    -------
    list of int or str
        Ascending: years as numbers, months as `2022-10`; the edition's survey year alone where nothing was asked.

    Examples
    --------
    >>> waves_shown(caseload)
    [2022, 2023, 2024]
    """
    found = list(rows(table, *names)["wave"]) if len(table) and "wave" in table else []
    # A column of years may be one of floats, where an item lacks a wave.
    times = sorted({time if isinstance(time, str) else str(int(time)) for time in found}, key=place)
    return [int(time) if time.isdigit() else time for time in times] or [about(table).survey_year or 0]


def asked_now(table: pd.DataFrame) -> pd.DataFrame:
    """Keep a table only where its edition's own wave asked for it.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates of several waves.

    Returns
    -------
    pandas.DataFrame
        The same table, or its columns without rows: an edition does not show a development that ends before it.

    Examples
    --------
    >>> len(asked_now(caseload)) == len(caseload)
    True
    """
    if table.empty or "wave" not in table or (table["wave"] == about(table).survey_year).any():
        return table
    return _like(table, table.iloc[:0])


def without(table: pd.DataFrame, *names: object) -> pd.DataFrame:
    """Leave out the rows that names point to.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates.
    *names : str or int
        As in `engine.table.rows`.

    Returns
    -------
    pandas.DataFrame
        The other rows.

    Examples
    --------
    >>> sorted(set(without(caseload, "totalt")["age_group_followed"]))
    ['begge aldersgrupper', 'de over 30 år', 'unge (under 30 år)']
    """
    return _like(table, table.drop(rows(table, *names).index) if len(table) else table)


def ordered(table: pd.DataFrame, *names: object, over: str = "") -> pd.DataFrame:
    """Sort the items or groups of a table by one wave's or group's estimates, highest first.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates.
    *names : str or int
        The estimates that decide the order (see `engine.table.rows`), one an item or group.
    over : str
        The column that is sorted; the one that tells the deciding estimates apart when left out.

    Returns
    -------
    pandas.DataFrame
        The same rows; suppressed ones last.

    Examples
    --------
    >>> list(ordered(areas, "unge", 2024)["item"].unique())
    ['avtalte møter', 'telefon', 'e-post']
    """
    if table.empty:
        return table
    deciding = rows(table, *names).sort_values("estimate", ascending=False, kind="stable")
    over = over or open_key(deciding)
    order = {name: position for position, name in enumerate(deciding[over])}
    return _like(table, table.iloc[table[over].map(order).fillna(len(order)).argsort(kind="stable")])


def quoted(table: pd.DataFrame, key: str = "") -> pd.DataFrame:
    """Put guillemets around the names of one key, so that statements can stand in a sentence.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates.
    key : str
        The column whose names are quoted, but for totals; `item`, or `outcome` of a model, when left out.

    Returns
    -------
    pandas.DataFrame
        The same table with quoted names.

    Examples
    --------
    >>> highest(quoted(areas), "unge", 2024, digits=1)
    '«avtalte møter» (3,1)'
    """
    key = key or ("item" if "item" in table else "outcome")
    if key not in keys_in(table):
        raise unknown("key", key, keys_in(table), "quoted")
    return _like(table, table.assign(**{key: [n if n in ("", TOTAL) else f"«{n}»" for n in table[key]]}))


def without_total(names: Iterable[object]) -> list[str]:
    """Give each name once, in order, without the total."""
    return [str(name) for name in dict.fromkeys(names) if name != TOTAL]


def same_key(table: pd.DataFrame, one: object, names: tuple[object, ...]) -> tuple[object | None, tuple[object, ...]]:
    """Part a name of the same key as `one` from the others, where the first of them is one."""
    key = key_of(table, one)
    return (names[0], names[1:]) if names and key and key_of(table, names[0]) == key else (None, names)


def _like(table: pd.DataFrame, result: pd.DataFrame) -> pd.DataFrame:
    """Give a result what its table says of itself."""
    return described(result, about(table))
