"""A chapter's own process and kernel, which stay with the results in memory until the next change."""

from __future__ import annotations

import ast
import logging
import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from engine.data.storage import scratch
from engine.errors import ReportError
from engine.words.prose import INLINE
from press.failures import failure
from press.gate import admit, refuse_outputs
from press.kept import keep
from press.kernels import WaitingKernel, kernel_manager, sockets_place
from press.notebook import dumps, prose_text, to_notebook
from press.project import ROOT, Chapter
from press.runs import SOCKETS, TIME_LIMIT_SECONDS, cleaned

LOOK_AFTER_PARENT_SECONDS = 2.0


@dataclass(frozen=True)
class Setting:
    """What is the same for all chapters: survey year, data root, and whether words of errors may be shown."""

    year: int
    data: Path
    explain: bool


class ChapterProcess:
    """The parent's side of a chapter's process. Must be made in a process that runs no threads."""

    def __init__(self, chapter: Chapter, setting: Setting, output: Path) -> None:
        self.warming = False
        fork = multiprocessing.get_context("fork")
        self._connection, theirs = fork.Pipe()
        self._process = fork.Process(target=_work, args=(theirs, chapter, setting, output), daemon=True)
        self._process.start()
        theirs.close()

    def warm(self, text: str) -> None:
        """Run the chapter without waiting for it, so that the next change finds a kernel."""
        self._connection.send((text, False))
        self.warming = True

    def update(self, text: str, fresh: bool) -> bool:
        """Execute what has changed and write the notebook."""
        if self.warming:
            # What came of it does not matter: the next answer is about a newer text.
            self._answer()
            self.warming = False
        self._connection.send((text, fresh))
        answer = self._answer()
        if isinstance(answer, ReportError):
            raise answer
        return bool(answer)

    def close(self) -> None:
        """End the process and its kernel."""
        self._connection.close()
        self._process.join(LOOK_AFTER_PARENT_SECONDS)
        if self._process.is_alive():
            self._process.terminate()
            self._process.join()

    def _answer(self) -> Any:
        try:
            return self._connection.recv()
        except EOFError:
            return ReportError("the chapter's process has ended", "preview", remedy="save the chapter again")


def _work(connection: Connection, chapter: Chapter, setting: Setting, output: Path) -> None:  # pragma: no cover - child
    parent = os.getppid()
    logging.getLogger("nbclient").setLevel(logging.CRITICAL)
    # Who is asked to end lets go of the kernel and its sockets first.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    kernel = _Kernel(chapter, setting, output)
    try:
        while os.getppid() == parent:
            if connection.poll(LOOK_AFTER_PARENT_SECONDS):
                connection.send(kernel.update(*connection.recv()))
    except (EOFError, OSError, KeyboardInterrupt):
        pass
    finally:
        kernel.close()


class _Kernel:  # pragma: no cover - lives in the child
    """The child's side: the kernel and what it has executed."""

    def __init__(self, chapter: Chapter, setting: Setting, output: Path) -> None:
        self.chapter, self.setting, self.output = chapter, setting, output
        self.client: Any = None
        self.executed: nbformat.NotebookNode | None = None
        self.waiting: WaitingKernel | None = None
        self.sockets = ExitStack()

    def update(self, text: str, fresh: bool) -> bool | ReportError:
        """Execute what has changed; the error instead of raising it."""
        from papermill.parameterize import parameterize_notebook

        try:
            notebook = to_notebook(text, self.chapter.name)
            if any(cell.cell_type == "code" for cell in notebook.cells):
                # papermill's reader adds these, and its next step needs them.
                notebook.metadata["papermill"] = nbformat.NotebookNode()
                for cell in notebook.cells:
                    cell.metadata.setdefault("tags", [])
                notebook = parameterize_notebook(notebook, {"survey_year": self.setting.year})
            all_of_it = self._execute(notebook, fresh)
        except ReportError as error:
            return error
        except Exception as error:
            self.close()
            return failure(self.chapter, "", type(error).__name__, str(error), self.setting.explain)
        shown = cleaned(nbformat.from_dict(notebook))
        try:
            self._admit(shown)
        except ReportError as error:
            return error
        keep(self.output, dumps(shown))
        return all_of_it

    def _admit(self, shown: NotebookNode) -> None:
        admit(shown, self.waiting.secret if self.waiting else b"")
        if not self.setting.explain:
            refuse_outputs(self.chapter, shown)

    def _execute(self, notebook: nbformat.NotebookNode, fresh: bool) -> bool:
        if all(cell.cell_type != "code" for cell in notebook.cells):
            return True
        todo = None if fresh or self.executed is None else take_over(self.executed, notebook)
        all_of_it = todo is None
        if todo is None:
            self._start()
            todo = [number for number, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
        self.client.nb = notebook
        for number in todo:
            self._cell(notebook.cells[number], number, all_of_it)
        self.executed = notebook
        return all_of_it

    def _cell(self, cell: nbformat.NotebookNode, number: int, all_of_it: bool) -> None:
        from nbclient.exceptions import CellExecutionError

        try:
            self.client.execute_cell(cell, number)
        except CellExecutionError as error:
            if all_of_it:
                self.close()  # half a chapter in memory is no ground for the next change
            raise failure(self.chapter, cell.source, error.ename, error.evalue, self.setting.explain) from None

    def _start(self) -> None:
        from nbclient import NotebookClient

        self.close()
        os.environ |= {"REPORT_DATA": str(self.setting.data)}
        folder = self.sockets.enter_context(scratch(sockets_place(), SOCKETS))
        self.waiting = WaitingKernel()
        self.client = NotebookClient(
            nbformat.v4.new_notebook(), timeout=TIME_LIMIT_SECONDS, kernel_name="python3",
            kernel_manager_class=kernel_manager(self.waiting, folder),
            resources={"metadata": {"path": str(ROOT)}},
        )  # fmt: skip
        self.client.create_kernel_manager()
        self.client.start_new_kernel()
        self.client.start_new_kernel_client()

    def close(self) -> None:
        """End the kernel."""
        self.executed = None
        if self.client is not None and self.client.kc is not None:
            self.client.kc.stop_channels()
        if self.waiting is not None:
            self.waiting.close()
        self.sockets.close()
        self.client = self.waiting = None


def take_over(old: NotebookNode, new: NotebookNode) -> list[int] | None:
    """Give a changed chapter the outputs that still hold."""
    if [cell.source for cell in _code(old)] != [cell.source for cell in _code(new)]:
        return None
    for before, now in zip(_code(old), _code(new), strict=True):
        now.outputs = before.outputs
    outputs = {(place, cell.source): cell.outputs for place, cell in _narrative(old)}
    todo = []
    for number, (place, cell) in zip(_numbers(new), _narrative(new), strict=True):
        if (place, cell.source) in outputs:
            cell.outputs = outputs[place, cell.source]
        elif _names_used(str(prose_text(cell.source))) & _names_set(_code(new)[place:]):
            return None
        else:
            todo.append(number)
    return todo


def _is_narrative(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and prose_text(cell.source) is not None


def _code(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code" and not _is_narrative(cell)]


def _numbers(notebook: NotebookNode) -> list[int]:
    return [number for number, cell in enumerate(notebook.cells) if _is_narrative(cell)]


def _narrative(notebook: NotebookNode) -> Iterator[tuple[int, NotebookNode]]:
    """Narrative cells, each with the number of code cells before it: sentences may move, but not past code."""
    place = 0
    for cell in notebook.cells:
        if _is_narrative(cell):
            yield place, cell
        elif cell.cell_type == "code":
            place += 1


def _names_used(text: str) -> set[str]:
    names: set[str] = set()
    for expression in INLINE.findall(text):
        try:
            tree = ast.parse(expression.strip(), mode="eval")
        except SyntaxError:
            continue  # the kernel will say what is wrong with it
        names |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return names


def _names_set(cells: list[NotebookNode]) -> set[str]:
    """Names that cells bind or change in place; a star import is taken to bind nothing that a chapter uses."""
    names: set[str] = set()
    for cell in cells:
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
                names.add(node.id)
            elif isinstance(node, (ast.Subscript, ast.Attribute)) and isinstance(node.ctx, (ast.Store, ast.Del)):
                inner: ast.expr = node
                while isinstance(inner, (ast.Subscript, ast.Attribute)):
                    inner = inner.value
                names |= {inner.id} if isinstance(inner, ast.Name) else set()
            elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                names.add(node.name)
            elif isinstance(node, ast.alias):
                names.add(node.asname or node.name.partition(".")[0])
    return names
