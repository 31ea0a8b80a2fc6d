"""One look for every picture: colours, markers and type, which column stands where, and panels measured in points.

Places are computed from the widths of the words instead of found by a layout engine: nothing is cut off, nothing moves
between two runs, and a long label can't squeeze the plot.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cache
from numbers import Integral
from pathlib import Path
from typing import Any

import matplotlib
import pandas as pd
import seaborn as sns
from matplotlib import font_manager
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.textpath import TextToPath
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

from engine.errors import ReportError
from engine.words.numbers import HIDDEN, nb_number

FONTS = Path(__file__).resolve().parents[2] / "theme" / "fonts"
FAMILY = "Source Sans 3"
INK = "#1b2733"
MUTED = "#56626f"
RULE = "#d9dfe5"
# Every colour stands 4.5:1 against white, so it may also colour words; markers and dashes differ, so colour is never
# the only cue.
SERIES = [
    ("#0b2545", "s"),
    ("#1f6fb2", "D"),
    ("#a34a00", "^"),
    ("#00695c", "v"),
    ("#7b2d6b", "P"),
    ("#66727f", "o"),
]
# The newest wave is darkest and the first is grey, with or without others between, so a year keeps its colour.
NEWEST, FIRST, BETWEEN = SERIES[0], SERIES[5], [SERIES[1], SERIES[3], SERIES[4], SERIES[2]]
# Colour and marker, or colour and hatch.
Look = tuple[str, str]
FIXED = {"statlig": SERIES[0], "kommunal": SERIES[2]}
# What matplotlib writes with up to six decimals; a glyph's scale is no place and keeps them.
PLACE = re.compile(r"scale\([^)]*\)|-?\d+\.\d{4,}")


def apply_style() -> None:
    """Set matplotlib to the book's look, for all that is drawn from now on."""
    matplotlib.rcParams.update(_settings())


def book_style() -> AbstractContextManager[None]:
    """Draw in the book's look whatever a chapter has set, and leave that as it was."""
    return matplotlib.rc_context(_settings())


@cache
def _settings() -> Any:
    """Every setting, ours or matplotlib's default; text becomes paths, so no font is needed where a picture is read."""
    for path in sorted(FONTS.glob("*.ttf")):
        font_manager.fontManager.addfont(str(path))
    kept = {name: value for name, value in matplotlib.rcParamsDefault.items() if "backend" not in name}
    with matplotlib.rc_context(kept):
        sns.set_theme(style="white", context="paper")
        themed = {name: matplotlib.rcParams[name] for name in kept}
    return themed | {
        "font.family": FAMILY,
        "font.size": 10.5,
        "axes.edgecolor": RULE,
        "axes.linewidth": 0.8,
        "text.color": INK,
        "xtick.color": MUTED,
        "ytick.color": INK,
        "svg.fonttype": "path",
        # Element ids come from a salt instead of a random number: same estimates, same bytes.
        "svg.hashsalt": "report",
    }


def to_svg(figure: Figure, tight: bool = False) -> str:
    """Write a figure as SVG text with nothing of time or machine in it; `tight` around all that was drawn.

    Places are multiplied by BLAS, whose last bits are the processor's, and many lie on a half of the sixth decimal. A
    thousandth of a point is far less than a screen or a printer shows.
    """
    buffer, plain = io.StringIO(), {"Date": None, "Creator": None}
    canvas = FigureCanvasSVG(figure)
    with book_style():
        if tight:
            canvas.print_figure(buffer, format="svg", metadata=plain, bbox_inches="tight")
        else:
            canvas.print_svg(buffer, metadata=plain)
    return PLACE.sub(_to_a_thousandth, buffer.getvalue())


def _to_a_thousandth(found: re.Match[str]) -> str:
    if found[0].startswith("scale"):
        return found[0]
    value = float(found[0])
    # Half away from zero: a millionth is the last digit that was written.
    text = f"{value + math.copysign(1e-9, value):.3f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def series_style(names: Sequence[object]) -> dict[object, Look]:
    """Colour and marker of each series, in the picture's order; waves get the darkest for the newest.

    Fixed names always look the same; a ReportError when there are more than a picture can tell apart.
    """
    if len(names) > len(SERIES):
        what = f"a picture can't tell {len(names)} series apart"
        raise ReportError(what, "series", len(names), f"take at most {len(SERIES)}, or panels")
    if all(isinstance(name, Integral) for name in names):
        newest, *older = sorted(names, reverse=True)  # type: ignore[type-var]
        return {newest: NEWEST} | dict(zip(older, [*BETWEEN[: len(older) - 1], FIRST], strict=False))
    styles = {name: FIXED[str(name)] for name in names if name in FIXED}
    free = [style for style in SERIES if style not in styles.values()]
    return styles | dict(zip([name for name in names if name not in styles], free, strict=False))


def number_axis(digits: int = 0) -> FuncFormatter:
    """Format an axis in bokmål numbers with `digits` decimals."""
    return FuncFormatter(lambda value, _position: nb_number(value, digits))


def sentence_case(label: object) -> str:
    """Begin a label with a capital letter: `Unge (under 30 år)`."""
    text = str(label)
    return text[:1].upper() + text[1:]


@cache
def text_width(text: str, size: float, weight: str = "normal") -> float:
    """Width of a line of text in points, in the book's typeface."""
    _settings()
    font = FontProperties(family=FAMILY, size=size, weight=weight)
    return float(TextToPath().get_text_width_height_descent(text, font, ismath=False)[0])


def wrap(text: str, width: float, size: float, weight: str = "normal") -> str:
    """Break a text into lines of at most `width` points, between words only; a wider word keeps its line."""
    lines = [""]
    # A number with a narrow space between its thousands is one word.
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_width(longer, size, weight) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return "\n".join(lines)


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
    panel_axes : mapping of str to tuple of float
        Of lines: ends for the panels whose value axis differs from `axis`.
    own_axes : bool
        Whether each panel has an axis of its own: of lines the value axis (per cent beside numbers of persons), of
        curves the horizontal one (users beside employees).
    heads, words : dict of str to str
        Of tables: printed heads by value of the column key, in order; printed words for rows and their groups.
    stars : tuple of float
        Of regression tables: p-values below which a coefficient gets one, two and three stars.
    """

    rows: str
    series: str
    panels: str
    unit: str
    digits: int
    axis: tuple[float, float]
    own_axes: bool = False
    heads: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    stars: tuple[float, ...] = (0.05, 0.01, 0.001)
    panel_axes: Mapping[str, tuple[float, float]] = field(default_factory=dict)


Drawing = Callable[[pd.DataFrame, Layout, bool], Figure]


def order(table: pd.DataFrame, column: str) -> list[object]:
    """Values of a column in the table's order; one empty value when there is no column."""
    return [""] if not column else list(dict.fromkeys(table[column]))


def part(table: pd.DataFrame, column: str, value: object) -> pd.DataFrame:
    """Rows where a column has a value; all when there is no column."""
    return table if not column else table[table[column] == value]


def with_intervals(data: pd.DataFrame) -> pd.DataFrame:
    """The same rows, with empty ends of intervals where there are none."""
    return data.assign(**{end: math.nan for end in ("ci_low", "ci_high") if end not in data})


def caption(table: pd.DataFrame, layout: Layout, mark: str) -> str:
    """Unit of the value axis, and what the mark around an estimate means where there is one."""
    shown = table["ci_low"].notna().any()
    return sentence_case(layout.unit) + (f". {mark}: 95 % konfidensintervall" if shown else "")


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
Swatch = Callable[[Look, str], Artist]


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
    """Make a figure, not attached to pyplot, with a panel for each title; all lengths are in points.

    `columns` panels stand side by side with `gap` between them, each as high as `heights` says. `left` is kept for
    labels left of a row of panels, `above` for a key above all; `below` is text under all. With `title_at_edge` the
    titles of the first column start where the labels left of it do.
    """
    apply_style()
    each = (width - left - RIGHT - gap * (columns - 1)) / columns
    names = [wrap(sentence_case(title), each, TITLE_SIZE, "semibold") for title in titles]
    foot_text = wrap(below, width - 8, CAPTION_SIZE)
    lines = range(0, len(titles), columns)
    heads = [max(name.count("\n") + 1 if name else 0 for name in names[i : i + columns]) for i in lines]
    plots = [max(heights[i : i + columns]) for i in lines]
    foot = CAPTION_LINE * (foot_text.count("\n") + 1) + 6 if foot_text else 0.0
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
    if not foot_text:
        return figure, all_axes
    figure.text(4 / width, foot / total, foot_text, va="top", fontsize=CAPTION_SIZE, color=MUTED, gid="caption")
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


def line_swatch(style: Look, label: str) -> Artist:
    """An entry of the key: a line with its marker."""
    return Line2D([], [], color=style[0], marker=style[1], markersize=6, linewidth=1.6, label=label)


def put_key(
    figure: Figure,
    styles: dict[object, Look],
    names: Sequence[object],
    per_line: int,
    swatch: Swatch = line_swatch,
) -> None:
    """Tell above all panels which colour and marker is which series."""
    figure.legend(
        handles=[swatch(styles[name], sentence_case(name)) for name in names], loc="upper left", bbox_to_anchor=(0, 1),
        borderaxespad=0.1, ncols=per_line, frameon=False, fontsize=LABEL_SIZE, columnspacing=1.6, labelspacing=0.3,
    )  # fmt: skip


def put_axes_key(axes: Axes, styles: Mapping[object, Look], names: Sequence[object], swatch: Swatch) -> None:
    """Tell above axes that stand alone which look is which series."""
    width = axes.get_position().width * axes.figure.get_figwidth() * POINTS  # type: ignore[union-attr]
    axes.legend(
        handles=[swatch(styles[name], sentence_case(name)) for name in names], loc="lower left", bbox_to_anchor=(0, 1),
        borderaxespad=0.1, ncols=key_columns(names, width), frameon=False, fontsize=LABEL_SIZE,
    )  # fmt: skip


def put_unit(figure: Figure, text: str) -> None:
    """Write the unit of upright value axes above all panels."""
    width, height = figure.get_size_inches() * POINTS
    figure.text(4 / width, 1 - 4 / height, text, va="top", fontsize=CAPTION_SIZE, color=MUTED, gid="unit")


def put_hidden(axes: Axes, names: Sequence[object], height: float) -> None:
    """Name the series of which nothing is shown, in a panel of `height` points."""
    for line, name in enumerate(names):
        axes.text(
            0.02, 0.95 - line * 14 / height, f"{sentence_case(name)}: {HIDDEN}" if name else HIDDEN,
            transform=axes.transAxes, va="top", color=MUTED, fontstyle="italic", fontsize=VALUE_SIZE, gid="value",
        )  # fmt: skip
