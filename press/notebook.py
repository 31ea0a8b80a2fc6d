"""The notebook of a chapter: fenced cells and narrative of a .qmd as a parameterised .ipynb without outputs."""

from __future__ import annotations

import ast
import contextlib
import re
from collections.abc import Iterator
from typing import Any

import nbformat
import yaml

from engine.errors import ReportError
from engine.words.prose import INLINE

FENCE = re.compile(r"^(`{3,}|~{3,})\s*(\{python\}|\S.*)?\s*$")
PARAMETER = "survey_year"
MAGIC = re.compile(r"\s*(?:[!%]|\w[\w, ]*=\s*[!%])")
OPTION = re.compile(r"^#\|\s*([\w-]+):\s*(.*)$")
PROSE_OPENING, PROSE_CLOSING = '#| echo: false\nprose(r"""\n', '\n""")'


def to_notebook(text: str, name: str) -> nbformat.NotebookNode:
    """Turn a chapter's text into a notebook."""
    cells: list[Any] = []
    labels: list[str] = []
    parameters: list[str] = []
    front_matter, body, first_line = _split_front_matter(text, name)
    if front_matter:
        cells.append(nbformat.v4.new_raw_cell(front_matter))
    for kind, content in _pieces(body, name, first_line):
        if kind == "code":
            _refuse_magics(content, text, name)
            options = _options(content, name, len(cells) + 1)
            metadata = {"tags": list(options["tags"])} if "tags" in options else {}
            cells.append(nbformat.v4.new_code_cell(content, metadata=metadata))
            parameters += [content] if "parameters" in metadata.get("tags", []) else []
            labels += [str(options["label"])] if "label" in options else []
        elif INLINE.search(content):
            cells.append(_prose_cell(content, name))
        else:
            cells.append(nbformat.v4.new_markdown_cell(content))
    twice = sorted({label for label in labels if labels.count(label) > 1})
    if twice:
        raise ReportError(
            f"cell labels used twice: {', '.join(twice)}",
            where=name,
            count=len(twice),
            remedy="give each cell its own label",
        )
    _check_parameters(parameters, name)
    for number, cell in enumerate(cells):
        cell["id"] = f"celle-{number:03d}"
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel, "language_info": {"name": "python"}})


def dumps(notebook: nbformat.NotebookNode) -> str:
    """Write a notebook as text that is the same on every machine."""
    return str(nbformat.writes(notebook, version=4)).rstrip("\n") + "\n"


def cell_options(source: str) -> dict[str, Any]:
    """Quarto's options at the top of a cell (`#| key: value`)."""
    lines = []
    for line in source.splitlines():
        found = OPTION.match(line)
        if not found:
            break
        lines.append(f"{found.group(1)}: {found.group(2)}")
    return dict(yaml.safe_load("\n".join(lines)) or {}) if lines else {}


def _options(source: str, name: str, number: int) -> dict[str, Any]:
    """Options of a cell that somebody has just written."""
    where = f"{name}, cell {number}"
    try:
        options = cell_options(source)
    except (yaml.YAMLError, TypeError, ValueError):
        raise ReportError("a cell's options are not valid YAML", where, 1, "mend its lines with #|") from None
    if not isinstance(options.get("tags", []), list):
        raise ReportError("a cell's tags are no list", where, 1, "write them as #| tags: [name]")
    return options


def _refuse_magics(source: str, text: str, name: str) -> None:
    """Refuse commands to the shell and to IPython: Python alone is what a reader can rerun anywhere."""
    with contextlib.suppress(SyntaxError):
        ast.parse(source)
        return
    for number, line in enumerate(source.splitlines()):
        if MAGIC.match(line):
            first = text.count("\n", 0, max(text.find(source), 0)) + 1
            where = f"{name}, line {first + number}"
            raise ReportError("a command that is no Python (! or %)", where, 1, "write it in Python")


def _check_parameters(cells: list[str], name: str) -> None:
    """Refuse a parameter that no command would ever set, and a second cell of them, which would never be set."""
    remedy = f"keep one cell with {PARAMETER} = None"
    if len(cells) > 1:
        raise ReportError("several cells are tagged parameters", name, len(cells), remedy)
    assigned = re.findall(r"^(\w+)\s*(?::[^=]+)?=", "\n".join(cells), re.M)
    unknown = sorted(set(assigned) - {PARAMETER})
    if unknown:
        where = f"{name}, parameters cell"
        raise ReportError(f"unknown parameters: {', '.join(unknown)}", where, len(unknown), remedy)


def prose_text(source: str) -> str | None:
    """Narrative held by a prose cell, or None for any other cell."""
    if source.startswith(PROSE_OPENING) and source.endswith(PROSE_CLOSING):
        return source[len(PROSE_OPENING) : -len(PROSE_CLOSING)]
    return None


def _prose_cell(content: str, name: str) -> nbformat.NotebookNode:
    if '"""' in content:
        raise ReportError("three double quotes in the narrative", where=name, remedy="write them as «»")
    return nbformat.v4.new_code_cell(
        PROSE_OPENING + content + PROSE_CLOSING, metadata={"jupyter": {"source_hidden": True}, "tags": ["prose"]}
    )


def _split_front_matter(text: str, name: str) -> tuple[str, str, int]:
    found = re.match(r"---\n(.*?)\n---\n", text, re.S)
    if not found:
        return "", text, 1
    try:
        yaml.safe_load(found.group(1))
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 2
        raise ReportError(
            "front matter is not valid YAML", where=f"{name}, line {line}", remedy="mend that line"
        ) from None
    return found.group(0).rstrip("\n"), text[found.end() :], 1 + found.group(0).count("\n")


def _pieces(body: str, name: str, first_line: int) -> Iterator[tuple[str, str]]:
    """Yield («code» or «text», content). Narrative is cut at headings that stand outside of divs."""
    gathered: list[str] = []
    fence, opened, is_cell, depth = "", 0, False, 0

    def flush() -> Iterator[tuple[str, str]]:
        content = "\n".join(gathered).strip("\n")
        gathered.clear()
        if content.strip():
            yield ("code" if is_cell else "text"), content

    for number, line in enumerate(body.splitlines(), first_line):
        found = FENCE.match(line)
        if fence:
            if found and found.group(1).startswith(fence) and not found.group(2):
                if is_cell:
                    yield from flush()
                    fence, is_cell = "", False
                    continue
                fence = ""
            gathered.append(line)
        elif found:
            fence, opened = found.group(1), number
            if found.group(2) == "{python}":
                yield from flush()
                is_cell = True
            else:
                gathered.append(line)
        else:
            if line.startswith(":::"):
                depth += -1 if re.fullmatch(r":{3,}\s*", line) else 1
            if line.startswith("#") and depth == 0:
                yield from flush()
                yield "text", line
            else:
                gathered.append(line)
    if fence:
        raise ReportError("a fenced block is not closed", where=f"{name}, line {opened}", remedy=f"end it with {fence}")
    yield from flush()
