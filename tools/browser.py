"""A built book in a headless browser: served from this machine, nothing fetched from elsewhere."""

from __future__ import annotations

import functools
import http.server
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from engine.errors import ReportError

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A plain file server that keeps its log to itself."""

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def served(site: Path) -> Iterator[str]:
    """Serve a folder while the block runs."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def program() -> str | None:
    """Where the browser is, if there is one."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


@contextmanager
def opened() -> Iterator[Any]:
    """Start the system's Chromium without a window."""
    found = program()
    if found is None:
        raise ReportError("no browser on this machine", "PATH", remedy="install the package chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise ReportError("Playwright is not installed", "Python", remedy="install the extra dev") from None
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=found, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()
