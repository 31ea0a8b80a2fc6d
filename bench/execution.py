"""B1: the book's execution, as Quarto does it and as we do it, both from nothing.

Quarto's way: a kernel of its own for each chapter, one after another. Ours: libraries imported once, a process forked
for each chapter, two at a time. Both are new processes, both are papermill, and both run all chapters for one year.
`python bench/execution.py ours|plain FOLDER` runs one of them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from rows import Row
from turns import in_turn, seconds

JOBS = 2


def ours(folder: Path) -> None:
    """Run all chapters as `report build` does, with an empty cache in a folder."""
    from press.edition import open_edition
    from press.project import Project
    from press.runs import execute_all, plan

    edition = open_edition(Project(), None, None)
    runs = plan(edition.project, edition.chapters, edition.year, edition.data, folder)
    failures = execute_all(runs, edition.year, edition.data, JOBS, True, lambda line: None)
    if failures:
        raise failures[0]


def plain(folder: Path) -> None:
    """Run all notebooks with papermill, one after another, each in a kernel that is started for it."""
    import papermill

    from press.edition import open_edition
    from press.notebook import dumps, to_notebook
    from press.project import ROOT, Project

    edition = open_edition(Project(), None, None)
    os.environ |= {"REPORT_DATA": str(edition.data), "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0"}
    for chapter in edition.chapters:
        notebook = to_notebook(chapter.text, chapter.name)
        source, result = folder / f"{chapter.slug}.ipynb", folder / f"{chapter.slug}-run.ipynb"
        source.write_text(dumps(notebook), encoding="utf-8")
        if any(cell.cell_type == "code" for cell in notebook.cells):
            papermill.execute_notebook(
                str(source), str(result), parameters={"survey_year": edition.year}, kernel_name="python3",
                progress_bar=False, cwd=str(ROOT),
            )  # fmt: skip


WAYS: dict[str, Callable[[Path], None]] = {"ours": ours, "plain": plain}


def run(way: str) -> float:
    """Seconds of one way in a process of its own, with a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        command = [sys.executable, __file__, way, folder]
        return seconds(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=_environment()))


def _environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(HERE.parent), "PYTHONWARNINGS": "ignore"}


def measure(repeats: int) -> list[Row]:
    """Run the book both ways in turn."""
    found = in_turn({name: lambda name=name: run(name) for name in WAYS}, repeats)
    ratio = found["plain"] / found["ours"]
    note = f"{JOBS} processes; aim 6 ×"
    name = "B1: all chapters, empty cache, against papermill one by one"
    return [Row(name, found["ours"], found["plain"], "s", ratio, note)]


if __name__ == "__main__":
    WAYS[sys.argv[1]](Path(sys.argv[2]))
