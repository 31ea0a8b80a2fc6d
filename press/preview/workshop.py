"""The preview's workshop: a process that runs and renders what has changed, told so line by line.

It reads orders from standard input and answers on standard output, one JSON object a line. It ends with its input.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from html import escape
from pathlib import Path
from typing import Any

from engine.errors import ReportError

from ..alone import alone
from ..edition import Edition, open_edition
from ..pages import render_page
from ..project import Project
from ..stage import stage, stage_chapter
from ..staged import Chapter, read_staged
from .sheets import Sheet, Sheets

# A page that could never be made yet; it reloads like any other.
STAND_IN = '<!DOCTYPE html><html lang="nb"><meta charset="utf-8"><title>{0}</title><body><h1>{0}</h1><p>{1}</p></body>'
Tell = Callable[..., None]


class Workshop:
    """Runs and renders one edition for a preview."""

    def __init__(self, edition: Edition, folder: Path, jobs: int, tell: Tell) -> None:
        self.edition, self.jobs, self.tell = edition, jobs, tell
        self.staged, self.pages = folder / "staged", folder / "pages"
        self.sheets = Sheets(edition, folder / "runs")

    def start(self, opened: Iterable[str]) -> None:
        """Make all pages; those that someone looks at are brought up to date first."""

        def say(line: str) -> None:
            self.tell(said=line)

        with alone(self.edition.cache, say):
            for error in self.sheets.fill(self.jobs, say):
                self.tell(failed="", error=str(error))
        self._everything()
        for page in opened:
            self.opened(page)

    def changed(self, names: list[str]) -> None:
        """Bring the preview up to date after files of the book have changed.

        Parameters
        ----------
        names : list of str
            The files, relative to the project.
        """
        started = time.monotonic()
        if any(not name.endswith(".qmd") for name in names):
            if "_quarto.yml" in names:
                for error in self.sheets.fill(self.jobs, lambda line: self.tell(said=line)):
                    self.tell(failed="", error=str(error))
            self._everything()
        for sheet in self.sheets:
            if sheet.chapter.text != sheet.tried:
                self._update(sheet, started)

    def opened(self, page: str) -> None:
        """Do what the opening of a page asks for: bring it up to date, and have its kernel ready."""
        sheet = self.sheets.find(page)
        if sheet is None:
            return
        if sheet.stale:
            self.tell(said=f"running {sheet.chapter.slug}: what it rests on has changed")
            self._update(sheet, time.monotonic())
        else:
            self.sheets.warm(sheet)

    def close(self) -> None:
        """End all kernels."""
        self.sheets.close()

    def _update(self, sheet: Sheet, started: float) -> None:
        try:
            everything = self.sheets.update(sheet)
            stage_chapter(self.edition.project, sheet.run, {run.chapter.name for run in self.sheets.runs}, self.staged)
        except ReportError as error:
            self.tell(failed=sheet.page, error=str(error))
            return
        if self._render([sheet.page]):
            how = "run anew" if everything else "sentences only"
            self.tell(shown=[sheet.page], said=f"{sheet.chapter.slug}: {how}, {time.monotonic() - started:.1f} s")

    def _everything(self) -> None:
        """Stage and render the whole book, as after a change of its look."""
        edition = self.edition
        try:
            runs, register = self.sheets.runs, edition.register
            stage(edition.project, runs, edition.year, edition.manifest, self.staged, register=register)
            self.tell(shown=self._render([sheet.page for sheet in self.sheets]))
        except ReportError as error:
            self.tell(failed="", error=str(error))

    def _render(self, wanted: list[str]) -> list[str]:
        """Render pages and tell which failed; a page that failed stays as it was. Returns those made."""
        book = read_staged(self.staged)
        chapters = {chapter.page: chapter for chapter in book.chapters}

        def one(page: str) -> tuple[str, str | ReportError]:
            if page not in chapters:
                return page, ReportError("the chapter has not been run", page, remedy="see the error above")
            try:
                return page, _rendered(chapters[page])
            except ReportError as error:
                return page, error

        def _rendered(chapter: Chapter) -> str:
            return render_page(book, chapter)

        with ThreadPoolExecutor(self.jobs) as pool:
            results = list(pool.map(one, wanted))
        for page, result in results:
            target = self.pages / page
            target.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(result, ReportError):
                self.tell(failed=page, error=str(result))
                if target.is_file():
                    continue
                result = STAND_IN.format("Siden er ikke laget ennå", escape(str(result)))
            new = target.with_suffix(".new")
            new.write_text(result, encoding="utf-8")
            os.replace(new, target)
        return [page for page, result in results if isinstance(result, str)]


def main(arguments: list[str]) -> int:
    """Serve orders until the input ends.

    Parameters
    ----------
    arguments : list of str
        One JSON object: `root`, `year`, `data`, `jobs`, `opened`.

    Returns
    -------
    int
        Exit status.
    """
    # Answers have a channel of their own: what a library prints must not stand between them.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def tell(**words: Any) -> None:
        answers.write(json.dumps(words) + "\n")
        answers.flush()

    wish = json.loads(arguments[0])
    try:
        edition = open_edition(Project(Path(wish["root"])), wish["year"], Path(wish["data"]) if wish["data"] else None)
        folder = edition.cache / "preview" / str(edition.year)
        workshop = Workshop(edition, folder, wish["jobs"], tell)
        _import_what_chapters_need()
        tell(folder=str(folder), data=str(edition.data), year=edition.year, kind=edition.manifest.kind)
        workshop.start(wish["opened"])
        tell(idle=True)
    except ReportError as error:
        tell(stopped=str(error))
        return 1
    try:
        for line in sys.stdin:
            order = json.loads(line)
            try:
                if "opened" in order:
                    workshop.opened(order["opened"])
                else:
                    workshop.changed(order["changed"])
            except ReportError as error:
                tell(failed="", error=str(error))
            tell(idle=True)
    except KeyboardInterrupt:
        pass
    finally:
        workshop.close()
    return 0


def _import_what_chapters_need() -> None:
    from ..forked_kernel import warm_up

    warm_up()
    import nbclient  # noqa: F401
    import papermill.parameterize  # noqa: F401


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
