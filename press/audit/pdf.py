"""A PDF down to its objects: pages, outline, links, notes, metadata, files inside of it, and what it would run."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

# Actions and parts that run, send or open something when the document is read.
ACTIVE = {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/RichMedia", "/Movie", "/Sound"}
# Streams without words of their own: points, outlines of letters, and the document's own order.
MUTE = {"/ObjStm", "/XRef"}


def read_pdf(content: bytes) -> Iterator[tuple[str, str | bytes | dict[str, int]]]:
    """Pieces of a document: where, and its text, the bytes of a file inside, or what is wrong."""
    from pypdf import PdfReader

    document = PdfReader(io.BytesIO(content))
    for number, page in enumerate(document.pages, start=1):
        yield f"page {number}", page.extract_text()
    texts: list[str] = []
    active = 0
    for number in sorted({*_numbers(document)}):
        found = document.get_object(number)
        told, runs = _told(found)
        texts += told
        active += runs
        if hasattr(found, "get_data"):
            yield from _stream(found)
    yield "", "\n".join(texts)
    if active:
        yield "", {"active content": active}
    # An earlier version of the document stays in the file when it is saved on top.
    versions = content.count(b"startxref")
    if versions > 1:
        yield "", {"earlier version in the file": versions - 1}


def _numbers(document: Any) -> Iterator[int]:
    for numbers in document.xref.values():
        yield from numbers
    yield from document.xref_objStm


def _told(found: Any) -> tuple[list[str], int]:
    """All strings of an object, and how many of its parts are active."""
    from pypdf.generic import ArrayObject, ByteStringObject, DictionaryObject, NameObject, TextStringObject

    texts, active, todo = [], 0, [found]
    while todo:
        value = todo.pop()
        if isinstance(value, DictionaryObject):
            active += sum(name in ACTIVE for name in (value.get("/S"), value.get("/Subtype")))
            active += "/JS" in value
            texts += [str(key)[1:] for key in value]
            todo += [value.raw_get(key) for key in value]
        elif isinstance(value, ArrayObject):
            todo += [list.__getitem__(value, at) for at in range(len(value))]
        elif isinstance(value, TextStringObject):
            texts.append(str(value))
        elif isinstance(value, NameObject):
            texts.append(str(value)[1:])
        elif isinstance(value, ByteStringObject):
            texts.append(bytes(value).decode("utf-8", errors="replace"))
    return texts, active


def _stream(found: Any) -> Iterator[tuple[str, str | bytes | dict[str, int]]]:
    if found.get("/Subtype") == "/Image":
        yield "", {"picture that can't be searched": 1}
        if "/DCTDecode" in str(found.get("/Filter")):
            yield "picture", bytes(found.get_data())
    elif found.get("/Type") == "/EmbeddedFile":
        yield "attachment", bytes(found.get_data())
    elif found.get("/Type") not in MUTE:
        content = bytes(found.get_data())
        # Metadata. What pages draw is read from the pages: a drawing's own text is coordinates and numbers of letters.
        if content.lstrip(b"\xef\xbb\xbf \r\n")[:1] == b"<":
            yield "metadata", content.decode("utf-8", errors="replace")
