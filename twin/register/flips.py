"""Local repair of 0/1 outcomes of tens of thousands of people: single flips, and pairs that undo each other's harm."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.exact import product
from twin.system import System

from .moments import Rows
from .regressions import Floats

# Every total must lie within this part of its interval.
KEEP = 0.9
ROUNDS, PATIENCE = 400, 25
# Candidates in a round: those whose flip brings all totals nearest to their middles, and others at random.
BEST, OTHERS = 700, 1100
# Pairs whose misses are computed exactly.
SHORT_LIST = 3000
# Weight of the distance from the middles, beside the misses.
PULL = 0.02


def flip(
    values: Floats, system: System, movable: NDArray[np.bool_], rng: np.random.Generator
) -> Floats | None:
    """Flip outcomes, one or two at a time and always downhill, until every total lies in its interval.

    Notes
    -----
    All pairs of the candidates are ranked by Σ z² with z a total's distance from the middle in half intervals: a matrix
    product, since |z + a + b|² needs no more than a·b. What decides is Σ max(0, |z| − KEEP)², and a little Σ z²: a
    total off its middle, the constant above all, leaves the small cells that lean on it no room.
    """
    values = values.copy()
    low, high, _ = system.bounds(values, 1.0)
    half = (high - low) / 2
    free = np.flatnonzero(movable)
    rows = system.coefficients[:, free] / half[:, None]
    lengths = np.square(rows).sum(axis=0)
    far = (system.totals(values) - (low + high) / 2) / half
    fruitless = 0
    for _ in range(ROUNDS):
        if (np.abs(far) <= KEEP).all():
            return values
        signs = 1 - 2 * values[free]
        gain = 2 * signs * product(far, rows) + lengths
        # People with the same regressors tie: the first are taken.
        near = np.argsort(gain, kind="stable")[:BEST]
        chosen = np.unique(np.concatenate([near, rng.integers(len(free), size=OTHERS)]))
        steps = rows[:, chosen] * signs[chosen]
        first, second = _short_list(gain[chosen], steps)
        alone = first == second
        energies = _energy(far[:, None] + steps[:, first] + np.where(alone, 0.0, steps[:, second]))
        best = int(np.argmin(energies))
        if energies[best] >= _energy(far[:, None])[0]:
            fruitless += 1
            if fruitless > PATIENCE:
                return None
            continue
        fruitless = 0
        flipped = free[chosen[[first[best]] if alone[best] else [first[best], second[best]]]]
        values[flipped] = 1 - values[flipped]
        far = (system.totals(values) - (low + high) / 2) / half
    return None


def _short_list(gain: Floats, steps: Floats) -> tuple[Rows, Rows]:
    """Choose the pairs of candidates that bring Σ z² lowest, in order; twice the same person is one flip."""
    # One slice: seven digits will do to choose by.
    together = gain[:, None] + gain + 2 * product(steps.T, steps, slices=1)
    np.fill_diagonal(together, gain)
    pairs = together.ravel()
    short = min(SHORT_LIST, len(pairs))
    limit = np.partition(pairs, short - 1)[short - 1]
    below = np.flatnonzero(pairs < limit)
    ties = np.flatnonzero(pairs == limit)[: short - len(below)]
    first, second = np.unravel_index(np.sort(np.concatenate([below, ties])), together.shape)
    return first, second


def _energy(far: Floats) -> Floats:
    beyond = np.square(np.maximum(np.abs(far) - KEEP, 0)).sum(axis=0)
    return np.asarray(beyond + PULL * np.square(far).sum(axis=0))
