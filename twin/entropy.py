"""Chances of answers that meet every target, as close as possible to a model's: maximum entropy."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engine.errors import ReportError

from .closest import closest
from .exact import exp, log, product
from .scores import Floats
from .system import System

# Part of each interval that the expectations aim at; the draw and its repair need the rest. Where the middle
# parts contradict each other (printed roundings that only just fit together), nearly all of them.
KEEP = (0.5, 0.9)
ROUNDS = 30
# Rounds that leave out the targets that are not linear.
WARM_UP = 4
EASY = 0.03
# No answer's log odds move by more than this in one round: Newton's steps are only good nearby.
LARGEST_STEP = 1.5
# Of the diagonal: targets that nearly say the same must not pull against each other without end.
RIDGE = 1e-7
# Expectations may miss by this part of half an interval; the repair of the drawn answers does the rest.
LEFT_OVER = 3.0
SETTLED = 0.05
# Employees from which the next class of office size begins.
SIZE_CLASSES = (20, 40, 70, 110)


def chances(prior: Floats, codes: Floats, system: System, places: Floats) -> Floats:
    """Tilt a model's chances until the expected answers meet the targets.

    Parameters
    ----------
    prior : ndarray, shape (persons, codes)
        Logarithms of the model's chances, −inf where an answer is impossible; rows need not add up.
    codes : ndarray, shape (codes,)
        The possible answers.
    system : System
        The targets, on these persons.
    places : ndarray, shape (persons,)
        Numbers between 0 and 1 that turn chances into answers: standard errors and other unlinear targets are
        taken at these.

    Returns
    -------
    ndarray, shape (persons, codes)
        p(code) ∝ exp(prior + Σ λ_t a_t s_t(code)): of all chances that meet the targets, those of the smallest
        Kullback–Leibler distance to the model's.

    Raises
    ------
    ReportError
        The targets contradict each other or the model.

    Notes
    -----
    Newton's steps on the dual problem; with intervals each step is a least squares problem with bounds.
    """
    if not system.targets:
        return _normal(prior)
    for keep in KEEP:
        chance, miss = _tilted(prior, codes, system, places, keep)
        if miss.max() <= LEFT_OVER:
            break
    if miss.max() > LEFT_OVER:
        order = np.argsort(-miss, kind="stable")[:4]
        worst = [f"{system.targets[k].name} ({miss[k]:.1f})" for k in order if miss[k] > LEFT_OVER]
        raise ReportError(
            f"the twin's targets cannot hold together; farthest off: {', '.join(worst)}",
            where="data/twin/item_targets.csv",
            count=int((miss > LEFT_OVER).sum()),
            remedy="Widen or correct these targets, or the model in data/twin/items.csv.",
        )
    return chance


def _tilted(prior: Floats, codes: Floats, system: System, places: Floats, keep: float) -> tuple[Floats, Floats]:
    """Take Newton's steps; return the chances and how far each target is missed, in half intervals."""
    multipliers = np.zeros(len(system.targets))
    chance = _normal(prior)
    binary = len(codes) == 2 and codes.tolist() == [0.0, 1.0]
    for number in range(ROUNDS):
        answers = answer(chance, codes, places)
        # A 0/1 answer's expectation is its own: nothing is lost by drawing.
        known = chance[:, 1] if binary else answers
        system.renew(known)
        low, high, scale = system.bounds(answers, keep)
        totals, products = _moments(chance, codes, system)
        # What is not linear in the answers is known for the answers only, not for expectations; and its tangent
        # tells nothing until the rest is nearly met.
        totals[system.moving] = system.totals(known)[system.moving]
        if number < WARM_UP:
            low[system.moving], high[system.moving] = -np.inf, np.inf
        miss = np.maximum(np.maximum(low - totals, totals - high), 0) / scale
        # One answer more or less moves these by a good part of their interval: the repair has an easy play.
        if not binary:
            miss[system.moving] *= EASY
        if number > WARM_UP and miss.max() < SETTLED:
            break
        new = _multipliers(products, totals, low, high, multipliers)
        step = _tilt(new - multipliers, codes, system)
        part = min(1.0, LARGEST_STEP / max(float(np.abs(step).max()), 1e-12))
        multipliers = multipliers + part * (new - multipliers)
        chance = _normal(log(np.maximum(chance, 1e-300)) + part * step)
    return chance, miss


def answer(chance: Floats, codes: Floats, places: Floats) -> Floats:
    """Turn chances into answers: the code in whose part of a person's 0–1 line her place lies."""
    # Rounded: of the rest of a sum no more than of a digit of print should depend.
    ends = np.round(np.cumsum(chance, axis=1), 9)
    index = (places[:, None] >= ends[:, :-1]).sum(axis=1)
    # A place just beyond the last possible code falls back on it.
    possible = np.where(chance > 1e-12, np.arange(chance.shape[1]), -1)
    return np.asarray(codes[np.minimum(index, possible.max(axis=1))])


def strata(persons: pd.DataFrame, columns: list[str]) -> Floats:
    """Return groups to spread places in, shape (persons, columns + 1): by some columns and by class of office size.

    By class, not by size: colleagues at one office would lie side by side, and evenly spread they would be more unlike
    than people of different offices.
    """
    classes = np.searchsorted(SIZE_CLASSES, persons["office_size"].to_numpy(), side="right")
    return np.column_stack([persons[columns].to_numpy(dtype=float), classes])


def spread_places(groups: NDArray[np.float64], rng: np.random.Generator) -> Floats:
    """Draw places in 0–1, evenly spread within groups of persons: systematic sampling, so shares come out close."""
    count = len(groups)
    order = np.lexsort((rng.permutation(count), *groups.T))
    places = np.empty(count)
    # Multiples of the golden ratio: each stretch of them covers 0–1 evenly.
    places[order] = np.mod(rng.uniform() + 0.6180339887498949 * np.arange(count), 1.0)
    return places


def _normal(logits: Floats) -> Floats:
    chance = exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(chance / chance.sum(axis=1, keepdims=True))


def _moments(chance: Floats, codes: Floats, system: System) -> tuple[Floats, Floats]:
    """Expected totals and the covariances of totals, shapes (targets,), (targets, targets)."""
    totals = system.offsets.copy()
    products = np.zeros((len(totals), len(totals)))
    groups = [(which, score.of(codes)) for score, which in system.by_score()]
    means = [product(chance, score) for _, score in groups]
    for a, (rows, score) in enumerate(groups):
        totals[rows] += product(system.coefficients[rows], means[a])
        for b, (others, other) in enumerate(groups):
            if b < a:
                continue
            covariance = product(chance, score * other) - means[a] * means[b]
            # Newton finds its way by ten digits of this.
            block = product(system.coefficients[rows] * covariance, system.coefficients[others].T, slices=2)
            products[np.ix_(rows, others)] = block
            products[np.ix_(others, rows)] = block.T
    return totals, products


def _tilt(multipliers: Floats, codes: Floats, system: System) -> Floats:
    result = np.zeros((system.coefficients.shape[1], len(codes)))
    for score, which in system.by_score():
        pull = product(multipliers[which], system.coefficients[which])
        result += pull[:, None] * score.of(codes)
    return result


def _multipliers(products: Floats, totals: Floats, low: Floats, high: Floats, first: Floats) -> Floats:
    """Solve the quadratic model: the closest totals inside the intervals, and the multipliers that lead there.

    Distance is from the totals of the model's own chances, measured by the inverse of the totals' covariance.
    """
    lengths = np.sqrt(np.maximum(np.diag(products), 1e-300))
    scaled = products / lengths / lengths[:, None]
    scaled[np.diag_indices_from(scaled)] += RIDGE
    begin = totals / lengths - product(scaled, first * lengths)
    return closest(scaled, begin, low / lengths, high / lengths, first * lengths) / lengths
