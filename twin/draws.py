"""Random draws with fixed numbers: a seed per step, samples of exact size, and whole numbers that add up."""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]


def stream(seed: int, attempt: int, step: str) -> np.random.Generator:
    """Return the generator of one named step: a change in one step leaves the draws of the others alone."""
    return np.random.default_rng([seed, attempt, zlib.crc32(step.encode())])


def normal(rng: np.random.Generator, size: int | tuple[int, int], deviation: float = 1.0) -> Floats:
    """Draw normal numbers of mean 0, in multiples of 2^-24.

    numpy draws them by whole numbers, but for one in thousands that it takes from a logarithm of the C library, whose
    last bit is not the same everywhere: rounded, it is, but for a chance of less than one in a million a twin.
    """
    return np.asarray(deviation * (np.rint(rng.standard_normal(size) * 2.0**24) / 2.0**24))


def draw_fixed(chances: ArrayLike, size: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Draw exactly `size` units by systematic sampling, each with a chance in proportion to `chances`.

    Parameters
    ----------
    chances : array_like, shape (units,)
        Non-negative, in any unit.
    size : int
        Number to draw; at most the number of units with a positive chance.
    rng : numpy.random.Generator
        Orders the units and starts the sample.

    Returns
    -------
    ndarray of bool, shape (units,)
        True for the drawn.
    """
    chance = np.asarray(chances, dtype=float)
    if size > np.count_nonzero(chance):
        raise ValueError("more to draw than there are")
    sure = np.zeros(len(chance), dtype=bool)
    while True:
        rest = size - sure.sum()
        share = np.where(sure, 0.0, chance)
        share = share * (rest / share.sum()) if rest else share * 0
        if (share <= 1).all():
            break
        sure |= share > 1
    order = rng.permutation(len(chance))
    ends = np.round(np.cumsum(share[order]), 9)
    before = np.concatenate([[0.0], ends[:-1]])
    start = rng.uniform()
    drawn = np.zeros(len(chance), dtype=bool)
    drawn[order] = np.floor(ends - start) > np.floor(before - start)
    drawn |= sure
    return drawn


def whole(amounts: ArrayLike, total: int) -> NDArray[np.int64]:
    """Scale amounts to a total and round them so that they add up (largest remainders; ties to the first)."""
    amount = np.asarray(amounts, dtype=float)
    amount = amount * (total / amount.sum())
    result: NDArray[np.int64] = np.floor(amount).astype(np.int64)
    most = np.argsort(-np.round(amount - result, 9), kind="stable")[: total - result.sum()]
    result[most] += 1
    return result
