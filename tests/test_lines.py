"""Lines over time and curves with bands: named at their ends, no words upon each other, hidden values nowhere."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from engine.disclosure.rules import protect
from engine.exhibits.alt_text import MOST_TIMES, lines_text
from engine.exhibits.dots import draw_coefficients
from engine.exhibits.lines import draw_curves, draw_lines
from engine.exhibits.numbers import numbers_table
from engine.exhibits.style import Layout
from engine.words.numbers import nb_place
from tests.frames import estimate_table
from tests.pictures import GROUPS, estimates, marks, measured, words

BOTH = pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
ITEMS = ["kartlegge behov", "oppfølging i arbeid", "samarbeid med tjenester utenfor Nav", "samtaler med bruker"]
MONTHS = [f"{year}-{month:02d}" for year in (2022, 2023, 2024) for month in range(1, 13)][9:]
STARTS = {
    "unge i ungdomsgarantien": 50000,
    "mottakere av arbeidsavklaringspenger, 30 år og over": 112000,
    "langtidsarbeidssøkere, 30 år og over": 31000,
    "langtidsledige, 30 år og over": 11000,
    "arbeidssøkere fra landgruppe 3": 33000,
    "personer med nedsatt arbeidsevne fra landgruppe 3": 38000,
}


def counted(starts: dict[str, int], times: list, panel: str = "") -> pd.DataFrame:
    rows = [
        {"wave": time, "category": name, "group": panel, "estimate": start * (1 + 0.006 * i), "n": start}
        for name, start in starts.items()
        for i, time in enumerate(times)
    ]
    table = pd.DataFrame(rows).assign(standard_error=np.nan, ci_low=np.nan, ci_high=np.nan)
    return protect(table.assign(population="", sector="", measure="count"))


YEARS = list(range(2011, 2022))
TWO_SCALES = pd.concat(
    [
        counted({"standardinnsats": 30, "spesielt tilpasset innsats": 45}, YEARS, "prosent av befolkningen"),
        counted({"i alt": 80000}, YEARS, "antall personer"),
    ]
)
SHAPES: dict[str, tuple[pd.DataFrame, Layout]] = {
    "months": (counted(STARTS, MONTHS), Layout("wave", "category", "", "antall personer", 0, (0.0, math.nan))),
    "quarter": (counted(STARTS, MONTHS[:3]), Layout("wave", "category", "", "antall personer", 0, (0.0, math.nan))),
    "waves": (
        estimates(6.0, group=GROUPS[:3], category=ITEMS, wave=[2022, 2023, 2024]),
        Layout("wave", "category", "group", "ganger i uken", 1, (0.0, math.nan)),
    ),
    "one wave": (
        estimates(6.0, group=GROUPS[:3], category=ITEMS, wave=[2022]),
        Layout("wave", "category", "group", "ganger i uken", 1, (0.0, math.nan)),
    ),
    "own axes": (TWO_SCALES, Layout("wave", "category", "group", "", 1, (0.0, math.nan), own_axes=True)),
}
THREE = (
    estimates(6.0, group=GROUPS[:3], category=["avtalte møter", "meldinger"], wave=[2022, 2023, 2024]),
    Layout("wave", "category", "group", "ganger i uken", 1, (0.0, math.nan)),
)
ALL = pytest.mark.parametrize("name", list(SHAPES))


def printed(figure: Figure, gid: str) -> list[str]:
    return [text.get_text().replace("\n", " ") for text in words(figure, gid)]


@ALL
@BOTH
def test_no_words_meet_or_are_cut_off(name: str, narrow: bool) -> None:
    figure = draw_lines(*SHAPES[name], narrow)
    boxes = measured(figure)
    width, height = figure.get_size_inches() * 72
    assert len(boxes) > 8
    for text, box in boxes:
        assert box.x0 >= 0 and box.y0 >= -0.5 and box.x1 <= width and box.y1 <= height, text.get_text()
    for (one, first), (other, second) in combinations(boxes, 2):
        # Lines of type touch each other's line height, not each other's letters.
        apart = first.x1 <= second.x0 or second.x1 <= first.x0 or first.y1 <= second.y0 + 1 or second.y1 <= first.y0 + 1
        assert apart, (one.get_text(), other.get_text())


@BOTH
def test_each_line_is_named_with_its_last_value(narrow: bool) -> None:
    figure = draw_lines(*SHAPES["months"], narrow)
    names = printed(figure, "value")
    assert len(names) == 6 == len(marks(figure, "line")) == len(marks(figure, "leader"))
    assert "Unge i ungdomsgarantien 57\u202f800" in names
    assert not marks(figure, "interval")


@BOTH
def test_intervals_stand_beside_each_other(narrow: bool) -> None:
    figure = draw_lines(*SHAPES["waves"], narrow)
    assert len(marks(figure, "interval")) == 3 * 4 * 3
    for axes in figure.axes:
        places = [line.get_xdata()[0] for line in axes.lines if line.get_gid() == "interval"]
        assert len({round(place, 6) for place in places}) == 12


def test_three_panels_stand_in_one_row_of_a_page_and_leave_no_place_empty() -> None:
    wide, narrow = (draw_lines(*THREE, phone) for phone in (False, True))
    assert len({round(axes.get_position().y0, 6) for axes in wide.axes}) == 1
    assert len({round(axes.get_position().y0, 6) for axes in narrow.axes}) == 3


def test_panels_share_a_value_axis_unless_told() -> None:
    shared = draw_lines(*SHAPES["waves"], False)
    assert len({axes.get_ylim() for axes in shared.axes}) == 1
    own = draw_lines(*SHAPES["own axes"], False)
    low, high = own.axes[0].get_ylim(), own.axes[1].get_ylim()
    assert low[1] < 100 < 80000 < high[1]
    assert "I alt 84\u202f800" in printed(own, "value")


def test_lines_are_drawn_by_time_whatever_the_order_of_rows() -> None:
    table, layout = SHAPES["months"]
    turned = draw_lines(table.iloc[::-1], layout, False)
    for line in marks(turned, "line"):
        assert (np.diff(line.get_xdata()) > 0).all()


def test_a_hidden_value_is_not_drawn() -> None:
    table = estimate_table((2022, "unge", 5.0, 0.1, 50), (2024, "unge", 913.0, 0.1, 4), (2024, "eldre", 7.0, 0.1, 4))
    layout = Layout("wave", "group", "", "timer", 1, (0.0, math.nan))
    figure = draw_lines(protect(table), layout, False)
    assert figure.axes[0].get_ylim()[1] < 10
    assert sorted(printed(figure, "value")) == ["Eldre: skjult", "Unge 5,0"]
    assert lines_text(protect(table), layout).endswith("timer. Unge: 5,0 i 2022, 1 skjult. Eldre: skjult.")


def test_the_text_tells_all_times_of_a_short_line_and_start_top_and_end_of_a_long_one() -> None:
    layout = Layout("wave", "category", "", "personer", 0, (0.0, math.nan))
    short = counted({"unge": 1000}, [2022, 2023, 2024])
    assert lines_text(short, layout) == (
        "Linjer over tid, personer. Unge: 1\u202f000 i 2022, 1\u202f006 i 2023 og 1\u202f012 i 2024."
    )
    long = counted({"unge": 1000}, MONTHS)
    long.loc[10, "estimate"] = 5000.0
    assert len(long) > MOST_TIMES
    assert lines_text(long, layout).endswith(
        "Unge: 1\u202f000 i okt. 2022, 5\u202f000 i aug. 2023 (høyest) og 1\u202f156 i des. 2024."
    )
    assert lines_text(*SHAPES["waves"]).startswith(
        "Linjer over tid med 95 prosent konfidensintervall, ganger i uken. Unge"
    )


LAYOUT = Layout("det som står over panelet", "", "category", "snitt", 1, (0.0, 5.0), own_axes=True)


def predictions() -> pd.DataFrame:
    """A line of 21 places up to 200 users, and dots at 1 to 5."""
    users = [("brukere", 4 - x / 100, 0.1, 50) for x in np.linspace(0, 200, 21)]
    steps = [("trygghet", 3 + x / 5, 0.1, 50) for x in range(1, 6)]
    table = estimate_table(*users, *steps, keys=("category",))
    return table.assign(x=[*np.linspace(0, 200, 21), *range(1, 6)], p_value=np.nan)


@pytest.mark.parametrize("narrow", [False, True])
def test_each_panel_has_the_axis_of_its_own_quantity(narrow):
    users, steps = draw_curves(predictions(), LAYOUT, narrow).axes
    assert users.get_xlim() == (0.0, 200.0)
    assert steps.get_xlim()[0] < 1 and 5 < steps.get_xlim()[1] < 6
    shared = draw_curves(predictions(), replace(LAYOUT, own_axes=False), narrow).axes
    assert {axes.get_xlim() for axes in shared} == {(0.0, 200.0)}


def test_predictions_at_a_few_values_are_dots_with_intervals():
    users, steps = draw_curves(predictions(), LAYOUT, False).axes
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
    first, second = draw_coefficients(table, layout, False).axes
    assert first.get_position().y0 > second.get_position().y1
    assert [label.get_text() for label in second.get_yticklabels()] == ["C"]


def test_every_prediction_at_few_values_is_told_and_places_below_ten_have_a_decimal():
    table = predictions()
    told = numbers_table(table, 1, "verdi")
    # Three of the 21 places of the line, and all five dots; two lines are the head.
    assert len(told.splitlines()) == 2 + 3 + 5
    assert [nb_place(value) for value in (3.0, 3.25, 10.25, 1234.5)] == ["3", "3,3", "10", "1\u202f235"]


def test_coefficients_are_headed_as_variables_and_populations_told_where_they_differ():
    keys = ("outcome", "term", "measure", "population")
    rows = [("oversikt", "brukere", "coef", who, 0.1, 0.1, 50) for who in ("veiledere", "ungdomsveiledere")]
    rows.append(("trygg", "konstant", "constant", "veiledere", 4.0, 0.1, 50))
    head = numbers_table(estimate_table(*rows, keys=keys), 2).splitlines()[0]
    assert "Variabel" in head and "Utvalg" in head
    curve = ("tid", "unge", "predicted_mean", "veiledere", 3.0, 0.1, 50)
    mixed = estimate_table(*rows, curve, curve, keys=keys).assign(x=[np.nan, np.nan, np.nan, 20.0, 7.5])
    told = numbers_table(mixed, 2, "ansatte").splitlines()
    assert "Variabel" in told[0] and "| 7,5 |" in told[-1] and "skjult" not in "".join(told)
