"""English numbers and words of direction."""

from __future__ import annotations

import math

import pytest

from engine.words import trends
from engine.words.english import CHANGES, en, en_before, en_number, en_trend
from tests.frames import estimate_table


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (1635, 0, "1,635"),
        (1234567.25, 1, "1,234,567.3"),
        (54.85, 1, "54.9"),
        (-0.27, 2, "−0.27"),
        (-1234.5, 1, "−1,234.5"),
        (2.5, 0, "3"),
        (-0.001, 1, "0.0"),
        (None, 0, "suppressed"),
        (math.nan, 1, "suppressed"),
    ],
)
def test_numbers(value, digits, text):
    assert en_number(value, digits) == text


TABLE = estimate_table(
    (2022, "unge", 54.5, 1.0, 50),
    (2024, "unge", 58.0, 1.0, 50),
    (2022, "eldre", 1300.0, 1.0, 50),
    (2024, "eldre", 1200.0, 1.0, 50),
    (2022, "begge", 60.0, 1.0, 50),
    (2024, "begge", 60.1, 1.0, 50),
    (2022, "noen", 60.0, 1.0, 50),
    (2024, "noen", 62.0, 1.0, 50),
)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("unge", "rose from 55 in 2022 to 58 in 2024"),
        ("eldre", "fell from 1,300 in 2022 to 1,200 in 2024"),
        ("begge", "was about the same, 60 in 2022 and 60 in 2024"),
        ("noen", "seems to have risen from 60 in 2022 to 62 in 2024"),
    ],
)
def test_developments(name, told):
    assert en_trend(TABLE, name) == told


def test_one_wave_none_and_one_that_did_not_ask():
    one = TABLE[TABLE["wave"] == 2024]
    assert en_trend(one, "unge") == "was 58 in 2024"
    assert en_trend(TABLE.iloc[:0], "unge") == "was not asked about"
    assert en(one, "unge", 2022) == "not asked"
    assert en(1635.4) == "1,635"


def test_what_was_before_stands_in_brackets_where_it_is_known():
    assert en_before(TABLE, "unge") == f" (against {en(TABLE, 'unge', 2022)} in 2022)"
    assert en_before(TABLE[TABLE["wave"] == 2024], "unge") == en_before(TABLE.iloc[:0], "unge") == ""
    assert en_before(TABLE.assign(estimate=math.nan, standard_error=math.nan), "unge") == ""


def test_every_word_of_change_has_its_english():
    said = {trends.UNCHANGED, trends.NOT_COMPARABLE, "økte", "gikk ned"}
    assert said <= set(CHANGES)
    hidden = TABLE.assign(estimate=math.nan, standard_error=math.nan)
    assert en_trend(hidden, "unge") == "cannot be compared over time, suppressed in 2022 and suppressed in 2024"
