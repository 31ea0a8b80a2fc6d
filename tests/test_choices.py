"""An author's words for each outcome are taken by the estimates."""

from __future__ import annotations

import math

import pytest

from engine.words.choices import alike, both, change, choose, difference, rise, standing, weight
from tests.frames import estimate_table

TABLE = estimate_table(
    (2022, "unge", 50.0, 1, 50), (2023, "unge", 55.0, 1, 50), (2024, "unge", 60.0, 1, 50),
    (2022, "eldre", 90.0, 1, 50), (2024, "eldre", 80.0, 1, 50),
    (2022, "begge", 70.0, 1, 50), (2024, "begge", 71.0, 1, 50),
    (2022, "få", 70.0, 1, 50), (2024, "få", 10.0, 1, 3),
)  # fmt: skip
WORDS = ("flere", "færre", "like mange", "vi vet ikke")


@pytest.mark.parametrize(
    ("group", "word"), [("unge", "flere"), ("eldre", "færre"), ("begge", "like mange"), ("få", "vi vet ikke")]
)
def test_the_change_decides(group, word):
    assert choose(change(TABLE, group), *WORDS) == word


def test_without_an_earlier_wave_or_the_question_nothing_is_known():
    assert choose(change(TABLE[TABLE["wave"] == 2024], "unge"), *WORDS) == "vi vet ikke"
    assert choose(change(TABLE.iloc[:0], "unge"), *WORDS) == "vi vet ikke"
    assert choose(change(TABLE, "eldre", start=2023), *WORDS) == "vi vet ikke"
    assert choose(difference(TABLE, "unge", "eldre", 2023), *WORDS) == "vi vet ikke"
    assert choose(change(TABLE, "unge", start=2023), *WORDS) == "flere"


def test_the_difference_of_two_groups_is_the_first_less_the_second():
    assert choose(difference(TABLE, "unge", "eldre", 2024), *WORDS) == "færre"
    assert choose(difference(TABLE, "eldre", "unge", 2024), *WORDS) == "flere"


@pytest.mark.parametrize(("last", "p_value", "word"), [(5, 0.01, "flere"), (-5, 0.01, "færre"), (5, 0.5, "like mange")])
def test_a_curve_rises_or_falls_by_its_test(last, p_value, word):
    rows = [(2024, "unge", 0.0, 1, 50), (2024, "unge", float(last), 1, 50)]
    curve = estimate_table(*rows).assign(x=[0.0, 1.0], p_value=p_value)
    assert choose(rise(curve, "unge"), *WORDS) == word
    assert choose(rise(curve.assign(estimate=math.nan), "unge"), *WORDS) == "vi vet ikke"


def test_two_verdicts_that_go_the_same_way_or_not():
    one, other, unknown = change(TABLE, "unge"), change(TABLE, "eldre"), change(TABLE, "få")
    assert alike(one, one, "også", "men ikke") == "også"
    assert alike(one, other, "også", "men ikke") == "men ikke"
    assert alike(one, unknown, "også", "men ikke", "kanskje") == "kanskje"


def test_what_is_the_same_of_two_is_said_once():
    assert both("øker", "øker", "i staten", "i kommunen") == "øker både i staten og i kommunen"
    assert both("øker", "avtar", "i staten", "i kommunen") == "øker i staten og avtar i kommunen"


def test_a_coefficient_decides_where_it_was_asked_for():
    keys = ("category", "group", "measure")
    model = estimate_table(("tid", "trygghet", "coef", 0.5, 0.1, 50), ("tid", "alder", "coef", 0.1, 0.1, 50), keys=keys)
    assert choose(weight(model, "trygg"), *WORDS) == "flere"
    assert choose(weight(model, "alder"), *WORDS) == "like mange"
    assert choose(weight(model, "erfaring"), *WORDS) == choose(weight(model.iloc[:0], "trygg"), *WORDS) == "vi vet ikke"


def test_of_a_full_count_a_little_is_a_change_too():
    rows = [(2022, "årsverk", 100.0, math.nan, 50), (2024, "årsverk", 104.0, math.nan, 50)]
    count = estimate_table(*rows).assign(standard_error=math.nan, ci_low=math.nan, ci_high=math.nan)
    assert choose(change(count, "årsverk"), *WORDS) == "flere"
    assert choose(change(count.assign(estimate=[100.0, 101.0]), "årsverk"), *WORDS) == "like mange"
    # A table that does not reach so far is judged as far as it reaches.
    assert choose(change(count, "årsverk", end=2030), *WORDS) == "flere"


def test_an_estimate_is_judged_against_a_fixed_number() -> None:
    table = estimate_table((2024, "minus", 0.5, 0.2, 200), (2023, "minus", 0.1, 0.2, 200))
    assert choose(standing(table, 2024), "mer", "mindre", "likt", "ukjent") == "mer"
    assert choose(standing(table, 2023), "mer", "mindre", "likt", "ukjent") == "likt"
    assert choose(standing(table, 2024, against=1.0), "mer", "mindre", "likt", "ukjent") == "mindre"
    assert choose(standing(table.iloc[:0], 2024), "mer", "mindre", "likt", "ukjent") == "ukjent"
