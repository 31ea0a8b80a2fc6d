"""Response per wave, counted by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from engine.estimates.respondents import response
from engine.table import About, about, described


def small_survey() -> Any:
    """2022: 40 invited, 20 answered, 15 of them with caseload. 2024: 50 invited, 25 answered, 5 with caseload."""
    invited = pd.DataFrame(
        {"wave": [2022] * 40 + [2024] * 50, "sector": (["statlig"] * 3 + ["kommunal"]) * 10 + ["statlig"] * 50}
    )
    answered = pd.DataFrame(
        {
            "wave": [2022] * 20 + [2024] * 25,
            "sector": ["statlig"] * 10 + ["kommunal"] * 10 + ["statlig"] * 25,
            "has_caseload": [1.0] * 15 + [0.0] * 4 + [float("nan")] + [1.0] * 5 + [0.0] * 20,
        }
    )
    answered = described(answered, About("Undersøkelsen", 2024, "alle"))
    return SimpleNamespace(waves=[2022, 2024], invited=invited, answered=answered)


def value(table: pd.DataFrame, wave: int, category: str, measure: str, sector: str = "") -> float:
    keys = {"wave": wave, "item": category, "measure": measure, "sector": sector}
    for key, wanted in keys.items():
        table = table[table[key] == wanted]
    assert len(table) == 1
    return float(table["estimate"].iloc[0])


def test_counts_and_shares(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPORT_MINIMUM", "3")
    table = response(small_survey())
    assert value(table, 2022, "Invitert", "count") == 40
    assert value(table, 2024, "Svarte", "count") == 25
    assert value(table, 2022, "Har brukerportefølje", "count") == 15
    assert value(table, 2024, "Har ikke brukerportefølje", "count") == 20
    assert value(table, 2022, "Svarprosent", "share_pct") == 50
    assert value(table, 2022, "Har brukerportefølje", "share_pct") == 75
    assert value(table, 2022, "Invitert", "share_pct", "statlig") == 75
    assert value(table, 2022, "Svarte", "share_pct", "kommunal") == 50
    assert value(table, 2024, "Svarte", "share_pct", "statlig") == 100


def test_small_counts_are_hidden_with_what_gives_them_back_and_the_source_is_kept() -> None:
    table = response(small_survey())
    hidden = table[table["suppressed"]]
    found = {
        (wave, category, measure)
        for wave, category, measure, sector in hidden[["wave", "item", "measure", "sector"]].itertuples(index=False)
        if sector == ""
    }
    # Four without a caseload are 20 who answered less 15 with one (one left it open), and 75 per cent of 20 are 15.
    with_caseload, without = "Har brukerportefølje", "Har ikke brukerportefølje"
    assert found == {
        (wave, category, measure)
        for wave in (2022, 2024)
        for category, measure in ((with_caseload, "count"), (without, "count"), (with_caseload, "share_pct"))
    }
    assert hidden["estimate"].isna().all()
    assert table["ci_low"].isna().all()
    assert about(table) == About("Undersøkelsen", 2024, variables=("has_caseload", "sector"), finished=True)
