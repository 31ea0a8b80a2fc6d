"""What a chapter that failed says: which cell, and how much of its words may be told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpers.errors import ReportError

from .project import Chapter

if TYPE_CHECKING:
    from nbformat import NotebookNode


def failure(chapter: Chapter, source: str, kind: str, words: str, explain: bool) -> ReportError:
    """Tell which cell failed and, where `explain` allows it, in which words."""
    told = words if explain or kind == "ReportError" else "its words are withheld because they could hold data"
    what = f"{kind}: {told}".rstrip(": ")
    return ReportError(what, where=_place(chapter, source), remedy="mend the cell and build again")


def stopped(chapter: Chapter, source: str, what: str) -> ReportError:
    """Tell that a cell was ended without an error of its own."""
    return ReportError(what, where=_place(chapter, source), count=1, remedy="mend the cell and build again")


def refuse_errors(chapter: Chapter, executed: NotebookNode, explain: bool) -> None:
    """Refuse a run that a cell ended early.

    Parameters
    ----------
    chapter : Chapter
        Which chapter.
    executed : NotebookNode
        Its executed notebook.
    explain : bool
        As in `execute`.

    Raises
    ------
    ReportError
        A cell holds an error: papermill takes an exit for an end.
    """
    for cell in executed.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                raise failure(chapter, cell.source, output.ename, output.evalue, explain)


def _place(chapter: Chapter, source: str) -> str:
    """Name a chapter and one of its cells, by label or first line."""
    from .notebook import cell_options, prose_text

    label = cell_options(source).get("label") or (prose_text(source) or source).strip().partition("\n")[0][:60]
    return f"chapters {chapter.slug}" + (f", cell «{label}»" if label else "")
