"""Lists of figures and tables, from what the chapters' runs emitted."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from engine.data.survey import open_survey

from .other_runs import other_runs
from .project import Project
from .stage import exhibits_of

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


def lists_nb(survey_year: int | None = None, project: Project | None = None) -> str:
    """Write both lists in bokmål.

    Parameters
    ----------
    survey_year : int or None
        Survey year; None for the newest wave.
    project : Project, optional
        The book; this one by default.

    Returns
    -------
    str
        Markdown: a section each, a linked line an exhibit.
    """
    found = titles(other_runs(open_survey(survey_year).year, project))
    parts = []
    for prefix, heading in HEADINGS.items():
        lines = [f"- {reference(name)}: {title}" for name, title in found.items() if name.startswith(prefix)]
        if lines:
            listed = "\n".join(lines)
            # Print puts its own list here, with page numbers.
            listed = f'::: {{.exhibit-list kind="{prefix}"}}\n{listed}\n:::'
            parts += [f"## {heading} {{#sec-liste-{heading.lower()}}}", listed]
    return "\n\n".join(parts)


def reference(identifier: str) -> str:
    """Cross-reference to an exhibit: `fig-07` is written `@fig-7`."""
    prefix, _, number = identifier.partition("-")
    return f"@{prefix}-{number.lstrip('0')}"
