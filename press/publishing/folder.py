"""Publishing to a folder, for instance one that a web server shows."""

from __future__ import annotations

import shutil
from pathlib import Path

from engine.errors import ReportError

from ..book_record import FILE, published_files
from ..place import replacing


def copy_book(book: Path, target: Path) -> None:
    """Put a book in place of what a folder holds: all of it or nothing.

    Parameters
    ----------
    book : Path
        The finished book.
    target : Path
        Is made where missing, and replaced where it is empty or holds an earlier book.

    Raises
    ------
    ReportError
        The folder holds something else, lies around or inside the book, or can't be written.
    """
    target = target.resolve()
    if target.is_relative_to(book.resolve()) or book.resolve().is_relative_to(target):
        raise ReportError("the folder is the book's own, or holds it", "--to", remedy="give another folder")
    try:
        if target.exists() and (not target.is_dir() or (any(target.iterdir()) and not (target / FILE).is_file())):
            raise ReportError(
                "there is something else than a book", "--to", remedy="give an empty folder, or empty this one yourself"
            )
        with replacing(target) as fresh:
            for name in published_files(book):
                (fresh / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(book / name, fresh / name)
    except OSError as error:
        what = f"the folder can't be written: {error.strerror}"
        raise ReportError(what, "--to", remedy="mend it and publish again; what was there is untouched") from None
