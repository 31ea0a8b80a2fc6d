"""What the commands share: options, progress, and one clear message for an error."""

from __future__ import annotations

import errno
import os
import re
import shutil
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from helpers.errors import ReportError

ROOM = "make room on the disk and try again; a book in place is untouched"
RIGHT = "let your account write there, or work in another folder; a book in place is untouched"
AWAY = "move away what lies there"
REMEDIES = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), ROOM),
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), RIGHT),
    **dict.fromkeys((errno.EEXIST, errno.ENOTDIR, errno.EISDIR), AWAY),
    errno.EIO: "look after the disk; a book in place is untouched",
}
DATA = click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False),
    help="Folder with the raw files. Default: the environment variable REPORT_DATA, else the synthetic twin.",
)  # fmt: skip
YEAR = click.option("--year", type=int, help="Survey year. Default: the newest wave found.")


def say(line: str) -> None:
    """Write a line of progress to standard error."""
    click.echo(line, err=True)


def clear_errors(command: Callable[..., None]) -> Callable[..., None]:
    """Turn a ReportError, or a fault of the disk, into one message and exit status 1."""

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except ReportError as error:
            click.echo(f"error: {error}", err=True)
            sys.exit(1)
        except OSError as error:
            click.echo(f"error: {disk_fault(error)}", err=True)
            sys.exit(1)

    return wrapped


def disk_fault(error: OSError) -> ReportError:
    """Tell what the disk refused: the system's own words, the name of the file or folder, and what to do.

    Parameters
    ----------
    error : OSError
        As the system raised it, or gathered by `shutil.copytree`.

    Returns
    -------
    ReportError

    Raises
    ------
    OSError
        The same, when it is no fault of the disk.
    """
    inner = re.search(r"\[Errno (\d+)\]", str(error)) if isinstance(error, shutil.Error) else None
    number = int(inner[1]) if inner else error.errno
    if number not in REMEDIES:
        raise error
    place = Path(str(error.filename2 or error.filename or "disk")).name
    return ReportError(f"can't be written: {os.strerror(number)}", place, remedy=REMEDIES[number])
