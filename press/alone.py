"""One build at a time in a cache."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def alone(folder: Path, say: Callable[[str], None]) -> Iterator[None]:
    """Let one build at a time work in a cache; a second one waits for the first.

    Parameters
    ----------
    folder : Path
        The cache. The lock ends with the process that holds it, also when that is killed.
    say : callable
        Is told when there is something to wait for.

    Yields
    ------
    None
    """
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
