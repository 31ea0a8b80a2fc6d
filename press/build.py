"""Building the book: run, stage, render, put in place."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.data.survey import open_survey
from engine.disclosure.rules import UNLINKED
from engine.errors import ReportError, raise_together
from press.record import differences, read_record, write_record
from press.renderers import quarto_version, render_with_quarto
from press.replace import alone, replacing, restore

from .edition import Edition, open_edition
from .gate import warnings
from .project import ROOT, Chapter, Project, digest, is_made
from .runs import Run, execute_all

if TYPE_CHECKING:
    from ledger.comparison import Ledger

FORMATS = ("html", "pdf")
KEY_FILE = ".build-key"


@dataclass(frozen=True)
class Order:
    """What is to be built."""

    year: int | None = None
    chapter: str | None = None
    formats: tuple[str, ...] = FORMATS
    renderer: str = "auto"
    data: Path | None = None
    jobs: int = 2


def build(project: Project, order: Order, say: Callable[[str], None]) -> Path:
    """Build the book or one chapter of it."""
    if order.chapter is not None:
        # Refused when unknown, before data are looked for or made.
        project.chapter(order.chapter)
    edition = open_edition(project, order.year, order.data)
    if edition.manifest.kind == "real":
        say(f"{UNLINKED}; keep the book where the data may be seen")
    left_out = [chapter.slug for chapter in project.chapters if chapter not in edition.chapters]
    if left_out:
        say(f"left out, because the data root holds no register: {', '.join(left_out)}")
    runs = edition.runs()
    target = project.root / "_book" / str(edition.year)
    with alone(edition.cache, say):
        return _build_alone(edition, order, runs, target, say)


def _build_alone(edition: Edition, order: Order, runs: list[Run], target: Path, say: Callable[[str], None]) -> Path:
    started = time.monotonic()
    project = edition.project
    restore(target)
    if order.chapter is not None:
        return _one_chapter(edition, order, runs, say)
    quarto = quarto_version() if order.renderer != "pandoc" else ""
    if order.renderer == "quarto" and not quarto:
        raise ReportError(
            "the program quarto is not installed",
            where="PATH",
            remedy="install Quarto 1.7 to 1.9, or --renderer pandoc",
        )
    key = _book_key(project, runs, order, quarto)
    if is_current(target, key):
        if is_sound(target):
            say(f"nothing changed; {target.relative_to(project.root)} is up to date")
            return target
        say(f"{target.relative_to(project.root)} is not what was built: files are missing or changed; making it anew")
    runs, failures = _execute(edition, edition.chapters, order, say)
    if failures:
        raise failed(failures, target)
    from .audit import refuse_unclean
    from .stage import stage

    staged = edition.cache / "staged" / str(edition.year)
    stage(project, runs, edition.year, edition.manifest, staged, quarto, edition.register)
    with replacing(target) as fresh:
        _render(staged, fresh, order.formats, quarto, edition.cache / "pages", say)
        if edition.manifest.kind == "real":
            # Raised here, before the new book takes the old one's place.
            refuse_unclean(fresh, edition.data)
            say("audited: nothing of the data lies in the book")
        write_record(fresh, edition.year, edition.manifest.kind, order.formats, "quarto" if quarto else "pandoc")
        (fresh / KEY_FILE).write_text(key)
    say(f"{target.relative_to(project.root)} is ready ({time.monotonic() - started:.1f} s)")
    return target


def is_current(book: Path, key: str) -> bool:
    """Whether a book was made of what would be built now."""
    try:
        return (book / KEY_FILE).read_text(encoding="utf-8") == key
    except (OSError, UnicodeDecodeError):
        return False


def is_sound(book: Path) -> bool:
    """Whether a book's files are those of its record."""
    try:
        return not any(differences(book, read_record(book)).values())
    except (ReportError, OSError):
        return False


def edition_ledger(edition: Edition, jobs: int, say: Callable[[str], None]) -> Ledger:
    """Compare the published numbers with an edition's runs; what is not kept yet is run first."""
    from ledger.comparison import open_ledger

    runs = edition.runs()
    with alone(edition.cache, say):
        failures = execute_all(runs, edition.year, edition.data, jobs, edition.explain, say)
    raise_together(failures, "ledger")
    return open_ledger([run.output for run in runs], open_survey(edition.year, edition.data), edition.data)


def accepted_ledger(edition: Edition, jobs: int, say: Callable[[str], None]) -> Ledger:
    """Write what the synthetic twin does not reach into the lists of the published numbers, and compare again."""
    from ledger.comparison import write_lists

    found = edition_ledger(edition, jobs, say)
    # Of real data the lists say nothing, so nothing is written.
    if not edition.explain:
        return found
    for path in write_lists(found):
        say(f"{path.name} of {path.parent.name} written; read the change before you commit it")
    return edition_ledger(edition, jobs, say)


def failed(failures: list[ReportError], target: Path) -> ReportError:
    """Gather the failures of several chapters in one error."""
    last = "the last good book is untouched" if target.exists() else "no book was made"
    return ReportError("\n".join(str(error) for error in failures) + f"\n{last}", where="build", count=len(failures))


def _execute(
    edition: Edition, chapters: list[Chapter], order: Order, say: Callable[[str], None]
) -> tuple[list[Run], list[ReportError]]:
    """Run chapters, then make the pages about the book where one of them is asked for; these rest on all the others."""
    about_the_book = any(is_made(chapter) for chapter in chapters)
    runs = edition.runs(edition.chapters if about_the_book else chapters)
    todo = [run for run in runs if not run.done]
    say(f"{len(chapters)} chapters, survey year {edition.year}, {edition.manifest.kind} data; {len(todo)} to run first")
    failures = execute_all(runs, edition.year, edition.data, order.jobs, edition.explain, say)
    if failures:
        return [], failures
    for line in warnings(runs):
        say(line)
    if not about_the_book:
        return runs, failures
    # What the pages are made of takes time to import, and a build with nothing to do needs none of it.
    from .made.pages import make

    return [run for run in make(edition, runs) if run.chapter in chapters], []


def _one_chapter(edition: Edition, order: Order, runs: list[Run], say: Callable[[str], None]) -> Path:
    """Run one chapter and render its page, with those of chapters already run, to a folder of its own."""
    from .pages import render_pages
    from .stage import stage

    wanted = edition.project.chapter(str(order.chapter))
    target = edition.project.root / "_book" / str(edition.year)
    mine, failures = _execute(edition, [wanted], order, say)
    if failures:
        raise failed(failures, target)
    known = {run.chapter.name: run for run in [*(run for run in runs if run.done), *mine]}
    with_page = [known[chapter.name] for chapter in edition.chapters if chapter.name in known]
    staged = edition.cache / "staged" / f"{edition.year}-{wanted.slug}"
    stage(edition.project, with_page, edition.year, edition.manifest, staged, register=edition.register)
    folder = target.with_name(f"{edition.year}-{wanted.slug}")
    with replacing(folder) as fresh:
        render_pages(staged, fresh, jobs=order.jobs, keep=edition.cache / "pages")
    say(f"{folder.relative_to(edition.project.root)}/{wanted.name}.html is ready; the book itself is untouched")
    return folder


def _render(
    staged: Path, out: Path, formats: tuple[str, ...], quarto: str, keep: Path, say: Callable[[str], None]
) -> None:
    from press.book import read_staged
    from press.page_cache import forget
    from press.pages import finish_site

    from .pages import render_pages
    from .pdf import render_pdf

    def pages() -> None:
        if quarto:
            render_with_quarto(staged, out, "html")
        else:
            render_pages(staged, out, keep=keep)
            finish_site(read_staged(staged), out)
        say("rendered the pages")

    def pdf() -> None:
        # Quarto before 1.9 makes no Typst book, says nothing and exits with 0; our own way is the same in all versions.
        render_pdf(staged, out / "report.pdf", keep)
        say("rendered report.pdf")

    steps = {"html": pages, "pdf": pdf}
    # Quarto replaces its output folder, so it goes first; Pandoc and Typst run side by side.
    with ThreadPoolExecutor(max_workers=1 if quarto else 2) as pool:
        for future in [pool.submit(steps[name]) for name in FORMATS if name in formats]:
            future.result()
    forget(keep)


def current_key(edition: Edition, order: Order) -> str:
    """Key that a book built now would have; the key of a book in place differs from it when it is out of date."""
    quarto = quarto_version() if order.renderer != "pandoc" else ""
    return _book_key(edition.project, edition.runs(), order, quarto)


def _book_key(project: Project, runs: list[Run], order: Order, quarto: str) -> str:
    """Digest of all that decides the finished book."""
    files = [path for path in sorted((project.root / "theme").rglob("*")) if path.is_file()]
    files += [path for room in ("press", "ledger") for path in sorted((ROOT / room).rglob("*.py"))]
    files += sorted((project.root / "data").rglob("*.csv"))
    files += [project.root / "_quarto.yml", project.root / "references.bib"]
    about = [chapter.text for chapter in project.chapters if is_made(chapter)]
    keys = [run.key for run in runs]
    # Not the name of the renderer that was asked for: without Quarto, `auto` and `pandoc` give the same book.
    return digest(files, *keys, *about, *order.formats, quarto, sys.version, project.date)
