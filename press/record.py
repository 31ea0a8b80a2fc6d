"""`book.json` and `manifest.sha256`: what a finished book says of itself, so that nobody need trust a file name."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from engine.disclosure.rules import minimum_persons
from engine.errors import ReportError

FILE = "book.json"
# Digests of all files, the record's too, as `sha256sum -c manifest.sha256` reads them.
DIGESTS = "manifest.sha256"
REMEDY = "run report build"
# Sixteen letters for the digits: an audit takes eleven digits in a row for a person's number.
LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")
DIGITS = str.maketrans("abcdefghijklmnop", "0123456789abcdef")


@dataclass(frozen=True)
class BookRecord:
    """What a book is made of."""

    year: int
    kind: str
    minimum: int
    formats: tuple[str, ...]
    renderer: str
    files: dict[str, str]


def book_files(folder: Path) -> list[str]:
    """List a book's content: all files but hidden ones and those about the book itself, as sorted relative paths."""
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    shown = (path.as_posix() for path in paths if not any(part.startswith(".") for part in path.parts))
    return sorted(set(shown) - {FILE, DIGESTS})


def published_files(folder: Path) -> list[str]:
    """List what is published of a book: its content, then what it says of itself."""
    return [*book_files(folder), FILE, DIGESTS]


def write_record(folder: Path, year: int, kind: str, formats: tuple[str, ...], renderer: str) -> None:
    """Write `book.json` and `manifest.sha256` into a finished book."""
    files = {name: _digest(folder / name) for name in book_files(folder)}
    record = BookRecord(year, kind, minimum_persons(), formats, renderer, files)
    (folder / FILE).write_text(json.dumps(asdict(record), indent=1) + "\n", encoding="utf-8")
    (folder / DIGESTS).write_text(_digests(folder, record), encoding="utf-8")


def read_record(folder: Path) -> BookRecord:
    """Read a book's record."""
    if not folder.is_dir():
        raise ReportError("there is no book", folder.name, remedy=REMEDY)
    try:
        stored = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return BookRecord(
            int(stored["year"]), str(stored["kind"]), int(stored["minimum"]), tuple(stored["formats"]),
            str(stored["renderer"]), dict(stored["files"]),
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError):
        raise ReportError("the book does not say what it is made of", f"{folder.name}/{FILE}", remedy=REMEDY) from None


def differences(folder: Path, record: BookRecord) -> dict[str, list[str]]:
    """Compare a book with its record."""
    found = book_files(folder)
    missing = [name for name in record.files if name not in found]
    changed = [name for name in found if name in record.files and _digest(folder / name) != record.files[name]]
    digests = folder / DIGESTS
    if not digests.is_file():
        missing.append(DIGESTS)
    elif digests.read_bytes() != _digests(folder, record).encode():
        changed.append(DIGESTS)
    return {"missing": missing, "changed": changed, "foreign": [name for name in found if name not in record.files]}


def _digests(folder: Path, record: BookRecord) -> str:
    """Content of `manifest.sha256`: the files of the record, and the record as it lies there."""
    named = record.files | {FILE: _digest(folder / FILE)}
    return "".join(f"{named[name].translate(DIGITS)}  {name}\n" for name in sorted(named))


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest().translate(LETTERS)
