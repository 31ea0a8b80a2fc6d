"""The project folder: where things lie, and which chapters make the book."""

from __future__ import annotations

import hashlib
import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from engine.errors import ReportError

INCLUDE = re.compile(r"^\{\{<\s*include\s+(\S+)\s*>\}\}[ \t]*$", re.M)
# Beside these two shortcodes none is known to all ways out; a picture that no exhibit made is copied nowhere.
REFUSED = (
    ("a NUL character", re.compile("\0"), "take it out; the file may be damaged"),
    ("a shortcode that is not read here", re.compile(r"\{\{<(?!\s*(?:include\s+/_made/|var\s+made\.))"),
     "write {{< include file.qmd >}} on a line of its own, or plain text"),
    ("a picture that no page would show", re.compile(r"!\[[^\]\n]*\]\((?!data:)[^)\n]*\)"),
     'show it as an exhibit: exhibit("fig-s1", table, figure=fig, alt="…", title="…")'),
)  # fmt: skip
# What the press writes into a page about the book itself.
MADE = re.compile(r"\{\{<\s*(?:include\s+/_made/|var\s+made\.)")
# `git archive` fills this file in, by `.gitattributes`; in a clone it holds only placeholders.
ARCHIVAL = ".git_archival.txt"
EXPORTED = re.compile(r"^date: (\d{4}-\d\d-\d\d)$", re.M)
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Chapter:
    """One source file of the book."""

    path: Path
    name: str

    @property
    def slug(self) -> str:
        """Last part of the name: `04-ressurser-og-tid`."""
        return self.name.rpartition("/")[2]

    @property
    def text(self) -> str:
        """Source text, with its includes put in; a ReportError where no page could hold it as it is."""
        root = self.path.parents[self.name.count("/")].resolve()
        text = _included(self.path, root, ())
        _check(text, self.path.name)
        return text


def _included(path: Path, root: Path, around: tuple[Path, ...]) -> str:
    """Text of a source with the files that it includes, which may include others."""
    text = _text(path)

    def included(match: re.Match[str]) -> str:
        if match.group(1).startswith("/_made/"):
            return match.group(0)
        target = (path.parent / match.group(1)).resolve()
        where = f"{path.name}, line {text.count(chr(10), 0, match.start()) + 1}"
        named = f"included file {match.group(1)}"
        if not target.is_relative_to(root) or target.suffix not in (".qmd", ".md"):
            raise ReportError(f"{named} is no text of the book", where, remedy="include a .qmd or .md of the project")
        if not target.is_file():
            raise ReportError(f"{named} is missing", where, remedy="write it or mend the name")
        if target in (*around, path.resolve()):
            raise ReportError(f"{named} includes itself", where, remedy="break the circle")
        return _included(target, root, (*around, path.resolve())).strip()

    return INCLUDE.sub(included, text)


def _check(text: str, name: str) -> None:
    """Refuse what would stand in a page as it is written, or break it."""
    if not text.strip():
        raise ReportError("the chapter is empty", name, remedy="write it or take it off the list")
    if text.startswith("---\n") and not re.search(r"^(---|\.\.\.)\s*$", text[4:], re.M):
        raise ReportError("the front matter has no end", f"{name}, line 1", remedy="close it with a line of ---")
    for what, pattern, remedy in REFUSED:
        found = pattern.search(text)
        if found:
            line = text.count("\n", 0, found.start()) + 1
            raise ReportError(what, f"{name}, line {line}", len(pattern.findall(text)), remedy)


def is_made(chapter: Chapter) -> bool:
    """Whether a chapter is about the book itself: the press fills its places when the others have run."""
    return MADE.search(chapter.text) is not None


@dataclass(frozen=True)
class Project:
    """A folder with `_quarto.yml` and the chapters that it lists.

    Attributes
    ----------
    root : Path
        The folder.
    """

    root: Path = ROOT

    @property
    def settings(self) -> dict[str, Any]:
        """Content of `_quarto.yml`.

        Raises
        ------
        ReportError
            When it is missing, no valid YAML or no mapping.
        """
        path = self.root / "_quarto.yml"
        try:
            loaded = yaml.safe_load(_text(path))
        except FileNotFoundError:
            remedy = "copy it from the project's repository"
            raise ReportError("the book's settings are missing", path.name, remedy=remedy) from None
        except yaml.YAMLError as error:
            line = getattr(getattr(error, "problem_mark", None), "line", -1) + 1
            raise ReportError("not valid YAML", where=f"_quarto.yml, line {line}", remedy="mend that line") from None
        if not isinstance(loaded, dict):
            raise _no_chapters()
        return loaded

    @property
    def chapters(self) -> list[Chapter]:
        """The book's chapters in order.

        Raises
        ------
        ReportError
            When there is no list, or a file of it is missing or listed twice.
        """
        listed: list[str] = []
        try:
            entries = self.settings["book"]["chapters"]
            for entry in entries:
                listed += [entry] if isinstance(entry, str) else list(entry["chapters"])
        except (KeyError, TypeError):
            raise _no_chapters() from None
        if not listed or isinstance(entries, str) or not all(isinstance(name, str) for name in listed):
            raise _no_chapters()
        twice = sorted({name for name in listed if listed.count(name) > 1})
        if twice:
            raise ReportError(
                f"chapters listed twice: {', '.join(twice)}", "_quarto.yml", len(twice), "list each of them once"
            )
        outside = [name for name in listed if not (self.root / name).resolve().is_relative_to(self.root.resolve())]
        if outside:
            raise ReportError(
                f"chapters listed from outside of the book: {', '.join(outside)}", "_quarto.yml", len(outside),
                "put the file into the project",
            )  # fmt: skip
        missing = [name for name in listed if not (self.root / name).is_file()]
        if missing:
            raise ReportError(
                f"chapters listed but not there: {', '.join(missing)}", where="_quarto.yml", count=len(missing),
                remedy="write the file or take it off the list",
            )  # fmt: skip
        return [Chapter(self.root / name, name.removesuffix(".qmd")) for name in listed]

    def chapter(self, wanted: str) -> Chapter:
        """Find a chapter by number, slug or file name.

        Parameters
        ----------
        wanted : str
            `4`, `04`, `04-ressurser-og-tid`, `chapters/04-ressurser-og-tid.qmd` or `notebooks/04-….ipynb`.

        Returns
        -------
        Chapter

        Raises
        ------
        ReportError
            When none or several fit.
        """
        key = Path(wanted).name.removesuffix(".qmd").removesuffix(".ipynb")
        key = f"{int(key):02d}-" if key.isdecimal() else key
        found = [c for c in self.chapters if c.slug == key] or [c for c in self.chapters if c.slug.startswith(key)]
        if len(found) != 1:
            raise ReportError(
                f"{len(found)} chapters fit «{wanted}»", where="_quarto.yml", count=len(found),
                remedy="take one of " + ", ".join(chapter.slug for chapter in self.chapters),
            )  # fmt: skip
        return found[0]

    def notebook_path(self, chapter: Chapter) -> Path:
        """Where the chapter's parameterised notebook is kept."""
        return self.root / "notebooks" / f"{chapter.slug}.ipynb"

    @property
    def date(self) -> str:
        """ISO date of the newest commit: the same commit gives the same bytes on any day.

        An exported source says it itself: it may lie inside of another repository. Without git it is the date of
        `CITATION.cff`.
        """
        exported = self.root / ARCHIVAL
        told = EXPORTED.search(_text(exported)) if exported.is_file() else None
        if told:
            return told[1]
        done = subprocess.run(
            ["git", "-C", str(self.root), "log", "-1", "--format=%cs"], capture_output=True, text=True, check=False
        )
        if done.returncode == 0 and done.stdout.strip():
            return done.stdout.strip()
        citation = yaml.safe_load((self.root / "CITATION.cff").read_text(encoding="utf-8"))
        return str(citation["date-released"])

    @property
    def cache(self) -> Path:
        """Folder for runs and staging of synthetic data; never committed."""
        return self.root / "_cache"


def _text(path: Path) -> str:
    try:
        # Some editors begin a file with a mark, which is no part of it.
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        if path.suffix != ".qmd":
            raise
        raise ReportError("the chapter's file is not there", path.name, 1, "write it or take it off the list") from None
    except UnicodeDecodeError:
        raise ReportError("the file is not in UTF-8", path.name, 1, "save it as UTF-8") from None


def _no_chapters() -> ReportError:
    remedy = "list the .qmd files under book: chapters:, or under chapters: of a part"
    return ReportError("no list of chapters", "_quarto.yml, book: chapters:", remedy=remedy)


def digest(paths: Iterable[Path], *more: str) -> str:
    """SHA-256 over the names and bytes of files, in the order given, and over further words."""
    total = hashlib.sha256()
    for path in paths:
        try:
            total.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
        except (FileNotFoundError, IsADirectoryError):
            remedy = "copy it from the project's repository"
            raise ReportError("a file of the book is missing", path.name, 1, remedy) from None
    for word in more:
        total.update(word.encode() + b"\0")
    return total.hexdigest()
