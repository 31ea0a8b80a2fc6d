"""Bars: one an estimate, or shares of a whole beside each other in one bar; on axes, and as whole pictures."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from engine.errors import ReportError
from engine.table import open_key
from engine.words.numbers import HIDDEN, nb_number

from .dots import Places, draw_marks, draw_rows, label_column, row_label, value_label
from .style import (
    INK,
    KEY_LINE,
    LABEL_LINE,
    LABEL_SIZE,
    MUTED,
    NARROW,
    RULE,
    VALUE_SIZE,
    WIDE,
    Layout,
    Look,
    clean,
    key_columns,
    make_panels,
    number_ticks,
    order,
    panel_columns,
    panel_width,
    part,
    put_axes_key,
    put_key,
    sentence_case,
    text_width,
)

BAR, STACK, SPACE = 9.0, 17.0, 9.0
# Six tints that differ in lightness, and hatches that differ in direction: a segment is known without its colour.
SEGMENTS = [
    ("#23425f", ""),
    ("#9cc3e6", "////"),
    ("#a34a00", ""),
    ("#f0c9a0", "...."),
    ("#66727f", ""),
    ("#dfe5ea", "\\\\\\\\"),
]
WHOLE = 100.0
# What a marker is to a dot, a hatch is to a bar.
HATCHES = {"s": "", "o": "", "D": "////", "^": "....", "v": "\\\\\\\\", "P": "xxxx"}


def bars(
    data: pd.DataFrame, *, ax: Axes, x: str = "estimate", y: str = "", hue: str = "",
    palette: Mapping[object, Look] | None = None, digits: int = 0, places: Places | None = None,
) -> Axes:
    """Draw each estimate as a bar from 0 with its value, and its 95 % interval where it has one."""
    # A row of a whole picture is measured in points; one that is named here is 1 high.
    mark = _bar if places else partial(_bar, height=0.6 / len(order(data, hue)))
    return draw_marks(data, mark, ax=ax, x=x, y=y, hue=hue, palette=palette, digits=digits, places=places,
                      swatch=_bar_swatch)  # fmt: skip


def draw_bars(table: pd.DataFrame, layout: Layout, narrow: bool) -> Figure:
    """Draw a picture of bars, whose value axis begins at 0; arguments and result as in `dots.draw_dots`."""
    return draw_rows(table, layout, narrow, _bar, most_labelled=9, swatch=_bar_swatch)


def _bar_swatch(style: Look, label: str) -> Artist:
    return _swatch((style[0], HATCHES[style[1]]), label)


def _bar(axes: Axes, row: pd.Series, y: float, style: Look, digits: int, height: float = BAR) -> None:
    value, colour = float(row["estimate"]), style[0]
    if math.isfinite(value):
        axes.barh([y], [value], height=height, color=colour, hatch=HATCHES[style[1]], edgecolor="white", linewidth=0,
                  zorder=1.5, gid="bar")  # fmt: skip
        low, high = float(row["ci_low"]), float(row["ci_high"])
        if math.isfinite(low):
            # Light under dark: the stroke is seen inside the bar and beyond it.
            for width, stroke in ((3.0, "white"), (1.4, INK)):
                axes.plot([low, high], [y, y], color=stroke, linewidth=width, solid_capstyle="butt", gid="interval")
    value_label(axes, row, y, digits)


def stacked(
    data: pd.DataFrame, *, ax: Axes, x: str = "estimate", y: str = "", hue: str = "answer",
    palette: Mapping[object, Look] | None = None, digits: int = 0, places: Mapping[object, float] | None = None,
    height: float = STACK, scale: float = 3.0,
) -> Axes:
    """Draw the shares of a whole as segments of one bar a row, each with its value where there is room."""
    palette = palette or segment_looks(order(data, hue))
    y = y or open_key(data, hue, where="y")
    if places is None:
        rows, height = order(data, y), 0.6
        places = {row: float(i) for i, row in enumerate(rows)}
        ax.set_yticks(range(len(rows)), [sentence_case(row) for row in rows])
        ax.set_ylim(len(rows) - 0.5, -0.5)
        clean(ax)
        put_axes_key(ax, palette, order(data, hue), _swatch)
    for row, middle in places.items():
        _segments(ax, part(data, y, row), middle, x, hue, digits, palette, height, scale)
    return ax


def segment_looks(names: list[object]) -> dict[object, Look]:
    """Colour and hatch of each segment, from the left."""
    if len(names) > len(SEGMENTS):
        raise ReportError(
            f"a bar can't show {len(names)} segments", "kind stacked", len(names), f"take at most {len(SEGMENTS)}"
        )
    return dict(zip(names, SEGMENTS, strict=False))


def draw_stacked(table: pd.DataFrame, layout: Layout, narrow: bool) -> Figure:
    """Draw a picture of stacked bars: `layout.rows` gives bars, `series` segments; as in `dots.draw_dots`."""
    names = order(table, layout.series)
    looks = segment_looks(names)
    panels = order(table, layout.panels)
    width = NARROW if narrow else WIDE
    rows = order(table, layout.rows)
    left = label_column(rows, narrow)
    above_bars = left > 0.42 * width
    left = 14.0 if above_bars else left
    columns = 1 if narrow else panel_columns(len(panels), width, left, 200)
    each = panel_width(width, left, columns) - 8
    parts = [part(table, layout.panels, panel) for panel in panels]
    plans = [_places(order(one if columns == 1 else table, layout.rows), narrow, above_bars) for one in parts]
    per_line = key_columns(names, width)
    key = KEY_LINE * math.ceil(len(names) / per_line) + 8
    figure, all_axes = make_panels(
        panels, [height for _, height in plans], columns, width=width, left=left, above=key,
        below=sentence_case(layout.unit), title_at_edge=True,
    )  # fmt: skip
    sums = table.groupby([key for key in (layout.rows, layout.panels) if key])["estimate"].sum()
    # Rounded or overlapping shares may go beyond the whole.
    whole = max(WHOLE, float(sums.max()))
    for i, (axes, one, (places, height)) in enumerate(zip(all_axes, parts, plans, strict=True)):
        axes.set_xlim(0, whole * (each + 8) / each)
        axes.set_ylim(height, 0)
        stacked(one, ax=axes, y=layout.rows, hue=layout.series, palette=looks, digits=layout.digits, places=places,
                scale=each / whole)  # fmt: skip
        texts = [row_label(row, narrow) if i % columns == 0 else "" for row in places]
        axes.set_yticks([] if above_bars else list(places.values()), [] if above_bars else texts, va="center")
        clean(axes)
        axes.tick_params(axis="y", labelsize=LABEL_SIZE)
        if above_bars:
            for row, y in places.items():
                axes.text(0, y - STACK / 2 - 3, sentence_case(row), va="bottom", fontsize=LABEL_SIZE, gid="heading")
        ticks = number_ticks(axes, "x", 0, whole, each)
        axes.vlines(ticks, 0, height, color=RULE, linewidth=0.6, zorder=0.5)
    put_key(figure, looks, names, per_line, _swatch)
    return figure


def _swatch(look: Look, label: str) -> Artist:
    return Patch(facecolor=look[0], hatch=look[1], edgecolor="white", linewidth=0, label=label)


def _places(rows: list[object], narrow: bool, above_bars: bool) -> tuple[dict[object, float], float]:
    """Middle of each bar below the top of its panel, and the panel's height; in points."""
    places, y = {}, SPACE / 2
    for row in rows:
        label = LABEL_LINE * (row_label(row, narrow).count("\n") + 1)
        height = STACK + LABEL_LINE + 3 if above_bars else max(STACK, label)
        places[row] = y + (height - STACK / 2 if above_bars else height / 2)
        y += height + SPACE
    return places, y - SPACE / 2


def _segments(
    axes: Axes, line: pd.DataFrame, y: float, x: str, hue: str, digits: int, looks: Mapping[object, Look],
    height: float, scale: float,
) -> None:
    """Draw one bar; `scale` is points per unit of the value axis."""
    if line[x].isna().any():
        # The rest of the whole would tell what is hidden.
        axes.text(0, y, HIDDEN, va="center", fontstyle="italic", fontsize=VALUE_SIZE, color=MUTED, gid="value")
        return
    start = 0.0
    for _, row in line.iterrows():
        value = float(row[x])
        colour, hatch = looks[row[hue] if hue else ""]
        axes.barh([y], [value], left=start, height=height, color=colour, hatch=hatch, edgecolor="white", linewidth=1.0,
                  zorder=2, gid="segment")  # fmt: skip
        text = nb_number(value, digits)
        if text_width(text, VALUE_SIZE, "semibold") + 5 <= value * scale:
            dark = sum(to_rgb(colour)) < 1.5
            box = {"facecolor": colour, "edgecolor": "none", "pad": 1.0} if hatch else None
            axes.text(
                start + value / 2, y, text, ha="center", va="center_baseline", fontsize=VALUE_SIZE,
                fontweight="semibold", color="white" if dark else INK, zorder=3, gid="value", bbox=box,
            )  # fmt: skip
        start += value
