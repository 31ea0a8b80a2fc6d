"""Draw a 0/1 outcome on which least squares gives the printed coefficients, by the solver of both twins."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.errors import ReportError
from twin.entropy import chances
from twin.exact import inverse, product
from twin.system import System
from twin.targets import Target

from .cube import cube
from .flips import flip
from .regressions import CRITICAL, Floats, People, Regression

CODES = np.array([0.0, 1.0])
ATTEMPTS = 4
# A test statistic must pass its limit by this part: the drawn outcome's variance differs a little.
PASS = 0.003
# Narrower aims than this, in persons, are no use: outcomes are whole.
LEAST_PERSONS = 0.3
# Expectations aim at this part of each interval, around its middle: the whole persons of small cells need the rest.
NARROW = 0.05
# What is asked of a part of the people is an interval in earnest: expectations may lie in most of it.
WIDE = 0.9


@dataclass(frozen=True)
class Bound:
    """A further total that an outcome must have: Σ rows · y within low and high."""

    name: str
    rows: Floats
    low: float
    high: float


class Fitted(System):
    """A regression's coefficients, and other totals, as linear functions of its outcome."""

    def __init__(self, regression: Regression, people: People, bounds: Sequence[Bound] = ()) -> None:
        self.design = regression.design(people)
        spread = inverse(product(self.design.T, self.design))
        intervals = aims(regression, self.design, spread)
        self.targets = [
            _target(term.source, low, high) for term, (low, high) in zip(regression.terms, intervals, strict=True)
        ]
        self.targets += [_target(bound.name, bound.low, bound.high) for bound in bounds]
        rows = [product(spread, self.design.T), *(bound.rows[None, :] for bound in bounds)]
        self.coefficients = np.concatenate(rows)
        self.balance = np.column_stack([self.design, *(bound.rows for bound in bounds)])
        self.offsets = np.zeros(len(self.targets))
        self.scores = [target.score for target in self.targets]
        self.parts = []
        self._live = []
        self._fits = {}

    def middle(self) -> Fitted:
        """Return the same system with narrower intervals, coefficients' to their middles: what expectations aim at."""
        narrow = copy(self)
        parts = np.where(np.arange(len(self.targets)) < self.design.shape[1], NARROW, WIDE)
        narrow.targets = [
            replace(target, low=middle - part * half, high=middle + part * half)
            for target, part in zip(self.targets, parts, strict=True)
            for middle, half in [((target.low + target.high) / 2, (target.high - target.low) / 2)]
        ]
        return narrow


def _target(name: str, low: float, high: float) -> Target:
    return Target(name, "coef", "outcome", (), "", "", "", (), low, high, name)


def aims(regression: Regression, design: Floats, spread: Floats) -> Floats:
    """Choose where in its printed interval each coefficient shall lie: where it earns its printed stars, if anywhere.

    Notes
    -----
    Classical standard errors are known before the outcome: its mean is x̄'β and its R² Var(Xβ)/(ȳ(1 − ȳ)).
    """
    count, terms = design.shape
    expected = product(design, regression.coefficients)
    mean = expected.mean()
    errors = np.sqrt((count * mean * (1 - mean) - count * expected.var()) / (count - terms) * np.diag(spread))
    result = np.empty((terms, 2))
    for k, term in enumerate(regression.terms):
        low, high = term.value - regression.half, term.value + regression.half
        stars = term.printed.stars
        least = CRITICAL[stars] * errors[k] * (1 + PASS)
        most = CRITICAL[stars + 1] * errors[k] * (1 - PASS)
        side = 1.0 if term.value >= 0 else -1.0
        # A coefficient that may change its sign inside its interval is never far enough from 0 to matter.
        near, far = max(abs(term.value) - regression.half, least), min(abs(term.value) + regression.half, most)
        if abs(term.value) > regression.half and (far - near) * design[:, k].sum() > LEAST_PERSONS and far > near:
            low, high = sorted((side * near, side * far))
        result[k] = low, high
    return result


def draw_outcome(
    regression: Regression,
    people: People,
    rng: np.random.Generator,
    possible: NDArray[np.bool_] | None = None,
    prior: Floats | None = None,
    bounds: Sequence[Bound] = (),
) -> NDArray[np.int8]:
    """Draw an outcome that gives back a printed regression.

    Notes
    -----
    Chances of maximum entropy whose expected coefficients are the printed ones, a balanced draw, and a repair of
    single persons until each coefficient lies inside its interval.
    """
    system = Fitted(regression, people, bounds)
    count = system.coefficients.shape[1]
    may = np.ones(count, dtype=bool) if possible is None else possible
    odds = np.zeros(count) if prior is None else prior
    logits = np.column_stack([np.zeros(count), np.where(may, odds, -np.inf)])
    chance = chances(logits, CODES, system.middle(), np.full(count, 0.5))[:, 1]
    for _ in range(ATTEMPTS):
        drawn = cube(np.where(may, chance, 0.0), system.balance, rng)
        repaired = flip(drawn, system, may, rng)
        if repaired is not None:
            return np.asarray(repaired, dtype=np.int8)
    raise ReportError(
        f"no outcome of {regression.name} gives all printed coefficients",
        where="data/twin/register/coefficients.csv",
        remedy="Try another seed.",
    )
