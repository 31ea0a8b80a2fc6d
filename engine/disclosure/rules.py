"""Disclosure control: the one place where an estimate that rests on too few persons is hidden."""

from __future__ import annotations

import os
from collections.abc import Iterable

import numpy as np
import pandas as pd

from engine.errors import ReportError

from .counts import settle_categories
from .release import COMPLEMENT, THRESHOLD

FLOOR = 3
DEFAULT_MINIMUM = 10
SETTING = "REPORT_MINIMUM"
WORDS = ("stars", "stars_robust")
NUMERIC = ("estimate", "standard_error", "ci_low", "ci_high", "p_value", "standard_error_robust", "p_value_robust")


def minimum_persons() -> int:
    """Smallest number of persons that an estimate may rest on.

    Returns
    -------
    int
        10, or the setting REPORT_MINIMUM.

    Raises
    ------
    ReportError
        When the setting is not a whole number or lies below the floor of 3.
    """
    text = os.environ.get(SETTING, str(DEFAULT_MINIMUM))
    if not text.isdecimal() or int(text) < FLOOR:
        raise ReportError(
            "the smallest number of persons behind an estimate is not a whole number of at least 3",
            where=f"environment variable {SETTING}",
            remedy=f"unset {SETTING} (10 persons then apply) or give a whole number from {FLOOR} upwards",
        )
    return int(text)


def protect(table: pd.DataFrame, minimum: int | None = None) -> pd.DataFrame:
    """Hide every estimate that rests on fewer than `minimum` persons.

    All estimators end with this call, so picture, table, CSV, alt text and prose see the same hidden value.

    Parameters
    ----------
    table : pandas.DataFrame, shape (estimates, columns)
        Tidy estimates with `n`, the unweighted number of persons behind each row.
    minimum : int, optional
        Overrides the setting; never below 3.

    Returns
    -------
    pandas.DataFrame
        The same rows with `suppressed`; estimate, standard error, interval and n are NaN where it is true. `reason`
        says why, for the record; no output has that column.
    """
    limit = minimum_persons() if minimum is None else max(minimum, FLOOR)
    persons = table["n"].to_numpy(dtype=float, na_value=np.nan)
    # An unknown number of persons is no licence to show: a table that is protected twice stays protected.
    few = ~(persons >= limit)
    return hide(table.assign(n=persons, suppressed=table.get("suppressed", False)), few, THRESHOLD)


def small_counts(counts: np.ndarray, whole: float, minimum: int | None = None) -> np.ndarray:
    """Tell which parts of a full count must be hidden.

    A share of a register gives its numerator back, so there the numerator, too, must not be small. What is hidden, and
    all that is hidden together, would follow from the others: so others are hidden with it, the smallest first.

    Parameters
    ----------
    counts : ndarray, shape (categories,)
        Persons in each category of one distribution; a single one for a yes or no.
    whole : float
        Persons in all.
    minimum : int, optional
        Overrides the setting; never below 3.

    Returns
    -------
    ndarray of bool, shape (categories,)
        True for what is hidden. Nobody and everybody are shown.
    """
    limit = minimum_persons() if minimum is None else max(minimum, FLOOR)
    return np.array([reason != "" for reason in settle_categories(np.asarray(counts, dtype=float), whole, limit)])


def inner_percentiles(values: np.ndarray, low: float, high: float) -> tuple[float, float]:
    """Ends of a range that a picture may tell: percentiles with enough persons at or beyond each.

    Parameters
    ----------
    values : ndarray, shape (persons,)
        NaN for no answer.
    low, high : float
        Percentiles that are wanted.

    Returns
    -------
    tuple of float
        The wanted percentiles, or, where fewer persons than the minimum lie beyond them, those that have the minimum
        beyond. A percentile of few persons is nearly one person's answer.
    """
    known = values[~np.isnan(values)]
    if not len(known):
        return float("nan"), float("nan")
    inside = min(50.0, 100.0 * minimum_persons() / len(known))
    one, other = np.percentile(known, [max(low, inside), min(high, 100.0 - inside)])
    return float(one), float(other)


def hide(table: pd.DataFrame, hidden: np.ndarray, reason: str = COMPLEMENT) -> pd.DataFrame:
    """Hide rows of estimates beside those that are hidden already.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates with `suppressed`.
    hidden : ndarray of bool, shape (estimates,)
        What to hide.
    reason : str
        Why, as `release` names it; what is hidden already keeps its own.

    Returns
    -------
    pandas.DataFrame
        The same rows, NaN in every column of numbers and no stars where hidden.
    """
    if "reason" in table and not hidden.any():
        return table
    before = table["suppressed"].to_numpy(dtype=bool)
    given = table["reason"].to_numpy(dtype=object) if "reason" in table else np.full(len(table), "", dtype=object)
    gone = before | hidden
    table = table.assign(suppressed=gone, reason=np.where(hidden & ~before & (given == ""), reason, given))
    if gone.any():
        table.loc[gone, [column for column in (*NUMERIC, "n") if column in table]] = np.nan
        table.loc[gone, [column for column in WORDS if column in table]] = ""
    return table


def hide_number(table: pd.DataFrame, hidden: np.ndarray, reason: str) -> pd.DataFrame:
    """Hide only the number of persons behind some estimates; arguments as in `hide`."""
    if not hidden.any():
        return table
    table = table.copy()
    hidden = hidden & ~table["suppressed"].to_numpy(dtype=bool)
    table["reason"] = np.where(hidden, reason, table["reason"].to_numpy(dtype=object))
    table.loc[hidden, "n"] = np.nan
    return table


def hide_for(table: pd.DataFrame, reasons: Iterable[str]) -> pd.DataFrame:
    """Hide rows of estimates, each for its own reason; an empty one leaves the row as it is."""
    given = np.array(list(reasons), dtype=object)
    for reason in dict.fromkeys(reason for reason in given if reason):
        table = hide(table, given == reason, str(reason))
    return table
