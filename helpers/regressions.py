"""Weighted linear regressions of the annexes, and the means they predict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm, t
from statsmodels.regression.linear_model import WLS

from .design import CONSTANT, Design, Floats, design
from .disclosure import hide_for, protect
from .freedom import hidden_columns, hidden_prediction, lacks_freedom
from .linearization import NORMAL_975
from .release import FREEDOM
from .tidy import COLUMNS, KEYS
from .vouched import vouched_p

R2, PERSONS = "R²", "N"
# The thresholds printed below annexes 2–4.
STARS = ((0.001, "***"), (0.01, "**"), (0.05, "*"))
# Residual variance over the outcome's mean square that is no more than rounding.
EXACT = 1e-24


@dataclass(frozen=True)
class Fit:
    """A fitted linear model.

    Attributes
    ----------
    design : Design
        Its columns.
    weight : ndarray, shape (persons,)
        Survey weights of the persons in it.
    params, p_values : ndarray, shape (columns,)
        Coefficients, and p-values of their being 0.
    covariance : ndarray, shape (columns, columns)
        Of the coefficients.
    extra : dict of str to (str, float)
        Further rows of the table: name to measure and value.
    freedom : float
        Degrees of freedom of the coefficients' t distribution; infinite for the normal one.
    """

    design: Design
    weight: Floats
    params: Floats
    covariance: Floats
    p_values: Floats
    extra: dict[str, tuple[str, float]]
    freedom: float = np.inf


def stars(p_value: float) -> str:
    """Write the stars of a p-value: 5, 1 and 0.1 per cent."""
    told = float(vouched_p(p_value))
    return next((text for threshold, text in STARS if told < threshold), "")


def fit_ols(frame: pd.DataFrame, outcome: str, terms: Sequence[str]) -> Fit:
    """Fit a weighted linear regression with HC1 errors.

    Parameters
    ----------
    frame, outcome, terms
        As in `regression`, one outcome.

    Returns
    -------
    Fit
    """
    made = design(frame, outcome, terms)
    weight = frame.loc[made.rows, "weight"].to_numpy(dtype=float)
    response = frame.loc[made.rows, outcome].to_numpy(dtype=float)
    # Columns of very different size would cost digits: fitted on a common scale, by powers of two without rounding.
    scale = 2.0 ** np.ceil(np.log2(np.abs(made.matrix).max(axis=0)))
    model = WLS(response, made.matrix / scale, weights=weight)
    plain = model.fit()
    params, freedom = np.asarray(plain.params, dtype=float) / scale, float(plain.df_resid)
    # statsmodels' own R² of a weighted model with the constant in the last column needs no correction.
    explained = float(plain.rsquared) if np.ptp(response) > 0 else np.nan
    extra = {R2: ("r2", explained), PERSONS: ("n", float(len(response)))}
    if fits_exactly(response, params, made.matrix):
        unknown = np.full(len(params), np.nan)
        return Fit(made, weight, params, np.outer(unknown, unknown), unknown, extra, freedom)
    robust = model.fit(cov_type="HC1", use_t=True)
    covariance, p_values = (np.asarray(part, dtype=float) for part in (robust.cov_params(), robust.pvalues))
    covariance = covariance / np.outer(scale, scale)
    return Fit(made, weight, params, covariance, p_values, extra, freedom)


def fits_exactly(response: Floats, params: Floats, matrix: Floats) -> bool:
    """Tell whether a model leaves nothing but rounding, so that its errors and p-values would be rounding, too.

    Parameters
    ----------
    response : ndarray, shape (persons,)
        The outcome.
    params : ndarray, shape (columns,)
        Coefficients.
    matrix : ndarray, shape (persons, columns)
        The design.

    Returns
    -------
    bool
        True for an outcome that all have in common, and for one that the terms give exactly. R's `summary.lm` warns of
        an «essentially perfect fit» by the same rule.
    """
    rest = float(np.mean((response - matrix @ params) ** 2))
    return rest <= EXACT * float(np.mean(response) ** 2 + np.var(response))


def regression(frame: pd.DataFrame, outcome: str | Sequence[str], terms: Sequence[str]) -> pd.DataFrame:
    """Weighted linear regression of outcomes on the same terms; of a 0/1 outcome a linear probability model.

    Parameters
    ----------
    frame : pandas.DataFrame, shape (persons, variables)
        Respondents with `weight`.
    outcome : str or sequence of str
        Numeric or 0/1 variables, one regression each.
    terms : sequence of str
        See `design.design`.

    Returns
    -------
    pandas.DataFrame
        Tidy rows: `category` names the outcome, `group` the term; measures `coef`, `constant`, `r2` and `n`; with
        `p_value` and `stars`.

    Notes
    -----
    statsmodels' WLS with cov_type HC1 and the t distribution: equal to Stata's `regress … [pweight]` and to R's
    `lm(weights=)` with `sandwich::vcovHC(type = "HC1")`. Who did not answer one of the variables is left out. Intervals
    have the t quantile, too, so that they leave out 0 exactly where there is a star. Without residuals there are no
    errors (`fits_exactly`).
    """
    outcomes = [outcome] if isinstance(outcome, str) else list(outcome)
    fits = {name: fit_ols(frame, name, terms) for name in outcomes}
    return coefficients(fits, frame)


def coefficients(fits: dict[str, Fit], frame: pd.DataFrame) -> pd.DataFrame:
    """Write fitted models as tidy rows; see `regression`."""
    labels = frame.attrs.get("labels", {})
    tables = []
    for outcome, fit in fits.items():
        errors = np.sqrt(np.diag(fit.covariance))
        measures = ["constant" if name == CONSTANT else "coef" for name in fit.design.labels]
        table = pd.DataFrame({
            "category": str(labels.get(outcome, outcome)), "group": fit.design.labels, "measure": measures,
            "estimate": fit.params, "standard_error": errors, "p_value": fit.p_values,
        })  # fmt: skip
        extra = pd.DataFrame(
            [{"category": str(labels.get(outcome, outcome)), "group": name, "measure": measure, "estimate": value}
             for name, (measure, value) in fit.extra.items()]
        )  # fmt: skip
        closed = hidden_columns(fit.design)
        table["closed"] = [closed.get(column, "") for column in range(len(table))]
        table = pd.concat([table, extra], ignore_index=True)
        table["n"] = len(fit.weight)
        table["quantile"] = float(t.ppf(0.975, fit.freedom))
        table["closed"] = FREEDOM if _is_unfree(fit) else table["closed"].fillna("")
        tables.append(table)
    result = _finish(pd.concat(tables, ignore_index=True), frame)
    result.attrs["terms"] = _bases(next(iter(fits.values())).design, labels) if fits else []
    result["stars"] = ["" if np.isnan(p) else stars(p) for p in result["p_value"]]
    result.attrs["variables"] = _variables(fits)
    return result


def _is_unfree(fit: Fit) -> bool:
    """Whether a model has too few persons for its coefficients, or too few offices to tell them from persons."""
    groups = [value for measure, value in fit.extra.values() if measure == "n"]
    return lacks_freedom(len(fit.weight), len(fit.params)) or lacks_freedom(min(groups, default=np.inf), 1)


def _bases(design: Design, labels: dict[str, str]) -> list[tuple[str, str, list[str]]]:
    """Label, base category and other categories of each categorical variable: what a table of the model needs."""
    return [
        (str(labels.get(term.name, term.name)), design.levels[term.name][0], design.levels[term.name][1:])
        for term in design.terms
        if term.name in design.levels and not term.coded
    ]


def predicted_means(
    fits: dict[str, Fit],
    frame: pd.DataFrame,
    variable: str,
    at: Sequence[float | str] | None = None,
    *,
    percent: bool = False,
) -> pd.DataFrame:
    """Predictive margins: the average prediction when everyone has one value of a variable.

    Parameters
    ----------
    fits : dict of str to Fit
        Outcome to its model, of `fit_ols` or `multilevel.fit_mixed`.
    frame : pandas.DataFrame
        The respondents they were fitted to.
    variable : str
        The variable that is set.
    at : sequence, optional
        Its values; all categories of a categorical variable, 1 and 0 of another when left out.
    percent : bool
        Whether the outcomes are 0/1 and predictions are wanted in per cent.

    Returns
    -------
    pandas.DataFrame
        Tidy rows: `category` names the outcome, `group` the category or «ja»/«nei»; of a number `x` is the value.

    Notes
    -----
    Average over the persons of the model with their weights (Stata `margins`). The model is linear and has no
    interactions, so the average row of the design is all that is needed, and the delta method is exact.
    """
    labels = frame.attrs.get("labels", {})
    rows = []
    for outcome, fit in fits.items():
        values = at if at is not None else fit.design.levels.get(variable, [1.0, 0.0])
        for value in values:
            row = fit.design.average(fit.weight, variable, value)
            group = value if isinstance(value, str) else ("ja" if value else "nei") if at is None else f"{value:g}"
            scale = 100.0 if percent else 1.0
            rows.append({
                "category": str(labels.get(outcome, outcome)), "group": group,
                "x": np.nan if isinstance(value, str) else float(value), "n": len(fit.weight),
                "estimate": scale * float(row @ fit.params),
                "standard_error": scale * float(np.sqrt(max(float(row @ fit.covariance @ row), 0.0))),
                "closed": FREEDOM if _is_unfree(fit) else hidden_prediction(fit.design, variable, value),
            })  # fmt: skip
    table = pd.DataFrame(rows)
    table["measure"] = "predicted_share_pct" if percent else "predicted_mean"
    table["p_value"] = np.nan
    result = _finish(table, frame, ["x"])
    result.attrs["variables"] = _variables(fits)
    return result


def _variables(fits: dict[str, Fit]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*fits, *(term.name for fit in fits.values() for term in fit.design.terms)]))


def _finish(table: pd.DataFrame, frame: pd.DataFrame, more: Sequence[str] = ()) -> pd.DataFrame:
    table["population"] = frame.attrs.get("population", "")
    waves = frame["wave"].unique()
    table["wave"] = waves[0] if len(waves) == 1 else ""
    for key in KEYS:
        if key not in table:
            table[key] = ""
    quantile = table.get("quantile", NORMAL_975)
    table["ci_low"] = table["estimate"] - quantile * table["standard_error"]
    table["ci_high"] = table["estimate"] + quantile * table["standard_error"]
    table = hide_for(protect(table[[*COLUMNS, *more, "p_value"]]), table["closed"])
    table.attrs = {key: frame.attrs[key] for key in ("source", "survey_year") if key in frame.attrs}
    return table


def normal_p(params: Floats, covariance: Floats) -> Floats:
    """Two-sided p-values by the normal distribution."""
    return np.asarray(2.0 * norm.sf(np.abs(params) / np.sqrt(np.diag(covariance))), dtype=float)


def turning_point(fit: Fit, frame: pd.DataFrame, variable: str) -> pd.DataFrame:
    """Value of a variable where a curve of it and its square turns.

    Parameters
    ----------
    fit : Fit
        A model with the terms `variable` and `variable**2`.
    frame : pandas.DataFrame
        The respondents it was fitted to.
    variable : str
        The variable.

    Returns
    -------
    pandas.DataFrame
        One tidy row, measure `turning_point`: −b₁ / 2b₂ with its delta-method error; p-value of the square. Without
        numbers where the model has no errors: whether the square is 0 can't be told then.
    """
    places = {term.power: columns[0] for term, columns in zip(fit.design.terms, fit.design.columns_of, strict=True)
              if term.name == variable}  # fmt: skip
    one, two = fit.params[places[1]], fit.params[places[2]]
    if two == 0 or np.isnan(fit.covariance).any():
        two = np.nan
    slope = np.zeros(len(fit.params))
    slope[places[1]], slope[places[2]] = -1.0 / (2.0 * two), one / (2.0 * two**2)
    table = pd.DataFrame({
        "estimate": [-one / (2.0 * two)], "standard_error": [float(np.sqrt(slope @ fit.covariance @ slope))],
        "p_value": [fit.p_values[places[2]]], "n": [len(fit.weight)], "measure": ["turning_point"], "x": [np.nan],
        "group": [""], "category": [str(frame.attrs.get("labels", {}).get(variable, variable))],
        "closed": [FREEDOM if _is_unfree(fit) else ""],
    })  # fmt: skip
    return _finish(table, frame, ["x"])
