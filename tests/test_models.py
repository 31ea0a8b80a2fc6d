"""Models as chapters use them: several outcomes, predictions, and editions that did not ask."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from engine.estimates.models import fit, margins
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


def test_several_formulas_give_the_tables_of_each_below_each_other(frame):
    both, alone = fit(["y ~ x", "z ~ x"], frame).table, [fit(f"{name} ~ x", frame).table for name in ("y", "z")]
    pd.testing.assert_frame_equal(both, pd.concat(alone, ignore_index=True))
    assert about(both).variables == ("y", "z", "x")


def test_a_model_gives_its_formula_and_exactly_its_rows(frame):
    frame.loc[3, "x"] = np.nan
    models = fit(["y ~ x + I(x**2)", "z ~ x"], frame)
    assert models.formula == "y ~ x + I(x**2)" and models["z"].formula == "z ~ x"
    assert list(models.frame()) == ["y", "x", "weight"] and len(models.frame()) == len(frame) - 1
    mixed = fit("y ~ x", frame, groups="office_id")
    assert list(mixed.frame()) == ["y", "x", "office_id"]
    assert repr(models) == "Models(y, z)" and repr(models["z"]) == "Fit(z ~ x)"


def test_margins_of_any_formula_set_the_variable_everywhere(frame):
    """Interactions and functions, too: the mean prediction of statsmodels' own model."""
    formula = "y ~ x * z + np.log(x + 1)"
    made = smf.wls(formula, frame, weights=frame["weight"]).fit(cov_type="HC1", use_t=True)
    expected = [made.predict(frame.assign(x=value)).mean() for value in (1.0, 5.0)]
    assert margins(fit(formula, frame), "x", [1.0, 5.0])["estimate"].tolist() == pytest.approx(expected)


def test_a_range_goes_from_the_second_to_the_98th_percentile_of_persons(frame):
    x = margins(fit("y ~ x", repeat(frame, 10)), "x", "range")["x"]
    assert len(x) == 21 and x.min() == 0.0 and x.max() == 9.0
    with pytest.raises(ValueError, match="no choice of values"):
        margins(fit("y ~ x", frame), "x", "all")


def test_the_turning_point_of_a_parabola(frame):
    made = frame.assign(y=(frame["x"] - 4) ** 2 + frame["z"] / 100)
    [top] = fit("y ~ x + I(x**2)", made).turning_point("x")["estimate"]
    assert top == pytest.approx(4, abs=0.05)


@pytest.mark.parametrize("formula", ["unasked ~ x", "y ~ x + unasked"])
def test_what_no_wave_asked_gives_empty_tables(frame, formula):
    models = fit(formula, frame)
    for table in (models.table, margins(models, "x", "range"), models.turning_point("x")):
        assert table.empty and {"estimate", "ci_low", "n", "suppressed"} <= set(table.columns)
        assert about(table).source == "Undersøkelsen"
    assert repr(models) == "Models(not asked)"


def test_groups_of_users_stand_under_a_heading_without_a_base(frame):
    frame["users_new"] = frame["z"]
    known = about(frame)
    labels = {**known.labels, "users_new": "nyregistrerte brukere"}
    frame = described(frame, labels=labels, waves_asked={**(known.waves_asked or {}), "users_new": (2024,)})
    assert about(fit("y ~ x + users_new", frame).table).terms == [
        ("mer enn halvparten av brukerne er", "", ["nyregistrerte brukere"])
    ]
    assert about(fit("y ~ x", frame).table).terms == []


def test_margins_among_those_with_each_characteristic(frame):
    frame = described(frame, labels={**about(frame).labels, "z": "ledere"})
    models = fit("y ~ x + z", frame)
    table = margins(models, ["z"])
    assert list(table["value"]) == ["ledere"] and table["x"].isna().all()
    [expected] = margins(models, "z", [1.0])["estimate"]
    assert table["estimate"].iloc[0] == expected
    assert margins(fit("unasked ~ x", frame), ["x"]).empty
