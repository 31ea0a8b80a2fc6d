"""The preview's server: pages to the browser of the account that started it, and word when one of them is new."""

from __future__ import annotations

import json
import mimetypes
import queue
import secrets
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote

from engine.errors import ReportError

HOST = "127.0.0.1"
FIRST_PORT, PORTS = 4848, 20
SECRET = "token"
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
    """Serves the pages of a preview on 127.0.0.1, to whoever has its secret.

    Every account of this machine can reach the port. As in Jupyter, a secret in the first address becomes a cookie.
    """

    daemon_threads = True
    allow_reuse_address = False

    def __init__(self, port: int, opened: Callable[[str], None]) -> None:
        super().__init__((HOST, port), _Answer)
        self.folder: Path | None = None
        self.events = Events()
        self.opened = opened
        self.secret = secrets.token_urlsafe(32)

    @property
    def address(self) -> str:
        """Where the front page is, without the secret."""
        return f"http://{HOST}:{self.server_port}/"

    @property
    def entrance(self) -> str:
        """The address that lets a browser in."""
        return f"{self.address}?{SECRET}={self.secret}"

    @property
    def cookie(self) -> str:
        """Name of the cookie: a browser sends those of one port to the others of a machine, too."""
        return f"preview-{self.server_port}"

    def is_secret(self, told: str) -> bool:
        """Whether somebody knows the secret."""
        return secrets.compare_digest(told.encode(), self.secret.encode())

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a request that broke off: the terminal is for the book's news."""


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
        refused = self._refused()
        if refused:
            return self._send(HTTPStatus.FORBIDDEN, refused)
        address, _, asked = self.path.partition("?")
        if self.server.is_secret(_told(asked)):
            return self._enter(address)
        path = unquote(address)
        if path == EVENTS_ADDRESS:
            return self._events()
        if path == SCRIPT_ADDRESS:
            return self._send(HTTPStatus.OK, SCRIPT.encode(), "text/javascript")
        name = path.removeprefix("/") + ("index.html" if path.endswith("/") else "")
        content = self._content(name)
        if content is None:
            return self._send(HTTPStatus.NOT_FOUND, b"there is no such page in the preview\n")
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        if kind == "text/html":
            if self.command == "GET":
                self.server.opened(name)
            content = content.replace(b"</body>", TAG.encode() + b"\n</body>", 1)
        return self._send(HTTPStatus.OK, content, kind)

    # The same head, and no body: `_send` and `_events` see to that.
    do_HEAD = do_GET

    def _refused(self) -> bytes:
        """Why a request is not answered; empty when it is."""
        # A foreign site whose name resolves to this machine must not read the book: it may be made of real data.
        own = {f"{name}:{self.server.server_port}" for name in (HOST, "localhost")}
        own |= {HOST, "localhost"} if self.server.server_port == 80 else set()
        if set(self.headers.get_all("Host", [])) - own or len(self.headers.get_all("Host", [])) != 1:
            return b"this preview answers to 127.0.0.1 and localhost only\n"
        if self.server.is_secret(_told(self.path.partition("?")[2])) or self._has_cookie():
            return b""
        return b"this preview is another account's, or its address lacks the secret: open the one in the terminal\n"

    def _has_cookie(self) -> bool:
        try:
            found = SimpleCookie(self.headers.get("Cookie", "")).get(self.server.cookie)
        except CookieError:
            return False
        return found is not None and self.server.is_secret(found.value)

    def _enter(self, path: str) -> None:
        """Give the cookie and the address without the secret, which then stands in no history and no referrer."""
        self.send_response(HTTPStatus.SEE_OTHER)
        self.send_header("Location", "/" + path.lstrip("/\\"))
        cookie = f"{self.server.cookie}={self.server.secret}; Path=/; HttpOnly; SameSite=Strict"
        self.send_header("Set-Cookie", cookie)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _content(self, name: str) -> bytes | None:
        """Content of a file that a published book would hold; None where there is none."""
        folder, first = self.server.folder, name.partition("/")[0]
        if folder is None:
            return None
        base = folder / "staged" / first if first in ASSETS else folder / "pages"
        try:
            target = (base.parent / name if first in ASSETS else base / name).resolve(strict=True)
            return target.read_bytes() if target.is_relative_to(base.resolve()) else None
        except (OSError, ValueError, RuntimeError):
            # No such file, a folder, a name that no disk could hold, a circle of links.
            return None

    def _send(self, status: HTTPStatus, content: bytes, kind: str = "text/plain") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind + ("; charset=utf-8" if kind.startswith("text/") else ""))
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _events(self) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command == "HEAD":
            return
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


def _told(asked: str) -> str:
    """The secret that an address tells; empty where it tells none."""
    return parse_qs(asked.partition("#")[0]).get(SECRET, [""])[0]
