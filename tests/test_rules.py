"""Estimates on too few persons are hidden, whatever the setting says."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from engine.disclosure.rules import minimum_persons, protect
from engine.errors import ReportError


@pytest.fixture(autouse=True)
def _no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REPORT_MINIMUM", raising=False)


def table(*n: float) -> pd.DataFrame:
    numbers = {name: np.arange(len(n)) + 0.5 for name in ("estimate", "standard_error", "ci_low", "ci_high", "p_value")}
    return pd.DataFrame({"group": [f"g{k}" for k in range(len(n))], **numbers, "n": n})


def test_ten_persons_are_enough_and_nine_are_not() -> None:
    shown = protect(table(9, 10, 0))
    assert shown["suppressed"].tolist() == [True, False, True]
    hidden = shown.loc[[0, 2], ["estimate", "standard_error", "ci_low", "ci_high", "p_value", "n"]]
    assert hidden.isna().all(axis=None)
    assert shown.loc[1, ["estimate", "ci_low", "ci_high", "p_value", "n"]].tolist() == [1.5, 1.5, 1.5, 1.5, 10.0]
    assert shown["group"].tolist() == ["g0", "g1", "g2"]


def test_the_table_given_is_left_as_it_was() -> None:
    given = table(2, 20)
    protect(given)
    pd.testing.assert_frame_equal(given, table(2, 20))


def test_protecting_twice_is_protecting_once() -> None:
    once = protect(table(4, 40))
    pd.testing.assert_frame_equal(protect(once), once)


@pytest.mark.parametrize(("minimum", "expected"), [(1, [True, False, False]), (6, [True, True, False])])
def test_an_override_never_goes_below_three(minimum: int, expected: list[bool]) -> None:
    assert protect(table(2, 3, 6), minimum)["suppressed"].tolist() == expected


def test_columns_that_a_table_lacks_are_not_added() -> None:
    assert list(protect(pd.DataFrame({"estimate": [1.0], "n": [5]}))) == ["estimate", "n", "suppressed", "reason"]


def test_the_setting_moves_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    assert minimum_persons() == 10
    monkeypatch.setenv("REPORT_MINIMUM", "3")
    assert minimum_persons() == 3
    assert protect(table(2, 3))["suppressed"].tolist() == [True, False]


@pytest.mark.parametrize("setting", ["2", "0", "-5", "ti", "", "10.5", "²"])
def test_a_senseless_setting_is_refused(monkeypatch: pytest.MonkeyPatch, setting: str) -> None:
    monkeypatch.setenv("REPORT_MINIMUM", setting)
    with pytest.raises(ReportError, match="REPORT_MINIMUM"):
        minimum_persons()
