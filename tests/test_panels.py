"""Places of panels, ends of axes and ticks."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.exhibits.panels import ends, key_columns, make_panels, panel_columns, panel_width, ticks, with_room
from engine.exhibits.style import text_width

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
