"""Targets that are not linear in the answers, replaced by their tangents at the answers of the moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .exact import product
from .mixed import intraclass
from .models import Fit
from .scores import SQUARE, Score
from .targets import Target

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]
MOVING = ("sd", "r2", "icc", "coef_se")
# Step along a direction of answers that tells how the intraclass correlation follows.
STEP = 0.02

# Answers of `rows` -> coefficients, offset, score: the statistic is coefficients · score(answers) + offset nearby.
Tangent = Callable[[Floats], tuple[Floats, float, Score]]


@dataclass(frozen=True)
class Live:
    """A statistic of some rows and its tangent."""

    rows: Rows
    tangent: Tangent

    def at(self, values: Floats) -> tuple[Floats, float, Score]:
        """Return coefficients over `rows`, offset and score at these values (of all persons)."""
        return self.tangent(values[self.rows])


def live(target: Target, fit: Fit | None, rows: Rows, weights: Floats, office: NDArray[np.int64]) -> Live:
    """Make the tangent that a target asks for: of a standard deviation, R², an ICC or a mixed model's coefficient."""
    if target.measure == "sd":
        return Live(rows, _deviation(weights[rows] / weights[rows].sum()))
    if target.measure == "icc":
        return Live(rows, _intraclass(np.unique(office[rows], return_inverse=True)[1]))
    assert fit is not None  # the other measures have a model
    if target.measure == "r2":
        return Live(fit.rows, _determination(fit))
    if target.measure == "coef_se":
        return Live(fit.rows, _error(fit, target.term))

    def coefficient(values: Floats) -> tuple[Floats, float, Score]:
        # The fit was renewed with all values just before.
        return product(fit.combination(target.term), fit.solver), 0.0, target.score

    return Live(fit.rows, coefficient)


def _deviation(weight: Floats) -> Tangent:
    def tangent(values: Floats) -> tuple[Floats, float, Score]:
        mean, square = product(weight, values), product(weight, values**2)
        deviation = float(np.sqrt(square - mean**2))
        slope = 0.5 / deviation
        return slope * weight, deviation - slope * float(square), Score(SQUARE)

    return tangent


def _determination(fit: Fit) -> Tangent:
    """R² moves with the variance of ordered answers; a 0/1 outcome's is fixed by its mean, and β moves."""
    weight = fit.weight / fit.weight.sum()

    def tangent(values: Floats) -> tuple[Floats, float, Score]:
        beta = product(fit.solver, values)
        mean = product(weight, values)
        binary = values.max() <= 1.0
        # Of 0/1 answers also their expectations may come: the variance is that of the answers.
        variance = mean * (1 - mean) if binary else product(weight, values**2) - mean**2
        slope = product(fit.spread, beta)
        share = float(product(beta, slope) / variance)
        if binary:
            row = 2 * product(slope, fit.solver) / variance - share / variance * (1 - 2 * mean) * weight
            return row, share - float(product(row, values)), Score()
        row = -share / variance * weight
        return row, share - float(product(row, values**2)), Score(SQUARE)

    return tangent


def _error(fit: Fit, term: str) -> Tangent:
    """Follow a coefficient's standard error with the spread of answers about what the model says."""
    combination = fit.combination(term)

    def tangent(values: Floats) -> tuple[Floats, float, Score]:
        answers = np.zeros(int(fit.rows.max()) + 1)
        answers[fit.rows] = values
        now = fit.error(combination, answers)
        residuals = values - product(fit.design, product(fit.solver, values))
        row = np.full(len(values), now / (2 * float(product(residuals, residuals))))
        return row, now - float(product(row, values**2)), Score(SQUARE)

    return tangent


def _intraclass(office: Rows) -> Tangent:
    counts = np.bincount(office)

    def tangent(values: Floats) -> tuple[Floats, float, Score]:
        now = intraclass(values, office)
        between = (np.bincount(office, values) / counts)[office] - values.mean()
        within = values - values.mean() - between
        row = np.zeros(len(values))
        for direction in (between, within):
            slope = (intraclass(values + STEP * direction, office) - now) / STEP
            row += slope * direction / product(direction, direction)
        return row, now - float(product(row, values)), Score()

    return tangent
