"""The one way from a cell to a page: what helpers made goes on, anything else is dropped and named, never repeated."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from engine.errors import ReportError, raise_together
from engine.outputs import EXHIBIT_MIME, OPEN_MIME, TABLE_MIME, unsealed

from .failures import MAKE_EXHIBIT, PICTURE, SHOWN, place_of
from .notebook import cell_options, prose_text

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from .project import Chapter
    from .runs import Run

# Metadata of an executed notebook: cells with something that may not go on, and what it is.
REFUSED = "refused"
# How pandas marks a frame that shows itself.
FRAME = 'class="dataframe"'
BARE_PICTURE, BARE_FRAME = "picture", "frame"
OTHER, PRINTED, NOT_ESTIMATED, TOLD, INLINE = "other", "printed", "not estimated", "told", "inline"
# What stops any build, because an author meant it to be seen and nobody would.
BARE = {
    BARE_PICTURE: ("a figure that no page shows: it has no number, no numbers behind it and no alternative text",
                   MAKE_EXHIBIT),
    BARE_FRAME: ("a bare frame, which is no table of the book",
                 'end the cell with table(frame, title="…"), of results and never of persons'),
}  # fmt: skip
RESULTS = "give it what an estimator returned, or a frame made of that; described(frame, about(table)) says of which"
KINDS = {
    **BARE,
    OTHER: ("an output that is no exhibit, no table of the book and no sentence",
            'end the cell with exhibit(…), table(frame, title="…") or supplement(…), of estimates, never of persons'),
    PRINTED: ("printed words, which no page shows", "take print out, or say it in a sentence"),
    NOT_ESTIMATED: ("a table or figure whose rows no estimator has made: they could be persons", RESULTS),
    INLINE: ("an inline value that no helper wrote", "write a number with nb(table, …), names with names(…), a name of "
             "the data with highest(…) or lowest(…)"),
    TOLD: ("prose in a cell of code", "write the sentence between the cells, its values as inline expressions"),
}  # fmt: skip


def admit(notebook: NotebookNode, secret: bytes) -> None:
    """Drop all outputs that helpers did not make, and list in the metadata what of them a page would have shown.

    Parameters
    ----------
    notebook : NotebookNode
        A run; changed in place.
    secret : bytes
        What its kernel sealed with.
    """
    refused = []
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        judged = [(output, *_judged(cell.source, output, secret)) for output in cell.outputs]
        cell.outputs = [_bare(output, data) for output, data, _ in judged if data]
        options = cell_options(cell.source)
        faults = [fault for _, _, fault in judged if fault]
        if SHOWN.search(cell.source):
            faults.append(BARE_PICTURE)
        if options.get("include") is not False:
            refused += [{"cell": place_of(cell.source), "what": fault} for fault in dict.fromkeys(faults)]
    notebook.metadata.pop(REFUSED, None)
    if refused:
        notebook.metadata[REFUSED] = refused


def _judged(source: str, output: NotebookNode, secret: bytes) -> tuple[dict[str, Any] | None, str]:
    """What of an output goes on, and what is wrong with it."""
    if output.output_type == "stream":
        # Libraries warn on the other stream, of which nothing is kept.
        return None, PRINTED if output.name == "stdout" and output.text.strip() else ""
    data = output.get("data", {})
    told = unsealed(data, secret)
    if told is None:
        return None, _kind(data)
    record = told.get(EXHIBIT_MIME) or told.get(TABLE_MIME)
    if record is not None and not record.get("estimated"):
        return told, INLINE if "expressions" in record else NOT_ESTIMATED
    if record is None and OPEN_MIME not in told and not _is_narrative(source):
        return None, TOLD
    return told, ""


def _is_narrative(source: str) -> bool:
    """Whether a cell is what the press made of a chapter's narrative, and not code that only begins and ends so."""
    text = prose_text(source)
    return text is not None and '"""' not in text


def _bare(output: NotebookNode, data: Mapping[str, Any]) -> NotebookNode:
    from nbformat import NotebookNode

    output.data, output.metadata = NotebookNode(data), NotebookNode()
    return output


def _kind(data: Mapping[str, Any]) -> str:
    """Name what helpers did not make."""
    if EXHIBIT_MIME in data:
        return OTHER
    # What matplotlib and seaborn call a picture in words counts as one.
    if any(kind.startswith("image/") for kind in data) or PICTURE.search(str(data.get("text/plain", ""))):
        return BARE_PICTURE
    return BARE_FRAME if FRAME in str(data.get("text/html", "")) else OTHER


def problems(chapter: Chapter, metadata: Mapping[str, Any]) -> list[ReportError]:
    """Tell what a chapter's cells show that no page may, by chapter, cell and remedy."""
    found = [(entry["cell"], *KINDS[entry["what"]]) for entry in metadata.get(REFUSED, [])]
    return [ReportError(what, f"chapters {chapter.slug}{cell}", 1, remedy) for cell, what, remedy in found]


def refuse_outputs(chapter: Chapter, executed: NotebookNode) -> None:
    """Refuse a run, of real data, with outputs that helpers did not make."""
    raise_together(problems(chapter, executed.metadata), f"chapters {chapter.slug}")


def refuse_bare(chapter: Chapter, executed: NotebookNode) -> None:
    """Refuse a figure that no page would show, and a frame that is no table of the book, whatever the data is."""
    bare = [entry for entry in executed.metadata.get(REFUSED, []) if entry["what"] in BARE]
    raise_together(problems(chapter, {REFUSED: bare[:1]}), f"chapters {chapter.slug}")


def warnings(runs: Iterable[Run]) -> list[str]:
    """Say of each run what would stop a build of real data."""
    found = []
    for run in runs:
        metadata = json.loads(run.output.read_text(encoding="utf-8"))["metadata"]
        found += [f"warning: {problem}" for problem in problems(run.chapter, metadata)]
    return found
