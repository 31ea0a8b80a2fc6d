"""The preview's worker: a process that runs and renders what has changed, told so line by line.

It reads orders from standard input and answers on standard output, one JSON object a line. It ends with its input.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from engine.errors import ReportError
from press.book import StagedChapter, read_staged
from press.edition import Edition, open_edition
from press.gate import warnings
from press.kept import is_whole, take
from press.made.pages import make
from press.pages import render_page
from press.preview.kernel import ChapterProcess, Setting
from press.project import Chapter, Project, is_made
from press.replace import alone
from press.runs import Run, emitted, execute_all
from press.stage import label_for, stage, stage_chapter

# A page that could never be made yet; it reloads like any other.
NO_PAGE = '<!DOCTYPE html><html lang="nb"><meta charset="utf-8"><title>{0}</title><body><h1>{0}</h1><p>{1}</p></body>'
Send = Callable[..., None]


class Worker:
    """Runs and renders one edition for a preview."""

    def __init__(self, edition: Edition, folder: Path, jobs: int, send: Send) -> None:
        self.edition, self.jobs, self.send = edition, jobs, send
        self.staged, self.pages = folder / "staged", folder / "pages"
        self.states = ChapterStates(edition, folder / "runs")

    def start(self, opened: Iterable[str]) -> None:
        """Make all pages; those that someone looks at are brought up to date first."""

        def say(line: str) -> None:
            self.send(said=line)

        with alone(self.edition.cache, say):
            for error in self.states.fill(self.jobs, say):
                self.send(failed="", error=str(error))
        self._everything()
        for page in opened:
            self.opened(page)

    def changed(self, names: list[str]) -> None:
        """Bring the preview up to date after files of the book have changed."""
        started = time.monotonic()
        if any(not name.endswith(".qmd") for name in names):
            if "_quarto.yml" in names:
                for error in self.states.fill(self.jobs, lambda line: self.send(said=line)):
                    self.send(failed="", error=str(error))
            self._everything()
        for state in self.states:
            try:
                changed = state.chapter.text != state.tried
            except ReportError as error:
                # Gone for a moment, as while git changes branches: when it is there again it is tried again.
                state.tried, changed = "", False
                self.send(failed=state.page, error=str(error))
            if changed:
                self._update(state, started)

    def opened(self, page: str) -> None:
        """Do what the opening of a page asks for: bring it up to date, and have its kernel ready."""
        state = self.states.find(page)
        if state is None:
            return
        if state.stale:
            self.send(said=f"running {state.chapter.slug}: what it rests on has changed")
            self._update(state, time.monotonic())
        else:
            self.states.warm(state)

    def close(self) -> None:
        """End all kernels."""
        self.states.close()

    def _update(self, state: ChapterState, started: float) -> None:
        try:
            everything = self.states.update(state)
            edition, names = self.edition, {run.chapter.name for run in self.states.runs}
            label = label_for(state.run, edition.manifest, edition.register)
            stage_chapter(edition.project, state.run, names, self.staged, label)
        except ReportError as error:
            self.send(failed=state.page, error=str(error))
            return
        for line in warnings([state.run]):
            self.send(said=line)
        if self._render([state.page]):
            how = "run anew" if everything else "sentences only"
            self.send(shown=[state.page], said=f"{state.chapter.slug}: {how}, {time.monotonic() - started:.1f} s")

    def _everything(self) -> None:
        """Stage and render the whole book, as after a change of its look."""
        edition = self.edition
        try:
            runs, register = self.states.runs, edition.register
            self.send(said=f"making {len(list(self.states))} pages")
            stage(edition.project, runs, edition.year, edition.manifest, self.staged, register=register)
            pages = [state.page for state in self.states]
            self.send(shown=self._render(pages))
            for old in self.pages.rglob("*.html"):
                if old.relative_to(self.pages).as_posix() not in pages:
                    old.unlink()
        except ReportError as error:
            self.send(failed="", error=str(error))

    def _render(self, wanted: list[str]) -> list[str]:
        """Render pages and say which failed; a page that failed stays as it was. Returns those made."""
        book = read_staged(self.staged)
        chapters = {chapter.page: chapter for chapter in book.chapters}

        def one(page: str) -> tuple[str, str | ReportError]:
            if page not in chapters:
                return page, ReportError("the chapter has not been run", page, remedy="see the error above")
            try:
                return page, _rendered(chapters[page])
            except ReportError as error:
                return page, error

        def _rendered(chapter: StagedChapter) -> str:
            return render_page(book, chapter)

        with ThreadPoolExecutor(self.jobs) as pool:
            results = list(self._counted(pool.map(one, wanted), len(wanted)))
        for page, result in results:
            target = self.pages / page
            target.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(result, ReportError):
                self.send(failed=page, error=str(result))
                if target.is_file():
                    continue
                result = NO_PAGE.format("Siden er ikke laget ennå", escape(str(result)))
            new = target.with_suffix(".new")
            new.write_text(result, encoding="utf-8")
            os.replace(new, target)
        return [page for page, result in results if isinstance(result, str)]


    def _counted(self, results: Iterator[tuple[str, str | ReportError]], number: int) -> Iterator[Any]:
        """Say how far it has come, four times where there is much to do."""
        step = max(1, -(-number // 4))
        for done, result in enumerate(results, start=1):
            if number > 4 and done % step == 0:
                self.send(said=f"{done} of {number} pages are made")
            yield result


def main(arguments: list[str]) -> int:
    """Serve orders until the input ends."""
    # Answers have a channel of their own: what a library prints must not stand between them.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def send(**words: Any) -> None:
        answers.write(json.dumps(words) + "\n")
        answers.flush()

    options = json.loads(arguments[0])
    try:
        data = Path(options["data"]) if options["data"] else None
        edition = open_edition(Project(Path(options["root"])), options["year"], data)
        folder = edition.cache / "preview" / str(edition.year)
        worker = Worker(edition, folder, options["jobs"], send)
        _import_what_chapters_need()
        send(folder=str(folder), data=str(edition.data), year=edition.year, kind=edition.manifest.kind)
        worker.start(options["opened"])
        send(idle=True)
    except ReportError as error:
        send(stopped=str(error))
        return 1
    try:
        for line in sys.stdin:
            order = json.loads(line)
            try:
                if "opened" in order:
                    worker.opened(order["opened"])
                else:
                    worker.changed(order["changed"])
            except ReportError as error:
                send(failed="", error=str(error))
            except OSError as error:
                send(failed="", error=f"{os.strerror(error.errno or 0)}: {Path(str(error.filename)).name}")
            send(idle=True)
    except KeyboardInterrupt:
        pass
    finally:
        worker.close()
    return 0


def _import_what_chapters_need() -> None:
    from press.kernels import warm_up

    warm_up()
    import nbclient  # noqa: F401
    import papermill.parameterize  # noqa: F401


MOST_KERNELS = 4


@dataclass
class ChapterState:
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
class ChapterStates:
    """All chapters of an edition in a folder of the preview's own, which no build reads."""

    edition: Edition
    folder: Path
    _states: dict[str, ChapterState] = field(default_factory=dict)
    _processes: dict[str, ChapterProcess] = field(default_factory=dict)

    def __iter__(self) -> Iterator[ChapterState]:
        return iter(self._states.values())

    def find(self, page: str) -> ChapterState | None:
        """Return the state of a page."""
        return self._states.get(page)

    @property
    def runs(self) -> list[Run]:
        """Runs with a notebook, in the book's order."""
        return [state.run for state in self._states.values() if state.run.done]

    def fill(self, jobs: int, say: Callable[[str], None]) -> list[ReportError]:
        """Find a notebook for every chapter of the book: a build's run, else an earlier preview's, else a new run."""
        self.folder.mkdir(parents=True, exist_ok=True)
        failures: list[ReportError] = []
        before, self._states = self._states, {}
        planned = self.edition.runs()
        missing = [r for r in planned if not r.done and not is_whole(self._kept(r.chapter))]
        if missing:
            say(f"{len(missing)} chapters to run first: {', '.join(run.chapter.slug for run in missing)}")
            edition = self.edition
            failures += execute_all(missing, edition.year, edition.data, jobs, edition.explain, say)
        for run in planned:
            page = f"{run.chapter.name}.html"
            kept = self._kept(run.chapter)
            known = before.get(page)
            if known is None and run.done:
                take(run.output, kept)
            stale = not run.done if known is None else known.stale
            tried = run.text if known is None else known.tried
            self._states[page] = ChapterState(Run(run.chapter, run.text, run.key, kept), tried, stale)
        self._make()
        return failures

    def _make(self) -> None:
        """Make the pages about the book from the notebooks that are there, in the book's order with the others."""
        runs = make(self.edition, [run for run in self.runs if not is_made(run.chapter)])
        for run in runs:
            if is_made(run.chapter):
                self._states[f"{run.chapter.name}.html"] = ChapterState(run, run.text)
        places = [f"{chapter.name}.html" for chapter in self.edition.chapters]
        self._states = {page: self._states[page] for page in places if page in self._states}

    def _kept(self, chapter: Chapter) -> Path:
        return self.folder / f"{chapter.slug}.ipynb"

    def update(self, state: ChapterState) -> bool:
        """Execute what has changed in a chapter."""
        state.tried = state.chapter.text
        if is_made(state.chapter):
            self._make()
            state.run, state.stale = self._states[state.page].run, False
            return True
        before = emitted(state.run)
        everything = self._process(state).update(state.tried, fresh=state.stale)
        state.stale = False
        state.run = Run(state.chapter, state.tried, state.run.key, state.run.output)
        if everything and emitted(state.run) != before:
            for other in self._states.values():
                other.stale |= is_made(other.chapter)
        return everything

    def warm(self, state: ChapterState) -> None:
        """Have a kernel ready for a chapter that someone looks at; does not wait for it."""
        if state.page not in self._processes and "```{python}" in state.tried:
            self._process(state).warm(state.tried)

    def close(self) -> None:
        """End all kernels."""
        for process in self._processes.values():
            process.close()
        self._processes.clear()

    def _process(self, state: ChapterState) -> ChapterProcess:
        process = self._processes.pop(state.page, None)
        if process is None:
            setting = Setting(self.edition.year, self.edition.data, self.edition.explain)
            process = ChapterProcess(state.chapter, setting, state.run.output)
        self._processes[state.page] = process  # the one used last stands last
        for page in list(self._processes)[:-MOST_KERNELS]:
            self._processes.pop(page).close()
        return process


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
