"""The register's codebook: tables, columns, codes and labels."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from engine.errors import ReportError

CODEBOOK = Path(__file__).resolve().parents[2] / "data" / "codebook" / "register.csv"
COLUMNS = ("table", "name", "label_nb", "type", "codes", "blank", "note")
TYPES = ("id", "integer", "numeric", "date", "month", "year", "binary", "categorical")
DERIVED, POPULATION = "derived", "population"


@dataclass(frozen=True)
class Column:
    """One row of the codebook.

    Attributes
    ----------
    table, name, label : str
        Raw table (or `derived`), column, bokmål label as figures print it.
    type : str
        One of `TYPES`.
    codes : dict of int to str
        Labels in the order of axes; empty where there are none.
    may_be_blank : bool
        Whether a cell may be empty.
    """

    table: str
    name: str
    label: str
    type: str
    codes: dict[int, str]
    may_be_blank: bool


@dataclass(frozen=True)
class RegisterCodebook:
    """All columns, in the file's order."""

    columns: tuple[Column, ...]

    @property
    def tables(self) -> list[str]:
        """Raw tables."""
        return [name for name in dict.fromkeys(column.table for column in self.columns) if name != DERIVED]

    def of(self, table: str) -> list[Column]:
        """Columns of a table."""
        return [column for column in self.columns if column.table == table]

    def __getitem__(self, name: str) -> Column:
        """Return a variable of persons: a derived one, or one of the monthly person file."""
        for column in self.columns:
            if column.name == name and column.table in (DERIVED, "person_month"):
                return column
        raise ReportError(f"the codebook has no variable «{name}»", "data/codebook/register.csv", remedy="add it there")

    def labelled(self, cells: pd.DataFrame) -> pd.DataFrame:
        """Turn codes into ordered labels."""
        result = cells.copy()
        for name in cells.columns:
            if name in self and self[name].type == "categorical":
                codes = self[name].codes
                result[name] = pd.Categorical(cells[name].map(codes), list(codes.values()), ordered=True)
        return result

    def __contains__(self, name: object) -> bool:
        """Tell whether persons have a variable."""
        return any(column.name == name and column.table in (DERIVED, "person_month") for column in self.columns)


def read_register_codebook(path: Path = CODEBOOK) -> RegisterCodebook:
    """Read and check the codebook."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = []
    for number, row in enumerate(rows, start=2):
        coded = row["type"] in ("binary", "categorical")
        if row["type"] not in TYPES or coded != bool(row["codes"]) or row["blank"] not in ("yes", "no"):
            where = f"{path.name}, line {number}"
            raise ReportError("the type, the codes or blank (yes or no) is wrong", where, remedy="correct the row")
        parts = (part.partition("=") for part in filter(None, row["codes"].split("|")))
        codes = {int(code): label for code, _, label in parts}
        columns.append(Column(row["table"], row["name"], row["label_nb"], row["type"], codes, row["blank"] == "yes"))
    return RegisterCodebook(tuple(columns))
