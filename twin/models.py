"""The published regressions as functions of one outcome: linear in it, once the regressors stand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engine.errors import ReportError

from .exact import inverse, product
from .mixed import ratio
from .rules import COMPARE, CONDITION, condition, matches, populations
from .scores import Floats
from .tables import read

Rows = NDArray[np.intp]
CONSTANT = "constant"


@dataclass(frozen=True)
class Model:
    """A regression: whom it is about and its terms, from data/twin/models.csv."""

    name: str
    kind: str
    wave: int
    population: str
    terms: tuple[str, ...]


@cache
def read_models() -> dict[str, Model]:
    """Read the models by name."""
    return {
        row["model"]: Model(
            row["model"], row["kind"], int(row["wave"]), row["population"],
            tuple(term for term in row["terms"].split(";") if term),
        )
        for row in read("models")
    }  # fmt: skip


def term_values(term: str, persons: pd.DataFrame) -> Floats:
    """Column of a term, NaN where a person did not answer, shape (persons,)."""
    column = condition(term)[0] if CONDITION.fullmatch(term) else term.removesuffix("^2")
    values = persons[column].to_numpy(dtype=float)
    # Codes of no answer: 99 for answers, negative for numbers.
    known = ~np.isnan(values) & (values >= 0) & ((values != 99) | (column in ("caseload", "office_size")))
    return np.where(known, _at(term, values), np.nan)


def _at(term: str, values: Floats) -> Floats:
    if CONDITION.fullmatch(term):
        _, sign, code = condition(term)
        return np.asarray(COMPARE[sign](values, code), dtype=float)
    return values**2 if term.endswith("^2") else values


class Fit:
    """A model's design over the persons who answered all of it."""

    def __init__(self, model: Model, persons: pd.DataFrame) -> None:
        self.model = model
        inside = (persons["wave"] == model.wave).to_numpy() & matches(persons, populations()[model.population])
        table = [term_values(term, persons) for term in model.terms]
        for column in table:
            inside &= ~np.isnan(column)
        self.rows: Rows = np.flatnonzero(inside)
        if len(self.rows) <= len(table) + 1:
            raise ReportError(f"too few persons for the model {model.name}", "data/twin/models.csv", len(self.rows))
        self.design = np.column_stack([*(column[self.rows] for column in table), np.ones(len(self.rows))])
        weighted = model.kind == "ols"
        self.weight = persons["weight"].to_numpy(dtype=float)[self.rows] if weighted else np.ones(len(self.rows))
        self.office = np.unique(persons["office_id"].to_numpy()[self.rows], return_inverse=True)[1]
        self.means = np.average(self.design, axis=0, weights=self.weight)
        centred = self.design - self.means
        self.spread = product(centred.T * self.weight, centred) / self.weight.sum()
        if weighted:
            cross = self.design.T * self.weight
            self.solver = product(inverse(product(cross, self.design)), cross)
        else:
            self.solver = np.zeros(self.design.T.shape)
        self.theta = 0.0

    def renew(self, answers: Floats) -> None:
        """Bring the mixed model's ratio of standard deviations up to date with the outcome's answers."""
        if self.model.kind == "mixed":
            scale = np.abs(self.design).max(axis=0)
            design = self.design / scale
            self.theta = ratio(design, answers[self.rows], self.office)
            cross = precision(design, self.office, self.theta)
            self.solver = product(inverse(product(cross, design)), cross) / scale[:, None]

    def combination(self, term: str) -> Floats:
        """Weights of the coefficients: of one term, or of a predicted mean where `term` sets `column=value`."""
        if "=" in term and not CONDITION.fullmatch(term):
            column, _, value = term.partition("=")
            row = self.means.copy()
            for place, own in enumerate(self.model.terms):
                if (condition(own)[0] if CONDITION.fullmatch(own) else own.removesuffix("^2")) == column:
                    row[place] = _at(own, np.array([float(value)]))[0]
            return row
        row = np.zeros(self.design.shape[1])
        row[[*self.model.terms, CONSTANT].index(term)] = 1.0
        return row

    def error(self, combination: Floats, answers: Floats) -> float:
        """Standard error of a combination at these answers: HC1, or the mixed model's."""
        outcome = answers[self.rows]
        residuals = outcome - product(self.design, product(self.solver, outcome))
        free = len(outcome) - self.design.shape[1]
        row = product(combination, self.solver)
        if self.model.kind == "ols":
            return float(np.sqrt(len(outcome) / free * np.square(row * residuals).sum()))
        weighted = precision(residuals[:, None], self.office, self.theta)[0]
        within = product(residuals, weighted) / free
        # Var(a'y) = a'Va with V the covariance of answers: identity plus θ² within an office, in units of `within`.
        sums = np.bincount(self.office, row).astype(float)
        return float(np.sqrt(within * (product(row, row) + self.theta**2 * product(sums, sums))))


def precision(design: Floats, office: Rows, theta: float) -> Floats:
    """Multiply a design, transposed, by the inverse covariance of answers: I − θ²/(1 + nθ²)·J in each office."""
    counts = np.bincount(office)
    shrink = theta**2 / (1 + counts * theta**2)
    sums = np.stack([np.bincount(office, column) for column in design.T])
    return np.asarray(design.T - (sums * shrink)[:, office])
