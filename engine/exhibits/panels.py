"""Where things stand in a picture: panels in rows and columns, measured in points before anything is drawn.

Places are computed from the widths of the words instead of found by a layout engine: nothing is cut off, nothing moves
between two runs, and a long label can't squeeze the plot.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, MaxNLocator

from .style import MUTED, apply_style, number_axis, sentence_case, text_width, wrap

POINTS = 72.0
WIDE, NARROW = 6.9 * POINTS, 3.7 * POINTS
GAP, RIGHT, TOP = 18.0, 10.0, 3.0
TITLE_SIZE, TITLE_LINE = 12.0, 15.0
CAPTION_SIZE, CAPTION_LINE = 10.0, 13.0
TICK_SIZE, TICK_HEIGHT = 9.5, 19.0
LABEL_SIZE, LABEL_LINE, VALUE_SIZE = 10.5, 13.5, 9.5
KEY_LINE = 16.0
# The axis length kept for a tick's number.
TICK_ROOM = 60.0
Swatch = Callable[[tuple[str, str], str], Artist]


def panel_width(width: float, left: float, columns: int) -> float:
    """Width of one panel when `columns` of them share a page with one column of labels to the left; all in points."""
    return (width - left - RIGHT - GAP * (columns - 1)) / columns


def panel_columns(panels: int, width: float, left: float, smallest: float) -> int:
    """Panels side by side: all, else half, else one, so that each stays wide and all fill 55 % of the page."""
    for columns in (panels, math.ceil(panels / 2)):
        each = panel_width(width, left, columns)
        if each >= smallest and each * columns >= 0.55 * width:
            return columns
    return 1


def make_panels(
    titles: Sequence[object],
    heights: Sequence[float],
    columns: int,
    *,
    width: float,
    left: float,
    above: float,
    below: str,
    title_at_edge: bool,
    gap: float = GAP,
) -> tuple[Figure, list[Axes]]:
    """Make a figure with a panel for each title.

    Parameters
    ----------
    titles : sequence
        What stands above each panel; empty for nothing.
    heights : sequence of float
        Height of each panel's plot.
    columns : int
        Panels side by side.
    width, left, above : float
        Width of the picture, of the labels left of a row of panels, and height kept for a key above all.
    below : str
        Text under all panels.
    title_at_edge : bool
        Whether the titles of the first column start where the labels left of it do.
    gap : float
        Points between panels side by side.

    Returns
    -------
    (matplotlib.figure.Figure, list of matplotlib.axes.Axes)
        The figure is not attached to pyplot. All lengths are in points.
    """
    apply_style()
    each = (width - left - RIGHT - gap * (columns - 1)) / columns
    names = [wrap(sentence_case(title), each, TITLE_SIZE, "semibold") for title in titles]
    caption = wrap(below, width - 8, CAPTION_SIZE)
    lines = range(0, len(titles), columns)
    heads = [max(name.count("\n") + 1 if name else 0 for name in names[i : i + columns]) for i in lines]
    plots = [max(heights[i : i + columns]) for i in lines]
    foot = CAPTION_LINE * (caption.count("\n") + 1) + 6 if caption else 0.0
    total = TOP + above + sum(plots) + foot + 8 * (len(plots) - 1)
    total += sum(TITLE_LINE * head + 6 + TICK_HEIGHT for head in heads)
    figure = Figure(figsize=(width / POINTS, total / POINTS))
    all_axes: list[Axes] = []
    top = total - TOP - above
    for i, head, plot in zip(lines, heads, plots, strict=True):
        top -= TITLE_LINE * head + 6 + plot
        for column, name in enumerate(names[i : i + columns]):
            x = left + column * (each + gap)
            axes = figure.add_axes((x / width, top / total, each / width, plot / total))
            if name:
                start = (4 - left) / each if title_at_edge and column == 0 else 0
                axes.text(
                    start, 1 + 5 / plot, name, transform=axes.transAxes, va="bottom", fontsize=TITLE_SIZE,
                    fontweight="semibold", gid="title",
                )  # fmt: skip
            all_axes.append(axes)
        top -= TICK_HEIGHT + 8
    if not caption:
        return figure, all_axes
    figure.text(4 / width, foot / total, caption, va="top", fontsize=CAPTION_SIZE, color=MUTED, gid="caption")
    return figure, all_axes


def clean(axes: Axes) -> None:
    """Leave only what carries meaning: of the frame, the line at the bottom."""
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0, labelsize=TICK_SIZE, pad=4)
    axes.set_axisbelow(True)


def ends(axis: tuple[float, float], values: Sequence[float]) -> tuple[float, float]:
    """Ends of a value axis that shows all `values`; NaN in `axis` lets them decide, a number may only be exceeded."""
    known = [value for value in values if math.isfinite(value)] or [0.0, 1.0]
    low, high = min(known), max(known)
    low = low - 0.05 * (high - low) if math.isnan(axis[0]) else min(axis[0], low)
    high = high if math.isnan(axis[1]) else max(axis[1], high)
    return (low, high) if high > low else (low, low + 1)


def with_room(low: float, high: float, labels: Sequence[tuple[float, str]], width: float, size: float) -> float:
    """End of an axis `width` points long where each label, standing right of its value, has room."""
    for value, text in labels:
        needed = 10 + max(text_width(line, size, "semibold") for line in text.split("\n"))
        high = max(high, low + (value - low) * width / (width - needed))
    return high


def ticks(low: float, high: float, length: float, room: float) -> tuple[list[float], int]:
    """Round ticks between two ends of an axis of `length` points, `room` each, and the decimals they need."""
    places = MaxNLocator(max(3, int(length / room)), steps=[1, 2, 5, 10]).tick_values(low, high)
    step = float(places[1] - places[0])
    slack = 1e-9 * (high - low)
    return [float(p) for p in places if low - slack <= p <= high + slack], max(0, -math.floor(math.log10(step) + 1e-9))


def number_ticks(
    axes: Axes, which: str, low: float, high: float, length: float, room: float = TICK_ROOM
) -> list[float]:
    """Put round ticks with bokmål numbers between `low` and `high` on one axis; gives their places."""
    places, digits = ticks(low, high, length, room)
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_locator(FixedLocator(places))
    axis.set_major_formatter(number_axis(digits))
    return places


def key_columns(names: Sequence[object], width: float) -> int:
    """How many entries of the key stand beside each other."""
    widest = max(text_width(sentence_case(name), LABEL_SIZE) for name in names) + 48
    return max(1, min(len(names), int(width / widest)))


def line_swatch(style: tuple[str, str], label: str) -> Artist:
    """An entry of the key: a line with its marker."""
    return Line2D([], [], color=style[0], marker=style[1], markersize=6, linewidth=1.6, label=label)


def put_key(
    figure: Figure,
    styles: dict[object, tuple[str, str]],
    names: Sequence[object],
    per_line: int,
    swatch: Swatch = line_swatch,
) -> None:
    """Tell above all panels which colour and marker is which series."""
    figure.legend(
        handles=[swatch(styles[name], sentence_case(name)) for name in names], loc="upper left", bbox_to_anchor=(0, 1),
        borderaxespad=0.1, ncols=per_line, frameon=False, fontsize=LABEL_SIZE, columnspacing=1.6, labelspacing=0.3,
    )  # fmt: skip
