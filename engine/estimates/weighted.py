"""Weighted means and shares with 95 % intervals: ratios of totals, their linearised errors, and the tidy tables."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engine.disclosure.rules import LONELY, hide, is_dominated, protect
from engine.disclosure.secondary import Behind, keys_of, settle_rows, settle_shares
from engine.errors import ReportError, unknown
from engine.table import MARKS, NUMBERS, OWN_KEYS, TOTAL, about, described, finish, used_variables

from .linearized import (
    Floats,
    Sample,
    alike,
    logit_interval,
    outside,
    proportional,
    ratio_of_totals,
    total_of,
)

CODEBOOK = "data/codebook/survey.csv"
SHARE, TOTAL_OF = "share_pct", "total"
# Sums of persons' answers that an estimate tells, by its measure: the outcome's, and a ratio's base's, too.
SUMMED = {"mean": 1, TOTAL_OF: 1, "ratio": 2}


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
        One row an estimate: wave, population, a column for each of `by` under its own name, `within` (the domain's
        label), measure, estimate (unit of the variable), standard_error, ci_low, ci_high, n (persons), suppressed.

    Raises
    ------
    ReportError
        A name is unknown, or the variable is a category.

    Notes
    -----
    Ratio of weighted totals, Taylor linearisation with n/(n−1) and waves as strata, normal interval: equal to R
    `survey` 4.1 `svyby(~y, ~by, svydesign(ids=~1, strata=~wave, weights=~weight), svymean, na.rm=TRUE)`.

    Examples
    --------
    >>> caseload = mean(counsellors, "caseload", by=["age_group_followed", "wave"], total="age_group_followed")
    >>> trend(caseload, "totalt")
    'økte fra 70 i 2022 til 76 i 2024 (76 i 2023)'
    >>> exhibit("fig-16", caseload, unit="brukere per veileder", title="Portefølje etter aldersgruppe")
    Figur 16: Portefølje etter aldersgruppe
    """
    frames = [frame] if isinstance(frame, pd.DataFrame) else list(frame)
    rows: list[Row] = []
    for number, population in enumerate(frames):
        outcome = [("", answers(population, variable))]
        groups = Groups(as_list(by), total, clusters, keys_of(population, number))
        rows += rows_of(population, variable, outcome, groups, within, {"measure": "mean"})
    return settled(rows, frames, as_list(by), variable, *within)


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
        A categorical variable or an item on a scale (one row a category), or a binary one (the share for whom it is
        true).
    by, total, within, clusters
        As in `mean`.

    Returns
    -------
    pandas.DataFrame
        As `mean`; `answer` is the category, estimates are in per cent of those who answered.

    Raises
    ------
    ReportError
        A name is unknown, or the variable is a quantity.

    Notes
    -----
    Interval as of a mean, which is the report's, except where that would leave 0–100: there by the logit, equal to R
    `svyciprop(method = "logit", df = Inf)`. A share of nobody or of everybody has none beyond itself.

    Examples
    --------
    >>> followed = share(now, "age_group_followed")
    >>> highest(followed, over="answer")
    'de over 30 år (47)'
    >>> exhibit("fig-s2", share(now, "time_users", "wave"), rows="answer", unit="prosent", title="Nok tid")
    Figur S2: Nok tid
    """
    groups = Groups(as_list(by), total, clusters, keys_of(frame))
    rows = rows_of(frame, variable, outcomes(frame, variable), groups, within, {"measure": SHARE})
    return settled(rows, [frame], as_list(by), variable, *within)


def battery(
    frame: pd.DataFrame,
    variables: Sequence[str],
    by: str | Sequence[str] = (),
    *,
    total: str | None = None,
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

    Returns
    -------
    pandas.DataFrame
        As `mean` and `share`, one block an item, whose label is `item`.

    Examples
    --------
    >>> time = battery(counsellors, ["time_users", "time_measures", "time_competence"], by="wave")
    >>> lowest(time, 2024, digits=1)
    'å heve egen kompetanse på oppfølging (2,9)'
    >>> exhibit("fig-s3", time, rows="item", digits=1, unit="snitt, 1–5", title="Nok tid til tre oppgaver")
    Figur S3: Nok tid til tre oppgaver
    """
    if isinstance(variables, str) or not variables:
        raise ReportError("battery takes a list of variables", "battery", remedy='write battery(…, ["one", "other"])')
    tables = []
    for variable in variables:
        answered = answers(frame, variable)
        known = answered[~np.isnan(answered)]
        # Neither says anything of an item that nobody was asked, but a share would add the key of its answers.
        estimator = share if known.size and np.isin(known, (0.0, 1.0)).all() else mean
        tables.append(estimator(frame, variable, by, total=total).assign(item=about(frame).label(variable)))
    # A table without rows, of an item that was not asked, would make numbers with decimals of the others' waves.
    filled = [table for table in tables if len(table)] or tables[:1]
    return described(pd.concat(filled, ignore_index=True), about(tables[0]), variables=used_variables(tables))


def unweighted(frame: pd.DataFrame) -> pd.DataFrame:
    """The same respondents with weight 1 each: they describe the sample (tables 1 and 2)."""
    return described(frame.assign(weight=1.0), about(frame))


def waves_asked(frame: pd.DataFrame, names: Sequence[str]) -> set[int] | None:
    """Waves in which all of some variables were asked; None where the frame does not say."""
    asked, labels = about(frame).waves_asked, about(frame).labels
    if asked is None:
        return None
    known = [set(asked.get(name, ())) for name in names if name in asked or name in labels]
    return set.intersection(*known) if known else None


def as_list(by: str | Sequence[str]) -> list[str]:
    """Names of grouping variables, of which there may be one."""
    return [by] if isinstance(by, str) else list(by)


def answers(frame: pd.DataFrame, variable: str) -> Floats:
    """Answers as numbers, shape (persons,), NaN for none; ReportError for a category and for an unknown name.

    A variable of the codebook that no wave of the frame asked is missing for everyone.
    """
    if not isinstance(variable, str):
        raise ReportError("an estimate is of one variable", "variable", remedy='take battery(…, ["one", "other"])')
    if variable not in frame:
        if variable not in about(frame).labels:
            raise unknown("variable", variable, [*frame.columns, *about(frame).labels], CODEBOOK, "add it there")
        return np.full(len(frame), np.nan)
    try:
        return np.asarray(frame[variable].to_numpy(dtype=float, na_value=np.nan))
    except (ValueError, TypeError):
        what = f"«{variable}» is a category, which has no mean"
        # The original error names an answer.
        raise ReportError(what, "mean", remedy=f'take share(…, "{variable}"), its distribution') from None


def check_groups(frame: pd.DataFrame, names: Sequence[str], where: str = "by") -> None:
    """Refuse a grouping variable that the frame lacks, and name the nearest."""
    for name in names:
        if name not in frame:
            raise unknown("variable", name, frame.columns, where, f"names are in {CODEBOOK}")


def outcomes(frame: pd.DataFrame, variable: str) -> list[tuple[str, Floats]]:
    """Each category of a variable (or of an item on a scale) with who has it: 100 or 0, NaN for no answer.

    A yes or no has one outcome without a name, who said yes; a quantity is refused with ReportError.
    """
    if variable in frame and isinstance(frame[variable].dtype, pd.CategoricalDtype):
        column = frame[variable]
        levels = {str(level): column == level for level in column.cat.categories}
        return [(level, np.where(column.isna(), np.nan, 100.0 * here)) for level, here in levels.items()]
    known = answers(frame, variable)
    given, scale = known[~np.isnan(known)], about(frame).scales.get(variable, {})
    if scale and np.isin(given, list(scale)).all():
        return [(label, np.where(np.isnan(known), np.nan, 100.0 * (known == code))) for code, label in scale.items()]
    if np.isin(given, (0.0, 1.0)).all():
        return [("", 100.0 * known)]
    remedy = f'take mean(…, "{variable}"), or share of a yes or no: frame.assign(many=frame["{variable}"] > …)'
    raise ReportError(f"«{variable}» is a quantity, which has no share", "share", remedy=remedy)


@dataclass(frozen=True)
class Groups:
    """What a table groups persons by: variables, the one with a total, the clusters, and keys of the persons."""

    by: list[str]
    total: str | None
    clusters: str | None
    persons: NDArray[np.uint64]

    def __post_init__(self) -> None:
        """Refuse names that a table of estimates has for other things, a variable twice, and a total over nothing."""
        taken = [name for name in self.by if name in (*NUMBERS, *MARKS, *OWN_KEYS) or self.by.count(name) > 1]
        if taken:
            what = f"«{taken[0]}» is a column of every table of estimates, or stands twice"
            raise ReportError(what, "by", remedy=f"give another name: frame.rename(columns={{{taken[0]!r}: …}})")
        if self.total is not None and self.total not in self.by:
            raise unknown("grouping variable", self.total, self.by, "total")


@dataclass(frozen=True)
class Row:
    """One estimate: its keys, who is behind it, whether answers differ at all, and whether they are a yes or no."""

    keys: Mapping[str, object]
    estimate: float
    standard_error: float
    n: int
    behind: Behind
    differ: bool
    twofold: bool


def rows_of(
    frame: pd.DataFrame, variable: str, of: Sequence[tuple[str, Floats]], groups: Groups, within: Sequence[str],
    keys: Mapping[str, object], base: str = "",
) -> list[Row]:  # fmt: skip
    """Estimate outcomes of a variable in each group and each domain of `within`; `keys` are the same in all rows.

    `base` is the variable whose total a ratio divides by; without one, that is the number of persons.
    """
    check_groups(frame, ["weight", "wave"], "the frame of persons")
    check_groups(frame, groups.by)
    check_groups(frame, [*filter(None, [groups.clusters])], "clusters")
    domains = [(answers(frame, name) == 1, name) for name in within] or [(np.ones(len(frame), dtype=bool), "")]
    below = answers(frame, base) if base else np.ones(len(frame))
    rows = []
    for domain, name in domains:
        asked = waves_asked(frame, [variable, *filter(None, [base, name])])
        for level, outcome in of:
            own = {"within": about(frame).label(name) if name else "", "answer": level}
            named = {key: value for key, value in own.items() if value}
            rows += ratios(frame, (outcome, below), groups, domain, asked, {**keys, **named})
    return rows


def settled(
    rows: Sequence[Row], frames: Sequence[pd.DataFrame], by: Sequence[str], *variables: str
) -> pd.DataFrame:  # fmt: skip
    """Write rows of one question as a tidy table from which nothing follows that is hidden."""
    names = dict.fromkeys([*by, *(key for row in rows[:1] for key in row.keys)])
    columns: dict[str, object] = {key: [row.keys[key] for row in rows] for key in names}
    for name in ("estimate", "standard_error", "n"):
        columns[name] = np.array([getattr(row, name) for row in rows], dtype=float)
    what = about(frames[0]).estimated(variables[0], *by, *variables[1:])
    table = protect(within_bounds(finish(pd.DataFrame(columns), what)))
    behind = [row.behind for row in rows]
    # Totals are added and subtracted by any reader, whatever the weights.
    added = bool((table["measure"] == TOTAL_OF).any())
    exact = added or any(alike(frame["weight"].to_numpy(dtype=float)) for frame in frames)
    table = settle_rows(table, behind, exact, any(row.differ for row in rows))
    # The mean of a yes or no is a share, whatever it is called.
    if any(row.twofold for row in rows) or table["measure"].isin([SHARE, TOTAL_OF]).any():
        table = settle_shares(table, behind)
    # A wave of one person, or of one office as cluster: R stops, and an estimate without an error would look sure.
    return hide(table, (table["estimate"].notna() & table["standard_error"].isna()).to_numpy(), LONELY)


def within_bounds(table: pd.DataFrame) -> pd.DataFrame:
    """Give shares whose interval would leave 0–100 one by the logit; shares of nobody or everybody have no error."""
    ends = table[["ci_low", "ci_high"]].to_numpy(dtype=float).T
    leaving = (table["measure"] == SHARE).to_numpy() & outside(*ends)
    if leaving.any():
        estimate, error = table.loc[leaving, ["estimate", "standard_error"]].to_numpy(dtype=float).T
        ends[:, leaving] = logit_interval(estimate, error)
        table["ci_low"], table["ci_high"] = ends
    return table


def levels(frame: pd.DataFrame, name: str) -> dict[Hashable, NDArray[np.bool_]]:
    """Who has each category of a variable, in their order; one that nobody has was cut away and is left out."""
    column = frame[name]
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes, categories = column.cat.codes.to_numpy(), column.cat.categories
    else:
        codes, categories = pd.factorize(column, sort=True)
    found = {category: codes == code for code, category in enumerate(categories)}
    return {category: who for category, who in found.items() if who.any()}


def ratios(
    frame: pd.DataFrame, parts: tuple[Floats, Floats], groups: Groups, domain: NDArray[np.bool_],
    asked: set[int] | None, keys: Mapping[str, object],
) -> list[Row]:  # fmt: skip
    """Estimate in each combination of groups, of those in the domain; `keys` are the same in all rows.

    `parts` are the outcome and its base, of which a mean has 1 for everyone, and a total makes no use.
    A wave that was not `asked` (None: all were) has no row, since an empty estimate would look suppressed.
    """
    by, total = groups.by, groups.total
    weight, wave = frame["weight"].to_numpy(dtype=float), frame["wave"].to_numpy()
    cluster = None if groups.clusters is None else frame[groups.clusters].to_numpy()
    outcome, base = parts
    both = ~np.isnan(outcome) & ~np.isnan(base)
    answered, measure = domain & both, keys["measure"]
    differ = measure == TOTAL_OF or not proportional(outcome[both], base[both])
    given = np.unique(outcome[both])
    twofold = measure == SHARE or (measure == "mean" and len(given) <= 2 and 0.0 in given)
    members = {name: levels(frame, name) for name in by}
    choices = [[*members[name], *([TOTAL] if name == total else [])] for name in by]
    if asked is not None and "wave" in by:
        choices[by.index("wave")] = [level for level in choices[by.index("wave")] if level in asked]
    known, place = np.unique(groups.persons, return_inverse=True)
    keys = {"population": about(frame).population, **keys}
    rows = []
    for combination in product(*choices) if asked is None or asked else ():
        chosen = answered.copy()
        for name, level in zip(by, combination, strict=True):
            if not (name == total and level == TOTAL):
                chosen &= members[name][level]
        sample = Sample(np.where(chosen, weight, 0.0), wave, cluster)
        estimate, error = (
            total_of(outcome, sample) if measure == TOTAL_OF else ratio_of_totals(outcome, base, sample)
        )
        behind = Behind(
            persons=_those(known, place[chosen]),
            answering=_those(known, place[chosen & (outcome != 0)]),
            whole=total is not None and combination[by.index(total)] == TOTAL,
            dominated=any(is_dominated((weight * part)[chosen]) for part in parts[: SUMMED.get(str(measure), 0)]),
            exact=alike(weight[chosen]),
        )
        own = dict(zip(by, combination, strict=True))
        rows.append(Row({**own, **keys}, estimate, error, int(chosen.sum()), behind, differ, twofold))
    return rows


def _those(known: np.ndarray, places: np.ndarray) -> np.ndarray:
    there = np.zeros(len(known), dtype=bool)
    there[places] = True
    return known[there]
