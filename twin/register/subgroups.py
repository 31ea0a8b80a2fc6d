"""Findings about a part of a regression's people, as totals that its outcome must have."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.exact import inverse, product

from .outcomes import Bound
from .regressions import CRITICAL, Floats, People, Regression, Term

# A test statistic among fewer people must pass its limit by this part.
PASS = 0.05
# Cells of fewer people than this say nothing about a part.
LEAST = 100


@dataclass(frozen=True)
class Part:
    """A regression among some of its people: terms that vary there, and each one's weights of outcomes and error."""

    terms: tuple[Term, ...]
    sizes: Floats
    weights: Floats
    errors: Floats
    spans: Floats

    @staticmethod
    def of(regression: Regression, people: People, part: NDArray[np.bool_]) -> Part:
        """Fit the regression's terms among `part` (mask over the people)."""
        full = regression.design(people)
        own = full[part]
        # The constant is constant, too, and stays.
        varying = np.ptp(own, axis=0) > 0
        varying |= np.array([not term.codes for term in regression.terms])
        design = own[:, varying]
        spread = inverse(product(design.T, design))
        expected = product(own, regression.coefficients)
        variance = expected.mean() * (1 - expected.mean())
        spans = np.diag(spread).copy()
        weights = np.zeros((len(spans), len(full)))
        # In persons, as all other totals that a draw is balanced on.
        weights[:, part] = product(spread, design.T) / spans[:, None]
        terms = tuple(term for term, varies in zip(regression.terms, varying, strict=True) if varies)
        return Part(terms, design.sum(axis=0), weights, np.sqrt(variance * spans), spans)

    def bound(self, place: int, low: float, high: float) -> Bound:
        """Bound the coefficient of the term at a place."""
        name = f"{self.terms[place].source} in a part"
        return Bound(name, self.weights[place], low / self.spans[place], high / self.spans[place])


def no_difference(part: Part, variable: str, limit: float) -> list[Bound]:
    """Bound the coefficients of a variable among some of the people, so that none of them is significant."""
    return [
        part.bound(place, -limit * error, limit * error)
        for place, (term, error) in enumerate(zip(part.terms, part.errors, strict=True))
        if term.variable == variable and part.sizes[place] >= LEAST
    ]


def unchanged(part: Part, move: float, without: tuple[str, ...] = ()) -> list[Bound]:
    """Bound each coefficient with stars so that among some of the people it keeps them and moves by less than `move`.

    Coefficients that cannot keep their stars among so few people are bounded to move little.
    """
    bounds = []
    for place, term in enumerate(part.terms):
        stars = term.printed.stars
        if not stars or not term.codes or term.variable in without or part.sizes[place] < LEAST:
            continue
        size, side = abs(term.value), 1.0 if term.value > 0 else -1.0
        near = max(size - move, CRITICAL[stars] * part.errors[place] * (1 + PASS))
        if near >= size + move / 2:
            near = max(size - move, 0.0)
        low, high = sorted((side * near, side * (size + move)))
        bounds.append(part.bound(place, low, high))
    return bounds
