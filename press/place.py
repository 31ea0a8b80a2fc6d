"""Putting a finished book in place: all of it or nothing."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.data.storage import scratch, sweep

# From Linux' fcntl.h and fs.h: paths are relative to the working folder; the two names change places.
AT_FDCWD, RENAME_EXCHANGE = -100, 2


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Give an empty folder beside `target` that takes its place when the block ends without an error.

    Parameters
    ----------
    target : Path
        Folder to be made or replaced.

    Yields
    ------
    Path
        Folder to fill.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    restore(target)
    # Open to readers as any other folder: a web server may show it.
    with scratch(target.parent, _kind(target), mode=0o777) as fresh:
        yield fresh
        _take_place(fresh, target)


def _take_place(fresh: Path, target: Path) -> None:
    """Let a folder become `target`; what was there lies in the folder's own place afterwards, or is removed."""
    if not target.exists():
        try:
            os.rename(fresh, target)
            return
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise
            # Another build was faster: its book is replaced like any other.
    if not _exchanged(fresh, target):
        old = _old(target)
        os.rename(target, old)
        os.rename(fresh, target)
        shutil.rmtree(old, ignore_errors=True)


def _exchanged(one: Path, other: Path) -> bool:
    """Let two folders change places in one indivisible step; false where the system or the disk can't."""
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except AttributeError:
        return False
    return not rename(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE)


def restore(target: Path) -> None:
    """Bring back the last good folder where a build was killed between two renames, and sweep what builds left."""
    old = _old(target)
    if old.exists():
        if target.exists():
            shutil.rmtree(old)
        else:
            os.rename(old, target)
    sweep(target.parent, _kind(target))


def _kind(target: Path) -> str:
    return f".{target.name}.new-"


def _old(target: Path) -> Path:
    return target.with_name(f".{target.name}.old")
