"""The look of pictures: colours, markers, widths of words; places of panels, ends of axes and ticks."""

from __future__ import annotations

import math
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib import font_manager, rcParams

from engine.errors import ReportError
from engine.exhibits.style import (
    BETWEEN,
    FIRST,
    MUTED,
    NEWEST,
    SERIES,
    apply_style,
    ends,
    key_columns,
    make_panels,
    number_axis,
    panel_columns,
    panel_width,
    sentence_case,
    series_style,
    text_width,
    ticks,
    with_room,
    wrap,
)


def contrast(colour: str) -> float:
    """Contrast with white after WCAG 2.1."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)


def test_the_contrast_formula() -> None:
    assert contrast("#000000") == pytest.approx(21)
    assert contrast("#777777") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("colour", [MUTED, *[colour for colour, _ in SERIES]])
def test_colours_stand_out_as_words_do(colour: str) -> None:
    assert contrast(colour) >= 4.5


def test_the_newest_wave_stands_out_in_grey_print() -> None:
    assert contrast(NEWEST[0]) / max(contrast(FIRST[0]), contrast(BETWEEN[0][0])) >= 2.5


def test_colours_and_markers_all_differ() -> None:
    for styles in (SERIES, [NEWEST, *BETWEEN, FIRST]):
        assert len({colour for colour, _ in styles}) == len({marker for _, marker in styles}) == 6


def test_the_first_and_the_newest_wave_keep_their_look() -> None:
    two, three, four = (series_style(waves) for waves in ([2022, 2024], [2022, 2023, 2024], [2022, 2023, 2024, 2025]))
    assert two[2024] == three[2024] == four[2025] == NEWEST
    assert two[2022] == three[2022] == four[2022] == FIRST
    assert three[2023] == BETWEEN[0] and len(set(four.values())) == 4
    assert series_style([np.int64(2024), np.int64(2022)]) == two
    assert series_style([2024]) == {2024: NEWEST}


def test_employers_keep_theirs_and_nobody_shares_it() -> None:
    pairs = series_style(["statlig", "kommunal"])
    for names in (["totalt", "kommunal", "statlig"], ["kommunal", "a", "b", "c", "statlig", "totalt"]):
        styles = series_style(names)
        assert {name: styles[name] for name in pairs} == pairs
        assert all(styles[one] != styles[other] for one, other in combinations(names, 2))
        assert set(styles) == set(names)


def test_more_series_than_looks_are_refused() -> None:
    with pytest.raises(ReportError, match="7 series"):
        series_style(list("abcdefg"))


def test_the_books_own_typeface_is_used() -> None:
    apply_style()
    path = font_manager.findfont(font_manager.FontProperties(family=rcParams["font.family"], weight="semibold"))
    assert path.endswith("theme/fonts/SourceSans3-Semibold.ttf")
    assert rcParams["svg.fonttype"] == "path"


def test_axis_numbers() -> None:
    assert number_axis()(1500, 0) == "1\u202f500"
    assert number_axis(1)(-0.25, 0) == "\u22120,3"


@pytest.mark.parametrize(
    ("label", "expected"),
    [("unge (under 30 år)", "Unge (under 30 år)"), ("SYFO-veiledere", "SYFO-veiledere"), (2024, "2024"), ("", "")],
)
def test_labels_begin_with_a_capital(label: object, expected: str) -> None:
    assert sentence_case(label) == expected


def test_width_of_words() -> None:
    assert text_width("mmm", 10) > text_width("iii", 10) > 0
    assert text_width("Vestland", 20) == pytest.approx(2 * text_width("Vestland", 10), rel=0.02)
    assert text_width("Vestland", 10, "semibold") > text_width("Vestland", 10)


NAMES = st.lists(st.sampled_from(["av", "mottakere", "kvalifiseringsprogrammet", "12"]), min_size=1, max_size=8)


@settings(max_examples=40)
@given(NAMES, st.floats(20, 200))
def test_wrapping_keeps_the_words_and_the_width(parts: list[str], width: float) -> None:
    lines = wrap(" ".join(parts), width, 10.5).split("\n")
    assert " ".join(lines).split() == parts
    assert all(text_width(line, 10.5) <= width or " " not in line for line in lines)
    # No line ends before it must.
    assert all(text_width(f"{a} {b.split()[0]}", 10.5) > width for a, b in pairwise(lines))


def test_an_empty_text_wraps_to_itself() -> None:
    assert wrap("", 50, 10) == ""


def grey(colour: str) -> float:
    """Lightness of a colour in grey print, 0 to 255."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_series_are_known_without_their_colour() -> None:
    from engine.exhibits.bars import HATCHES, SEGMENTS
    from engine.exhibits.style import SERIES

    markers = [marker for _, marker in SERIES]
    assert len(set(markers)) == len(markers) and set(HATCHES) == set(markers)
    # Newest and first wave have plain bars: they must differ in lightness.
    for i, (one, first) in enumerate(SERIES):
        for other, second in SERIES[i + 1 :]:
            assert HATCHES[first] != HATCHES[second] or abs(grey(one) - grey(other)) > 40
    for (one, first), (other, second) in pairwise(SEGMENTS):
        assert first != second and abs(grey(one) - grey(other)) > 40


NAN = math.nan


def test_the_width_of_a_panel() -> None:
    # 500 − 100 − 10 at the right − 2 · 18 between, a third of it.
    assert panel_width(500, 100, 3) == pytest.approx(118)


@pytest.mark.parametrize(
    ("panels", "left", "expected"),
    [
        (1, 40, 1),
        (2, 40, 2),
        (3, 40, 3),
        (3, 100, 2),  # three would be under 120 points each
        (4, 40, 2),
        (2, 230, 1),  # two would fill (500 − 230 − 28)/500 < 55 %
        (6, 40, 3),
        (9, 40, 1),
    ],
)
def test_panels_stand_side_by_side_while_they_are_wide(panels: int, left: float, expected: int) -> None:
    assert panel_columns(panels, 500, left, 120) == expected


def test_panels_do_not_meet_and_keep_their_heights() -> None:
    figure, axes = make_panels(
        ["a", "b", ""], [100, 60, 80], 2, width=500, left=90, above=20, below="enhet", title_at_edge=False
    )
    width, height = figure.get_size_inches() * 72
    boxes = [(one.get_position().x0 * width, one.get_position().y0 * height) for one in axes]
    sizes = [(one.get_position().width * width, one.get_position().height * height) for one in axes]
    assert width == pytest.approx(500)
    assert [size[0] for size in sizes] == pytest.approx([panel_width(500, 90, 2)] * 3)
    assert [size[1] for size in sizes] == pytest.approx([100, 100, 80])  # panels side by side are equally high
    assert [box[0] for box in boxes] == pytest.approx([90, 90 + sizes[0][0] + 18, 90])
    assert boxes[2][1] + 80 < boxes[0][1] - 19  # room for the numbers of the axis above
    assert boxes[0][1] + 100 < height - 20  # and for the key


@pytest.mark.parametrize(
    ("axis", "values", "expected"),
    [
        ((0, NAN), [5, 20], (0, 20)),
        ((NAN, NAN), [0, 100], (-5, 100)),
        ((1, 5), [2, 3], (1, 5)),
        ((1, 5), [0.5, 5.25], (0.5, 5.25)),  # no interval is cut off
        ((0, NAN), [-0.5, 0.25], (-0.5, 0.25)),
        ((0, NAN), [NAN, NAN], (0, 1)),
        ((NAN, NAN), [4, 4], (4, 5)),
    ],
)
def test_ends_of_an_axis(axis: tuple[float, float], values: list[float], expected: tuple[float, float]) -> None:
    assert ends(axis, values) == pytest.approx(expected)


@given(st.lists(st.floats(0, 100), min_size=1, max_size=5), st.floats(120, 400))
def test_labels_right_of_their_values_have_room(values: list[float], width: float) -> None:
    last = with_room(0, 100, [(value, "108") for value in values], width, 9.5)
    assert last >= 100
    for value in values:
        assert value / last * width + 10 + text_width("108", 9.5) <= width + 1e-6


def test_an_axis_is_no_longer_than_it_must_be() -> None:
    assert with_room(0, 100, [(20, "108")], 300, 9.5) == 100


@pytest.mark.parametrize(
    ("low", "high", "length", "expected"),
    [
        (0, 105, 360, ([0, 20, 40, 60, 80, 100], 0)),
        (0, 105, 150, ([0, 50, 100], 0)),
        (1, 5, 300, ([1, 2, 3, 4, 5], 0)),
        (-0.35, 0.2, 360, ([-0.3, -0.2, -0.1, 0, 0.1, 0.2], 1)),
        (0.012, 0.058, 300, ([0.02, 0.03, 0.04, 0.05], 2)),
    ],
)
def test_round_ticks_within_the_axis(low: float, high: float, length: float, expected: tuple[list[float], int]) -> None:
    places, digits = ticks(low, high, length, 60)
    assert places == pytest.approx(expected[0], abs=1e-12)
    assert digits == expected[1]


def test_the_key_breaks_where_it_must() -> None:
    assert key_columns([2022, 2024], 266) == 2
    assert key_columns(["arbeidssøkere registrert over 12 måneder", "unge", "eldre"], 266) == 1
    assert key_columns(["økonomisk sosialhjelp"] * 5, 497) == 3
