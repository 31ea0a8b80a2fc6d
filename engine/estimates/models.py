"""Regressions as formulas: statsmodels reads and solves them; here they become tidy rows and predictions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm, t
from statsmodels.regression.linear_model import WLS

from engine.data.persons import NUMBERED
from engine.disclosure.rules import (
    FREEDOM,
    hidden_columns,
    hidden_prediction,
    hide_for,
    inner_percentiles,
    lacks_freedom,
    protect,
)
from engine.errors import unknown
from engine.table import MARKS, NORMAL_975, About, about, described, finish, stack
from engine.vouched import vouched_p

from .cells import fits_exactly
from .formulas import CONSTANT, Design, Floats, complete, read, scales, variables
from .mixed import random_intercept
from .weighted import waves_asked

R2, PERSONS = "R²", "N"
# The thresholds printed below annexes 2–4.
STARS = ((0.001, "***"), (0.01, "**"), (0.05, "*"))
# Yes or no each, so the heading that a table puts above them has no base.
USERS, MOST_USERS = "users_", "mer enn halvparten av brukerne er"
RANGE, POINTS = "range", 21


@dataclass(frozen=True, repr=False)
class Fit:
    """A fitted model of one outcome.

    Attributes
    ----------
    formula : str
        In statsmodels' language.
    method : str
        What solved it: `wls`, `mixed`, `curve`, `logit`, `panel` or `cells`.
    design : Design
        Its columns.
    params, p_values : ndarray, shape (columns,)
        Coefficients, and p-values of their being 0.
    covariance : ndarray, shape (columns, columns)
        Of the coefficients.
    weight : ndarray, shape (persons,)
        Survey weights of the persons in it; ones in a model without weights.
    extra : dict of str to (str, float)
        Further rows of the table: name to measure and value.
    freedom : float
        Degrees of freedom of the coefficients' t distribution; infinite for the normal one.
    persons : callable, optional
        Gives the rows of a model that was not fitted row by row.
    """

    formula: str
    method: str
    design: Design
    params: Floats
    covariance: Floats
    p_values: Floats
    weight: Floats
    extra: Mapping[str, tuple[str, float]] = field(default_factory=dict)
    freedom: float = np.inf
    persons: Callable[[], pd.DataFrame] | None = None

    def __repr__(self) -> str:
        """Tell the formula; never a row."""
        return f"Fit({self.formula})"

    @property
    def errors(self) -> Floats:
        """Standard errors, shape (columns,)."""
        return np.asarray(np.sqrt(np.diag(self.covariance)), dtype=float)

    def frame(self) -> pd.DataFrame:
        """Give exactly the rows and columns that were estimated, with weight and groups.

        Returns
        -------
        pandas.DataFrame, shape (persons, variables)
            What `smf.wls(fit.formula, frame, weights=frame["weight"]).fit(cov_type="HC1", use_t=True)` needs. These
            are persons: of the synthetic twin, or for an analyst who may see the rows of real data. A build of real
            data must not bring them to a page, whole or in part.
        """
        return self.persons() if self.persons else self.design.known.copy()


def stars(p_value: float, thresholds: Sequence[tuple[float, str]] = STARS) -> str:
    """Write the stars of a p-value; by default 5, 1 and 0.1 per cent."""
    told = float(vouched_p(p_value))
    return next((text for threshold, text in thresholds if told < threshold), "")


def _weighted(formula: str, frame: pd.DataFrame) -> Fit:
    """Weighted least squares with HC1 errors; no errors where the formula leaves no residuals (`fits_exactly`)."""
    model, made = read(formula, complete(formula, frame, "weight"), about(frame).labels)
    scale = scales(made.matrix)
    solver = WLS(model.endog, made.matrix / scale, weights=model.weights)
    plain, response = solver.fit(), np.asarray(model.endog, dtype=float)
    params = np.asarray(plain.params, dtype=float)
    explained = float(plain.rsquared) if np.ptp(response) > 0 else np.nan
    covariance, p_values = np.full((len(params), len(params)), np.nan), np.full(len(params), np.nan)
    if not fits_exactly(response, params, made.matrix / scale):
        robust = solver.fit(cov_type="HC1", use_t=True)
        covariance = np.asarray(robust.cov_params(), dtype=float) / np.outer(scale, scale)
        p_values = np.asarray(robust.pvalues, dtype=float)
    extra = {R2: ("r2", explained), PERSONS: ("n", float(len(response)))}
    weight, freedom = np.asarray(model.weights, dtype=float), float(plain.df_resid)
    return Fit(formula, "wls", made, params / scale, covariance, p_values, weight, extra, freedom)


def _mixed(formula: str, frame: pd.DataFrame, groups: str) -> Fit:
    """Random intercept for each of some groups, by REML and without weights, as the source's model."""
    known = complete(formula, frame, groups)
    model, made = read(formula, known, about(frame).labels)
    found = random_intercept(made.matrix, np.asarray(model.endog, dtype=float), known[groups].to_numpy())
    p_values = 2.0 * norm.sf(np.abs(found.params) / np.sqrt(np.diag(found.covariance)))
    extra = {
        "mellom kontor": ("icc_pct", found.between_pct),
        "mellom veiledere": ("variance_share_pct", 100.0 - found.between_pct),
        "standardavvik mellom kontor": ("sd", found.sd_between),
        "standardavvik mellom veiledere": ("sd", found.sd_within),
        PERSONS: ("n", float(len(known))), "kontor": ("n", float(found.groups)),
    }  # fmt: skip
    weight = np.ones(len(known))
    return Fit(formula, "mixed", made, found.params, found.covariance, np.asarray(p_values, dtype=float), weight, extra)


@dataclass(frozen=True, repr=False)
class Models:
    """Models of several outcomes on the same terms; none where an edition did not ask for what they need.

    Attributes
    ----------
    fits : dict of str to Fit
        By outcome.
    respondents : pandas.DataFrame
        Whom `fit` was given.
    """

    fits: dict[str, Fit]
    respondents: pd.DataFrame

    def __repr__(self) -> str:
        """Tell the outcomes; never a row."""
        return f"Models({', '.join(self.fits) or 'not asked'})"

    def __getitem__(self, outcome: str) -> Fit:
        """Return the model of one outcome."""
        return self.fits[outcome]

    def __iter__(self) -> Iterator[Fit]:
        """Go through the models."""
        return iter(self.fits.values())

    @property
    def first(self) -> Fit:
        """The model of the first outcome."""
        return next(iter(self))

    @property
    def formula(self) -> str:
        """Formula of the first outcome; of another one `models[outcome].formula`."""
        return self.first.formula

    def frame(self) -> pd.DataFrame:
        """Rows that the first outcome's model was estimated from; see `Fit.frame` for who may see them."""
        return self.first.frame()

    @property
    def table(self) -> pd.DataFrame:
        """Coefficients as tidy rows: `outcome`, `term`; measures `coef`, `constant`, `r2`, `n`, stars."""
        if not self.fits:
            return self._finish(pd.DataFrame(columns=["outcome", "term", "closed", "p_value", "stars"]))
        label = about(self.respondents).label
        table = pd.concat([coefficients(fit).assign(outcome=label(name)) for name, fit in self.fits.items()],
                          ignore_index=True)  # fmt: skip
        return described(self._finish(table), terms=self._headings())

    def _headings(self) -> list[tuple[str, str, list[str]]]:
        """Label, base and other categories of each categorical variable: what a table of the model needs."""
        made, label = self.first.design, about(self.respondents).label
        headings = [(label(name), levels[0], levels[1:]) for name, levels in made.levels.items()]
        users = [label(term.name) for term in made.terms if term.name.startswith(USERS)]
        return [*headings, *([(MOST_USERS, "", users)] if users else [])]

    def turning_point(self, variable: str) -> pd.DataFrame:
        """Where the curve of a variable and its square turns in the first model.

        Returns
        -------
        pandas.DataFrame
            One tidy row, measure `turning_point`: −b₁ / 2b₂ with its delta-method error; p-value of the square. Without
            numbers where the model has no errors: whether the square is 0 can't be told then.
        """
        if not self.fits:
            return self._finish(pd.DataFrame(columns=["term", "closed", "x", "p_value", "stars"]))
        fit = self.first
        places = {term.power: columns[0] for term, columns in zip(fit.design.terms, fit.design.columns_of, strict=True)
                  if term.name == variable}  # fmt: skip
        one, two = fit.params[places[1]], fit.params[places[2]]
        if two == 0 or np.isnan(fit.covariance).any():
            two = np.nan
        slope = np.zeros(len(fit.params))
        slope[places[1]], slope[places[2]] = -1.0 / (2.0 * two), one / (2.0 * two**2)
        row = {
            "estimate": -one / (2.0 * two), "standard_error": float(np.sqrt(slope @ fit.covariance @ slope)),
            "p_value": fit.p_values[places[2]], "n": len(fit.weight), "measure": "turning_point", "x": np.nan,
            "term": about(self.respondents).label(variable), "closed": FREEDOM if _is_unfree(fit) else "",
        }  # fmt: skip
        return self._finish(pd.DataFrame([row]))

    def _finish(self, table: pd.DataFrame) -> pd.DataFrame:
        """Tidy rows, those hidden that must be, with what tables of these respondents carry."""
        frame = self.respondents
        waves = frame["wave"].unique()
        names = [*self.fits, *(name for fit in self for name in variables(fit.formula)[1:])]
        what = about(frame).estimated(*(NUMBERED.get(name, name) for name in names))
        closed = table["closed"]
        made = tidy(table, what, population=about(frame).population, wave=waves[0] if len(waves) == 1 else "")
        return hide_for(protect(made), closed)


def fit(formula: str | Sequence[str], frame: pd.DataFrame, *, groups: str = "") -> Models:
    """Fit a model that a formula tells, or several with the same right side.

    Parameters
    ----------
    formula : str or sequence of str
        In statsmodels' (patsy's) language: `"time_users ~ caseload + I(caseload**2) + experience"`, one an outcome. The
        codebook's categorical variables are categorical by themselves; the first category that anyone has is the base.
        `outcome ~ 1` is the empty model.
    frame : pandas.DataFrame, shape (persons, variables)
        Respondents with `weight`, as a rule of one wave. Who did not answer one of a formula's variables is left out.
    groups : str
        Variable whose values share a random intercept (`office_id`): a mixed model by REML, without weights. Without
        it, weighted least squares with HC1 errors and the t distribution.

    Returns
    -------
    Models
        `.table`, `.formula` and `.frame()`. Without models where none of the frame's waves asked for all they need.

    Raises
    ------
    ReportError
        It is no formula, the frame lacks a variable, nobody answered everything, or terms say the same.

    Notes
    -----
    statsmodels' `smf.wls(formula, frame, weights=frame["weight"]).fit(cov_type="HC1", use_t=True)`, solved with columns
    brought to one scale: equal to Stata's `regress … [pweight]` and to R's `lm(weights=)` with
    `sandwich::vcovHC(type = "HC1")`; of a 0/1 outcome a linear probability model. Mixed: R's `lme4::lmer`.

    Examples
    --------
    >>> models = fit("time_users ~ caseload + experience + sector", now)
    >>> models.formula, len(models.frame())
    ('time_users ~ caseload + experience + sector', 2323)
    >>> slope(models.table, "portefølje")
    'avtar'
    >>> exhibit("tbl-s1", models.table, kind="regression", columns="outcome", digits=3, title="Nok tid")
    Tabell S1: Nok tid
    """
    formulas = [formula] if isinstance(formula, str) else list(formula)
    asked = waves_asked(frame, [name for one in formulas for name in variables(one)])
    if asked is not None and not asked & set(frame["wave"]):
        return Models({}, frame)
    return Models({variables(one)[0]: _mixed(one, frame, groups) if groups else _weighted(one, frame)
                   for one in formulas}, frame)  # fmt: skip


def margins(
    models: Models,
    variable: str | Sequence[str],
    at: Sequence[float | str] | str | None = None,
    *,
    percent: bool = False,
) -> pd.DataFrame:
    """Predictive margins: the average prediction when everyone has one value of a variable.

    Parameters
    ----------
    models : Models
        Of `fit`.
    variable : str or sequence of str
        One of the models' variables; or several yes/no ones, of each of which «yes» is predicted (`value` names it).
    at : sequence, "range", optional
        Its values; "range" takes 21 from the 2nd to the 98th percentile of persons; left out: all categories, or 1 and
        0.
    percent : bool
        Whether the outcomes are 0/1 and predictions are wanted in per cent.

    Returns
    -------
    pandas.DataFrame
        Tidy rows: `outcome`, and `value`, the variable's category or «ja»/«nei»; of a number `x` is the value.
        Without rows where there are no models.

    Notes
    -----
    Average over the persons of the model with their weights (Stata `margins`). The model is linear in its coefficients,
    so the average row of the design is all that is needed, and the delta method is exact.

    Examples
    --------
    >>> model = fit("time_users ~ caseload + I(caseload**2)", now)
    >>> for_each = margins(model, "caseload", [20, 60, 100])
    >>> nb(for_each.query("x == 20"), digits=1), nb(for_each.query("x == 100"), digits=1)
    ('4,0', '3,6')
    >>> along = margins(model, "caseload", "range")
    >>> exhibit("fig-s6", along, kind="curves", rows="brukere", unit="snitt, 1–5", digits=1, title="Nok tid")
    Figur S6: Nok tid
    """
    if not isinstance(variable, str):
        return _margins_among(models, variable, percent)
    frame, label = models.respondents, about(models.respondents).label
    if models.fits and variable not in models.first.design.known:
        raise unknown("variable of the model", variable, models.first.design.known.columns, "margins")
    if isinstance(at, str) and at != RANGE:
        raise ValueError(f"«{at}» is no choice of values; give them, or «{RANGE}»")
    if isinstance(at, str) and models.fits:
        low, high = inner_percentiles(frame[variable].to_numpy(dtype=float), 2, 98)
        at = [float(point) for point in np.linspace(low, high, POINTS)]
    rows = []
    for outcome, fit in models.fits.items():
        for value in fit.design.levels.get(variable, [1.0, 0.0]) if at is None else at:
            word = value if isinstance(value, str) else "ja" if value else "nei"
            row = {"outcome": label(outcome)} | ({"value": word} if at is None or isinstance(value, str) else {})
            rows.append({**row, **_prediction(fit, variable, value, 100.0 if percent else 1.0)})
    table = pd.DataFrame(rows, columns=None if rows else ["outcome", "value", "closed", "x"])
    return models._finish(table.assign(measure="predicted_share_pct" if percent else "predicted_mean", p_value=np.nan))


def _prediction(fit: Fit, variable: str, value: float | str, scale: float) -> dict[str, Any]:
    row = fit.design.average(fit.weight, variable, value)
    return {
        "x": np.nan if isinstance(value, str) else float(value), "n": len(fit.weight),
        "estimate": scale * float(row @ fit.params),
        "standard_error": scale * float(np.sqrt(max(float(row @ fit.covariance @ row), 0.0))),
        "closed": FREEDOM if _is_unfree(fit) else hidden_prediction(fit.design, variable, value),
    }  # fmt: skip


def _margins_among(models: Models, names: Sequence[str], percent: bool) -> pd.DataFrame:
    """«Yes» to one yes/no variable after the other; such a characteristic is no point on an axis."""
    labels = about(models.respondents).labels
    tables = [margins(models, name, [1.0], percent=percent).assign(value=labels.get(name, name)) for name in names]
    return stack(*tables).assign(x=np.nan)


def coefficients(
    fit: Fit, thresholds: Sequence[tuple[float, str]] = STARS, closed: Mapping[int, str] | None = None
) -> pd.DataFrame:
    """Rows of a fitted model: its coefficients, then what else it tells; `closed` says why a row must be hidden."""
    names = fit.design.labels
    table = pd.DataFrame({
        "term": names, "measure": ["constant" if name == CONSTANT else "coef" for name in names],
        "estimate": fit.params, "standard_error": fit.errors, "p_value": fit.p_values,
    })  # fmt: skip
    closed = hidden_columns(fit.design) if closed is None else closed
    table["closed"] = [closed.get(column, "") for column in range(len(table))]
    more = [{"term": name, "measure": measure, "estimate": value} for name, (measure, value) in fit.extra.items()]
    table = pd.concat([table, pd.DataFrame(more)], ignore_index=True)
    table["closed"] = FREEDOM if _is_unfree(fit) else table["closed"].fillna("")
    table["stars"] = [stars(p, thresholds) for p in table["p_value"]]
    return table.assign(n=len(fit.weight), quantile=float(t.ppf(0.975, fit.freedom)))


def tidy(table: pd.DataFrame, what: About, **keys: Any) -> pd.DataFrame:
    """Put rows of models into the tidy form; an interval leaves out 0 exactly where 5 per cent say so (`quantile`)."""
    more = [str(name) for name in table if name in MARKS and name not in ("quantile", "closed")]
    return finish(table, what, *more, z=table.get("quantile", NORMAL_975), **keys)


def _is_unfree(fit: Fit) -> bool:
    """Whether a model has too few persons for its coefficients, or too few offices to tell them from persons."""
    groups = [value for measure, value in fit.extra.values() if measure == "n"]
    return lacks_freedom(len(fit.weight), len(fit.params)) or lacks_freedom(min(groups, default=np.inf), 1)
