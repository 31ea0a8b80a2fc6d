"""How much of an outcome lies between offices: REML of a random intercept."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from .exact import log, product, root

Floats = NDArray[np.float64]
LARGEST = 2.0


def ratio(design: Floats, outcome: Floats, office: NDArray[np.intp]) -> float:
    """Estimate the ratio of the standard deviations between and within offices.

    Notes
    -----
    Bates et al. (2015), Fitting linear mixed-effects models using lme4, formulas 34–41, with one variance.
    """
    both = np.column_stack([design, outcome])
    counts = np.bincount(office).astype(float)
    sums = np.stack([np.bincount(office, column).astype(float) for column in both.T])
    cross, pairs = product(both.T, both), sums[:, None] * sums
    free, last = len(outcome) - design.shape[1], design.shape[1]

    def criterion(theta: float) -> float:
        shrink = theta**2 / (1 + counts * theta**2)
        # Squared, its diagonal is det of the fixed part, factor by factor, and what that leaves of the outcome.
        factor = np.diag(root(cross - product(pairs, shrink)))
        return float(log(1 + counts * theta**2).sum() + 2 * log(factor[:last]).sum() + 2 * free * log(factor[last]))

    # The criterion is flat at its bottom: a tolerance below 1e-7 would only follow rounding errors.
    found = minimize_scalar(criterion, bounds=(0.0, LARGEST), method="bounded", options={"xatol": 1e-7})
    return float(found.x) if criterion(float(found.x)) < criterion(0.0) else 0.0


def intraclass(outcome: Floats, office: NDArray[np.intp]) -> float:
    """Share of an outcome's variance that lies between offices, per cent, from the empty model."""
    theta = ratio(np.ones((len(outcome), 1)), outcome, office)
    return 100 * theta**2 / (1 + theta**2)
