"""Words for regressions and curves follow from coefficients, their errors and the shape of the line."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from engine.errors import ReportError
from engine.estimates.models import fit
from engine.estimates.terms import named_terms
from engine.table import PROBABILITY, about, described
from engine.words.effects import associations, clear_terms, effect, effects, slope
from tests.frames import estimate_table, persons

KEYS = ("wave", "group", "category")
COEFFICIENTS = estimate_table(
    ("tid", "brukere", "coef", -0.30, 0.1, 50), ("tid", "trygghet", "coef", 0.50, 0.1, 50),
    ("tid", "alder", "coef", -0.15, 0.1, 50), ("tid", "sektor", "coef", 0.15, 0.1, 50),
    ("tid", "erfaring", "coef", 0.02, 0.1, 50), ("tid", "erfaring", "n", 50.0, 0.0, 50),
    keys=("outcome", "term", "measure"),
)  # fmt: skip
EMPTY = COEFFICIENTS.iloc[:0]


@pytest.mark.parametrize(
    ("term", "words"),
    [
        ("brukere", "avtar"),
        ("trygghet", "øker"),
        ("alder", "ser ut til å avta"),
        ("sektor", "ser ut til å øke"),
        ("erfaring", "har ingen sikker sammenheng"),
    ],
)
def test_an_association_is_as_sure_as_its_interval(term, words):
    assert slope(COEFFICIENTS, "tid", term) == words
    assert slope(EMPTY, "tid", term) == "er ikke spurt om"


def test_a_coefficient_in_words():
    assert effect(COEFFICIENTS, "brukere") == "0,30 lavere"
    assert effect(COEFFICIENTS, "trygghet", digits=1) == "0,5 høyere"
    assert effect(COEFFICIENTS, "alder") == "om lag den samme (−0,15)"
    assert effect(EMPTY, "alder") == "ikke spurt"


def test_several_coefficients_sorted():
    told = effects(COEFFICIENTS, ["bruk", "trygg", "alder", "erfaring"])
    assert told == "høyere med trygghet (0,50), lavere med brukere (−0,30), " + (
        "og om lag den samme med alder (−0,15) og erfaring (0,02)"
    )
    assert effects(COEFFICIENTS, ["bruk"], where="for", digits=1) == "lavere for brukere (−0,3)"
    assert effects(EMPTY, ["bruk"]) == "ikke spurt"


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
    assert slope(line(*values), "tid", halves=True) == words
    # In any order of rows.
    assert slope(line(*values).iloc[::-1], "tid", halves=True) == words


def test_slopes_by_wave():
    both = pd.concat([line(3, 2, wave=2023), line(3, 3, p_value=0.5)])
    assert slope(both, over="wave") == "avtar i 2023 og varierer lite i 2024"
    assert slope(both.iloc[:0], over="wave") == "er ikke spurt om"


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
    assert list(named["label"]) == ["antall", "erfaring: mer, mot lite", "erfaring: mye, mot lite", "ansatte"]
    assert list(named["level"]) == ["personen"] * 3 + ["kontoret"]
    # What the picture shows is the model's own table.
    expected = models.table.set_index("term")["estimate"]
    assert (named.set_index("term")["estimate"] == expected[list(named["term"])]).all()
    assert set(named["measure"]) == {"coef"} and about(named).source == "Undersøkelsen"


def test_no_terms_where_the_edition_did_not_ask():
    asked = frame()
    asked = described(asked, waves_asked={"y": (2024,), "x": ()})
    named = named_terms(fit("y ~ x", asked), {"personen": "x"})
    assert named.empty and {"term", "label", "level", "suppressed"} <= set(named.columns)


def test_of_a_hidden_coefficient_nothing_is_said():
    hidden = estimate_table(
        ("tid", "få", "coef", 9.0, 0.1, 2), ("tid", "brukere", "coef", -0.3, 0.1, 50),
        keys=("outcome", "term", "measure"),
    )  # fmt: skip
    assert slope(hidden, "få") == "kan ikke vises"
    assert effect(hidden, "få") == "skjult"
    assert effects(hidden, ["få", "brukere"]) == "lavere med brukere (−0,30)"


def test_words_of_a_coefficient_follow_its_own_interval():
    """With few persons the t distribution's interval is wider than 1.96 errors."""
    wide = COEFFICIENTS.assign(ci_low=COEFFICIENTS["estimate"] - 0.31, ci_high=COEFFICIENTS["estimate"] + 0.31)
    assert slope(wide, "brukere") == "ser ut til å avta"
    assert effect(wide, "brukere") == "om lag den samme (−0,30)"
    assert effects(wide, ["brukere", "trygghet"]) == (
        "høyere med trygghet (0,50), og om lag den samme med brukere (−0,30)"
    )


def estimates(*values: tuple[object, ...]) -> pd.DataFrame:
    """Estimates with error 1, of 50 persons unless given."""
    return estimate_table(
        *((*key, float(value), 1.0, 50) for *key, value in values), keys=KEYS
    )  # fmt: skip


def curves(*ends: tuple[str, float, float, float]) -> pd.DataFrame:
    """Straight curves over 0, 1 and 2, each with the p-value of its test."""
    tables = []
    for name, first, last, p_value in ends:
        line = estimates(*((2024, "unge", name, value) for value in (first, (first + last) / 2, last)))
        tables.append(line.assign(x=[0.0, 1.0, 2.0], p_value=p_value))
    return pd.concat(tables, ignore_index=True)


def coefs(*rows: tuple[str, str, float, float]) -> pd.DataFrame:
    """Coefficients given as (outcome, term, value, p-value)."""
    made = estimate_table(*((outcome, term, value, 0.1, 50) for outcome, term, value, _ in rows),
                          keys=("outcome", "term"))  # fmt: skip
    return made.assign(measure="coef", p_value=[p for *_, p in rows])


def test_associations_follow_the_p_values_not_the_sizes() -> None:
    found = coefs(("A", "god tid", 0.1, 0.01), ("B", "god tid", -5.0, 0.2), ("A", "alder", -1.0, 0.01))
    assert associations(found, "god") == "høyere for A, og om lag den samme for B"
    assert associations(found, "alder", noun="utfallene") == "lavere for alle utfallene"
    both = coefs(("A", "alder", 1.0, 0.01), ("B", "alder", 1.0, 0.01))
    assert associations(both, "alder", noun="utfallene") == "høyere for begge utfallene"
    assert associations(found, "god", "B") == "om lag den samme for B"
    assert associations(found, "kjønn") == associations(found.iloc[:0], "god") == "ikke sammenlignbar"


def test_associations_read_coefficients_only() -> None:
    constant = coefs(("A", "konstant", 3.0, 0.001)).assign(measure="constant")
    assert associations(constant, "konstant") == "ikke sammenlignbar"


def test_slopes_gather_curves_that_run_alike() -> None:
    down = curves(("A", 5, 1, 0.01), ("B", 4, 3, 0.01))
    assert slope(down, 2024, over="category", noun="måtene") == "avtar for alle måtene"
    assert slope(down, 2024, over="category") == "avtar for A og B"
    mixed = curves(("A", 5, 1, 0.01), ("B", 4, 3, 0.4), ("C", 1, 2, 0.01))
    assert slope(mixed, 2024, over="category", noun="måtene") == "avtar for A, varierer lite for B, og øker for C"
    assert slope(down, 2022, over="category") == "ikke spurt"


def test_a_coefficient_without_a_test_is_not_told() -> None:
    assert associations(coefs(("A", "alder", 1.0, np.nan)), "alder") == "ikke sammenlignbar"


def curve(values: list[float], p_value: float, n: int = 50) -> pd.DataFrame:
    table = estimate_table(*[(2024, "unge", value, 1.0, n) for value in values])
    return table.assign(x=range(len(values)), p_value=p_value)


@pytest.mark.parametrize(
    ("values", "p_value", "word"),
    [
        ([1, 5, 3], 0.049, "øker"),
        ([3, 5, 1], 0.049, "avtar"),
        ([1, 5, 3], 0.05, "ser ut til å øke"),
        ([3, 5, 1], 0.31, "ser ut til å avta"),
        ([3, 5, 1], 0.33, "varierer lite"),
        ([1, 5, 3], math.nan, "varierer lite"),
    ],
)
def test_slopes(values: list[float], p_value: float, word: str) -> None:
    table = curve(values, p_value)
    assert slope(table, "unge") == word
    assert slope(table.iloc[::-1], "unge", 2024) == word


def test_a_hidden_curve_has_no_slope() -> None:
    assert slope(curve([1, 2], 0.01, n=4), "unge") == "kan ikke vises"
    with pytest.raises(ReportError, match="«eldre» fits no key"):
        slope(curve([1, 2], 0.01), "eldre")


def of_register() -> pd.DataFrame:
    """Coefficients of a probability; the whole is a full count of persons."""
    terms = {"x": -0.0421, "y": 0.001, "z": np.nan, "fylke: Oslo": 0.1, "fylke: Agder": 0.2}
    errors = [0.01, 0.01, np.nan, 0.02, 0.01]
    made = estimate_table(*(("b", term, "coef", value, error, 100) for (term, value), error in zip(
        terms.items(), errors, strict=True)), keys=("outcome", "term", "measure"))  # fmt: skip
    made = described(made, counted="personer", unit=PROBABILITY)
    return made.assign(p_value=[0.001, 0.6, np.nan, 0.001, 0.01])


def test_an_effect_on_a_probability_is_in_percentage_points() -> None:
    shown = of_register()
    assert effect(shown, "x", than="for menn") == "4,2 prosentpoeng lavere enn for menn"
    assert effect(shown, "y", than="for menn") == "om lag den samme som for menn"
    assert effect(shown, "x", who="for kvinner", than="for menn") == "4,2 prosentpoeng lavere for kvinner enn for menn"
    assert effect(shown, "y", who="for kvinner", than="for menn") == "om lag den samme for kvinner som for menn"
    assert effect(shown, "y") == "om lag den samme"
    assert effect(shown, "z") == "skjult"
    assert clear_terms(shown, "b", 1, "fylke") == "Agder og Oslo"
    assert clear_terms(shown, "b", -1) == "x"
    assert clear_terms(shown, "b", -1, "fylke") == "ingen"
