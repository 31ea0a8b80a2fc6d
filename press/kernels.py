"""Kernels forked from a process that has the libraries in memory: papermill speaks to them as to any other kernel.

Starting Python and importing the libraries is most of a chapter's time; a fork has them at once.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import CaselessStrEnum, Unicode

from engine.errors import ReportError
from engine.outputs import OPEN_MIME, seal_with, sealed

NEEDED = ("ipykernel.kernelapp", "ipykernel.ipkernel", "papermill", "nbformat", "helpers", "engine.register.register")
LOOK_AFTER_PARENT_SECONDS = 0.5
# Characters that a chapter's cells may print together; no page shows them.
PRINT_LIMIT = 5_000_000
# 107 characters of a path, less `etterprov-` with sixteen digits and `kernel-` with a number.
LONGEST_PLACE = 65


def warm_up() -> None:
    """Import what chapters use, once, before processes are forked."""
    for name in NEEDED:
        import_module(name)
    from engine.exhibits.style import apply_style

    apply_style()


def end_with(parent: int) -> None:
    """End this process soon after its parent, which, killed at once, can't tell it to."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_AFTER_PARENT_SECONDS)
        os._exit(1)  # pragma: no cover - ends the process, and with it the measuring

    threading.Thread(target=watch, daemon=True).start()


class WaitingKernel:
    """A forked child that becomes a Jupyter kernel when it is told its connection file.

    It has the few methods of `subprocess.Popen` that Jupyter's provisioner uses. The fork is made before any event loop
    runs, because a loop does not survive a fork.
    """

    stdin = stdout = stderr = None

    def __init__(self) -> None:
        listening, self._telling = os.pipe()
        self.returncode: int | None = None
        # Known to the child and to us: what helpers make there is sealed with it.
        self.secret = secrets.token_bytes(32)
        parent = os.getpid()
        self.pid = os.fork()
        if self.pid == 0:  # pragma: no cover - coverage does not follow the child
            os.close(self._telling)
            _become_kernel(listening, parent, self.secret)
        os.close(listening)

    def start(self, connection_file: str, folder: str) -> None:
        """Tell the child its connection file and working folder."""
        os.write(self._telling, json.dumps([connection_file, folder]).encode() + b"\n")

    def poll(self) -> int | None:
        """Exit code, or None while it runs."""
        if self.returncode is None:
            self._take(os.WNOHANG)
        return self.returncode

    def wait(self) -> int:
        """Wait for the end and give the exit code."""
        if self.returncode is None:
            self._take(0)
        return self.returncode or 0

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def close(self) -> None:
        """End it and let go of the pipe, whatever it was doing."""
        self.kill()
        self.wait()
        os.close(self._telling)

    def _take(self, flags: int) -> None:
        pid, status = os.waitpid(self.pid, flags)
        if pid:
            self.returncode = os.waitstatus_to_exitcode(status)


def limit_printing(*streams: Any) -> None:
    """Refuse to print without end: the words of all cells are held in memory until the chapter is done."""

    def limit(stream: Any) -> None:
        write, left = stream.write, PRINT_LIMIT

        def counted(text: str) -> Any:
            nonlocal left
            left -= len(text)
            if left < 0:
                raise ReportError(f"more than {PRINT_LIMIT} characters printed", remedy="print less: no page shows it")
            return write(text)

        stream.write = counted

    for stream in streams:
        limit(stream)


def drawings_teller(publish: Callable[[dict[str, Any]], None]) -> Callable[[object], None]:
    """Make what tells after each cell which drawings of pyplot stand open, where that has changed.

    A page shows exhibits only, and a drawing that became one is closed.
    """
    seen: WeakKeyDictionary[Any, int] = WeakKeyDictionary()
    before: list[int] = []

    def tell(_: object) -> None:
        nonlocal before
        pyplot: Any = sys.modules.get("matplotlib.pyplot")
        numbers = pyplot.get_fignums() if pyplot else []
        current = pyplot.gcf().number if numbers else None
        now = [seen.setdefault(pyplot.figure(number), len(seen)) for number in numbers]
        if numbers:
            pyplot.figure(current)
        if now != before:
            before = now
            publish(sealed({OPEN_MIME: now}))

    return tell


def _become_kernel(listening: int, parent: int, secret: bytes) -> None:  # pragma: no cover - runs in the forked child
    code = 1
    try:
        os.setsid()
        # What a cell or a library prints past Python must not reach the terminal: of real data it could be rows.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        with os.fdopen(listening) as pipe:
            told = pipe.readline()
        if told:
            connection_file, folder = json.loads(told)
            os.chdir(folder)
            sys.path.insert(0, folder)
            from ipykernel.kernelapp import IPKernelApp

            app = IPKernelApp.instance()
            # Knowing its parent, the kernel is quiet about its sockets and ends when the parent is gone …
            quiet = [f"--IPKernelApp.parent_handle={parent}", "--IPKernelApp.log_level=50"]
            app.initialize(["-f", connection_file, *quiet])
            limit_printing(sys.stdout, sys.stderr)
            seal_with(secret)
            app.shell.events.register("post_run_cell", drawings_teller(app.shell.display_pub.publish))
            # … unless it was gone before the kernel looked for the first time.
            if os.getppid() == parent:
                app.start()
        code = 0
    finally:
        os._exit(code)


class _ForkedProvisioner(LocalProvisioner):
    """Gives a waiting kernel its connection instead of starting a program."""

    waiting: WaitingKernel

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        folder = str(kwargs.get("cwd") or Path.cwd())
        assert self.parent is not None  # the manager below gives itself
        self.waiting.start(self.parent.connection_file, folder)
        # Has the methods of Popen that the base class uses.
        self.process, self.cwd = self.waiting, folder  # type: ignore[assignment]
        self.pid, self.pgid = self.waiting.pid, None
        return self.connection_info


def sockets_place() -> Path:
    """Name the parent of folders of sockets: the folder for temporary files, or /tmp where its path is too long."""
    usual = Path(tempfile.gettempdir())
    return usual if len(os.fsencode(usual)) <= LONGEST_PLACE else Path("/tmp")


def kernel_manager(waiting: WaitingKernel, folder: Path) -> type[AsyncKernelManager]:
    """Kernel manager for one waiting kernel, speaking over sockets in a folder of one's own."""

    class ForkedKernelManager(AsyncKernelManager):
        transport = CaselessStrEnum(["ipc"], default_value="ipc")
        # Without a name of its own every kernel would take the sockets `kernel-ipc-*` of the working folder.
        connection_file = Unicode(str(folder / "kernel.json"))
        ip = Unicode(str(folder / "kernel"))

        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.provisioner = _ForkedProvisioner(parent=self, kernel_spec=self.kernel_spec, kernel_id="forked")
            self.provisioner.waiting = waiting

    return ForkedKernelManager
