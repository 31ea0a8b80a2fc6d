"""Putting a finished book in place: all of it or nothing."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.data.storage import scratch, sweep

# From Linux' fcntl.h and fs.h: paths are relative to the working folder; the two names change places.
AT_FDCWD, RENAME_EXCHANGE = -100, 2


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Give an empty folder beside `target` that takes its place when the block ends without an error."""
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


@contextmanager
def alone(folder: Path, say: Callable[[str], None]) -> Iterator[None]:
    """Let one build at a time work in a cache; a second one waits for the first."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / ".lock", "w") as lock, _unshared(lock.fileno()):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another build is at work; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _unshared(lock: int) -> Iterator[None]:
    """Keep a lock from forked processes: one that outlives this process would hold the next build up."""
    _locks.add(lock)
    try:
        yield
    finally:
        _locks.discard(lock)


def _close_locks() -> None:
    while _locks:
        os.close(_locks.pop())


_locks: set[int] = set()
os.register_at_fork(after_in_child=_close_locks)
