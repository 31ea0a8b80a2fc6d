"""The exhibit: estimates, their picture and their words, shown by one call in a chapter's cell."""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from . import EXHIBIT_MIME as MIME
from . import alt_text, drawing
from .disclosure import minimum_persons
from .numbers import NO_BREAK_SPACE, nb_list
from .tabulation import numbers_csv, numbers_table

IDENTIFIER = re.compile(r"(fig|tbl)-([kv]?)0*([1-9]\d*)")
WORDS = {"fig": ("figur", "Figur"), "tbl": ("tabell", "Tabell")}
KINDS: dict[str, tuple[drawing.Drawing, Callable[[pd.DataFrame, drawing.Layout], str]]] = {
    "dots": (drawing.interval_dots, alt_text.dots_text),
    "curves": (drawing.bands, alt_text.curves_text),
    "coefficients": (drawing.coefficients, alt_text.dots_text),
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
        One of `KINDS`.
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
        return f"{WORDS[prefix][1]}{NO_BREAK_SPACE}{letter.upper()}{number}"

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
    def alt(self) -> str:
        """Alternative text, from the estimates."""
        return KINDS[self.kind][1](self.table, self.layout)

    def svg(self, narrow: bool = False) -> str:
        """Picture as SVG text, for a page or for a phone."""
        return drawing.to_svg(KINDS[self.kind][0](self.table, self.layout, narrow))

    def numbers(self) -> str:
        """Table of the numbers as a markdown pipe table."""
        return numbers_table(self.table, self.layout.digits + 1, self.layout.rows)

    def csv(self) -> str:
        """Every number of the exhibit, tidy, as CSV with decimal points."""
        return numbers_csv(self.table)

    def markdown(self) -> str:
        """Write the whole exhibit as Pandoc markdown, its picture as a data address."""
        if not self.is_asked:
            return (
                f"::: {{.exhibit .not-asked #{self.anchor}}}\n**{self.number}.** {self.title}\n\n"
                f"::: {{.exhibit-note}}\nSpørsmålet ble ikke stilt i denne utgavens undersøkelser.\n:::\n:::\n"
            )
        picture = "data:image/svg+xml;base64," + base64.b64encode(self.svg().encode()).decode()
        alt = self.alt.replace('"', "”")
        return (
            f"::: {{.exhibit #{self.anchor}}}\n"
            f'![**{self.number}.** {self.title}]({picture}){{fig-alt="{alt}"}}\n\n'
            f"::: {{.exhibit-note}}\n{self.note}\n:::\n\n"
            f'::: {{.exhibit-numbers title="Vis tallene"}}\n{self.numbers()}\n:::\n:::\n'
        )

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        record = {
            "id": self.identifier,
            "anchor": self.anchor,
            "title": self.title,
            "alt": self.alt if self.is_asked else "",
            "svg_narrow": self.svg(narrow=True) if self.is_asked else "",
            "csv": self.csv(),
        }
        return {"text/markdown": self.markdown(), MIME: record}


def exhibit(
    identifier: str,
    table: pd.DataFrame,
    *,
    title: str,
    unit: str,
    rows: str = "group",
    series: str = "wave",
    panels: str = "",
    kind: str = "dots",
    digits: int = 0,
    axis: tuple[float, float] = (0.0, math.nan),
    note: str = "",
) -> Exhibit:
    """Make an exhibit of tidy estimates.

    Parameters
    ----------
    identifier : str
        The source's number: `fig-16`, `tbl-1`, `fig-k3`.
    table : pandas.DataFrame
        Tidy estimates of `mean`, `share` or `curve`.
    title : str
        Caption in bokmål, without the number.
    unit : str
        Label of the value axis.
    rows, series, panels : str
        Columns of the table for rows, dots or lines within them, and panels. For curves `rows` is not a column but the
        label of the horizontal axis.
    kind : {"dots", "curves", "coefficients"}
        How it is drawn.
    digits : int
        Decimals printed.
    axis : tuple of float
        Ends of the value axis; NaN lets the estimates decide.
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
    if kind not in KINDS:
        raise ValueError(f"{kind} is no kind of picture; take one of {', '.join(KINDS)}")
    populations = list(dict.fromkeys(table["population"]))
    parts = [f"Utvalg: {'; '.join(populations)}." if populations != [""] else "", note]
    if table["suppressed"].any():
        parts.append(f"Anslag som bygger på færre enn {minimum_persons()} svar, er skjult.")
    parts += _waves_without(table)
    parts.append(f"Kilde: {table.attrs.get('source', 'ukjent')}.")
    made = Exhibit(
        identifier, title, " ".join(part for part in parts if part), table,
        drawing.Layout(rows, series, panels, unit, digits, axis), kind,
    )  # fmt: skip
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
