"""Bars: one an estimate from 0, and shares of a whole; values printed, hidden values nowhere."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from engine.disclosure.rules import protect
from engine.errors import ReportError
from engine.exhibits.alt_text import bars_text, stacked_text
from engine.exhibits.bars import SEGMENTS, draw_bars, draw_stacked
from engine.exhibits.style import Layout
from tests.frames import estimate_table
from tests.pictures import GROUPS, estimates, marks, measured, words

BOTH = pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
OPEN = (0.0, math.nan)


def whole(rows: list[str], shares: dict[str, float], panels: tuple[str, ...] = ("",)) -> pd.DataFrame:
    made = [
        {"group": row, "sector": panel, "category": name, "estimate": share, "n": 200}
        for panel in panels
        for row in rows
        for name, share in shares.items()
    ]
    table = pd.DataFrame(made).assign(wave=2021, population="", measure="share_pct")
    return protect(table.assign(standard_error=np.nan, ci_low=np.nan, ci_high=np.nan))


MONTHS = {"én måned": 18.4, "to måneder": 21.0, "tre måneder": 3.4, "ingen": 57.2}
GROUPED = ["standardinnsats", "situasjonsbestemt innsats", "spesielt tilpasset innsats"]
LONG = {"medisinsk behandling og arbeidsrettet aktivitet": 43.4, "kun medisinsk behandling": 38.0,
        "kun arbeidsrettet aktivitet": 12.6, "ingen aktivitet": 6.0}  # fmt: skip
STAFF = estimates(wave=[2020, 2021, 2022, 2023, 2024], sector=["statlig", "kommunal"]).assign(
    ci_low=np.nan, ci_high=np.nan
)
SHAPES = {
    "two waves": (draw_bars, estimates(6.0, group=GROUPS, wave=[2022, 2024]),
                  Layout("group", "wave", "", "prosent", 0, OPEN)),
    "years": (draw_bars, STAFF, Layout("wave", "sector", "", "årsverk", 0, OPEN)),
    "plain": (draw_bars, estimates(category=list(LONG)), Layout("category", "", "", "prosent", 0, OPEN)),
    "shares": (draw_stacked, whole(GROUPED, MONTHS, ("digital dialog", "møte")),
               Layout("group", "category", "sector", "prosent", 0, OPEN)),
    "one bar": (draw_stacked, whole(["spesielt tilpasset innsats med arbeidsavklaringspenger"], LONG),
                Layout("group", "category", "", "prosent", 0, OPEN)),
}  # fmt: skip
ALL = pytest.mark.parametrize("name", list(SHAPES))


def draw(name: str, narrow: bool = False) -> Figure:
    drawing, table, layout = SHAPES[name]
    return drawing(table, layout, narrow)


def rectangles(figure: Figure, gid: str) -> list[Rectangle]:
    return [patch for axes in figure.axes for patch in axes.patches if patch.get_gid() == gid]


@ALL
@BOTH
def test_no_words_meet_or_are_cut_off(name: str, narrow: bool) -> None:
    figure = draw(name, narrow)
    boxes = measured(figure)
    width, height = figure.get_size_inches() * 72
    for text, box in boxes:
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height, text.get_text()
    for (one, first), (other, second) in combinations(boxes, 2):
        apart = first.x1 <= second.x0 or second.x1 <= first.x0 or first.y1 <= second.y0 or second.y1 <= first.y0
        assert apart, (one.get_text(), other.get_text())


def test_a_bar_runs_from_zero_to_its_estimate_and_has_its_interval() -> None:
    figure = draw("two waves")
    table = SHAPES["two waves"][1]
    drawn = rectangles(figure, "bar")
    assert sorted(bar.get_width() for bar in drawn) == pytest.approx(sorted(table["estimate"]))
    assert {bar.get_x() for bar in drawn} == {0.0}
    # A light stroke below a dark one.
    assert len(marks(figure, "interval")) == 2 * len(table)
    assert figure.axes[0].get_xlim()[0] == 0
    assert not marks(draw("years"), "interval")


def test_series_differ_by_more_than_colour() -> None:
    bars_by_year = rectangles(draw("years"), "bar")
    assert len({bar.get_hatch() for bar in bars_by_year}) == 2
    assert len(set(SEGMENTS)) == len({look[0] for look in SEGMENTS}) == 6


def test_segments_fill_the_whole_and_print_their_values_where_there_is_room() -> None:
    figure = draw("shares")
    segments = rectangles(figure, "segment")
    assert len(segments) == 2 * 3 * 4
    assert sum(segment.get_width() for segment in segments) == pytest.approx(600.0)
    values = [text.get_text() for text in words(figure, "value")]
    assert values.count("18") == values.count("57") == 6
    assert values.count("3") == 6
    narrow = [text.get_text() for text in words(draw("shares", True), "value")]
    assert "3" not in narrow and narrow.count("57") == 6


def test_too_many_segments_are_refused() -> None:
    table = whole(["alle"], {str(i): 10.0 for i in range(7)})
    with pytest.raises(ReportError, match="7 segments"):
        draw_stacked(table, SHAPES["shares"][2], False)


def test_a_hidden_segment_hides_its_bar() -> None:
    table = whole(["alle", "noen"], MONTHS)
    table.loc[1, "n"] = 4
    layout = Layout("group", "category", "", "prosent", 0, OPEN)
    figure = draw_stacked(protect(table), layout, False)
    assert len(rectangles(figure, "segment")) == 4
    assert [text.get_text() for text in words(figure, "value")].count("skjult") == 1
    assert stacked_text(protect(table), layout) == (
        "Delte søyler, prosent. Alle: skjult. Noen: én måned 18, to måneder 21, tre måneder 3 og ingen 57."
    )


def test_a_hidden_bar_says_so() -> None:
    table = protect(estimate_table((2024, "unge", 5.0, 0.1, 50), (2024, "eldre", 913.0, 0.1, 4)))
    layout = Layout("group", "wave", "", "prosent", 0, OPEN)
    figure = draw_bars(table, layout, False)
    assert len(rectangles(figure, "bar")) == 1
    assert [text.get_text() for text in words(figure, "value")] == ["5", "skjult"]
    assert bars_text(table, layout).endswith("prosent. Unge: 5 i 2024. Eldre: skjult i 2024.")


def test_the_text_of_panels() -> None:
    text = stacked_text(*SHAPES["shares"][1:])
    assert text.startswith("Delte søyler, prosent. Digital dialog: Standardinnsats: én måned 18, ")
    assert " Møte: Standardinnsats: " in text
