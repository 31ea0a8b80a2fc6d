"""Where a build from nothing spends its time, phase after phase, and how far that is from the floor.

`python bench/phases.py` prints a table: seconds, and CPU of the process itself and of those it starts. A build renders
pages and PDF side by side; here they follow each other, so that each has its own seconds.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

JOBS = 2


class Phases:
    """Phases in the order in which they were measured."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Measure what happens inside and print its line."""
        before = (time.perf_counter(), *_work())
        yield
        took, own, others = (
            after - start for after, start in zip((time.perf_counter(), *_work()), before, strict=True)
        )
        self.seconds[name] = took
        print(f"| {name} | {took:.2f} | {own:.2f} | {others:.2f} |", flush=True)


def _work() -> tuple[float, float]:
    """CPU seconds of this process and of those that it started and that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return used[0].ru_utime + used[0].ru_stime, used[1].ru_utime + used[1].ru_stime


def main(arguments: Sequence[str] | None = None) -> int:
    """Build from an empty cache and print the phases."""
    parser = argparse.ArgumentParser(
        prog="python bench/phases.py", description="Seconds and CPU of a build's phases, from an empty cache.",
        epilog="example: python bench/phases.py --data _data/twin",
    )  # fmt: skip
    parser.add_argument("--data", type=Path, metavar="DIR", help="data root (default: REPORT_DATA, else the twin)")
    options = parser.parse_args(arguments)
    phases = Phases()
    print("| phase | seconds | CPU, own | CPU, started |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        _build(phases, options.data, Path(folder))
    took = phases.seconds
    typst = took["PDF: Typst and the tags"]
    floor = took["import of the libraries"] + took["cells, one after another"] / JOBS + typst
    print(f"\nFloor: {floor:.1f} s (import once, cells / {JOBS}, one Typst run).")
    return 0


def _build(phases: Phases, data: Path | None, folder: Path) -> None:
    with phases.phase("import of the command"):
        from press import runs
        from press.edition import open_edition
        from press.project import Project
    with phases.phase("plan: what must run"):
        edition = open_edition(Project(), None, data)
        runs.plan(edition.project, edition.chapters, edition.year, edition.data, folder)
    from press.kernels import warm_up

    with phases.phase("import of the libraries"):
        warm_up()

    def execute(cache: Path, jobs: int) -> list[runs.Run]:
        planned = runs.plan(edition.project, edition.chapters, edition.year, edition.data, cache)
        failures = runs.execute_all(planned, edition.year, edition.data, jobs, True, lambda line: None)
        if failures:
            raise failures[0]
        return planned

    with phases.phase(f"execution, {JOBS} at a time"):
        done = execute(folder / "two", JOBS)
    with phases.phase("cells, one after another"):
        execute(folder / "one", 1)
    from press.book import read_staged
    from press.made.pages import make
    from press.pages import finish_site, render_pages
    from press.pdf import render_pdf, typst_source
    from press.stage import stage

    with phases.phase("pages about the book"):
        done = make(edition, done)
    staged, out = folder / "staged", folder / "book"
    out.mkdir()
    with phases.phase("staging (workbooks, alternatives)"):
        stage(edition.project, done, edition.year, edition.manifest, staged)
    with phases.phase("pages: Pandoc"):
        render_pages(staged, out)
    with phases.phase("pages: search, downloads"):
        finish_site(read_staged(staged), out)
    with phases.phase("PDF: Pandoc"):
        typst_source(read_staged(staged), folder / "kept")
    with phases.phase("PDF: Typst and the tags"):
        render_pdf(staged, out / "report.pdf", folder / "kept")


if __name__ == "__main__":
    os.environ.setdefault("PYTHONHASHSEED", "0")
    sys.exit(main())
