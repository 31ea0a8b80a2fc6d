"""Words of direction follow from the estimates, and turn when the estimates do."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.words.lookup import Estimate
from engine.words.words import Difference, change_word, compare, difference, extremes, growth, moved, slope_word, trend
from tests.frames import estimate_table


def two(first: float, second: float, error: float = 3.0, n: int = 50) -> pd.DataFrame:
    """Two waves with errors 3 and 4 (times error/3): the error of the difference is 5."""
    return estimate_table((2022, "unge", first, error, 50), (2024, "unge", second, error * 4 / 3, n))


def test_the_error_of_a_difference() -> None:
    found = difference(Estimate(10, 3, 0, 0, 50), Estimate(18, 4, 0, 0, 50))
    assert (found.value, found.standard_error, found.z) == (8, 5, 1.6)


@pytest.mark.parametrize(
    ("value", "error", "clear", "tendency"),
    [
        (1.97, 1, True, False),
        (-1.97, 1, True, False),
        (1.95, 1, False, True),
        (-1.0, 1, False, True),
        (0.99, 1, False, False),
        (5, 0, False, False),
        (math.nan, 1, False, False),
    ],
)
def test_the_three_steps(value: float, error: float, clear: bool, tendency: bool) -> None:
    found = Difference(value, error)
    assert (found.clear, found.tendency) == (clear, tendency)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (9.9, "økte"),
        (9.7, "viste en tendens til økning"),
        (5.0, "viste en tendens til økning"),
        (4.9, "var om lag uendret"),
        (-4.9, "var om lag uendret"),
        (-5.1, "viste en tendens til nedgang"),
        (-9.9, "gikk ned"),
    ],
)
def test_change_words(change: float, word: str) -> None:
    assert change_word(two(50, 50 + change), 2022, 2024, "unge") == word


def test_a_hidden_wave_can_not_be_compared() -> None:
    assert change_word(two(50, 90, n=4), 2022, 2024, "unge") == "kan ikke sammenlignes"


@settings(max_examples=30)
@given(st.floats(-40, 40))
def test_turning_the_waves_turns_the_word(change: float) -> None:
    mirror = {"økte": "gikk ned", "viste en tendens til økning": "viste en tendens til nedgang"}
    mirror |= {there: here for here, there in mirror.items()} | {"var om lag uendret": "var om lag uendret"}
    table = two(50, 50 + change)
    assert change_word(table, 2024, 2022, "unge") == mirror[change_word(table, 2022, 2024, "unge")]


def test_trends() -> None:
    assert trend(two(50, 65), "unge") == "økte fra 50 i 2022 til 65 i 2024"
    assert trend(two(65.25, 50), "unge", digits=1) == "gikk ned fra 65,3 i 2022 til 50,0 i 2024"
    assert trend(two(50, 51), "unge") == "var om lag uendret fra 50 i 2022 til 51 i 2024"
    assert trend(two(50, 50.4), "unge") == "var om lag uendret på 50 fra 2022 til 2024"
    assert trend(two(50, 50.4).iloc[1:], "unge") == "var 50 i 2024"


def test_a_trend_tells_the_waves_between() -> None:
    table = estimate_table(
        (2024, "unge", 76.0, 1, 50),
        (2022, "unge", 70.0, 1, 50),
        (2023, "unge", 75.6, 1, 50),
        (2024, "eldre", 1.0, 1, 50),
    )
    assert trend(table, "unge") == "økte fra 70 i 2022 til 76 i 2024 (76 i 2023)"


def test_a_trend_with_a_hidden_wave_makes_no_claim() -> None:
    assert trend(two(50, 90, n=4), "unge") == "kan ikke sammenlignes over tid (50 i 2022 og skjult i 2024)"


def test_groups_are_compared_in_one_wave() -> None:
    table = estimate_table(
        (2024, "unge", 50.0, 3, 50), (2024, "eldre", 60.0, 4, 50), (2024, "begge", 54.0, 4, 50), (2024, "få", 5.0, 1, 2)
    )  # fmt: skip
    assert compare(table, "eldre", "unge", 2024) == "høyere enn"
    assert compare(table, "unge", "eldre", 2024) == "lavere enn"
    assert compare(table, "begge", "unge", 2024) == "om lag som"
    assert compare(table, "få", "unge") == "ikke sammenlignbar med"


REGIONS = estimate_table(
    (2022, "Oslo", 80.0, 1, 50),
    (2022, "Agder", 60.0, 1, 50),
    (2022, "Nordland", 70.0, 1, 50),
    (2022, "Vestland", 70.0, 1, 50),
    (2024, "Oslo", 108.4, 1, 50),
    (2024, "Agder", 62.0, 1, 50),
    (2024, "Nordland", 50.0, 1, 50),
    (2024, "Vestland", 200.0, 1, 3),
    keys=("wave", "category"),
)


def test_the_ends_of_a_wave_leave_out_the_hidden() -> None:
    assert extremes(REGIONS, 2024) == ("Oslo (108)", "Nordland (50)")
    assert extremes(REGIONS, 2022, digits=1) == ("Oslo (80,0)", "Agder (60,0)")
    assert extremes(REGIONS, 2024, "Vestland") == ("skjult", "skjult")


def test_the_ends_over_another_key_leave_out_the_total() -> None:
    table = estimate_table((2024, "unge", 50.0, 1, 50), (2024, "eldre", 40.0, 1, 50), (2024, "totalt", 30.0, 1, 50))
    assert extremes(table, 2024, over="group") == ("unge (50)", "eldre (40)")


def test_categories_that_grew() -> None:
    # Errors of 1 each: Agder's 2 more is 1.41 standard errors, Oslo's 28 and Nordland's 20 are clear.
    assert growth(REGIONS, 2022, 2024) == "økte klart fra 2022 til 2024 for Oslo"
    assert growth(REGIONS, 2024, 2022, where="i") == "økte klart fra 2024 til 2022 i Nordland"
    assert growth(REGIONS, 2022, 2024, "Agder") == "økte ikke klart for noen av gruppene fra 2022 til 2024"
    assert growth(REGIONS, 2024, 2024) == "kan ikke sammenlignes med en tidligere undersøkelse"


def test_several_categories_stand_in_the_tables_order() -> None:
    table = REGIONS.assign(estimate=[1.0, 1, 1, 1, 90, 1, 80, 70], standard_error=1.0)
    assert growth(table, 2022, 2024) == "økte klart fra 2022 til 2024 for Oslo, Nordland og Vestland"


def test_categories_that_a_wave_did_not_ask_have_not_grown() -> None:
    asked_twice = REGIONS[~((REGIONS["wave"] == 2022) & (REGIONS["category"] == "Oslo"))]
    assert growth(asked_twice, 2022, 2024).startswith("økte ikke klart")


def line(values: list[float], p_value: float, n: int = 50) -> pd.DataFrame:
    table = estimate_table(*[(2024, "unge", value, 1.0, n) for value in values])
    return table.assign(x=range(len(values)), p_value=p_value)


@pytest.mark.parametrize(
    ("values", "p_value", "word"),
    [
        ([1, 5, 3], 0.049, "øker"),
        ([3, 5, 1], 0.049, "avtar"),
        ([1, 5, 3], 0.05, "varierer lite"),
        ([1, 5, 3], math.nan, "varierer lite"),
    ],
)
def test_slopes(values: list[float], p_value: float, word: str) -> None:
    table = line(values, p_value)
    assert slope_word(table, "unge") == word
    assert slope_word(table.iloc[::-1], "unge", 2024) == word


def test_a_hidden_curve_has_no_slope() -> None:
    assert slope_word(line([1, 2], 0.01, n=4), "unge") == "kan ikke vises"
    assert slope_word(line([1, 2], 0.01), "eldre") == "kan ikke vises"


def test_nothing_asked_is_said_in_every_word() -> None:
    nothing = two(1, 2).iloc[:0]
    assert trend(nothing, "unge") == "er ikke spurt om"
    assert compare(nothing, "unge", "begge", 2024) == "ikke sammenlignbar med"
    assert extremes(nothing, 2024) == ("ikke spurt", "ikke spurt")
    assert change_word(nothing, 2022, 2024, "unge") == "kan ikke sammenlignes"
    assert growth(nothing, 2022, 2024, "unge") == "kan ikke sammenlignes med en tidligere undersøkelse"
    assert slope_word(nothing.assign(x=[]), "unge") == "kan ikke vises"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (6.0, "økte med 6,0 (mellom 4,0 og 8,0)"),
        (-6.0, "gikk ned med 6,0 (mellom 4,0 og 8,0)"),
        (1.0, "endret seg ikke klart (anslag 1,0, mellom −1,0 og 3,0)"),
    ],
)
def test_a_change_and_its_interval_in_words(value: float, expected: str) -> None:
    table = estimate_table((2024, "alle svar", value, 1.0204269652722, 50))
    assert moved(table, "alle", 2024, digits=1) == expected


def test_a_change_that_is_hidden_or_has_no_earlier_wave() -> None:
    table = estimate_table((2024, "alle svar", 5.0, 1.0, 4))
    assert moved(table, "alle") == moved(table.iloc[:0], "alle") == "kan ikke sammenlignes"
