"""Lines over time and curves with bands, named where they end: on axes, and as whole pictures."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedFormatter, FixedLocator

from engine.data.registers import is_month, place, shown_times, time_nb
from engine.words.numbers import nb_number

from .style import (
    CAPTION_LINE,
    CAPTION_SIZE,
    GAP,
    LABEL_SIZE,
    NARROW,
    RULE,
    TICK_SIZE,
    WIDE,
    Layout,
    Look,
    caption,
    clean,
    ends,
    make_panels,
    number_ticks,
    order,
    panel_width,
    part,
    put_hidden,
    put_unit,
    sentence_case,
    series_style,
    text_width,
    ticks,
    with_intervals,
    with_room,
    wrap,
)

NAME_LINE, CURVE_NAME_LINE = 13.5, 15.0
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
# A prediction at fewer values than this is dots with intervals, not a line.
FEWEST_OF_LINE = 8
DASHES = ["-", (0, (5, 2)), (0, (1.5, 1.5)), (0, (6, 2, 1.5, 2)), (0, (9, 3)), (0, (3, 4))]


@dataclass(frozen=True)
class _Scale:
    """Value axis of a panel, decimals of its values, and points that a unit of it takes."""

    low: float
    high: float
    digits: int
    points: float


def lines(
    data: pd.DataFrame, *, ax: Axes, x: str = "wave", y: str = "estimate", hue: str = "",
    palette: Mapping[object, Look] | None = None, hue_order: Sequence[object] = (),
    dodge: Mapping[object, float] | None = None, marked: bool | None = None,
) -> Axes:
    """Draw each series as a line over time, with the 95 % intervals that stand in `ci_low` and `ci_high`."""
    names = list(hue_order) or order(data, hue)
    palette = palette or series_style(names)
    marked = data[x].nunique() <= MOST_MARKED if marked is None else marked
    data = with_intervals(data)
    dodge = dodge or dict.fromkeys(names, 0.0)
    for depth, name in enumerate(names):
        _line(ax, part(data, hue, name).dropna(subset=y), x, y, name, palette, dodge[name], marked, depth)
    return ax


def bands(
    data: pd.DataFrame, *, ax: Axes, x: str = "x", y: str = "estimate", hue: str = "",
    palette: Mapping[object, Look] | None = None, hue_order: Sequence[object] = (), few: bool | None = None,
) -> Axes:
    """Draw each curve as a line with its 95 % band, which stands in `ci_low` and `ci_high`."""
    names = list(hue_order) or order(data, hue)
    palette = palette or series_style(names)
    few = data[x].nunique() < FEWEST_OF_LINE if few is None else few
    shown = [(name, part(data, hue, name).dropna(subset=y)) for name in names]
    for depth, (name, line) in enumerate((name, line) for name, line in shown if len(line)):
        label = sentence_case(name)
        if few:
            _few(ax, line, x, y, palette[name], label)
            continue
        colour, dashes = palette[name][0], DASHES[len(names) - 1 - names.index(name)]
        ax.fill_between(line[x], line["ci_low"], line["ci_high"], color=colour, alpha=0.15, linewidth=0)
        ax.plot(line[x], line[y], color=colour, linestyle=dashes, linewidth=1.8, zorder=3 + depth, gid="curve",
                label=label)  # fmt: skip
    return ax


def draw_lines(table: pd.DataFrame, layout: Layout, narrow: bool) -> Figure:
    """Draw a picture of lines over time, named at their ends; `layout.rows` is the column of years or months.

    `layout.own_axes` gives each panel its own value axis; other arguments and the result as in `dots.draw_dots`.
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
    put_unit(figure, unit)
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
        shifts = {name: dodge[i] / per_year for i, name in enumerate(names)}
        lines(one, ax=axes, x=layout.rows, hue=layout.series, palette=styles, hue_order=names, dodge=shifts,
              marked=len(times) <= MOST_MARKED)  # fmt: skip
        _name_ends(axes, one, layout, some, styles, scale, shifts, REACH / per_year)
        hidden = [name for name in names if len(part(one, layout.series, name)) and name not in some]
        put_hidden(axes, hidden, height)
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
    axes: Axes, known: pd.DataFrame, times: str, values: str, name: object, palette: Mapping[object, Look],
    dodge: float, marked: bool, depth: int,
) -> None:
    """One line with its markers and intervals."""
    if known.empty:
        return
    x = known[times].map(place) + dodge
    at = x.argsort(kind="stable")
    x, known = x.iloc[at], known.iloc[at]
    colour, marker = palette[name]
    axes.plot(
        x, known[values], color=colour, linewidth=1.8, marker=marker, markersize=5, markeredgewidth=0,
        markevery=None if marked else [0, len(known) - 1], zorder=3 + depth, gid="line", label=sentence_case(name),
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
    styles: dict[object, Look],
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
    heights = [(NAME_LINE * (labels[name].count("\n") + 1) + 1) / scale.points for _, _, name in found]
    middles = _pushed_apart(
        [value for value, _, _ in found], heights, scale.low, max(scale.high, scale.low + sum(heights))
    )
    edge = max((x for _, x, _ in found), default=0.0) + max(shifts.values())
    for (value, x, name), y in zip(found, middles, strict=True):
        colour = styles[name][0]
        axes.plot([x + shifts[name], edge + reach], [value, y], color=colour, linewidth=0.6, alpha=0.7, gid="leader",
                  clip_on=False)  # fmt: skip
        axes.annotate(
            labels[name], (edge + reach, y), xytext=(2, 0), textcoords="offset points", va="center", color=colour,
            fontsize=LABEL_SIZE, annotation_clip=False, gid="value",
        )  # fmt: skip


def draw_curves(table: pd.DataFrame, layout: Layout, narrow: bool) -> Figure:
    """Draw a picture of curves, panels two by two; `layout.rows` is the horizontal axis' label.

    `layout.own_axes` gives each panel its own horizontal axis; other arguments and the result as in `dots.draw_dots`.
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
    put_unit(figure, unit)
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
        one = part(table, layout.panels, panel)
        bands(one, ax=axes, hue=layout.series, palette=styles, hue_order=names, few=few)
        shown = {name: part(one, layout.series, name).dropna(subset="estimate") for name in names}
        known = {name: line for name, line in shown.items() if len(line)}
        _name_curves(axes, known, words, styles, height / (high - low))
        put_hidden(axes, [name for name in names if shown[name].empty], height)
        number_ticks(axes, "x", first, last, each, 46)
        number_ticks(axes, "y", low, high, height, 30)
        axes.tick_params(axis="y", labelleft=k % columns == 0)
    return figure


def _few(axes: Axes, line: pd.DataFrame, x: str, y: str, look: Look, label: str) -> None:
    """Predictions at a few values as dots with intervals."""
    axes.vlines(line[x], line["ci_low"], line["ci_high"], color=look[0], linewidth=1.5, gid="interval")
    axes.plot(line[x], line[y], color=look[0], marker=look[1], markersize=5, markeredgewidth=0, linestyle="none",
              gid="dot", label=label)  # fmt: skip


def _name_curves(
    axes: Axes, shown: dict[object, pd.DataFrame], words: dict[object, str], styles: dict[object, Look], scale: float
) -> None:
    """Name each curve at its right end, names pushed apart; `scale` is points per unit of the value axis."""
    ends_of = [(float(line["estimate"].iloc[-1]), float(line["x"].iloc[-1]), name) for name, line in shown.items()]
    ends_of.sort(key=lambda end: end[0])
    heights = [CURVE_NAME_LINE * (words[name].count("\n") + 1) / scale for _, _, name in ends_of]
    middles = _pushed_apart([value for value, _, _ in ends_of], heights, *axes.get_ylim())
    for (_, x, name), y in zip(ends_of, middles, strict=True):
        axes.annotate(
            words[name], (x, y), xytext=(4, 0), textcoords="offset points", va="center", color=styles[name][0],
            fontsize=LABEL_SIZE, fontweight="semibold", annotation_clip=False, gid="value",
        )  # fmt: skip


def _pushed_apart(values: Sequence[float], heights: Sequence[float], low: float, high: float) -> list[float]:
    """Middles of names that want to stand at ascending `values`, none upon another, from `low` to `high`."""
    middles: list[float] = []
    floor, ceiling = low, high
    for value, height in zip(values, heights, strict=True):
        middles.append(max(value, floor + height / 2))
        floor = middles[-1] + height / 2
    for i in reversed(range(len(middles))):
        middles[i] = min(middles[i], ceiling - heights[i] / 2)
        ceiling = middles[i] - heights[i] / 2
    return middles
