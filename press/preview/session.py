"""A preview from start to end: watches files, keeps a worker at work, and tells browser and terminal."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import webbrowser
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from watchfiles import Change, watch

from engine.data.files import WAVE_FILE
from engine.data.manifest import FILE
from engine.errors import ReportError

from ..project import ROOT, Project
from .server import Server, open_server

BOOK = (".qmd", ".yml", ".bib", ".css", ".js", ".html", ".lua", ".csl", ".woff2")
CODE = ("helpers", "engine", "press", "data")
FOLDERS = ("chapters", "theme", *CODE)
# An editor writes a file in several steps; what comes within this time belongs together.
SETTLE_MS, LOOK_MS, WORD_MS = 300, 50, 500


@dataclass
class Options:
    """What is to be previewed."""

    year: int | None = None
    data: Path | None = None
    port: int | None = None
    browser: bool = True
    jobs: int = 2


class Session:
    """One `report preview`."""

    def __init__(self, project: Project, options: Options, say: Callable[[str], None]) -> None:
        self.project, self.options, self.say = project, options, say
        self.stop = threading.Event()
        self.server: Server | None = None
        self.data = ""
        self._worker: subprocess.Popen[str] | None = None
        self._opened: list[str] = []
        self._lock = threading.Lock()
        self._ready = threading.Event()
        self._error, self._kind_of_data = "", ""
        self._news = queue.SimpleQueue[set[tuple[Change, str]]]()
        self._watching: list[threading.Event] = []

    def run(self) -> None:
        """Preview until interrupted."""
        self.server = open_server(self.options.port, self._page_opened)
        root = self.project.root
        try:
            # First of all, so that nothing is lost that is saved while the pages are made.
            self._watch([root / name for name in FOLDERS if (root / name).is_dir()], recursive=True)
            self._watch([root], recursive=False)
            self._start_worker()
            self._ready.wait()
            if self._error:
                raise ReportError(self._error.rstrip("."))
            for watching in self._watching:
                watching.wait()
            self.say(f"preview at {self.server.entrance} – press Ctrl+C to end it")
            if self.options.browser:
                webbrowser.open(self._door(self.server).as_uri())
            while not self.stop.is_set():
                with contextlib.suppress(queue.Empty):
                    self._handle(self._news.get(timeout=1))
        except KeyboardInterrupt:
            pass
        finally:
            self._end_worker()
            self.server.shutdown()
            self.server.server_close()

    def _watch(self, places: list[Path], recursive: bool) -> None:
        """Watch folders; without their subfolders the root (environments, caches) and the data root."""
        watching = threading.Event()

        def look() -> None:
            for changes in watch(
                *places, watch_filter=lambda _, name: self._kind(Path(name)) != "", debounce=SETTLE_MS, step=LOOK_MS,
                stop_event=self.stop, recursive=recursive, ignore_permission_denied=True,
                # The first word, of a change or of none, says that the folders are watched.
                yield_on_timeout=True, rust_timeout=WORD_MS,
            ):  # fmt: skip
                watching.set()
                if changes:
                    self._news.put(changes)

        self._watching.append(watching)
        threading.Thread(target=look, daemon=True).start()

    def _door(self, server: Server) -> Path:
        """A page for the browser to begin with: on its command line every account could read the secret."""
        assert server.folder is not None
        door = server.folder / "open.html"
        door.unlink(missing_ok=True)
        with os.fdopen(os.open(door, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(f'<!DOCTYPE html><meta http-equiv="refresh" content="0; url={server.entrance}">\n')
        return door

    def _is_data(self, path: Path) -> bool:
        named = path.name == FILE or WAVE_FILE.fullmatch(path.name) is not None
        return bool(self.data) and path.parent == Path(self.data) and named

    def _kind(self, path: Path) -> str:
        """`book`, `code` (the worker must start anew), or nothing."""
        if self._is_data(path):
            return "code"
        if not path.is_relative_to(self.project.root):
            return ""
        if path.relative_to(self.project.root).parts[0] in CODE:
            return "code" if path.suffix in (".py", ".csv") else ""
        return "book" if path.suffix in BOOK else ""

    def _handle(self, changes: set[tuple[Change, str]]) -> None:
        paths = [Path(name) for _, name in changes]
        alive = self._worker is not None and self._worker.poll() is None
        if not alive or any(self._kind(path) == "code" for path in paths):
            self.say("code or data has changed: starting the worker again" if alive else "trying again")
            self._end_worker()
            self._start_worker()
            return
        names = [str(p.relative_to(self.project.root)) for p in paths if p.is_relative_to(self.project.root)]
        self._order(changed=sorted(names))

    def _page_opened(self, page: str) -> None:
        with self._lock:
            self._opened = [page, *(name for name in self._opened if name != page)][:2]
        self._order(opened=page)

    def _order(self, **words: Any) -> None:
        worker = self._worker
        if worker is None or worker.stdin is None or worker.poll() is not None:
            return
        try:
            with self._lock:
                worker.stdin.write(json.dumps(words) + "\n")
                worker.stdin.flush()
        except OSError:
            pass  # it has ended; the thread that reads from it tells why

    def _start_worker(self) -> None:
        options = {
            "root": str(self.project.root), "year": self.options.year, "jobs": self.options.jobs,
            "opened": self._opened, "data": str(self.options.data) if self.options.data else None,
        }  # fmt: skip
        paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        command = [sys.executable, "-m", "press.preview.worker", json.dumps(options)]
        self._worker = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            # Ctrl+C is this process's to receive: it ends the worker by closing its input.
            env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)}, start_new_session=True,
        )  # fmt: skip
        threading.Thread(target=self._read, args=(self._worker,), daemon=True).start()

    def _end_worker(self) -> None:
        worker, self._worker = self._worker, None
        if worker is None:
            return
        if worker.stdin:
            worker.stdin.close()
        try:
            worker.wait(3)
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()

    def _read(self, worker: subprocess.Popen[str]) -> None:
        """Pass on what a worker says, until it ends."""
        assert worker.stdout is not None and worker.stderr is not None
        last: deque[str] = deque(maxlen=1)
        errors = threading.Thread(target=last.extend, args=(worker.stderr,), daemon=True)
        errors.start()
        for line in worker.stdout:
            self._pass_on(json.loads(line))
        errors.join()
        if worker is self._worker and not self.stop.is_set():
            if not self._error:
                what = "ended" if self._ready.is_set() else "could not start"
                message = last[0].strip() if last else "no message"
                if self._kind_of_data != "synthetic":
                    # The words of an error that nobody foresaw can quote the data.
                    message = f"{message.partition(':')[0]}: its words are withheld because they could hold data"
                self._error = f"the worker {what}: {message}"
            if self._ready.is_set():
                self.say(f"error: {self._error}")
                self.say("the last good pages stay; save again to try again")
                self._error = ""
            self._ready.set()

    def _pass_on(self, message: dict[str, Any]) -> None:
        assert self.server is not None
        if "folder" in message:
            self.server.folder, self._kind_of_data = Path(message["folder"]), message["kind"]
            if not self.data:
                self.data = message["data"]
                self._watch([Path(self.data)], recursive=False)
            self.say(f"survey year {message['year']}, {message['kind']} data")
        if "said" in message:
            self.say(message["said"])
        if "stopped" in message:
            self._error = message["stopped"]
        if "failed" in message:
            self.say(f"error: {message['error']}")
            self.server.events.post("failed", {"page": message["failed"], "error": message["error"]})
        if "shown" in message:
            self.server.events.post("shown", {"pages": message["shown"]})
        if "idle" in message:
            self._ready.set()
