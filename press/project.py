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

from helpers.errors import ReportError

INCLUDE = re.compile(r"^\{\{<\s*include\s+(\S+)\s*>\}\}[ \t]*$", re.M)
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Chapter:
    """One source file of the book.

    Attributes
    ----------
    path : Path
        The .qmd file.
    name : str
        Its path without ending, as Quarto's output has it: `index`, `chapters/04-ressurser-og-tid`.
    """

    path: Path
    name: str

    @property
    def slug(self) -> str:
        """Last part of the name: `04-ressurser-og-tid`."""
        return self.name.rpartition("/")[2]

    @property
    def text(self) -> str:
        """Source text, with its includes put in.

        Raises
        ------
        ReportError
            When an included file is missing.
        """

        def included(match: re.Match[str]) -> str:
            target = self.path.parent / match.group(1)
            if not target.is_file():
                raise ReportError(
                    f"included file {match.group(1)} is missing",
                    where=self.path.name,
                    remedy="write it or mend the name",
                )
            return target.read_text(encoding="utf-8").strip()

        return INCLUDE.sub(included, self.path.read_text(encoding="utf-8"))


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
            When it is missing or no valid YAML.
        """
        path = self.root / "_quarto.yml"
        try:
            loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise ReportError("the book's settings are missing", where=str(path.name)) from None
        except yaml.YAMLError as error:
            line = getattr(getattr(error, "problem_mark", None), "line", -1) + 1
            raise ReportError("not valid YAML", where=f"_quarto.yml, line {line}", remedy="mend that line") from None
        return dict(loaded)

    @property
    def chapters(self) -> list[Chapter]:
        """The book's chapters in order.

        Raises
        ------
        ReportError
            When a listed file is missing.
        """
        listed = []
        for entry in self.settings["book"]["chapters"]:
            listed += [entry] if isinstance(entry, str) else list(entry["chapters"])
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
        key = f"{int(key):02d}-" if key.isdigit() else key
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

        Without git it is the date of `CITATION.cff`.
        """
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


def digest(paths: Iterable[Path], *more: str) -> str:
    """SHA-256 over the names and bytes of files, in the order given, and over further words."""
    total = hashlib.sha256()
    for path in paths:
        total.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    for word in more:
        total.update(word.encode() + b"\0")
    return total.hexdigest()
