"""Pictures: what stands in them, and that no words meet or are cut off, for tables of the report's real shapes."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import combinations

import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from engine.disclosure.rules import protect
from engine.exhibits.dots import draw_coefficients, draw_dots
from engine.exhibits.lines import draw_curves
from engine.exhibits.style import to_svg
from engine.words.numbers import nb_number
from tests.pictures import (
    COUNTIES,
    GROUPS,
    ROLES,
    SECTORS,
    SHAPES,
    USERS,
    draw,
    draw_anew,
    estimates,
    marks,
    measured,
    words,
)

BOTH = pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
ALL = pytest.mark.parametrize("name", list(SHAPES))
DOTS = pytest.mark.parametrize("name", [name for name, (kind, _, _) in SHAPES.items() if kind == "dots"])


def printed(figure: Figure, gid: str | None = None) -> list[str]:
    return [text.get_text().replace("\n", " ") for text in words(figure, gid)]


def ticks(figure: Figure) -> list[str]:
    return [text.get_text().replace("\n", " ") for axes in figure.axes for text in axes.get_yticklabels()]


@ALL
@BOTH
def test_no_words_meet_or_are_cut_off(name: str, narrow: bool) -> None:
    figure = draw(name, narrow)
    boxes = measured(figure)
    width, height = figure.get_size_inches() * 72
    assert width == pytest.approx((3.7 if narrow else 6.9) * 72)
    assert len(boxes) > 10
    for text, box in boxes:
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height, text.get_text()
        assert text.get_fontsize() >= 9
    for (one, first), (other, second) in combinations(boxes, 2):
        apart = first.x1 <= second.x0 or second.x1 <= first.x0 or first.y1 <= second.y0 or second.y1 <= first.y0
        assert apart, (one.get_text(), other.get_text())


@DOTS
@BOTH
def test_no_number_stands_on_an_interval(name: str, narrow: bool) -> None:
    figure = draw(name, narrow)
    values = [box for text, box in measured(figure) if text.get_gid() == "value"]
    for line in marks(figure, "interval"):
        (x0, y), (x1, _) = line.get_transform().transform(line.get_xydata()) * 72 / figure.dpi
        assert not any(box.x0 < x1 and x0 < box.x1 and box.y0 < y < box.y1 for box in values)


@ALL
@BOTH
def test_panels_fill_the_page(name: str, narrow: bool) -> None:
    boxes = [axes.get_position() for axes in draw(name, narrow).axes]
    in_first_line = [box for box in boxes if box.y0 == boxes[0].y0]
    assert sum(box.width for box in in_first_line) >= 0.55
    assert len(in_first_line) == 1 or not narrow


@DOTS
@BOTH
def test_each_estimate_has_a_dot_an_interval_and_its_number(name: str, narrow: bool) -> None:
    figure, table = draw(name, narrow), SHAPES[name][1]
    assert len(marks(figure, "dot")) == len(marks(figure, "interval")) == len(table)
    drawn = sorted(float(line.get_xdata()[0]) for line in marks(figure, "dot"))
    assert drawn == pytest.approx(sorted(table["estimate"]))
    for end, column in enumerate(("ci_low", "ci_high")):
        drawn = sorted(float(line.get_xdata()[end]) for line in marks(figure, "interval"))
        assert drawn == pytest.approx(sorted(table[column]))
    assert sorted(printed(figure, "value")) == sorted(nb_number(value) for value in table["estimate"])
    for axes in figure.axes:
        low, high = axes.get_xlim()
        assert all(low <= x <= high for line in axes.lines if line.get_gid() for x in line.get_xdata())


@DOTS
@BOTH
def test_a_dot_stands_beside_its_number_and_its_row(name: str, narrow: bool) -> None:
    figure, (_, table, layout) = draw(name, narrow), SHAPES[name]
    panels = list(dict.fromkeys(table[layout.panels])) if layout.panels else [None]
    for axes, panel in zip(figure.axes, panels, strict=True):
        expected = table if panel is None else table[table[layout.panels] == panel]
        dots = [line for line in axes.lines if line.get_gid() == "dot"]
        dots.sort(key=lambda line: float(line.get_ydata()[0]))
        assert [float(line.get_xdata()[0]) for line in dots] == pytest.approx(expected["estimate"].tolist())
        numbers = sorted((text.xy[1], text.get_text()) for text in axes.texts if text.get_gid() == "value")
        assert [y for y, _ in numbers] == [float(line.get_ydata()[0]) for line in dots]
        assert [text for _, text in numbers] == [nb_number(value) for value in expected["estimate"]]


def test_few_dots_are_labelled_one_by_one() -> None:
    figure = draw("a", False)
    headings = [text for text in figure.axes[0].texts if text.get_gid() == "heading"]
    assert [text.get_text() for text in headings] == [
        "Unge (under 30 år)",
        "De over 30 år",
        "Begge aldersgrupper",
        "Totalt",
    ]
    assert ticks(figure) == ["2022", "2023", "2024"] * 4
    dots = [float(line.get_ydata()[0]) for line in marks(figure, "dot")]
    assert dots == pytest.approx([tick for tick in figure.axes[0].get_yticks()])
    assert all(headings[k].get_position()[1] < dots[3 * k] for k in range(4))
    assert not figure.legends


def test_many_dots_have_a_key() -> None:
    figure = draw("c", False)
    assert ticks(figure) == COUNTIES + [""] * 12  # the second panel shares the labels of the first
    (key,) = figure.legends
    shown = {text.get_text(): handle for text, handle in zip(key.get_texts(), key.legend_handles, strict=True)}
    assert list(shown) == ["2022", "2024"]
    for line, wave in zip(marks(figure, "dot"), [2022, 2024] * 24, strict=True):
        assert line.get_color() == shown[str(wave)].get_color()
        assert line.get_marker() == shown[str(wave)].get_marker()
    assert figure.axes[0].get_ylim() == figure.axes[1].get_ylim()
    assert figure.axes[0].get_xlim() == figure.axes[1].get_xlim()


def test_panels_below_each_other_have_labels_of_their_own() -> None:
    assert ticks(draw("c", True)) == COUNTIES * 2
    assert printed(draw("d", True), "heading") == [f"{label[0].upper()}{label[1:]}" for _ in SECTORS for label in USERS]


@pytest.mark.parametrize("name", ["a", "c", "h"])
def test_series_differ_in_colour_and_marker(name: str) -> None:
    _, table, layout = SHAPES[name]
    looks = {(to_hex(line.get_color()), line.get_marker()) for line in marks(draw(name, False), "dot")}
    count = table[layout.series].nunique()
    assert len(looks) == len({colour for colour, _ in looks}) == len({marker for _, marker in looks}) == count


@BOTH
def test_long_labels_are_wrapped_between_words(narrow: bool) -> None:
    _, table, layout = SHAPES["g"]
    labels = ["nok tid til samtaler, møter og etterarbeid", "samarbeid"]
    figure = draw_dots(table[:2].assign(category=labels), layout, narrow)
    assert ticks(figure) == ["Nok tid til samtaler, møter og etterarbeid", "Samarbeid"]
    lines = figure.axes[0].get_yticklabels()[0].get_text().split("\n")
    assert len(lines) >= 2
    assert max(map(len, lines)) <= (22 if narrow else 32)


def test_labels_that_would_take_the_plots_place_stand_above_it() -> None:
    figure = draw("g", True)  # «arbeidsavklaringspenger» is one word
    assert printed(figure, "heading") == [f"{user[0].upper()}{user[1:]}" for user in USERS]
    assert figure.axes[0].get_position().width > 0.9


@BOTH
def test_long_names_of_series_are_wrapped_on_lines_of_their_own(narrow: bool) -> None:
    table = estimates(group=GROUPS, category=USERS)
    layout = replace(SHAPES["a"][2], series="category")
    figure = draw_dots(table, layout, narrow)
    assert len(figure.axes[0].get_yticklabels()) == 16
    boxes = [box for _, box in measured(figure)]
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))


def test_many_long_names_break_the_key_into_lines() -> None:
    table = estimates(category=COUNTIES, group=USERS)
    figure = draw_dots(table, replace(SHAPES["h"][2], series="group"), True)
    boxes = measured(figure)
    assert not any(one.overlaps(other) for (_, one), (_, other) in combinations(boxes, 2))
    assert all(box.x1 <= 3.7 * 72 for _, box in boxes)


def test_titles_of_panels_and_the_unit() -> None:
    assert printed(draw("b", False), "title") == ["Statlig", "Kommunal"]
    assert printed(draw("a", False), "title") == []
    assert printed(draw("a", False), "caption") == ["Brukere per veileder. Strek: 95 % konfidensintervall"]


def suppressed(name: str, rows: list[int]) -> pd.DataFrame:
    table = SHAPES[name][1].copy()
    table.loc[rows, "n"] = 4
    return protect(table)


@pytest.mark.parametrize("name", ["a", "c"])
@BOTH
def test_a_suppressed_estimate_is_a_word_and_no_dot(name: str, narrow: bool) -> None:
    table = suppressed(name, [1, 5])
    figure = draw_dots(table, SHAPES[name][2], narrow)
    assert printed(figure, "value").count("skjult") == 2
    assert len(marks(figure, "dot")) == len(marks(figure, "interval")) == len(table) - 2
    for text in words(figure, "value"):
        if text.get_text() == "skjult":
            assert text.xy[0] == figure.axes[0].get_xlim()[0]
    for value in SHAPES[name][1]["estimate"].iloc[[1, 5]]:
        assert value not in [float(line.get_xdata()[0]) for line in marks(figure, "dot")]


def test_the_picture_of_a_hidden_value_does_not_depend_on_it() -> None:
    one, other = SHAPES["a"][1].copy(), SHAPES["a"][1].copy()
    other.loc[2, ["estimate", "ci_low", "ci_high"]] = [400.0, 390.0, 410.0]
    one.loc[2, "n"] = other.loc[2, "n"] = 3
    layout = SHAPES["a"][2]
    assert to_svg(draw_dots(protect(one), layout, False)) == to_svg(draw_dots(protect(other), layout, False))


def test_a_panel_without_a_shown_estimate_has_no_scale() -> None:
    table = suppressed("b", list(range(12)))
    first, second = draw_dots(table, SHAPES["b"][2], False).axes
    assert len(first.get_xticks()) == 0
    assert len(second.get_xticks()) > 1


def test_rows_that_a_panel_lacks_leave_their_place_empty() -> None:
    table = SHAPES["b"][1].iloc[3:]  # «statlig» without «unge»
    first, second = draw_dots(table, SHAPES["b"][2], False).axes
    places = [
        [float(line.get_ydata()[0]) for line in axes.lines if line.get_gid() == "dot"] for axes in (first, second)
    ]
    assert len(places[0]) == 9 and len(places[1]) == 12
    assert places[0] == places[1][3:]


def test_counts_have_no_interval_and_say_nothing_of_one() -> None:
    table = estimates(category=ROLES, wave=[2022, 2024])
    table[["ci_low", "ci_high"]] = math.nan
    figure = draw_dots(table, SHAPES["f"][2], False)
    assert len(marks(figure, "dot")) == 8
    assert not marks(figure, "interval")
    assert printed(figure, "caption") == ["Brukere per veileder"]
    assert not any(one.overlaps(other) for (_, one), (_, other) in combinations(measured(figure), 2))


def test_the_axis_given_ends_the_numbers() -> None:
    layout = replace(SHAPES["a"][2], axis=(0.0, 100.0))
    axes = draw_dots(SHAPES["a"][1].assign(ci_high=99.0), layout, False).axes[0]
    assert axes.get_xticks().max() == 100
    assert axes.get_xlim()[1] > 100  # room for numbers beside intervals that end there


@pytest.mark.parametrize("axis", [(math.nan, math.nan), (0.0, math.nan)])
def test_coefficients_have_a_line_at_zero_and_show_what_lies_below(axis: tuple[float, float]) -> None:
    table = estimates(category=ROLES, group=["modell"])
    table["estimate"] = [-0.31, -0.1, 0.0, 0.12]
    table["ci_low"], table["ci_high"] = table["estimate"] - 0.05, table["estimate"] + 0.05
    figure = draw_coefficients(table, replace(SHAPES["g"][2], digits=2, axis=axis), False)
    (zero,) = marks(figure, "zero")
    assert list(zero.get_xdata()) == [0, 0]
    assert figure.axes[0].get_xlim()[0] <= -0.36
    assert printed(figure, "value") == ["\u22120,31", "\u22120,10", "0,00", "0,12"]


@BOTH
def test_curves_are_those_of_the_table(narrow: bool) -> None:
    figure, table = draw("e", narrow), SHAPES["e"][1]
    curves = marks(figure, "curve")
    assert len(curves) == 8
    shown = table[(table["group"] == GROUPS[0]) & (table["wave"] == 2022)]
    assert curves[0].get_xdata().tolist() == shown["x"].tolist()
    assert curves[0].get_ydata().tolist() == shown["estimate"].tolist()
    assert len({(line.get_color(), str(line._dash_pattern)) for line in curves}) == 2
    assert len({str(line._dash_pattern) for line in curves}) == 2
    for axes, group in zip(figure.axes, GROUPS, strict=True):
        assert len(axes.collections) == 2  # a band for each curve
        assert axes.get_ylim() == figure.axes[0].get_ylim()
        for band, wave in zip(axes.collections, [2022, 2024], strict=True):
            part = table[(table["group"] == group) & (table["wave"] == wave)]
            edge = band.get_paths()[0].vertices[:, 1]
            assert (edge.min(), edge.max()) == pytest.approx((part["ci_low"].min(), part["ci_high"].max()))
    assert printed(figure, "value") == ["2022", "2024"] * 4
    assert printed(figure, "unit") == ["Brukere per veileder. Felt: 95 % konfidensintervall"]
    assert printed(figure, "caption") == ["Antall ansatte ved kontoret"]


def test_names_of_curves_have_the_curves_colours() -> None:
    axes = draw("e", False).axes[1]
    names = {text.get_text(): text for text in axes.texts if text.get_gid() == "value"}
    colours = [line.get_color() for line in axes.lines if line.get_gid() == "curve"]
    assert [names["2022"].get_color(), names["2024"].get_color()] == colours
    assert names["2024"].xy[1] > names["2022"].xy[1]  # in the order of the curves' ends


@BOTH
def test_many_curves_in_one_panel(narrow: bool) -> None:
    table = SHAPES["e"][1]
    figure = draw_curves(table[table["wave"] == 2024], replace(SHAPES["e"][2], panels="", series="group"), narrow)
    assert printed(figure, "value") == ["Unge (under 30 år)", "De over 30 år", "Begge aldersgrupper", "Totalt"]
    assert len({str(line._dash_pattern) for line in marks(figure, "curve")}) == 4
    boxes = measured(figure)
    width, height = figure.get_size_inches() * 72
    assert not any(one.overlaps(other) for (_, one), (_, other) in combinations(boxes, 2))
    assert all(box.x0 >= 0 and box.x1 <= width and box.y0 >= 0 and box.y1 <= height for _, box in boxes)


def test_names_pushed_up_at_the_top_stay_within_the_panel() -> None:
    table = SHAPES["e"][1]
    table = table[(table["wave"] == 2024)].assign(estimate=99.0, ci_low=98.0, ci_high=100.0)
    figure = draw_curves(table, replace(SHAPES["e"][2], panels="", series="group"), False)
    places = [text.xy[1] for text in words(figure, "value")]
    assert len(set(places)) == 4
    assert max(places) < 100
    assert not any(one.overlaps(other) for (_, one), (_, other) in combinations(measured(figure), 2))


def test_a_suppressed_curve_is_a_word() -> None:
    table = SHAPES["e"][1].copy()
    table.loc[(table["group"] == GROUPS[0]) & (table["wave"] == 2022), "n"] = 5
    table.loc[table["group"] == GROUPS[3], "n"] = 5
    figure = draw_curves(protect(table), SHAPES["e"][2], False)
    assert len(marks(figure, "curve")) == 5
    values = [[text.get_text() for text in axes.texts if text.get_gid() == "value"] for axes in figure.axes]
    assert values == [["2024", "2022: skjult"], ["2022", "2024"], ["2022", "2024"], ["2022: skjult", "2024: skjult"]]
    assert not any(one.overlaps(other) for (_, one), (_, other) in combinations(measured(figure), 2))


def test_a_suppressed_curve_without_series() -> None:
    table = SHAPES["e"][1]
    table = protect(table[table["wave"] == 2024].assign(n=5))
    figure = draw_curves(table, replace(SHAPES["e"][2], series=""), False)
    assert printed(figure, "value") == ["skjult"] * 4


@pytest.mark.parametrize("name", ["a", "c", "e"])
@BOTH
def test_the_same_table_gives_the_same_bytes(name: str, narrow: bool) -> None:
    svg = to_svg(draw_anew(name, narrow))
    assert svg == to_svg(draw_anew(name, narrow))
    assert "<text" not in svg  # words are outlines: no font is needed where the picture is read
    assert "<dc:date>" not in svg and "Matplotlib" not in svg


def test_another_estimate_gives_another_picture() -> None:
    table = SHAPES["a"][1].copy()
    table.loc[0, "estimate"] += 1
    assert to_svg(draw_dots(table, SHAPES["a"][2], False)) != to_svg(draw_anew("a", False))
