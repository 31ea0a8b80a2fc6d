"""Disclosure control: the one place where an estimate that rests on too few persons is hidden."""

from __future__ import annotations

import os

import numpy as np
import pandas as pd

from .errors import ReportError

FLOOR = 3
DEFAULT_MINIMUM = 10
SETTING = "REPORT_MINIMUM"
NUMERIC = ("estimate", "standard_error", "ci_low", "ci_high", "p_value")


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
        The same rows with `suppressed`; estimate, standard error, interval and n are NaN where it is true.
    """
    limit = minimum_persons() if minimum is None else max(minimum, FLOOR)
    table = table.copy()
    # An unknown number of persons is no licence to show: a table that is protected twice stays protected.
    table["suppressed"] = ~(table["n"] >= limit)
    hidden = table["suppressed"].to_numpy()
    table["n"] = table["n"].astype(float)
    for column in (*NUMERIC, "n"):
        if column in table:
            table.loc[hidden, column] = np.nan
    return table
