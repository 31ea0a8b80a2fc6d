"""Pictures of tidy estimates: dots with intervals, curves with bands, coefficients."""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.transforms import blended_transform_factory

from .numbers import HIDDEN, nb_number
from .panels import NARROW, WIDE, clean, ends, make_panels, number_ticks, panel_columns, panel_width, with_room
from .style import INK, MUTED, RULE, sentence_case, series_style, text_width, wrap

# Above this many dots in a panel the series are told apart by a key instead of a label on each line.
MOST_LABELLED_DOTS = 18
LABEL_SIZE, VALUE_SIZE = 10.5, 9.5
LABEL_LINE = 13.5
# Points between dots: under a heading with a label each; in a group told apart by the key; alone in their row.
STEP_LABELLED, STEP_KEYED, STEP_SINGLE = 15.0, 11.5, 17.0
KEY_HEIGHT = 22.0
DASHES = ["-", (0, (5, 2)), (0, (1.5, 1.5)), (0, (6, 2, 1.5, 2)), (0, (9, 3)), (0, (3, 4))]


@dataclass(frozen=True)
class Layout:
    """How the columns of a table become places in a picture.

    Attributes
    ----------
    rows, series : str
        Columns that give the rows and, within them, the dots or lines; `series` empty for one of them.
    panels : str
        Column that gives the panels; empty for one panel.
    unit : str
        Label of the value axis.
    digits : int
        Decimals printed.
    axis : tuple of float
        Ends of the value axis; NaN to let the estimates decide. An interval beyond an end moves it.
    """

    rows: str
    series: str
    panels: str
    unit: str
    digits: int
    axis: tuple[float, float]


Drawing = Callable[[pd.DataFrame, Layout, bool], Figure]


@dataclass(frozen=True)
class _Lines:
    """Lines of one panel: how far below its top, in points, each dot, each label left of it and each heading stands."""

    dots: dict[tuple[object, object], float]
    labels: list[tuple[float, str]]
    headings: list[tuple[float, str]]
    rules: list[float]
    height: float


def order(table: pd.DataFrame, column: str) -> list[object]:
    """Values of a column in the table's order; one empty value when there is no column."""
    return [""] if not column else list(dict.fromkeys(table[column]))


def part(table: pd.DataFrame, column: str, value: object) -> pd.DataFrame:
    """Rows where a column has a value; all when there is no column."""
    return table if not column else table[table[column] == value]


def interval_dots(table: pd.DataFrame, layout: Layout, narrow: bool) -> Figure:
    """Draw each estimate as a dot with its 95 % interval; rows by group, dots by series, one panel each.

    Few dots have the name of their series beside them, under the row's name; many are told apart by a key.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates.
    layout : Layout
        Columns for rows, series and panels.
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
    labelled = len(names) > 1 and max(map(len, parts)) <= MOST_LABELLED_DOTS
    keyed = len(names) > 1 and not labelled
    width = NARROW if narrow else WIDE
    left = _label_column(order(table, layout.rows) if not labelled else names, narrow)
    columns = 1 if narrow else panel_columns(len(panels), width, left, 120)
    each = panel_width(width, left, columns)
    # Panels that share the labels at the left must have the same lines.
    shared = table if columns > 1 else None
    plans = [_lines(one if shared is None else shared, layout, labelled, left + each, narrow) for one in parts]
    figure, all_axes = make_panels(
        panels, [plan.height for plan in plans], columns, width=width, left=left, above=KEY_HEIGHT if keyed else 0,
        below=_caption(table, layout, "Strek"),
    )  # fmt: skip
    low, high = ends(layout.axis, table[["estimate", "ci_low", "ci_high"]].to_numpy(dtype=float).ravel().tolist())
    labels = [(_right(row), nb_number(float(row["estimate"]), layout.digits)) for _, row in table.iterrows()]
    last = with_room(low, high, [label for label in labels if label[1] != HIDDEN], each, VALUE_SIZE)
    for i, (axes, one, plan) in enumerate(zip(all_axes, parts, plans, strict=True)):
        axes.set_xlim(low, last)
        axes.set_ylim(plan.height, 0)
        _put_labels(axes, plan, i % columns == 0)
        for _, row in one.iterrows():
            name = row[layout.series] if layout.series else ""
            _dot(axes, row, plan.dots[row[layout.rows], name], styles[name], layout.digits)
        clean(axes, "x")
        axes.tick_params(axis="y", labelsize=LABEL_SIZE if not labelled else VALUE_SIZE + 0.5)
        # Without an estimate there is no scale to show.
        number_ticks(axes, "x", low, last if math.isnan(layout.axis[1]) else high, each)
        if one["estimate"].isna().all():
            axes.set_xticks([])
    if keyed:
        _key(figure, names, styles, width)
    return figure


def _label_column(labels: Sequence[object], narrow: bool) -> float:
    """Points that wrapped labels need left of the panels."""
    lines = [line for label in labels for line in _row_label(label, narrow).split("\n")]
    return 14 + max(text_width(line, LABEL_SIZE) for line in lines)


def _row_label(label: object, narrow: bool) -> str:
    # About 22 and 30 letters.
    return wrap(sentence_case(label), 108 if narrow else 146, LABEL_SIZE)


def _lines(table: pd.DataFrame, layout: Layout, labelled: bool, heading_width: float, narrow: bool) -> _Lines:
    """Place the lines of a panel, top to bottom."""
    dots: dict[tuple[object, object], float] = {}
    labels, headings, rules = [], [], []
    names = order(table, layout.series)
    y = 2.0
    for row in order(table, layout.rows):
        present = set(order(part(table, layout.rows, row), layout.series))
        group = [name for name in names if name in present]
        if labelled:
            heading = wrap(sentence_case(row), heading_width - 12, LABEL_SIZE, "semibold")
            height = LABEL_LINE * (heading.count("\n") + 1) + 3
            headings.append((y + height / 2, heading))
            y += height
            for name in group:
                dots[row, name] = y + STEP_LABELLED / 2
                labels.append((y + STEP_LABELLED / 2, sentence_case(name)))
                y += STEP_LABELLED
            y += 7
            continue
        label = _row_label(row, narrow)
        step = STEP_KEYED if len(names) > 1 else STEP_SINGLE
        height = max(step * len(group), LABEL_LINE * (label.count("\n") + 1)) + (7 if len(names) > 1 else 0)
        for k, name in enumerate(group):
            dots[row, name] = y + height / 2 + (k - (len(group) - 1) / 2) * step
        labels.append((y + height / 2, label))
        y += height
        rules.append(y)
    return _Lines(dots, labels, headings, rules[:-1], y + 2)


def _put_labels(axes: Axes, plan: _Lines, first: bool) -> None:
    axes.set_yticks([y for y, _ in plan.labels], [text if first else "" for _, text in plan.labels])
    for y in plan.rules:
        axes.axhline(y, color=RULE, linewidth=0.5, zorder=0.5)
    across = blended_transform_factory(axes.figure.transFigure, axes.transData)  # type: ignore[arg-type]
    for y, heading in plan.headings if first else []:
        axes.text(
            4 / (axes.figure.get_figwidth() * 72), y, heading, transform=across, va="center", fontsize=LABEL_SIZE,  # type: ignore[union-attr]
            fontweight="semibold", gid="heading", bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
        )  # fmt: skip


def _right(row: pd.Series) -> float:
    """Right end of what is drawn for an estimate: its interval's, or its own where it has no interval."""
    high = float(row["ci_high"])
    return high if math.isfinite(high) else float(row["estimate"])


def _dot(axes: Axes, row: pd.Series, y: float, style: tuple[str, str], digits: int) -> None:
    value = float(row["estimate"])
    beside = {"xytext": (5, 0), "textcoords": "offset points", "va": "center", "fontsize": VALUE_SIZE}
    if not math.isfinite(value):
        axes.annotate(HIDDEN, (axes.get_xlim()[0], y), color=MUTED, fontstyle="italic", gid="value", **beside)  # type: ignore[arg-type]
        return
    colour, marker = style
    low, high = float(row["ci_low"]), float(row["ci_high"])
    if math.isfinite(low):
        axes.plot([low, high], [y, y], color=colour, linewidth=1.6, solid_capstyle="butt", gid="interval")
    axes.plot([value], [y], color=colour, marker=marker, markersize=5.5, markeredgewidth=0, linestyle="none", gid="dot")
    box = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
    axes.annotate(nb_number(value, digits), (_right(row), y), color=INK, bbox=box, gid="value", **beside)  # type: ignore[arg-type]


def _caption(table: pd.DataFrame, layout: Layout, mark: str) -> str:
    known = table[["ci_low", "ci_high"]].notna().all(axis=None)
    shown = bool(known) or bool(table["ci_low"].notna().any())
    return sentence_case(layout.unit) + (f". {mark}: 95 % konfidensintervall" if shown else "")


def _key(figure: Figure, names: Sequence[object], styles: dict[object, tuple[str, str]], width: float) -> None:
    handles = [
        Line2D([], [], color=styles[n][0], marker=styles[n][1], markersize=6, linewidth=1.6, label=sentence_case(n))
        for n in names
    ]
    figure.legend(
        handles=handles, loc="upper left", bbox_to_anchor=(0, 1), borderaxespad=0.1, ncols=len(names), frameon=False,
        fontsize=LABEL_SIZE, columnspacing=1.6,
    )  # fmt: skip


def bands(table: pd.DataFrame, layout: Layout, narrow: bool) -> Figure:
    """Draw each curve as a line with its 95 % band; `layout.rows` is the horizontal axis' label.

    Parameters
    ----------
    table : pandas.DataFrame
        Result of `curves.curve`.
    layout, narrow
        As in `interval_dots`; panels two by two.

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
    unit = wrap(_caption(table, layout, "Felt"), width - 8, LABEL_SIZE - 0.5)
    figure, all_axes = make_panels(
        panels, [height] * len(panels), columns, width=width, left=left, above=13.0 * (unit.count("\n") + 1) + 8,
        below=sentence_case(layout.rows),
    )  # fmt: skip
    figure.text(4 / width, 1 - 4 / (figure.get_figheight() * 72), unit, va="top", fontsize=10, color=MUTED, gid="unit")
    words = {name: wrap(sentence_case(name), each * 0.3, LABEL_SIZE, "semibold") for name in names}
    first, last = float(table["x"].min()), float(table["x"].max())
    edge = with_room(first, last, [(last, word) for word in words.values()], each, LABEL_SIZE)
    for axes, panel in zip(all_axes, panels, strict=True):
        axes.set_xlim(first, edge)
        axes.set_ylim(low, high)
        clean(axes, "y")
        shown = {name: part(part(table, layout.panels, panel), layout.series, name) for name in names}
        shown = {name: line.dropna(subset="estimate") for name, line in shown.items()}
        places: list[tuple[float, float, object]] = []
        for i, (name, line) in enumerate((name, line) for name, line in shown.items() if len(line)):
            colour = styles[name][0]
            dashes = DASHES[len(names) - 1 - names.index(name)]
            axes.fill_between(line["x"], line["ci_low"], line["ci_high"], color=colour, alpha=0.15, linewidth=0)
            axes.plot(
                line["x"], line["estimate"], color=colour, linestyle=dashes, linewidth=1.8, zorder=3 + i, gid="curve"
            )
            places.append((float(line["estimate"].iloc[-1]), float(line["x"].iloc[-1]), name))
        _name_ends(axes, places, words, styles, height / (high - low))
        for k, name in enumerate(name for name in names if shown[name].empty):
            axes.text(
                0.02, 0.95 - k * 14 / height, f"{sentence_case(name)}: {HIDDEN}", transform=axes.transAxes, va="top",
                color=MUTED, fontstyle="italic", fontsize=VALUE_SIZE, gid="value",
            )  # fmt: skip
        number_ticks(axes, "x", first, last, each)
        number_ticks(axes, "y", low, high, height)
    return figure


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
    heights = [LABEL_LINE * (words[name].count("\n") + 1) / scale for _, _, name in sorted(places, key=lambda p: p[0])]
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


def coefficients(table: pd.DataFrame, layout: Layout, narrow: bool) -> Figure:
    """Draw regression coefficients as dots with intervals around a line at zero; arguments as in `interval_dots`."""
    figure = interval_dots(table, layout, narrow)
    for axes in figure.axes:
        axes.axvline(0, color=INK, linewidth=0.9, zorder=1, gid="zero")
    return figure


def to_svg(figure: Figure) -> str:
    """Write a figure as SVG text with nothing of time or machine in it."""
    buffer = io.StringIO()
    FigureCanvasSVG(figure).print_svg(buffer, metadata={"Date": None, "Creator": None})
    return buffer.getvalue()
