"""The audit of a finished book: what must not leave the data root, searched in every file."""

from __future__ import annotations

import getpass
import io
import json
import re
import socket
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.data.codebook import read_codebook
from engine.errors import ReportError

# File kinds that hold rows, which no book needs; workbooks and CSV are looked into.
DATA_FILES = {
    ".parquet", ".feather", ".arrow", ".sav", ".zsav", ".dta", ".sas7bdat", ".rds", ".rdata", ".pkl", ".pickle",
    ".sqlite", ".db", ".duckdb", ".h5", ".npy", ".npz",
}  # fmt: skip
TEXT_FILES = {
    ".html", ".htm", ".css", ".js", ".json", ".csv", ".tsv", ".txt", ".xml", ".svg", ".md", ".qmd", ".ipynb",
    ".yml", ".yaml", ".map", "",
}  # fmt: skip
# Eleven digits are how Norway numbers persons; decimals of a number are none.
ELEVEN_DIGITS = re.compile(r"(?<!\d)(?<!\d\.)(?:\d{11}|\d{6} \d{5})(?!\d|\.\d)")
LOCAL_PATH = re.compile(
    r"(?:(?<![\w/.])/(?:home|Users|root|mnt|srv|tmp|var/folders)/[\w.-]+|\b[A-Za-z]:\\(?:Users|Windows|[\w ]+\\)|\bfile:///?\w)"
)
TRACEBACK = re.compile(r"Traceback \(most recent call last\)|\bast_node_interactivity\b|ipykernel_\d+")
# What a browser fetches by itself; a link that a reader may follow is none.
EXTERNAL = re.compile(
    r"<(?:script|img|source|iframe|audio|video|embed|object|input)\b[^>]*?\b(?:src|srcset|data)\s*=\s*[\"'](?:https?:)?//"
    r"|<link\b(?![^>]*\brel=[\"'](?:canonical|license|author)[\"'])[^>]*?\bhref\s*=\s*[\"'](?:https?:)?//"
    r"|@import\s+(?:url\()?[\"']?(?:https?:)?//|url\(\s*[\"']?(?:https?:)?//",
    re.I,
)
SHORTEST_NAME = 4
# Names that machines and accounts are given everywhere tell nobody anything, and would be found in any text.
COMMON_NAMES = {"root", "user", "users", "admin", "runner", "build", "localhost", "docker", "ubuntu", "debian", "host"}


@dataclass(frozen=True)
class Finding:
    """Something that must not be in a book."""

    kind: str
    file: str
    count: int


def audit(book: Path, data: Path | None = None) -> list[Finding]:
    """Search a finished book."""
    files = sorted(path for path in book.rglob("*") if path.is_file()) if book.is_dir() else []
    if not files:
        raise ReportError("there is no book to audit", str(book.name), remedy="run report build first")
    ids = {variable.name for variable in read_codebook() if variable.type == "id"} | {"person_id"}
    patterns = {
        "eleven-digit number": ELEVEN_DIGITS,
        "local path": LOCAL_PATH,
        "traceback": TRACEBACK,
        "external request": EXTERNAL,
        "user or host name": _either(_own_names()),
        "place of the data": _either([str(data.resolve())] if data else []),
    }
    found = []
    for path in files:
        name = path.relative_to(book).as_posix()
        if path.suffix.lower() in DATA_FILES:
            found.append(Finding("data file", name, 1))
        try:
            for part, text in _texts(path):
                where = f"{name}{part}"
                found += [Finding(kind, where, n) for kind, p in patterns.items() if p and (n := len(p.findall(text)))]
                found += list(_rows(path, where, text, ids))
        except (OSError, ValueError, zipfile.BadZipFile) as error:
            raise ReportError(
                f"a file can't be searched ({type(error).__name__})", name, 1, "build the book again"
            ) from None
    return found


def refuse_unclean(book: Path, data: Path | None = None) -> None:
    """Raise a ReportError that lists kinds, files and counts where an audit finds anything."""
    found = audit(book, data)
    if found:
        lines = "".join(f"\n  {one.kind}: {one.file} ({one.count})" for one in found)
        raise ReportError(
            f"the book holds what must not leave the data root:{lines}\n", "audit", sum(one.count for one in found),
            "mend the chapters named and build again; nothing of it was published",
        )  # fmt: skip


def _own_names() -> list[str]:
    """Names of this account and machine that are long and rare enough to mean something in a text."""
    names = {getpass.getuser(), socket.gethostname(), socket.gethostname().partition(".")[0], Path.home().name}
    return sorted(name for name in names if len(name) >= SHORTEST_NAME and name.lower() not in COMMON_NAMES)


def _either(words: Iterable[str]) -> re.Pattern[str] | None:
    found = "|".join(re.escape(word) for word in words)
    return re.compile(rf"(?<!\w)(?:{found})(?!\w)") if found else None


def _texts(path: Path) -> Iterator[tuple[str, str]]:
    """Pieces of a file that can be read as text, each with what to add to the file's name."""
    kind = path.suffix.lower()
    if kind == ".pdf":
        from pypdf import PdfReader

        document = PdfReader(path)
        yield "", " ".join(str(value) for value in (document.metadata or {}).values())
        for number, page in enumerate(document.pages, start=1):
            yield f", page {number}", page.extract_text()
    elif kind in (".xlsx", ".zip"):
        with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as book:
            for name in book.namelist():
                yield f", {name}", book.read(name).decode("utf-8", errors="replace")
    elif kind in TEXT_FILES:
        yield "", path.read_bytes().decode("utf-8", errors="replace")


def _rows(path: Path, where: str, text: str, ids: set[str]) -> Iterator[Finding]:
    """Rows of persons: columns or keys named as the codebook's ids, and what notebooks were left with."""
    kind = path.suffix.lower()
    if kind in (".csv", ".tsv"):
        names = {cell.strip().strip("\"'") for cell in re.split(r"[,;\t]", text.partition("\n")[0])}
        if names & ids:
            yield Finding("column of ids", where, len(names & ids))
    elif kind in (".json", ".html", ".js", ".xlsx"):
        name = f"(?:{'|'.join(sorted(ids))})"
        # A key, or the head of a table's column; that a page speaks of the variable is nothing.
        count = len(re.findall(rf"[\"']{name}[\"']\s*:|<t[hd]?\b[^>]*>\s*{name}\s*</t[hd]?>", text))
        if count:
            yield Finding("ids as keys", where, count)
    elif kind == ".ipynb":
        cells = json.loads(text).get("cells", [])
        left = sum(bool(cell.get("outputs")) for cell in cells)
        if left:
            yield Finding("notebook with outputs", where, left)
