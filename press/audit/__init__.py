"""The audit of a finished book: what must not leave the data root, searched in every file.

Every file is read down to its text by its kind (`readers`), and each text is searched (`rules`, `ids`). What the audit
can't know: what a picture of points shows, and a text that somebody has put into a cipher.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from engine.data.storage import scratch
from engine.errors import ReportError
from press.kept import digest_of
from press.pages import index_words

from .ids import HEAD_LINES, Ids, columns, id_names, plain_name, read_ids
from .readers import UNREADABLE, Piece, Rows, read
from .rules import Rule, plain_forms, rules
from .tables import few_persons, is_rows


@dataclass(frozen=True)
class Finding:
    """Something that must not be in a book."""

    kind: str
    file: str
    count: int


@dataclass(frozen=True)
class Search:
    """What is searched in a piece of a file."""

    rules: dict[str, Rule]
    ids: Ids
    names: set[str]
    # Workbooks have many parts in common, which are searched once.
    seen: dict[str, dict[str, int]] = field(default_factory=dict)

    def piece(self, piece: Piece) -> Iterator[tuple[str, int]]:
        """Kinds that a piece holds, with counts."""
        yield from piece.faults.items()
        if piece.text:
            yield from self.texts(piece.text).items()
        if piece.rows:
            yield from self.rows(piece.rows)
            if piece.listed and is_rows(piece.rows):
                yield "more rows than estimates have", len(piece.rows)

    def texts(self, text: str) -> dict[str, int]:
        """Kinds that a text holds in any of its forms."""
        if text not in self.seen:
            found: Counter[str] = Counter()
            for form in plain_forms(text):
                for kind, rule in {**self.rules, "id of the data": self.ids.in_text}.items():
                    found[kind] = max(found[kind], rule(form))
            self.seen[text] = {kind: count for kind, count in found.items() if count}
        return self.seen[text]

    def rows(self, rows: Rows) -> Iterator[tuple[str, int]]:
        """Rows of persons: by names over columns, ids in columns, numbers of persons."""
        heads = {plain_name(cell) for row in rows[:HEAD_LINES] for cell in row} & self.names
        if heads:
            yield "column of ids", len(heads)
        of_data = sum(self.ids.in_column(column) for column in columns(rows))
        if of_data:
            yield "ids of the data in a column", of_data
        few = few_persons(rows)
        if few:
            yield "estimate of too few persons", few


def audit(book: Path, data: Path | None = None) -> list[Finding]:
    """Search a finished book; with its data root, also for the data's own ids."""
    paths = sorted(book.rglob("*")) if book.is_dir() else []
    if not any(path.is_file() for path in paths):
        raise ReportError("there is no book to audit", str(book.name), remedy="run report build first")
    search = Search(rules(data), read_ids(data), id_names())
    found = []
    programs = search_programs() if (book / "pagefind").is_dir() else frozenset()
    for path in paths:
        name = path.relative_to(book).as_posix()
        wrong = search.texts(name)
        if wrong:
            # Its very name must not be told.
            name = f"a name of a file or folder, level {len(path.relative_to(book).parts)}"
            found += [Finding(kind, name, count) for kind, count in wrong.items()]
        if path.is_symlink():
            found.append(Finding("link to another place", name, 1))
        elif path.is_file() and not (path.parent.name == "pagefind" and digest_of(path.read_bytes()) in programs):
            found += _file(name, path, search)
        elif not (path.is_dir() or path.is_file()):
            found.append(Finding(UNREADABLE, name, 1))
    return found


def search_programs() -> frozenset[str]:
    """Digests of the programs that the installed Pagefind puts beside every index: they hold no book's words."""
    with scratch(Path(tempfile.gettempdir()), "etterprov-search-") as folder:
        for language in ("nb", "xx"):
            (folder / f"{language}.html").write_text(f'<html lang="{language}"><body><p>x</p></body></html>')
        index_words(folder)
        files = [*(folder / "pagefind").glob("*.js"), *(folder / "pagefind").glob("wasm.*")]
        return frozenset(digest_of(path.read_bytes()) for path in files)


def _file(name: str, path: Path, search: Search) -> Iterator[Finding]:
    """Findings of a file: at each place the most that any reading shows, for one thing is read in several ways."""
    counts: dict[tuple[str, str], int] = {}
    try:
        for piece in read(name, path.name, path.read_bytes()):
            for kind, count in search.piece(piece):
                counts[kind, piece.place] = max(count, counts.get((kind, piece.place), 0))
    except OSError:
        counts[UNREADABLE, name] = 1
    for (kind, place), count in counts.items():
        yield Finding(kind, place, count)


def refuse_unclean(book: Path, data: Path | None = None) -> None:
    """Raise a ReportError that lists kinds, files and counts where an audit finds anything."""
    found = audit(book, data)
    if found:
        lines = "".join(f"\n  {one.kind}: {one.file} ({one.count})" for one in found)
        raise ReportError(
            f"the book holds what must not leave the data root:{lines}\n", "audit", sum(one.count for one in found),
            "mend the chapters named and build again; nothing of it was published",
        )  # fmt: skip
