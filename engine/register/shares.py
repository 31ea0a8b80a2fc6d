"""Counts and shares of the register, as tidy tables: a full count, so without intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from engine.disclosure.rules import THRESHOLD, hide_for, minimum_persons, protect
from engine.disclosure.secondary import settle_counts
from engine.table import TOTAL, finish, stack

from .register import FEBRUARY, PANEL, Register

GROUP = "service_group"
COUNT, SHARE = "count", "share_pct"
POPULATION_SHARE, PERSONS = "prosent av befolkningen på 18–29 år", "antall personer"


def register_share(
    register: Register,
    variables: str | Sequence[str],
    *,
    sample: str = PANEL,
    within: Mapping[str, int] | None = None,
    total: bool = False,
    groups: Sequence[int] = (1, 2, 3),
    among: str = "",
) -> pd.DataFrame:
    """Share in per cent of each category of some variables, by service group.

    Parameters
    ----------
    register : Register
        The opened register.
    variables : str or sequence of str
        Categorical variables (one row a category) or binary ones (one row: those for whom it is true).
    sample : {"panel", "february"}
        Whom it is counted for.
    within : mapping of str to int, optional
        Variables and the codes that persons must have.
    total : bool
        Whether rows for the groups together are added, as service group «totalt».
    groups : sequence of int
        Service groups.
    among : str
        Who `within` leaves, in bokmål, for the population's name.

    Returns
    -------
    pandas.DataFrame
        Tidy rows: `service_group`, `variable` is the variable's label (empty for a binary one), `value` the
        category's; measure `share_pct`; `n` is the number of persons that the share is of.
        No standard error and no interval: everyone is counted. What rests on too few persons is hidden, also where
        the numerator is too small.
    """
    names = [variables] if isinstance(variables, str) else list(variables)
    tables = []
    for name in names:
        cells = _cells(register, [GROUP, name], sample, within)
        present = set(cells[name])
        cells = cells[cells[GROUP].isin(groups)]
        parts = [
            (label, cells[cells[GROUP] == code]) for code, label in _labels(register, GROUP).items() if code in groups
        ]
        tables.append(_distributions(register, parts, name, present, total))
    return _finish(pd.concat(tables, ignore_index=True), register, sample, among)


def register_by(
    register: Register,
    variables: str | Sequence[str],
    by: str,
    *,
    sample: str = PANEL,
    groups: Sequence[int] = (1, 2, 3),
) -> pd.DataFrame:
    """Shares as `register_share` gives them, within each category of another variable, which the population names.

    Parameters
    ----------
    register, variables, sample, groups
        As in `register_share`.
    by : str
        A categorical variable.

    Returns
    -------
    pandas.DataFrame
        Tidy rows, `population` begins with the category.
    """
    return stack(*(
        register_share(register, variables, sample=sample, groups=groups, within={by: code}, among=label)
        for code, label in _labels(register, by).items()
    ))  # fmt: skip


def register_count(
    register: Register,
    *,
    sample: str = PANEL,
    within: Mapping[str, int] | None = None,
    total: bool = False,
    groups: Sequence[int] = (1, 2, 3),
    among: str = "",
) -> pd.DataFrame:
    """Count persons by service group.

    Parameters
    ----------
    register, sample, within, total, groups, among
        As in `register_share`.

    Returns
    -------
    pandas.DataFrame
        Tidy rows, measure `count`.
    """
    cells = _cells(register, [GROUP], sample, within)
    counts = cells[cells[GROUP].isin(groups)].groupby(GROUP)["persons"].sum()
    labels = _labels(register, GROUP)
    rows = [{GROUP: labels[int(str(code))], "estimate": float(count)} for code, count in counts.items()]
    table = pd.DataFrame([*rows, *([{GROUP: TOTAL, "estimate": float(counts.sum())}] if total else [])])
    told = np.vstack([np.eye(len(counts)), np.ones((int(total), len(counts)))])
    few = settle_counts(told, counts.to_numpy(dtype=float), minimum_persons())
    table = table.assign(n=table["estimate"], value="antall", measure=COUNT, few=few)
    return _finish(table, register, sample, among)


def register_series(register: Register) -> pd.DataFrame:
    """Persons of the February sample's kind over the years, as numbers and as shares of the population of 18–29.

    Parameters
    ----------
    register : Register
        The opened register.

    Returns
    -------
    pandas.DataFrame
        Tidy rows: `wave` is the year, `service_group` may be «totalt», `unit` tells the unit.
    """
    cells = register.series_cells()
    cells["wave"] = cells["reference_month"].str[:4].astype(int)
    counts = cells.groupby(["wave", GROUP])["persons"].sum().unstack(fill_value=0)
    counts.columns = [_labels(register, GROUP)[int(code)] for code in counts.columns]
    counts[TOTAL] = counts.sum(axis=1)
    young = register.population.set_index("year")["population_18_29"].reindex(counts.index)
    rows: list[dict[str, Any]] = []
    for name in map(str, counts.columns):
        persons = counts[name].astype(float)
        rows += _years(name, POPULATION_SHARE, SHARE, 100 * persons / young, young)
        rows += _years(name, PERSONS, COUNT, persons, persons)
    table = pd.DataFrame(rows)
    groups = counts.drop(columns=TOTAL)
    told = np.vstack([np.eye(groups.shape[1]), np.ones((1, groups.shape[1]))])
    limit = minimum_persons()
    few = {
        (year, name): reason
        for year, persons in zip(groups.index, groups.to_numpy(dtype=float), strict=True)
        for name, reason in zip([*groups.columns, TOTAL], settle_counts(told, persons, limit), strict=True)
    }
    table["few"] = [few[wave, group] for wave, group in zip(table["wave"], table[GROUP], strict=True)]
    finished = _finish(table, register, FEBRUARY, "")
    return finished.assign(population=f"under 30 år i februar {counts.index[0]}–{counts.index[-1]}")


def register_older(register: Register) -> pd.DataFrame:
    """Share of the population of 30–66 years that is registered, of which there are only official sums.

    Parameters
    ----------
    register : Register
        The opened register.

    Returns
    -------
    pandas.DataFrame
        Tidy rows: `wave` is the year, `service_group` «30–66 år», measure `share_pct`.
    """
    official = register.population.set_index("year")
    whole = official["population_30_66"].astype(float)
    rows = _years("30–66 år", POPULATION_SHARE, SHARE, 100 * official["registered_30_66"] / whole, whole)
    return _finish(pd.DataFrame(rows), register, FEBRUARY, "").assign(population="30–66 år")


def register_dialogues(register: Register) -> pd.DataFrame:
    """Who opened the panel's dialogues, and the mean number of days until the reply.

    Parameters
    ----------
    register : Register
        The opened register.

    Returns
    -------
    pandas.DataFrame
        Two tidy rows: the share opened by a counsellor (of dialogues) and the mean in days (of answered ones).
    """
    found = register.dialogues()
    opened, answered = float(found["dialogues"].sum()), float(found["answered"].sum())
    by_counsellor = float(found.loc[found["opened_by"] == 1, "dialogues"].sum())
    table = pd.DataFrame([
        {"value": "startet av veileder", "measure": SHARE, "estimate": 100 * by_counsellor / opened, "n": opened},
        {"value": "svartid i døgn", "measure": "mean", "estimate": float(found["reply_days"].sum()) / answered,
         "n": answered},
    ])  # fmt: skip
    # Many dialogues can be few persons'.
    few = THRESHOLD if (found["persons"] < minimum_persons()).any() else ""
    return _finish(table.assign(**{GROUP: TOTAL}, variable="digital dialog", few=few), register, PANEL, "")


def _cells(register: Register, names: list[str], sample: str, within: Mapping[str, int] | None) -> pd.DataFrame:
    cells = register.cells([*names, *(within or {})], sample)
    for name, code in (within or {}).items():
        cells = cells[cells[name] == code]
    return cells


def _labels(register: Register, name: str) -> dict[int, str]:
    return register.codebook[name].codes


def _distributions(
    register: Register, parts: list[tuple[str, pd.DataFrame]], name: str, present: set[int], total: bool
) -> pd.DataFrame:
    """All groups' rows of one variable, and those of the groups together."""
    column = register.codebook[name]
    # A category that nobody in the sample has (a duration below the panel's three months) has no row.
    shown = {code: label for code, label in column.codes.items() if code in present}
    codes = {1: column.label} if column.type == "binary" else shown
    every = sorted({*codes, *present})
    counts = np.array([[float(part.loc[part[name] == code, "persons"].sum()) for code in every] for _, part in parts])
    labels = [label for label, _ in parts]
    # One row a group of persons who are alike in group and answer; the table's numbers are sums of such cells.
    cell = np.eye(counts.size).reshape(*counts.shape, counts.size)
    if total:
        labels, cell = [*labels, TOTAL], np.concatenate([cell, cell.sum(axis=0)[None]])
    flat = counts.ravel()
    wholes = cell.sum(axis=1) @ flat
    told = cell[:, [every.index(code) for code in codes]]
    limit = minimum_persons()
    reasons = settle_counts(told.reshape(-1, counts.size), flat, limit, cell.sum(axis=1)[wholes >= limit])
    with np.errstate(invalid="ignore"):
        estimates = 100.0 * (told @ flat) / wholes[:, None]
    return pd.DataFrame({
        GROUP: np.repeat(labels, len(codes)), "variable": "" if column.type == "binary" else column.label,
        "value": [*codes.values()] * len(labels), "measure": SHARE, "estimate": estimates.ravel(),
        "n": np.repeat(wholes, len(codes)), "few": reasons,
    })  # fmt: skip


def _years(group: str, unit: str, measure: str, values: pd.Series, n: pd.Series) -> list[dict[str, Any]]:
    return [
        {
            "wave": year,
            GROUP: group,
            "unit": unit,
            "measure": measure,
            "estimate": float(value),
            "n": float(persons),
        }
        for year, value, persons in zip(values.index, values, n, strict=True)
    ]


def _finish(table: pd.DataFrame, register: Register, sample: str, among: str) -> pd.DataFrame:
    few = table["few"].to_numpy(dtype=object) if "few" in table else np.full(len(table), "", dtype=object)
    month = register.months[0].words
    who = (
        f"under 30 år, registrert i {month}"
        if sample == FEBRUARY
        else f"under 30 år, registrert hele {register.period}"
    )
    made = finish(table, register.about, population=f"{among}, {who}" if among else who)
    return hide_for(protect(made), few)
