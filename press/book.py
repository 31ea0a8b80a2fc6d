"""The staged book as its renderers read it: what it is, its chapters in order, and a chapter as markdown."""

from __future__ import annotations

import datetime
import json
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from engine.data.registers import day_nb
from engine.errors import ReportError

FRONT_MATTER = re.compile(r"\A\s*---\n(.*?)\n---\s*(?:\n|\Z)", re.S)
HEADING = re.compile(r"\A\s*#\s+([^\n]+)\n?")
ATTRIBUTES = re.compile(r"\s*\{([^{}]*)\}\s*$")
OPTION = re.compile(r"^#\|\s?(.*)$")
REFERENCES = re.compile(r"^:{3,}\s*\{[^}]*#refs\b", re.M)
KINDS = {"synthetic": "Syntetiske data", "real": "Virkelige data"}


@dataclass(frozen=True)
class StagedChapter:
    """One chapter: source (relative to the book), title (markdown), id of the title, part it stands in, body, language.

    The language is empty where it is the book's; `# Summary {#sec-english lang=en}` gives another one.
    """

    source: str
    title: str
    identifier: str
    part: str
    body: str
    language: str = ""

    @property
    def page(self) -> str:
        """Address of the chapter's page in the site, as Quarto would give it."""
        return str(PurePosixPath(self.source).with_suffix(".html"))

    @property
    def notebook(self) -> str:
        """Where the chapter's notebook lies in the book, if it has one."""
        return f"notebooks/{PurePosixPath(self.source).stem}.ipynb"

    @property
    def is_front(self) -> bool:
        """Whether this is the book's front page."""
        return self.page == "index.html"


@dataclass(frozen=True)
class Register:
    """The register that some of a book's pages rest on: its kind, what it is called, and those pages' names."""

    kind: str
    title: str
    pages: tuple[str, ...]


@dataclass(frozen=True)
class StagedBook:
    """A staged book: its folder, its words for title pages and footers, its chapters in reading order."""

    root: Path
    title: str
    subtitle: str
    authors: tuple[str, ...]
    language: str
    bibliography: tuple[str, ...]
    csl: str
    chapters: tuple[StagedChapter, ...]
    survey_year: str
    data_kind: str
    data_title: str
    version: str
    build_date: datetime.date | None
    address: str = ""
    register: Register | None = None

    def synthetic_title(self, chapter: StagedChapter | None = None) -> str:
        """Name the synthetic data that a chapter, or the whole book, rests on; empty where all of it is real."""
        register = self.register or Register("", "", ())
        of_register = chapter is not None and chapter.source.rsplit(".", 1)[0] in register.pages
        parts = [] if of_register else [(self.data_kind, self.data_title)]
        parts += [(register.kind, register.title)] if of_register or chapter is None else []
        return ". ".join(title or "Tallene er oppdiktet" for kind, title in parts if kind == "synthetic")

    @property
    def kind_nb(self) -> str:
        """What the data is, in bokmål."""
        return KINDS.get(self.data_kind, self.data_kind)

    @property
    def references_page(self) -> str:
        """Page that holds the reference list (`#refs`), or empty."""
        return next((chapter.page for chapter in self.chapters if REFERENCES.search(chapter.body)), "")

    @property
    def date_text(self) -> str:
        """Build date in bokmål: «1. mars 2025»."""
        day = self.build_date
        return day_nb(day) if day else ""

    @property
    def footer(self) -> str:
        """Year, data kind, version and build date in one line."""
        parts = [
            f"Undersøkelsesår {self.survey_year}" if self.survey_year else "",
            self.kind_nb,
            f"Versjon {self.version}" if self.version else "",
            self.date_text,
        ]
        return " · ".join(part for part in parts if part)


def read_staged(root: Path) -> StagedBook:
    """Read a staged book."""
    settings = _settings(root)
    book = settings.get("book") or {}
    report = settings.get("report") or {}
    authors = book.get("author") or []
    chapters = _listed(book.get("chapters") or [], "")
    chapters += _listed(book.get("appendices") or [], "Vedlegg")
    echo = (settings.get("execute") or {}).get("echo", True)
    bibliography = settings.get("bibliography") or []
    return StagedBook(
        root=root,
        title=str(book.get("title", "")),
        subtitle=str(book.get("subtitle") or ""),
        authors=tuple(_author_name(author) for author in (authors if isinstance(authors, list) else [authors])),
        language=str(settings.get("lang", "nb")),
        bibliography=tuple(bibliography if isinstance(bibliography, list) else [bibliography]),
        csl=str(settings.get("csl") or ""),
        chapters=tuple(_chapter(root, source, part, bool(echo)) for source, part in chapters),
        survey_year=str(report.get("survey_year", "")),
        data_kind=str(report.get("data_kind", "")),
        data_title=str(report.get("data_title", "")),
        version=str(report.get("version", "")),
        build_date=_date(report.get("build_date") or book.get("date")),
        address=_address(book.get("site-url")),
        register=_register(report.get("register") or {}),
    )


def _register(report: dict[str, Any]) -> Register | None:
    pages = tuple(str(page) for page in report.get("pages") or ())
    return Register(str(report.get("kind", "")), str(report.get("title", "")), pages) if pages else None


def _address(written: object) -> str:
    """Where the book will be published, with a slash at its end; empty when that is not known."""
    return f"{str(written).rstrip('/')}/" if written else ""


def _settings(root: Path) -> dict[str, Any]:
    path = root / "_quarto.yml"
    if not path.is_file():
        raise ReportError("the staged book has no _quarto.yml", where=root.name, remedy="stage the book first")
    settings = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(settings, dict):
        raise ReportError("_quarto.yml holds no settings", where=root.name, remedy="stage the book again")
    return settings


def _date(value: Any) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def _author_name(author: Any) -> str:
    return str(author.get("name", "")) if isinstance(author, dict) else str(author)


def _listed(entries: list[Any], part: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for entry in entries:
        if isinstance(entry, dict) and "part" in entry:
            found += _listed(entry.get("chapters") or [], str(entry["part"]))
        elif isinstance(entry, dict):
            found.append((str(entry.get("file") or entry.get("href")), part))
        else:
            found.append((str(entry), part))
    return found


def _chapter(root: Path, source: str, part: str, echo: bool) -> StagedChapter:
    path = root / source
    if not path.is_file():
        raise ReportError("a chapter is missing from the staged book", where=source, remedy="stage the book again")
    text = notebook_markdown(path, echo) if path.suffix == ".ipynb" else path.read_text(encoding="utf-8")
    title = ""
    if found := FRONT_MATTER.match(text):
        try:
            title = str((yaml.safe_load(found.group(1)) or {}).get("title") or "")
        except (yaml.YAMLError, AttributeError) as error:
            raise ReportError("the front matter is no YAML", source, remedy="mend its first lines") from error
        text = text[found.end() :]
    if not title and (heading := HEADING.match(text)):
        title, text = heading.group(1).strip(), text[heading.end() :]
    identifier = language = ""
    if attributes := ATTRIBUTES.search(title):
        title = title[: attributes.start()]
        named = re.search(r"#([\w-]+)", attributes.group(1))
        identifier = named.group(1) if named else ""
        spoken = re.search(r"\blang=[\"']?([\w-]+)", attributes.group(1))
        language = spoken.group(1) if spoken else ""
    return StagedChapter(source, title or path.stem, identifier, part, text, language)


def notebook_markdown(path: Path, echo: bool = True) -> str:
    """Write an executed notebook as markdown, with the divs that Quarto makes of cells."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    except (ValueError, KeyError, TypeError) as error:
        raise ReportError("the file is no notebook", where=path.name, remedy="run the chapter again") from error
    pieces = []
    for number, cell in enumerate(cells, start=1):
        source = joined(cell.get("source", ""))
        if cell["cell_type"] == "code":
            pieces.append(_code_cell(cell, source, echo, f"{path.name}, cell {number}"))
        else:
            pieces.append(source)
    return "\n\n".join(piece.strip("\n") for piece in pieces if piece.strip()) + "\n"


def joined(text: Any) -> str:
    """Text of a notebook's cell or output, which may be kept as a list of lines."""
    return "".join(text) if isinstance(text, list) else str(text)


def _code_cell(cell: dict[str, Any], source: str, echo: bool, where: str) -> str:
    lines = source.split("\n")
    count = next((i for i, line in enumerate(lines) if not OPTION.match(line)), len(lines))
    options: dict[str, Any] = yaml.safe_load("\n".join(OPTION.sub(r"\1", line) for line in lines[:count])) or {}
    tags = (cell.get("metadata") or {}).get("tags") or []
    if options.get("include", True) is False or "remove-cell" in tags:
        return ""
    parts = []
    code = "\n".join(lines[count:]).strip("\n")
    if options.get("echo", echo) is not False and code:
        parts.append(_fenced(code, "{.python .cell-code}"))
    if options.get("output", True) is not False:
        shown = [_output(output, options, where) for output in cell.get("outputs") or []]
        parts += [f"::: {{.cell-output}}\n{text}\n:::" for text in shown if text]
    return "::: {.cell}\n" + "\n\n".join(parts) + "\n:::" if parts else ""


def _fenced(code: str, attributes: str = "") -> str:
    ticks = "`" * (max([2, *(len(run) for run in re.findall("`+", code))]) + 1)
    return f"{ticks} {attributes}\n{code}\n{ticks}".replace(" \n", "\n", 1)


def _output(output: dict[str, Any], options: dict[str, Any], where: str) -> str:
    kind = output.get("output_type")
    if kind == "error":
        raise ReportError("the cell failed", where=where, remedy="run the chapter and mend the cell")
    if kind == "stream":
        hidden = output.get("name") == "stderr" and options.get("warning", True) is False
        return "" if hidden else _fenced(joined(output.get("text", "")).rstrip("\n"))
    data = output.get("data") or {}
    if "text/markdown" in data:
        return joined(data["text/markdown"]).strip("\n")
    if "text/html" in data:
        return _fenced(joined(data["text/html"]), "{=html}")
    if "text/plain" in data and not any(name.startswith("image/") for name in data):
        return _fenced(joined(data["text/plain"]))
    raise ReportError("the cell's output can't be shown", where=where, remedy="show it as an exhibit")
