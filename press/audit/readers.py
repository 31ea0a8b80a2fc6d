"""Files of a book read down to their text: every kind by the library that knows it, and what lies packed inside it.

What is of no known kind, or can't be read, is told as such: what can't be searched is not clean.
"""

from __future__ import annotations

import base64
import binascii
import csv
import gzip
import io
import json
import re
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote_to_bytes

from press.project import ROOT

from .markup import CSS_ADDRESS, Markup

Rows = list[list[str]]
# How a text is to be looked at besides being searched.
MARKUP = (".html", ".htm", ".xhtml", ".svg", ".xml", ".rels", ".vml")
TEXT = (".txt", ".md", ".qmd", ".yml", ".yaml", ".bib", ".map", ".lua", ".csl", ".typ")
PLAIN_NAMES = ("LICENSE", "CNAME")
# Pagefind's index: gzip around JSON and CBOR, whose words are plain UTF-8.
PACKED = (".pf_fragment", ".pf_index", ".pf_meta", ".pf_filter", ".pf_sort", ".pagefind")
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".ico", ".avif")
FONTS = (".woff2", ".woff", ".ttf", ".otf")
OF_MIME = {
    "image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/webp": ".webp", "image/svg+xml": ".svg",
    "text/html": ".html", "text/css": ".css", "text/javascript": ".js", "application/json": ".json",
    "application/pdf": ".pdf", "text/csv": ".csv", "application/javascript": ".js", "font/woff2": ".woff2",
}  # fmt: skip
# Beginnings of what is no text, whatever it is called.
MAGIC = {
    b"PAR1": ".parquet", b"ARROW1": ".arrow", b"FEA1": ".feather", b"$FL2": ".sav", b"$FL3": ".zsav",
    b"SQLite format 3": ".sqlite", b"\x89HDF": ".h5", b"\x93NUMPY": ".npy", b"RDX": ".rdata", b"<stata_dta>": ".dta",
    b"\x80\x03": ".pkl", b"\x80\x04": ".pkl", b"\x80\x05": ".pkl", b"PK\x03\x04": ".zip", b"\x1f\x8b": ".gz",
    b"%PDF": ".pdf", b"\x89PNG": ".png", b"\xff\xd8\xff": ".jpg", b"GIF8": ".gif", b"wOF2": ".woff2",
    b"BZh": ".bz2", b"\xfd7zXZ": ".xz", b"7z\xbc\xaf": ".7z", b"Rar!": ".rar", b"\x28\xb5\x2f\xfd": ".zst",
}  # fmt: skip
DATA = {".parquet", ".arrow", ".feather", ".sav", ".zsav", ".sqlite", ".h5", ".npy", ".npz", ".rdata", ".rds", ".dta",
        ".pkl", ".pickle", ".sas7bdat", ".db", ".duckdb"}  # fmt: skip
# Bytes that one file may hold when all is unpacked, and how deep it may be packed.
ROOM, DEPTH = 500_000_000, 6
UNKNOWN, UNREADABLE, PIXELS = "file of unknown kind", "file that can't be searched", "picture that can't be searched"
UNPACKED = re.compile(r"data:([\w/+.-]*)((?:;[\w=.\-\"]+)*),([^\s\"'<>)]*)")
BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
HEXADECIMAL = re.compile(r"(?<![0-9A-Za-z])(?:[0-9a-fA-F]{2}){11,}(?![0-9A-Za-z])")
SEPARATORS = ",;\t|"


@dataclass
class Piece:
    """A text found in a file, or what is wrong with the place instead of one.

    `place` is the file and where in it, `rows` the cells where it is a table, `faults` kinds of things found on the way
    with counts. `listed` says that the file itself is the table: a page's tables may be long.
    """

    place: str
    text: str = ""
    rows: Rows = field(default_factory=list)
    faults: dict[str, int] = field(default_factory=dict)
    listed: bool = False


def read(place: str, name: str, content: bytes, depth: int = 0) -> Iterator[Piece]:
    """Read a file down to its texts; what fails is a fault of the place."""
    if depth > DEPTH or len(content) > ROOM:
        yield Piece(place, faults={UNREADABLE: 1})
        return
    kind = kind_of(name)
    found = next((of for magic, of in MAGIC.items() if content.startswith(magic)), "")
    if kind in DATA or found in DATA:
        yield Piece(place, faults={"data file": 1})
        return
    reader = READERS.get(kind)
    if reader is None or (found and found not in (kind, *_containers(kind))):
        yield Piece(place, faults={UNKNOWN: 1})
        # What it says is searched all the same, as far as it can be told.
        kind = found or ".txt"
        reader = READERS.get(kind, _text)
    try:
        yield from reader(place, content, depth)
    except (Exception, RecursionError):  # a library's word about the file, which could quote it
        yield Piece(place, faults={UNREADABLE: 1})


def kind_of(name: str) -> str:
    """Kind of a file by its name; `?` for one that no book holds."""
    path = PurePosixPath(name)
    if path.name == ".build-key":
        return ".sha256"
    if path.name in PLAIN_NAMES:
        return ".txt"
    # `.rels` is a name and a kind.
    return path.suffix.lower() or (path.name if path.name in MARKUP else "?")


def _containers(kind: str) -> tuple[str, ...]:
    packed = {".xlsx": (".zip",), ".jpeg": (".jpg",), **dict.fromkeys(PACKED, (".gz",))}
    return packed.get(kind, ())


def decoded(content: bytes) -> str | None:
    """Text in whichever encoding; None where it is none."""
    marks = {b"\xff\xfe\x00\x00": "utf-32", b"\x00\x00\xfe\xff": "utf-32", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
    for mark, encoding in marks.items():
        if content.startswith(mark):
            return content.decode(encoding, errors="replace")
    if b"\0" in content:
        for start, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
            if content[start::2].count(0) > 0.4 * len(content[start::2]):
                return content.decode(encoding, errors="replace")
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _string(place: str, content: bytes) -> tuple[str, list[Piece]]:
    text = decoded(content)
    if text is None:
        return content.replace(b"\0", b"").decode("utf-8", errors="replace"), [Piece(place, faults={UNREADABLE: 1})]
    return text, []


def _text(place: str, content: bytes, depth: int) -> Iterator[Piece]:
    text, faults = _string(place, content)
    yield from faults
    yield from of_text(place, text, depth)


def of_text(place: str, text: str, depth: int) -> Iterator[Piece]:
    """A text, and what is written inside of it in another alphabet: data addresses, base64, hexadecimal."""
    yield Piece(place, text)
    for kind, settings, inner in UNPACKED.findall(text):
        raw = unquote_to_bytes(inner)
        content = _base64(raw.decode("ascii", errors="ignore")) if "base64" in settings else raw
        if content:
            yield from read(f"{place}, {kind or 'data address'}", "a" + OF_MIME.get(kind, ".txt"), content, depth + 1)
    for written, unpack in ((BASE64, _base64), (HEXADECIMAL, _hexadecimal)):
        for match in written.finditer(text):
            plain = unpack(match.group()) or b""
            if plain[:3] == b"\x1f\x8b\x08":
                yield from read(f"{place}, packed text", "a.txt", plain, depth + 1)
            elif _printable(plain):
                yield Piece(place, plain.decode("utf-8", errors="replace"))


def _base64(text: str) -> bytes | None:
    plain = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4))
    except (binascii.Error, ValueError):
        return None


def _hexadecimal(text: str) -> bytes:
    return bytes.fromhex(text)


def _printable(content: bytes) -> bool:
    shown = sum(byte in (9, 10, 13) or 32 <= byte < 127 or byte >= 160 for byte in content)
    return len(content) >= 10 and shown >= 0.95 * len(content) and sum(48 <= byte < 58 for byte in content) > 0


def _markup(place: str, content: bytes, depth: int) -> Iterator[Piece]:
    text, faults = _string(place, content)
    yield from faults
    yield from of_text(place, text, depth)
    page = Markup()
    page.feed(text)
    page.close()
    yield Piece(place, "".join(page.words), faults=dict(page.faults))
    yield Piece(place, "\n".join(page.values))
    for value in page.values:
        if value[:1] in ("{", "["):
            with suppress(ValueError):
                yield from _values(place, json.loads(value), depth)
    for style in page.styles:
        yield from _style(place, style.encode(), depth + 1)
    for script in page.scripts:
        yield from _script(place, script.encode(), depth + 1)
    for stored in page.stored:
        yield from _json(place, stored.encode(), depth + 1)
    for inner in page.pages:
        yield from _markup(place, inner.encode(), depth + 1)
    for rows in page.tables:
        yield Piece(place, rows=rows)


def _style(place: str, content: bytes, depth: int) -> Iterator[Piece]:
    text, faults = _string(place, content)
    yield from faults
    yield from of_text(place, text, depth)
    bare = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    plain = re.sub(r"\\([0-9a-fA-F]{1,6})\s?", lambda code: chr(min(int(code[1], 16), 0x10FFFF)), bare)
    asked = len(CSS_ADDRESS.findall(plain))
    if asked:
        yield Piece(place, faults={"external request": asked})


# A literal address in a script: fetched, imported or connected to. Names of languages are none.
KEYS = re.compile(r"[\"']?([A-Za-z][\w-]{2,40})[\"']?\s*:(?!:)")
IN_SCRIPT = re.compile(r"[\"'`]\s*(?:(?:https?|wss?|ftp):)?(?:\\?/){2}(?!www\.w3\.org/)[\w\[][\w.-]*[.:\]][\w]")


def _script(place: str, content: bytes, depth: int) -> Iterator[Piece]:
    text, faults = _string(place, content)
    yield from faults
    yield from of_text(place, text, depth)
    yield Piece(place, rows=[KEYS.findall(text)])
    asked = len(IN_SCRIPT.findall(text))
    if asked:
        yield Piece(place, faults={"external request": asked})


def _json(place: str, content: bytes, depth: int) -> Iterator[Piece]:
    text, faults = _string(place, content)
    yield from faults
    yield from of_text(place, text, depth)
    yield from _values(place, json.loads(text), depth)


def _values(place: str, loaded: Any, depth: int) -> Iterator[Piece]:
    """Scalars of what JSON holds, as text; keys and lists of equal length, as tables."""
    told: list[str] = []
    todo = [loaded]
    while todo:
        value = todo.pop()
        if isinstance(value, dict):
            told += [str(key) for key in value]
            yield Piece(place, rows=[[str(key) for key in value]])
            columns = [part for part in value.values() if isinstance(part, list)]
            yield from (Piece(place, rows=[[_cell(cell)] for cell in part]) for part in columns)
            todo += value.values()
        elif isinstance(value, list):
            records = [part for part in value if isinstance(part, (list, dict))]
            lines = [[_cell(cell) for cell in (part.values() if isinstance(part, dict) else part)] for part in records]
            yield Piece(place, rows=lines or [[_cell(cell)] for cell in value])
            todo += value
        else:
            told.append(_cell(value))
    for text in told:
        if isinstance(text, str) and len(text) > 15:
            yield from of_text(place, text, depth + 1)
    yield Piece(place, "\n".join(told))


def _cell(value: Any) -> str:
    return "" if value is None or isinstance(value, (list, dict)) else str(value)


def _table(place: str, content: bytes, depth: int) -> Iterator[Piece]:
    text, faults = _string(place, content)
    yield from faults
    yield from of_text(place, text, depth)
    lines = [line for line in text.splitlines() if line.strip()]
    head = lines[: min(len(lines), 5)]
    separator = max(SEPARATORS, key=lambda mark: sum(line.count(mark) for line in head))
    yield Piece(place, rows=[[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=separator)],
                listed=True)  # fmt: skip


def _notebook(place: str, content: bytes, depth: int) -> Iterator[Piece]:
    import nbformat

    text, faults = _string(place, content)
    yield from faults
    yield from of_text(place, text, depth)
    notebook = nbformat.reads(text, as_version=4)
    left = sum(bool(cell.get("outputs")) for cell in notebook.cells)
    if left:
        yield Piece(place, faults={"notebook with outputs": left})
    yield from _values(place, json.loads(text), depth)
    for number, cell in enumerate(notebook.cells, start=1):
        for name, kinds in cell.get("attachments", {}).items():
            for mime, stored in kinds.items():
                at = f"{place}, cell {number}, {name}"
                yield from read(at, "a" + OF_MIME.get(mime, "?"), _base64(str(stored)) or b"", depth + 1)


DIGEST_LINE = re.compile(r"^[0-9a-f]{64}(?=$|  )", re.M)


def _digests(place: str, content: bytes, depth: int) -> Iterator[Piece]:
    """Digests of files are sixteen kinds of digits in a row by chance; what stands beside them is searched."""
    text, faults = _string(place, content)
    yield from faults
    yield from of_text(place, DIGEST_LINE.sub("", text), depth)


def _packed(place: str, content: bytes, depth: int) -> Iterator[Piece]:
    with gzip.open(io.BytesIO(content)) as file:
        plain = file.read(ROOM + 1)
    if len(plain) > ROOM:
        raise ValueError
    told = plain.removeprefix(b"pagefind_dcd")
    text = told.decode("utf-8", errors="replace") if told[:1] == b"{" else "\n".join(cbor_words(told))
    yield from of_text(place, text, depth)


def cbor_words(content: bytes) -> Iterator[str]:
    """Texts in CBOR: a byte says that one follows, and how long it is. Between them stand numbers."""
    for at, kind in enumerate(content):
        if 0x62 <= kind <= 0x78:
            start, length = (at + 2, content[at + 1 : at + 2]) if kind == 0x78 else (at + 1, bytes([kind - 0x60]))
            word = content[start : start + length[0]] if length else b""
            if length and len(word) == length[0] and min(word, default=0) >= 32:
                yield word.decode("utf-8", errors="replace")


def _zip(place: str, content: bytes, depth: int) -> Iterator[Piece]:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        members = book.infolist()
        if sum(member.file_size for member in members) > ROOM:
            raise zipfile.BadZipFile
        yield Piece(place, "\n".join([book.comment.decode("utf-8", "replace"), *(m.filename for m in members)]))
        for member in members:
            if not member.is_dir():
                yield from read(f"{place}, {member.filename}", member.filename, book.read(member), depth + 1)


def _workbook(place: str, content: bytes, depth: int) -> Iterator[Piece]:
    import openpyxl

    yield from _zip(place, content, depth)
    book = openpyxl.load_workbook(io.BytesIO(content))
    for sheet in book.worksheets:
        cells = [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
        # Each cell is a text of its own: a number in one and a number in the next are not one number.
        yield Piece(f"{place}, {sheet.title}", "\n".join(cell for row in cells for cell in row), cells, listed=True)


def _picture(place: str, content: bytes, depth: int) -> Iterator[Piece]:
    """What a picture says in words; what its points show can't be read."""
    from PIL import ExifTags, Image

    yield Piece(place, faults={PIXELS: 1})
    with Image.open(io.BytesIO(content)) as picture:
        picture.load()
        told = [str(value) if not isinstance(value, bytes) else value.decode("utf-8", "replace")
                for value in picture.info.values()]  # fmt: skip
        exif = picture.getexif()
        for folder in (exif, exif.get_ifd(ExifTags.IFD.Exif), exif.get_ifd(ExifTags.IFD.GPSInfo)):
            told += [v.decode("utf-8", "replace") if isinstance(v, bytes) else str(v) for v in folder.values()]
    yield from of_text(place, "\n".join(told), depth)
    # Behind the picture's end anything can lie.
    tail = content.partition(b"IEND\xaeB`\x82")[2] or content.rpartition(b"\xff\xd9")[2]
    yield Piece(place, tail.decode("utf-8", errors="replace") if len(tail) < len(content) else "")


@cache
def _own_fonts() -> frozenset[str]:
    return frozenset(sha256(path.read_bytes()).hexdigest() for path in (ROOT / "theme" / "fonts").glob("*"))


def _font(place: str, content: bytes, depth: int) -> Iterator[Piece]:
    """A font passes when it is one of the theme's, byte for byte: nothing reads what else one could hold."""
    if sha256(content).hexdigest() not in _own_fonts():
        yield Piece(place, faults={UNKNOWN: 1})


def _pdf(place: str, content: bytes, depth: int) -> Iterator[Piece]:
    from .pdf import read_pdf

    for part, inner in read_pdf(content):
        at = f"{place}, {part}" if part else place
        if isinstance(inner, bytes):
            name = next((f"a{kind}" for magic, kind in MAGIC.items() if inner.startswith(magic)), "a.txt")
            yield from read(at, name, inner, depth + 1)
        elif isinstance(inner, str):
            yield from of_text(at, inner, depth + 1)
        else:
            yield Piece(at, faults=inner)


READERS = {
    **dict.fromkeys(MARKUP, _markup), **dict.fromkeys(TEXT, _text), **dict.fromkeys(PACKED, _packed),
    **dict.fromkeys(PICTURES, _picture), **dict.fromkeys(FONTS, _font), ".css": _style, ".js": _script,
    ".mjs": _script, ".json": _json, ".webmanifest": _json, ".csv": _table, ".tsv": _table, ".ipynb": _notebook,
    ".xlsx": _workbook, ".sha256": _digests, ".zip": _zip, ".pdf": _pdf,
}  # fmt: skip
