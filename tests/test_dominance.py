"""One or two persons who make up a total."""

from __future__ import annotations

import numpy as np
import pytest

from engine.disclosure.rules import SMALLEST_NUMERATOR, is_dominated


@pytest.mark.parametrize(
    ("contributions", "dominated"),
    [
        ([500.0, 400.0, *[10.0] * 10], False),  # two of twelve make 90 per cent, not more
        ([500.0, 401.0, *[10.0] * 10], True),
        ([1000.0, *[9.0] * 11], True),  # one person: 91 per cent
        ([100.0] * 12, False),
        ([0.0] * 12, False),
        ([-1000.0, *[9.0] * 11], True),  # a debt
        ([1000.0, 1000.0, 95.0], True),  # the others are less than a tenth of the largest
        ([1.0, 1.0, *[0.0] * 20], True),
        ([1.0, 1.0, 1.0, *[0.0] * 20], False),
        ([], False),
    ],
)
def test_who_makes_most_of_it(contributions: list[float], dominated: bool) -> None:
    assert is_dominated(np.array(contributions)) is dominated
    assert is_dominated(np.array(contributions[::-1])) is dominated


def test_the_p_per_cent_rule_reaches_further_than_the_other_one() -> None:
    # 45 + 45 of 100 are 90 per cent, not more; p% asks what the others are against the largest alone.
    assert not is_dominated(np.array([45.0, 45.0, 10.0]))
    # Of 1000, 850 and 90: 94 and so both; of 1000, 0 and 95 the second could tell the first within 9.5 per cent.
    assert is_dominated(np.array([1000.0, 850.0, 90.0]))


def test_a_numerator_of_one_or_two_is_what_the_rules_call_dominated() -> None:
    for persons in range(1, 8):
        assert is_dominated(np.array([1.0] * persons + [0.0] * 30)) is (persons < SMALLEST_NUMERATOR)
