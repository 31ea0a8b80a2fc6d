"""Words for regressions and curves follow from coefficients, their errors and the shape of the line."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from engine.estimates.models import fit
from engine.table import about, described
from engine.words.effects import association, bend, effect, effects_of, named_terms, slope_by_wave, span
from tests.frames import estimate_table, persons

COEFFICIENTS = estimate_table(
    ("tid", "brukere", "coef", -0.30, 0.1, 50), ("tid", "trygghet", "coef", 0.50, 0.1, 50),
    ("tid", "alder", "coef", -0.15, 0.1, 50), ("tid", "sektor", "coef", 0.15, 0.1, 50),
    ("tid", "erfaring", "coef", 0.02, 0.1, 50), ("tid", "erfaring", "n", 50.0, 0.0, 50),
    keys=("category", "group", "measure"),
)  # fmt: skip
EMPTY = COEFFICIENTS.iloc[:0]


@pytest.mark.parametrize(
    ("term", "words"),
    [
        ("brukere", "avtar"),
        ("trygghet", "øker"),
        ("alder", "viser en tendens til å avta"),
        ("sektor", "viser en tendens til å øke"),
        ("erfaring", "har ingen sikker sammenheng"),
    ],
)
def test_an_association_is_as_sure_as_its_interval(term, words):
    assert association(COEFFICIENTS, "tid", term) == words
    assert association(EMPTY, "tid", term) == "er ikke spurt om"


def test_a_coefficient_in_words():
    assert effect(COEFFICIENTS, "brukere") == "0,30 lavere"
    assert effect(COEFFICIENTS, "trygghet", digits=1) == "0,5 høyere"
    assert effect(COEFFICIENTS, "alder") == "om lag den samme (−0,15)"
    assert effect(EMPTY, "alder") == "ikke spurt"


def test_several_coefficients_sorted():
    told = effects_of(COEFFICIENTS, ["bruk", "trygg", "alder", "erfaring"])
    assert told == "høyere med trygghet (0,50), lavere med brukere (−0,30), " + (
        "og om lag den samme med alder (−0,15) og erfaring (0,02)"
    )
    assert effects_of(COEFFICIENTS, ["bruk"], before="for", digits=1) == "lavere for brukere (−0,3)"
    assert effects_of(EMPTY, ["bruk"]) == "ikke spurt"


def line(*values: float, wave: int = 2024, p_value: float = 0.01) -> pd.DataFrame:
    """A curve with places 0, 1, …"""
    made = estimate_table(*((wave, "tid", value, 0.1, 50) for value in values), keys=("wave", "category"))
    return made.assign(x=np.arange(float(len(values))), p_value=p_value)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([5, 4, 3, 2.9, 2.8], "faller først og flater så ut"),
        ([5, 4, 3, 2, 1], "faller hele veien"),
        ([5, 4, 3, 4, 5], "faller først og stiger så igjen"),
        ([1, 2, 3, 3, 3], "stiger først og flater så ut"),
        ([1, 2, 3, 4, 5], "stiger hele veien"),
        ([1, 2, 3, 2, 1], "stiger først og faller så igjen"),
        ([1, 2], "kan ikke vises"),
        ([1, np.nan, 3], "kan ikke vises"),
    ],
)
def test_a_bend_is_told_from_both_halves(values, words):
    assert bend(line(*values), "tid") == words
    # In any order of rows.
    assert bend(line(*values).iloc[::-1], "tid") == words


def test_a_span_is_highest_minus_lowest():
    assert span(line(1, 3.04, 2), "tid") == "2,0"
    assert span(line(1).iloc[:0], "tid") == "ikke spurt"


def test_slopes_by_wave():
    both = pd.concat([line(3, 2, wave=2023), line(3, 3, p_value=0.5)])
    assert slope_by_wave(both) == "avtar i 2023 og varierer lite i 2024"
    assert slope_by_wave(both.iloc[:0]) == "er ikke spurt om"


def frame() -> pd.DataFrame:
    """Sixty persons; the outcome is made of all variables."""
    number = np.arange(60.0)
    level = pd.Categorical(np.where(number % 3 == 0, "lite (under 1 år)", np.where(number % 3 == 1, "mer", "mye")))
    made = persons(y=np.sin(number), x=number % 7, size=number % 11, level=level)
    made = described(made, labels={"x": "antall", "size": "ansatte", "level": "erfaring", "y": "tid"})
    return made


def test_terms_are_named_with_variable_and_base_under_their_headings():
    models = fit("y ~ x + I(x**2) + size + level", frame())
    named = named_terms(models, {"personen": "x + level", "kontoret": "size"})
    assert list(named["term"]) == ["antall", "erfaring: mer, mot lite", "erfaring: mye, mot lite", "ansatte"]
    assert list(named["level"]) == ["personen"] * 3 + ["kontoret"]
    # What the picture shows is the model's own table.
    expected = models.table.set_index("group")["estimate"]
    assert (named.set_index("group")["estimate"] == expected[list(named["group"])]).all()
    assert set(named["measure"]) == {"coef"} and about(named).source == "Undersøkelsen"


def test_no_terms_where_the_edition_did_not_ask():
    asked = frame()
    asked = described(asked, waves_asked={"y": (2024,), "x": ()})
    named = named_terms(fit("y ~ x", asked), {"personen": "x"})
    assert named.empty and {"term", "level", "suppressed"} <= set(named.columns)


def test_of_a_hidden_coefficient_nothing_is_said():
    hidden = estimate_table(
        ("tid", "få", "coef", 9.0, 0.1, 2), ("tid", "brukere", "coef", -0.3, 0.1, 50),
        keys=("category", "group", "measure"),
    )  # fmt: skip
    assert association(hidden, "få") == "kan ikke vises"
    assert effect(hidden, "få") == "skjult"
    assert effects_of(hidden, ["få", "brukere"]) == "lavere med brukere (−0,30)"


def test_words_of_a_coefficient_follow_its_own_interval():
    """With few persons the t distribution's interval is wider than 1.96 errors."""
    wide = COEFFICIENTS.assign(ci_low=COEFFICIENTS["estimate"] - 0.31, ci_high=COEFFICIENTS["estimate"] + 0.31)
    assert association(wide, "brukere") == "viser en tendens til å avta"
    assert effect(wide, "brukere") == "om lag den samme (−0,30)"
    assert effects_of(wide, ["brukere", "trygghet"]) == (
        "høyere med trygghet (0,50), og om lag den samme med brukere (−0,30)"
    )
