"""What the commands share: options, progress, and one clear message for an error."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from helpers.errors import ReportError

DATA = click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False),
    help="Folder with the raw files. Default: the environment variable REPORT_DATA, else the synthetic twin.",
)  # fmt: skip
YEAR = click.option("--year", type=int, help="Survey year. Default: the newest wave found.")


def say(line: str) -> None:
    """Write a line of progress to standard error."""
    click.echo(line, err=True)


def clear_errors(command: Callable[..., None]) -> Callable[..., None]:
    """Turn a ReportError into one message and exit status 1."""

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except ReportError as error:
            click.echo(f"error: {error}", err=True)
            sys.exit(1)

    return wrapped
