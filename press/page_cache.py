"""Texts that Pandoc made, kept by all that decides them: an unchanged page is not rendered again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from .kept import digest_of, keep_text, kept_text

# Some eight builds of the book; the least lately used go first.
LARGEST_NUMBER = 400


def kept(folder: Path | None, key: bytes, make: Callable[[], str]) -> str:
    """Give a kept text, or make and keep it."""
    if folder is None:
        return make()
    path = folder / digest_of(key)[:32]
    text = kept_text(path)
    if text is None:
        text = make()
        keep_text(path, text)
    return text


def forget(folder: Path) -> None:
    """Remove the texts that were used least lately, where there are many."""
    if not folder.is_dir():
        return
    paths = [path for path in folder.iterdir() if path.is_file()]
    for path in sorted(paths, key=lambda path: path.stat().st_mtime)[:-LARGEST_NUMBER]:
        path.unlink(missing_ok=True)
