"""Models as chapters use them: several outcomes, predictions, and editions that did not ask."""

import numpy as np
import pandas as pd
import pytest

from engine.estimates.mixed import multilevel
from engine.estimates.models import fit_models
from engine.estimates.regressions import fit_ols, predicted_means, regression
from engine.table import about, described
from tests.frames import persons, repeat


@pytest.fixture
def frame() -> pd.DataFrame:
    """Sixty persons at six offices; y is x with an office's own level and a little more."""
    x = np.tile(np.arange(10.0), 6)
    office = np.repeat(np.arange(6), 10)
    made = persons(x=x, y=2 * x + office + np.sin(7 * x + office), z=(x + office) % 2, office_id=office)
    asked = dict.fromkeys(["x", "y", "z"], (2024,))
    made = described(made, labels={"x": "antall", "y": "tid", "unasked": "aldri spurt"}, waves_asked=asked)
    return made


def test_the_table_is_that_of_the_regressions(frame):
    pd.testing.assert_frame_equal(fit_models(frame, ["y", "z"], ["x"]).table, regression(frame, ["y", "z"], ["x"]))
    mixed = fit_models(frame, "y", ["x"], office_intercept=True).table
    pd.testing.assert_frame_equal(mixed, multilevel(frame, "y", ["x"]))


def test_margins_are_predictions_of_the_same_fits(frame):
    expected = predicted_means({"y": fit_ols(frame, "y", ["x"])}, frame, "x", [0, 3])
    pd.testing.assert_frame_equal(fit_models(frame, "y", ["x"]).margins("x", [0, 3]), expected)


def test_a_range_goes_from_the_second_to_the_98th_percentile_of_persons(frame):
    x = fit_models(repeat(frame, 10), "y", ["x"]).margins("x", "range")["x"]
    assert len(x) == 21 and x.min() == 0.0 and x.max() == 9.0
    with pytest.raises(ValueError, match="no choice of values"):
        fit_models(frame, "y", ["x"]).margins("x", "all")


def test_the_turning_point_of_a_parabola(frame):
    made = frame.assign(y=(frame["x"] - 4) ** 2 + frame["z"] / 100)
    [top] = fit_models(made, "y", ["x", "x**2"]).turning_point("x")["estimate"]
    assert top == pytest.approx(4, abs=0.05)


@pytest.mark.parametrize(("outcome", "terms"), [("unasked", ["x"]), ("y", ["x", "unasked"])])
def test_what_no_wave_asked_gives_empty_tables(frame, outcome, terms):
    models = fit_models(frame, outcome, terms)
    for table in (models.table, models.margins("x", "range"), models.turning_point("x")):
        assert table.empty and {"estimate", "ci_low", "n", "suppressed"} <= set(table.columns)
        assert about(table).source == "Undersøkelsen"
    assert repr(models) == "Models(not asked)"


def test_groups_of_users_stand_under_a_heading_without_a_base(frame):
    frame["users_new"] = frame["z"]
    known = about(frame)
    labels = {**known.labels, "users_new": "nyregistrerte brukere"}
    frame = described(frame, labels=labels, waves_asked={**(known.waves_asked or {}), "users_new": (2024,)})
    assert about(fit_models(frame, "y", ["x", "users_new"]).table).terms == [
        ("mer enn halvparten av brukerne er", "", ["nyregistrerte brukere"])
    ]
    assert about(fit_models(frame, "y", ["x"]).table).terms == []


def test_margins_among_those_with_each_characteristic(frame):
    frame = described(frame, labels={**about(frame).labels, "z": "ledere"})
    models = fit_models(frame, "y", ["x", "z"])
    table = models.margins_among(["z"])
    assert list(table["group"]) == ["ledere"] and table["x"].isna().all()
    [expected] = models.margins("z", [1.0])["estimate"]
    assert table["estimate"].iloc[0] == expected
    assert fit_models(frame, "unasked", ["x"]).margins_among(["x"]).empty
