"""Rounding half up and bokmål numbers, against what Excel prints."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.words.numbers import HIDDEN, nb_list, nb_number, nb_percent, round_half_up

finite = st.floats(-1e9, 1e9, allow_nan=False)


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        (0.5, 0, "1"),
        (2.5, 0, "3"),
        (-0.5, 0, "-1"),
        (-2.5, 0, "-3"),
        (1.005, 2, "1.01"),  # the binary number lies below the half; Excel prints 1,01
        (2.675, 2, "2.68"),
        (0.285, 2, "0.29"),
        (0.49999, 0, "0"),
        (1.4949, 1, "1.5"),
        (7, 2, "7.00"),
        (250, -2, "300"),
        (-0.04, 1, "0.0"),
    ],
)
def test_rounds_as_excel(value: float, digits: int, expected: str) -> None:
    rounded = round_half_up(value, digits)
    assert format(rounded, "f") == expected
    assert not rounded.is_signed() or rounded < 0  # no «−0»


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_only_finite_numbers_are_rounded(value: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        round_half_up(value)


@given(finite, st.integers(0, 3))
def test_rounding_is_idempotent_odd_and_near(value: float, digits: int) -> None:
    rounded = round_half_up(value, digits)
    assert round_half_up(float(rounded), digits) == rounded
    assert round_half_up(-value, digits) == -rounded
    # 12 significant digits are kept before rounding: at 1e9 that is 0.001.
    assert abs(Decimal(value) - rounded) <= Decimal("0.5").scaleb(-digits) + Decimal("0.001")


@given(st.integers(-10_000, 10_000))
def test_a_half_goes_away_from_zero(whole: int) -> None:
    assert round_half_up(whole + 0.5) == (whole + 1 if whole >= 0 else whole)


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        (1635, 0, "1\u202f635"),
        (1234567.5, 1, "1\u202f234\u202f567,5"),
        (54.94, 1, "54,9"),
        (54.95, 1, "55,0"),
        (-0.27, 2, "\u22120,27"),
        (-0.001, 2, "0,00"),
        (999.5, 0, "1\u202f000"),
        (1234, -2, "1\u202f200"),
        (None, 0, "skjult"),
        (math.nan, 2, "skjult"),
    ],
)
def test_numbers_in_bokmaal(value: float | None, digits: int, expected: str) -> None:
    assert nb_number(value, digits) == expected


@given(finite, st.integers(0, 3))
def test_a_printed_number_reads_back_as_the_rounded_one(value: float, digits: int) -> None:
    text = nb_number(value, digits)
    plain = text.replace("\u202f", "").replace("\u2212", "-").replace(",", ".")
    assert Decimal(plain) == round_half_up(value, digits)
    assert not set(text) & set(".- \u00a0")  # nothing that breaks a line or stands for something else in Norwegian


def test_per_cent_keeps_its_sign_on_the_line() -> None:
    assert nb_percent(28.5) == "29\u00a0%"
    assert nb_percent(28.45, 1) == "28,5\u00a0%"
    assert nb_percent(None) == nb_percent(math.nan) == HIDDEN


@pytest.mark.parametrize(
    ("items", "expected"), [([], ""), (["a"], "a"), (["a", "b"], "a og b"), (["a", "b", "c"], "a, b og c")]
)
def test_lists(items: list[str], expected: str) -> None:
    assert nb_list(items) == expected
