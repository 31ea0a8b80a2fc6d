"""Regressions, predictive margins and the mixed model: on paper, and against R."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine.data.survey import open_survey
from engine.errors import ReportError
from engine.estimates.models import fit, margins, stars
from engine.table import described
from tests.book_models import ANNEXES, TIME
from tests.fake_survey import store_fake
from tests.frames import persons
from twin.digests import mark

REFERENCES = sorted((Path(__file__).parent / "r").glob("annex*.csv"))


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
    for model, (formulas, population) in ANNEXES.items():
        for outcome, found in fit(formulas, survey.current(survey.population(population))).fits.items():
            theirs = reference[(reference["model"] == model) & (reference["outcome"] == outcome)]
            rows = theirs[theirs["position"] > 0].sort_values("position")
            extra = theirs[theirs["position"] == 0].set_index("term")["estimate"]
            close(found.params, rows["estimate"], 1e-8)
            close(found.errors, rows["standard_error"], 1e-8)
            close([found.extra["R²"][1], found.extra["N"][1]], extra[["r2", "n"]], 1e-8)
    for model, formula in (("empty", "time_users ~ 1"), ("fig-28", TIME)):
        theirs = reference[reference["model"] == model]
        rows = theirs[theirs["position"] > 0].sort_values("position")
        extra = theirs[theirs["position"] == 0].set_index("term")["estimate"]
        found = fit(formula, survey.current(survey.counsellors), groups="office_id").first
        close(found.params, rows["estimate"], 1e-5)
        close(found.errors, rows["standard_error"], 1e-4)
        close(found.extra["mellom kontor"][1], extra["icc_pct"], 1e-3)
        assert found.extra["N"][1] == extra["n"]


@pytest.fixture
def two_groups():
    """Answers 1, 2, 3 among the first and 4, 6 among the second, ten times over."""
    group = pd.Categorical(["a", "a", "a", "b", "b"] * 10, ["a", "b"], ordered=True)
    frame = persons(
        y=[1.0, 2.0, 3.0, 4.0, 6.0] * 10, group=group, x=[0.0, 1.0, 2.0, 3.0, 4.0] * 10, office_id=[1, 2] * 25
    )
    frame = described(frame, labels={"y": "svaret", "x": "tallet"})
    return frame


def test_a_dummy_is_the_difference_of_means(two_groups):
    table = fit("y ~ group", two_groups).table.set_index("term")
    assert table.loc["b", "estimate"] == pytest.approx(3.0)
    assert table.loc["konstant", "estimate"] == pytest.approx(2.0)
    # HC1 of a difference: sum of squared residuals over n² in each group, times n/(n−k).
    assert table.loc["b", "standard_error"] == pytest.approx(np.sqrt((20 / 900 + 20 / 400) * 50 / 48))
    assert table.loc["R²", "estimate"] == pytest.approx(1 - 40 / 148)
    assert table.loc["N", "estimate"] == 50
    assert list(table["measure"]) == ["coef", "constant", "r2", "n"]
    assert table.loc["b", "stars"] == "***" and table.loc["R²", "stars"] == ""
    assert set(table["outcome"]) == {"svaret"} and set(table["wave"]) == {2024}


def test_stars_at_their_thresholds():
    assert [stars(p) for p in (0.05, 0.049, 0.01, 0.009, 0.001, 0.0009)] == ["", "*", "*", "**", "**", "***"]


def test_a_mean_over_all_is_the_share_weighted_mean_of_predictions(two_groups):
    models = fit("y ~ group + x", two_groups)
    table = margins(models, "group")
    assert 0.6 * table["estimate"].iloc[0] + 0.4 * table["estimate"].iloc[1] == pytest.approx(two_groups["y"].mean())
    assert list(table["value"]) == ["a", "b"]
    numbers = margins(models, "x", [0.0, 1.0], percent=True)
    slope = models["y"].params[1]
    assert numbers["estimate"].diff().iloc[1] == pytest.approx(100 * slope)
    assert list(numbers["x"]) == [0.0, 1.0] and set(numbers["measure"]) == {"predicted_share_pct"}
    with pytest.raises(ReportError, match="no variable of the model is called «z»"):
        margins(models, "z")


def test_a_parabola_turns_where_it_turns():
    x = np.tile(np.arange(10.0), 5)
    frame = persons(y=(x - 3.0) ** 2 + np.tile([0.1, -0.1], 25), x=x)
    found = fit("y ~ x + I(x**2)", frame).turning_point("x")
    assert found["estimate"].iloc[0] == pytest.approx(3.0, abs=0.05)


def test_few_persons_are_hidden(two_groups):
    few = two_groups.iloc[:8]
    table = fit("y ~ x", few).table
    assert table["suppressed"].all() and table["estimate"].isna().all() and table["p_value"].isna().all()
    assert set(table["stars"]) == {""}


def test_what_cannot_be_estimated_is_refused(two_groups):
    with pytest.raises(ReportError, match="no variable is called «z»"):
        fit("y ~ z", two_groups)
    # What the codebook has and the files lack is no slip of the pen.
    with pytest.raises(ReportError, match="lacks z"):
        fit("y ~ z", described(two_groups, labels={"z": "noe"}))
    twin = two_groups.assign(twice=2 * two_groups["x"])
    with pytest.raises(ReportError, match="say the same"):
        fit("y ~ x + twice", twin)
    for formula in ("y ~ x +", "x", "~ x", "y + x ~ 1", "y ~ x)"):
        with pytest.raises(ReportError, match="no formula"):
            fit(formula, two_groups)


def test_the_number_of_a_category_is_one_term(two_groups):
    table = fit("y ~ group_code", two_groups.assign(group_code=two_groups["group"].cat.codes + 1)).table
    assert table["measure"].tolist() == ["coef", "constant", "r2", "n"]
    # One step from the first category to the second; the first is number 1.
    assert table["estimate"].tolist()[:2] == pytest.approx([3.0, -1.0])


def test_a_margin_sets_the_square_with_its_variable():
    x = np.tile(np.arange(6.0), 4)
    frame = persons(y=1.0 + x**2 / 2 + np.tile([0.1, -0.1], 12), x=x)
    models = fit("y ~ x + I(x**2)", frame)
    one, square, constant = models["y"].params
    expected = [constant + one * value + square * value**2 for value in (0.0, 3.0)]
    assert margins(models, "x", [0.0, 3.0])["estimate"].tolist() == pytest.approx(expected)


def test_mixed_model_on_a_balanced_table():
    """One-way analysis of variance: the REML estimates are the classical ones."""
    office = np.repeat(np.arange(12), 5)
    within = np.tile([-2.0, -1.0, 0.0, 1.0, 2.0], 12)
    frame = persons(y=10.0 + 3.0 * office + within, office_id=office)
    table = fit("y ~ 1", frame, groups="office_id").table.set_index("term")
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
    assert fit("y ~ 1", even, groups="office_id").table.set_index("term").loc["mellom kontor", "estimate"] == 0.0


def test_a_category_that_nobody_has_is_no_term(twin_root):
    survey = open_survey(2024, twin_root)
    people = survey.current(survey.counsellors)
    before = fit("comp_leadership ~ nav_region", people).table
    more = [*people["nav_region"].cat.categories, "Et nytt fylke"]
    people = people.assign(nav_region=people["nav_region"].cat.set_categories(more))
    pd.testing.assert_frame_equal(before, fit("comp_leadership ~ nav_region", people).table)


@pytest.fixture
def caseloads():
    """Persons with caseloads in persons, at offices with ids of two kinds."""
    rng = np.random.default_rng(4)
    caseload, office = rng.integers(1, 200, 400).astype(float), rng.integers(0, 40, 400)
    outcome = 3 - caseload / 50 + caseload**2 / 2e4 + office / 30 + rng.normal(size=400)
    return persons(y=outcome, caseload=caseload, office_id=office)


@pytest.mark.parametrize("groups", ["", "office_id"])
@pytest.mark.parametrize("unit", [1e-6, 1e-3, 0.3, 1e6])
def test_no_regression_depends_on_the_unit_of_a_column(caseloads, unit, groups):
    formula = "y ~ caseload + I(caseload**2)"
    other = caseloads.assign(caseload=caseloads["caseload"] * unit)
    one, two = (fit(formula, frame, groups=groups) for frame in (caseloads, other))
    factor = np.array([unit, unit**2, 1.0])
    close(one.first.params, two.first.params * factor, 1e-9)
    close(one.first.errors, two.first.errors * factor, 1e-9)
    close(one.first.p_values, two.first.p_values, 1e-9)
    for name, value in one.first.extra.items():
        close(value[1], two.first.extra[name][1], 1e-9)
    points = (margins(one, "caseload", [10.0, 80.0]), margins(two, "caseload", [10.0 * unit, 80.0 * unit]))
    for name in ("estimate", "standard_error"):
        close(*(table[name] for table in points), 1e-9)
    turns = [models.turning_point("caseload")[["estimate", "standard_error"]].to_numpy() for models in (one, two)]
    close(turns[0] * unit, turns[1], 1e-9)


def test_ids_of_offices_may_be_of_any_kind(caseloads):
    whole = caseloads["office_id"]
    kinds = (whole, whole.astype(float), whole.map("{:03d}".format))
    tables = [fit("y ~ caseload", caseloads.assign(office_id=ids), groups="office_id").table for ids in kinds]
    for table in tables[1:]:
        pd.testing.assert_frame_equal(tables[0], table)


@pytest.fixture
def pairs():
    """A hundred offices of two persons, whose level has a standard deviation of 1."""
    rng = np.random.default_rng(1)
    x, level = rng.normal(size=200), np.repeat(rng.normal(size=100), 2)
    return persons(x=x, level=level, noise=rng.normal(size=200), office_id=np.arange(200) // 2)


def test_offices_that_decide_nearly_everything_are_found(pairs):
    frame = pairs.assign(y=50 * pairs["level"] + 0.5 * pairs["x"] + 0.01 * pairs["noise"])
    table = fit("y ~ x", frame, groups="office_id").table.set_index("term")
    assert table.loc["x", "estimate"] == pytest.approx(0.5, abs=0.004)
    # The pairs' differences alone tell x then: two persons each, so the error is that of a hundred differences.
    inside = pairs["x"].to_numpy().reshape(-1, 2) @ [0.5, -0.5]
    within = table.loc["standardavvik mellom veiledere", "estimate"]
    assert table.loc["x", "standard_error"] == pytest.approx(within / np.sqrt(2 * inside @ inside), rel=1e-4)
    assert within == pytest.approx(0.01, rel=0.2)
    assert 99.99999 < table.loc["mellom kontor", "estimate"] < 100


def test_a_model_in_which_nothing_varies_within_offices_has_no_numbers(pairs):
    for outcome in (pairs["level"], pairs["level"] + 0.5 * pairs["x"]):
        table = fit("y ~ x", pairs.assign(y=outcome), groups="office_id").table
        assert table.loc[table["measure"] != "n", ["estimate", "standard_error", "p_value"]].isna().all(axis=None)
        assert set(table["stars"]) == {""}


def test_the_annexes_of_these_tests_are_the_chapters_own():
    for exhibit, (formulas, _) in ANNEXES.items():
        chapter = (Path(__file__).parents[1] / "chapters" / f"{exhibit.removeprefix('tbl-')}.qmd").read_text("utf-8")
        cell = chapter.split(f"#| label: modell-{exhibit.removeprefix('tbl-')}\n")[1].split("```")[0]
        found: dict[str, object] = {"fit": lambda made, _: made, "now": None}
        exec(cell, found)
        assert formulas in found.values()
