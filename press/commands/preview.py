"""`report preview`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from ..project import Project
from .options import DATA, YEAR, clear_errors, say


@click.command()
@YEAR
@click.option("--port", type=click.IntRange(0, 65535), help="Port on this machine; 0 for any. Default: from 4848 on.")
@click.option("--no-browser", is_flag=True, help="Only say the address.")
@DATA
@click.option("--jobs", type=click.IntRange(1), default=min(os.cpu_count() or 1, 4), help="Parallel processes.")
@clear_errors
def preview(year: int | None, port: int | None, no_browser: bool, data: Path | None, jobs: int) -> None:
    """Show the book in the browser, and each change as soon as it is saved.

    Watches chapters, theme, code and data. Runs again only what has changed (a changed sentence does not run its
    chapter again) and renders only that page. When a cell fails, its error stands here and the last good page stays.
    Only your account can see the preview: its first address holds a secret, which the browser keeps as a cookie. It
    makes no PDF and no search: `report build` does.

    \b
    report preview
    report preview --year 2023 --port 5000 --no-browser
    report preview --data /secure/surveys
    """
    from ..preview.session import Session, Wish

    Session(Project(), Wish(year, data, port, not no_browser, jobs), say).run()
