"""Texts that Pandoc made, kept by all that decides them: an unchanged page is not rendered again."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

# Some eight builds of the book; the least lately used go first.
LARGEST_NUMBER = 400


def kept(folder: Path | None, key: bytes, make: Callable[[], str]) -> str:
    """Give a kept text, or make and keep it."""
    if folder is None:
        return make()
    path = folder / hashlib.sha256(key).hexdigest()[:32]
    try:
        text = path.read_text(encoding="utf-8")
        os.utime(path)
    except OSError:
        text = ""
    # An empty file is what a machine leaves that lost its power.
    if not text:
        text = make()
        folder.mkdir(parents=True, exist_ok=True)
        new = path.with_suffix(".new")
        new.write_text(text, encoding="utf-8")
        os.replace(new, path)
    return text


def forget(folder: Path) -> None:
    """Remove the texts that were used least lately, where there are many."""
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime)[:-LARGEST_NUMBER]:
        path.unlink(missing_ok=True)
