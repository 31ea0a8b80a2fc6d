"""Dominance: whether one or two persons make up most of what an estimate tells."""

from __future__ import annotations

import numpy as np

# ACRO's defaults (safe_nk_n, safe_nk_k, safe_pratio_p): docs/disclosure.md says where they stand.
LARGEST, MOST, PROTECTION = 2, 0.90, 0.10
# One or two persons are all of a numerator exactly where the two rules above would call it dominated.
SMALLEST_NUMERATOR = LARGEST + 1


def is_dominated(contributions: np.ndarray) -> bool:
    """Tell whether a total, and so its mean, gives one person's contribution away.

    Parameters
    ----------
    contributions : ndarray, shape (persons,)
        What each person adds to the total: the weight times the answer.

    Returns
    -------
    bool
        True where the two largest contributions are more than 90 per cent of the total ((n, k) rule), or where all but
        the two largest are less than 10 per cent of the largest (p% rule: the second largest contributor could then
        estimate the largest within 10 per cent). A total of nothing but zeros tells no one from another.

    Notes
    -----
    Hundepool et al. (2012), Statistical Disclosure Control, 4.2; parameters of ACRO. Signs are left aside: a debt is
    as telling as a fortune.
    """
    sizes = np.sort(np.abs(contributions))[::-1]
    total = float(sizes.sum())
    if total == 0.0:
        return False
    largest = float(sizes[:LARGEST].sum())
    return largest > MOST * total or total - largest < PROTECTION * float(sizes[0])
