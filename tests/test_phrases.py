"""Words of direction follow from the estimates, and turn when the estimates do."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import ReportError
from engine.table import About, described
from engine.words.lookup import without
from engine.words.phrases import changes, compare, on_scale, sorted_out
from engine.words.trends import change_word, step, trend
from engine.words.verdict import CLEAR, HIDDEN, UNCHANGED, Verdict
from tests.frames import estimate_table

KEYS = ("wave", "group", "category")


def two(first: float, second: float, error: float = 3.0, n: int = 50) -> pd.DataFrame:
    """Two waves with errors 3 and 4 (times error/3): the error of the difference is 5."""
    return estimate_table((2022, "unge", first, error, 50), (2024, "unge", second, error * 4 / 3, n))


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


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (9.9, "økte"),
        (9.7, "ser ut til å ha økt"),
        (5.0, "ser ut til å ha økt"),
        (4.9, "var om lag uendret"),
        (-4.9, "var om lag uendret"),
        (-5.1, "ser ut til å ha gått ned"),
        (-9.9, "gikk ned"),
    ],
)
def test_change_words(change: float, word: str) -> None:
    assert change_word(step(two(50, 50 + change), 2022, 2024, "unge")) == word


def test_a_hidden_wave_can_not_be_compared() -> None:
    assert change_word(step(two(50, 90, n=4), 2022, 2024, "unge")) == "kan ikke sammenlignes"


@settings(max_examples=30)
@given(st.floats(-40, 40))
def test_turning_the_waves_turns_the_word(change: float) -> None:
    mirror = {"økte": "gikk ned", "ser ut til å ha økt": "ser ut til å ha gått ned"}
    mirror |= {there: here for here, there in mirror.items()} | {"var om lag uendret": "var om lag uendret"}
    table = two(50, 50 + change)
    assert change_word(step(table, 2024, 2022, "unge")) == mirror[change_word(step(table, 2022, 2024, "unge"))]


def test_trends() -> None:
    assert trend(two(50, 65), "unge") == "økte fra 50 i 2022 til 65 i 2024"
    assert trend(two(65.25, 50), "unge", digits=1) == "gikk ned fra 65,3 i 2022 til 50,0 i 2024"
    assert trend(two(50, 51), "unge") == "var om lag uendret, 50 i 2022 og 51 i 2024"
    assert trend(two(50, 50.4), "unge") == "holdt seg på 50 fra 2022 til 2024"
    assert trend(two(50, 50.4).iloc[1:], "unge") == "var 50 i 2024"


def test_a_change_that_would_not_show_takes_more_decimals() -> None:
    assert trend(two(2.85, 2.94, 0.05), "unge", digits=1) == "ser ut til å ha økt fra 2,85 i 2022 til 2,94 i 2024"
    assert trend(two(3.701, 3.699, 0.0003), "unge", digits=1) == "gikk ned fra 3,701 i 2022 til 3,699 i 2024"
    # What did not change needs none.
    assert trend(two(2.90, 2.91, 0.3), "unge", digits=1) == "holdt seg på 2,9 fra 2022 til 2024"


@pytest.mark.parametrize(
    ("change", "first", "again", "short"),
    [
        (15, "økte fra 50 i 2022 til 65 i 2024", "steg fra 50 i 2022 til 65 i 2024", "økte fra 50 til 65"),
        (
            -6, "ser ut til å ha gått ned fra 50 i 2022 til 44 i 2024",
            "viste en tendens til nedgang fra 50 i 2022 til 44 i 2024", "ser ut til å ha gått ned fra 50 til 44",
        ),
        (
            1, "var om lag uendret, 50 i 2022 og 51 i 2024", "endret seg lite fra 50 i 2022 til 51 i 2024",
            "var om lag uendret (50 og 51)",
        ),
        (0, "holdt seg på 50 fra 2022 til 2024", "var 50 både i 2022 og i 2024", "holdt seg på 50"),
    ],
)  # fmt: skip
def test_the_same_is_told_in_other_words_and_in_fewer(change: float, first: str, again: str, short: str) -> None:
    table = two(50, 50 + change)
    assert trend(table, "unge") == first
    assert trend(table, "unge", again=True) == again
    assert trend(table, "unge", years=False) == short


def test_units_stand_inside_the_phrase() -> None:
    table = two(50, 65)
    assert trend(table, "unge", unit="prosent") == "økte fra 50\u00a0prosent i 2022 til 65\u00a0prosent i 2024"
    assert trend(table, "unge", unit="brukere") == "økte fra 50\u00a0brukere i 2022 til 65 i 2024"
    assert trend(two(50, 65), "unge", unit="prosent", years=False) == "økte fra 50 til 65\u00a0prosent"
    assert trend(two(50, 50), "unge", unit="prosent", years=False, again=True) == "var 50\u00a0prosent begge ganger"


def test_a_trend_tells_the_waves_between() -> None:
    table = estimate_table(
        (2024, "unge", 76.0, 1, 50),
        (2022, "unge", 70.0, 1, 50),
        (2023, "unge", 75.6, 1, 50),
        (2024, "eldre", 1.0, 1, 50),
    )
    assert trend(table, "unge") == "økte fra 70 i 2022 til 76 i 2024 (76 i 2023)"


def test_a_trend_with_a_hidden_wave_makes_no_claim() -> None:
    assert trend(two(50, 90, n=4), "unge") == "kan ikke sammenlignes over tid (50 i 2022 og skjult i 2024)"


def test_groups_are_compared_in_one_wave() -> None:
    table = estimate_table(
        (2024, "unge", 50.0, 3, 50), (2024, "eldre", 60.0, 4, 50), (2024, "begge", 54.0, 4, 50), (2024, "få", 5.0, 1, 2)
    )  # fmt: skip
    assert compare(table, "eldre", "unge", 2024) == "høyere enn"
    assert compare(table, "unge", "eldre", 2024) == "lavere enn"
    assert compare(table, "begge", "unge", 2024) == "om lag som"
    assert compare(table, "få", "unge") == "ikke sammenlignbar med"


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


def test_categories_that_grew_or_fell() -> None:
    # Errors of 1 each: Agder's 2 more is 1.41 standard errors, Oslo's 28 more and Nordland's 20 less are clear;
    # Vestland, which one wave hides, is left out.
    years = "fra 2022 til 2024"
    told = f"økte {years} i Oslo, gikk ned i Nordland, og endret seg ikke sikkert i Agder"
    assert changes(REGIONS, where="i") == told
    assert changes(REGIONS, "Agder", noun="fylkene") == f"endret seg ikke sikkert {years} for noen av fylkene"
    assert changes(REGIONS[REGIONS["wave"] == 2024]) == "har ingen tidligere undersøkelse å måles mot"


def test_what_moved_may_have_its_numbers_and_a_long_list_its_count() -> None:
    told = changes(REGIONS, where="i", noun="fylkene", numbers=True, digits=1)
    assert told == (
        "økte fra 2022 til 2024 i Oslo (fra 80,0 til 108,4), gikk ned i Nordland (fra 70,0 til 50,0), "
        "og endret seg ikke sikkert i Agder"
    )
    names = [*"ABCDEFGH"]
    first = [(2022, name, 10.0, 1, 50) for name in names]
    last = [(2024, name, 20.0 if name < "F" else 10.0, 1, 50) for name in names]
    many = estimate_table(*first, *last, keys=("wave", "category"))
    told = changes(many, where="i", noun="fylkene")
    assert told.startswith("økte fra 2022 til 2024 i A, B, C, D og E (fem av de åtte fylkene), ")
    assert told.endswith("og endret seg ikke sikkert i de andre fylkene")
    # Numbers stand in brackets already.
    assert "av de" not in changes(many, where="i", noun="fylkene", numbers=True, unit="prosent")
    assert "E (fra 10 til 20\u00a0prosent), og" in changes(many, where="i", numbers=True, unit="prosent")
    # «Der flertallet er de andre» is no Norwegian.
    assert changes(many, where="der flertallet er").endswith("endret seg ikke sikkert for de andre")


def test_several_categories_stand_in_the_tables_order() -> None:
    table = REGIONS.assign(estimate=[1.0, 1, 1, 1, 90, 1, 80, 70], standard_error=1.0)
    assert changes(without(table, "Agder"), where="i") == "økte fra 2022 til 2024 i Oslo, Nordland og Vestland"


def test_a_group_stands_where_the_interval_of_the_difference_puts_it():
    shown = table((2024, "unge", "A", 10), (2024, "eldre", "A", 5), (2024, "begge", "A", 11), (2024, "totalt", "A", 8))
    assert compare(shown, "unge", "A", 2024) == "høyere enn for eldre, og om lag som for begge"
    assert compare(shown, "eldre", "A", than="enn blant") == "lavere enn blant unge og begge"
    assert compare(shown, "unge", "A", 2022) == compare(EMPTY, "unge", than="enn hos") == "ikke spurt"


def test_a_suppressed_group_is_not_compared():
    shown = estimate_table(("unge", 1.0, 0.1, 50), ("eldre", 3.0, 0.1, 2), ("begge", 2.0, 0.1, 50), keys=("group",))
    assert compare(shown, "unge") == "lavere enn for begge"
    assert compare(shown, "eldre") == "ikke sammenlignbare"


def test_contrast_sorts_estimates_by_the_sign_of_a_clear_difference() -> None:
    assert compare(AREAS, "eldre", "unge", 2024) == "høyere for A, og om lag den samme for de andre"
    two = AREAS[AREAS["category"] != "C"]
    assert compare(two, "unge", "eldre", 2024) == "lavere for A, og om lag den samme for B"
    only = AREAS[AREAS["category"] == "A"]
    assert compare(only, "eldre", "unge", 2024, noun="områdene") == "høyere for alle områdene"
    alike = AREAS[AREAS["category"] != "A"]
    assert compare(alike, "eldre", "unge", 2024, noun="områdene") == "om lag den samme for begge områdene"
    assert compare(alike, "eldre", "unge", 2024) == "om lag den samme for B og C"
    assert compare(AREAS, "eldre", "unge", 2022, noun="områdene") == "ikke sammenlignbar"
    assert compare(NOTHING, "eldre", "unge", noun="områdene") == "ikke sammenlignbar"


def test_contrast_leaves_out_what_one_group_lacks() -> None:
    assert compare(AREAS, 2024, 2022, "unge") == "høyere for A, og lavere for B"


def test_development_tells_both_ways_and_what_stood_still() -> None:
    assert changes(AREAS, "unge") == (
        "økte fra 2022 til 2024 for A, og gikk ned for B"
    )
    still = table((2022, "unge", "A", 10), (2024, "unge", "A", 10.5))
    assert changes(still, noun="områdene") == "endret seg ikke sikkert fra 2022 til 2024 for noen av områdene"
    mixed = pd.concat([still, table((2022, "unge", "B", 10), (2024, "unge", "B", 1))], ignore_index=True)
    assert changes(mixed) == "gikk ned fra 2022 til 2024 for B, og endret seg ikke sikkert for A"


@pytest.mark.parametrize("names", [("eldre",), ("C",)])
def test_development_needs_an_earlier_wave(names: tuple[str, ...]) -> None:
    assert changes(AREAS, *names) == "har ingen tidligere undersøkelse å måles mot"
    assert changes(NOTHING) == "har ingen tidligere undersøkelse å måles mot"


def test_a_misspelt_name_is_not_called_incomparable() -> None:
    for names in (("ugne", "eldre"), ("unge", "edlre"), ("ugne",)):
        with pytest.raises(ReportError, match=r"fits no key; nearest: (unge|eldre)"):
            compare(AREAS, *names, 2024)
    # What the edition did not ask is no misspelling: the table knows the items that it was made for.
    asked = described(AREAS, About(labels={"d": "D"}, variables=("d",)))
    assert compare(asked, "D", "A", 2024) == "ikke sammenlignbare"


def test_hidden_estimates_are_neither_different_nor_alike() -> None:
    rows = [(2024, "unge", "A", 5.0, 1.0, 50), (2024, "eldre", "A", 5.0, 1.0, 2), (2022, "unge", "A", 9.0, 1.0, 2)]
    known = [(2024, "unge", "B", 5.0, 1.0, 50), (2024, "eldre", "B", 9.0, 1.0, 50), (2022, "unge", "B", 1.0, 1.0, 50)]
    hidden, both = estimate_table(*rows, keys=KEYS), estimate_table(*rows, *known, keys=KEYS)
    assert compare(hidden, "eldre", "unge", 2024, over="category") == "ikke sammenlignbar"
    assert compare(hidden, "eldre", "unge", 2024) == "ikke sammenlignbar med"
    assert compare(both, "eldre", "unge", 2024) == "høyere for B"
    assert changes(hidden, "unge") == "kan ikke sammenlignes"
    assert changes(both, "unge") == "økte fra 2022 til 2024 for B"


ITEMS = estimate_table(
    (2024, "alle", 3.7, 0.03, 50),
    (2024, "norsk", 3.6, 0.05, 50),
    (2024, "oppmøte", 2.9, 0.04, 50),
    (2024, "rus", 4.2, 0.03, 50),
    (2024, "få", 3.0, 0.1, 3),
    keys=("wave", "category"),
)


@pytest.mark.parametrize(
    ("mean", "error", "words"),
    [
        (3.2, 0.1, "over midten av skalaen"),
        (2.8, 0.1, "under midten av skalaen"),
        (3.19, 0.1, "om lag midt på skalaen"),
        (2.81, 0.1, "om lag midt på skalaen"),
        (3.0, 0.1, "om lag midt på skalaen"),
    ],
)
def test_a_mean_on_its_scale(mean: float, error: float, words: str) -> None:
    assert on_scale(estimate_table((2024, "unge", mean, error, 50)), "unge") == words


def test_another_middle() -> None:
    assert on_scale(ITEMS, "alle", middle=3.9) == "under midten av skalaen"


def test_a_mean_that_is_hidden_or_was_not_asked() -> None:
    assert on_scale(ITEMS, "få", 2024) == "skjult"
    assert on_scale(ITEMS, "alle", 2022) == "ikke spurt"
    assert compare(ITEMS, "alle", 2022) == "ikke spurt"


def test_neighbours_above_below_and_about() -> None:
    # 3.7 − 3.6 is 1.7 standard errors of the difference; a hidden neighbour is left out.
    assert compare(ITEMS, "alle", 2024) == "høyere enn for oppmøte, lavere enn for rus, og om lag som for norsk"
    assert compare(ITEMS, "oppmøte", 2024) == "lavere enn for alle, norsk og rus"


def test_all_neighbours_on_one_side_have_a_noun() -> None:
    assert compare(ITEMS, "oppmøte", 2024, noun="de andre gruppene") == "lavere enn for alle de andre gruppene"
    assert compare(ITEMS, "rus", 2024, noun="gruppene", than="enn blant") == "høyere enn blant alle gruppene"
    assert compare(ITEMS, "alle", 2024, noun="gruppene").startswith("høyere enn for oppmøte")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (6.0, "økte med 6,0 (mellom 4,0 og 8,0)"),
        (-6.0, "gikk ned med 6,0 (mellom 4,0 og 8,0)"),
        (1.0, "endret seg ikke sikkert (anslag 1,0, mellom −1,0 og 3,0)"),
    ],
)
def test_a_change_and_its_interval_in_words(value: float, expected: str) -> None:
    table = estimate_table((2024, "alle svar", value, 1.0204269652722, 50)).assign(measure="change")
    assert trend(table, "alle", 2024, digits=1) == expected


def test_a_change_that_is_hidden_or_has_no_earlier_wave() -> None:
    table = estimate_table((2024, "alle svar", 5.0, 1.0, 4)).assign(measure="change")
    assert trend(table, "alle") == "kan ikke sammenlignes" and trend(table.iloc[:0], "alle") == "er ikke spurt om"


def full_count(*numbers: float, wave: str = "") -> pd.DataFrame:
    """A full count by year, without errors."""
    made = estimate_table(*((2020 + i, "totalt", value, math.nan, 5000) for i, value in enumerate(numbers)))
    return made.assign(standard_error=math.nan, ci_low=math.nan, ci_high=math.nan)


def test_a_full_count_has_no_error_and_a_share_no_per_cent_of_its_own() -> None:
    shares = full_count(1.14, 3.96)
    told = trend(shares, "totalt", digits=1, unit="prosent")
    assert told == "økte fra 1,1\u00a0prosent i 2020 til 4,0\u00a0prosent i 2021"
    assert trend(full_count(50.0, 60.0), "totalt") == "økte fra 50 i 2020 til 60 i 2021 (20\u00a0prosent)"
    assert trend(full_count(100.0, 97.0), "totalt") == "gikk ned litt fra 100 i 2020 til 97 i 2021 (3\u00a0prosent)"
    assert trend(full_count(100.0, 100.2), "totalt") == "holdt seg på 100 fra 2020 til 2021"


def test_full_counts_are_compared_as_they_print() -> None:
    both = pd.concat([full_count(4.4), full_count(4.6).assign(group="unge")], ignore_index=True)
    assert compare(both, "unge", "totalt", 2020) == "høyere enn"
    assert compare(both, "totalt", "unge", 2020, digits=1) == "lavere enn"
    assert compare(both.replace({4.6: 4.3}), "unge", "totalt", 2020) == "lik"


def test_clauses_are_parted_by_a_comma_and_the_last_by_og() -> None:
    found = {"A": Verdict(2.0, CLEAR), "B": Verdict(-2.0, CLEAR), "C": Verdict(0.1, UNCHANGED)}
    found |= {"D": Verdict(3.0, CLEAR), "E": Verdict(math.nan, HIDDEN)}
    assert sorted_out(found, ("over", "under", "likt"), "for") == "over for A og D, under for B, og likt for C"
    assert sorted_out({"E": found["E"]}, ("over", "under", "likt"), "for") == ""


def test_a_name_that_fits_nothing_gets_the_nearest() -> None:
    with pytest.raises(ReportError, match=r"«ungge» fits no key; nearest: unge"):
        trend(AREAS, "ungge")
