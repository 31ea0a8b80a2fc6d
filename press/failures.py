"""Failures of a chapter's run: which cell, what kind, and in which words it may be told."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from engine.errors import ReportError
from engine.outputs import OPEN_MIME

from .project import Chapter

if TYPE_CHECKING:
    from nbformat import NotebookNode

REMEDY = "mend the cell and build again"
# What a figure, its axes or what was drawn on them is as a cell's last line; and what shows a figure to nobody.
MAKE_EXHIBIT = 'end the cell with exhibit("fig-s1", table, figure=fig, alt="…", title="…")'
PICTURE = re.compile(r"<(Figure|Axes|seaborn\.|matplotlib\.|Barcontainer)", re.IGNORECASE)
SHOWN = re.compile(r"\b(plt|pyplot|fig|figure)\.show\(")


def failure(chapter: Chapter, source: str, kind: str, words: str, explain: bool) -> ReportError:
    """Tell which cell failed and, where `explain` allows it, in which words."""
    if kind == "ReportError":
        # Holds no data, and needs no name.
        return ReportError(words.rstrip("."), _place(chapter, source), remedy=REMEDY)
    told = words if explain else "its words are withheld because they could hold data"
    return ReportError(f"{kind}: {told}".rstrip(": "), _place(chapter, source), remedy=REMEDY)


def stopped(chapter: Chapter, begun: list[str], what: str) -> ReportError:
    """Tell that a cell was ended without an error of its own."""
    return ReportError(what, _place(chapter, begun[-1] if begun else ""), 1, REMEDY)


def refuse_errors(chapter: Chapter, executed: NotebookNode, explain: bool) -> None:
    """Refuse a run that a cell ended early: papermill takes `sys.exit(0)` for an end."""
    for cell in executed.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                raise failure(chapter, cell.source, output.ename, output.evalue, explain)


def refuse_drawings(chapter: Chapter, executed: NotebookNode) -> None:
    """Refuse a chapter with a drawing that stands open at its end: no cell has made it an exhibit."""
    begun: dict[int, str] = {}
    still: list[int] = []
    for cell in executed.cells:
        for output in cell.get("outputs", []):
            if OPEN_MIME in output.get("data", {}):
                still = list(output["data"][OPEN_MIME])
                begun = {number: cell.source for number in still} | begun
    if still:
        raise ReportError(
            "a drawing that no page shows: no cell makes it an exhibit", _place(chapter, begun[still[0]]), len(still),
            MAKE_EXHIBIT + ", or close the drawing",
        )  # fmt: skip


def place_of(source: str) -> str:
    """Name a cell in a chapter's message, by label or first line; nothing of one without text."""
    from .notebook import cell_options, prose_text

    label = cell_options(source).get("label") or (prose_text(source) or source).strip().partition("\n")[0][:60]
    return f", cell «{label}»" if label else ""


def _place(chapter: Chapter, source: str) -> str:
    return f"chapters {chapter.slug}{place_of(source)}"
