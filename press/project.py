"""The project folder: where things lie, and which chapters make the book."""

from __future__ import annotations

import ast
import hashlib
import json
import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from os.path import normpath
from pathlib import Path
from typing import Any

import yaml

from engine.data.manifest import FILE
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
        outside = [name for name in listed if not Path(normpath(self.root / name)).is_relative_to(self.root)]
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
        found = EXPORTED.search(_text(exported)) if exported.is_file() else None
        if found:
            return found[1]
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


FACE = ROOT / "helpers"
ROOMS = ("helpers", "engine")
WORD = re.compile(r"[A-Za-z_]\w*")
MODULE = re.compile(r"\b((?:helpers|engine)(?:\.\w+)+)")
FILE_YEAR = re.compile(r"_(\d{4})\.")
# Every kernel has these, whatever its chapter says: a notebook's narrative is a call of `prose`, figures have a style.
ALWAYS = ("engine/errors.py", "engine/words/prose.py", "engine/exhibits/style.py")


def is_executed(text: str) -> bool:
    """Whether a chapter has anything to execute."""
    return "{python}" in text


def reached_files(text: str) -> list[Path]:
    """Find the modules of `helpers` and `engine` that a chapter's code can reach.

    Notes
    -----
    A chapter imports all helpers with a star, and so runs every module; but a module of ours does nothing when it is
    imported except define names (a test holds them to that).
    """
    if not is_executed(text):
        return []
    faces = [FACE / "__init__.py", *(path for path in _faces() if f"helpers.{path.stem}" in text)]
    words = set(WORD.findall(text))
    homes = [_home(path, path.read_bytes()) for path in faces]
    todo = [ROOT / name for name in ALWAYS] + [home[word] for home in homes for word in words & home.keys()]
    for dotted in MODULE.findall(text):
        todo += [path for path in _absolute(dotted) if path.parent != FACE]
    found = set(faces)
    while todo:
        path = todo.pop()
        if path not in found:
            found.add(path)
            todo += _imported(path, path.read_bytes())
    return sorted(found)


def _faces() -> list[Path]:
    return [path for path in FACE.glob("*.py") if path.stem != "__init__"]


@cache
def _home(face: Path, source: bytes) -> dict[str, Path]:
    """Names that a face offers, and the module of each."""
    nodes = [node for node in ast.parse(source).body if isinstance(node, ast.ImportFrom)]
    return {alias.name: _absolute(f"{node.module}")[-1] for node in nodes if _absolute(f"{node.module}")
            for alias in node.names}  # fmt: skip


@cache
def _imported(path: Path, source: bytes) -> tuple[Path, ...]:
    """Modules of ours that a module imports, wherever it does."""
    files: list[Path] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                files += _absolute(alias.name)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            for alias in node.names:
                files += _absolute(f"{node.module}.{alias.name}")
        elif isinstance(node, ast.ImportFrom):
            home = path.parents[node.level - 1]
            for alias in node.names:
                files += _module(home, [*(node.module or "").split("."), alias.name])
    return tuple(files)


def _absolute(name: str) -> list[Path]:
    first, *rest = name.split(".")
    return _module(ROOT / first, rest) if first in ROOMS else []


def _module(home: Path, names: list[str]) -> list[Path]:
    """Files of a dotted name: its packages' own and its module's; what follows are names in it."""
    files = [home / "__init__.py"]
    for name in filter(None, names):
        if (home / name / "__init__.py").is_file():
            home = home / name
            files.append(home / "__init__.py")
        elif (home / f"{name}.py").is_file():
            return [*files, home / f"{name}.py"]
    return files


def data_digests(text: str, year: int, data: Path) -> str:
    """Tell what the raw files are that a chapter opens, from the manifest of the data root."""
    if not is_executed(text) or ("open_register(" in text and "open_survey(" not in text):
        return ""
    manifest = json.loads((data / FILE).read_text(encoding="utf-8"))
    series = "open_series(" in text
    manifest["files"] = {
        name: record
        for name, record in manifest["files"].items()
        if (series if name.startswith("series/") else not _later(name, year))
    }
    return json.dumps(manifest, sort_keys=True)


def _later(name: str, year: int) -> bool:
    found = FILE_YEAR.search(name)
    return found is not None and int(found.group(1)) > year
