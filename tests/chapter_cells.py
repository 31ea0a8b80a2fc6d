"""Chapters' code, cell by cell in this process, without the narrative: for tests of what chapters estimate."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from engine.estimates.models import Fit
from press.notebook import prose_text, to_notebook
from press.project import MADE, ROOT

AGAIN = '::: {.callout-note title="Etterprøv selv"}'
CHAPTERS = sorted((ROOT / "chapters").glob("*.qmd"))


def reads_the_book(text: str) -> bool:
    """Whether a chapter is about the book itself, and is made by the press."""
    return MADE.search(text) is not None


def shown(name: str, book: dict[str, Any]) -> Iterator[Any]:
    """Execute a chapter's cells among the names of `book`; yields what each cell's last line gives."""
    book.setdefault("survey_year", None)
    for cell in to_notebook((ROOT / "chapters" / f"{name}.qmd").read_text(encoding="utf-8"), name).cells:
        if cell.cell_type != "code" or prose_text(cell.source) is not None or "parameters" in str(cell.metadata):
            continue
        *before, last = ast.parse(cell.source).body or [ast.Pass()]
        exec(compile(ast.Module([*before], []), name, "exec"), book)
        if isinstance(last, ast.Expr):
            yield eval(compile(ast.Expression(last.value), name, "eval"), book)
        else:
            exec(compile(ast.Module([last], []), name, "exec"), book)


def again(name: str) -> str:
    """The code of «Etterprøv selv» at a chapter's end; empty where there is none."""
    _, found, text = (ROOT / "chapters" / f"{name}.qmd").read_text(encoding="utf-8").partition(AGAIN)
    return text.partition("```{.python .cell-code}\n")[2].partition("```")[0] if found else ""


@contextmanager
def fitted() -> Iterator[list[Fit]]:
    """Gather every model that is fitted, whoever fits it."""
    found: list[Fit] = []
    made = Fit.__init__

    def gathers(self: Fit, *given: Any, **named: Any) -> None:
        made(self, *given, **named)
        found.append(self)

    with patch.object(Fit, "__init__", gathers):
        yield found
