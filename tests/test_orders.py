"""Words for orders and distances follow from the estimates."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from engine.estimates.curves import share_curve
from engine.words.effects import curve_ends
from engine.words.orders import (
    highest,
    listed,
    lowest,
    off_line,
    ranked,
    same_order,
    spread,
    steepest,
    then_and_now,
    wider,
    widest,
)
from tests.frames import estimate_table, persons, repeat

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


EMPTY = table((2024, "unge", "A", 1.0)).iloc[:0]


def curves(*ends: tuple[str, float, float, float]) -> pd.DataFrame:
    """Straight curves over 0, 1 and 2, each with the p-value of its test."""
    tables = []
    for name, first, last, p_value in ends:
        line = table(*((2024, "unge", name, value) for value in (first, (first + last) / 2, last)))
        tables.append(line.assign(x=[0.0, 1.0, 2.0], p_value=p_value))
    return pd.concat(tables, ignore_index=True)


def test_ranked_sorts_cuts_and_leaves_out_hidden_ones_totals_and_asides() -> None:
    assert ranked(AREAS, "unge", 2024) == "C (40), A (20) og B (5)"
    assert ranked(AREAS, "unge", 2024, count=1, unit="prosent") == "C (40\u00a0prosent)"
    assert ranked(AREAS, "unge", 2024, count=2, lowest=True, digits=1) == "B (5,0) og A (20,0)"
    groups = table((2024, "unge (under 30 år)", "A", 2), (2024, "totalt", "A", 3), (2024, "begge", "A", 1))
    assert ranked(groups, "A", over="group") == "unge (2) og begge (1)"
    hidden = estimate_table((2024, "unge", "A", 1.0, 1.0, 2), keys=KEYS)
    assert ranked(hidden, 2024) == "skjult"
    assert ranked(AREAS, 2023) == ranked(NOTHING, 2024) == "ikke spurt"


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
    assert (highest(REGIONS, 2024), lowest(REGIONS, 2024)) == ("Oslo (108)", "Nordland (50)")
    assert (highest(REGIONS, 2022, digits=1), lowest(REGIONS, 2022, digits=1)) == ("Oslo (80,0)", "Agder (60,0)")
    assert highest(REGIONS, 2024, "Vestland") == lowest(REGIONS, 2024, "Vestland") == "skjult"
    assert lowest(REGIONS, 2022, count=2) == "Agder (60) og Nordland (70)"


def test_the_lowest_of_then_have_their_place_of_now() -> None:
    assert then_and_now(REGIONS, 2022, 2024, count=2) == "Agder (fra 60 til 62) og Nordland (fra 70 til 50)"
    # What either wave hides is left out; one wave alone has no development.
    assert "Vestland" not in then_and_now(REGIONS, 2022, 2024, count=4)
    assert then_and_now(REGIONS, 2022, 2022, count=1, digits=1) == "Agder (60,0)"
    assert then_and_now(REGIONS, 2023, 2024) == "ikke spurt"


def test_the_ends_over_another_key_leave_out_the_total() -> None:
    table = estimate_table((2024, "unge", 50.0, 1, 50), (2024, "eldre", 40.0, 1, 50), (2024, "totalt", 30.0, 1, 50))
    assert (highest(table, 2024, over="group"), lowest(table, 2024, over="group")) == ("unge (50)", "eldre (40)")


def test_widest_takes_gaps_in_either_direction() -> None:
    assert widest(AREAS, "unge", "eldre", 2024) == "A"
    assert widest(AREAS, "eldre", "unge", 2024, count=2) == "A og C"
    assert widest(AREAS, "eldre", "unge", 2022) == "ikke spurt"
    hidden = estimate_table((2024, "unge", "A", 1.0, 1.0, 2), (2024, "eldre", "A", 1.0, 1.0, 50), keys=KEYS)
    assert widest(hidden, "eldre", "unge", 2024) == "skjult"


def test_steepest_names_the_largest_fall() -> None:
    assert steepest(curves(("A", 5, 1, 0.01), ("B", 9, 6, 0.01)), 2024, digits=1) == "A (fra 5,0 til 1,0)"
    assert steepest(curves(("A", 1, 5, 0.01), ("B", 1, 2, 0.01)), 2024) == "B (fra 1 til 2)"
    assert steepest(curves(("A", 5, 1, 0.01)).assign(estimate=np.nan), 2024) == "skjult"
    assert steepest(curves(("A", 5, 1, 0.01)), 2022) == "ikke spurt"


def test_the_spread_is_told_for_each_wave_without_what_is_suppressed():
    shown = estimate_table(
        (2023, "A", 2.0, 0.1, 50), (2023, "B", 2.64, 0.1, 50), (2023, "C", 9.0, 0.1, 2), (2024, "A", 3.0, 0.1, 50),
        (2024, "B", 3.5, 0.1, 50), keys=("wave", "category"),
    )  # fmt: skip
    assert spread(shown, over="wave") == "0,6 i 2023 og 0,5 i 2024"
    assert spread(shown, "A", over="wave", digits=2) == "0,00 i 2023 og 0,00 i 2024"
    assert spread(EMPTY, over="wave") == "ikke spurt"


def test_the_spread_of_one_table_as_distance_or_as_ends() -> None:
    shown = table((2024, "unge", "A", 1), (2024, "unge", "B", 3.04), (2024, "unge", "C", 2))
    assert spread(shown) == "2,0" and spread(EMPTY) == "ikke spurt"
    assert spread(shown, ends=True, digits=2) == "fra 1,00 til 3,04"


@pytest.mark.parametrize(
    ("second", "words"),
    [
        ([1, 2, 3, 4, 5], "en tydelig felles rekkefølge"),
        ([5, 4, 3, 2, 1], "en tydelig motsatt rekkefølge"),
        ([2, 1, 5, 3, 4], "en viss felles rekkefølge"),
        ([4, 5, 1, 3, 2], "en viss motsatt rekkefølge"),
        ([2, 4, 5, 1, 3], "ingen tydelig felles rekkefølge"),
        ([7, 7, 7, 7, 7], "ingen tydelig felles rekkefølge"),
    ],
)
def test_the_order_of_one_group_in_another(second, words):
    rows = [(2024, "tid", f"F{i}", i) for i in range(1, 6)]
    # The order of rows must not matter.
    rows += [(2024, "portefølje", f"F{i}", value) for i, value in reversed(list(enumerate(second, 1)))]
    assert same_order(table(*rows), "tid", "portefølje", 2024) == words
    assert same_order(EMPTY, "tid", "portefølje") == "ikke spurt"


def test_categories_off_the_line_of_two_groups():
    x = np.arange(6.0)
    y = 10 - x + np.array([0, -1.0, 0, 0, 1.0, 0.2])
    rows = [(2024, "tid", f"F{i}", value) for i, value in enumerate(y)]
    rows += [(2024, "portefølje", f"F{i}", value) for i, value in enumerate(x)]
    below, above = off_line(table(*rows), "tid", "portefølje", 2024, most=1)
    assert (below, above) == ("F1", "F4")
    assert off_line(table(*rows[:4], *rows[6:10]), "tid", "portefølje") == ("skjult", "skjult")
    assert off_line(EMPTY, "tid", "portefølje") == ("ikke spurt", "ikke spurt")


def test_a_hidden_category_does_not_shift_the_ranks_of_the_others():
    """As R's `cor(…, method = "spearman", use = "complete.obs")`: -0.5 of the three that both groups show."""
    rows = [(2024, "tid", name, value) for name, value in zip("ABCDE", [1, 4, 5, 3, 2], strict=True)]
    rows += [(2024, "portefølje", name, value) for name, value in zip("ABCDE", [3, 1, 2, 9, 9], strict=True)]
    values = table(*rows)
    values.loc[values["category"].isin(["D", "E"]) & (values["group"] == "portefølje"), "estimate"] = np.nan
    assert same_order(values, "tid", "portefølje", 2024) == "en viss motsatt rekkefølge"
    two = values[values["category"].isin(["A", "B", "D"])]
    assert same_order(two, "tid", "portefølje", 2024) == "en rekkefølge som ikke kan sammenlignes"


@pytest.mark.parametrize(
    ("ends", "word"), [((2.0, 4.0), "større enn"), ((2.0, 2.5), "mindre enn"), ((2.0, 3.05), "om lag like stor som")]
)
def test_distances(ends: tuple[float, float], word: str) -> None:
    table = estimate_table(
        (2024, "samlet", 3.0, 0.1, 50), (2024, "samlet", 4.0, 0.1, 50), (2024, "samlet", 3.5, 0.1, 2),
        (2024, "andre", ends[0], 0.1, 50), (2024, "andre", ends[1], 0.1, 50),
    )  # fmt: skip
    assert wider(table, "andre", "samlet", 2024) == word


def test_nothing_asked_has_no_spread_to_compare() -> None:
    assert wider(EMPTY, "alle", "rus") == "ikke spurt"


COUNTIES = estimate_table(
    (2022, "Oslo", 30.0, 1.0, 50), (2022, "Agder", 31.0, 1.0, 50), (2022, "Nordland", 32.0, 9.0, 50),
    (2024, "Oslo", 20.0, 1.0, 50), (2024, "Agder", 35.0, 1.0, 50), (2024, "Nordland", 25.0, 9.0, 50), 
    keys=("wave", "category"),
)  # fmt: skip


def test_spread_of_two_waves() -> None:
    assert wider(COUNTIES, 2024, 2022) == "er blitt større"
    assert wider(COUNTIES, 2022, 2024) == "er blitt mindre"
    assert wider(COUNTIES.assign(estimate=[1.0, 2, 3, 4, 5, 6.1]), 2024, 2022) == "er om lag som før"
    for shown, start in ((COUNTIES, 2024), (COUNTIES[:0], 2022)):
        assert wider(shown, 2024, start) == "kan ikke sammenlignes"


def test_a_single_category_has_no_spread() -> None:
    assert wider(COUNTIES[COUNTIES["category"] == "Oslo"], 2024, 2022) == "kan ikke sammenlignes"
    hidden = COUNTIES.assign(estimate=[30.0, 31.0, 32.0, 20.0, float("nan"), float("nan")])
    assert wider(hidden, 2024, 2022) == "kan ikke sammenlignes"


COUNTS = estimate_table(
    (2022, "Svarte", "count", 5629.0, np.nan, 5629),
    (2024, "Svarte", "count", 4819.0, np.nan, 4819),
    (2024, "Svarprosent", "share_pct", 34.4, np.nan, 14000),
    keys=("wave", "category", "measure"),
)


def test_a_number_for_each_wave() -> None:
    assert listed(COUNTS, "Svarte", unit="personer") == "5\u202f629\u00a0personer i 2022 og 4\u202f819 i 2024"
    assert listed(COUNTS, "Svarprosent", digits=1) == "34,4 i 2024"
    assert listed(COUNTS.iloc[:0], "Svarte") == "ikke spurt"


def test_ends_of_a_curve() -> None:
    frame = repeat(persons(office_size=[10.0, 10, 20, 20, 30, 30, 30, 30], y=[0.0, 1, 0, 1, 1, 1, 1, 0]), 5)
    table = share_curve(frame, "y", at=[10, 30])
    assert curve_ends(table, "y") == "fra 50\u00a0prosent ved kontor med 10 ansatte til 75 ved kontor med 30"
    assert curve_ends(table.iloc[:0], "y") == "ikke spurt"
    assert curve_ends(table.assign(estimate=np.nan)) == "skjult"
