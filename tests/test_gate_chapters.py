"""Each chapter of the book passes the gate: what would stop a build of real data is an error here."""

from __future__ import annotations

import ast
import contextlib
import io
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode

from engine.words.prose import prose
from press.gate import admit, problems
from press.notebook import prose_text, to_notebook
from press.project import Chapter, Project, is_made

SECRET = b"of this run"
CHAPTERS = [chapter for chapter in Project().chapters if not is_made(chapter) and "{python}" in chapter.text]


def executed(chapter: Chapter) -> NotebookNode:
    """A chapter's cells and sentences in this process, each with what it shows."""
    book = to_notebook(chapter.text, chapter.name)
    names: dict[str, Any] = {"In": []}
    for cell in book.cells:
        if cell.cell_type == "code":
            told, shown = io.StringIO(), None
            with contextlib.redirect_stdout(told):
                shown = value_of(cell.source, chapter.name, names)
            names["In"].append(cell.source)
            cell.outputs = [output for output in (printed(told.getvalue()), display(shown)) if output]
    return book


def value_of(source: str, name: str, names: dict[str, Any]) -> Any:
    text = prose_text(source)
    if text is not None:
        return prose(text, names)
    *before, last = ast.parse(source).body or [ast.Pass()]
    rest = [] if isinstance(last, ast.Expr) else [last]
    exec(compile(ast.Module([*before, *rest], []), name, "exec"), names)
    return eval(compile(ast.Expression(last.value), name, "eval"), names) if isinstance(last, ast.Expr) else None


def printed(text: str) -> NotebookNode | None:
    return nbformat.v4.new_output("stream", name="stdout", text=text) if text else None


def display(value: Any) -> NotebookNode | None:
    """As IPython shows a last line."""
    if value is None:
        return None
    bundle = value._repr_mimebundle_() if hasattr(value, "_repr_mimebundle_") else {"text/plain": repr(value)}
    return nbformat.v4.new_output("display_data", data=bundle)


def through(chapter: Chapter, monkeypatch: pytest.MonkeyPatch, root: Path) -> list[str]:
    monkeypatch.setattr("engine.outputs._secrets", [SECRET])
    monkeypatch.setenv("REPORT_DATA", str(root))
    book = executed(chapter)
    admit(book, SECRET)
    assert any(cell.get("outputs") for cell in book.cells), "a chapter shows something"
    return [str(problem) for problem in problems(chapter, book.metadata)]


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.slug)
def test_a_chapter_shows_what_helpers_made_and_nothing_else(
    chapter: Chapter, twin_root: Path, register_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = register_root if "open_register(" in chapter.text else twin_root
    assert through(chapter, monkeypatch, root) == []
