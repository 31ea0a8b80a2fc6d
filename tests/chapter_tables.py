"""A chapter's exhibits without a kernel: its cells executed here, for tests that need what it emits."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pandas as pd

from engine.outputs import EXHIBIT_MIME
from ledger.comparison import read_estimates
from press.notebook import prose_text, to_notebook
from press.project import Project


def shown(slug: str, year: int | None) -> list[Any]:
    """Execute a chapter's cells; the values of their last lines. The data root is REPORT_DATA's."""
    chapter = Project().chapter(slug)
    names: dict[str, Any] = {}
    values = []
    for cell in to_notebook(chapter.text, chapter.name).cells:
        if cell.cell_type != "code" or prose_text(cell.source) is not None:
            continue
        tree = ast.parse(cell.source)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, Path(chapter.path).name, "exec"), names)
        if "parameters" in cell.metadata.get("tags", []):
            names["survey_year"] = year
        if last is not None:
            values.append(eval(compile(ast.Expression(last.value), Path(chapter.path).name, "eval"), names))
    return values


def emitted_tables(slug: str, year: int | None = None) -> dict[str, pd.DataFrame]:
    """A chapter's estimates by exhibit, as the ledger reads them."""
    records = [value._repr_mimebundle_()[EXHIBIT_MIME] for value in shown(slug, year)
               if hasattr(value, "_repr_mimebundle_")]  # fmt: skip
    return {record["id"]: read_estimates(record["csv"]) for record in records}
