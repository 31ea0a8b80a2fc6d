"""Regressions, predictive margins and the mixed model: on paper, and against R."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.design import parse
from helpers.errors import ReportError
from helpers.models import (
    COMPETENCE_NEEDS,
    COMPETENCE_TERMS,
    COMPETENCE_WORK,
    PLACE_ACCESS,
    PLACE_TERMS,
    TIME_TERMS,
)
from helpers.multilevel import fit_mixed, multilevel
from helpers.regressions import fit_ols, predicted_means, regression, stars, turning_point
from helpers.survey import open_survey
from tests.fake_survey import store_fake
from tests.frames import persons
from twin.digests import mark

REFERENCES = sorted((Path(__file__).parent / "r").glob("annex*.csv"))
ANNEXES = {
    "tbl-vedlegg-2": (COMPETENCE_WORK, COMPETENCE_TERMS, "counsellors"),
    "tbl-vedlegg-3": (COMPETENCE_NEEDS, COMPETENCE_TERMS, "counsellors"),
    "tbl-vedlegg-4": (PLACE_ACCESS, PLACE_TERMS, "counsellors_ch8"),
}


@pytest.fixture(scope="module")
def surveys(tmp_path_factory):
    root = tmp_path_factory.mktemp("random")
    store_fake(root)
    return {"annex_random": lambda: open_survey(2024, root)}


def close(ours, theirs, relative):
    return np.testing.assert_allclose(
        np.asarray(ours, float), np.asarray(theirs, float), rtol=relative, atol=relative / 100
    )


@pytest.mark.parametrize("path", REFERENCES, ids=lambda path: path.stem)
def test_annexes_and_the_mixed_model_agree_with_r(path, surveys, request):
    make = surveys.get(path.stem)
    survey = make() if make else open_survey(2024, request.getfixturevalue("twin_root"))
    reference = pd.read_csv(path, dtype={"twin": str}, keep_default_na=False, na_values={"standard_error": [""]})
    seen = "" if make else mark(request.getfixturevalue("twin_root"))
    assert set(reference["twin"]) == {seen}, "the data has changed since R saw it: run make oracle"
    for model, (outcomes, terms, population) in ANNEXES.items():
        for outcome in outcomes:
            theirs = reference[(reference["model"] == model) & (reference["outcome"] == outcome)]
            rows = theirs[theirs["position"] > 0].sort_values("position")
            extra = theirs[theirs["position"] == 0].set_index("term")["estimate"]
            fit = fit_ols(survey.current(survey.population(population)), outcome, terms)
            close(fit.params, rows["estimate"], 1e-8)
            close(np.sqrt(np.diag(fit.covariance)), rows["standard_error"], 1e-8)
            close([fit.extra["R²"][1], fit.extra["N"][1]], extra[["r2", "n"]], 1e-8)
    for model, terms in (("empty", []), ("fig-28", TIME_TERMS)):
        theirs = reference[reference["model"] == model]
        rows = theirs[theirs["position"] > 0].sort_values("position")
        extra = theirs[theirs["position"] == 0].set_index("term")["estimate"]
        fit = fit_mixed(survey.current(survey.counsellors), "time_users", terms)
        close(fit.params, rows["estimate"], 1e-5)
        close(np.sqrt(np.diag(fit.covariance)), rows["standard_error"], 1e-4)
        close(fit.extra["mellom kontor"][1], extra["icc_pct"], 1e-3)
        assert fit.extra["N"][1] == extra["n"]


@pytest.fixture
def two_groups():
    """Answers 1, 2, 3 among the first and 4, 6 among the second, ten times over."""
    group = pd.Categorical(["a", "a", "a", "b", "b"] * 10, ["a", "b"], ordered=True)
    frame = persons(
        y=[1.0, 2.0, 3.0, 4.0, 6.0] * 10, group=group, x=[0.0, 1.0, 2.0, 3.0, 4.0] * 10, office_id=[1, 2] * 25
    )
    frame.attrs["labels"] = {"y": "svaret", "x": "tallet"}
    return frame


def test_a_dummy_is_the_difference_of_means(two_groups):
    table = regression(two_groups, "y", ["group"]).set_index("group")
    assert table.loc["b", "estimate"] == pytest.approx(3.0)
    assert table.loc["konstant", "estimate"] == pytest.approx(2.0)
    # HC1 of a difference: sum of squared residuals over n² in each group, times n/(n−k).
    assert table.loc["b", "standard_error"] == pytest.approx(np.sqrt((20 / 900 + 20 / 400) * 50 / 48))
    assert table.loc["R²", "estimate"] == pytest.approx(1 - 40 / 148)
    assert table.loc["N", "estimate"] == 50
    assert list(table["measure"]) == ["coef", "constant", "r2", "n"]
    assert table.loc["b", "stars"] == "***" and table.loc["R²", "stars"] == ""
    assert set(table["category"]) == {"svaret"} and set(table["wave"]) == {2024}


def test_stars_at_their_thresholds():
    assert [stars(p) for p in (0.05, 0.049, 0.01, 0.009, 0.001, 0.0009)] == ["", "*", "*", "**", "**", "***"]


def test_a_mean_over_all_is_the_share_weighted_mean_of_predictions(two_groups):
    fits = {"y": fit_ols(two_groups, "y", ["group", "x"])}
    table = predicted_means(fits, two_groups, "group")
    assert 0.6 * table["estimate"].iloc[0] + 0.4 * table["estimate"].iloc[1] == pytest.approx(two_groups["y"].mean())
    assert list(table["group"]) == ["a", "b"]
    numbers = predicted_means(fits, two_groups, "x", [0.0, 1.0], percent=True)
    slope = fits["y"].params[1]
    assert numbers["estimate"].diff().iloc[1] == pytest.approx(100 * slope)
    assert list(numbers["x"]) == [0.0, 1.0] and set(numbers["measure"]) == {"predicted_share_pct"}
    with pytest.raises(ValueError, match="no variable z"):
        predicted_means(fits, two_groups, "z")


def test_a_parabola_turns_where_it_turns():
    x = np.tile(np.arange(10.0), 5)
    frame = persons(y=(x - 3.0) ** 2 + np.tile([0.1, -0.1], 25), x=x)
    found = turning_point(fit_ols(frame, "y", ["x", "x**2"]), frame, "x")
    assert found["estimate"].iloc[0] == pytest.approx(3.0, abs=0.05)


def test_few_persons_are_hidden(two_groups):
    few = two_groups.iloc[:8]
    few.attrs = two_groups.attrs
    table = regression(few, "y", ["x"])
    assert table["suppressed"].all() and table["estimate"].isna().all() and table["p_value"].isna().all()
    assert set(table["stars"]) == {""}


def test_what_cannot_be_estimated_is_refused(two_groups):
    with pytest.raises(ReportError, match="lacks z"):
        regression(two_groups, "y", ["z"])
    twin = two_groups.assign(twice=2 * two_groups["x"])
    with pytest.raises(ReportError, match="say the same"):
        regression(twin, "y", ["x", "twice"])
    with pytest.raises(ValueError, match="no term"):
        parse("x + y")


def test_the_number_of_a_category_is_one_term(two_groups):
    table = regression(two_groups, "y", ["code(group)"])
    assert table["measure"].tolist() == ["coef", "constant", "r2", "n"]
    # One step from the first category to the second; the first is number 1.
    assert table["estimate"].tolist()[:2] == pytest.approx([3.0, -1.0])


def test_a_margin_sets_the_square_with_its_variable():
    x = np.tile(np.arange(6.0), 4)
    frame = persons(y=1.0 + x**2 / 2 + np.tile([0.1, -0.1], 12), x=x)
    fits = {"y": fit_ols(frame, "y", ["x", "x**2"])}
    one, square, constant = fits["y"].params
    expected = [constant + one * value + square * value**2 for value in (0.0, 3.0)]
    assert predicted_means(fits, frame, "x", [0.0, 3.0])["estimate"].tolist() == pytest.approx(expected)


def test_mixed_model_on_a_balanced_table():
    """One-way analysis of variance: the REML estimates are the classical ones."""
    office = np.repeat(np.arange(12), 5)
    within = np.tile([-2.0, -1.0, 0.0, 1.0, 2.0], 12)
    frame = persons(y=10.0 + 3.0 * office + within, office_id=office)
    table = multilevel(frame, "y", []).set_index("group")
    between_square, within_square = 5 * 9 * 13.0, 2.5
    variance = (between_square - within_square) / 5
    assert table.loc["mellom kontor", "estimate"] == pytest.approx(
        100 * variance / (variance + within_square), rel=1e-6
    )
    assert table.loc["konstant", "estimate"] == pytest.approx(26.5)
    assert table.loc["konstant", "standard_error"] == pytest.approx(np.sqrt(between_square / 60), rel=1e-6)
    assert table.loc["kontor", "estimate"] == 12


def test_mixed_model_without_variance_between_offices(two_groups):
    even = persons(y=[1.0, 2.0, 3.0, 4.0] * 12, office_id=np.repeat(range(12), 4))
    assert multilevel(even, "y", []).set_index("group").loc["mellom kontor", "estimate"] == 0.0


def test_a_category_that_nobody_has_is_no_term(twin_root):
    survey = open_survey(2024, twin_root)
    people = survey.current(survey.counsellors)
    before = regression(people, "comp_leadership", ["nav_region"])
    attrs = people.attrs
    more = [*people["nav_region"].cat.categories, "Et nytt fylke"]
    people = people.assign(nav_region=people["nav_region"].cat.set_categories(more))
    people.attrs = attrs
    pd.testing.assert_frame_equal(before, regression(people, "comp_leadership", ["nav_region"]))
