"""Estimated curves: an outcome over office size, with a band; of shares also logistic ones."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit
from scipy.stats import chi2
from statsmodels.genmod.families import Binomial
from statsmodels.genmod.generalized_linear_model import GLM
from statsmodels.regression.linear_model import WLS
from statsmodels.tools.sm_exceptions import ConvergenceWarning, PerfectSeparationWarning

from engine.disclosure.rules import hide_unfree, inner_percentiles, protect
from engine.disclosure.secondary import keys_of, settle_numbers
from engine.errors import ReportError
from engine.table import NORMAL_975, TOTAL, About, about, described, finish, used_variables

from .formulas import Design, Floats, read, scales
from .linearized import PERCENT, linearized_covariance, outside
from .models import Fit
from .weighted import answers, as_list, check_groups, levels, outcomes, waves_asked

POINTS = 41
# Constant, quantity and its square.
COEFFICIENTS = 3
NO_P = np.full(COEFFICIENTS, np.nan)
# One fitted curve: frame, outcome, quantity, members of the domain, points -> table, shape (points, columns).
Prediction = Callable[[pd.DataFrame, str, str, np.ndarray, np.ndarray], pd.DataFrame]


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
        gives its curves, and `item` names it.
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

    Examples
    --------
    >>> by_size = curve(now, "caseload", over="office_size", by="wave")
    >>> slope(by_size)
    'øker'
    >>> exhibit("fig-s4", by_size, kind="curves", rows="ansatte", unit="brukere", title="Portefølje etter størrelse")
    Figur S4: Portefølje etter størrelse
    """
    if not isinstance(outcome, str):
        return _curves(frame, outcome, over, by, total, at)
    return _curve(frame, outcome, over, by, total, at, _linear)


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
    names = as_list(by)
    check_groups(frame, names)
    answers(frame, outcome)
    quantity = answers(frame, over)
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
        table = prediction(frame, outcome, over, chosen, points)
        filled: dict[str, Any] = dict(zip(names, combination, strict=True))
        tables.append(table.assign(**filled))
        who += [(np.unique(persons[chosen]), TOTAL in combination)] * len(table)
    nothing = pd.DataFrame(columns=[*names, "x", "p_value"])
    result = pd.concat(tables, ignore_index=True) if tables else nothing
    what = about(frame).estimated(outcome, over, *names)
    whose = about(frame).population
    more = ["link"] if "link" in result else []
    result[more] = result[more].fillna("linear")
    result = protect(finish(result, what, "x", "p_value", *more, measure="predicted_mean", population=whose))
    result = hide_unfree(result, result["n"].to_numpy(), COEFFICIENTS)
    # Curves can't be added up, but their numbers of persons can.
    return settle_numbers(result, who)


def share_curve(
    frame: pd.DataFrame,
    variables: str | Sequence[str],
    over: str = "office_size",
    by: str | Sequence[str] = (),
    *,
    total: str | None = None,
    at: Sequence[float] | None = None,
    model: str = "bounded",
) -> pd.DataFrame:
    """Curves of shares in per cent: one for each category of a categorical variable, or for each of some binary ones.

    Parameters
    ----------
    frame, over, by, total, at
        As in `curve`.
    variables : str or sequence of str
        A categorical variable (footnotes 14 and 15 of the report), or binary ones (footnotes 24 and 26).
    model : str
        `linear`, a linear probability model; `logit`; or `bounded`, the linear one with its band cut at 0 and 100, and
        the logistic one in place of a curve whose line leaves them.

    Returns
    -------
    pandas.DataFrame
        As `curve`, in per cent, measure `predicted_share_pct`; `answer` is the category, `item` the binary variable.
        `link` says which curves are logistic, where a bounded one is.

    Raises
    ------
    ValueError
        When the model is none of them.

    Examples
    --------
    >>> units = share_curve(now, "youth_unit", by="wave", model="logit")
    >>> slope(units)
    'øker'
    >>> exhibit("fig-s5", units, kind="curves", rows="ansatte", unit="prosent", title="Ungdomsenhet på kontoret")
    Figur S5: Ungdomsenhet på kontoret
    """
    if model not in MODELS:
        raise ValueError(f"{model} is no model of shares; take one of {', '.join(MODELS)}")
    names = [variables] if isinstance(variables, str) else list(variables)
    tables = []
    for name in names:
        for level, outcome in outcomes(frame, name):
            part = described(frame.assign(**{name: outcome}), about(frame))
            table = _curve(part, name, over, by, total, at, MODELS[model])
            tables.append(table.assign(answer=level) if level else table.assign(item=about(frame).label(name)))
    result = pd.concat(tables, ignore_index=True)
    result["measure"] = "predicted_share_pct"
    return described(result, about(tables[0]), variables=used_variables(tables))


def _curves(
    frame: pd.DataFrame,
    outcomes: Sequence[str],
    over: str,
    by: str | Sequence[str],
    total: str | None,
    at: Sequence[float] | None,
) -> pd.DataFrame:
    """Curves of several outcomes below each other."""
    label = about(frame).label
    tables = [curve(frame, name, over, by, total=total, at=at) for name in outcomes]
    named = [table.assign(item=label(name)) for name, table in zip(outcomes, tables, strict=True)]
    result = pd.concat(named, ignore_index=True)
    return described(result, about(tables[0]), variables=used_variables(tables))


def _grid(quantity: np.ndarray) -> np.ndarray:
    low, high = inner_percentiles(quantity, 2, 98)
    return np.linspace(np.ceil(low), np.floor(high), POINTS)


def _model(frame: pd.DataFrame, outcome: str, over: str, chosen: np.ndarray) -> tuple[Any, Design] | None:
    """An outcome over a quantity and its square, as statsmodels reads it; None where three numbers can't be told."""
    known = frame.loc[chosen, [outcome, over, "weight", "wave"]].reset_index(drop=True)
    known = described(known.astype({outcome: float, over: float}), About())
    try:
        return read(f"{outcome} ~ {over} + I({over}**2)", known, {}) if len(known) > COEFFICIENTS else None
    except ReportError:
        return None


def _covariance(frame: pd.DataFrame, chosen: np.ndarray, scores: Floats, information: Floats) -> Floats:
    """Covariance of coefficients by linearisation, waves as strata; all rows of `frame` count as sampled.

    `scores` are the chosen persons' contributions to the equations that the coefficients solve, and `information` the
    equations' derivative. A wave of one person has no variance: then there is no band, and no curve without one.
    """
    influence = np.zeros((len(frame), scores.shape[1]))
    influence[chosen] = scores @ np.linalg.inv(information)
    wave = frame["wave"].to_numpy()
    sampled = np.isin(wave, wave[chosen])
    return linearized_covariance(influence[sampled], wave[sampled])


def _empty(points: np.ndarray, chosen: np.ndarray) -> pd.DataFrame:
    columns = dict.fromkeys(["estimate", "standard_error", "p_value"], np.full(len(points), np.nan))
    return pd.DataFrame({"x": points, **columns}).assign(n=int(chosen.sum()))


def _errors(grid: Floats, covariance: Floats) -> Floats:
    """Standard errors along a grid; where a curve fits exactly, the last digit may fall below 0."""
    return np.asarray(np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", grid, covariance, grid), 0.0)), dtype=float)


def _linear(frame: pd.DataFrame, outcome: str, over: str, chosen: np.ndarray, points: np.ndarray) -> pd.DataFrame:
    """One fitted curve, shape (points, columns). All rows of `frame` count as sampled, `chosen` is the domain."""
    table, fit = _empty(points, chosen), fit_linear(frame, outcome, over, chosen)
    if fit is not None and not np.isnan(fit.covariance).any():
        grid = fit.design.at(pd.DataFrame({over: points}))
        table["estimate"], table["standard_error"] = grid @ fit.params, _errors(grid, fit.covariance)
        table["p_value"] = _wald(fit)
    half = NORMAL_975 * table["standard_error"]
    return table.assign(ci_low=table["estimate"] - half, ci_high=table["estimate"] + half)


def fit_linear(frame: pd.DataFrame, outcome: str, over: str, chosen: np.ndarray) -> Fit | None:
    """Fit an outcome over a quantity and its square among the chosen rows of all that count as sampled."""
    found = _model(frame, outcome, over, chosen)
    if found is None:
        return None
    model, made = found
    scale, response, weight = scales(made.matrix), np.asarray(model.endog), np.asarray(model.weights)
    matrix = made.matrix / scale
    params = _params(response, matrix, weight)
    scores = (weight * (response - matrix @ params))[:, None] * matrix
    covariance = _covariance(frame, chosen, scores, matrix.T @ (weight[:, None] * matrix)) / np.outer(scale, scale)
    return Fit(model.formula, "curve", made, params / scale, covariance, NO_P, weight)


def _params(response: Floats, matrix: Floats, weight: Floats) -> Floats:
    """Coefficients, shape (3,); those of answers that are all alike are known without rounding."""
    if np.ptp(response) == 0:
        return np.array([0.0, 0.0, response[0]])
    return np.asarray(WLS(response, matrix, weights=weight).fit().params, dtype=float)


def _wald(fit: Fit) -> float:
    """P-value of both slopes being 0; NaN where answers are so alike that they give no error to test by."""
    outcome, errors = fit.design.known.iloc[:, 0], fit.errors[:-1]
    if outcome.min() == outcome.max() or not errors.all():
        return float("nan")
    ratios, correlation = fit.params[:-1] / errors, fit.covariance[:-1, :-1] / np.outer(errors, errors)
    if np.linalg.matrix_rank(correlation) < len(ratios):
        return float("nan")
    return float(chi2.sf(ratios @ np.linalg.solve(correlation, ratios), df=2))


def _logistic(frame: pd.DataFrame, outcome: str, over: str, chosen: np.ndarray, points: np.ndarray) -> pd.DataFrame:
    """One fitted curve, in per cent; its band is made on the logit scale, so that it stays between 0 and 100."""
    table = _empty(points, chosen).assign(ci_low=np.nan, ci_high=np.nan)
    fit = fit_logistic(frame, outcome, over, chosen)
    if fit is None or np.isnan(fit.covariance).any():
        return table
    grid = fit.design.at(pd.DataFrame({over: points}))
    score, error = grid @ fit.params, _errors(grid, fit.covariance)
    share = expit(score)
    table["estimate"], table["standard_error"] = PERCENT * share, PERCENT * share * (1.0 - share) * error
    table["ci_low"], table["ci_high"] = (PERCENT * expit(score + z * error) for z in (-NORMAL_975, NORMAL_975))
    return table.assign(p_value=_wald(fit))


def _bounded(frame: pd.DataFrame, outcome: str, over: str, chosen: np.ndarray, points: np.ndarray) -> pd.DataFrame:
    """The linear curve, its band cut at 0 and 100; the logistic one where the line itself leaves them, if it exists.

    A band by the logit would need an error that shrinks towards the ends as a share's does; a line's does not. No share
    lies in what is cut, so the band covers what it did.
    """
    table = _linear(frame, outcome, over, chosen, points)
    line, low, high = table[["estimate", "ci_low", "ci_high"]].to_numpy(dtype=float).T
    if outside(line).any():
        other = _logistic(frame, outcome, over, chosen, points)
        return other.assign(link="logit") if other["estimate"].notna().any() else table
    return table.assign(ci_low=np.maximum(low, 0.0), ci_high=np.minimum(high, PERCENT))


def fit_logistic(frame: pd.DataFrame, outcome: str, over: str, chosen: np.ndarray) -> Fit | None:
    """Fit a weighted logistic regression of an answer of 0 or 100 on a quantity and its square.

    Pseudo-likelihood by statsmodels' binomial GLM, whose covariance is replaced by linearisation with waves as strata:
    equal to R `survey` 4.1 `svyglm(family = quasibinomial())`. None where all answered alike, or where the quantity
    parts the answers perfectly: then no logistic curve exists.
    """
    found = _model(frame.assign(**{outcome: frame[outcome] / PERCENT}), outcome, over, chosen)
    if found is None:
        return None
    model, made = found
    scale, answer, weight = scales(made.matrix), np.asarray(model.endog), np.asarray(model.weights)
    matrix = made.matrix / scale
    params = _logit_params(answer, matrix, weight)
    if params is None:
        return None
    probability = expit(matrix @ params)
    information = matrix.T @ ((weight * probability * (1.0 - probability))[:, None] * matrix)
    covariance = _covariance(frame, chosen, (weight * (answer - probability))[:, None] * matrix, information)
    return Fit(model.formula, "logit", made, params / scale, covariance / np.outer(scale, scale), NO_P, weight)


def _logit_params(answer: Floats, matrix: Floats, weight: Floats) -> Floats | None:
    """Coefficients, shape (3,); None where there are none."""
    if len(np.unique(answer)) < 2:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("error", PerfectSeparationWarning)
        warnings.simplefilter("error", ConvergenceWarning)
        try:
            model = GLM(answer, matrix, family=Binomial(), var_weights=weight / weight.mean())
            # The deviance stands still long before the coefficients do where weights are very unequal.
            fitted = model.fit(tol=1e-10, tol_criterion="params", maxiter=100)
        except (PerfectSeparationWarning, ConvergenceWarning):
            return None
    return np.asarray(fitted.params, dtype=float)


MODELS: dict[str, Prediction] = {"bounded": _bounded, "linear": _linear, "logit": _logistic}
