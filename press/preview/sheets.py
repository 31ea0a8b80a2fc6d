"""The chapters of a preview: which text each was run from, where its executed notebook is, and what is out of date."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from engine.errors import ReportError

from ..edition import Edition
from ..made.pages import make
from ..project import Chapter, is_made
from ..runs import Run, emitted, execute_all
from .bench import Bench, Setting

BENCHES = 4


@dataclass
class Sheet:
    """One chapter: its run in the preview's own folder, the text last tried, and whether it is out of date."""

    run: Run
    tried: str
    stale: bool = False

    @property
    def chapter(self) -> Chapter:
        """The chapter."""
        return self.run.chapter

    @property
    def page(self) -> str:
        """Address of its page."""
        return f"{self.chapter.name}.html"


@dataclass
class Sheets:
    """All chapters of an edition in a folder of the preview's own, which no build reads.

    Attributes
    ----------
    edition : Edition
        Year and data.
    folder : Path
        Where executed notebooks are kept, also from one preview to the next.
    """

    edition: Edition
    folder: Path
    _sheets: dict[str, Sheet] = field(default_factory=dict)
    _benches: dict[str, Bench] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Sheet]:
        return iter(self._sheets.values())

    def find(self, page: str) -> Sheet | None:
        """Return the sheet of a page."""
        return self._sheets.get(page)

    @property
    def runs(self) -> list[Run]:
        """Runs with a notebook, in the book's order."""
        return [sheet.run for sheet in self._sheets.values() if sheet.run.done]

    def fill(self, jobs: int, say: Callable[[str], None]) -> list[ReportError]:
        """Find a notebook for every chapter of the book: a build's run, else an earlier preview's, else a new run.

        Parameters
        ----------
        jobs : int
            Parallel processes.
        say : callable
            Takes lines of progress.

        Returns
        -------
        list of ReportError
            Chapters that could not be run.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        failures: list[ReportError] = []
        before, self._sheets = self._sheets, {}
        planned = self.edition.runs()
        missing = [r for r in planned if not r.done and not self._kept(r.chapter).is_file()]
        if missing:
            say(f"{len(missing)} chapters to run first: {', '.join(run.chapter.slug for run in missing)}")
            edition = self.edition
            failures += execute_all(missing, edition.year, edition.data, jobs, edition.explain, say)
        for run in planned:
            page = f"{run.chapter.name}.html"
            kept = self._kept(run.chapter)
            known = before.get(page)
            if known is None and run.done:
                shutil.copyfile(run.output, kept)
            stale = not run.done if known is None else known.stale
            tried = run.text if known is None else known.tried
            self._sheets[page] = Sheet(Run(run.chapter, run.text, run.key, kept), tried, stale)
        self._make()
        return failures

    def _make(self) -> None:
        """Make the pages about the book from the notebooks that are there, in the book's order with the others."""
        runs = make(self.edition, [run for run in self.runs if not is_made(run.chapter)])
        for run in runs:
            if is_made(run.chapter):
                self._sheets[f"{run.chapter.name}.html"] = Sheet(run, run.text)
        places = [f"{chapter.name}.html" for chapter in self.edition.chapters]
        self._sheets = {page: self._sheets[page] for page in places if page in self._sheets}

    def _kept(self, chapter: Chapter) -> Path:
        return self.folder / f"{chapter.slug}.ipynb"

    def update(self, sheet: Sheet) -> bool:
        """Execute what has changed in a chapter.

        Parameters
        ----------
        sheet : Sheet
            The chapter; its text is read anew.

        Returns
        -------
        bool
            Whether all of it was run, and not some sentences only.

        Raises
        ------
        ReportError
            A cell failed; the notebook stays as it was.
        """
        sheet.tried = sheet.chapter.text
        if is_made(sheet.chapter):
            self._make()
            sheet.run, sheet.stale = self._sheets[sheet.page].run, False
            return True
        before = emitted(sheet.run)
        everything = self._bench(sheet).update(sheet.tried, fresh=sheet.stale)
        sheet.stale = False
        sheet.run = Run(sheet.chapter, sheet.tried, sheet.run.key, sheet.run.output)
        if everything and emitted(sheet.run) != before:
            for other in self._sheets.values():
                other.stale |= is_made(other.chapter)
        return everything

    def warm(self, sheet: Sheet) -> None:
        """Have a kernel ready for a chapter that someone looks at; does not wait for it."""
        if sheet.page not in self._benches and "```{python}" in sheet.tried:
            self._bench(sheet).warm(sheet.tried)

    def close(self) -> None:
        """End all kernels."""
        for bench in self._benches.values():
            bench.close()
        self._benches.clear()

    def _bench(self, sheet: Sheet) -> Bench:
        bench = self._benches.pop(sheet.page, None)
        if bench is None:
            setting = Setting(self.edition.year, self.edition.data, self.edition.explain)
            bench = Bench(sheet.chapter, setting, sheet.run.output)
        self._benches[sheet.page] = bench  # the one used last stands last
        for page in list(self._benches)[:-BENCHES]:
            self._benches.pop(page).close()
        return bench
