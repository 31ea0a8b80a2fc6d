"""Runs of chapters: papermill executes each notebook once, and a run is kept by all that decides it."""

from __future__ import annotations

import contextlib
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

from helpers import EXHIBIT_MIME, HIDDEN_MIME
from helpers.errors import ReportError
from helpers.manifest import FILE
from helpers.register.files import FOLDER, has_register
from helpers.scratch import scratch, write_whole

if TYPE_CHECKING:
    from nbformat import NotebookNode

from .dependencies import data_digests, helper_files
from .failures import failure, refuse_errors, stopped
from .project import ROOT, Chapter, Project, digest

KEPT_PER_CHAPTER = 4
TIME_LIMIT_SECONDS = 600
RUNS_VARIABLE = "REPORT_RUNS"
# Folders of the kernels' sockets, in the system's folder for temporary files: a socket's path must be short.
SOCKETS = "etterprov-"


@dataclass(frozen=True)
class Run:
    """One chapter to be executed for one year.

    Attributes
    ----------
    chapter : Chapter
        The chapter.
    text : str
        Its source, includes put in.
    key : str
        SHA-256 over all that decides the result.
    output : Path
        Where the executed notebook is or will be.
    """

    chapter: Chapter
    text: str
    key: str
    output: Path

    @property
    def done(self) -> bool:
        """Whether the executed notebook is there; an empty file is what a machine leaves that lost its power."""
        return self.output.is_file() and self.output.stat().st_size > 0


def reads_other_runs(chapter: Chapter) -> bool:
    """Whether a chapter is about the other chapters' runs (the ledger, the codebook) and must wait for them."""
    return "from press." in chapter.text


def reads_register(chapter: Chapter) -> bool:
    """Whether a chapter rests on the register, not on the surveys."""
    return "open_register(" in chapter.text


def lacks_data(chapter: Chapter, data: Path) -> bool:
    """Whether a chapter is about a register that the data root does not hold: then the book is without it."""
    return reads_register(chapter) and not has_register(data)


def plan(project: Project, chapters: Iterable[Chapter], year: int, data: Path, cache: Path) -> list[Run]:
    """Find the key and place of each chapter's run.

    Parameters
    ----------
    project : Project
        The book.
    chapters : iterable of Chapter
        Which chapters.
    year : int
        Survey year.
    data : Path
        Data root with its `dataset.json`.
    cache : Path
        Folder of kept runs.

    Returns
    -------
    list of Run
        In the order of the chapters. What a chapter about the other runs depends on is the estimates that they emitted:
        a new sentence elsewhere changes none of them. Until the others are done its run is provisional.
    """
    decisive = [*sorted((ROOT / "data" / "codebook").glob("*.csv")), ROOT / "press" / "notebook.py"]
    decisive += [project.root / "requirements.txt"]
    shared = digest(decisive, str(year), sys.version, os.environ.get("REPORT_MINIMUM", ""))
    register = digest([data / FOLDER / FILE]) if has_register(data) else ""
    everything = digest([*sorted((ROOT / "helpers").rglob("*.py")), data / "dataset.json"])

    def place(chapter: Chapter, *more: str) -> Run:
        # A chapter about the other runs reads what it likes; any other what it names.
        own = everything if more else digest(helper_files(chapter.text), data_digests(chapter.text, year, data))
        key = digest([], shared, chapter.text, own, *more, *([register] if reads_register(chapter) else []))
        return Run(chapter, chapter.text, key, cache / "runs" / str(year) / f"{chapter.slug}-{key[:16]}.ipynb")

    makeable = [chapter for chapter in project.chapters if not lacks_data(chapter, data)]
    early = {chapter.name: place(chapter) for chapter in makeable if not reads_other_runs(chapter)}
    wanted = list(chapters)
    late = [chapter for chapter in wanted if reads_other_runs(chapter)]
    estimates = [emitted(run) for run in early.values()] if late else []
    ledger = [*sorted((ROOT / "press").rglob("*.py")), *sorted((project.root / "data").rglob("*.csv"))] if late else []
    words = [digest(ledger), *estimates]
    return [early[c.name] if c.name in early else place(c, *words) for c in wanted]


def emitted(run: Run) -> str:
    """Digest of the estimates that a run emitted; of its key while it is not done."""
    if not run.done:
        return run.key
    records = [
        output["data"][EXHIBIT_MIME]
        for cell in json.loads(run.output.read_text(encoding="utf-8"))["cells"]
        for output in cell.get("outputs", [])
        if EXHIBIT_MIME in output.get("data", {})
    ]
    told = ("id", "title", "csv")
    hidden = [json.dumps([record.get("hidden", []) for record in records], sort_keys=True), *_hidden_in_text(run)]
    own = (" ".join([*(record[name] for name in told), *record["variables"]]) for record in records)
    return digest([], *own, *hidden)


def _hidden_in_text(run: Run) -> list[str]:
    cells = json.loads(run.output.read_text(encoding="utf-8"))["cells"]
    outputs = (output.get("data", {}) for cell in cells for output in cell.get("outputs", []))
    return [json.dumps(data[HIDDEN_MIME], sort_keys=True) for data in outputs if HIDDEN_MIME in data]


def execute(run: Run, year: int, data: Path, explain: bool, others: Iterable[Path] = ()) -> None:
    """Execute one notebook with papermill and keep the result.

    Parameters
    ----------
    run : Run
        What to execute.
    year : int
        The parameter `survey_year`.
    data : Path
        Data root.
    explain : bool
        Whether the words of an error may be shown; false for real data, whose values they could hold.
    others : iterable of Path
        Executed notebooks of the other chapters, for the ledger.

    Raises
    ------
    ReportError
        When a cell fails, does not end or kills its kernel: chapter, cell and kind of error.
    """
    import nbformat
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    from .forked_kernel import WaitingKernel, kernel_manager, sockets_place
    from .notebook import dumps, to_notebook

    logging.getLogger("papermill").setLevel(logging.ERROR)
    run.output.parent.mkdir(parents=True, exist_ok=True)
    notebook = to_notebook(run.text, run.chapter.name)
    if all(cell.cell_type != "code" for cell in notebook.cells):
        # Nothing to execute: a kernel would cost time and change nothing.
        write_whole(run.output, dumps(notebook))
        _forget_old(run)
        return
    with (
        scratch(run.output.parent, f".{run.chapter.slug}-") as folder,
        scratch(sockets_place(), SOCKETS) as sockets,
        _environment(data, others),
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
            if isinstance(error, OSError) and error.errno:
                # A full disk is no fault of the chapter; the command tells it.
                raise
            raise failure(run.chapter, "", type(error).__name__, str(error), explain) from None
        finally:
            waiting.close()
        executed = nbformat.read(result, as_version=4)
        refuse_errors(run.chapter, executed, explain)
        Path(folder, "clean.ipynb").write_text(dumps(cleaned(executed)), encoding="utf-8")
        os.replace(Path(folder, "clean.ipynb"), run.output)
    _forget_old(run)


def execute_all(
    runs: list[Run],
    year: int,
    data: Path,
    jobs: int,
    explain: bool,
    say: Callable[[str], None],
    others: Iterable[Path] = (),
) -> list[ReportError]:
    """Execute what is not kept yet, side by side; a failing chapter does not stop the others.

    Parameters
    ----------
    runs : list of Run
        From `plan`.
    year, data, explain, others
        As in `execute`.
    jobs : int
        Parallel processes.
    say : callable
        Takes a line of progress.

    Returns
    -------
    list of ReportError
        The failures.
    """
    failures: list[ReportError] = []
    todo = [run for run in runs if not run.done]
    if not todo:
        return failures
    from .forked_kernel import end_with, warm_up

    warm_up()
    with ProcessPoolExecutor(max_workers=max(1, jobs), initializer=end_with, initargs=(os.getpid(),)) as pool:
        # The longest first, so that none is left to run alone at the end: the register's, then those with most cells.
        longest = sorted(todo, key=lambda run: (not reads_register(run.chapter), -run.text.count("```{python}")))
        waiting = {pool.submit(execute, run, year, data, explain, list(others)): run for run in longest}
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
def _environment(data: Path, others: Iterable[Path]) -> Iterator[None]:
    changed = {"REPORT_DATA": str(data), RUNS_VARIABLE: os.pathsep.join(map(str, others)), "PYTHONHASHSEED": "0"}
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


def _forget_old(run: Run) -> None:
    others = [path for path in run.output.parent.glob(f"{run.chapter.slug}-{'?' * 16}.ipynb") if path != run.output]
    # By the clock, which may have been set back since: the run just made is kept whatever its time says.
    for path in sorted(others, key=lambda path: path.stat().st_mtime)[: -KEPT_PER_CHAPTER + 1]:
        path.unlink(missing_ok=True)
