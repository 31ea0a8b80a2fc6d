"""Disclosure control: the one place where an estimate that rests on too few persons is hidden."""

from __future__ import annotations

import os

import numpy as np
import pandas as pd

from .errors import ReportError
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
    table = table.copy()
    # An unknown number of persons is no licence to show: a table that is protected twice stays protected.
    few = ~(table["n"] >= limit).to_numpy(dtype=bool)
    table["n"] = table["n"].astype(float)
    return hide(table.assign(suppressed=table.get("suppressed", False)), few, THRESHOLD)


def small_counts(counts: np.ndarray, whole: float, minimum: int | None = None) -> np.ndarray:
    """Tell which parts of a full count must be hidden.

    A share of a register gives its numerator back, so there the numerator, too, must not be small. One hidden part
    alone would follow from the others: then the smallest of those is hidden with it.

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
    hidden: np.ndarray = np.asarray((counts > 0) & (counts < limit))
    if len(counts) == 1:
        hidden |= (whole - counts > 0) & (whole - counts < limit)
    if hidden.sum() == 1 and len(counts) > 1:
        others = np.flatnonzero(~hidden & (counts > 0))
        if len(others):
            hidden[others[counts[others].argmin()]] = True
    return np.asarray(hidden | (whole < limit), dtype=bool)


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
    table = table.copy()
    before = table["suppressed"].to_numpy(dtype=bool)
    given = table["reason"].to_numpy(dtype=object) if "reason" in table else np.full(len(table), "", dtype=object)
    table["suppressed"] = before | hidden
    table["reason"] = np.where(hidden & ~before & (given == ""), reason, given)
    for column in (*NUMERIC, "n"):
        if column in table:
            table.loc[table["suppressed"], column] = np.nan
    for column in WORDS:
        if column in table:
            table.loc[table["suppressed"], column] = ""
    return table


def hide_number(table: pd.DataFrame, hidden: np.ndarray, reason: str) -> pd.DataFrame:
    """Hide only the number of persons behind some estimates; arguments as in `hide`."""
    table = table.copy()
    hidden = hidden & ~table["suppressed"].to_numpy(dtype=bool)
    table["reason"] = np.where(hidden, reason, table["reason"].to_numpy(dtype=object))
    table.loc[hidden, "n"] = np.nan
    return table
