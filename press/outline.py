"""Outlines of chapters: the lines that other pages' references need, so that a page need not read the whole book."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from helpers.errors import ReportError

FOLDER = "_outline"
# What theme/filters/exhibits.lua looks for when it scans a chapter; it needs fences to know what is code.
FRONT_MATTER = re.compile(r"\A\s*---\n.*?\n---[^\n]*\n?", re.S)
# What can be referred to: ids of headings and of exhibits.
IDENTIFIER = re.compile(r"^[^`\n]*\{[^{}\n]*#((?:sec|figur|tabell)-[\w-]+)[^{}\n]*\}", re.M)
TOLD = re.compile(r"^\s*```|^#\|\s*label:|^#+\s|\{[^{}]*#(?:figur|tabell)-[\w-]+[^{}]*\}")


def write_outline(folder: Path, source: str) -> None:
    """Write the outline of a staged chapter to `_outline/`, under the chapter's own name.

    Parameters
    ----------
    folder : Path
        The staged book.
    source : str
        The chapter's notebook in it: `chapters/04-ressurser-og-tid.ipynb`.
    """
    target = folder / FOLDER / source
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(outline((folder / source).read_text(encoding="utf-8")), encoding="utf-8")


def outline(notebook: str) -> str:
    """Give of a notebook's text the front matter, headings, labels, fences and anchors of exhibits.

    Parameters
    ----------
    notebook : str
        Content of a staged .ipynb.

    Returns
    -------
    str
        The same targets of references as the whole chapter, in the same order.
    """
    parts: list[str] = []
    for cell in json.loads(notebook)["cells"]:
        parts.append(_joined(cell.get("source", "")))
        for output in cell.get("outputs", []):
            if "text/markdown" in output.get("data", {}):
                parts.append(_joined(output["data"]["text/markdown"]))
    text = "\n".join(parts)
    front = FRONT_MATTER.match(text)
    kept = [front.group(0).rstrip("\n")] if front else []
    kept += [line for line in text[front.end() if front else 0 :].split("\n") if TOLD.search(line)]
    return "\n".join(kept) + "\n"


def refuse_shared_ids(folder: Path, sources: Iterable[str]) -> None:
    """Refuse a book in which two chapters give the same id: a reference to it would lead to either.

    Parameters
    ----------
    folder : Path
        The staged book.
    sources : iterable of str
        The chapters' notebooks in it.

    Raises
    ------
    ReportError
        Ids that more than one chapter has, with the chapters. Within a chapter Pandoc tells.
    """
    places: dict[str, list[str]] = {}
    for source in sources:
        text = (folder / FOLDER / source).read_text(encoding="utf-8")
        for identifier in sorted(set(IDENTIFIER.findall(text))):
            places.setdefault(identifier, []).append(source.removesuffix(".ipynb"))
    shared = {identifier: found for identifier, found in places.items() if len(found) > 1}
    if shared:
        where = ", ".join(sorted({name for found in shared.values() for name in found}))
        remedy = "mend them: an id stands once in the book"
        raise ReportError(f"ids given by several chapters: {', '.join(sorted(shared))}", where, len(shared), remedy)


def _joined(text: Any) -> str:
    return "".join(text) if isinstance(text, list) else str(text)
