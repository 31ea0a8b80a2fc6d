"""Estimated curves: an outcome over office size, with a band."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import chi2
from statsmodels.regression.linear_model import WLS

from .disclosure import hide_number, inner_percentiles, protect
from .estimates import _names, waves_asked
from .freedom import hide_unfree
from .linearization import NORMAL_975, linearized_covariance
from .logit import ends_of, logit_prediction, parabola
from .ratios import levels
from .tellable import keys_of, told_numbers
from .tidy import COLUMNS, KEY_OF, TOTAL, used_variables

POINTS = 41
# Constant, quantity and its square.
COEFFICIENTS = 3
# One fitted curve: frame, outcome, quantity, members of the domain, points -> table, shape (points, columns).
Prediction = Callable[[pd.DataFrame, str, np.ndarray, np.ndarray, np.ndarray], pd.DataFrame]


def curve(
    frame: pd.DataFrame,
    outcome: str | Sequence[str],
    over: str = "office_size",
    by: str | Sequence[str] = (),
    *,
    total: str | None = None,
    at: Sequence[float] | None = None,
) -> pd.DataFrame:
    """Weighted regression of an outcome on a quantity and its square, predicted over the quantity's range.

    Parameters
    ----------
    frame : pandas.DataFrame
        Respondents with `weight`, `wave`, the outcome and the quantity.
    outcome : str or sequence of str
        Numeric or 0/1 variable (a linear probability model then; predictions in the outcome's unit). Of several, each
        gives its curves, and `category` names it.
    over : str
        The quantity on the horizontal axis.
    by, total
        As in `estimates.mean`: one regression per combination.
    at : sequence of float, optional
        Points of prediction; default 41 points from the 2nd to the 98th percentile of persons in the frame.

    Returns
    -------
    pandas.DataFrame
        Tidy estimates with `x` (unit of `over`) and `p_value`, the Wald test that neither term matters.

    Notes
    -----
    Coefficients are statsmodels' WLS. Their covariance is by linearisation, not WLS's default, which takes survey
    weights for precisions; equal to R `survey` 4.1 `svyglm` with `strata=~wave`. Band by the delta method.
    """
    if not isinstance(outcome, str):
        return _curves(frame, outcome, over, by, total, at)
    return _curve(frame, outcome, over, by, total, at, _prediction)


def _curve(
    frame: pd.DataFrame,
    outcome: str,
    over: str,
    by: str | Sequence[str],
    total: str | None,
    at: Sequence[float] | None,
    prediction: Prediction,
) -> pd.DataFrame:
    """Curves of one outcome, each fitted by `prediction`."""
    names = _names(by)
    keys = [KEY_OF.get(name, "category") for name in names]
    quantity = frame[over].to_numpy(dtype=float)
    points = np.asarray(at, dtype=float) if at is not None else _grid(quantity)
    members = {name: levels(frame, name) for name in names}
    choices = [[*members[name], *([TOTAL] if name == total else [])] for name in names]
    asked = waves_asked(frame, [outcome])
    tables, who = [], []
    persons = keys_of(frame)
    for combination in product(*choices) if asked is None or asked else ():
        if asked is not None and "wave" in names and combination[names.index("wave")] not in asked:
            continue
        chosen = frame[outcome].notna().to_numpy() & ~np.isnan(quantity)
        for name, level in zip(names, combination, strict=True):
            if not (name == total and level == TOTAL):
                chosen &= members[name][level]
        table = prediction(frame, outcome, quantity, chosen, points)
        filled: dict[str, Any] = dict(zip(keys, combination, strict=True))
        tables.append(table.assign(**filled))
        who += [(np.unique(persons[chosen]), TOTAL in combination)] * len(table)
    nothing = pd.DataFrame(columns=[*COLUMNS, "x", "p_value"])
    result = pd.concat(tables, ignore_index=True) if tables else nothing
    result["measure"] = "predicted_mean"
    result["population"] = frame.attrs.get("population", "")
    for key in COLUMNS:
        if key not in result:
            result[key] = ""
    result = protect(result[[*COLUMNS, "x", "p_value"]])
    result = hide_unfree(result, result["n"].to_numpy(), COEFFICIENTS)
    # Curves can't be added up, but their numbers of persons can.
    result = hide_number(result, *told_numbers(result, who, outcome, frame))
    result.attrs = {key: frame.attrs[key] for key in ("source", "survey_year") if key in frame.attrs}
    result.attrs["variables"] = (outcome, over, *names)
    return result


def share_curve(
    frame: pd.DataFrame,
    variables: str | Sequence[str],
    over: str = "office_size",
    by: str | Sequence[str] = (),
    *,
    total: str | None = None,
    at: Sequence[float] | None = None,
    model: str = "linear",
) -> pd.DataFrame:
    """Curves of shares in per cent: one for each category of a categorical variable, or for each of some binary ones.

    Parameters
    ----------
    frame, over, by, total, at
        As in `curve`.
    variables : str or sequence of str
        A categorical variable (footnotes 14 and 15 of the report), or binary ones (footnotes 24 and 26).
    model : str
        `linear`, the report's linear probability model, or `logit`, see `logit.logit_prediction`.

    Returns
    -------
    pandas.DataFrame
        As `curve`, in per cent, measure `predicted_share_pct`.

    Raises
    ------
    ValueError
        When the model is neither.
    """
    if model not in MODELS:
        raise ValueError(f"{model} is no model of shares; take one of {', '.join(MODELS)}")
    names = [variables] if isinstance(variables, str) else list(variables)
    tables = []
    for name in names:
        answers = frame[name]
        categorical = isinstance(answers.dtype, pd.CategoricalDtype)
        key = KEY_OF.get(name, "category")
        for level in answers.cat.categories if categorical else [1.0]:
            hit = 100.0 * (answers == level).astype(float).where(answers.notna())
            attrs = frame.attrs
            part = frame.assign(**{name: hit.to_numpy(dtype=float)})
            part.attrs = attrs
            table = _curve(part, name, over, by, total, at, MODELS[model])
            label = str(level) if categorical else str(attrs.get("labels", {}).get(name, name))
            tables.append(table.assign(**{key: label}))
    result = pd.concat(tables, ignore_index=True)
    result["measure"] = "predicted_share_pct"
    result.attrs = {**tables[0].attrs, "variables": used_variables(tables)}
    return result


def _curves(
    frame: pd.DataFrame,
    outcomes: Sequence[str],
    over: str,
    by: str | Sequence[str],
    total: str | None,
    at: Sequence[float] | None,
) -> pd.DataFrame:
    """Curves of several outcomes below each other."""
    if any(KEY_OF.get(name, "category") == "category" for name in _names(by)):
        raise ValueError("a grouping variable fills the key category of the table already")
    labels = frame.attrs.get("labels", {})
    tables = [curve(frame, name, over, by, total=total, at=at) for name in outcomes]
    named = [table.assign(category=str(labels.get(name, name))) for name, table in zip(outcomes, tables, strict=True)]
    result = pd.concat(named, ignore_index=True)
    result.attrs = {**tables[0].attrs, "variables": used_variables(tables)}
    return result


def _grid(quantity: np.ndarray) -> np.ndarray:
    low, high = inner_percentiles(quantity, 2, 98)
    return np.linspace(np.ceil(low), np.floor(high), POINTS)


def _prediction(
    frame: pd.DataFrame, outcome: str, quantity: np.ndarray, chosen: np.ndarray, points: np.ndarray
) -> pd.DataFrame:
    """One fitted curve, shape (points, columns). All rows of `frame` count as sampled, `chosen` is the domain."""
    unknown = np.full(len(points), np.nan)
    table = pd.DataFrame({"x": points, "estimate": unknown, "standard_error": unknown, "p_value": np.nan})
    table["n"] = int(chosen.sum())
    scale = ends_of(quantity[chosen])
    design = parabola(np.where(np.isnan(quantity), 0.0, quantity), scale)
    if chosen.sum() > design.shape[1] and np.linalg.matrix_rank(design[chosen]) == design.shape[1]:
        weight = frame["weight"].to_numpy(dtype=float)
        response = np.where(chosen, frame[outcome].to_numpy(dtype=float, na_value=0.0), 0.0)
        params = _params(response[chosen], design[chosen], weight[chosen])
        bread = np.linalg.inv(design[chosen].T @ (weight[chosen, None] * design[chosen]))
        influence = (np.where(chosen, weight * (response - design @ params), 0.0)[:, None] * design) @ bread
        wave = frame["wave"].to_numpy()
        sampled = np.isin(wave, wave[chosen])
        covariance = linearized_covariance(influence[sampled], wave[sampled])
        # A wave of one person has no variance: then there is no band, and no curve is shown without one.
        if not np.isnan(covariance).any():
            grid = parabola(points, scale)
            table["estimate"] = grid @ params
            # Where a curve fits exactly, the last digit may fall below 0.
            table["standard_error"] = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", grid, covariance, grid), 0.0))
            table["p_value"] = _wald(params[1:], covariance[1:, 1:], float(np.ptp(response[chosen])))
    table["ci_low"] = table["estimate"] - NORMAL_975 * table["standard_error"]
    table["ci_high"] = table["estimate"] + NORMAL_975 * table["standard_error"]
    return table


def _params(response: np.ndarray, design: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Coefficients, shape (3,); those of answers that are all alike are known without rounding."""
    if np.ptp(response) == 0:
        return np.array([response[0], 0.0, 0.0])
    return np.asarray(WLS(response, design, weights=weight).fit().params, dtype=float)


def _wald(slopes: np.ndarray, covariance: np.ndarray, spread: float) -> float:
    """P-value of both slopes being 0; NaN where answers are so alike that they give no error to test by."""
    if spread == 0 or np.linalg.matrix_rank(covariance) < len(slopes):
        return float("nan")
    return float(chi2.sf(slopes @ np.linalg.solve(covariance, slopes), df=2))


MODELS: dict[str, Prediction] = {"linear": _prediction, "logit": logit_prediction}
