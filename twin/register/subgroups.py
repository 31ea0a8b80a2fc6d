"""Findings about a part of a regression's people, as totals that its outcome must have."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.exact import inverse, product

from .outcomes import Bound
from .regressions import People, Regression


def no_difference(
    regression: Regression, people: People, part: NDArray[np.bool_], variable: str, limit: float
) -> list[Bound]:
    """Bound the coefficients of a variable among some of the people, so that none of them is significant."""
    full = regression.design(people)
    own = full[part]
    # The constant is constant, too, and stays.
    varying = np.ptp(own, axis=0) > 0
    varying |= np.array([not term.codes for term in regression.terms])
    design = own[:, varying]
    spread = inverse(product(design.T, design))
    expected = product(own, regression.coefficients)
    variance = expected.mean() * (1 - expected.mean())
    bounds = []
    for place, term in enumerate(np.flatnonzero(varying)):
        if regression.terms[term].variable != variable or design[:, place].sum() < 100:
            continue
        # In persons, as all other totals that a draw is balanced on.
        weight = np.zeros(len(full))
        weight[part] = product(design, spread[:, place]) / spread[place, place]
        most = limit * np.sqrt(variance / spread[place, place])
        bounds.append(Bound(f"{regression.terms[term].source} in a part", weight, -most, most))
    return bounds
