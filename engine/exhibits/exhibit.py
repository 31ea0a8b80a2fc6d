"""The exhibit: estimates, their picture and their words, shown by one call in a chapter's cell."""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from engine.disclosure.record import hidden_rows, told_in_note
from engine.disclosure.rules import minimum_persons
from engine.errors import ReportError
from engine.outputs import EXHIBIT_MIME as MIME
from engine.outputs import sealed
from engine.table import About, about, is_estimated, open_key
from engine.vouched import vouched
from engine.words.numbers import NO_BREAK_SPACE
from engine.words.prose import literal

from . import alt_text
from .bars import draw_bars, draw_stacked
from .dots import draw_coefficients, draw_dots
from .lines import draw_curves, draw_lines
from .numbers import check_columns, check_frame, check_table, check_times, csv_text, is_tidy

from .numbers import numbers_csv, numbers_table, told_of_models, waves_without  # isort: skip
from .own import Frame, OwnFigure, both_ways, frame_grid, frame_pipe, own_figure
from .style import Drawing, Layout, book_style, to_svg
from .tables import Grid, regression_grid, regression_note, table_grid

IDENTIFIER = re.compile(r"(fig|tbl)-(vedlegg-|[ksuv]?)0*([1-9]\d*)")
NOTHING = "Denne utgavens undersøkelser spurte ikke om dette, eller har ingen tidligere undersøkelse å sammenligne med."
WORDS = {"fig": ("figur", "Figur"), "tbl": ("tabell", "Tabell")}
ANNEX = "vedlegg-"
KINDS: dict[str, tuple[Drawing, Callable[[pd.DataFrame, Layout], str]]] = {
    "dots": (draw_dots, alt_text.dots_text),
    "curves": (draw_curves, alt_text.curves_text),
    "coefficients": (draw_coefficients, alt_text.dots_text),
    "lines": (draw_lines, alt_text.lines_text),
    "bars": (draw_bars, alt_text.bars_text),
    "stacked": (draw_stacked, alt_text.stacked_text),
}
GRIDS: dict[str, Callable[[pd.DataFrame, Layout], Grid]] = {
    "table": table_grid,
    "regression": regression_grid,
}
# A figure or a table that an author made without us.
OWN, FRAME = "own figure", "frame"
NONE = Layout("", "", "", "", 1, (0.0, math.nan))


@dataclass(frozen=True)
class Exhibit:
    """Estimates, picture and words under one number.

    Attributes
    ----------
    identifier : str
        `fig-16`, `tbl-1`, `fig-k3`: the source's own number.
    title, note : str
        Bokmål; the note says unit, population and source.
    table : pandas.DataFrame
        Tidy estimates.
    layout : engine.exhibits.style.Layout
        Columns of the picture.
    kind : str
        One of `KINDS` (pictures) or `GRIDS` (tables), or an author's own.
    own : OwnFigure, optional
        The author's own figure.
    """

    identifier: str
    title: str
    note: str
    table: pd.DataFrame
    layout: Layout
    kind: str
    own: OwnFigure | None = None

    def __repr__(self) -> str:
        """Number and title: the estimates stand in the markdown."""
        return f"{self.number}: {self.title}"

    @property
    def anchor(self) -> str:
        """Id in the page: `figur-16`. Quarto would number `fig-16` itself, by chapter."""
        prefix, letter, number = self._parts
        return f"{WORDS[prefix][0]}-{letter}{number}"

    @property
    def number(self) -> str:
        """The words of a reference: «Figur 16»."""
        prefix, letter, number = self._parts
        word = f"Vedleggs{WORDS[prefix][0]}" if letter == ANNEX else WORDS[prefix][1]
        return f"{word}{NO_BREAK_SPACE}{letter.upper().removeprefix(ANNEX.upper())}{number}"

    @property
    def _parts(self) -> tuple[str, str, str]:
        found = IDENTIFIER.fullmatch(self.identifier)
        if found is None:
            remedy = "write fig-16, tbl-1, fig-k3 or tbl-v1; fig-s1 and tbl-s1 are free for your own"
            raise ReportError(f"«{self.identifier}» is no exhibit's id", "exhibit", remedy=remedy)
        return found.group(1), found.group(2), found.group(3)

    @property
    def is_asked(self) -> bool:
        """Whether the edition has any estimate; an item that it did not ask gives a note instead of a picture."""
        return not self.table.empty

    @property
    def is_picture(self) -> bool:
        """Whether it is drawn and not a table."""
        return self.kind in KINDS or self.own is not None

    @property
    def alt(self) -> str:
        """Alternative text, from the estimates or the author; a table has none, for it is text."""
        if self.own:
            return self.own.alt
        return KINDS[self.kind][1](self.table, self.layout) if self.is_picture else ""

    @property
    def grid(self) -> Grid:
        """Rows and columns of a table."""
        if self.kind == FRAME:
            return frame_grid(self.table, self.layout.digits, self.layout.heads)
        return GRIDS[self.kind](self.table, self.layout)

    def svg(self, narrow: bool = False) -> str:
        """Picture as SVG text, for a page or for a phone; empty for a table."""
        if not self.is_picture:
            return ""
        if self.own:
            return self.own.svg(narrow)
        with book_style():
            return to_svg(KINDS[self.kind][0](self.table, self.layout, narrow))

    def numbers(self) -> str:
        """Table of the numbers as a markdown pipe table; none below a frame, which shows them all."""
        if self.kind == FRAME:
            return ""
        if not is_tidy(self.table):
            return frame_pipe(self.table, self.layout.digits + 1)
        headings = {"term": "Variabel", "outcome": "Modell"} if self.kind == "regression" else {}
        return numbers_table(self.table, self.layout.digits + 1, self.layout.rows, headings)

    def csv(self) -> str:
        """Every number of the exhibit, tidy, as CSV with decimal points."""
        if is_tidy(self.table):
            return numbers_csv(self.table)
        return csv_text(self.table)

    def markdown(self) -> str:
        """Write the whole exhibit as Pandoc markdown, its picture as a data address."""
        if not self.is_asked:
            return (
                f"::: {{.exhibit .not-asked #{self.anchor}}}\n**{self.number}.** {self.title}\n\n"
                f"::: {{.exhibit-note}}\n{about(self.table).absent or NOTHING}\n:::\n:::\n"
            )
        shown = self._picture() if self.is_picture else self._grid()
        fold = "Last ned tallene" if self.kind == FRAME else "Vis tallene"
        return (
            f"::: {{.exhibit #{self.anchor}}}\n"
            f"{shown}\n\n"
            f"::: {{.exhibit-note}}\n{self.note}\n:::\n\n"
            f'::: {{.exhibit-numbers title="{fold}"}}\n{self.numbers()}\n:::\n:::\n'
        )

    def _picture(self) -> str:
        picture = "data:image/svg+xml;base64," + base64.b64encode(self.svg().encode()).decode()
        # Within quotation marks nothing is markdown, but a shortcode would be one anywhere.
        alt = self.alt.replace("\\", "/").replace('"', "”").replace("{{", "{ {")
        return f'![**{self.number}.** {self.title}]({picture}){{fig-alt="{alt}"}}'

    def _grid(self) -> str:
        caption = f"::: {{.exhibit-caption}}\n**{self.number}.** {self.title}\n:::"
        return f"{caption}\n\n::: {{.exhibit-table}}\n{both_ways(self.grid)}\n:::"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        record = {
            "id": self.identifier,
            "anchor": self.anchor,
            "title": self.title,
            "alt": self.alt if self.is_asked else "",
            "svg_narrow": self.svg(narrow=True) if self.is_asked else "",
            "note": self.note,
            "unit": self.layout.unit,
            "csv": self.csv(),
            "variables": list(about(self.table).variables),
            "hidden": hidden_rows(self.table) if is_tidy(self.table) else [],
            "estimated": is_estimated(self.table) and (self.own is None or self.own.shows(self.table)),
        }
        return sealed({"text/markdown": self.markdown(), MIME: record})


def exhibit(
    identifier: str,
    table: pd.DataFrame,
    *,
    title: str,
    unit: str = "",
    rows: str = "",
    series: str = "wave",
    columns: str = "",
    panels: str = "",
    kind: str = "dots",
    digits: int | None = None,
    axis: tuple[float, float] = (0.0, math.nan),
    panel_axes: Mapping[str, tuple[float, float]] | None = None,
    own_axes: bool = False,
    heads: Mapping[str, str] | None = None,
    words: Mapping[str, str] | None = None,
    stars: tuple[float, ...] = (0.05, 0.01, 0.001),
    note: str = "",
    figure: object = None,
    alt: str = "",
) -> Exhibit:
    """Make an exhibit of tidy estimates, or of a figure of your own and the numbers behind it.

    Parameters
    ----------
    identifier : str
        The source's number: `fig-16`, `tbl-1`, `fig-k3`, `tbl-vedlegg-2`.
    table : pandas.DataFrame
        Tidy estimates of `mean`, `share` or `curve`; coefficients of `regression`. Beside a figure of your own any
        frame of results, which must come from an estimator, and so must what is drawn.
    title : str
        Caption in bokmål, without the number.
    unit : str
        Label of the value axis.
    rows, series, panels : str
        Columns of the table for rows, for dots, bars, lines or segments within them, and for panels. For curves `rows`
        is not a column but the label of the horizontal axis; for lines it is the column of years or months
        (`2022-10`), `wave` when left out; otherwise, left out, the one column that still tells rows apart. Of a table
        `panels` gives groups of rows; without it, rows that begin alike before a colon (`roller: leder`) are a group.
    columns : str
        Of a table: the column of estimates whose values become its columns.
    kind : str
        `dots`, `curves`, `coefficients`, `lines` (over time), `bars`, `stacked` (shares of a whole), `table`, or
        `regression` (models as columns).
    digits : int
        Decimals printed; 2 in a regression, else 0 when left out.
    axis : tuple of float
        Ends of the value axis; NaN lets the estimates decide.
    panel_axes : mapping of str to tuple of float, optional
        Of lines with axes of their own: ends for the panels that differ from `axis`.
    own_axes : bool
        Of lines: each panel has a value axis of its own; of curves: a horizontal axis of its own.
    heads : mapping of str to str, optional
        Of a table: printed head of each column, in order; keys with the same head share a column, and
        `Group | Head` puts neighbours under a common head.
    words : mapping of str to str, optional
        Of a table: printed words for rows and groups of rows, where the label itself won't do.
    stars : tuple of float
        Of a regression: p-values below which a coefficient gets one, two, three stars.
    note : str
        What a reader must know beyond unit, population and source.
    figure : matplotlib.figure.Figure, what seaborn returns, or callable, optional
        A figure of your own. A function is given axes, and draws on them once for a page and once for a phone; a
        finished figure is scaled.
    alt : str
        Alternative text of a figure of your own; others are written from the estimates.

    Returns
    -------
    Exhibit
        Shows itself when it is a cell's last line.

    Raises
    ------
    ReportError
        The kind, the id or a column is unknown, the table lacks what it needs, or a figure of your own has no
        alternative text.

    Examples
    --------
    >>> by_sector = mean(counsellors, "caseload", by=["sector", "wave"])
    >>> exhibit("fig-s7", by_sector, kind="lines", series="sector", unit="brukere", title="Portefølje og arbeidsgiver")
    Figur S7: Portefølje og arbeidsgiver
    >>> frame = by_sector[["sector", "wave", "estimate"]]
    >>> def draw(ax): sns.barplot(frame, x="wave", y="estimate", hue="sector", ax=ax)
    >>> exhibit("fig-s8", frame, figure=draw, title="Det samme med seaborn", alt="Søyler for portefølje etter år.")
    Figur S8: Det samme med seaborn
    """
    if figure is not None:
        own = own_figure(identifier, figure, alt)
        layout = replace(NONE, unit=unit, digits=digits if digits is not None else 1)
        return _checked(Exhibit(identifier, title, _note(identifier, table, note), table, layout, OWN, own))
    if alt:
        remedy = "leave alt out, or give figure= too"
        raise ReportError("alternative text is written from the estimates", identifier, remedy=remedy)
    if kind not in KINDS and kind not in GRIDS:
        raise ReportError(
            f"«{kind}» is no kind of exhibit", identifier, remedy=f"take one of {', '.join([*KINDS, *GRIDS])}"
        )
    if kind in GRIDS:
        series = columns
    check_table(identifier, table)
    layout = Layout(
        rows or _rows(identifier, table, kind, series, panels), series, panels, unit,
        digits if digits is not None else 2 if kind == "regression" else 0,
        axis, own_axes, heads or {}, words or {}, stars, panel_axes or {},
    )  # fmt: skip
    table = vouched(table)
    columns_of = {"rows": "" if kind == "curves" else layout.rows, "series": series, "panels": panels}
    if kind in GRIDS:
        columns_of["columns"] = columns_of.pop("series")
    if kind != "regression":
        check_columns(identifier, table, columns_of)
    if kind == "lines" and len(table):
        check_times(identifier, table[layout.rows], layout.rows)
    told = regression_note(table, layout) if kind == "regression" and len(table) else ""
    return _checked(Exhibit(identifier, title, _note(identifier, table, note, told), table, layout, kind))


def table(
    frame: pd.DataFrame, identifier: str = "", *, title: str = "", digits: int = 1,
    heads: Mapping[str, str] | None = None, note: str = "",
) -> Exhibit | Frame:
    """Show a frame as a table of the book, with a number of its own or without.

    Parameters
    ----------
    frame : pandas.DataFrame
        Results, which must come from an estimator (`mean`, `share`, `fit`): the press refuses other rows, which could
        be persons. Words first, then numbers: the first column, or a named index, gives the
        rows; where two columns of words come first and the first repeats itself, it gives groups of rows.
    identifier : str, optional
        `tbl-s1`: the table is numbered, can be referred to and downloaded.
    title : str
        Caption in bokmål, without the number.
    digits : int
        Decimals of numbers that are not whole.
    heads : mapping of str to str, optional
        Printed heads of columns; `Group | Head` puts neighbours under a common head.
    note : str
        What a reader must know.

    Returns
    -------
    Exhibit or Frame
        Shows itself when it is a cell's last line: numbers in bokmål, right-aligned, in HTML and PDF.

    Raises
    ------
    ReportError
        It is no frame, has no rows or too few columns, or the id is unknown.

    Examples
    --------
    >>> counts = response(survey)
    >>> table(counts[counts["measure"] == "count"][["item", "wave", "estimate"]], title="Svar", digits=0)
    table: Svar
    """
    name = identifier or "table"
    note = _note(name, frame, note)
    if len(frame.columns) < 2 and (frame.columns.empty or isinstance(frame.index, pd.RangeIndex)):
        raise ReportError("the frame has too few columns", name, remedy="give it words first, then numbers")
    known = frame.reset_index()
    check_columns(name, known, {f"heads, as {column}": column for column in heads or {} if column not in known})
    if not identifier:
        return Frame(title, frame_grid(frame, digits, heads or {}), note, is_estimated(frame))
    return _checked(Exhibit(identifier, title, note, frame, replace(NONE, digits=digits, heads=heads or {}), FRAME))


def _rows(identifier: str, table: pd.DataFrame, kind: str, *taken: str) -> str:
    """The column of rows where none is named."""
    if kind in ("lines", "regression", "curves"):
        return {"lines": "wave", "regression": "term"}.get(kind, "")
    try:
        return open_key(table, *taken, where="rows") if len(table) else ""
    except ReportError as error:
        raise ReportError(error.what, identifier, remedy=error.remedy) from None


def _checked(made: Exhibit) -> Exhibit:
    made.anchor  # noqa: B018 - an unknown id must fail in the cell that wrote it, not in the page
    return made


def _note(identifier: str, table: pd.DataFrame, note: str, told: str = "") -> str:
    """What stands below an exhibit: population, what a reader must know, what is hidden or was not asked, source."""
    check_frame(identifier, table)
    parts = [note]
    if is_tidy(table):
        populations = list(dict.fromkeys(table["population"]))
        parts = [told, f"Utvalg: {'; '.join(map(literal, populations))}." if any(populations) else "", note]
        parts += [told_of_models(table), told_in_note(table, minimum_persons()), *waves_without(table)]
    if is_tidy(table) or about(table).source != About.source:
        parts.append(f"Kilde: {literal(about(table).source)}.")
    return " ".join(part for part in parts if part)
