"""Curves in panels with horizontal axes of their own, and coefficients under headings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from engine.exhibits.drawing import Layout, bands, coefficients
from engine.exhibits.tabulation import numbers_table
from engine.words.numbers import nb_place
from tests.frames import estimate_table

LAYOUT = Layout("det som står over panelet", "", "category", "snitt", 1, (0.0, 5.0), own_axes=True)


def predictions() -> pd.DataFrame:
    """A line of 21 places up to 200 users, and dots at 1 to 5."""
    users = [("brukere", 4 - x / 100, 0.1, 50) for x in np.linspace(0, 200, 21)]
    steps = [("trygghet", 3 + x / 5, 0.1, 50) for x in range(1, 6)]
    table = estimate_table(*users, *steps, keys=("category",))
    return table.assign(x=[*np.linspace(0, 200, 21), *range(1, 6)], p_value=np.nan)


@pytest.mark.parametrize("narrow", [False, True])
def test_each_panel_has_the_axis_of_its_own_quantity(narrow):
    users, steps = bands(predictions(), LAYOUT, narrow).axes
    assert users.get_xlim() == (0.0, 200.0)
    assert steps.get_xlim()[0] < 1 and 5 < steps.get_xlim()[1] < 6
    shared = bands(predictions(), replace(LAYOUT, own_axes=False), narrow).axes
    assert {axes.get_xlim() for axes in shared} == {(0.0, 200.0)}


def test_predictions_at_a_few_values_are_dots_with_intervals():
    users, steps = bands(predictions(), LAYOUT, False).axes
    assert [line.get_gid() for line in users.lines] == ["curve"]
    (dots,) = [line for line in steps.lines if line.get_gid() == "dot"]
    assert list(dots.get_xdata()) == [1, 2, 3, 4, 5] and not [line for line in steps.lines if line.get_gid() == "curve"]
    (intervals,) = [made for made in steps.collections if made.get_gid() == "interval"]
    table = predictions()[lambda t: t["category"] == "trygghet"]
    drawn = [(path.vertices[0, 1], path.vertices[1, 1]) for path in intervals.get_paths()]
    assert np.allclose(drawn, table[["ci_low", "ci_high"]])


def test_panels_without_a_row_in_common_stand_below_each_other():
    keys = ("group", "category")
    table = estimate_table(("A", "en", 1.0, 0.1, 50), ("B", "en", 0.5, 0.1, 50), ("C", "to", -1, 0.1, 50), keys=keys)
    layout = Layout("group", "", "category", "poeng", 2, (float("nan"), float("nan")))
    first, second = coefficients(table, layout, False).axes
    assert first.get_position().y0 > second.get_position().y1
    assert [label.get_text() for label in second.get_yticklabels()] == ["C"]


def test_every_prediction_at_few_values_is_told_and_places_below_ten_have_a_decimal():
    table = predictions()
    told = numbers_table(table, 1, "verdi")
    # Three of the 21 places of the line, and all five dots; two lines are the head.
    assert len(told.splitlines()) == 2 + 3 + 5
    assert [nb_place(value) for value in (3.0, 3.25, 10.25, 1234.5)] == ["3", "3,3", "10", "1\u202f235"]


def test_coefficients_are_headed_as_variables_and_populations_told_where_they_differ():
    keys = ("category", "group", "measure", "population")
    rows = [("oversikt", "brukere", "coef", who, 0.1, 0.1, 50) for who in ("veiledere", "ungdomsveiledere")]
    rows.append(("trygg", "konstant", "constant", "veiledere", 4.0, 0.1, 50))
    head = numbers_table(estimate_table(*rows, keys=keys), 2).splitlines()[0]
    assert "Variabel" in head and "Utvalg" in head
    curve = ("tid", "unge", "predicted_mean", "veiledere", 3.0, 0.1, 50)
    mixed = estimate_table(*rows, curve, curve, keys=keys).assign(x=[np.nan, np.nan, np.nan, 20.0, 7.5])
    told = numbers_table(mixed, 2, "ansatte").splitlines()
    assert "Gruppe eller variabel" in told[0] and "| 7,5 |" in told[-1] and "skjult" not in "".join(told)
