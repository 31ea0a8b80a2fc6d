"""Taylor linearisation: the design-based variance that statsmodels does not have."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

# qnorm(0.975), as R's confint uses it; scipy would cost its import for one constant.
NORMAL_975 = 1.959963984540054


def linearized_covariance(
    influence: ArrayLike, strata: ArrayLike | None = None, clusters: ArrayLike | None = None
) -> Floats:
    """Covariance of estimates from the influence of each respondent, with replacement between clusters.

    Equal to `survey::svyrecvar` for one stage: within each stratum, n/(n−1) times the sum of squares of the clusters'
    totals around their mean. Rows outside a domain have influence 0 and still count as sampled.

    Parameters
    ----------
    influence : array_like, shape (persons, estimates)
        Linearised values, weights included; for a mean w·(y − ȳ)/Σw.
    strata : array_like, shape (persons,), optional
        Stratum of each person; one stratum when omitted.
    clusters : array_like, shape (persons,), optional
        Cluster of each person, unique within strata; each person a cluster when omitted.

    Returns
    -------
    ndarray, shape (estimates, estimates)
        Covariance matrix. A stratum with one cluster has no variance within it and gives NaN.
    """
    values = np.asarray(influence, dtype=float)
    if values.ndim == 1:
        values = values[:, None]
    persons, estimates = values.shape
    stratum = _codes(strata, persons)
    if clusters is not None:
        pairs = stratum.astype(np.int64) * (persons + 1) + _codes(clusters, persons)
        _, first, cluster = np.unique(pairs, return_index=True, return_inverse=True)
        values = np.column_stack([np.bincount(cluster, values[:, k]) for k in range(estimates)])
        stratum = stratum[first]
    sampled = np.bincount(stratum).astype(float)
    means = np.column_stack([np.bincount(stratum, values[:, k]) / sampled for k in range(estimates)])
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.where(sampled > 1, sampled / (sampled - 1), np.nan)
    centred = (values - means[stratum]) * np.sqrt(factor[stratum])[:, None]
    columns = np.ascontiguousarray(centred.T)
    # Added in a fixed order: the last bits of a matrix product are the processor's.
    return np.array([[(one * other).sum() for other in columns] for one in columns], dtype=float)


def _codes(labels: ArrayLike | None, persons: int) -> NDArray[np.int64]:
    if labels is None:
        return np.zeros(persons, dtype=np.int64)
    return np.unique(np.asarray(labels), return_inverse=True)[1].astype(np.int64)
