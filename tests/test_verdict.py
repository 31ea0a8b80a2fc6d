"""One verdict on a difference: its sign, and how sure it is."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.table import Estimate
from engine.words.verdict import (
    CLEAR,
    HIDDEN,
    NOT_COMPARABLE,
    TENDENCY,
    UNCHANGED,
    as_printed,
    between,
    from_middle,
    of_interval,
    of_p,
    of_sizes,
)


def estimate(value: float, error: float) -> Estimate:
    return Estimate(value, error, value - 1.96 * error, value + 1.96 * error, 50)


def test_the_error_of_a_difference_is_the_root_of_the_sum_of_squares() -> None:
    # Errors 3 and 4 make 5: 9.7 is below 1.96 of them, 9.9 above; 7 of them, or 1, would turn the word.
    for change, strength in ((9.9, CLEAR), (9.7, TENDENCY), (5.0, TENDENCY), (4.9, UNCHANGED)):
        for sign in (1, -1):
            found = between(estimate(50, 3), estimate(50 + sign * change, 4))
            assert (found.strength, found.sign, found.way) == (strength, sign, sign if strength == CLEAR else 0)
            assert found.value == pytest.approx(sign * change)


@pytest.mark.parametrize(
    ("value", "error", "strength"),
    [(5.0, 0.0, NOT_COMPARABLE), (5.0, math.nan, NOT_COMPARABLE), (math.nan, 1.0, HIDDEN)],
)
def test_without_an_error_or_a_number_nothing_is_said(value: float, error: float, strength: str) -> None:
    found = between(estimate(0, 0), estimate(value, error))
    assert (found.strength, found.known, found.way) == (strength, False, 0)


@given(st.floats(-40, 40), st.floats(0.1, 9))
def test_turning_the_estimates_turns_the_sign_and_keeps_the_strength(change: float, error: float) -> None:
    one, other = estimate(0, error), estimate(change, error)
    assert between(one, other).strength == between(other, one).strength
    assert between(one, other).sign == -between(other, one).sign


def test_an_interval_of_its_own_decides() -> None:
    assert of_interval(1.0, 0.1, 1.9).way == 1 and of_interval(-1.0, -1.9, -0.1).way == -1
    assert of_interval(1.0, -0.1, 2.1, 0.9).strength == TENDENCY
    assert of_interval(1.0, -0.1, 2.1, 1.1).strength == of_interval(1.0, -0.1, 2.1).strength == UNCHANGED


def test_a_test_decides_below_its_level() -> None:
    assert of_p(-1.0, 0.049).way == -1 and of_p(1.0, 0.05).way == 0 and of_p(1.0, 0.09, 0.1).way == 1
    assert of_p(1.0, math.nan).strength == NOT_COMPARABLE and of_p(math.nan, 0.01).strength == HIDDEN


def test_the_middle_of_a_scale_has_no_error() -> None:
    assert [from_middle(estimate(3 + step, 0.1), 3).way for step in (0.2, 0.19, -0.19, -0.2)] == [1, 0, 0, -1]


def test_sizes_without_an_error_are_held_against_the_first() -> None:
    found = [of_sizes(100, size, 0.015, 0.05).strength for size in (101, 103, 97, 106)]
    assert found == [UNCHANGED, TENDENCY, TENDENCY, CLEAR]
    assert of_sizes(0, 0, 0.1).strength == UNCHANGED and of_sizes(0, 1, 0.1).way == 1
    assert of_sizes(math.nan, 1, 0.1).strength == HIDDEN


def test_full_counts_are_equal_where_they_print_the_same() -> None:
    assert as_printed(4.4, 4.3, 0).way == 0 and as_printed(4.4, 4.5, 0).way == 1 and as_printed(4.4, 4.3, 1).way == -1
    assert as_printed(math.nan, 1.0, 0).strength == HIDDEN
