"""Every rule of the register, and the cells of V1–V4, as the SQL that BigQuery would get; without connecting to it.

Needs `pip install sqlframe`. `python bench/bigquery.py [FILE]` writes the statements and tells what BigQuery lacks.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import narwhals as nw
from sqlframe.standalone import StandaloneSession

from engine.register import register as opening
from engine.register.engines import Frame
from engine.register.raw import Month, read_register_codebook
from engine.register.regressions import SPECIFICATIONS

TYPES = {"numeric": "double", "date": "date", "month": "string"}
DATES = {"registered_from", "registered_to", "from_date", "to_date", "contact_date", "period_end", "before"}
# What sqlframe writes and BigQuery does not know, or not for dates; each has a word of BigQuery's own.
LACKING = {r"\bISNULL\(": "ISNULL(x), which is x IS NULL", r"\bTIMESTAMP_ADD\(": "TIMESTAMP_ADD of a date: DATE_ADD"}


class Writer:
    """An engine that keeps the SQL of each frame instead of its rows."""

    def __init__(self) -> None:
        settings = {"sqlframe.execution.dialect": "bigquery"}
        self.session: Any = StandaloneSession.builder.config(map=settings).getOrCreate()
        self.statements: list[str] = []

    def table(self, name: str, columns: dict[str, str]) -> Frame:
        """Tell of a table."""
        self.session.catalog.add_table(name, columns)
        frame: Frame = nw.from_native(self.session.table(name))
        return frame

    def keep(self, frame: Frame) -> Frame:
        """Write a frame as a statement that makes a table; the next rule reads from that."""
        name = f"kept_{len(self.statements) + 1}"
        self.statements.append(f"CREATE TEMP TABLE {name} AS\n{frame.to_native().sql(dialect='bigquery')}")
        kinds = {column: "date" if column in DATES else "bigint" for column in frame.columns}
        return self.table(name, kinds)

    def count(self, frame: Frame) -> int:
        """Count nothing: there are no rows."""
        return 0


def statements() -> list[str]:
    """Write all rules and the cells of all regressions."""
    writer, codebook = Writer(), read_register_codebook()
    tables = {name: {column.name: TYPES.get(column.type, "bigint") for column in codebook.of(name)}
              for name in codebook.tables}  # fmt: skip
    raw = {name: writer.table(name, columns) for name, columns in tables.items()}
    months = [Month(2021, 2), Month(2021, 3), Month(2021, 4)]
    about: Any = SimpleNamespace(source="")
    engine: Any = writer
    register = opening._built(about, codebook, engine, raw, months, months[:1])
    people = register._samples[opening.PANEL]
    for one in SPECIFICATIONS.values():
        for column in one.columns:
            names = dict.fromkeys([*column.terms, "county_merged"])
            chosen = people.filter(nw.col("service_group").is_in(list(column.groups))).group_by(*names)
            cells = chosen.agg(persons=nw.len(), positive=nw.col(one.outcome).cast(nw.Int64).sum())
            writer.statements.append(cells.to_native().sql(dialect="bigquery"))
    return writer.statements


def main() -> None:
    """Write the statements, and say what stands between them and BigQuery."""
    written = statements()
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(";\n\n".join(written) + ";\n", encoding="utf-8")
    print(f"{len(written)} statements")
    for pattern, words in LACKING.items():
        found = sum(bool(re.search(pattern, statement)) for statement in written)
        print(f"{found} of them have {words}")


if __name__ == "__main__":
    main()
