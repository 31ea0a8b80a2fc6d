"""Dots with intervals: drawn on axes as seaborn does it, and as whole pictures of tidy estimates."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import blended_transform_factory

from engine.table import open_key
from engine.words.numbers import HIDDEN, nb_number

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
    Swatch,
    caption,
    clean,
    ends,
    key_columns,
    line_swatch,
    make_panels,
    number_ticks,
    order,
    panel_columns,
    panel_width,
    part,
    put_axes_key,
    put_key,
    sentence_case,
    series_style,
    text_width,
    with_intervals,
    with_room,
    wrap,
)

# Above this many dots in a panel the series are told apart by a key instead of a label on each line.
MOST_LABELLED_DOTS = 18
# Points between dots: under a heading with a label each; in a group told apart by the key; alone in their row.
STEP_LABELLED, STEP_KEYED, STEP_SINGLE = 15.0, 13.0, 17.0
# Of the room between two rows, what the series within a row take.
DODGED = 0.7

Mark = Callable[[Axes, pd.Series, float, Look, int], None]
Places = Mapping[tuple[object, object], float]


@dataclass(frozen=True)
class _Lines:
    """Lines of one panel: how far below its top, in points, each dot, each label left of it and each heading stands."""

    dots: dict[tuple[object, object], float]
    labels: list[tuple[float, str]]
    headings: list[tuple[float, str]]
    # Top and bottom of each group of dots, which the lines of the value axis run through.
    groups: list[tuple[float, float]]
    height: float


def dots(
    data: pd.DataFrame, *, ax: Axes, x: str = "estimate", y: str = "", hue: str = "",
    palette: Mapping[object, Look] | None = None, digits: int = 0, places: Places | None = None,
) -> Axes:
    """Draw each estimate as a dot with its 95 % interval and its value."""
    return draw_marks(data, _dot, ax=ax, x=x, y=y, hue=hue, palette=palette, digits=digits, places=places)


def coefficients(data: pd.DataFrame, *, ax: Axes, **settings: object) -> Axes:
    """Draw regression coefficients as `dots` around a line at zero; parameters and result as there."""
    dots(data, ax=ax, **settings)  # type: ignore[arg-type]
    ax.axvline(0, color=INK, linewidth=0.9, zorder=1, gid="zero")
    return ax


def draw_marks(
    data: pd.DataFrame, mark: Mark, *, ax: Axes, x: str, y: str, hue: str, palette: Mapping[object, Look] | None,
    digits: int, places: Places | None, swatch: Swatch = line_swatch,
) -> Axes:
    """Put one mark a row of `data` on axes; see `dots`."""
    palette = palette or series_style(order(data, hue))
    y = y or open_key(data, hue, where="y")
    if places is None:
        places = _name_rows(ax, data, x, y, hue)
        if hue:
            put_axes_key(ax, palette, order(data, hue), swatch)
    for _, row in with_intervals(data.assign(estimate=data[x])).iterrows():
        name = row[hue] if hue else ""
        mark(ax, row, places[row[y], name], palette[name], digits)
    return ax


def _name_rows(ax: Axes, data: pd.DataFrame, x: str, y: str, hue: str) -> Places:
    """Rows below each other at 0, 1, 2 …, named at the left; series within a row beside each other."""
    rows, names = order(data, y), order(data, hue)
    shifts = (np.arange(len(names)) - (len(names) - 1) / 2) * DODGED / len(names)
    ax.set_yticks(range(len(rows)), [sentence_case(row) for row in rows])
    ax.set_ylim(len(rows) - 0.5, -0.5)
    low, high = ends((0.0, math.nan), _numbers(data, x))
    ax.set_xlim(low, high + 0.1 * (high - low))
    clean(ax)
    number_ticks(ax, "x", low, high, WIDE / 2)
    ax.grid(True, axis="x", color=RULE, linewidth=0.6)
    return {(row, name): i + shifts[k] for i, row in enumerate(rows) for k, name in enumerate(names)}


def _numbers(data: pd.DataFrame, x: str) -> list[float]:
    columns = [column for column in (x, "ci_low", "ci_high") if column in data]
    return [float(value) for value in data[columns].to_numpy(dtype=float, na_value=np.nan).ravel()]


def draw_dots(table: pd.DataFrame, layout: Layout, narrow: bool) -> Figure:
    """Draw a picture of dots: rows by group, dots by series, one panel each.

    Few dots have the name of their series beside them, under the row's name; many are told apart by a key.
    """
    return draw_rows(table, layout, narrow, _dot)


def draw_coefficients(table: pd.DataFrame, layout: Layout, narrow: bool) -> Figure:
    """Draw a picture of regression coefficients around a line at zero; arguments as in `draw_dots`."""
    figure = draw_dots(table, layout, narrow)
    for axes in figure.axes:
        axes.axvline(0, color=INK, linewidth=0.9, zorder=1, gid="zero")
    return figure


def draw_rows(
    table: pd.DataFrame, layout: Layout, narrow: bool, mark: Mark, most_labelled: int = MOST_LABELLED_DOTS,
    swatch: Swatch = line_swatch,
) -> Figure:
    """Place one mark an estimate on lines of their own; above `most_labelled` in a panel a key tells the series."""
    names = order(table, layout.series)
    styles = series_style(names)
    panels = order(table, layout.panels)
    parts = [part(table, layout.panels, panel) for panel in panels]
    width = NARROW if narrow else WIDE
    left = label_column(order(table, layout.rows), narrow)
    # Labels above the dots where each dot has a series' name beside it, or where labels would take the plot's place.
    labelled = max(map(len, parts)) <= most_labelled if len(names) > 1 else left > 0.42 * width
    keyed = len(names) > 1 and not labelled
    left = label_column(names, narrow) if labelled else left
    # Panels without a row in common would leave each other's lines empty.
    apart = len(panels) > 1 and sum(len(order(one, layout.rows)) for one in parts) == len(order(table, layout.rows))
    columns = 1 if narrow or apart else panel_columns(len(panels), width, left, 108)
    each = panel_width(width, left, columns)
    # Panels that share the labels at the left must have the same lines.
    shared = table if columns > 1 else None
    plans = [_lines(one if shared is None else shared, layout, labelled, left + each, narrow) for one in parts]
    per_line = key_columns(names, width)
    key_height = KEY_LINE * math.ceil(len(names) / per_line) + 6 if keyed else 0.0
    figure, all_axes = make_panels(
        panels, [plan.height for plan in plans], columns, width=width, left=left, above=key_height,
        below=caption(table, layout, "Strek"), title_at_edge=labelled or columns == 1,
    )  # fmt: skip
    low, high = ends(layout.axis, table[["estimate", "ci_low", "ci_high"]].to_numpy(dtype=float).ravel().tolist())
    labels = [(_right(row), nb_number(float(row["estimate"]), layout.digits)) for _, row in table.iterrows()]
    last = with_room(low, high, [label for label in labels if label[1] != HIDDEN], each, VALUE_SIZE)
    for i, (axes, one, plan) in enumerate(zip(all_axes, parts, plans, strict=True)):
        axes.set_xlim(low, last)
        axes.set_ylim(plan.height, 0)
        _put_labels(axes, plan, i % columns == 0)
        draw_marks(one, mark, ax=axes, x="estimate", y=layout.rows, hue=layout.series, palette=styles,
                   digits=layout.digits, places=plan.dots)  # fmt: skip
        clean(axes)
        axes.tick_params(axis="y", labelsize=VALUE_SIZE + 0.5 if labelled else LABEL_SIZE)
        places = number_ticks(axes, "x", low, last if math.isnan(layout.axis[1]) else high, each)
        for top, bottom in plan.groups:
            axes.vlines(places, top, bottom, color=RULE, linewidth=0.6, zorder=0.5)
        if one["estimate"].isna().all():
            # Without an estimate there is no scale to show.
            axes.set_xticks([])
    if keyed:
        put_key(figure, styles, names, per_line, swatch)
    return figure


def label_column(labels: Sequence[object], narrow: bool) -> float:
    """Points that wrapped labels need left of the panels."""
    lines = [line for label in labels for line in row_label(label, narrow).split("\n")]
    return 14 + max(text_width(line, LABEL_SIZE) for line in lines)


def row_label(label: object, narrow: bool) -> str:
    """Label of a row, in lines that leave the plot its place."""
    # About 22 and 30 letters.
    return wrap(sentence_case(label), 108 if narrow else 146, LABEL_SIZE)


def _lines(table: pd.DataFrame, layout: Layout, labelled: bool, heading_width: float, narrow: bool) -> _Lines:
    """Place the lines of a panel, top to bottom."""
    dots: dict[tuple[object, object], float] = {}
    labels, headings, groups = [], [], []
    names = order(table, layout.series)
    step = STEP_KEYED if len(names) > 1 else STEP_SINGLE
    y = 0.0
    for row in order(table, layout.rows):
        present = set(order(part(table, layout.rows, row), layout.series))
        group = [name for name in names if name in present]
        if labelled:
            heading = wrap(sentence_case(row), heading_width - 12, LABEL_SIZE, "semibold")
            headings.append((y + _height(heading) / 2 + 2, heading))
            top = y = y + _height(heading) + 4
            for name in group:
                label = row_label(name, narrow)
                height = max(STEP_LABELLED, _height(label) + 2)
                dots[row, name] = y + height / 2
                labels.append((y + height / 2, label))
                y += height
            groups.append((top, y))
            y += 6
            continue
        label = row_label(row, narrow)
        height = max(step * len(group), _height(label)) + 8
        for k, name in enumerate(group):
            dots[row, name] = y + height / 2 + (k - (len(group) - 1) / 2) * step
        labels.append((y + height / 2, label))
        groups.append((y, y + height))
        y += height
    return _Lines(dots, labels, headings, groups, y)


def _height(text: str) -> float:
    return LABEL_LINE * (text.count("\n") + 1)


def _put_labels(axes: Axes, plan: _Lines, first: bool) -> None:
    axes.set_yticks([y for y, _ in plan.labels], [text if first else "" for _, text in plan.labels], va="center")
    if not plan.headings:
        for _, bottom in plan.groups[:-1]:
            axes.axhline(bottom, color=RULE, linewidth=0.6, zorder=0.5)
    across = blended_transform_factory(axes.figure.transFigure, axes.transData)
    for y, heading in plan.headings if first else []:
        axes.text(
            4 / (axes.figure.get_figwidth() * 72), y, heading, transform=across, va="center", fontsize=LABEL_SIZE,  # type: ignore[union-attr]
            fontweight="semibold", gid="heading", bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
        )  # fmt: skip


def _right(row: pd.Series) -> float:
    """Right end of what is drawn for an estimate: its interval's, or its own where it has no interval."""
    high = float(row["ci_high"])
    return high if math.isfinite(high) else float(row["estimate"])


def _dot(axes: Axes, row: pd.Series, y: float, style: Look, digits: int) -> None:
    value = float(row["estimate"])
    low, high = float(row["ci_low"]), float(row["ci_high"])
    colour, marker = style
    if math.isfinite(low):
        # Small end strokes show an interval that is hardly wider than its dot.
        axes.plot(
            [low, high], [y, y], color=colour, linewidth=1.5, solid_capstyle="butt", marker="|", markersize=6,
            markeredgewidth=1.1, gid="interval",
        )  # fmt: skip
    if math.isfinite(value):
        axes.plot(
            [value], [y], color=colour, marker=marker, markersize=5, markeredgewidth=0, linestyle="none", gid="dot"
        )
    value_label(axes, row, y, digits)


def value_label(axes: Axes, row: pd.Series, y: float, digits: int) -> None:
    """Print an estimate right of what is drawn for it; «skjult» at the axis where it is suppressed."""
    value = float(row["estimate"])
    offset = (5 if math.isfinite(float(row["ci_low"])) else 8, 0)
    if not math.isfinite(value):
        axes.annotate(
            HIDDEN, (axes.get_xlim()[0], y), xytext=offset, textcoords="offset points", va="center",
            fontsize=VALUE_SIZE, fontstyle="italic", color=MUTED, gid="value",
        )  # fmt: skip
        return
    box = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
    axes.annotate(
        nb_number(value, digits), (_right(row), y), xytext=offset, textcoords="offset points", va="center",
        fontsize=VALUE_SIZE, color=INK, bbox=box, gid="value",
    )  # fmt: skip
