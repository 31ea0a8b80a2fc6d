"""Rules for what may be shown: threshold, dominance, degrees of freedom; the one place where estimates are hidden."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engine.errors import ReportError

# Why something is hidden, and what of it, as the record has them.
THRESHOLD, COMPLEMENT, DOMINANCE, FREEDOM, DIFFERENCE = (
    "threshold", "complement", "dominance", "degrees of freedom", "difference"
)  # fmt: skip
# Not to protect anyone: a wave of one person, or of one office where offices are the clusters, gives no error.
LONELY = "one sampled unit"
ESTIMATE, NUMBER = "estimate", "n"

FLOOR = 3
DEFAULT_MINIMUM = 10
SETTING = "REPORT_MINIMUM"
WORDS = ("stars", "stars_robust")
NUMERIC = ("estimate", "standard_error", "ci_low", "ci_high", "p_value", "standard_error_robust", "p_value_robust")
# ACRO's defaults (safe_nk_n, safe_nk_k, safe_pratio_p, safe_dof_threshold): docs/disclosure.md says where they stand.
LARGEST, MOST, PROTECTION = 2, 0.90, 0.10
FEWEST = 10
# One or two persons are all of a numerator exactly where the rules of dominance would call it dominated.
SMALLEST_NUMERATOR = LARGEST + 1
# What no rule sees yet; each build of real data says so, and none is published.
UNLINKED = "tables of real data are not checked against each other: what one hides could follow from others"


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

    Examples
    --------
    >>> minimum_persons()
    10
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


def hide(table: pd.DataFrame, hidden: NDArray[np.bool_], reason: str = COMPLEMENT) -> pd.DataFrame:
    """Hide rows of estimates beside those that are hidden already.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates with `suppressed`.
    hidden : ndarray of bool, shape (estimates,)
        What to hide.
    reason : str
        Why; what is hidden already keeps its own.

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


def hide_number(table: pd.DataFrame, hidden: NDArray[np.bool_], reason: str) -> pd.DataFrame:
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


def is_dominated(contributions: np.ndarray) -> bool:
    """Tell whether a total, and so its mean, gives one person's contribution away.

    Parameters
    ----------
    contributions : ndarray, shape (persons,)
        What each person adds to the total: the weight times the answer.

    Returns
    -------
    bool
        True where the two largest contributions are more than 90 per cent of the total ((n, k) rule), or where all but
        the two largest are less than 10 per cent of the largest (p% rule: the second largest contributor could then
        estimate the largest within 10 per cent). A total of nothing but zeros tells no one from another.

    Notes
    -----
    Hundepool et al. (2012), Statistical Disclosure Control, 4.2; parameters of ACRO. Signs are left aside: a debt is
    as telling as a fortune.
    """
    sizes = np.sort(np.abs(contributions))[::-1]
    total = float(sizes.sum())
    if total == 0.0:
        return False
    largest = float(sizes[:LARGEST].sum())
    return largest > MOST * total or total - largest < PROTECTION * float(sizes[0])


class ModelMatrix(Protocol):
    """What the rules need to know of a model: its matrix, shape (persons, columns), and whose columns they are."""

    @property
    def matrix(self) -> NDArray[np.float64]: ...  # noqa: D102
    @property
    def terms(self) -> Sequence[Any]: ...  # noqa: D102
    @property
    def columns_of(self) -> Sequence[Sequence[int]]: ...  # noqa: D102
    @property
    def levels(self) -> Mapping[str, Sequence[str]]: ...  # noqa: D102
    @property
    def constant(self) -> int | None: ...  # noqa: D102


def lacks_freedom(units: float, columns: int) -> bool:
    """Tell whether a model of as many coefficients as `columns` leaves too few degrees of freedom.

    A model with as many coefficients as persons prints their answers. Of a model of groups, the units are the groups.
    """
    return units - columns < FEWEST


def hide_unfree(table: pd.DataFrame, units: np.ndarray, columns: int) -> pd.DataFrame:
    """Hide rows of models with too few degrees of freedom.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates with `suppressed`.
    units : ndarray, shape (estimates,)
        Persons behind each row's model; unknown ones are hidden already.
    columns : int
        Coefficients of the model.

    Returns
    -------
    pandas.DataFrame
        The same rows, more of them hidden.
    """
    return hide(table, np.asarray(units - columns < FEWEST, dtype=bool), FREEDOM)


def hidden_columns(model: ModelMatrix) -> dict[int, str]:
    """Columns of a model whose coefficients must not be shown, each with the reason.

    Parameters
    ----------
    model : ModelMatrix
        Of a fitted model; each of its terms has a `name`.

    Returns
    -------
    dict of int to str
        A dummy that too few persons have, or lack, is hidden; where a variable's base is that small, all its dummies
        and the constant. A regression goes through the means, so one hidden coefficient would follow from the others:
        then the smallest other dummy is hidden with it, or the constant.
    """
    limit, persons = minimum_persons(), len(model.matrix)
    found: dict[int, str] = {}
    sizes: dict[int, int] = {}
    for term, columns in zip(model.terms, model.columns_of, strict=True):
        block = model.matrix[:, list(columns)]
        if not np.isin(block, (0.0, 1.0)).all():
            continue
        having = block.sum(axis=0)
        sizes |= {column: int(count) for column, count in zip(columns, having, strict=True)}
        found |= {column: THRESHOLD for column, count in zip(columns, having, strict=True) if count < limit}
        if persons - having.sum() < limit:
            found |= dict.fromkeys(columns, THRESHOLD)
            if term.name in model.levels and model.constant is not None:
                found[model.constant] = THRESHOLD
    if len(found) == 1:
        others = [column for column in sizes if column not in found]
        second = min(others, key=lambda column: sizes[column], default=model.constant)
        if second is not None:
            found[second] = COMPLEMENT
    return found


def hidden_prediction(model: ModelMatrix, variable: str, value: float | str) -> str:
    """Why a model's prediction at a value of a variable must not be shown; empty where it may be."""
    if persons_at(model, variable, value) < minimum_persons():
        return THRESHOLD
    own = _columns(model, variable)
    if isinstance(value, str):
        at = model.levels[variable].index(value) - 1
        own = own[at : at + 1] if at >= 0 else []
    # A coefficient that is hidden would be the difference of two predictions.
    return COMPLEMENT if set(own) & set(hidden_columns(model)) else ""


def persons_at(model: ModelMatrix, variable: str, value: float | str) -> int:
    """Count the persons of a model who have a value of a variable of few values; all of them where it has many."""
    block = model.matrix[:, _columns(model, variable)]
    if isinstance(value, str):
        at = model.levels[variable].index(value) - 1
        return int((block.sum(axis=1) == 0).sum() if at < 0 else block[:, at].sum())
    return int((block == value).all(axis=1).sum()) if np.isin(block, (0.0, 1.0)).all() else len(block)


def _columns(model: ModelMatrix, variable: str) -> list[int]:
    return [c for term, cs in zip(model.terms, model.columns_of, strict=True) if term.name == variable for c in cs]
