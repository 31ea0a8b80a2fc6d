"""Finding one estimate by the words that name it."""

from __future__ import annotations

import math
from itertools import product

import pandas as pd
import pytest

from engine.errors import ReportError
from engine.table import About, about, described, key_of, open_key, pick, rows
from engine.words.lookup import asked_now, interval, nb, not_asked, ordered, quoted, waves_shown, without
from tests.frames import estimate_table

TABLE = estimate_table(
    (2022, "unge (under 30 år)", 54.4, 1.0, 100),
    (2024, "unge (under 30 år)", 55.5, 2.0, 120),
    (2022, "totalt", 70.0, 0.5, 900),
    (2024, "totalt", 76.0, 0.5, 5),
)
REGIONS = estimate_table(
    (2022, "Oslo", 60.0, 1.0, 50),
    (2022, "Agder", 80.0, 1.0, 50),
    (2022, "Nordland", 50.0, 1.0, 50),
    (2024, "Oslo", 70.0, 1.0, 5),
    (2024, "Agder", 40.0, 1.0, 50),
    (2024, "Nordland", 90.0, 1.0, 50),
    keys=("wave", "category"),
)


def test_rows_by_key_and_by_the_beginning_of_one() -> None:
    assert rows(TABLE, 2024).index.tolist() == [1, 3]
    assert rows(TABLE, "unge").index.tolist() == [0, 1]
    assert rows(TABLE, "unge (under 30 år)", "2022").index.tolist() == [0]
    assert rows(TABLE).index.tolist() == [0, 1, 2, 3]
    assert rows(TABLE, "under 30").empty  # a beginning, not any part


def test_a_whole_key_goes_before_the_beginning_of_another() -> None:
    table = estimate_table(("unge", 1.0, 0.1, 50), ("unge kvinner", 2.0, 0.1, 50), keys=("group",))
    assert pick(table, "unge").value == 1.0
    assert pick(table, "unge k").value == 2.0


def test_the_measure_is_a_key_too() -> None:
    table = TABLE.assign(measure=["mean", "mean", "share_pct", "mean"])
    assert rows(table, "share_pct").index.tolist() == [2]


def test_pick_gives_all_numbers_of_a_row() -> None:
    found = pick(TABLE, "unge", 2024)
    assert (found.value, found.standard_error, found.n) == (55.5, 2.0, 120)
    # 55,5 ± 1,959964 · 2, with the digits that can be vouched for.
    assert (found.ci_low, found.ci_high) == (51.58007, 59.41993)


@pytest.mark.parametrize(("names", "count"), [(("unge",), 2), (("barn",), 0), ((2022,), 2)])
def test_pick_wants_one_row(names: tuple[object, ...], count: int) -> None:
    with pytest.raises(ReportError, match=f"point to {count} estimates"):
        pick(TABLE, *names)


def test_numbers_in_prose_are_rounded_half_up() -> None:
    assert nb(TABLE, "unge", 2024) == "56"
    assert nb(TABLE, "unge", 2022, digits=1) == "54,4"
    assert nb(2.5) == "3"
    assert nb(1635.25, digits=1) == "1\u202f635,3"


def test_intervals_in_prose() -> None:
    assert interval(TABLE, "unge", 2022) == "fra 52 til 56"  # 54.4 ∓ 1.96
    assert interval(TABLE, "unge", 2022, digits=1) == "fra 52,4 til 56,4"


def test_a_hidden_estimate_is_hidden_in_prose() -> None:
    assert math.isnan(pick(TABLE, "totalt", 2024).value)
    assert nb(TABLE, "totalt", 2024) == interval(TABLE, "totalt", 2024) == "skjult"


def test_categories_by_one_waves_estimates_hidden_ones_last() -> None:
    table = REGIONS.copy()
    table = described(table, source="S")
    assert list(dict.fromkeys(ordered(table, 2022)["category"])) == ["Agder", "Oslo", "Nordland"]
    by_last = ordered(table, 2024)
    assert list(dict.fromkeys(by_last["category"])) == ["Nordland", "Agder", "Oslo"]
    assert by_last["wave"].tolist() == [2022, 2024] * 3
    assert about(by_last) == About("S")
    pd.testing.assert_frame_equal(by_last.sort_index(), table)


def test_categories_that_nothing_decides_stand_last_in_their_order() -> None:
    assert ordered(REGIONS.iloc[[2, 0, 4, 3]], 2024)["category"].tolist() == ["Agder", "Oslo", "Oslo", "Nordland"]


def test_an_item_that_a_wave_did_not_ask_is_no_error() -> None:
    table = estimate_table((2022, "unge", 1.0, 0.1, 50), (2023, "eldre", 2.0, 0.1, 50), (2022, "eldre", 2.0, 0.1, 50))
    assert nb(table, "unge", 2023) == interval(table, "unge", 2023) == "ikke spurt"
    assert not_asked(table, 2023, "unge")
    assert not not_asked(table, 2022, "unge")
    for wrong in (("barn", 2022), ("barn",), (2022,)):
        assert not not_asked(table, *wrong)
        with pytest.raises(ReportError):
            nb(table, *wrong)


def estimates(*values: tuple[object, ...]) -> pd.DataFrame:
    """Estimates with error 1, of 50 persons."""
    rows = ((*key, float(value), 1.0, 50) for *key, value in values)
    return estimate_table(*rows, keys=("wave", "group", "category"))


AREAS = estimates(
    (2022, "unge", "A", 10), (2024, "unge", "A", 20), (2024, "eldre", "A", 30),
    (2022, "unge", "B", 10), (2024, "unge", "B", 5), (2024, "eldre", "B", 5.5),
    (2024, "unge", "C", 40), (2024, "eldre", "C", 41),
)  # fmt: skip


def test_an_edition_shows_no_development_that_ended_before_it():
    shown = estimates((2022, "unge", "A", 5), (2023, "unge", "A", 6))
    shown = described(shown, survey_year=2023)
    assert asked_now(shown) is shown
    shown = described(shown, survey_year=2024)
    left = asked_now(shown)
    assert left.empty and list(left.columns) == list(shown.columns) and about(left).survey_year == 2024
    assert asked_now(left) is left


def test_waves_shown_fall_back_on_the_edition() -> None:
    assert waves_shown(AREAS) == [2022, 2024]
    nothing = AREAS.iloc[:0].copy()
    nothing = described(nothing, survey_year=2023)
    assert waves_shown(nothing) == [2023]


def test_without_keeps_the_other_rows_and_what_the_table_says_of_itself() -> None:
    source = AREAS.copy()
    source = described(source, source="her")
    assert set(without(source, "A")["category"]) == {"B", "C"} and about(without(source, "A")) == about(source)
    assert without(AREAS.iloc[:0], "A").empty and len(without(source, "X")) == len(source)


def test_quoted_marks_statements_but_no_total() -> None:
    named = quoted(estimates((2024, "unge", "A", 1), (2024, "unge", "totalt", 1)), "category")
    assert list(named["category"]) == ["«A»", "totalt"]
    with pytest.raises(ReportError, match="no key is called"):
        quoted(AREAS, "estimate")


def test_months_are_told_in_order_and_years_of_an_incomplete_column_whole() -> None:
    months = estimate_table(("2022-10", "a", 1.0, 0.1, 50), ("2021-12", "a", 1.0, 0.1, 50))
    assert waves_shown(months) == ["2021-12", "2022-10"]
    assert waves_shown(TABLE.assign(wave=TABLE["wave"].astype(float))) == [2022, 2024]


def test_a_misspelt_name_is_told_with_the_nearest() -> None:
    with pytest.raises(ReportError, match=r"«ugne» fits no key; nearest: unge"):
        pick(TABLE, "ugne", 2024)
    assert (key_of(TABLE, "unge"), key_of(TABLE, 2024), key_of(TABLE, "barn")) == ("group", "wave", "")


def test_names_of_several_rows_are_told_with_the_columns_that_tell_them_apart() -> None:
    keys = product((2022, 2024), ("unge", "totalt"), ("Oslo", "totalt"))
    table = estimate_table(*((*key, 1.0, 0.1, 50) for key in keys), keys=("wave", "age", "nav_region"))
    with pytest.raises(ReportError, match=r"differ in wave \(2022, 2024\) and nav_region \(Oslo, totalt\): name one"):
        pick(table, "unge")
    with pytest.raises(ReportError, match=r"«totalt» fits age and nav_region"):
        pick(table, "totalt", 2024)
    with pytest.raises(ReportError, match=r"differ in age and nav_region \(over\)\. write over=\"age\""):
        open_key(table)
    assert open_key(rows(table, "unge")) == "nav_region" and open_key(rows(table, "unge", "Oslo")) == "wave"
    assert open_key(table.assign(item=["a", "b"] * 4)) == "item"
