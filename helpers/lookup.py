"""Finding one estimate in a tidy table by the words that name it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .numbers import HIDDEN, nb_number
from .suppression_record import note
from .tidy import KEYS
from .vouched import vouched

NOT_ASKED = "ikke spurt"
IDENTIFYING = [key for key in KEYS if key != "measure"]


@dataclass(frozen=True)
class Estimate:
    """One estimate with its interval.

    Attributes
    ----------
    value, standard_error, ci_low, ci_high : float
        In the unit of the table; NaN where suppressed.
    n : float
        Persons behind it; NaN where suppressed.
    """

    value: float
    standard_error: float
    ci_low: float
    ci_high: float
    n: float


def rows(table: pd.DataFrame, *names: object) -> pd.DataFrame:
    """Rows of a table whose keys hold every name given.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates.
    *names : str or int
        Values of any key (`2024`, `"statlig"`), or the beginning of one (`"unge"` for «unge (under 30 år)»).

    Returns
    -------
    pandas.DataFrame
        The rows that match, possibly none, their numbers rounded to the digits that can be vouched for.
    """
    return vouched(_matching(table, *names))


def _matching(table: pd.DataFrame, *names: object) -> pd.DataFrame:
    keys = table[KEYS].to_numpy(dtype=str)
    chosen = np.ones(len(table), dtype=bool)
    for name in map(str, names):
        exact = (keys == name).any(axis=1)
        chosen &= exact if exact.any() else np.char.startswith(keys, name).any(axis=1)
    found = table[chosen]
    note(found)
    return found


def pick(table: pd.DataFrame, *names: object) -> Estimate:
    """Give the one estimate that the names point to.

    Parameters
    ----------
    table, *names
        As in `rows`.

    Returns
    -------
    Estimate
        The estimate and its interval.

    Raises
    ------
    KeyError
        When the names point to no row or to several.
    """
    found = rows(table, *names)
    if len(found) != 1:
        raise KeyError(
            f"{list(names)} point to {len(found)} estimates, not to one; name wave, group, sector or category"
        )
    row = found.iloc[0]
    return Estimate(*(float(row[name]) for name in ("estimate", "standard_error", "ci_low", "ci_high", "n")))


def nb(table: pd.DataFrame | float, *names: object, digits: int = 0) -> str:
    """Write one estimate, or one number, in bokmål.

    Parameters
    ----------
    table : pandas.DataFrame or float
        Tidy estimates, or the number itself.
    *names : str or int
        Which estimate (see `pick`).
    digits : int
        Decimals to print, rounded half up.

    Returns
    -------
    str
        For example `76`, or `skjult` where the estimate is suppressed.
    """
    if not isinstance(table, pd.DataFrame):
        return nb_number(float(table), digits)
    return NOT_ASKED if not_asked(table, *names) else nb_number(pick(table, *names).value, digits)


def not_asked(table: pd.DataFrame, *names: object) -> bool:
    """Whether the names fit estimates of other waves only: the item was not asked in this one.

    Parameters
    ----------
    table, *names
        As in `rows`.

    Returns
    -------
    bool
        True for a table without rows: nothing of it was asked. False where the names fit, and where they would not
        fit in any wave.
    """
    if table.empty:
        return True
    others = [name for name in names if not isinstance(name, int)]
    return len(others) < len(names) and _matching(table, *names).empty and not _matching(table, *others).empty


def interval(table: pd.DataFrame, *names: object, digits: int = 0) -> str:
    """Write the 95 % interval of one estimate: `fra 74 til 78`; «skjult» or «ikke spurt» as in `nb`."""
    if not_asked(table, *names):
        return NOT_ASKED
    found = pick(table, *names)
    low, high = nb_number(found.ci_low, digits), nb_number(found.ci_high, digits)
    return low if HIDDEN in (low, high) else f"fra {low} til {high}"


def ordered(table: pd.DataFrame, *names: object) -> pd.DataFrame:
    """Sort the categories of a table by one wave's or group's estimates, highest first.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates.
    *names : str or int
        The estimates that decide the order (see `rows`), one a category.

    Returns
    -------
    pandas.DataFrame
        The same rows; suppressed categories last.
    """
    if table.empty:
        return table
    deciding = rows(table, *names).sort_values("estimate", ascending=False, kind="stable")["category"]
    place = {category: position for position, category in enumerate(deciding)}
    result = table.iloc[table["category"].map(place).fillna(len(place)).argsort(kind="stable")]
    result.attrs = table.attrs
    return result
