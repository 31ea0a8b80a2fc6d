"""Alternative texts tell what the picture shows, and nothing that it hides."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from engine.disclosure.rules import protect
from engine.exhibits.alt_text import MOST_TOLD, curves_text, dots_text
from engine.exhibits.style import Layout
from tests.frames import estimate_table
from tests.pictures import COUNTIES, GROUPS, SHAPES, estimates

LAYOUT = Layout("group", "wave", "", "brukere per veileder", 0, (0.0, math.nan))
TABLE = estimate_table(
    (2022, "unge", 54.5, 1.0, 50),
    (2024, "unge", 58.0, 1.0, 50),
    (2022, "totalt", 70.4, 1.0, 9),
    (2024, "totalt", 1076.0, 1.0, 50),
)


def test_every_estimate_of_a_small_picture_is_told() -> None:
    assert dots_text(TABLE, LAYOUT) == (
        "Punkter med 95 prosent konfidensintervall, brukere per veileder. "
        "Unge: 55 i 2022 og 58 i 2024. Totalt: skjult i 2022 og 1\u202f076 i 2024."
    )


def test_panels_series_and_decimals() -> None:
    table = estimate_table(
        ("statlig", "Oslo", "unge", 3.25, 0.1, 50),
        ("statlig", "Oslo", "eldre", 4.0, 0.1, 50),
        ("kommunal", "Oslo", "unge", 2.0, 0.1, 50),
        keys=("sector", "category", "group"),
    )
    layout = replace(LAYOUT, rows="category", series="group", panels="sector", unit="gjennomsnitt", digits=1)
    assert dots_text(table, layout).endswith(
        "gjennomsnitt. Statlig: Oslo: unge 3,3 og eldre 4,0. Kommunal: Oslo: unge 2,0."
    )


@pytest.mark.parametrize("series", ["", "group"])
def test_without_series_only_the_number_is_told(series: str) -> None:
    table = TABLE[TABLE["wave"] == 2024]
    assert dots_text(table, replace(LAYOUT, series=series)).endswith("Unge: 58. Totalt: 1\u202f076.")


def test_counts_have_no_interval() -> None:
    table = TABLE.assign(ci_low=math.nan, ci_high=math.nan)
    assert dots_text(table, LAYOUT).startswith("Punkter, brukere per veileder. ")


def test_the_limit_of_what_is_told() -> None:
    # 12 counties in two waves are told one by one; with one more wave only the ends.
    layout = replace(LAYOUT, rows="category")
    told = dots_text(estimates(category=COUNTIES, wave=[2022, 2024]), layout)
    assert MOST_TOLD == 24
    assert all(county in told for county in COUNTIES)
    assert "høyest" in dots_text(estimates(category=COUNTIES, wave=[2022, 2023, 2024]), layout)


def test_of_a_large_picture_the_ends_of_each_series_are_told() -> None:
    table = estimates(category=COUNTIES, wave=[2022, 2023, 2024])
    table["estimate"] = [float(10 * (k % 3) + k // 3) for k in range(36)]  # rises by county, ten more each wave
    table.loc[35, "n"] = 4  # the highest in 2024, Vestland
    table.loc[table["wave"] == 2023, "n"] = 4
    assert dots_text(protect(table), replace(LAYOUT, rows="category")) == (
        "Punkter med 95 prosent konfidensintervall, brukere per veileder. "
        "2022: høyest Vestland 11, lavest Øst-Viken 0, blant 12 rader. 2023: skjult. "
        "2024: høyest Vest-Viken 30, lavest Øst-Viken 20, blant 12 rader, 1 skjult."
    )


def test_a_large_picture_without_series() -> None:
    table = estimates(category=[f"c{k}" for k in range(30)])
    table["estimate"] = [float(k) for k in range(30)]
    text = dots_text(table, replace(LAYOUT, rows="category", series=""))
    assert text.endswith("veileder. høyest c29 29, lavest c0 0, blant 30 rader.")


def test_curves_at_three_points() -> None:
    _, table, layout = SHAPES["e"]
    table = table[table["group"].isin(GROUPS[:2])].copy()
    table["estimate"] = table["x"] + (table["wave"] - 2022)  # 9 and 209 are the ends, 109 the middle
    table.loc[(table["group"] == GROUPS[1]) & (table["wave"] == 2022), "n"] = 3
    table = protect(table).iloc[::-1]
    assert curves_text(table, layout) == (
        "Kurver med 95 prosent konfidensbånd, brukere per veileder etter antall ansatte ved kontoret. "
        "De over 30 år. 2024: 11 ved 9, 111 ved 109 og 211 ved 209; 2022: skjult. "
        "Unge (under 30 år). 2024: 11 ved 9, 111 ved 109 og 211 ved 209; 2022: 9 ved 9, 109 ved 109 og 209 ved 209."
    )


def test_one_curve() -> None:
    _, table, layout = SHAPES["e"]
    table = table[(table["group"] == GROUPS[0]) & (table["wave"] == 2024)].assign(estimate=5.0)
    text = curves_text(table, replace(layout, panels="", series=""))
    assert text.endswith("kontoret. 5 ved 9, 5 ved 109 og 5 ved 209.")
