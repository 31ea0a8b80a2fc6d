"""What the commands share: options, progress, and one clear message for an error."""

from __future__ import annotations

import errno
import os
import re
import shutil
import sys
import traceback
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from engine.errors import ReportError

from .project import ROOT

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


class Year(click.ParamType):  # type: ignore[type-arg]
    """A year of four digits; what else is given is not told back, however long it is."""

    name = "year"

    def convert(self, value: Any, param: click.Parameter | None, context: click.Context | None) -> int:
        """Read it."""
        if re.fullmatch(r"\s*[0-9]{4}\s*", str(value)) is None:
            self.fail("that is no year of four digits", param, context)
        return int(value)


YEAR = click.option("--year", type=Year(), metavar="YEAR", help="Survey year. Default: the newest wave found.")


def say(line: str) -> None:
    """Write a line of progress to standard error."""
    click.echo(line, err=True)


def clear_errors(command: Callable[..., None]) -> Callable[..., None]:
    """Turn an error into one message and exit status 1.

    A fault of the disk is told as such. An error that nobody foresaw can quote the data (pandas does). Unless the data
    is known to be synthetic, its words and its traceback are withheld: kind of error and the line of this project are
    told.
    """

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except ReportError as error:
            click.echo(f"error: {error}", err=True)
            sys.exit(1)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            told = disk_fault(error) if isinstance(error, OSError) else None
            if told is None and _may_explain(kwargs):
                raise
            click.echo(f"error: {told or _withheld(error)}", err=True)
            sys.exit(1)

    return wrapped


def disk_fault(error: OSError) -> ReportError | None:
    """Tell what the disk refused: the system's own words, the name of the file or folder, and what to do."""
    inner = re.search(r"\[Errno (\d+)\]", str(error)) if isinstance(error, shutil.Error) else None
    number = int(inner[1]) if inner else error.errno
    if number not in REMEDIES:
        return None
    place = Path(str(error.filename2 or error.filename or "disk")).name
    return ReportError(f"can't be written: {os.strerror(number)}", place, remedy=REMEDIES[number])


def _may_explain(options: dict[str, Any]) -> bool:
    """Whether the data that a command was given is synthetic, and says so."""
    # Only an error needs to know; `--help` should not wait for what reads files.
    from engine.data.manifest import SETTING, read_manifest

    roots = [Path(given) for given in (options.get("data"), os.environ.get(SETTING)) if given]
    try:
        return all(read_manifest(root).is_synthetic for root in roots)
    except Exception:
        # Whatever is wrong with a manifest, it does not say that the data is synthetic.
        return False


def _withheld(error: Exception) -> ReportError:
    """Kind and place of an error, without its words."""
    rooms = tuple(f"{ROOT / room}{os.sep}" for room in ("helpers", "engine", "press", "twin"))
    # This very module is on the way to all errors and says nothing about any.
    frames = [frame for frame in traceback.extract_tb(error.__traceback__)
              if frame.filename.startswith(rooms) and frame.filename != __file__]  # fmt: skip
    place = f"{Path(frames[-1].filename).relative_to(ROOT)}, line {frames[-1].lineno}" if frames else "a library"
    return ReportError(
        f"{type(error).__name__}: its words are withheld because they could hold data", place,
        remedy="report this line to the project; on the synthetic twin the same error shows its words",
    )  # fmt: skip
