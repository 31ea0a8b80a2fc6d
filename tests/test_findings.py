"""Sentences are chosen by the verdict on the estimates, and another verdict chooses another one."""

from __future__ import annotations

import pandas as pd
import pytest

from engine.words.choices import by_change, by_coefficient, by_coefficients, by_contrast, by_slope
from tests.frames import estimate_table

KEYS = ("wave", "group", "category")
CHANGE = {"up": "up", "down": "down", "same": "same", "mixed": "mixed", "unknown": "unknown"}
CONTRAST = {"higher": "higher", "lower": "lower", "alike": "alike", "unknown": "unknown"}


def table(*values: tuple[object, ...], n: int = 50) -> pd.DataFrame:
    """Estimates with error 1, of 50 persons unless given: a difference is clear from 2.8 upwards."""
    return estimate_table(*((*key, float(value), 1.0, n) for *key, value in values), keys=KEYS)


def two(first: float, second: float, n: int = 50) -> pd.DataFrame:
    return table((2022, "unge", "A", first), (2024, "unge", "A", second), n=n)


@pytest.mark.parametrize(
    ("found", "chosen"),
    [
        (two(50, 53), "up"),
        (two(50, 47), "down"),
        (two(50, 52), "same"),
        (two(50, 48), "same"),
        (two(50, 60).iloc[1:], "unknown"),
        (two(50, 60, n=3), "unknown"),
        (two(50, 60).iloc[:0], "unknown"),
    ],
)
def test_a_change_chooses(found: pd.DataFrame, chosen: str) -> None:
    assert by_change(found, **CHANGE) == chosen


def test_several_changes_choose_together() -> None:
    rising, falling = two(50, 60), two(50, 40).assign(category="B")
    still, new = two(50, 50).assign(category="C"), table((2024, "unge", "D", 5))
    assert by_change(pd.concat([rising, still, new]), **CHANGE) == "up"
    assert by_change(pd.concat([falling, still]), **CHANGE) == "down"
    assert by_change(pd.concat([rising, falling]), **CHANGE) == "mixed"
    assert by_change(pd.concat([rising, falling]), **CHANGE | {"mixed": ""}) == "same"
    assert by_change(pd.concat([rising, falling]), "B", **CHANGE) == "down"


@pytest.mark.parametrize(("value", "chosen"), [(13, "higher"), (7, "lower"), (12, "alike")])
def test_a_contrast_chooses(value: float, chosen: str) -> None:
    both = table((2024, "unge", "A", value), (2024, "eldre", "A", 10))
    assert by_contrast(both, "unge", "eldre", 2024, **CONTRAST) == chosen


def test_several_contrasts_choose_together() -> None:
    both = table(
        (2024, "unge", "A", 20), (2024, "eldre", "A", 10), (2024, "unge", "B", 10), (2024, "eldre", "B", 10),
        (2024, "unge", "C", 5), (2024, "eldre", "C", 10), (2024, "unge", "D", 5),
    )  # fmt: skip
    assert by_contrast(both[both["category"] < "C"], "unge", "eldre", **CONTRAST) == "higher"
    assert by_contrast(both, "unge", "eldre", **CONTRAST, mixed="mixed") == "mixed"
    assert by_contrast(both, "unge", "eldre", **CONTRAST) == "alike"
    assert by_contrast(both.iloc[:0], "unge", "eldre", **CONTRAST) == "unknown"
    assert by_contrast(both, "unge", "eldre", 2023, **CONTRAST) == "unknown"


def test_counts_of_everyone_are_compared_as_they_print() -> None:
    counts = estimate_table((2024, "unge", 10.2, float("nan"), 50), (2024, "eldre", 10.4, float("nan"), 50))
    assert by_contrast(counts, "unge", "eldre", **CONTRAST) == "alike"
    assert by_contrast(counts, "unge", "eldre", digits=1, **CONTRAST) == "lower"


@pytest.mark.parametrize(("value", "p_value", "chosen"), [(3, 0.01, "higher"), (-3, 0.01, "lower"), (1, 0.3, "alike")])
def test_coefficients_choose(value: float, p_value: float, chosen: str) -> None:
    model = estimate_table(("tid", "sektor", "coef", float(value), 1.0, 50), keys=("outcome", "term", "measure"))
    model = model.assign(p_value=p_value)
    assert by_coefficient(model, "tid", "sektor", **CONTRAST) == chosen
    assert by_coefficients(model, "sek", **CONTRAST) == chosen
    assert by_coefficients(model, "alder", **CONTRAST) == "unknown"
    assert by_coefficients(model.iloc[:0], "sek", **CONTRAST) == "unknown"


def test_a_curve_chooses() -> None:
    line = table((2024, "unge", "A", 3), (2024, "unge", "A", 2)).assign(x=[0.0, 1.0], p_value=0.01)
    other = line.assign(category="B", estimate=[2.0, 3.0])
    assert by_slope(line, **CHANGE) == "down"
    assert by_slope(other, 2024, **CHANGE) == "up"
    assert by_slope(line.assign(p_value=0.2), **CHANGE) == "same"
    assert by_slope(pd.concat([line, other]), **CHANGE) == "mixed"
    assert by_slope(line, 2023, **CHANGE) == "unknown"
    assert by_slope(line.assign(estimate=[3.0, float("nan")]), **CHANGE) == "unknown"
