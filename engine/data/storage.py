"""Folders for work in progress: gone when the work ends, and swept by the next one when it was killed."""

from __future__ import annotations

import fcntl
import glob
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

RANDOM = re.compile(r"[0-9a-f]{16}")


@contextmanager
def scratch(parent: Path, prefix: str, mode: int = 0o700) -> Iterator[Path]:
    """Give an empty folder of one's own; those of the same kind whose owners were killed are removed first.

    Parameters
    ----------
    parent : Path
        Existing folder to make it in.
    prefix : str
        Kind of work: the folder's name without its sixteen random digits.
    mode : int
        Who may look into it, less the process's umask.

    Yields
    ------
    Path
        The folder. It may be moved away meanwhile; what then lies in its place is removed at the end.

    Notes
    -----
    Who works in a folder holds a lock on it, which ends with the process however that ends. A process's number would
    not do: it is given again, and means nothing in another container.
    """
    sweep(parent, prefix)
    folder, held = _made(parent, prefix, mode)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if held is not None:
            os.close(held)


def sweep(parent: Path, prefix: str) -> None:
    """Remove the scratch folders of one kind that no living process holds.

    Parameters
    ----------
    parent : Path
        Where they lie.
    prefix : str
        Their kind.
    """
    for path in parent.glob(f"{glob.escape(prefix)}*"):
        if RANDOM.fullmatch(path.name.removeprefix(prefix)) and not path.is_symlink():
            with suppress(OSError):
                held = _locked(path)
                if held is not None:
                    shutil.rmtree(path, ignore_errors=True)
                    os.close(held)


def _made(parent: Path, prefix: str, mode: int) -> tuple[Path, int | None]:
    """Make a folder and lock it; without a lock where the disk knows none, which also keeps it from being swept."""
    while True:
        folder = parent / f"{prefix}{secrets.token_hex(8)}"
        folder.mkdir(mode)
        try:
            held = _locked(folder)
        except OSError:
            return folder, None
        if held is not None:
            if folder.is_dir():
                return folder, held
            os.close(held)
        # Another process has swept it between the two steps.


def _locked(folder: Path) -> int | None:
    """Lock a folder of one's own; None when another process holds it, or it is gone or another's."""
    try:
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return None
    try:
        if os.fstat(opened).st_uid == os.geteuid():
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return opened
    except BlockingIOError:
        pass
    except OSError:
        os.close(opened)
        raise
    os.close(opened)
    return None


def write_whole(path: Path, text: str) -> None:
    """Write a text file so that nobody ever meets half of it, whatever stops the writing.

    Parameters
    ----------
    path : Path
        The file; its folder exists.
    text : str
        Its content, written as UTF-8.
    """
    with scratch(path.parent, f".{path.name}-") as folder:
        fresh = folder / path.name
        fresh.write_text(text, encoding="utf-8", newline="\n")
        os.replace(fresh, path)
