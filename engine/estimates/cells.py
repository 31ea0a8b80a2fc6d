"""Regressions from compressed rows: one cell for all rows that are alike, with their number and sums, and no loss.

Least squares knows its rows through sums alone. So do its classical, robust and clustered errors, as long as rows of
one cell are alike in all regressors (and in cluster). Hence a cell gives exactly what its rows would, whatever their
number: the work grows with the cells, and only cells need to leave the engine that counts the rows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.stats import t

from engine.errors import ReportError

Floats = NDArray[np.float64]
CLASSICAL, ROBUST, CLUSTERED = "classical", "robust", "clustered"
# Residual variance over the outcome's mean square that is no more than rounding.
EXACT = 1e-24


@dataclass(frozen=True)
class Compressed:
    """Cells of rows that are alike in all regressors.

    Attributes
    ----------
    matrix : ndarray, shape (cells, columns)
        Regressors; a constant is one of them.
    counts : ndarray, shape (cells,)
        Rows of each cell, at least 1.
    sums, squares : ndarray, shape (cells,)
        Sum of the outcome and of its square over the cell's rows.
    groups : ndarray of int, shape (cells,)
        Cluster, or group whose effect is absorbed; rows of a cell are alike in it, too.
    """

    matrix: Floats
    counts: Floats
    sums: Floats
    squares: Floats
    groups: NDArray[np.int64]

    @property
    def rows(self) -> float:
        """Number of rows behind the cells."""
        return float(self.counts.sum())

    @property
    def means(self) -> Floats:
        """Mean outcome of each cell, shape (cells,)."""
        return self.sums / self.counts

    @property
    def within(self) -> float:
        """Sum over rows of the squared distance to their cell's mean."""
        return float((self.squares - self.sums * self.means).clip(min=0.0).sum())

    @cached_property
    def bread(self) -> Floats | None:
        """Inverse of X'X, shape (columns, columns), once for all kinds of errors; None where there is none."""
        gram = self.matrix.T @ (self.counts[:, None] * self.matrix)
        scale = np.sqrt(np.diag(gram))
        if not scale.all():
            return None
        gram /= np.outer(scale, scale)
        if np.linalg.matrix_rank(gram, hermitian=True) < len(gram):
            return None
        inverse = cho_solve(cho_factor(gram), np.eye(len(gram)))
        return np.asarray(inverse / np.outer(scale, scale), dtype=float)

    def absorbed(self) -> Compressed:
        """Subtract the groups' means from regressors and outcome: their effects are accounted for, not estimated.

        Notes
        -----
        Frisch, Waugh and Lovell: equal to dummies of all groups. A constant must not be among the columns.
        """
        weights = np.bincount(self.groups, self.counts).astype(float)
        matrix = np.column_stack([column - self._group_means(column, weights) for column in self.matrix.T])
        mean = self._group_means(self.means, weights)
        squares = self.squares - 2.0 * mean * self.sums + self.counts * mean**2
        return replace(self, matrix=matrix, sums=self.sums - self.counts * mean, squares=squares)

    def _group_means(self, values: Floats, weights: Floats) -> Floats:
        with np.errstate(invalid="ignore"):
            means = np.bincount(self.groups, self.counts * values) / weights
        return np.asarray(means[self.groups], dtype=float)


@dataclass(frozen=True)
class LeastSquares:
    """A fitted regression.

    Attributes
    ----------
    params, standard_errors, p_values : ndarray, shape (columns,)
        Of the coefficients.
    covariance : ndarray, shape (columns, columns)
        Theirs.
    r2 : float
        Share of the variance explained, about the mean.
    degrees : float
        Degrees of freedom of the t distribution behind the p-values.
    """

    params: Floats
    standard_errors: Floats
    p_values: Floats
    covariance: Floats
    r2: float
    degrees: float


def compress(matrix: Floats, outcome: Floats, groups: NDArray[np.int64] | None = None) -> Compressed:
    """Make cells of rows.

    Parameters
    ----------
    matrix : ndarray, shape (rows, columns)
        Regressors.
    outcome : ndarray, shape (rows,)
        What they explain.
    groups : ndarray of int, shape (rows,), optional
        Clusters.

    Returns
    -------
    Compressed
    """
    own = np.zeros(len(outcome), dtype=np.int64) if groups is None else groups
    distinct, cell = np.unique(np.column_stack([matrix, own]), axis=0, return_inverse=True)
    cell = cell.ravel()
    each_one = np.ones(len(cell))
    counts, sums, squares = (np.bincount(cell, part).astype(float) for part in (each_one, outcome, outcome**2))
    return Compressed(distinct[:, :-1], counts, sums, squares, distinct[:, -1].astype(np.int64))


def least_squares(cells: Compressed, errors: str = CLASSICAL, absorbed: int = 0) -> LeastSquares:
    """Fit ordinary least squares to the rows behind cells.

    Parameters
    ----------
    cells : Compressed
        The rows.
    errors : {"classical", "robust", "clustered"}
        s²(X'X)⁻¹; HC1; or clustered by `groups`.
    absorbed : int
        How many effects were absorbed before: degrees of freedom that are spent.

    Returns
    -------
    LeastSquares

    Raises
    ------
    ReportError
        The regressors say the same, or there are no more rows than coefficients.

    Notes
    -----
    Equal to linearmodels' `IV2SLS(…).fit(debiased=True)`, statsmodels' `OLS` and R's `lm` with `vcovHC(type="HC1")` on
    the rows. An outcome whose mean is large beside its spread should be centred first: sums of squares lose digits.
    The normal equations are solved with columns brought to one scale and the solution refined once, which leaves an
    error of the size that a QR decomposition of the rows has.
    """
    rows, columns = cells.rows, cells.matrix.shape[1]
    degrees = rows - columns - absorbed
    bread = cells.bread
    if bread is None or degrees <= 0:
        raise ReportError("terms of a regression say the same, or it has too few rows", remedy="leave some terms out")
    params = bread @ (cells.matrix.T @ cells.sums)
    params = params + bread @ (cells.matrix.T @ (cells.sums - cells.counts * (cells.matrix @ params)))
    residuals = cells.means - cells.matrix @ params
    # Rows of a cell lie about its mean: what they add to a sum of squares does not depend on the coefficients.
    unexplained = cells.within + float(cells.counts @ residuals**2)
    total = cells.within + float(cells.counts @ (cells.means - cells.sums.sum() / rows) ** 2)
    if errors == CLASSICAL:
        covariance = bread * (unexplained / degrees)
    else:
        covariance = bread @ _meat(cells, residuals, errors, degrees) @ bread
    standard_errors = np.sqrt(np.diag(covariance))
    with np.errstate(divide="ignore", invalid="ignore"):
        p_values = np.asarray(2.0 * t.sf(np.abs(params) / standard_errors, degrees), dtype=float)
        r2 = float(1.0 - unexplained / total) if total else float("nan")
    return LeastSquares(params, standard_errors, p_values, covariance, r2, degrees)


def _meat(cells: Compressed, residuals: Floats, errors: str, degrees: float) -> Floats:
    """Variance of the scores, with the usual corrections for few rows and few clusters, shape (columns, columns)."""
    rows = cells.rows
    if errors == ROBUST:
        squared = (cells.squares - cells.sums * cells.means).clip(min=0.0) + cells.counts * residuals**2
        meat = cells.matrix.T @ (squared[:, None] * cells.matrix)
        return np.asarray(meat * (rows / degrees), dtype=float)
    scores = (cells.counts * residuals)[:, None] * cells.matrix
    order = np.argsort(cells.groups, kind="stable")
    starts = np.flatnonzero(np.diff(cells.groups[order], prepend=cells.groups.min() - 1))
    if len(starts) < 2:
        raise ReportError("clustered errors need two clusters", remedy="take another kind of errors")
    sums = np.add.reduceat(scores[order], starts, axis=0)
    clusters = float(len(starts))
    return np.asarray(sums.T @ sums * (clusters / (clusters - 1.0) * (rows - 1.0) / degrees), dtype=float)


def fits_exactly(response: Floats, params: Floats, matrix: Floats) -> bool:
    """Tell whether a model leaves nothing but rounding, so that its errors and p-values would be rounding, too.

    Parameters
    ----------
    response : ndarray, shape (rows,)
        The outcome.
    params : ndarray, shape (columns,)
        Coefficients.
    matrix : ndarray, shape (rows, columns)
        The design.

    Returns
    -------
    bool
        True for an outcome that all have in common, and for one that the terms give exactly. R's `summary.lm` warns of
        an «essentially perfect fit» by the same rule.
    """
    rest = float(np.mean((response - matrix @ params) ** 2))
    return rest <= EXACT * float(np.mean(response) ** 2 + np.var(response))
