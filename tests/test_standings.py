"""Words for groups against each other follow from the estimates and their errors."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from engine.table import about, described
from engine.words.standings import asked_now, off_line, order_word, sorted_by, spread, standing
from tests.frames import estimate_table

KEYS = ("wave", "group", "category")
EMPTY = estimate_table((2024, "unge", "A", 1.0, 0.1, 50), keys=KEYS).iloc[:0]


def table(*values: tuple[object, ...]) -> pd.DataFrame:
    """Estimates with error 1, of 50 persons."""
    return estimate_table(*((*key, float(value), 1.0, 50) for *key, value in values), keys=KEYS)


def test_an_edition_shows_no_development_that_ended_before_it():
    shown = table((2022, "unge", "A", 5), (2023, "unge", "A", 6))
    shown = described(shown, survey_year=2023)
    assert asked_now(shown) is shown
    shown = described(shown, survey_year=2024)
    left = asked_now(shown)
    assert left.empty and list(left.columns) == list(shown.columns) and about(left).survey_year == 2024
    assert asked_now(left) is left


def test_a_group_stands_where_the_interval_of_the_difference_puts_it():
    shown = table((2024, "unge", "A", 10), (2024, "eldre", "A", 5), (2024, "begge", "A", 11), (2024, "totalt", "A", 8))
    assert standing(shown, "unge", "A", 2024) == "høyere enn for eldre, og om lag som for begge"
    assert standing(shown, "eldre", "A", than="enn blant") == "lavere enn blant unge og begge"
    assert standing(shown, "unge", "A", 2022) == standing(EMPTY, "unge") == "ikke spurt"


def test_a_suppressed_group_is_not_compared():
    shown = estimate_table(("unge", 1.0, 0.1, 50), ("eldre", 3.0, 0.1, 2), ("begge", 2.0, 0.1, 50), keys=("group",))
    assert standing(shown, "unge") == "lavere enn for begge"
    assert standing(shown, "eldre") == "ikke sammenlignbare"


def test_the_spread_is_told_for_each_wave_without_what_is_suppressed():
    shown = estimate_table(
        (2023, "A", 2.0, 0.1, 50), (2023, "B", 2.64, 0.1, 50), (2023, "C", 9.0, 0.1, 2), (2024, "A", 3.0, 0.1, 50),
        (2024, "B", 3.5, 0.1, 50), keys=("wave", "category"),
    )  # fmt: skip
    assert spread(shown) == "0,6 i 2023 og 0,5 i 2024"
    assert spread(shown, "A", digits=2) == "0,00 i 2023 og 0,00 i 2024"
    assert spread(EMPTY) == "ikke spurt"


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
    assert order_word(table(*rows), "tid", "portefølje", 2024) == words
    assert order_word(EMPTY, "tid", "portefølje") == "ikke spurt"


def test_categories_off_the_line_of_two_groups():
    x = np.arange(6.0)
    y = 10 - x + np.array([0, -1.0, 0, 0, 1.0, 0.2])
    rows = [(2024, "tid", f"F{i}", value) for i, value in enumerate(y)]
    rows += [(2024, "portefølje", f"F{i}", value) for i, value in enumerate(x)]
    below, above = off_line(table(*rows), "tid", "portefølje", 2024, most=1)
    assert (below, above) == ("F1", "F4")
    assert off_line(table(*rows[:4], *rows[6:10]), "tid", "portefølje") == ("skjult", "skjult")
    assert off_line(EMPTY, "tid", "portefølje") == ("ikke spurt", "ikke spurt")


def test_clauses_are_parted_by_a_comma_and_the_last_by_og():
    verdicts = {"A": "above", "B": "below", "C": "about", "D": "above", "E": "", "F": "ukjent"}
    words = ("over", "under", "likt", "ukjent")
    told = sorted_by(verdicts.__getitem__, list(verdicts), words, "for")
    assert told == "over for A og D, under for B, likt for C, og ukjent for F"
    assert sorted_by(lambda name: "", ["A"], words, "for") == "ikke sammenlignbare"


def test_a_hidden_category_does_not_shift_the_ranks_of_the_others():
    """As R's `cor(…, method = "spearman", use = "complete.obs")`: -0.5 of the three that both groups show."""
    rows = [(2024, "tid", name, value) for name, value in zip("ABCDE", [1, 4, 5, 3, 2], strict=True)]
    rows += [(2024, "portefølje", name, value) for name, value in zip("ABCDE", [3, 1, 2, 9, 9], strict=True)]
    values = table(*rows)
    values.loc[values["category"].isin(["D", "E"]) & (values["group"] == "portefølje"), "estimate"] = np.nan
    assert order_word(values, "tid", "portefølje", 2024) == "en viss motsatt rekkefølge"
    two = values[values["category"].isin(["A", "B", "D"])]
    assert order_word(two, "tid", "portefølje", 2024) == "en rekkefølge som ikke kan sammenlignes"
