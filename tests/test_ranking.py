"""Words about many estimates at once follow from the estimates."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from engine.table import about, described
from engine.words.ranking import (
    associations,
    contrast,
    development,
    quoted,
    ranked,
    slopes,
    steepest,
    waves_shown,
    widest,
    without,
)  # fmt: skip
from tests.frames import estimate_table

KEYS = ("wave", "group", "category")


def table(*values: tuple[object, ...]) -> pd.DataFrame:
    """Estimates with error 1, of 50 persons unless given."""
    return estimate_table(
        *((*key, float(value), 1.0, 50) for *key, value in values), keys=KEYS
    )  # fmt: skip


AREAS = table(
    (2022, "unge", "A", 10), (2024, "unge", "A", 20), (2024, "eldre", "A", 30),
    (2022, "unge", "B", 10), (2024, "unge", "B", 5), (2024, "eldre", "B", 5.5),
    (2024, "unge", "C", 40), (2024, "eldre", "C", 41),
)  # fmt: skip
NOTHING = AREAS.iloc[:0]


def curves(*ends: tuple[str, float, float, float]) -> pd.DataFrame:
    """Straight curves over 0, 1 and 2, each with the p-value of its test."""
    tables = []
    for name, first, last, p_value in ends:
        line = table(*((2024, "unge", name, value) for value in (first, (first + last) / 2, last)))
        tables.append(line.assign(x=[0.0, 1.0, 2.0], p_value=p_value))
    return pd.concat(tables, ignore_index=True)


def coefs(*rows: tuple[str, str, float, float]) -> pd.DataFrame:
    """Coefficients given as (outcome, term, value, p-value)."""
    made = estimate_table(*((outcome, term, value, 0.1, 50) for outcome, term, value, _ in rows),
                          keys=("category", "group"))  # fmt: skip
    return made.assign(measure="coef", p_value=[p for *_, p in rows])


def test_ranked_sorts_cuts_and_leaves_out_hidden_ones_totals_and_asides() -> None:
    assert ranked(AREAS, "unge", 2024) == "C (40), A (20) og B (5)"
    assert ranked(AREAS, "unge", 2024, count=1, unit="prosent") == "C (40\u00a0prosent)"
    assert ranked(AREAS, "unge", 2024, count=2, lowest=True, digits=1) == "B (5,0) og A (20,0)"
    groups = table((2024, "unge (under 30 år)", "A", 2), (2024, "totalt", "A", 3), (2024, "begge", "A", 1))
    assert ranked(groups, "A", over="group") == "unge (2) og begge (1)"
    hidden = estimate_table((2024, "unge", "A", 1.0, 1.0, 2), keys=KEYS)
    assert ranked(hidden, 2024) == "skjult"
    assert ranked(AREAS, 2023) == ranked(NOTHING, 2024) == "ikke spurt"


def test_contrast_sorts_estimates_by_the_sign_of_a_clear_difference() -> None:
    assert contrast(AREAS, "eldre", "unge", 2024) == "klart høyere for A, og ikke klart forskjellig for de andre"
    two = AREAS[AREAS["category"] != "C"]
    assert contrast(two, "unge", "eldre", 2024) == "klart lavere for A, og ikke klart forskjellig for B"
    only = AREAS[AREAS["category"] == "A"]
    assert contrast(only, "eldre", "unge", 2024, noun="områdene") == "klart høyere for alle områdene"
    alike = AREAS[AREAS["category"] != "A"]
    assert contrast(alike, "eldre", "unge", 2024, noun="områdene") == "ikke klart forskjellig for noen av områdene"
    assert contrast(alike, "eldre", "unge", 2024) == "ikke klart forskjellig for B og C"
    assert contrast(AREAS, "eldre", "unge", 2022) == contrast(NOTHING, "eldre", "unge") == "ikke sammenlignbar"


def test_contrast_leaves_out_what_one_group_lacks() -> None:
    assert contrast(AREAS, 2024, 2022, "unge") == "klart høyere for A, og klart lavere for B"


def test_associations_follow_the_p_values_not_the_sizes() -> None:
    found = coefs(("A", "god tid", 0.1, 0.01), ("B", "god tid", -5.0, 0.2), ("A", "alder", -1.0, 0.01))
    assert associations(found, "god") == "klart høyere for A, og ikke klart forskjellig for B"
    assert associations(found, "alder", noun="utfallene") == "klart lavere for alle utfallene"
    both = coefs(("A", "alder", 1.0, 0.01), ("B", "alder", 1.0, 0.01))
    assert associations(both, "alder", noun="utfallene") == "klart høyere for begge utfallene"
    assert associations(found, "god", "B") == "ikke klart forskjellig for B"
    assert associations(found, "kjønn") == associations(found.iloc[:0], "god") == "ikke sammenlignbar"


def test_associations_read_coefficients_only() -> None:
    constant = coefs(("A", "konstant", 3.0, 0.001)).assign(measure="constant")
    assert associations(constant, "konstant") == "ikke sammenlignbar"


def test_development_tells_both_ways_and_what_stood_still() -> None:
    assert development(AREAS, "unge") == (
        "økte klart fra 2022 til 2024 for A, og gikk klart ned fra 2022 til 2024 for B"
    )
    still = table((2022, "unge", "A", 10), (2024, "unge", "A", 10.5))
    assert development(still, noun="områdene") == "endret seg ikke klart fra 2022 til 2024 for noen av områdene"
    mixed = pd.concat([still, table((2022, "unge", "B", 10), (2024, "unge", "B", 1))], ignore_index=True)
    assert development(mixed) == "gikk klart ned fra 2022 til 2024 for B, og endret seg ikke klart for A"


@pytest.mark.parametrize("names", [("eldre",), ("C",)])
def test_development_needs_an_earlier_wave(names: tuple[str, ...]) -> None:
    assert development(AREAS, *names) == "kan ikke sammenlignes med en tidligere undersøkelse"
    assert development(NOTHING) == "kan ikke sammenlignes med en tidligere undersøkelse"


def test_widest_takes_gaps_in_either_direction() -> None:
    assert widest(AREAS, "unge", "eldre", 2024) == "A"
    assert widest(AREAS, "eldre", "unge", 2024, count=2) == "A og C"
    assert widest(AREAS, "eldre", "unge", 2022) == "ikke spurt"
    hidden = estimate_table((2024, "unge", "A", 1.0, 1.0, 2), (2024, "eldre", "A", 1.0, 1.0, 50), keys=KEYS)
    assert widest(hidden, "eldre", "unge", 2024) == "skjult"


def test_slopes_gather_curves_that_run_alike() -> None:
    down = curves(("A", 5, 1, 0.01), ("B", 4, 3, 0.01))
    assert slopes(down, 2024, noun="måtene") == "avtar for alle måtene"
    assert slopes(down, 2024) == "avtar for A og B"
    mixed = curves(("A", 5, 1, 0.01), ("B", 4, 3, 0.4), ("C", 1, 2, 0.01))
    assert slopes(mixed, 2024, noun="måtene") == "avtar for A, varierer lite for B, og øker for C"
    assert slopes(down, 2022) == "ikke spurt"


def test_steepest_names_the_largest_fall() -> None:
    assert steepest(curves(("A", 5, 1, 0.01), ("B", 9, 6, 0.01)), 2024, digits=1) == "A (fra 5,0 til 1,0)"
    assert steepest(curves(("A", 1, 5, 0.01), ("B", 1, 2, 0.01)), 2024) == "B (fra 1 til 2)"
    assert steepest(curves(("A", 5, 1, 0.01)).assign(estimate=np.nan), 2024) == "skjult"
    assert steepest(curves(("A", 5, 1, 0.01)), 2022) == "ikke spurt"


def test_waves_shown_fall_back_on_the_edition() -> None:
    assert waves_shown(AREAS) == [2022, 2024]
    nothing = NOTHING.copy()
    nothing = described(nothing, survey_year=2023)
    assert waves_shown(nothing) == [2023]


def test_without_keeps_the_other_rows_and_what_the_table_says_of_itself() -> None:
    source = AREAS.copy()
    source = described(source, source="her")
    assert set(without(source, "A")["category"]) == {"B", "C"} and about(without(source, "A")) == about(source)
    assert without(NOTHING, "A").empty and len(without(source, "X")) == len(source)


def test_quoted_marks_statements_but_no_total() -> None:
    named = quoted(table((2024, "unge", "A", 1), (2024, "unge", "totalt", 1)))
    assert list(named["category"]) == ["«A»", "totalt"]
    with pytest.raises(ValueError, match="no key"):
        quoted(AREAS, "estimate")


def test_hidden_estimates_are_neither_different_nor_alike() -> None:
    rows = [(2024, "unge", "A", 5.0, 1.0, 50), (2024, "eldre", "A", 5.0, 1.0, 2), (2022, "unge", "A", 9.0, 1.0, 2)]
    known = [(2024, "unge", "B", 5.0, 1.0, 50), (2024, "eldre", "B", 9.0, 1.0, 50), (2022, "unge", "B", 1.0, 1.0, 50)]
    hidden, both = estimate_table(*rows, keys=KEYS), estimate_table(*rows, *known, keys=KEYS)
    assert contrast(hidden, "eldre", "unge", 2024) == "ikke sammenlignbar"
    assert contrast(both, "eldre", "unge", 2024) == "klart høyere for B"
    assert development(hidden, "unge") == "kan ikke sammenlignes"
    assert development(both, "unge") == "økte klart fra 2022 til 2024 for B"
    unknown = coefs(("A", "alder", 1.0, np.nan))
    assert associations(unknown, "alder") == "ikke sammenlignbar"
