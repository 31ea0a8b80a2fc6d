"""The preview's server: pages to this machine's browser only, and word when one of them is new."""

from __future__ import annotations

import json
import mimetypes
import queue
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from engine.errors import ReportError

HOST = "127.0.0.1"
FIRST_PORT, PORTS = 4848, 20
SCRIPT_ADDRESS, EVENTS_ADDRESS = "/@preview/reload.js", "/@preview/events"
SCRIPT = (Path(__file__).parent / "reload.js").read_text(encoding="utf-8")
TAG = f'<script src="{SCRIPT_ADDRESS}"></script>'
# Of the staged book only what a published book would hold.
ASSETS = ("figures", "exhibits", "notebooks", "theme")
KEEP_ALIVE_SECONDS = 10.0


class Events:
    """Who listens for news of pages, and what the last news was."""

    def __init__(self) -> None:
        self._listening: list[queue.SimpleQueue[str]] = []
        self._lock = threading.Lock()

    def post(self, event: str, data: dict[str, Any]) -> None:
        """Send all open pages something."""
        text = f"event: {event}\ndata: {json.dumps(data)}\n\n"
        with self._lock:
            for listener in self._listening:
                listener.put(text)

    def listen(self) -> queue.SimpleQueue[str]:
        """Start to listen."""
        listener: queue.SimpleQueue[str] = queue.SimpleQueue()
        with self._lock:
            self._listening.append(listener)
        return listener

    def leave(self, listener: queue.SimpleQueue[str]) -> None:
        """Stop listening."""
        with self._lock:
            self._listening.remove(listener)


class Server(ThreadingHTTPServer):
    """Serves the pages of a preview on 127.0.0.1."""

    daemon_threads = True
    allow_reuse_address = False

    def __init__(self, port: int, opened: Callable[[str], None]) -> None:
        super().__init__((HOST, port), _Answer)
        self.folder: Path | None = None
        self.events = Events()
        self.opened = opened

    @property
    def address(self) -> str:
        """Where the front page is."""
        return f"http://{HOST}:{self.server_port}/"


def open_server(port: int | None, opened: Callable[[str], None]) -> Server:
    """Start to serve."""
    for candidate in range(FIRST_PORT, FIRST_PORT + PORTS) if port is None else (port,):
        try:
            server = Server(candidate, opened)
        except OSError:
            continue
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server
    taken = f"port {port} can't be had" if port else "no port can be had"
    raise ReportError(taken, "--port", remedy="end what uses it, or give another --port (0 takes any free one)")


class _Answer(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        """Answer with a page, a file of the book, the script or the news."""
        # A foreign site whose name resolves to this machine must not read the book: it may be made of real data.
        if self.headers.get("Host", "").rpartition(":")[0] not in (HOST, "localhost"):
            return self._send(HTTPStatus.FORBIDDEN, b"this preview answers to 127.0.0.1 and localhost only\n")
        path = unquote(urlsplit(self.path).path)
        if path == EVENTS_ADDRESS:
            return self._events()
        if path == SCRIPT_ADDRESS:
            return self._send(HTTPStatus.OK, SCRIPT.encode(), "text/javascript")
        name = path.lstrip("/") + ("index.html" if path.endswith("/") else "")
        found = self._find(name)
        if found is None:
            return self._send(HTTPStatus.NOT_FOUND, b"there is no such page in the preview\n")
        content = found.read_bytes()
        kind = mimetypes.guess_type(found.name)[0] or "application/octet-stream"
        if kind == "text/html":
            self.server.opened(name)
            content = content.replace(b"</body>", TAG.encode() + b"\n</body>", 1)
        return self._send(HTTPStatus.OK, content, kind)

    def _find(self, name: str) -> Path | None:
        folder = self.server.folder
        if folder is None:
            return None
        base = folder / ("staged" if name.partition("/")[0] in ASSETS else "pages")
        target = (base / name).resolve()
        return target if target.is_relative_to(base.resolve()) and target.is_file() else None

    def _send(self, status: HTTPStatus, content: bytes, kind: str = "text/plain") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind + ("; charset=utf-8" if kind.startswith("text/") else ""))
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(content)

    def _events(self) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        listener = self.server.events.listen()
        try:
            self.wfile.write(b"retry: 500\n\n")
            while True:
                try:
                    news = listener.get(timeout=KEEP_ALIVE_SECONDS)
                except queue.Empty:
                    news = ": still here\n\n"
                self.wfile.write(news.encode())
                self.wfile.flush()
        except OSError:
            pass  # the page was closed
        finally:
            self.server.events.leave(listener)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the terminal is for the book's news."""
