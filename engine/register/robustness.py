"""Do the article's conclusions stand? The same regressions in other ways; none of this is in the article."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy.special import expit
from scipy.stats import norm

from engine.estimates.cells import CLUSTERED, ROBUST, Floats, least_squares
from engine.estimates.formulas import CONSTANT, Design
from engine.estimates.models import PERSONS, Fit
from engine.table import finish
from engine.vouched import vouched_p

from .register import Register
from .regressions import (
    SPECIAL,
    SPECIFICATIONS,
    CountedDesign,
    ModelColumn,
    Specification,
    coefficients,
    finished,
    fit,
    in_order,
    make_design,
)

# A conclusion: a coefficient that differs from 0 at this level. It stands when the variant says so, with its sign.
LEVEL = 0.05
# Counties whose effects are taken out, as linearmodels says it: the frame is indexed by county and person.
COUNTY, EFFECTS = "county_merged", "EntityEffects"
# The iterations end when no coefficient moves by more; errors, which are the last step but one's, are then right, too.
TOLERANCE = 1e-11
RECIPIENTS = ("receives_aap", (1,))
# All benefits of the state but none, and not those of the municipality.
STATE_BENEFIT = ("benefit", (1, 2, 4))
ROBUST_NB, CLUSTERED_NB, LOGIT_NB = (
    "robuste standardfeil (HC1)",
    "standardfeil gruppert på fylke",
    "logistisk regresjon",
)
ABSORBED_NB, RECIPIENTS_NB = "fylkene trukket ut i stedet for målt", "bare mottakere av arbeidsavklaringspenger"
STATE_BENEFIT_NB = "bare mottakere av statlig ytelse"
CLEAR_NB = "klare forskjeller i originalens modell"


@dataclass(frozen=True)
class Effects:
    """Coefficients by the row's words: estimate and p-value."""

    estimates: dict[str, float]
    p_values: dict[str, float]


def conclusions(register: Register) -> pd.DataFrame:
    """Count the conclusions of V1–V4 that stand in each variant.

    Parameters
    ----------
    register : Register
        The opened register.

    Returns
    -------
    pandas.DataFrame
        Tidy rows: `variant` (first the article's own model), `model` the table's column
        («V1 situasjonsbestemt innsats»). Measure
        `conclusions` is how many of the coefficients that differ from 0 at 5 per cent (`conclusions_of`) do so, with
        the same sign, in the variant; `moved_points` is the largest shift of one of them in percentage points.

    Notes
    -----
    A variant says nothing of a coefficient that it does not have: the county's where counties are absorbed, that of
    benefit among its recipients.
    """
    rows = []
    for identifier, specification in SPECIFICATIONS.items():
        for column in specification.columns:
            design = make_design(register, specification, column)
            base = _effects(fit(design))
            variants = {
                ROBUST_NB: _effects(fit(design, ROBUST)), CLUSTERED_NB: _effects(fit(design, CLUSTERED)),
                LOGIT_NB: average_marginal_effects(design), ABSORBED_NB: _effects(absorbed(design)),
            }  # fmt: skip
            if column.groups == (SPECIAL,):
                variants[RECIPIENTS_NB] = _effects(fit(make_design(register, specification, column, RECIPIENTS)))
            clear = sum(_differs(p) for p in base.p_values.values())
            name = f"{identifier.removeprefix('tbl-').upper()} {column.label}"
            for measure in ("conclusions", "conclusions_of"):
                rows.append({"model": name, "variant": CLEAR_NB, "n": np.nan, "measure": measure,
                             "estimate": float(clear)})  # fmt: skip
            for variant, effects in variants.items():
                rows += _compared(name, variant, base, effects)
    who = f"under 30 år, registrert hele {register.period}"
    # Counts of coefficients, not of persons: there is nothing to hide.
    return finish(pd.DataFrame(rows), register.about, population=who).assign(suppressed=False, reason="")


def recipients_only(register: Register, identifier: str) -> pd.DataFrame:
    """Coefficients of column 2 for all, and for recipients of AAP only (the article's footnote 4).

    Parameters
    ----------
    register : Register
        The opened register.
    identifier : str
        `tbl-v1` … `tbl-v4`.

    Returns
    -------
    pandas.DataFrame
        Tidy rows as in `register_regression`, measure `coef`; `sample` is «alle» or «bare mottakere av …».
    """
    specification = SPECIFICATIONS[identifier]
    column = next(column for column in specification.columns if column.groups == (SPECIAL,))
    table = _with_and_without(register, specification, column, (RECIPIENTS_NB, RECIPIENTS))
    table["population"] = f"{column.label}, under 30 år, registrert hele {register.period}"
    return finished(table, register.about)


def state_benefit_only(register: Register) -> pd.DataFrame:
    """Coefficients of V1–V4 for all, and for recipients of a state benefit only (the article's method section).

    Parameters
    ----------
    register : Register
        The opened register.

    Returns
    -------
    pandas.DataFrame
        Tidy rows as in `recipients_only`; `population` begins with the table and its column («V1 situasjonsbestemt»).
    """
    tables = []
    for identifier, specification in SPECIFICATIONS.items():
        for column in specification.columns:
            table = _with_and_without(register, specification, column, (STATE_BENEFIT_NB, STATE_BENEFIT))
            name = f"{identifier.removeprefix('tbl-').upper()} {column.label}"
            tables.append(table.assign(population=f"{name}, under 30 år, registrert hele {register.period}"))
    return finished(pd.concat(tables, ignore_index=True), register.about)


def _with_and_without(
    register: Register, specification: Specification, column: ModelColumn, some: tuple[str, tuple[str, tuple[int, ...]]]
) -> pd.DataFrame:
    columns = []
    for name, only in (("alle", None), some):
        fitted = fit(make_design(register, specification, column, only))
        columns.append(coefficients(fitted, fitted, column).drop(columns="outcome").assign(sample=name))
    table = in_order(columns)
    return table[table["measure"] == "coef"]


def logistic(design: CountedDesign) -> Fit:
    """Fit a logistic regression on the same terms to the persons, from their cells."""
    persons = design.counts
    answers = np.column_stack([design.positive, persons - design.positive])
    found = sm.GLM(answers, design.matrix, family=sm.families.Binomial()).fit(tol=TOLERANCE, tol_criterion="params")
    params, covariance = np.asarray(found.params), np.asarray(found.cov_params())
    extra = {PERSONS: ("n", float(design.total))}
    return Fit(design.formula, "logistic", design, params, covariance, np.asarray(found.pvalues),
               persons.astype(float), extra, persons=design.people)  # fmt: skip


def average_marginal_effects(design: CountedDesign) -> Effects:
    """Average marginal effects of a logistic regression on the same terms."""
    matrix, persons, fitted = design.matrix, design.counts, logistic(design)
    params, covariance = fitted.params, fitted.covariance
    weight = persons / persons.sum()
    siblings = {place: places for places in design.places.values() for place in places}
    estimates, p_values = {}, {}
    for row in design.rows:
        if row.place is None or row.label == CONSTANT:
            continue
        without = matrix.copy()
        without[:, siblings[row.place]] = 0.0
        with_it = without.copy()
        with_it[:, row.place] = 1.0
        one, other = expit(with_it @ params), expit(without @ params)
        effect = float(weight @ (one - other))
        slope = (weight * one * (1 - one)) @ with_it - (weight * other * (1 - other)) @ without
        error = float(np.sqrt(slope @ covariance @ slope))
        estimates[row.label], p_values[row.label] = effect, float(2 * norm.sf(abs(effect) / error))
    return Effects(estimates, p_values)


def absorbed(design: CountedDesign) -> Fit:
    """Fit all terms but the counties, whose effects are absorbed; equal to those with county dummies."""
    cells, counties = design.cells, design.places[COUNTY]
    kept = [place for place in range(1, design.matrix.shape[1]) if place not in counties]
    within = replace(cells, matrix=cells.matrix[:, kept]).absorbed()
    found = least_squares(within, absorbed=len(np.unique(design.county)))
    outcome, _, right = design.formula.partition(" ~ ")
    terms = [term for term in right.split(" + ") if COUNTY not in term]
    columns = Design([design.labels[place] for place in kept], within.matrix, [], [], {})
    extra = {PERSONS: ("n", float(design.total))}
    # linearmodels takes the constant out with the counties, but without it gives the first variable all its categories.
    return Fit(f"{outcome} ~ {' + '.join(['1', *terms, EFFECTS])}", "absorbed", columns, found.params, found.covariance,
               found.p_values, design.counts.astype(float), extra, found.degrees, design.people)  # fmt: skip


def _effects(fitted: Fit) -> Effects:
    places = {label: place for place, label in enumerate(fitted.design.labels) if label != CONSTANT}
    return Effects(_by(places, fitted.params), _by(places, fitted.p_values))


def _by(places: dict[str, int], values: Floats) -> dict[str, float]:
    return {label: float(values[place]) for label, place in places.items()}


def _differs(p_value: float) -> bool:
    return bool(vouched_p(p_value) < LEVEL)


def _compared(name: str, variant: str, base: Effects, other: Effects) -> list[dict[str, object]]:
    clear = [label for label, p in base.p_values.items() if _differs(p) and label in other.estimates]
    stands = [
        label for label in clear
        if _differs(other.p_values[label]) and base.estimates[label] * other.estimates[label] > 0
    ]  # fmt: skip
    moved = max((100 * abs(other.estimates[label] - base.estimates[label]) for label in clear), default=0.0)
    # No persons stand behind a count of coefficients, so `n` is empty.
    common = {"model": name, "variant": variant, "n": np.nan}
    return [{**common, "measure": "conclusions", "estimate": float(len(stands))},
            {**common, "measure": "conclusions_of", "estimate": float(len(clear))},
            {**common, "measure": "moved_points", "estimate": moved}]  # fmt: skip
