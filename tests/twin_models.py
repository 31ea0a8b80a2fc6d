"""The published regressions estimated from the twin's files by statsmodels: nothing here uses the twin's code."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

import numpy as np
import pandas as pd
import statsmodels.api as sm

from tests.twin_survey import POPULATIONS, table

MODELS = {row["model"]: row for row in table("twin/models.csv")}
PLACES = ["place_mental", "place_complex", "place_digital", "place_norwegian", "place_attendance"]


def derived(people: pd.DataFrame) -> pd.DataFrame:
    """Add what regressions need: the mean of the five items, classes of experience, the office's mean."""
    means = people.groupby(["wave", "office_id"])["comp_leadership"].transform("mean")
    classes = people["experience"].map({1: 1.0, 2: 2.0, 3: 2.0, 4: 3.0})
    new = {"office_priority_comp": means, "experience3": classes, "place_challenges_mean": people[PLACES].mean(axis=1)}
    return people.assign(**new)


def column(people: pd.DataFrame, term: str) -> pd.Series:
    found = re.fullmatch(r"(\w+)(==|>=)(\d+)", term)
    if found:
        values = people[found[1]]
        hit = values == int(found[3]) if found[2] == "==" else values >= int(found[3])
        return hit.astype(float).where(values.notna())
    name, power, _ = term.partition("^2")
    values = people[name].where(people[name] >= 0)
    return values**2 if power else values


class Regression:
    """A model fitted to one outcome: weighted least squares with HC1, or REML with an office intercept."""

    def __init__(self, people: pd.DataFrame, name: str, outcome: str) -> None:
        model = MODELS[name]
        inside = people[people["wave"] == int(model["wave"])].query(POPULATIONS[model["population"]])
        self.terms = [term for term in model["terms"].split(";") if term]
        design = pd.concat([column(inside, term).rename(term) for term in self.terms], axis=1)
        rows = design.notna().all(axis=1) & inside[outcome].notna()
        self.design = sm.add_constant(design[rows]).rename(columns={"const": "constant"})
        self.outcome = inside.loc[rows, outcome]
        self.weight = inside.loc[rows, "weight"]
        if model["kind"] == "ols":
            self.fit = sm.WLS(self.outcome, self.design, weights=self.weight).fit(cov_type="HC1")
        else:
            # A common scale helps the optimiser; coefficients are scaled back.
            self.weight = self.weight * 0 + 1
            self.scale = self.design.abs().max()
            mixed = sm.MixedLM(self.outcome, self.design / self.scale, groups=inside.loc[rows, "office_id"])
            self.fit = mixed.fit(reml=True, method=["powell", "bfgs"])

    def coefficient(self, term: str) -> tuple[float, float]:
        scale = getattr(self, "scale", {term: 1.0})[term]
        return self.fit.params[term] / scale, self.fit.bse[term] / scale

    def margin(self, text: str) -> float:
        """Average prediction when everyone has one value of a variable."""
        name, _, value = text.partition("=")
        design = self.design.copy()
        for term in self.terms:
            if re.match(r"\w+", term)[0] == name:  # type: ignore[index]
                design[term] = column(pd.DataFrame({name: [float(value)]}), term)[0]
        return float(np.average(design @ self.fit.params, weights=self.weight))


def intraclass(people: pd.DataFrame, outcome: str, wave: int, population: str) -> float:
    inside = people[people["wave"] == wave].query(POPULATIONS[population])
    inside = inside[inside[outcome].notna()]
    fit = sm.MixedLM(inside[outcome], np.ones(len(inside)), groups=inside["office_id"]).fit(
        reml=True, method=["powell", "bfgs"]
    )
    between = float(fit.cov_re.iloc[0, 0])
    return 100 * between / (between + fit.scale)


def estimator(people: pd.DataFrame) -> Callable[[dict[str, str]], float]:
    """Return a function that estimates a row of item_targets.csv that has a model, each model fitted once.

    `people` has the variables of `derived`.
    """

    @cache
    def fitted(name: str, outcome: str) -> Regression:
        return Regression(people, name, outcome)

    def estimate(row: dict[str, str]) -> float:
        outcome, measure = row["composite"] or row["variable"], row["measure"]
        if measure == "icc":
            return intraclass(people, outcome, int(row["wave"]), row["population"])
        model = fitted(row["model"], outcome)
        if measure == "r2":
            return float(model.fit.rsquared)
        if measure.startswith("margin"):
            return model.margin(row["term"]) * (100 if measure == "margin_pct" else 1)
        value, error = model.coefficient(row["term"])
        return {"coef": value, "coef_se": error, "coef_z": value / error}[measure]

    return estimate
