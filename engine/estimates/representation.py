"""How well those who answered stand for those who were asked: rates, weights, and sizes of the populations."""

from __future__ import annotations

import numpy as np
import pandas as pd

from engine.data.persons import POPULATIONS, size_class
from engine.data.survey import Survey
from engine.disclosure.counts import settle_counts
from engine.disclosure.release import THRESHOLD, Cell, Release
from engine.disclosure.rules import hide_for, inner_percentiles, minimum_persons, protect
from engine.disclosure.secondary import keys_of
from engine.table import COLUMNS, KEYS

RATE = "Svarprosent"
# Ends of the spread: a single cell's weight would tell how many of a few persons answered.
LOW, HIGH = 5, 95
LOW_WEIGHT, HIGH_WEIGHT = f"{LOW}. prosentil", f"{HIGH}. prosentil"
DESIGN_EFFECT, EFFECTIVE = "designeffekt", "effektivt antall svar"


def response_rates(survey: Survey) -> pd.DataFrame:
    """Share of the invited who answered, by the two variables that weights are made of.

    Parameters
    ----------
    survey : Survey
        Opened waves.

    Returns
    -------
    pandas.DataFrame
        Tidy rows, measure `share_pct` (per cent, `n` invited), without intervals: everyone who was invited is counted.
        `category` is the employer or the class of office size («20–39 ansatte»), `group` the variable.
    """
    tables = []
    for wave in survey.waves:
        invited = survey.invited[survey.invited["wave"] == wave]
        classes = size_class(invited["office_size"]).cat.rename_categories(lambda name: f"{name} ansatte")
        for group, cells in (("arbeidsgiver", invited["sector"]), ("kontorstørrelse", classes)):
            found = invited["responded"].astype(float).groupby(cells, observed=True).agg(["mean", "size", "sum"])
            reasons = _rates_told(found["sum"].to_numpy(dtype=float), found["size"].to_numpy(dtype=float))
            tables += [
                _row(wave, "share_pct", 100 * rate, size, group=group, category=str(category), few=few)
                for (category, rate, size, _), few in zip(found.itertuples(), reasons, strict=True)
            ]
    return _finish(tables, survey, ("sector", "office_size"))


def _rates_told(responded: np.ndarray, invited: np.ndarray) -> list[str]:
    """Why rates are hidden: all who were invited are counted, and all who answered are told elsewhere."""
    cells = np.concatenate([responded, invited - responded])
    each = np.eye(len(responded))
    everyone = np.concatenate([np.ones(len(responded)), np.zeros(len(responded))])
    told = np.hstack([each, np.zeros_like(each)])
    known = np.vstack([np.hstack([each, each])[invited >= minimum_persons()], everyone])
    return settle_counts(told, cells, minimum_persons(), known)


def weight_spread(survey: Survey) -> pd.DataFrame:
    """How unequal the weights are in each wave, and what that costs.

    Parameters
    ----------
    survey : Survey
        Opened waves.

    Returns
    -------
    pandas.DataFrame
        Tidy rows for each wave, over all who answered: measure `weight` (5th and 95th percentile), `design_effect`, and
        `count` (answers drawn with equal weights that would be as precise).

    Notes
    -----
    Kish (1965), Survey Sampling, 11.7: the design effect of unequal weights is 1 plus their squared coefficient of
    variation, n·Σw² / (Σw)². It holds for outcomes that do not depend on the weights.
    """
    rows = []
    for wave in survey.waves:
        weight = survey.answered.loc[survey.answered["wave"] == wave, "weight"].to_numpy(dtype=float)
        persons = len(weight)
        effect = design_effect(weight)
        low, high = inner_percentiles(weight, LOW, HIGH)
        rows += [
            _row(wave, "weight", low, persons, category=LOW_WEIGHT),
            _row(wave, "weight", high, persons, category=HIGH_WEIGHT),
            _row(wave, "design_effect", effect, persons, category=DESIGN_EFFECT),
            _row(wave, "count", persons / effect, persons, category=EFFECTIVE),
        ]
    return _finish(rows, survey, ("sector", "office_size"))


def design_effect(weight: np.ndarray) -> float:
    """Kish's design effect of unequal weights, shape (persons,): 1 where all are equal."""
    return float(len(weight) * (weight**2).sum() / weight.sum() ** 2)


def population_sizes(survey: Survey, *names: str) -> pd.DataFrame:
    """Count the persons of populations in each wave.

    Parameters
    ----------
    survey : Survey
        Opened waves.
    *names : str
        Some of `populations.POPULATIONS`.

    Returns
    -------
    pandas.DataFrame
        Tidy rows, measure `count`; `category` is the population's label.

    Raises
    ------
    ReportError
        A name is unknown, or the data lacks a variable of a definition.
    """
    rows, cells = [], []
    for name in names:
        members = survey.population(name)
        persons = members["wave"].value_counts()
        keys = keys_of(members)
        for wave in survey.waves:
            few = 0 < int(persons.get(wave, 0)) < minimum_persons()
            cells.append(Cell(np.unique(keys[(members["wave"] == wave).to_numpy()]), THRESHOLD if few else ""))
            count = int(persons.get(wave, 0))
            rows.append(_row(wave, "count", count, count, category=POPULATIONS[name].label))
    Release().settle("members", [cell for cell in cells if len(cell.persons)], minimum_persons(), exact=True)
    told = [{**row, "few": cell.reason} for row, cell in zip(rows, cells, strict=True)]
    return _finish(told, survey, ())


def _row(wave: int, measure: str, estimate: float, n: int, **keys: str) -> dict[str, object]:
    return {"wave": wave, "measure": measure, "estimate": float(estimate), "n": int(n), **keys}


def _finish(rows: list[dict[str, object]], survey: Survey, variables: tuple[str, ...]) -> pd.DataFrame:
    table = pd.DataFrame(rows)
    for column in COLUMNS:
        if column not in table:
            table[column] = "" if column in KEYS else float("nan")
    table[KEYS] = table[KEYS].astype(object).where(table[KEYS].notna(), "")
    reasons = table["few"] if "few" in table else [""] * len(table)
    result = hide_for(protect(table[COLUMNS]), reasons)
    result.attrs = {key: survey.answered.attrs[key] for key in ("source", "survey_year")}
    result.attrs["variables"] = variables
    return result
