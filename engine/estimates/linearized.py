"""Ratios and totals of weighted answers, with the linearised errors of a design of strata and clusters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit

from engine.table import NORMAL_975

Floats = NDArray[np.float64]
ROUNDING = 4 * np.finfo(float).eps
PERCENT = 100.0
# What lies outside by less is rounding.
EDGE = 1e-9


@dataclass(frozen=True)
class Sample:
    """How persons were sampled, shape (persons,): weights (0 outside a domain), their strata and their clusters."""

    weight: Floats
    strata: np.ndarray
    clusters: np.ndarray | None = None

    def error(self, influence: Floats) -> float:
        """Standard error of an estimate from the influence of each person."""
        # Strata without a member of the domain add exactly nothing; leaving them out saves most of the work.
        weight, strata, cluster = self.weight, self.strata, self.clusters
        sampled = np.isin(strata, strata[weight > 0])
        covariance = linearized_covariance(
            influence[sampled], strata[sampled], None if cluster is None else cluster[sampled]
        )
        return float(np.sqrt(covariance[0, 0]))


def alike(values: Floats) -> bool:
    """Whether values are all the same."""
    return bool((values == values[:1]).all())


def proportional(outcome: Floats, base: Floats) -> bool:
    """Whether an outcome is the same multiple of its base for everyone, but for the rounding of a division."""
    each = outcome[base != 0] / base[base != 0]
    same = alike(each) or bool(np.ptp(each) <= ROUNDING * np.abs(each).max())
    return same and not bool(outcome[base == 0].any())


def ratio_of_totals(outcome: Floats, base: Floats, sample: Sample) -> tuple[float, float]:
    """Weighted total of an outcome over that of its base (of 1 for everyone: the mean), and the error.

    Nobody, or a base that sums to nothing, has no ratio: NaN.
    """
    weight = sample.weight
    there = weight > 0
    sum_of_weights = (weight * np.where(there, base, 0.0)).sum()
    if sum_of_weights == 0:
        return np.nan, np.nan
    filled = np.where(there, outcome, 0.0)
    known, known_base = outcome[there], base[there]
    same = proportional(known, known_base)
    first = np.flatnonzero(known_base)[0]
    estimate = float(known[first] / known_base[first]) if same else float((weight * filled).sum() / sum_of_weights)
    influence = weight * (filled - estimate * np.where(there, base, 0.0)) / sum_of_weights
    # Rounding must not give answers that are all alike an error: a difference of nothing would then look clear.
    return estimate, 0.0 * sample.error(influence) if same else sample.error(influence)


def total_of(outcome: Floats, sample: Sample) -> tuple[float, float]:
    """Weighted total of an outcome and its error; nobody has no total."""
    weight = sample.weight
    if not (weight > 0).any():
        return np.nan, np.nan
    added = weight * np.where(weight > 0, outcome, 0.0)
    return float(added.sum()), sample.error(added)


def outside(*percent: Floats) -> NDArray[np.bool_]:
    """Where any of some arrays of shares in per cent lies below 0 or above 100; NaN lies nowhere."""
    return np.asarray(
        np.any([(values < -EDGE) | (values > PERCENT + EDGE) for values in percent], axis=0), dtype=bool
    )


def logit_interval(share: Floats, error: Floats) -> tuple[Floats, Floats]:
    """95 % interval of shares in per cent (between 0 and 100, not at the ends) by the logit, so that it stays between.

    Equal to R `survey` 4.1 `svyciprop(~y, design, method = "logit", df = Inf)`: by the normal, like the others.
    """
    part = share / PERCENT
    half = NORMAL_975 * (error / PERCENT) / (part * (1.0 - part))
    return PERCENT * expit(logit(part) - half), PERCENT * expit(logit(part) + half)


def linearized_covariance(
    influence: ArrayLike, strata: ArrayLike | None = None, clusters: ArrayLike | None = None
) -> Floats:
    """Covariance of estimates from the influence of each respondent, with replacement between clusters.

    The design-based variance that statsmodels does not have; equal to `survey::svyrecvar` for one stage: within each
    stratum, n/(n−1) times the sum of squares of the clusters' totals around their mean. Rows outside a domain have
    influence 0 and still count as sampled.

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
