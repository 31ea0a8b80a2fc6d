"""What an author made without us: a matplotlib or seaborn figure, or a frame of results, made fit for the book."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from engine.data.registers import time_nb
from engine.errors import ReportError
from engine.outputs import TABLE_MIME, sealed
from engine.table import keys_in
from engine.words.numbers import HIDDEN, nb_number
from engine.words.prose import literal

from .drawn import draws_other_rows
from .numbers import NOT_KNOWN, NUMBER_HEADINGS, heading, is_tidy
from .style import FAMILY, NARROW, POINTS, WIDE, book_style, sentence_case, to_svg
from .tables import Cell, Grid, Row, grid_html, grid_typst

Draw = Callable[[Axes], object]
# Height of a picture that a function draws, as a part of its width: on a page, and on a phone.
HEIGHT, HEIGHT_NARROW = 0.6, 0.85
TIMES = ("wave", "year", "år")
COUNTS = ("n",)


@dataclass(frozen=True)
class OwnFigure:
    """A figure that an author drew, or a function that draws it, and what it says to who can't see it."""

    figure: Figure | Draw
    alt: str

    def svg(self, narrow: bool) -> str:
        """Draw it at a width of the book; a finished figure is the same at both, and scaled by the page."""
        if isinstance(self.figure, Figure):
            return _finished(self.figure)
        with book_style():
            return to_svg(self._drawn(self.figure, narrow))

    def shows(self, frame: pd.DataFrame) -> bool:
        """Whether it draws a frame of results, and no rows of something else."""
        if isinstance(self.figure, Figure):
            return not draws_other_rows(self.figure, frame)
        with book_style():
            return not draws_other_rows(self._drawn(self.figure, False), frame)

    def _drawn(self, draw: Draw, narrow: bool) -> Figure:
        width, height = (NARROW, HEIGHT_NARROW) if narrow else (WIDE, HEIGHT)
        figure = Figure(figsize=(width / POINTS, width * height / POINTS), layout="constrained")
        draw(figure.subplots())
        return figure


def own_figure(identifier: str, figure: object, alt: str) -> OwnFigure:
    """Take what an author gives as `figure`."""
    if not alt.strip():
        raise ReportError(
            "a figure of your own has no alternative text", identifier,
            remedy="say in alt=… what it shows, for those who can't see it",
        )  # fmt: skip
    # Axes and the grids of seaborn know their figure.
    drawn = getattr(figure, "figure", None)
    if isinstance(drawn, Figure):
        if "matplotlib.pyplot" in sys.modules:
            sys.modules["matplotlib.pyplot"].close(drawn)
        return OwnFigure(drawn, alt)
    if not callable(figure):
        remedy = "give a matplotlib figure, what seaborn returned, or a function that draws on axes"
        raise ReportError(f"figure= is a {type(figure).__name__}, not a figure", identifier, remedy=remedy)
    return OwnFigure(figure, alt)


def _finished(figure: Figure) -> str:
    """A finished figure in the book's typeface, with nothing that was drawn cut off."""
    for text in figure.findobj(Text):
        text.set_fontfamily(FAMILY)
    return to_svg(figure, tight=True)


@dataclass(frozen=True)
class Frame:
    """A table without a number."""

    title: str
    grid: Grid
    note: str
    estimated: bool = False

    def __repr__(self) -> str:
        """Title only: the numbers stand in the markdown."""
        return f"table: {self.title}"

    def markdown(self) -> str:
        """Write it as Pandoc markdown, for each way out."""
        name = (self.title or "Tabell").replace('"', "”")
        parts = [
            f"**{self.title}**" if self.title else "",
            f'::: {{.table-scroll tabindex="0" role="region" aria-label="{name}"}}\n{both_ways(self.grid)}\n:::',
            f"::: {{.exhibit-note}}\n{self.note}\n:::" if self.note else "",
        ]
        return "\n\n".join(part for part in parts if part) + "\n"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return sealed({"text/markdown": self.markdown(), TABLE_MIME: {"estimated": self.estimated}})


def both_ways(grid: Grid) -> str:
    """A table for each way out: Pandoc's own tables know neither groups of rows nor heads of columns together."""
    return f"```{{=html}}\n{grid_html(grid)}\n```\n\n```{{=typst}}\n{grid_typst(grid)}\n```"


def frame_grid(frame: pd.DataFrame, digits: int, heads: Mapping[str, str]) -> Grid:
    """Put a frame into rows and columns."""
    names, lines = printed(frame, digits)
    titles = [heads.get(name, _head(frame, name)) for name in names]
    repeated = len({line[0] for line in lines}) < len(lines)
    leading = 2 if repeated and len(names) > 2 and all(_is_words(frame, name) for name in names[:2]) else 1
    groups: list[tuple[str, list[Row]]] = []
    for line in lines:
        group = line[0] if leading == 2 else ""
        if not groups or groups[-1][0] != group:
            groups.append((group, []))
        groups[-1][1].append(Row(sentence_case(line[leading - 1]), tuple(Cell(text) for text in line[leading:])))
    return Grid(tuple(titles[leading:]), [(sentence_case(group), rows) for group, rows in groups])


def frame_pipe(frame: pd.DataFrame, digits: int) -> str:
    """Write a frame as a markdown pipe table; see `frame_grid`."""
    names, lines = printed(frame, digits)
    rule = ["---" if _is_words(frame, name) else "--:" for name in names]
    body = [[literal(cell) for cell in line] for line in lines]
    lines = [[_head(frame, name) for name in names], rule, *body]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def printed(frame: pd.DataFrame, digits: int) -> tuple[list[str], list[list[str]]]:
    """Names of the columns that are shown, and the cells of each row as a reader sees them."""
    if is_tidy(frame):
        keys = [key for key in [*keys_in(frame), "x"] if key in frame and frame[key].nunique() > 1]
        hidden = [bool(each) for each in frame["suppressed"]]
        shown = frame[[*keys, *NUMBER_HEADINGS]]
    else:
        hidden = [False] * len(frame)
        named = any(name is not None for name in frame.index.names) or not isinstance(frame.index, pd.RangeIndex)
        shown = frame.reset_index() if named else frame
    decimals = {name: 0 if _is_whole(shown[name]) or name in COUNTS else digits for name in shown}
    lines = [
        [_cell(value, str(name), decimals[name], hides) for name, value in row.items()]
        for (_, row), hides in zip(shown.astype(object).iterrows(), hidden, strict=True)
    ]
    return [str(name) for name in shown], lines


def _cell(value: Any, name: str, digits: int, hidden: bool) -> str:
    if pd.isna(value):
        return HIDDEN if hidden else NOT_KNOWN
    if name in TIMES:
        return time_nb(value)
    if isinstance(value, str):
        return value
    if pd.api.types.is_bool(value):
        return "ja" if value else "nei"
    try:
        return nb_number(float(value), digits)
    except (TypeError, ValueError):
        return str(value)


def _is_whole(column: pd.Series) -> bool:
    return pd.api.types.is_integer_dtype(column)


def _is_words(frame: pd.DataFrame, name: str) -> bool:
    return name in TIMES or name not in frame or not pd.api.types.is_numeric_dtype(frame[name])


def _head(frame: pd.DataFrame, name: str) -> str:
    return NUMBER_HEADINGS.get(name) or heading(frame, name)
