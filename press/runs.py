"""Runs of chapters: papermill executes each notebook once, and a run is kept by all that decides it."""

from __future__ import annotations

import contextlib
import errno
import json
import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.data.manifest import FILE
from engine.data.storage import scratch
from engine.errors import ReportError
from engine.outputs import EXHIBIT_MIME, HIDDEN_MIME, outputs_of
from engine.register.raw import FOLDER, has_register

if TYPE_CHECKING:
    from nbformat import NotebookNode

from press.project import data_digests, reached_files

from .failures import failure, refuse_errors, stopped
from .kept import drop, is_whole, keep
from .project import ROOT, Chapter, Project, digest, is_made

KEPT_PER_CHAPTER = 4
TIME_LIMIT_SECONDS = 600
# Folders of the kernels' sockets, in the system's folder for temporary files: a socket's path must be short.
SOCKETS = "etterprov-"
# Metadata of a page's notebook: texts of files that stand beside the exhibits' numbers, by name.
DOWNLOADS = "downloads"
# How nbclient tells that a kernel ended before it said a word.
NOT_STARTED = "Kernel died before replying"


@dataclass(frozen=True)
class Run:
    """One chapter to be executed for one year."""

    chapter: Chapter
    text: str
    key: str
    output: Path

    @property
    def done(self) -> bool:
        """Whether the executed notebook is there, as it was kept."""
        return is_whole(self.output)


def reads_register(chapter: Chapter) -> bool:
    """Whether a chapter rests on the register, not on the surveys."""
    return "open_register(" in chapter.text


def lacks_data(chapter: Chapter, data: Path) -> bool:
    """Whether a chapter is about a register that the data root does not hold: then the book is without it."""
    return reads_register(chapter) and not has_register(data)


def plan(project: Project, chapters: Iterable[Chapter], year: int, data: Path, cache: Path) -> list[Run]:
    """Find the key and place of each chapter's run."""
    decisive = [*sorted((ROOT / "data" / "codebook").glob("*.csv"))]
    decisive += [ROOT / "press" / name for name in ("notebook.py", "gate.py")]
    decisive += [project.root / "requirements.txt"]
    shared = digest(decisive, str(year), sys.version, os.environ.get("REPORT_MINIMUM", ""))
    register = digest([data / FOLDER / FILE]) if has_register(data) else ""

    def planned(chapter: Chapter) -> Run:
        own = digest(reached_files(chapter.text), data_digests(chapter.text, year, data))
        key = digest([], shared, chapter.text, own, *([register] if reads_register(chapter) else []))
        return Run(chapter, chapter.text, key, place(cache, year, chapter, key))

    return [planned(chapter) for chapter in chapters if not is_made(chapter) and not lacks_data(chapter, data)]


def place(cache: Path, year: int, chapter: Chapter, key: str) -> Path:
    """Where a chapter's notebook is kept."""
    return cache / "runs" / str(year) / f"{chapter.slug}-{key[:16]}.ipynb"


def emitted(run: Run) -> str:
    """Digest of the estimates that a run emitted, and of what its sentences hide."""
    outputs = outputs_of(run.output)
    records = [data[EXHIBIT_MIME] for data in outputs if EXHIBIT_MIME in data]
    told = [[record["id"], record["title"], record["csv"], record["variables"], record.get("hidden", [])]
            for record in records]  # fmt: skip
    hidden = [data[HIDDEN_MIME] for data in outputs if HIDDEN_MIME in data]
    return digest([], json.dumps([told, hidden], sort_keys=True))


def execute(run: Run, year: int, data: Path, explain: bool) -> None:
    """Execute one notebook with papermill and keep the result."""
    import nbformat
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    from press.kernels import WaitingKernel, kernel_manager, sockets_place

    from .gate import admit, refuse_outputs
    from .notebook import dumps, to_notebook

    logging.getLogger("papermill").setLevel(logging.ERROR)
    run.output.parent.mkdir(parents=True, exist_ok=True)
    notebook = to_notebook(run.text, run.chapter.name)
    if all(cell.cell_type != "code" for cell in notebook.cells):
        # Nothing to execute: a kernel would cost time and change nothing.
        keep(run.output, dumps(notebook))
        forget_old(run)
        return
    with (
        scratch(run.output.parent, f".{run.chapter.slug}-") as folder,
        scratch(sockets_place(), SOCKETS) as sockets,
        _environment(data),
    ):
        waiting = WaitingKernel()
        source, result = Path(folder, "in.ipynb"), Path(folder, "out.ipynb")
        source.write_text(dumps(notebook), encoding="utf-8")
        begun: list[str] = []
        try:
            papermill.execute_notebook(
                str(source), str(result), parameters={"survey_year": year}, kernel_name="python3",
                progress_bar=False, kernel_manager_class=kernel_manager(waiting, sockets), cwd=str(ROOT),
                # Written whole before and after each cell it would take as long as the cells themselves.
                request_save_on_cell_execute=False, execution_timeout=TIME_LIMIT_SECONDS,
                # A kernel that was asked to end sometimes took seconds; all that it had to say has come.
                shutdown_kernel="immediate", on_cell_start=lambda cell, cell_index: begun.append(cell.source),
            )  # fmt: skip
        except PapermillExecutionError as error:
            raise failure(run.chapter, error.source, error.ename, error.evalue, explain) from None
        except CellTimeoutError:
            what = f"the cell did not end within {TIME_LIMIT_SECONDS} seconds"
            raise stopped(run.chapter, begun, what) from None
        except DeadKernelError:
            what = "the process that runs the chapter ended: a cell killed it, or memory did not suffice"
            raise stopped(run.chapter, begun, what) from None
        except Exception as error:
            if isinstance(error, OSError) and error.errno and error.errno != errno.ENOMEM:
                # A full disk is no fault of the chapter; the command tells it.
                raise
            if not begun and (isinstance(error, (MemoryError, OSError)) or NOT_STARTED in str(error)):
                remedy = "free memory or give --jobs 1, and build again"
                what = "the process that runs the chapter could not start: memory did not suffice"
                raise ReportError(what, f"chapters {run.chapter.slug}", 1, remedy) from None
            raise failure(run.chapter, "", type(error).__name__, str(error), explain) from None
        finally:
            waiting.close()
        executed = nbformat.read(result, as_version=4)
        refuse_errors(run.chapter, executed, explain)
        executed = cleaned(executed)
        admit(executed, waiting.secret)
        if not explain:
            refuse_outputs(run.chapter, executed)
        keep(run.output, dumps(executed))
    forget_old(run)


def execute_all(
    runs: list[Run],
    year: int,
    data: Path,
    jobs: int,
    explain: bool,
    say: Callable[[str], None],
) -> list[ReportError]:
    """Execute what is not kept yet, side by side; a failing chapter does not stop the others."""
    failures: list[ReportError] = []
    todo = [run for run in runs if not run.done]
    if not todo:
        return failures
    from press.kernels import end_with, warm_up

    warm_up()
    with ProcessPoolExecutor(max_workers=max(1, jobs), initializer=end_with, initargs=(os.getpid(),)) as pool:
        # The longest first, so that none is left to run alone at the end: the register's, then those with most cells.
        longest = sorted(todo, key=lambda run: (not reads_register(run.chapter), -run.text.count("```{python}")))
        waiting = {pool.submit(execute, run, year, data, explain): run for run in longest}
        for future in as_completed(waiting):
            error = future.exception()
            name = waiting[future].chapter.slug
            if error is None:
                say(f"ran {name}")
            elif isinstance(error, ReportError):
                say(f"FAILED {name}")
                failures.append(error)
            elif isinstance(error, BrokenProcessPool):
                raise ReportError(
                    "a process that runs chapters was killed", where="build", remedy="free memory or give --jobs 1"
                )
            else:
                raise error
    return failures


@contextlib.contextmanager
def _environment(data: Path) -> Iterator[None]:
    changed = {"REPORT_DATA": str(data), "PYTHONHASHSEED": "0"}
    before = {name: os.environ.get(name) for name in changed}
    os.environ.update(changed)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def cleaned(notebook: NotebookNode) -> NotebookNode:
    """Remove what a run leaves of time and place, so that the same run gives the same bytes."""
    from nbformat import NotebookNode

    kept = {"kernelspec", "language_info"}
    notebook.metadata = NotebookNode({k: v for k, v in notebook.metadata.items() if k in kept})
    notebook.metadata["language_info"] = NotebookNode({"name": "python"})
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"celle-{number:03d}"
        cell.metadata = NotebookNode({k: v for k, v in cell.metadata.items() if k in ("tags", "jupyter")})
    return notebook


def forget_old(run: Run) -> None:
    """Remove the oldest of a chapter's kept notebooks."""
    others = [path for path in run.output.parent.glob(f"{run.chapter.slug}-{'?' * 16}.ipynb") if path != run.output]
    # By the clock, which may have been set back since: the run just made is kept whatever its time says.
    for path in sorted(others, key=lambda path: path.stat().st_mtime)[: -KEPT_PER_CHAPTER + 1]:
        drop(path)
