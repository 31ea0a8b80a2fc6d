"""Lists of figures and tables, from what the chapters' runs emitted."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from engine.outputs import exhibits_of

from ..titles import reference

HEADINGS = {"fig": "Figurer", "tbl": "Tabeller"}


def titles(notebooks: Iterable[Path]) -> dict[str, str]:
    """Read the titles of all exhibits.

    Parameters
    ----------
    notebooks : iterable of Path
        Executed chapters.

    Returns
    -------
    dict
        Exhibit id to title, in the book's order; without numbers that only the text tells.
    """
    records = [record for path in notebooks for record in exhibits_of(path)]
    return {record["id"]: record["title"] for record in records if record["title"]}


def lists_nb(notebooks: Iterable[Path]) -> str:
    """Write both lists in bokmål: a section each, a linked line an exhibit, as markdown."""
    found = titles(notebooks)
    parts = []
    for prefix, heading in HEADINGS.items():
        lines = [f"- {reference(name)}: {title}" for name, title in found.items() if name.startswith(prefix)]
        if lines:
            listed = "\n".join(lines)
            # Print puts its own list here, with page numbers.
            listed = f'::: {{.exhibit-list kind="{prefix}"}}\n{listed}\n:::'
            parts += [f"## {heading} {{#sec-liste-{heading.lower()}}}", listed]
    return "\n\n".join(parts)
