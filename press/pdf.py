"""The printed book: all staged chapters as one Typst document, compiled to PDF/UA-1."""

from __future__ import annotations

import datetime
import json
import re
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import typst
import yaml

from engine.errors import ReportError
from press.book import StagedBook, StagedChapter, read_staged
from press.page_cache import kept
from press.renderers import MARKDOWN, convert

from .pages import citation_settings, shown_title

FIRST_DATE = datetime.date(1980, 1, 1)
# Marks the chapter that lists figures and tables: press/made/lists.py.
LISTS = "{.exhibit-list "


def render_pdf(staged: Path, out_file: Path, keep: Path | None = None) -> None:
    """Render a staged book as one PDF/UA-1."""
    book = read_staged(staged)
    source = typst_source(book, keep)
    day = book.build_date or FIRST_DATE
    stamp = datetime.datetime(day.year, day.month, day.day, tzinfo=datetime.UTC)
    options: dict[str, Any] = {
        "root": str(staged),
        "font_paths": [str(staged / "theme" / "fonts")],
        "ignore_system_fonts": True,
        "pdf_standards": ["ua-1"],
        "timestamp": int(stamp.timestamp()),
    }
    try:
        pdf = typst.compile(source.encode(), format="pdf", **options)
    except (typst.TypstError, RuntimeError) as error:
        said = " ".join(str(error).replace(f"{staged}/", "").split())
        raise ReportError(f"Typst: {said}", where="the PDF", remedy="mend the chapter or figure it names") from error
    out_file.parent.mkdir(parents=True, exist_ok=True)
    out_file.write_bytes(pdf)


def typst_source(book: StagedBook, keep: Path | None = None) -> str:
    """Write the whole book as one Typst document."""
    blocks: list[Any] = []
    version: list[int] = []
    part = ""
    for chapter in _reading_order(book):
        parsed = json.loads(_parsed(_headed(book, chapter), chapter.source, keep))
        version = parsed["pandoc-api-version"]
        attributes = ["", ["book-chapter"], [["page", chapter.source]]]
        starts = chapter.part not in ("", part)
        part = chapter.part
        blocks.append(_typst(_chapter_start(book, chapter, starts)))
        blocks.append({"t": "Div", "c": [attributes, parsed["blocks"]]})
    settings = {"lang": book.language, "book-root": str(book.root)} | citation_settings(book)
    front_matter = "---\n" + yaml.safe_dump(settings, allow_unicode=True) + "---\n"
    meta = json.loads(convert(front_matter, {"from": MARKDOWN, "to": "json"}, "_quarto.yml"))["meta"]
    filters = book.root / "theme" / "filters"
    options = {
        "from": "json",
        "to": "typst",
        "standalone": True,
        "template": str(book.root / "theme" / "book.typ"),
        "filters": [
            {"type": "lua", "path": str(filters / "exhibits.lua")},
            {"type": "citeproc"},
            {"type": "lua", "path": str(filters / "standalone.lua")},
        ],
        "variables": _variables(book),
        "wrap": "preserve",
    }
    document = {"pandoc-api-version": version, "meta": meta, "blocks": blocks}
    return convert(json.dumps(document), options, "the PDF")


def _parsed(text: str, where: str, keep: Path | None) -> str:
    """A chapter as Pandoc's JSON: no file is read for it, so its text decides it."""
    key = "\0".join(["json", MARKDOWN, version("pypandoc_binary"), text]).encode()
    return kept(keep, key, lambda: convert(text, {"from": MARKDOWN, "to": "json"}, where))


def _reading_order(book: StagedBook) -> list[StagedChapter]:
    """Chapters as print has them: the lists of figures and tables go before the text, where a reader looks for them."""
    lists = [replace(chapter, part="") for chapter in book.chapters if LISTS in chapter.body]
    return lists + [chapter for chapter in book.chapters if LISTS not in chapter.body]


def _chapter_start(book: StagedBook, chapter: StagedChapter, starts_part: bool) -> str:
    """What comes before a chapter: its part's name or a new page, its depth among the headings, its language."""
    start = f"#part({_string(chapter.part)})" if starts_part else "#chapter-start"
    language = (chapter.language or book.language).split("-")[0]
    return f'{start}\n#set heading(offset: {int(bool(chapter.part))})\n#set text(lang: "{language}")'


def _typst(code: str) -> dict[str, Any]:
    return {"t": "RawBlock", "c": ["typst", code]}


def _headed(book: StagedBook, chapter: StagedChapter) -> str:
    """The chapter's markdown under its own title, with the id that links to the chapter go to."""
    identifier = chapter.identifier or re.sub(r"\W+", "-", chapter.source.rsplit(".", 1)[0], flags=re.ASCII)
    title = shown_title(book, chapter) if chapter.is_front else chapter.title
    return f"# {title} {{#{identifier}}}\n\n{chapter.body}"


def _variables(book: StagedBook) -> dict[str, Any]:
    day = book.build_date or FIRST_DATE
    texts = {
        "book-title": book.title,
        "book-subtitle": book.subtitle,
        "authors-line": ", ".join(book.authors),
        "synthetic": book.synthetic_title(),
        "footer": book.footer,
        "description-text": ". ".join(filter(None, [book.subtitle or book.title, book.kind_nb])),
        "language-text": book.language.split("-")[0],
    }
    variables: dict[str, Any] = {name: _string(text) for name, text in texts.items() if text}
    variables["author-text"] = [_string(author) for author in book.authors]
    variables["date-typst"] = f"datetime(year: {day.year}, month: {day.month}, day: {day.day})"
    facts = {"Undersøkelsesår": book.survey_year, "Data": book.kind_nb, "Versjon": book.version, "Dato": book.date_text}
    variables["facts"] = [{"name": _string(name), "value": _string(value)} for name, value in facts.items() if value]
    if any(chapter.part for chapter in book.chapters):
        variables["parts"] = True
    return variables


def _string(text: str) -> str:
    """Write a text as a Typst string, which no mark-up can enter."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
