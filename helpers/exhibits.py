"""The exhibit: estimates, their picture and their words, shown by one call in a chapter's cell."""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from . import EXHIBIT_MIME as MIME
from . import alt_text, drawing
from .bars import bars, stacked_bars
from .disclosure import minimum_persons
from .grids import Grid, grid_html, grid_typst
from .lines import lines
from .numbers import NO_BREAK_SPACE, nb_list
from .suppression_record import hidden_rows, told_in_note
from .tables import regression_grid, regression_note, table_grid
from .tabulation import numbers_csv, numbers_table
from .vouched import vouched

IDENTIFIER = re.compile(r"(fig|tbl)-(vedlegg-|[ksuv]?)0*([1-9]\d*)")
NOTHING = "Denne utgavens undersøkelser spurte ikke om dette, eller har ingen tidligere undersøkelse å sammenligne med."
WORDS = {"fig": ("figur", "Figur"), "tbl": ("tabell", "Tabell")}
ANNEX = "vedlegg-"
KINDS: dict[str, tuple[drawing.Drawing, Callable[[pd.DataFrame, drawing.Layout], str]]] = {
    "dots": (drawing.interval_dots, alt_text.dots_text),
    "curves": (drawing.bands, alt_text.curves_text),
    "coefficients": (drawing.coefficients, alt_text.dots_text),
    "lines": (lines, alt_text.lines_text),
    "bars": (bars, alt_text.bars_text),
    "stacked": (stacked_bars, alt_text.stacked_text),
}
GRIDS: dict[str, Callable[[pd.DataFrame, drawing.Layout], Grid]] = {
    "table": table_grid,
    "regression": regression_grid,
}


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
    layout : helpers.drawing.Layout
        Columns of the picture.
    kind : str
        One of `KINDS` (pictures) or `GRIDS` (tables).
    """

    identifier: str
    title: str
    note: str
    table: pd.DataFrame
    layout: drawing.Layout
    kind: str

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
            raise ValueError(f"{self.identifier} is no exhibit's id; write fig-16, tbl-1, fig-k3 or tbl-v1")
        return found.group(1), found.group(2), found.group(3)

    @property
    def is_asked(self) -> bool:
        """Whether the edition has any estimate; an item that it did not ask gives a note instead of a picture."""
        return not self.table.empty

    @property
    def is_picture(self) -> bool:
        """Whether it is drawn and not a table."""
        return self.kind in KINDS

    @property
    def alt(self) -> str:
        """Alternative text, from the estimates; a table has none, for it is text."""
        return KINDS[self.kind][1](self.table, self.layout) if self.is_picture else ""

    @property
    def grid(self) -> Grid:
        """Rows and columns of a table."""
        return GRIDS[self.kind](self.table, self.layout)

    def svg(self, narrow: bool = False) -> str:
        """Picture as SVG text, for a page or for a phone; empty for a table."""
        if not self.is_picture:
            return ""
        return drawing.to_svg(KINDS[self.kind][0](self.table, self.layout, narrow))

    def numbers(self) -> str:
        """Table of the numbers as a markdown pipe table."""
        headings = {"group": "Variabel", "category": "Modell"} if self.kind == "regression" else {}
        return numbers_table(self.table, self.layout.digits + 1, self.layout.rows, headings)

    def csv(self) -> str:
        """Every number of the exhibit, tidy, as CSV with decimal points."""
        return numbers_csv(self.table)

    def markdown(self) -> str:
        """Write the whole exhibit as Pandoc markdown, its picture as a data address."""
        if not self.is_asked:
            return (
                f"::: {{.exhibit .not-asked #{self.anchor}}}\n**{self.number}.** {self.title}\n\n"
                f"::: {{.exhibit-note}}\n{self.table.attrs.get('absent', NOTHING)}\n:::\n:::\n"
            )
        shown = self._picture() if self.is_picture else self._grid()
        return (
            f"::: {{.exhibit #{self.anchor}}}\n"
            f"{shown}\n\n"
            f"::: {{.exhibit-note}}\n{self.note}\n:::\n\n"
            f'::: {{.exhibit-numbers title="Vis tallene"}}\n{self.numbers()}\n:::\n:::\n'
        )

    def _picture(self) -> str:
        picture = "data:image/svg+xml;base64," + base64.b64encode(self.svg().encode()).decode()
        alt = self.alt.replace('"', "”")
        return f'![**{self.number}.** {self.title}]({picture}){{fig-alt="{alt}"}}'

    def _grid(self) -> str:
        """The table for each way out: Pandoc's own tables know neither groups of rows nor heads of columns together."""
        grid = self.grid
        return (
            f"::: {{.exhibit-caption}}\n**{self.number}.** {self.title}\n:::\n\n::: {{.exhibit-table}}\n"
            f"```{{=html}}\n{grid_html(grid)}\n```\n\n```{{=typst}}\n{grid_typst(grid)}\n```\n:::"
        )

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
            "variables": list(self.table.attrs.get("variables", ())),
            "hidden": hidden_rows(self.table),
        }
        return {"text/markdown": self.markdown(), MIME: record}


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
) -> Exhibit:
    """Make an exhibit of tidy estimates.

    Parameters
    ----------
    identifier : str
        The source's number: `fig-16`, `tbl-1`, `fig-k3`, `tbl-vedlegg-2`.
    table : pandas.DataFrame
        Tidy estimates of `mean`, `share` or `curve`; coefficients of `regression`.
    title : str
        Caption in bokmål, without the number.
    unit : str
        Label of the value axis.
    rows, series, panels : str
        Columns of the table for rows, for dots, bars, lines or segments within them, and for panels. For curves `rows`
        is not a column but the label of the horizontal axis; for lines it is the column of years or months
        (`2022-10`), `wave` when left out; otherwise `group` when left out. Of a table `panels` gives groups of rows;
        without it, rows that begin alike before a colon (`roller: leder`) are a group.
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

    Returns
    -------
    Exhibit
        Shows itself when it is a cell's last line.

    Raises
    ------
    ValueError
        When the kind or the id is unknown.
    """
    if kind not in KINDS and kind not in GRIDS:
        raise ValueError(f"{kind} is no kind of exhibit; take one of {', '.join([*KINDS, *GRIDS])}")
    if kind in GRIDS:
        series = columns
    layout = drawing.Layout(
        rows or ("wave" if kind == "lines" else "group"), series, panels, unit,
        digits if digits is not None else 2 if kind == "regression" else 0,
        axis, own_axes, heads or {}, words or {}, stars, panel_axes or {},
    )  # fmt: skip
    table = vouched(table)
    populations = list(dict.fromkeys(table["population"]))
    parts = [f"Utvalg: {'; '.join(populations)}." if any(populations) else "", note]
    if kind == "regression" and len(table):
        parts.insert(0, regression_note(table, layout))
    parts.append(told_in_note(table, minimum_persons()))
    parts += _waves_without(table)
    parts.append(f"Kilde: {table.attrs.get('source', 'ukjent')}.")
    made = Exhibit(identifier, title, " ".join(part for part in parts if part), table, layout, kind)
    made.anchor  # noqa: B018 - an unknown id must fail in the cell that wrote it, not in the page
    return made


def _waves_without(table: pd.DataFrame) -> list[str]:
    """Say which waves did not ask for some of the categories."""
    waves = set(table["wave"])
    missing: dict[tuple[object, ...], list[str]] = {}
    for category, part in table.groupby("category", sort=False):
        without = tuple(sorted(waves - set(part["wave"])))
        missing.setdefault(without, []).append(str(category))
    return [
        f"Ikke spurt i {nb_list([str(wave) for wave in without])}: {nb_list(names)}."
        for without, names in missing.items()
        if without
    ]
