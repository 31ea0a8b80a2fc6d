"""Pictures of estimated curves with their bands."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from engine.words.numbers import HIDDEN, nb_number

from .layout import Layout, caption, order, part
from .panels import (
    CAPTION_LINE,
    CAPTION_SIZE,
    LABEL_SIZE,
    NARROW,
    VALUE_SIZE,
    WIDE,
    clean,
    ends,
    make_panels,
    number_ticks,
    panel_width,
    with_room,
)
from .style import MUTED, RULE, sentence_case, series_style, text_width, wrap

NAME_LINE = 15.0
# A prediction at fewer values than this is dots with intervals, not a line.
FEWEST_OF_LINE = 8
DASHES = ["-", (0, (5, 2)), (0, (1.5, 1.5)), (0, (6, 2, 1.5, 2)), (0, (9, 3)), (0, (3, 4))]


def bands(table: pd.DataFrame, layout: Layout, narrow: bool) -> Figure:
    """Draw each curve as a line with its 95 % band; `layout.rows` is the horizontal axis' label.

    Parameters
    ----------
    table : pandas.DataFrame
        Result of `curves.curve`, or predicted means over a quantity.
    layout, narrow
        As in `interval_dots`; panels two by two, each with a horizontal axis of its own where `own_axes` says so.

    Returns
    -------
    matplotlib.figure.Figure
        Not attached to pyplot.
    """
    panels = order(table, layout.panels)
    names = order(table, layout.series)
    styles = series_style(names)
    columns = 1 if narrow or len(panels) == 1 else 2
    width = NARROW if narrow else WIDE
    values = table[["ci_low", "ci_high", "estimate"]].to_numpy(dtype=float).ravel().tolist()
    low, high = ends(layout.axis, values)
    height = 128.0 if columns == 2 or narrow else 190.0
    left = 14 + max(text_width(nb_number(value, 1), LABEL_SIZE) for value in (low, high))
    each = panel_width(width, left, columns)
    unit = wrap(caption(table, layout, "Felt eller strek" if layout.own_axes else "Felt"), width - 8, CAPTION_SIZE)
    unit_height = CAPTION_LINE * (unit.count("\n") + 1) + 8
    figure, all_axes = make_panels(
        panels, [height] * len(panels), columns, width=width, left=left, above=unit_height,
        below=sentence_case(layout.rows), title_at_edge=False,
    )  # fmt: skip
    top = 1 - 4 / (figure.get_figheight() * 72)
    figure.text(4 / width, top, unit, va="top", fontsize=CAPTION_SIZE, color=MUTED, gid="unit")
    words = {name: wrap(sentence_case(name), each * 0.3, LABEL_SIZE, "semibold") for name in names}
    for k, (axes, panel) in enumerate(zip(all_axes, panels, strict=True)):
        places_of = (part(table, layout.panels, panel) if layout.own_axes else table)["x"]
        first, last = float(places_of.min()), float(places_of.max())
        few = layout.own_axes and places_of.nunique() < FEWEST_OF_LINE
        edge = with_room(first, last, [(last, word) for word in words.values() if word], each, LABEL_SIZE)
        margin = 0.06 * (last - first) if few else 0.0
        axes.set_xlim(first - margin, edge + margin)
        axes.set_ylim(low, high)
        clean(axes)
        axes.grid(True, axis="y", color=RULE, linewidth=0.6)
        shown = {name: part(part(table, layout.panels, panel), layout.series, name) for name in names}
        shown = {name: line.dropna(subset="estimate") for name, line in shown.items()}
        places: list[tuple[float, float, object]] = []
        for i, (name, line) in enumerate((name, line) for name, line in shown.items() if len(line)):
            colour = styles[name][0]
            dashes = DASHES[len(names) - 1 - names.index(name)]
            if few:
                _dots(axes, line, styles[name])
            else:
                axes.fill_between(line["x"], line["ci_low"], line["ci_high"], color=colour, alpha=0.15, linewidth=0)
                axes.plot(line["x"], line["estimate"], color=colour, linestyle=dashes, linewidth=1.8, zorder=3 + i,
                          gid="curve")  # fmt: skip
            places.append((float(line["estimate"].iloc[-1]), float(line["x"].iloc[-1]), name))
        _name_ends(axes, places, words, styles, height / (high - low))
        for line_number, name in enumerate(name for name in names if shown[name].empty):
            axes.text(
                0.02, 0.95 - line_number * 14 / height, f"{sentence_case(name)}: {HIDDEN}" if name else HIDDEN,
                transform=axes.transAxes, va="top", color=MUTED, fontstyle="italic", fontsize=VALUE_SIZE, gid="value",
            )  # fmt: skip
        number_ticks(axes, "x", first, last, each, 46)
        number_ticks(axes, "y", low, high, height, 30)
        axes.tick_params(axis="y", labelleft=k % columns == 0)
    return figure


def _dots(axes: Axes, line: pd.DataFrame, style: tuple[str, str]) -> None:
    """Draw predictions at a few values as dots with intervals."""
    colour, marker = style
    axes.vlines(line["x"], line["ci_low"], line["ci_high"], color=colour, linewidth=1.5, gid="interval")
    axes.plot(line["x"], line["estimate"], color=colour, marker=marker, markersize=5, markeredgewidth=0,
              linestyle="none", gid="dot")  # fmt: skip


def _name_ends(
    axes: Axes,
    places: list[tuple[float, float, object]],
    words: dict[object, str],
    styles: dict[object, tuple[str, str]],
    scale: float,
) -> None:
    """Name each curve at its right end, names pushed apart; `scale` is points per unit of the value axis."""
    low, high = axes.get_ylim()
    middles: list[float] = []
    floor = low
    heights = [NAME_LINE * (words[name].count("\n") + 1) / scale for _, _, name in sorted(places, key=lambda p: p[0])]
    for (value, _, _), height in zip(sorted(places, key=lambda p: p[0]), heights, strict=True):
        middles.append(max(value, floor + height / 2))
        floor = middles[-1] + height / 2
    ceiling = high
    for i in reversed(range(len(middles))):
        middles[i] = min(middles[i], ceiling - heights[i] / 2)
        ceiling = middles[i] - heights[i] / 2
    for (_, x, name), y in zip(sorted(places, key=lambda p: p[0]), middles, strict=True):
        axes.annotate(
            words[name], (x, y), xytext=(4, 0), textcoords="offset points", va="center", color=styles[name][0],
            fontsize=LABEL_SIZE, fontweight="semibold", annotation_clip=False, gid="value",
        )  # fmt: skip
