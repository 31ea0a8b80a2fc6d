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
from .lookup import NOT_ASKED, rows
from .numbers import HIDDEN, NO_BREAK_SPACE, nb_number
from .tidy import KEYS

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
    scale = ends_of(quantity[chosen])
    design = parabola(np.where(chosen, quantity, 0.0), scale)
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
    grid = parabola(points, scale)
    score = grid @ params
    error = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", grid, covariance, grid), 0.0))
    share = _inverse(score)
    table["estimate"], table["standard_error"] = PERCENT * share, PERCENT * share * (1.0 - share) * error
    table["ci_low"], table["ci_high"] = (PERCENT * _inverse(score + z * error) for z in (-NORMAL_975, NORMAL_975))
    slopes = params[1:]
    table["p_value"] = float(chi2.sf(slopes @ np.linalg.solve(covariance[1:, 1:], slopes), df=2))
    return table


def farthest(linear: pd.DataFrame, logit: pd.DataFrame, *names: object, key: str = "category") -> str:
    """Name the point where a linear and a logistic curve lie farthest apart.

    Parameters
    ----------
    linear, logit : pandas.DataFrame
        Results of `curves.share_curve` for the same curves and points.
    *names : str or int
        Which curves (see `lookup.rows`); all when left out.
    key : str
        The key that tells the curves apart.

    Returns
    -------
    str
        `2,4 prosentpoeng (begge aldersgrupper, 196 ansatte)`; «skjult» where no point has both.
    """
    if linear.empty or logit.empty:
        return NOT_ASKED
    on = [*(name for name in KEYS if name != "measure"), "x"]
    both = rows(linear, *names).merge(rows(logit, *names), on=on, suffixes=("", "_logit"))
    gaps = (both["estimate"] - both["estimate_logit"]).abs().to_numpy(dtype=float)
    if np.isnan(gaps).all():
        return HIDDEN
    place = both.iloc[int(np.nanargmax(gaps))]
    where = f"{place[key]}, {nb_number(float(place['x']))}{NO_BREAK_SPACE}ansatte"
    return f"{nb_number(float(np.nanmax(gaps)), 1)} prosentpoeng ({where})"


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


def ends_of(quantity: np.ndarray) -> tuple[float, float]:
    """Smallest and largest value; 0 of none."""
    return (float(quantity.min()), float(quantity.max())) if len(quantity) else (0.0, 0.0)


def parabola(quantity: np.ndarray, ends: tuple[float, float]) -> np.ndarray:
    """Constant, quantity and its square.

    Parameters
    ----------
    quantity : ndarray, shape (persons,)
        The quantity.
    ends : tuple of float
        What becomes −1 and 1: sizes of hundreds and their squares are so large and alike that a fit loses digits.

    Returns
    -------
    ndarray, shape (persons, 3)
    """
    low, high = ends
    scaled = (quantity - (low + high) / 2) / ((high - low) / 2 or 1.0)
    return np.column_stack([np.ones_like(scaled), scaled, scaled**2])


def _inverse(score: np.ndarray) -> np.ndarray:
    return np.asarray(1.0 / (1.0 + np.exp(-score)), dtype=float)
