"""Estimates that the text tells beside an exhibit, shown under a fold and checked like the exhibit's own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pandas as pd

from . import EXHIBIT_MIME as MIME
from .suppression_record import hidden_rows
from .tabulation import numbers_csv, numbers_table
from .tidy import stack
from .vouched import vouched

BESIDE = re.compile(r"text(-[a-z-]+)?|(fig|tbl)-[kv]?\d+\+")


@dataclass(frozen=True)
class Supplement:
    """Estimates that the text tells beside an exhibit, under a fold."""

    identifier: str
    table: pd.DataFrame
    digits: int

    def __repr__(self) -> str:
        """Number only: the estimates stand in the markdown."""
        return f"{self.identifier}: {len(self.table)} estimates"

    @property
    def anchor(self) -> str:
        """Id in the page: `tall-fig-25-i-teksten`."""
        return f"tall-{self.identifier.removesuffix('+')}-i-teksten"

    def markdown(self) -> str:
        """Folded table as Pandoc markdown; where the edition has no estimate, a mark that the book's filter reads."""
        if self.table.empty:
            return f"<!-- not asked: {self.anchor} -->\n"
        return (
            f'::: {{.exhibit-numbers #{self.anchor} title="Vis tallene bak teksten"}}\n'
            f"{numbers_table(self.table, self.digits, 'ved')}\n:::\n"
        )

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        record = {
            "id": self.identifier, "anchor": self.anchor, "title": "", "alt": "", "svg_narrow": "", "note": "",
            "csv": numbers_csv(self.table), "variables": list(self.table.attrs.get("variables", ())),
            "hidden": hidden_rows(self.table),
        }  # fmt: skip
        return {"text/markdown": self.markdown(), MIME: record}


def supplement(identifier: str, *tables: pd.DataFrame, digits: int = 1) -> Supplement:
    """Show the estimates that the text tells without a figure, folded, so that they can be checked too.

    Parameters
    ----------
    identifier : str
        The exhibit beside which they stand with a plus (`fig-25+`), or `text-…`.
    *tables : pandas.DataFrame
        Tidy estimates, put below each other.
    digits : int
        Decimals shown.

    Returns
    -------
    Supplement
        Shows itself when it is a cell's last line.

    Raises
    ------
    ValueError
        When the id is not of that form.
    """
    if not BESIDE.fullmatch(identifier):
        raise ValueError(f"{identifier} is no id of numbers in the text; write fig-25+ or text-…")
    return Supplement(identifier, vouched(stack(*tables)), digits)
