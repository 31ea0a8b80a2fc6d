"""Files kept for a later build, each with its SHA-256 beside it: what was cut, changed or lost is not served again."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from engine.data.storage import scratch


def digest_of(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def keep(path: Path, text: str) -> None:
    """Write a file whole, then its digest: between the two it counts as not there."""
    _put(path, text)
    _put(beside(path), digest_of(text.encode()) + "\n")


def beside(path: Path) -> Path:
    """Where a kept file's digest lies."""
    return path.with_name(f"{path.name}.sha256")


def is_whole(path: Path) -> bool:
    """Whether a kept file can be read and is what was once kept."""
    try:
        return beside(path).read_text(encoding="ascii").strip() == digest_of(path.read_bytes())
    except (OSError, ValueError):
        return False


def take(source: Path, target: Path) -> None:
    """Copy a kept file with its digest."""
    keep(target, source.read_text(encoding="utf-8"))


def drop(path: Path) -> None:
    """Remove a kept file and its digest."""
    path.unlink(missing_ok=True)
    beside(path).unlink(missing_ok=True)


def kept_text(path: Path) -> str | None:
    """Text of a file that holds its own digest in its first line; None where it is not what was kept."""
    try:
        told, _, text = path.read_bytes().partition(b"\n")
        if told != digest_of(text).encode():
            return None
        os.utime(path)
        return text.decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def keep_text(path: Path, text: str) -> None:
    """Write a text with its digest as its first line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _put(path, f"{digest_of(text.encode())}\n{text}")


def _put(path: Path, text: str) -> None:
    """Write a file whole, by way of a folder that whoever keeps the next one sweeps."""
    with scratch(path.parent, ".kept-") as folder:
        fresh = folder / path.name
        fresh.write_text(text, encoding="utf-8", newline="\n")
        os.replace(fresh, path)
