"""The other chapters' runs, for the chapters about the book itself: ledger, codebook, lists of exhibits."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from engine.errors import ReportError

from .project import Project
from .runs import RUNS_VARIABLE


def other_runs(year: int, project: Project | None = None) -> list[Path]:
    """Find the executed notebooks that a chapter about the book reads.

    Parameters
    ----------
    year : int
        Survey year.
    project : Project, optional
        The book; this one by default.

    Returns
    -------
    list of Path
        In the book's order: those that a build hands over, else the kept ones.

    Raises
    ------
    ReportError
        When a chapter that had to be run first failed.

    Notes
    -----
    What is not kept yet is run, each chapter in a process of its own: this may be a kernel, which must not fork.
    """
    handed = [Path(name) for name in os.environ.get(RUNS_VARIABLE, "").split(os.pathsep) if name]
    return handed or _kept_runs(project or Project(), year)


def _kept_runs(project: Project, year: int) -> list[Path]:
    from .edition import open_edition
    from .runs import reads_other_runs

    edition = open_edition(project, year, None)
    runs = edition.runs([chapter for chapter in edition.chapters if not reads_other_runs(chapter)])
    for run in [run for run in runs if not run.done]:
        command = "from press.cli import main; main()"
        arguments = ["run", run.chapter.slug, "--year", str(year), "--data", str(edition.data)]
        done = subprocess.run(
            [sys.executable, "-c", command, *arguments], cwd=project.root, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise ReportError(
                f"a chapter failed: {done.stderr.strip()}", where=run.chapter.slug, remedy="mend it first"
            )
    return [run.output for run in runs]
