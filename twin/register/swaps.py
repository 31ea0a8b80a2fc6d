"""Reach R² before any outcome exists: exchange codes between people, so that margins stay and products change."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.errors import ReportError
from twin.exact import product

from .moments import Aim, Predictors
from .people import possible

ROUNDS = 4000
# Pairs exchanged in one round at most: small steps spread the change over all variables and people.
LARGEST = 300


def tune(
    predictors: Predictors,
    aims: list[Aim],
    variables: list[str],
    free: NDArray[np.bool_],
    rng: np.random.Generator,
) -> int:
    """Exchange codes until every aim is met within its tolerance."""
    persons, done = np.flatnonzero(free), 0
    goal, tolerance = np.array([aim.value for aim in aims]), np.array([aim.tolerance for aim in aims])
    gap = goal - predictors.sums(aims)
    for number in range(ROUNDS):
        if (np.abs(gap) <= tolerance).all():
            return done
        variable = variables[number % len(variables)]
        order = rng.permutation(persons)
        half = len(order) // 2
        first, second = order[:half], order[half : 2 * half]
        fine = possible(predictors.people, variable, first, second)
        first, second = first[fine], second[fine]
        change = predictors.changes(aims, variable, first, second) / tolerance[:, None]
        scaled = gap / tolerance
        helps = np.flatnonzero(product(scaled, change) > 0)[:LARGEST]
        if not len(helps):
            continue
        paths = [np.cumsum(change[:, helps], axis=1), change[:, helps]]
        misses = [np.square(scaled[:, None] - path).sum(axis=0) for path in paths]
        together, alone = (int(np.argmin(np.round(miss, 9))) for miss in misses)
        chosen = helps[: together + 1] if misses[0][together] <= misses[1][alone] else helps[[alone]]
        if min(misses[0][together], misses[1][alone]) >= np.square(scaled).sum():
            continue
        predictors.exchange(variable, first[chosen], second[chosen])
        done += len(chosen)
        gap = goal - predictors.sums(aims)
    worst = aims[int(np.argmax(np.abs(gap) / tolerance))].name
    raise ReportError(f"the twin's regressors do not reach {worst}", "data/twin/register", remedy="Try another seed.")
