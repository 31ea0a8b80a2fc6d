"""Pictures of development: lines over years or months, named where they end."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedFormatter, FixedLocator

from .layout import Layout, caption, order, part
from .numbers import HIDDEN, nb_number
from .panels import (
    CAPTION_LINE,
    CAPTION_SIZE,
    GAP,
    LABEL_SIZE,
    NARROW,
    TICK_SIZE,
    VALUE_SIZE,
    WIDE,
    clean,
    ends,
    make_panels,
    number_ticks,
    panel_width,
    ticks,
)
from .style import MUTED, RULE, sentence_case, series_style, text_width, wrap
from .times import is_month, place, shown_times, time_nb

NAME_LINE = 13.5
# Of a panel's width, what names right of the lines may take.
NAMES_SHARE = 0.44
# Points between the intervals of two series at the same time, and between a line's end and its name.
DODGE, REACH = 5.0, 12.0
LOWEST = 130.0
# Points that a panel beside others has at least: three fit in a row, so that three panels leave no place empty.
SMALLEST = 135.0
# Points between two numbers of the value axis, at least.
TICK_STEP = 30.0
# Above this many times only the ends of a line are marked.
MOST_MARKED = 12


@dataclass(frozen=True)
class _Scale:
    """Value axis of a panel, decimals of its values, and points that a unit of it takes."""

    low: float
    high: float
    digits: int
    points: float


def lines(table: pd.DataFrame, layout: Layout, narrow: bool) -> Figure:
    """Draw each series as a line over time, its name and last value at its end; intervals where there are any.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates; the column `layout.rows` holds years or months (`2022-10`).
    layout : Layout
        Columns for time, series and panels; `own_axes` gives each panel its own value axis.
    narrow : bool
        Phone width, panels below each other.

    Returns
    -------
    matplotlib.figure.Figure
        Not attached to pyplot.
    """
    names = order(table, layout.series)
    styles = series_style(names)
    panels = order(table, layout.panels)
    parts = [part(table, layout.panels, panel) for panel in panels]
    times = sorted(set(table[layout.rows]), key=place)
    width = NARROW if narrow else WIDE
    limits = [
        _limits(one if layout.own_axes else table, layout, str(panel)) for panel, one in zip(panels, parts, strict=True)
    ]
    left = 14 + max(text_width(nb_number(value, 1 if high < 10 else 0), LABEL_SIZE)
                    for low, high, _ in limits for value in (low, high))  # fmt: skip
    words = [_end_words(one, layout, digits) for one, (_, _, digits) in zip(parts, limits, strict=True)]
    columns = _columns(len(panels), [text for some in words for text in some.values()], width, left, narrow)
    # Own axes need their own numbers, so the gap between panels must hold them.
    gap = left - 4 if layout.own_axes else 0.0
    each = panel_width(width, left, columns) - gap * (columns - 1) / columns
    labels = [{name: wrap(text, each * NAMES_SHARE, LABEL_SIZE) for name, text in some.items()} for some in words]
    height = max([LOWEST, *(_stack(some) + 12 for some in labels)])
    unit = wrap(caption(table, layout, "Strek"), width - 8, CAPTION_SIZE)
    above = CAPTION_LINE * (unit.count("\n") + 1) + 8
    figure, all_axes = make_panels(
        panels, [height] * len(panels), columns, width=width, left=left, above=above, below="", title_at_edge=False,
        gap=GAP + gap,
    )  # fmt: skip
    figure.text(4 / width, 1 - 4 / (figure.get_figheight() * 72), unit, va="top", fontsize=CAPTION_SIZE, color=MUTED,
                gid="unit")  # fmt: skip
    ends_of = [line for some in labels for text in some.values() for line in text.split("\n")]
    named = max((text_width(line, LABEL_SIZE) for line in ends_of), default=0.0)
    dodge = [(k - (len(names) - 1) / 2) * DODGE if table["ci_low"].notna().any() else 0.0 for k in range(len(names))]
    inner = each - named - REACH - 4 - 2 * max(dodge)
    for k, (axes, one, some) in enumerate(zip(all_axes, parts, labels, strict=True)):
        low, high, digits = limits[k]
        # A mark at the top keeps its upper half.
        headroom = 0.03 * (high - low)
        high += headroom
        scale = _Scale(low, high, digits, height / (high - low))
        per_year = _time_axis(axes, times, inner, each, max(dodge))
        axes.set_ylim(low, high)
        clean(axes)
        places = number_ticks(axes, "y", low, high - headroom, height, TICK_STEP)
        # The names have no rules behind them.
        axes.hlines(places, axes.get_xlim()[0], place(times[-1]) + max(dodge) / per_year, color=RULE, linewidth=0.6,
                    zorder=0.5)  # fmt: skip
        axes.tick_params(axis="y", labelleft=layout.own_axes or k % columns == 0)
        for i, name in enumerate(names):
            _line(axes, part(one, layout.series, name), layout, styles[name], dodge[i] / per_year, len(times), i)
        shifts = {name: dodge[i] / per_year for i, name in enumerate(names)}
        _name_ends(axes, one, layout, some, styles, scale, shifts, REACH / per_year)
        hidden = [name for name in names if len(part(one, layout.series, name)) and name not in some]
        for line, name in enumerate(hidden):
            axes.text(
                0.02, 0.95 - line * 14 / height, f"{sentence_case(name)}: {HIDDEN}" if name else HIDDEN,
                transform=axes.transAxes, va="top", color=MUTED, fontstyle="italic", fontsize=VALUE_SIZE, gid="value",
            )  # fmt: skip
    return figure


def _limits(table: pd.DataFrame, layout: Layout, panel: str) -> tuple[float, float, int]:
    values = table[["ci_low", "ci_high", "estimate"]].to_numpy(dtype=float).ravel().tolist()
    axis = layout.panel_axes.get(panel, layout.axis)
    low, high = ends(axis, values)
    places, _ = ticks(low, high, LOWEST, TICK_STEP)
    if math.isnan(axis[1]) and len(places) > 1 and high > places[-1]:
        # A number above the highest mark tells how high that is.
        high = 2 * places[-1] - places[-2]
    # Thousands of persons beside per cent: a large number has no decimals.
    return low, high, layout.digits if high < 1000 else 0


def _end_words(table: pd.DataFrame, layout: Layout, digits: int) -> dict[object, str]:
    """Name and last known value of each series that has one."""
    words = {}
    for name in order(table, layout.series):
        known = part(table, layout.series, name).dropna(subset="estimate")
        if len(known):
            last = _last(known, layout)
            words[name] = f"{sentence_case(name)} {nb_number(float(last['estimate']), digits)}".strip()
    return words


def _last(known: pd.DataFrame, layout: Layout) -> pd.Series:
    return known.iloc[int(known[layout.rows].map(place).argmax())]


def _columns(panels: int, words: list[str], width: float, left: float, narrow: bool) -> int:
    """Panels side by side where the longest word of the names leaves the lines their place."""
    if narrow:
        return 1
    longest = max((text_width(word, LABEL_SIZE) for text in words for word in text.split()), default=0.0)
    for columns in [count for count in dict.fromkeys((panels, math.ceil(panels / 2), 3, 2)) if count <= panels]:
        each = panel_width(width, left, columns)
        if each >= SMALLEST and longest <= NAMES_SHARE * each:
            return columns
    return 1


def _stack(labels: dict[object, str]) -> float:
    """Height of all names below each other."""
    return sum(NAME_LINE * (text.count("\n") + 1) + 1 for text in labels.values())


def _time_axis(axes: Axes, times: list[object], inner: float, each: float, dodge: float) -> float:
    """Place the times so that the names have room to their right; gives points a year."""
    start, end = place(times[0]), place(times[-1])
    # A single time stands a quarter in.
    per_year = inner / (end - start) if end > start else inner
    first = start - (dodge + 6) / per_year if end > start else start - 0.25
    axes.set_xlim(first, first + each / per_year)
    widest = max(text_width(time_nb(time), TICK_SIZE) for time in times)
    shown = shown_times(times, inner, widest + 8)
    axes.xaxis.set_major_locator(FixedLocator([place(time) for time in shown]))
    axes.xaxis.set_major_formatter(FixedFormatter([time_nb(time) for time in shown]))
    if is_month(times[0]) and len(shown) > 1:
        axes.get_xticklabels()[0].set_horizontalalignment("left")
    return per_year


def _line(
    axes: Axes, line: pd.DataFrame, layout: Layout, style: tuple[str, str], dodge: float, times: int, depth: int
) -> None:
    known = line.dropna(subset="estimate")
    if known.empty:
        return
    x = known[layout.rows].map(place) + dodge
    at = x.argsort(kind="stable")
    x, known = x.iloc[at], known.iloc[at]
    colour, marker = style
    marked = None if times <= MOST_MARKED else [0, len(known) - 1]
    axes.plot(
        x, known["estimate"], color=colour, linewidth=1.8, marker=marker, markersize=5, markeredgewidth=0,
        markevery=marked, zorder=3 + depth, gid="line",
    )  # fmt: skip
    for where, low, high in zip(x, known["ci_low"], known["ci_high"], strict=True):
        if math.isfinite(low):
            axes.plot(
                [where, where], [low, high], color=colour, linewidth=1.3, solid_capstyle="butt", marker="_",
                markersize=5, markeredgewidth=1.1, zorder=2.5, gid="interval",
            )  # fmt: skip


def _name_ends(
    axes: Axes,
    table: pd.DataFrame,
    layout: Layout,
    labels: dict[object, str],
    styles: dict[object, tuple[str, str]],
    scale: _Scale,
    shifts: dict[object, float],
    reach: float,
) -> None:
    """Name each line right of its end, names pushed apart and led to by a thin stroke; shifts and reach in years."""
    found = []
    for name in labels:
        known = part(table, layout.series, name).dropna(subset="estimate")
        last = _last(known, layout)
        found.append((float(last["estimate"]), place(last[layout.rows]), name))
    found.sort(key=lambda entry: entry[0])
    middles: list[float] = []
    heights = [(NAME_LINE * (labels[name].count("\n") + 1) + 1) / scale.points for _, _, name in found]
    floor = scale.low
    for (value, _, _), height in zip(found, heights, strict=True):
        middles.append(max(value, floor + height / 2))
        floor = middles[-1] + height / 2
    ceiling = max(scale.high, scale.low + sum(heights))
    for i in reversed(range(len(middles))):
        middles[i] = min(middles[i], ceiling - heights[i] / 2)
        ceiling = middles[i] - heights[i] / 2
    edge = max((x for _, x, _ in found), default=0.0) + max(shifts.values())
    for (value, x, name), y in zip(found, middles, strict=True):
        colour = styles[name][0]
        axes.plot([x + shifts[name], edge + reach], [value, y], color=colour, linewidth=0.6, alpha=0.7, gid="leader",
                  clip_on=False)  # fmt: skip
        axes.annotate(
            labels[name], (edge + reach, y), xytext=(2, 0), textcoords="offset points", va="center", color=colour,
            fontsize=LABEL_SIZE, annotation_clip=False, gid="value",
        )  # fmt: skip
