"""Curves over office size: known parabolas come back, bands behave."""

from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.estimates.curves import curve
from engine.estimates.weighted import mean
from engine.table import About, about, described
from tests.frames import persons, repeat

SIZES = [10, 20, 30, 40, 50, 60]


@pytest.fixture(autouse=True, scope="module")
def _few_persons_are_enough() -> Iterator[None]:
    """Curves of a dozen persons can be worked out on paper; tests/test_freedom.py has the rule."""
    with patch("engine.disclosure.rules.FEWEST", 0):
        yield


def noisy() -> dict[str, list[float]]:
    """Two persons at each size, one above and one below 2 + 3x − 0.01x² (weights equal, so the noise cancels)."""
    size = np.repeat(SIZES, 2).astype(float)
    error = np.tile([1.0, -1.0], len(SIZES))
    return {"office_size": size.tolist(), "y": (2 + 3 * size - 0.01 * size**2 + error).tolist()}


def test_a_parabola_comes_back_at_the_points_asked_for() -> None:
    table = curve(persons(**noisy()), "y", at=[0, 10, 100])
    assert table["x"].tolist() == [0, 10, 100]
    assert table["estimate"].tolist() == pytest.approx([2, 31, 202])  # 2 + 30 − 1, 2 + 300 − 100
    assert table["n"].tolist() == [12] * 3
    assert set(table["measure"]) == {"predicted_mean"}
    assert about(table) == About("Undersøkelsen", 2024, variables=("y", "office_size"), finished=True)


def test_the_band_is_the_linearised_one() -> None:
    # Four persons at each of x = 0, 1, 2: three points decide the parabola, so the fit at x is the group's mean and
    # its error that of a domain's mean: 1, 3 twice, mean 2, influence ∓1/4 in four rows of twelve: 4/16 · 12/11.
    frame = repeat(persons(office_size=[0.0, 0, 1, 1, 2, 2], y=[1.0, 3, 5, 5, 8, 8], size=list("aabbcc")), 2)
    table = curve(frame, "y", at=[0, 1, 2])
    assert table["estimate"].tolist() == pytest.approx([2, 5, 8])
    assert table["standard_error"].tolist() == pytest.approx([np.sqrt(0.25 * 12 / 11), 0, 0], abs=1e-6)
    # Over two waves that differ, the waves are strata: as in the group's mean.
    waves = repeat(frame, 3).assign(wave=[2022, 2024, 2024] * 12)
    group = mean(waves, "y", "size").iloc[0]
    assert curve(waves, "y", at=[0])["standard_error"].item() == pytest.approx(group["standard_error"])
    assert group["standard_error"] != pytest.approx(mean(waves.assign(wave=1), "y", "size")["standard_error"].iloc[0])
    half = table["ci_high"] - table["estimate"]
    assert half.tolist() == pytest.approx((1.959963984540054 * table["standard_error"]).tolist())


def test_weights_pull_the_curve() -> None:
    # At x = 0 answers 0 (weight 1) and 4 (weight 3): 12/4.
    frame = repeat(persons(office_size=[0.0, 0, 1, 2], y=[0.0, 4, 1, 1], weight=[1.0, 3, 1, 1]), 3)
    assert curve(frame, "y", at=[0])["estimate"].item() == pytest.approx(3)
    assert np.isnan(curve(frame, "y", at=[0])["p_value"].item())  # two sizes of three without spread: no test


def test_groups_total_and_default_points() -> None:
    frame = repeat(persons(**noisy(), sector=["statlig", "kommunal"] * 6), 50)
    table = curve(frame, "y", by=["sector"], total="sector")
    assert list(dict.fromkeys(table["sector"])) == ["kommunal", "statlig", "totalt"]
    assert len(table) == 3 * 41
    assert (table["x"].min(), table["x"].max()) == (10, 60)
    ends = table[table["x"] == 10].set_index("sector")["estimate"]
    # The noise of +1 is the state's and −1 the municipalities'.
    assert ends.to_dict() == pytest.approx({"statlig": 32, "kommunal": 30, "totalt": 31})


def test_the_points_leave_out_the_largest_two_per_cent() -> None:
    frame = persons(office_size=[*range(1, 100), 1000.0], y=np.arange(100.0))
    # Percentile 98 of 100 values lies just above the 98th, rounded down.
    assert curve(repeat(frame, 10), "y")["x"].max() == 98
    # Of a hundred persons it would be nearly one person's: ten of them lie at or beyond the end.
    assert (frame["office_size"] >= curve(frame, "y")["x"].max()).sum() >= 10


def test_waves_that_did_not_ask_have_no_curve() -> None:
    frame = persons(**noisy(), wave=[2022, 2024] * 6)
    frame = repeat(frame, 2)
    assert set(curve(frame, "y", by="wave")["wave"]) == {2022, 2024}
    frame = described(frame, waves_asked={"y": (2024,)})
    assert set(curve(frame, "y", by="wave")["wave"]) == {2024}
    assert len(curve(frame, "y")) == 41


def test_the_other_wave_adds_nothing_to_a_curves_error() -> None:
    frame = persons(**noisy())
    other = frame.assign(wave=2022, y=frame["y"] * 7 + 1)
    both = repeat(frame, 1)
    both = both.merge(other, how="outer")
    alone = curve(frame, "y", at=[15, 55])
    together = curve(both, "y", by="wave", at=[15, 55])
    assert together.loc[together["wave"] == 2024, "standard_error"].tolist() == pytest.approx(
        alone["standard_error"].tolist()
    )
    # Nor does a wave of one person, which has no error of its own, take it away.
    one = frame.merge(other.head(1), how="outer")
    beside = curve(one, "y", by="wave", at=[15, 55])
    assert beside.loc[beside["wave"] == 2024, "standard_error"].tolist() == pytest.approx(
        alone["standard_error"].tolist()
    )


def test_few_persons_are_hidden() -> None:
    table = curve(persons(office_size=[1.0, 2, 3, 4, 5], y=[1.0, 2, 2, 3, 5]), "y")
    assert table["suppressed"].all()
    assert table[["estimate", "ci_low", "p_value"]].isna().all(axis=None)


def test_one_size_has_no_curve() -> None:
    table = curve(persons(office_size=[5.0] * 12, y=np.arange(12.0)), "y", at=[4, 5])
    assert table["estimate"].isna().all()


def test_missing_sizes_and_answers_are_left_out() -> None:
    frame = repeat(persons(office_size=[0.0, 1, 2, np.nan, 2], y=[1.0, 2, 5, 99, np.nan]), 5)
    table = curve(frame, "y", at=[0, 1, 2])
    assert table["estimate"].tolist() == pytest.approx([1, 2, 5])
    assert table["n"].tolist() == [15] * 3


def test_the_test_of_the_curve() -> None:
    steep = curve(persons(**noisy()), "y")
    assert steep["p_value"].iloc[0] < 1e-6
    frame = noisy()
    flat = curve(persons(office_size=frame["office_size"], y=[1.0, -1.0] * 6), "y")
    assert flat["p_value"].iloc[0] == pytest.approx(1)


def test_answers_that_are_all_equal_give_a_flat_line() -> None:
    table = curve(persons(office_size=noisy()["office_size"], y=[0.0] * 12), "y")
    assert table["p_value"].isna().all()  # nothing to test, and so nothing to say
    assert table["estimate"].tolist() == pytest.approx([0.0] * 41)


@settings(max_examples=25)
@given(st.lists(st.floats(-20, 20), min_size=12, max_size=12), st.floats(0.01, 100))
def test_scale_of_weights_and_of_answers(error: list[float], factor: float) -> None:
    frame = persons(**noisy())
    frame["y"] += error
    before = curve(frame, "y", at=[12, 50])
    after = curve(frame.assign(weight=factor), "y", at=[12, 50])
    assert after["estimate"].tolist() == pytest.approx(before["estimate"].tolist(), abs=1e-6)
    assert after["standard_error"].tolist() == pytest.approx(before["standard_error"].tolist(), abs=1e-6)
    double = curve(frame.assign(y=frame["y"] * 2), "y", at=[12, 50])
    assert double["standard_error"].tolist() == pytest.approx((2 * before["standard_error"]).tolist(), abs=1e-6)
    assert (before["ci_low"] <= before["estimate"]).all() and (before["estimate"] <= before["ci_high"]).all()


def test_an_outcome_that_no_wave_asked_gives_an_empty_curve() -> None:
    frame = persons(y=[1.0] * 12, weight=[1.0] * 12, office_size=[float(i) for i in range(12)])
    frame = described(frame, labels={"later": "senere"}, waves_asked={"y": (2024,)})
    assert curve(frame, "later", by="wave").empty


def test_several_outcomes_give_their_curves_below_each_other() -> None:
    columns = noisy()
    frame = persons(**columns, z=[2 * value for value in columns["y"]])
    frame = described(frame, labels={"y": "det ene", "z": "det andre"})
    both = curve(frame, ["y", "z"], by="wave", at=[10.0, 20.0])
    assert both["item"].tolist() == ["det ene"] * 2 + ["det andre"] * 2
    one = curve(frame, "y", by="wave", at=[10.0, 20.0])
    assert both["estimate"].tolist() == pytest.approx([*one["estimate"], *(2 * one["estimate"])])
    labels = {"y": "det ene", "z": "det andre"}
    used = ("y", "office_size", "wave", "z")
    assert about(both) == About("Undersøkelsen", 2024, labels=labels, variables=used, finished=True)


def test_several_outcomes_and_a_group_have_each_their_column() -> None:
    columns = noisy()
    frame = persons(**columns, z=[2 * value for value in columns["y"]], kind=["a", "b"] * len(SIZES))
    both = curve(frame, ["y", "z"], by="kind", at=[10.0])
    assert list(zip(both["item"], both["kind"], strict=True)) == [("y", "a"), ("y", "b"), ("z", "a"), ("z", "b")]
