"""Outlines of chapters: the lines that other pages' references need, so that a page need not read the whole book."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from engine.errors import ReportError

FOLDER = "_outline"
# What theme/filters/exhibits.lua looks for when it scans a chapter; it needs fences to know what is code.
FRONT_MATTER = re.compile(r"\A\s*---\n.*?\n---[^\n]*\n?", re.S)
SECTION = re.compile(r"^#+\s[^\n]*\{[^{}\n]*#(sec-[\w-]+)[^{}\n]*\}", re.M)
FENCED = re.compile(r"^\s*```.*?^\s*```[^\n]*$", re.M | re.S)
TOLD = re.compile(r"^\s*```|^#\|\s*label:|^#+\s|\{[^{}]*#(?:figur|tabell)-[\w-]+[^{}]*\}")


def write_outline(folder: Path, source: str) -> None:
    """Write the outline of a staged chapter to `_outline/`, under the chapter's own name."""
    target = folder / FOLDER / source
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(outline((folder / source).read_text(encoding="utf-8")), encoding="utf-8")


def outline(notebook: str) -> str:
    """Give of a notebook's text the front matter, headings, labels, fences and anchors of exhibits."""
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


def check_sections(folder: Path, sources: list[str]) -> None:
    """Refuse two sections of one id: a reference could not tell which one is meant."""
    found: dict[str, list[str]] = {}
    for source in sources:
        text = FENCED.sub("", (folder / FOLDER / source).read_text(encoding="utf-8"))
        for name in SECTION.findall(text):
            found.setdefault(name, []).append(source.removesuffix(".ipynb"))
    twice = {name: places for name, places in found.items() if len(places) > 1}
    if twice:
        where = ", ".join(sorted({place for places in twice.values() for place in places}))
        what = f"ids of sections used twice: {', '.join(sorted(twice))}"
        raise ReportError(what, where, len(twice), "mend the chapter's text and build again")


def _joined(text: Any) -> str:
    return "".join(text) if isinstance(text, list) else str(text)
