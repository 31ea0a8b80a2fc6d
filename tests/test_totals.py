"""Totals and ratios of two variables, against sums on paper, and what of them must be hidden."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from engine.data.survey import open_survey
from engine.errors import ReportError
from engine.estimates.totals import grossed, ratio, total
from engine.estimates.weighted import mean
from tests.frames import persons


def groups(*names: str) -> pd.Categorical:
    return pd.Categorical(names, sorted(set(names)), ordered=True)


def test_a_total_and_its_error() -> None:
    # Ten persons of 2 with weight 1, ten of 6 with weight 3: 20 + 180. What each adds is 2 or 18, mean 10:
    # 20 · 8² · 20/19.
    row = total(persons(y=[2] * 10 + [6] * 10, weight=[1.0] * 10 + [3.0] * 10), "y").iloc[0]
    assert (row["estimate"], row["measure"], row["n"]) == (200.0, "total", 20)
    error = math.sqrt(20 * 64 * 20 / 19)
    assert row["standard_error"] == pytest.approx(error)
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((200 - 1.959964 * error, 200 + 1.959964 * error), abs=1e-4)


def test_how_many_are_in_a_group_is_not_known_beforehand() -> None:
    # All of a group answer 1, so its mean has no error; that 20 of 40 are in it has: 40 · ½ · ½ · 40/39.
    frame = persons(y=[1.0] * 40, group=groups(*["a"] * 20, *["b"] * 20))
    assert mean(frame, "y", "group")["standard_error"].tolist() == [0.0, 0.0]
    assert total(frame, "y", "group")["standard_error"].tolist() == pytest.approx([math.sqrt(40 / 4 * 40 / 39)] * 2)


def test_a_missing_answer_adds_nothing() -> None:
    row = total(persons(y=[3.0, np.nan] * 15), "y").iloc[0]
    assert (row["estimate"], row["n"]) == (45.0, 15)


def test_a_ratio_is_of_totals_and_not_a_mean_of_ratios() -> None:
    # 1 of 1 and 1 of 9, ten times: 20/100, while the mean of persons' own ratios is 5/9.
    # Influence (1 − 0.2 · 1)/100 and (1 − 0.2 · 9)/100: ±0.8/100; 20 · 0.008² · 20/19.
    row = ratio(persons(y=[1.0, 1.0] * 10, x=[1.0, 9.0] * 10), "y", "x").iloc[0]
    assert (row["estimate"], row["measure"]) == (0.2, "ratio")
    assert row["standard_error"] == pytest.approx(math.sqrt(20 * 0.008**2 * 20 / 19))


def test_who_lacks_either_part_of_a_ratio_is_left_out() -> None:
    row = ratio(persons(y=[2.0, 100.0, np.nan] * 12, x=[1.0, np.nan, 50.0] * 12), "y", "x").iloc[0]
    assert (row["estimate"], row["n"]) == (2.0, 12)


def test_the_same_ratio_for_everyone_has_no_error() -> None:
    base = np.arange(1.0, 41.0)
    table = ratio(persons(y=base / 7, x=base, group=groups(*["a", "b"] * 20)), "y", "x", "group")
    assert table["standard_error"].tolist() == [0.0, 0.0]


@pytest.mark.filterwarnings("error")
def test_a_base_of_nothing_has_no_ratio() -> None:
    row = ratio(persons(y=[1.0] * 20, x=[0.0] * 20), "y", "x").iloc[0]
    assert np.isnan([row["estimate"], row["standard_error"], row["ci_low"]]).all()


def test_one_person_who_makes_most_of_a_total_hides_it() -> None:
    few = [1000.0] + [1.0] * 19
    assert total(persons(y=few), "y")["suppressed"].all()
    assert ratio(persons(y=[1.0, 2.0] * 10, x=few), "y", "x")["suppressed"].all()
    assert ratio(persons(y=few, x=[1.0, 2.0] * 10), "y", "x")["suppressed"].all()


def test_a_hidden_total_does_not_follow_from_the_others() -> None:
    """Three in a group are too few: with weights that nobody knows a mean stays, but totals can be subtracted."""
    frame = persons(
        y=np.arange(43.0) % 7, weight=1 + np.arange(43) % 3, group=groups(*["a"] * 20, *["b"] * 20, *["c"] * 3)
    )
    table = total(frame, "y", "group", total="group")
    whole, parts = table.iloc[-1], table.iloc[:-1]
    assert parts["suppressed"].tolist().count(True) >= 1
    assert whole["suppressed"] or parts["suppressed"].sum() >= 2
    means = mean(frame, "y", "group", total="group")
    assert not means.iloc[-1]["suppressed"]


def test_one_or_two_who_have_something_are_not_counted_out() -> None:
    """A total of a yes or no among persons of weight 1 is a number of persons."""
    nearly = persons(y=[0.0] + [1.0] * 29)
    assert total(nearly, "y")["suppressed"].all()
    assert not total(persons(y=[0.0] * 10 + [1.0] * 20), "y")["suppressed"].any()


def test_grossed_weights_are_those_who_were_invited(twin_root) -> None:
    survey = open_survey(2024, twin_root)
    found = grossed(survey, survey.answered)
    sums = found.groupby("wave")["weight"].sum()
    assert sums.to_numpy() == pytest.approx(survey.invited["wave"].value_counts().sort_index().to_numpy())
    assert found.attrs == survey.answered.attrs
    with pytest.raises(ReportError, match="a wave that the survey has not opened"):
        grossed(survey, survey.answered.assign(wave=1999))
