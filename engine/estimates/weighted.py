"""Weighted means and shares with 95 % intervals, as tidy tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from engine.disclosure.rules import protect
from engine.disclosure.secondary import keys_of, settle_shares, settle_tables
from engine.table import KEY_OF, KEYS, used_variables

from .linearization import NORMAL_975
from .ratios import Groups, Row, ratios


def mean(
    frame: pd.DataFrame | Sequence[pd.DataFrame],
    variable: str,
    by: str | Sequence[str] = (),
    *,
    total: str | None = None,
    within: Sequence[str] = (),
    clusters: str | None = None,
) -> pd.DataFrame:
    """Weighted mean of a variable in each group, with a 95 % interval.

    Parameters
    ----------
    frame : pandas.DataFrame or list of them
        Respondents, one row each, with `weight` and `wave`; a list gives one row per population.
    variable : str
        A numeric variable; missing answers are left out.
    by : str or sequence of str
        Grouping variables.
    total : str, optional
        One of `by` over whose categories a row «totalt» is added.
    within : sequence of str
        Binary variables; each gives the estimates among those for whom it is true.
    clusters : str, optional
        A variable whose values are sampled together (`office_id`).

    Returns
    -------
    pandas.DataFrame
        One row an estimate: keys, estimate (unit of the variable), standard_error, ci_low, ci_high, n (persons),
        suppressed.

    Notes
    -----
    Ratio of weighted totals, Taylor linearisation with n/(n−1) and waves as strata, normal interval: equal to R
    `survey` 4.1 `svyby(~y, ~by, svydesign(ids=~1, strata=~wave, weights=~weight), svymean, na.rm=TRUE)`.
    """
    rows: list[Row] = []
    frames = [frame] if isinstance(frame, pd.DataFrame) else list(frame)
    for number, population in enumerate(frames):
        outcome = _answers(population, variable)
        for domain, label in _domains(population, within):
            names = [variable, *[name for name in within if label == _label(population, name)]]
            asked = waves_asked(population, names)
            groups = Groups(_names(by), total, clusters, keys_of(population, number))
            label = label or (str(population.attrs.get("population", "")) if len(frames) > 1 else "")
            keys = groups.filled(("category", label))
            rows += ratios(population, outcome, groups, domain, asked, {"measure": "mean", **keys})
    differ = any(_varies(_answers(population, variable)) for population in frames)
    return _finish(rows, frames[0], [variable, *_names(by), *within], differ)


def share(
    frame: pd.DataFrame,
    variable: str,
    by: str | Sequence[str] = (),
    *,
    total: str | None = None,
    within: Sequence[str] = (),
    clusters: str | None = None,
) -> pd.DataFrame:
    """Weighted share in per cent of each category of a variable, with a 95 % interval.

    Parameters
    ----------
    frame : pandas.DataFrame
        Respondents, one row each, with `weight` and `wave`.
    variable : str
        A categorical variable (one row a category) or a binary one (the share for whom it is true).
    by, total, within, clusters
        As in `mean`.

    Returns
    -------
    pandas.DataFrame
        As `mean`; estimates in per cent of those who answered.
    """
    answers = frame[variable] if variable in frame else pd.Series(_answers(frame, variable))
    if isinstance(answers.dtype, pd.CategoricalDtype):
        levels = list(answers.cat.categories)
        outcomes = [(level, np.where(answers.isna(), np.nan, 100.0 * (answers == level))) for level in levels]
    else:
        outcomes = [(None, 100.0 * answers.to_numpy(dtype=float, na_value=np.nan))]
    rows: list[Row] = []
    groups = Groups(_names(by), total, clusters, keys_of(frame))
    for domain, label in _domains(frame, within):
        asked = waves_asked(frame, [variable, *[name for name in within if label == _label(frame, name)]])
        for level, outcome in outcomes:
            keys = groups.filled(("category", label), (KEY_OF.get(variable, "category"), level))
            rows += ratios(frame, outcome, groups, domain, asked, {"measure": "share_pct", **keys})
    return _finish(rows, frame, [variable, *_names(by), *within], any(_varies(each) for _, each in outcomes))


def battery(
    frame: pd.DataFrame,
    variables: Sequence[str],
    by: str | Sequence[str] = (),
    *,
    total: str | None = None,
    key: str = "category",
) -> pd.DataFrame:
    """Means of several numeric items, or shares of several binary ones, in one table.

    Parameters
    ----------
    frame : pandas.DataFrame
        Respondents, one row each, with `weight` and `wave`. An item whose answers are 0 and 1 only gives a share.
    variables : sequence of str
        The items, in the order of the rows.
    by, total
        As in `mean`.
    key : str
        Key of the tidy table that takes the item's label.

    Returns
    -------
    pandas.DataFrame
        As `mean` and `share`, one block an item.
    """
    tables = []
    for variable in variables:
        answers = _answers(frame, variable)
        estimator = share if np.isin(answers[~np.isnan(answers)], (0.0, 1.0)).all() else mean
        table = estimator(frame, variable, by, total=total)
        if (table[key] != "").any():
            raise ValueError(f"a grouping variable fills the key {key} of the table already")
        tables.append(table.assign(**{key: _label(frame, variable)}))
    result = pd.concat(tables, ignore_index=True)
    result.attrs = {**tables[0].attrs, "variables": used_variables(tables)}
    return result


def unweighted(frame: pd.DataFrame) -> pd.DataFrame:
    """The same respondents with weight 1 each: they describe the sample (tables 1 and 2)."""
    attrs = frame.attrs
    frame = frame.assign(weight=1.0)
    frame.attrs = attrs
    return frame


def _names(by: str | Sequence[str]) -> list[str]:
    return [by] if isinstance(by, str) else list(by)


def _domains(frame: pd.DataFrame, within: Sequence[str]) -> Iterable[tuple[np.ndarray, str]]:
    if not within:
        yield np.ones(len(frame), dtype=bool), ""
    for name in within:
        yield _answers(frame, name) == 1, _label(frame, name)


def _label(frame: pd.DataFrame, name: str) -> str:
    return str(frame.attrs.get("labels", {}).get(name, name))


def _answers(frame: pd.DataFrame, variable: str) -> np.ndarray:
    """Answers as floats; all missing for a variable of the codebook that none of the frame's waves asked."""
    if variable not in frame and variable in frame.attrs.get("labels", {}):
        return np.full(len(frame), np.nan)
    return frame[variable].to_numpy(dtype=float, na_value=np.nan)


def waves_asked(frame: pd.DataFrame, names: Sequence[str]) -> set[int] | None:
    """Waves in which all of some variables were asked.

    Parameters
    ----------
    frame : pandas.DataFrame
        Respondents; `.attrs["waves_asked"]` holds the waves by variable.
    names : sequence of str
        Variables.

    Returns
    -------
    set of int or None
        None where the frame does not say.
    """
    if "waves_asked" not in frame.attrs:
        return None
    asked, labels = frame.attrs["waves_asked"], frame.attrs.get("labels", {})
    known = [set(asked.get(name, ())) for name in names if name in asked or name in labels]
    return set.intersection(*known) if known else None


def _varies(outcome: np.ndarray) -> bool:
    """Whether answers differ at all: where all are alike, a difference of groups tells nothing of anybody."""
    known = outcome[~np.isnan(outcome)]
    return len(known) > 0 and bool((known != known[0]).any())


def _finish(rows: Sequence[Row], frame: pd.DataFrame, variables: list[str], differ: bool) -> pd.DataFrame:
    estimate = np.array([row.estimate for row in rows], dtype=float)
    error = np.array([row.standard_error for row in rows], dtype=float)
    numbers = {
        "estimate": estimate, "standard_error": error, "ci_low": estimate - NORMAL_975 * error,
        "ci_high": estimate + NORMAL_975 * error, "n": np.array([row.n for row in rows], dtype=float),
    }  # fmt: skip
    table = pd.DataFrame({**{key: [row.keys.get(key, "") for row in rows] for key in KEYS}, **numbers})
    behind = [row.behind for row in rows]
    table = settle_tables(protect(table), behind, variables[0], frame, differ)
    if any(row.keys["measure"] == "share_pct" for row in rows):
        table = settle_shares(table, behind, variables[0], frame)
    table.attrs = {key: frame.attrs[key] for key in ("source", "survey_year") if key in frame.attrs}
    table.attrs["variables"] = tuple(dict.fromkeys(variables))
    return table
