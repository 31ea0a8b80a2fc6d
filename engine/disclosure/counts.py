"""Full counts: which numbers of a table may be told, when everyone is counted and shares give their numerators back."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .complements import Floats, too_small
from .release import COMPLEMENT, THRESHOLD


def settle_counts(told: Floats, cells: Floats, limit: float, known: Floats | None = None) -> list[str]:
    """Decide which sums over the cells of a table may be told.

    Parameters
    ----------
    told : ndarray, shape (rows, cells)
        1 where a row of the table counts a cell.
    cells : ndarray, shape (cells,)
        Persons in each cell; cells have nobody in common.
    limit : float
        Fewest persons that anything told, or following from it, may rest on. Nobody is shown.
    known : ndarray, shape (sums, cells), optional
        Sums that are told anyhow.

    Returns
    -------
    list of str
        Why each row is hidden, as `release` names it; empty where it is told. Larger rows are told before smaller ones.
    """
    order = np.argsort(-cells, kind="stable")
    sizes, rows = cells[order], told[:, order]
    persons = rows @ sizes
    few = (persons > 0) & (persons < limit)
    reasons = [THRESHOLD if small else "" for small in few]
    kept = np.zeros((0, len(sizes))) if known is None else known[:, order]
    for place in np.argsort(-persons, kind="stable"):
        if reasons[place]:
            continue
        candidate = np.vstack([kept, rows[place]])
        if too_small(candidate, sizes, limit, rows[few]) is None:
            kept = candidate
        else:
            reasons[place] = COMPLEMENT
    return reasons


def settle_categories(counts: NDArray[np.float64], whole: float, limit: float) -> list[str]:
    """Decide which categories of one distribution may be told; arguments as in `disclosure.small_counts`."""
    if whole < limit:
        return [THRESHOLD] * len(counts)
    # Who is in no category that the table has is a cell of its own.
    rest = max(whole - float(counts.sum()), 0.0) if np.isfinite(whole) else 0.0
    cells = np.append(counts, rest)
    told = np.eye(len(counts), len(cells))
    known = np.ones((1, len(cells))) if np.isfinite(whole) else None
    return settle_counts(told, cells, limit, known)
