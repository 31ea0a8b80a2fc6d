"""What a picture shows where: which columns of a table become rows, series and panels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pandas as pd
from matplotlib.figure import Figure

from .style import sentence_case


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


def caption(table: pd.DataFrame, layout: Layout, mark: str) -> str:
    """Unit of the value axis, and what the mark around an estimate means where there is one."""
    shown = table["ci_low"].notna().any()
    return sentence_case(layout.unit) + (f". {mark}: 95 % konfidensintervall" if shown else "")
