"""What follows from what is shown: sums over persons that the published ones give by adding and subtracting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Persons = NDArray[np.uint64]
Floats = NDArray[np.float64]
NOTHING = 1e-9
# Persons of one wave have keys next to each other, so that waves can be told apart without looking at persons.
WAVE_SHIFT, HASH_MASK = np.uint64(48), np.uint64((1 << 48) - 1)


@dataclass(frozen=True)
class Partition:
    """Persons put together who are in the same sets.

    Attributes
    ----------
    members : ndarray, shape (sets, parts)
        1 where a set holds a part. The largest parts come first.
    sizes : ndarray, shape (parts,)
        Persons in each part.
    """

    members: Floats
    sizes: Floats


def partition(sets: Sequence[Persons]) -> Partition:
    """Cut persons into the parts that no set tells apart.

    Parameters
    ----------
    sets : sequence of ndarray
        Keys of persons, ascending and unique in each.

    Returns
    -------
    Partition
    """
    persons = np.unique(np.concatenate(sets)) if sets else np.array([], dtype=np.uint64)
    # A random number a set; a person's sum tells which sets hold her. Chances of two sums alike: one in 2⁶⁴.
    marks = np.random.default_rng(0).integers(1, 2**63, len(sets), dtype=np.uint64)
    places = [np.searchsorted(persons, one) for one in sets]
    sums = np.zeros(len(persons), dtype=np.uint64)
    for mark, place in zip(marks, places, strict=True):
        sums[place] += mark
    _, first, counts = np.unique(sums, return_index=True, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    chosen = first[order]
    members = np.zeros((len(sets), len(chosen)))
    for row, place in enumerate(places):
        holds = np.zeros(len(persons), dtype=bool)
        holds[place] = True
        members[row] = holds[chosen]
    return Partition(members, counts[order].astype(float))


def reduced(rows: Floats) -> tuple[Floats, list[int]]:
    """Reduce a matrix to its row echelon form: the rows, and the column where each begins with a 1."""
    rows = rows.astype(float).copy()
    pivots: list[int] = []
    for column in range(rows.shape[1]):
        at = len(pivots)
        if at == len(rows):
            break
        best = at + int(np.abs(rows[at:, column]).argmax())
        if abs(rows[best, column]) < NOTHING:
            continue
        rows[[at, best]] = rows[[best, at]]
        rows[at] /= rows[at, column]
        others = np.abs(rows[:, column]) > NOTHING
        others[at] = False
        rows[others] -= np.outer(rows[others, column], rows[at])
        pivots.append(column)
    kept = rows[: len(pivots)]
    kept[np.abs(kept) < NOTHING] = 0.0
    return kept, pivots


def too_small(shown: Floats, sizes: Floats, limit: float, protected: Floats | None = None) -> NDArray[np.bool_] | None:
    """Find something that follows from what is shown and rests on too few persons.

    Parameters
    ----------
    shown : ndarray, shape (sets, parts)
        What is published, in parts of persons, the largest part first (or of a table's cells).
    sizes : ndarray, shape (parts,)
        Persons in each part.
    limit : float
        Fewest persons that anything may rest on.
    protected : ndarray, shape (hidden sets, parts), optional
        Sets that must not follow, however many persons they hold.

    Returns
    -------
    ndarray of bool, shape (parts,), or None
        The parts that what follows rests on; None where nothing does.

    Notes
    -----
    A sum over persons follows from others exactly where its row is a linear combination of theirs: secondary
    suppression by Gaussian elimination (Langsrud 2024, as in Statistics Norway's R package GaussSuppression). Here it
    looks for any combination on few persons, not only for hidden cells, so that differences of nested groups are found
    by the same rule. Looked through are the rows of the reduced form, whose small parts stand alone as far as they
    can, and what two of them leave when a part cancels.
    """
    rows, pivots = reduced(shown)
    for row in protected if protected is not None else ():
        left = row - (row[pivots] @ rows if pivots else 0.0)
        if row.any() and np.abs(left).max() < NOTHING:
            return np.asarray(row > 0, dtype=bool)
    small = [row for row, pivot in zip(rows, pivots, strict=True) if sizes[pivot] < limit]
    found = [*small, *_pairs(small, sizes, limit)]
    for row in found:
        support = row != 0
        if 0 < float(sizes[support].sum()) < limit:
            return np.asarray(support, dtype=bool)
    return None


def _pairs(rows: list[Floats], sizes: Floats, limit: float) -> list[Floats]:
    """What two rows leave when a part that both hold cancels."""
    left = []
    for at, one in enumerate(rows):
        for other in rows[at + 1 :]:
            if float(sizes[(one != 0) ^ (other != 0)].sum()) >= limit:
                continue
            for column in np.flatnonzero((one != 0) & (other != 0)):
                both = one * other[column] - other * one[column]
                both[np.abs(both) < NOTHING] = 0.0
                left.append(both)
    return left


def person_keys(wave: np.ndarray, identifier: np.ndarray) -> Persons:
    """Keys of persons, the same in every table of them: the wave, and a hash of the id within it.

    Parameters
    ----------
    wave, identifier : ndarray, shape (persons,)
        Whole numbers.

    Returns
    -------
    ndarray of uint64, shape (persons,)
    """
    mixed = identifier.astype(np.int64).view(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    # The finaliser of SplitMix64 (Steele et al. 2014): ids that lie close give keys that do not.
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    mixed = mixed ^ (mixed >> np.uint64(31))
    return (wave.astype(np.uint64) << WAVE_SHIFT) | (mixed & HASH_MASK)
