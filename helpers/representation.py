"""How well those who answered stand for those who were asked: rates, weights, and sizes of the populations."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .disclosure import protect
from .populations import POPULATIONS
from .survey import Survey
from .tidy import COLUMNS, KEYS
from .weights import size_class

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
            found = invited["responded"].astype(float).groupby(cells, observed=True).agg(["mean", "size"])
            tables += [
                _row(wave, "share_pct", 100 * rate, size, group=group, category=str(category))
                for category, rate, size in found.itertuples()
            ]
    return _finish(tables, survey, ("sector", "office_size"))


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
        low, high = np.percentile(weight, [LOW, HIGH])
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
    rows = []
    for name in names:
        persons = survey.population(name)["wave"].value_counts()
        for wave in survey.waves:
            count = int(persons.get(wave, 0))
            rows.append(_row(wave, "count", count, count, category=POPULATIONS[name].label))
    return _finish(rows, survey, ())


def _row(wave: int, measure: str, estimate: float, n: int, **keys: str) -> dict[str, object]:
    return {"wave": wave, "measure": measure, "estimate": float(estimate), "n": int(n), **keys}


def _finish(rows: list[dict[str, object]], survey: Survey, variables: tuple[str, ...]) -> pd.DataFrame:
    table = pd.DataFrame(rows)
    for column in COLUMNS:
        if column not in table:
            table[column] = "" if column in KEYS else float("nan")
    table[KEYS] = table[KEYS].astype(object).where(table[KEYS].notna(), "")
    result = protect(table[COLUMNS])
    result.attrs = {key: survey.answered.attrs[key] for key in ("source", "survey_year")}
    result.attrs["variables"] = variables
    return result
