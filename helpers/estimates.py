"""Weighted means and shares with 95 % intervals, as tidy tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from .disclosure import protect
from .dominance import is_dominated
from .linearization import NORMAL_975, linearized_covariance
from .tellable import WORK, keys_of, settle_shares, settle_tables
from .tidy import COLUMNS, KEY_OF, KEYS, TOTAL, used_variables


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
    tables = []
    frames = [frame] if isinstance(frame, pd.DataFrame) else list(frame)
    for number, population in enumerate(frames):
        outcome = _answers(population, variable)
        for domain, label in _domains(population, within):
            names = [variable, *[name for name in within if label == _label(population, name)]]
            asked = waves_asked(population, names)
            groups = _Groups(_names(by), total, clusters, keys_of(population, number))
            table = _ratio_table(population, outcome, groups, domain, asked, "mean")
            if label:
                _fill(table, "category", label)
            elif len(frames) > 1:
                _fill(table, "category", population.attrs.get("population", ""))
            tables.append(table)
    differ = any(_varies(_answers(population, variable)) for population in frames)
    return _finish(tables, frames[0], [variable, *_names(by), *within], differ)


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
    tables = []
    groups = _Groups(_names(by), total, clusters, keys_of(frame))
    for domain, label in _domains(frame, within):
        asked = waves_asked(frame, [variable, *[name for name in within if label == _label(frame, name)]])
        for level, outcome in outcomes:
            table = _ratio_table(frame, outcome, groups, domain, asked, "share_pct")
            if label:
                _fill(table, "category", label)
            if level is not None:
                _fill(table, KEY_OF.get(variable, "category"), level)
            tables.append(table)
    return _finish(tables, frame, [variable, *_names(by), *within], any(_varies(each) for _, each in outcomes))


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


def _fill(table: pd.DataFrame, key: str, value: str) -> None:
    if key in table:
        raise ValueError(f"a grouping variable fills the key {key} of the table already")
    table[key] = value


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


def _levels(frame: pd.DataFrame, name: str) -> list[object]:
    column = frame[name]
    if isinstance(column.dtype, pd.CategoricalDtype):
        # A category that nobody in the frame has was cut away by whoever made the frame.
        present = set(column.dropna().unique())
        return [category for category in column.cat.categories if category in present]
    return sorted(column.dropna().unique())


@dataclass(frozen=True)
class _Groups:
    """What a table groups persons by, which variable has a total, who is sampled together, and keys of the persons."""

    by: list[str]
    total: str | None
    clusters: str | None
    persons: np.ndarray


def _ratio_table(
    frame: pd.DataFrame,
    outcome: np.ndarray,
    groups: _Groups,
    domain: np.ndarray,
    asked: set[int] | None,
    measure: str,
) -> pd.DataFrame:
    """One row per combination of groups. `outcome` has shape (persons,), NaN for no answer.

    A wave that was not asked has no row: an empty estimate would look suppressed. The columns of `tellable.WORK` say
    who is behind each row; they never leave this module.
    """
    by, total, clusters = groups.by, groups.total, groups.clusters
    keys = [KEY_OF.get(name, "category") for name in by]
    if len(set(keys)) < len(keys):
        raise ValueError(f"two grouping variables of {by} would fill the same key of the table")
    weight = frame["weight"].to_numpy(dtype=float)
    wave = frame["wave"].to_numpy()
    cluster = None if clusters is None else frame[clusters].to_numpy()
    answered = domain & ~np.isnan(outcome)
    values = {name: frame[name].astype(object).to_numpy() for name in by}
    choices = [_levels(frame, name) + ([TOTAL] if name == total else []) for name in by]
    if asked is not None and "wave" in by:
        choices[by.index("wave")] = [level for level in choices[by.index("wave")] if level in asked]
    rows = []
    for combination in product(*choices) if asked is None or asked else ():
        chosen = answered.copy()
        for name, level in zip(by, combination, strict=True):
            if not (name == total and level == TOTAL):
                chosen &= values[name] == level
        estimate, error = _ratio(outcome, np.where(chosen, weight, 0.0), wave, cluster)
        rows.append(
            {**dict(zip(keys, combination, strict=True)), "estimate": estimate, "standard_error": error}
            | {"n": int(chosen.sum()), "persons": np.unique(groups.persons[chosen])}
            | {"answering": np.unique(groups.persons[chosen & (outcome != 0)])}
            | {"whole": total is not None and combination[by.index(total)] == TOTAL}
            | {"exact": bool((weight[chosen] == weight[chosen][:1]).all())}
            | {"dominated": measure == "mean" and is_dominated((weight * outcome)[chosen])}
        )
    table = pd.DataFrame(rows, columns=[*keys, "estimate", "standard_error", "n", *WORK])
    table["measure"] = measure
    table["population"] = frame.attrs.get("population", "")
    return table


def _ratio(
    outcome: np.ndarray, weight: np.ndarray, wave: np.ndarray, cluster: np.ndarray | None
) -> tuple[float, float]:
    sum_of_weights = weight.sum()
    if sum_of_weights <= 0:
        return np.nan, np.nan
    filled = np.where(weight > 0, outcome, 0.0)
    known = outcome[weight > 0]
    alike = bool((known == known[0]).all())
    estimate = float(known[0]) if alike else float(weight @ filled / sum_of_weights)
    # Strata without a member of the domain add exactly nothing; leaving them out saves most of the work.
    sampled = np.isin(wave, np.unique(wave[weight > 0]))
    influence = weight * (filled - estimate) / sum_of_weights
    variance = linearized_covariance(influence[sampled], wave[sampled], None if cluster is None else cluster[sampled])[
        0, 0
    ]
    # Rounding must not give answers that are all alike an error: a difference of nothing would then look clear.
    return estimate, float(np.sqrt(variance)) * (not alike)


def _varies(outcome: np.ndarray) -> bool:
    """Whether answers differ at all: where all are alike, a difference of groups tells nothing of anybody."""
    known = outcome[~np.isnan(outcome)]
    return len(known) > 0 and bool((known != known[0]).any())


def _finish(tables: list[pd.DataFrame], frame: pd.DataFrame, variables: list[str], differ: bool) -> pd.DataFrame:
    table = pd.concat(tables, ignore_index=True)
    for key in KEYS:
        if key not in table:
            table[key] = ""
    table["ci_low"] = table["estimate"] - NORMAL_975 * table["standard_error"]
    table["ci_high"] = table["estimate"] + NORMAL_975 * table["standard_error"]
    work = table[WORK]
    settled = settle_tables(protect(table[COLUMNS]), work, variables[0], frame, differ)
    table = settle_shares(settled, work, variables[0], frame) if (table["measure"] == "share_pct").any() else settled
    table.attrs = {key: frame.attrs[key] for key in ("source", "survey_year") if key in frame.attrs}
    table.attrs["variables"] = tuple(dict.fromkeys(variables))
    return table
