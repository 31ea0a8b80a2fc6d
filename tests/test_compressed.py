"""Cells give what their rows give: statsmodels and linearmodels on the rows, to 1e-10."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from linearmodels.iv import IV2SLS
from linearmodels.iv.absorbing import AbsorbingLS

from engine.errors import ReportError
from engine.estimates.cells import CLASSICAL, CLUSTERED, ROBUST, Compressed, compress, least_squares
from engine.register.register import open_register
from engine.register.regressions import SPECIFICATIONS, make_design

AGREED = 1e-10
LINEARMODELS = {CLASSICAL: "unadjusted", ROBUST: "robust", CLUSTERED: "clustered"}


@pytest.fixture(scope="module")
def rows():
    """Rows with few distinct regressors, and an outcome that is not 0 or 1."""
    rng = np.random.default_rng(5)
    group = rng.integers(1, 9, 4000)
    # In hundreds: with single persons' squares the two libraries lose digits (1.6e-10 and 9e-11; cells 2e-13).
    size = rng.integers(1, 30, 4000) / 4
    matrix = np.column_stack([np.ones(4000), rng.integers(0, 2, 4000), size, size**2]).astype(float)
    outcome = np.round(matrix @ [3.0, 1.5, 1.0, -0.1] + group / 3 + rng.normal(size=4000) * (1 + size / 3), 2)
    return matrix, outcome, group


def by_statsmodels(matrix, outcome, groups):
    """Coefficients, the three kinds of standard errors, and R², row by row."""
    fitted = sm.OLS(outcome, matrix).fit()
    clustered = fitted.get_robustcov_results("cluster", groups=groups)
    errors = {CLASSICAL: fitted.bse, ROBUST: fitted.get_robustcov_results("HC1").bse, CLUSTERED: clustered.bse}
    return fitted.params, errors, fitted.rsquared


def largest_difference(found, theirs):
    return float(np.abs(np.asarray(found) / np.asarray(theirs) - 1).max())


@pytest.mark.parametrize("errors", LINEARMODELS)
def test_cells_equal_rows(rows, errors):
    matrix, outcome, groups = rows
    cells = compress(matrix, outcome, groups)
    assert len(cells.counts) < 500 and cells.rows == 4000
    found = least_squares(cells, errors)
    params, standard_errors, r2 = by_statsmodels(matrix, outcome, groups)
    assert largest_difference(found.params, params) < AGREED
    assert largest_difference(found.standard_errors, standard_errors[errors]) < AGREED
    assert found.r2 == pytest.approx(r2, abs=AGREED)
    extra = {"clusters": groups} if errors == CLUSTERED else {}
    theirs = IV2SLS(outcome, matrix, None, None).fit(cov_type=LINEARMODELS[errors], debiased=True, **extra)
    assert largest_difference(found.params, theirs.params) < AGREED
    assert largest_difference(found.standard_errors, theirs.std_errors) < AGREED
    assert np.abs(found.p_values - theirs.pvalues).max() < AGREED
    assert found.covariance == pytest.approx(np.asarray(theirs.cov), rel=1e-8)


def test_absorbed_groups_equal_absorbing_least_squares(rows):
    matrix, outcome, groups = rows
    within = compress(matrix[:, 1:], outcome, groups).absorbed()
    found = least_squares(within, absorbed=8)
    absorb = pd.DataFrame({"group": pd.Categorical(groups)})
    theirs = AbsorbingLS(outcome, matrix[:, 1:], absorb=absorb).fit(cov_type="unadjusted", debiased=True)
    # Their iterations stop at a tolerance of their own; dummies of the groups are exact.
    dummies = np.column_stack([matrix[:, 1:], groups[:, None] == np.unique(groups)])
    exact, errors, _ = by_statsmodels(dummies, outcome, groups)
    assert found.params == pytest.approx(np.asarray(theirs.params), rel=1e-6)
    assert found.p_values == pytest.approx(np.asarray(theirs.pvalues), rel=1e-6)
    assert largest_difference(found.params, exact[:3]) < 1e-9
    assert largest_difference(found.standard_errors, errors[CLASSICAL][:3]) < 1e-9


@pytest.fixture(scope="module")
def register(register_root):
    return open_register(register_root)


@pytest.mark.parametrize("identifier", SPECIFICATIONS)
@pytest.mark.parametrize("place", [0, 1])
def test_the_articles_regressions_equal_statsmodels_on_the_persons(register, identifier, place):
    specification = SPECIFICATIONS[identifier]
    design = make_design(register, specification, specification.columns[place])
    matrix, outcome, county = design.each()
    assert len(outcome) == design.total and len(design.counts) < len(outcome)
    assert len(np.unique(np.column_stack([design.matrix, design.county]), axis=0)) == len(design.counts)
    params, standard_errors, r2 = by_statsmodels(matrix, outcome, county)
    for errors, theirs in standard_errors.items():
        found = least_squares(design.cells, errors)
        assert np.abs(found.params - params).max() < AGREED
        assert np.abs(found.standard_errors - theirs).max() < AGREED, errors
        assert found.r2 == pytest.approx(r2, abs=AGREED)


@pytest.mark.parametrize("errors", LINEARMODELS)
def test_an_articles_regression_equals_linearmodels_on_the_persons(register, errors):
    specification = SPECIFICATIONS["tbl-v4"]
    design = make_design(register, specification, specification.columns[0])
    matrix, outcome, county = design.each()
    extra = {"clusters": county} if errors == CLUSTERED else {}
    theirs = IV2SLS(outcome, matrix, None, None).fit(cov_type=LINEARMODELS[errors], debiased=True, **extra)
    found = least_squares(design.cells, errors)
    assert np.abs(found.params - theirs.params).max() < AGREED
    assert np.abs(found.standard_errors - theirs.std_errors).max() < AGREED
    assert np.abs(found.p_values - theirs.pvalues).max() < AGREED


def test_cells_divided_further_change_nothing(rows):
    cells = compress(*rows)
    halves = [np.repeat(part, 2, axis=0) for part in (cells.matrix, cells.counts, cells.sums, cells.squares)]
    halves[1:] = [part / 2 for part in halves[1:]]
    divided = Compressed(*halves, np.repeat(cells.groups, 2))
    for errors in LINEARMODELS:
        whole, again = least_squares(cells, errors), least_squares(divided, errors)
        assert largest_difference(again.standard_errors, whole.standard_errors) < AGREED


def test_what_can_not_be_estimated_is_refused(rows):
    matrix, outcome, _ = rows
    doubled = compress(np.column_stack([matrix, matrix[:, 1]]), outcome)
    with pytest.raises(ReportError, match="say the same"):
        least_squares(doubled)
    with pytest.raises(ReportError, match="say the same"):
        least_squares(compress(np.column_stack([matrix, np.zeros(len(outcome))]), outcome))
    with pytest.raises(ReportError, match="two clusters"):
        least_squares(compress(matrix, outcome), CLUSTERED)
    with pytest.raises(ReportError, match="too few rows"):
        least_squares(compress(np.eye(3), outcome[:3]))


def test_an_outcome_that_never_varies_explains_nothing(rows):
    found = least_squares(compress(rows[0], np.ones(4000)))
    assert np.isnan(found.r2)
    assert found.params == pytest.approx([1.0, 0.0, 0.0, 0.0], abs=1e-9)
