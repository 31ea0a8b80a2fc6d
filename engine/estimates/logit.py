"""Logistic curves of shares, the option beside the report's linear ones, and how far the two lie apart."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
from scipy.stats import chi2
from statsmodels.genmod.families import Binomial
from statsmodels.genmod.generalized_linear_model import GLM
from statsmodels.tools.sm_exceptions import ConvergenceWarning, PerfectSeparationWarning

from .linearization import NORMAL_975, linearized_covariance

# Sizes in hundreds: their square in single persons is so large that the fit loses digits.
SCALE = 100.0
PERCENT = 100.0


def logit_prediction(
    frame: pd.DataFrame, outcome: str, quantity: np.ndarray, chosen: np.ndarray, points: np.ndarray
) -> pd.DataFrame:
    """Weighted logistic regression of an answer on a quantity and its square, predicted at points.

    Parameters
    ----------
    frame : pandas.DataFrame, shape (persons, variables)
        All who count as sampled, with `weight` and `wave`.
    outcome : str
        A variable that is 0 or 100.
    quantity : ndarray, shape (persons,)
        The quantity of the curve.
    chosen : ndarray of bool, shape (persons,)
        The domain; outside of it outcome and quantity may be missing.
    points : ndarray, shape (points,)
        Where to predict.

    Returns
    -------
    pandas.DataFrame
        `x`, `estimate`, `standard_error`, `ci_low`, `ci_high` in per cent, `p_value` and `n`; without numbers where all
        answered alike or the quantity parts the answers perfectly, for then no logistic curve exists.

    Notes
    -----
    Pseudo-likelihood by statsmodels' binomial GLM, whose covariance is replaced by linearisation with waves as strata:
    equal to R `survey` 4.1 `svyglm(family = quasibinomial())`. The band is made on the logit scale, so that it stays
    between 0 and 100.
    """
    unknown = np.full(len(points), np.nan)
    columns = ["estimate", "standard_error", "ci_low", "ci_high"]
    table = pd.DataFrame({"x": points, **dict.fromkeys(columns, unknown), "p_value": np.nan})
    table["n"] = int(chosen.sum())
    design = _design(np.where(chosen, quantity, 0.0))
    answer = np.where(chosen, frame[outcome].to_numpy(dtype=float, na_value=0.0), 0.0) / PERCENT
    weight = np.where(chosen, frame["weight"].to_numpy(dtype=float), 0.0)
    params = _fit(answer[chosen], design[chosen], weight[chosen])
    if params is None:
        return table
    probability = _inverse(design @ params)
    bread = np.linalg.inv(design.T @ ((weight * probability * (1.0 - probability))[:, None] * design))
    influence = (weight * (answer - probability))[:, None] * design @ bread
    wave = frame["wave"].to_numpy()
    sampled = np.isin(wave, wave[chosen])
    covariance = linearized_covariance(influence[sampled], wave[sampled])
    if np.isnan(covariance).any():
        return table
    grid = _design(points)
    score = grid @ params
    error = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", grid, covariance, grid), 0.0))
    share = _inverse(score)
    table["estimate"], table["standard_error"] = PERCENT * share, PERCENT * share * (1.0 - share) * error
    table["ci_low"], table["ci_high"] = (PERCENT * _inverse(score + z * error) for z in (-NORMAL_975, NORMAL_975))
    slopes = params[1:]
    table["p_value"] = float(chi2.sf(slopes @ np.linalg.solve(covariance[1:, 1:], slopes), df=2))
    return table


def _fit(answer: np.ndarray, design: np.ndarray, weight: np.ndarray) -> np.ndarray | None:
    """Coefficients, shape (3,); None where there are none."""
    persons, columns = design.shape
    if len(np.unique(answer)) < 2 or persons <= columns or np.linalg.matrix_rank(design) < columns:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("error", PerfectSeparationWarning)
        warnings.simplefilter("error", ConvergenceWarning)
        try:
            model = GLM(answer, design, family=Binomial(), var_weights=weight / weight.mean())
            # The deviance stands still long before the coefficients do where weights are very unequal.
            fitted = model.fit(tol=1e-10, tol_criterion="params", maxiter=100)
        except (PerfectSeparationWarning, ConvergenceWarning):
            return None
    return np.asarray(fitted.params, dtype=float)


def _design(quantity: np.ndarray) -> np.ndarray:
    scaled = quantity / SCALE
    return np.column_stack([np.ones_like(scaled), scaled, scaled**2])


def _inverse(score: np.ndarray) -> np.ndarray:
    return np.asarray(1.0 / (1.0 + np.exp(-score)), dtype=float)
