"""The printed book of the sample."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from helpers.errors import ReportError
from press.pdf import render_pdf, typst_source
from press.staged import read_staged
from tests.sample_book import ALT, make_sample


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a sample book."""
    return make_sample(tmp_path_factory.mktemp("staged") / "book")


@pytest.fixture(scope="module")
def pdf(staged: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return its PDF."""
    out = tmp_path_factory.mktemp("pdf") / "made" / "bok.pdf"
    render_pdf(staged, out)
    return out


def tags(node: Any) -> list[tuple[str, str]]:
    """Tags and alternative texts of a structure tree, in order."""
    if isinstance(node, IndirectObject):
        node = node.get_object()
    if isinstance(node, ArrayObject):
        return [tag for child in node for tag in tags(child)]
    if not isinstance(node, DictionaryObject):
        return []
    own = [(str(node["/S"]), str(node.get("/Alt", "")))] if "/S" in node else []
    return own + tags(node["/K"]) if "/K" in node else own


def test_same_book_same_bytes(staged: Path, pdf: Path, tmp_path: Path) -> None:
    render_pdf(staged, tmp_path / "again.pdf")
    assert (tmp_path / "again.pdf").read_bytes() == pdf.read_bytes()


def test_it_says_it_is_accessible_and_what_it_is(pdf: Path) -> None:
    reader = PdfReader(pdf)
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and str(root["/Lang"]).startswith("nb")
    assert b"pdfuaid:part" in root["/Metadata"].get_object().get_data()
    assert reader.metadata
    assert reader.metadata.title == "Oppfølging av unge ved Nav-kontorene"
    assert reader.metadata.author == "Kari Nordmann, Ola Hansen"
    assert reader.metadata.creation_date and reader.metadata.creation_date.date().isoformat() == "2025-03-01"


def test_pictures_and_tables_are_tagged(pdf: Path) -> None:
    root: Any = PdfReader(pdf).trailer["/Root"]
    found = tags(root["/StructTreeRoot"])
    names = [name for name, _ in found]
    assert ("/Figure", ALT) in found
    assert {"/Table", "/THead", "/TH", "/Caption", "/Note", "/H1", "/H2", "/Link"} <= set(names)
    assert names.count("/Table") == 1


def test_pages_carry_notice_headings_and_numbers(pdf: Path) -> None:
    reader = PdfReader(pdf)
    pages = [" ".join(page.extract_text().split()) for page in reader.pages]
    assert "Syntetiske data. Tallene er laget for å prøve metoden" in pages[0]
    assert pages[1].startswith("Innhold")
    assert all(f"Side {number} av {len(pages)}" in page for number, page in enumerate(pages[1:], start=2))
    assert all("Undersøkelsesår 2024 · Syntetiske data" in page for page in pages[1:])
    whole = " ".join(pages)
    assert "En fotnote i første kapittel" in whole and "En annen fotnote" in whole
    assert "Last ned tallene" not in whole and "exhibit(survey" not in whole
    assert "AVD 2024a" in whole and "Figur 16." in whole and "Tabell 1." in whole


def test_bookmarks_are_the_chapters(pdf: Path) -> None:
    outline = PdfReader(pdf).outline
    names = [str(entry.title) for entry in outline if not isinstance(entry, list)]
    chapters = ["Om rapporten", "4 Ressurser og tid i oppfølgingen", "5 Tid", "Referanser"]
    assert [name for name in names if name != "Innhold"] == chapters


def test_headings_of_the_same_name_stay_apart(staged: Path) -> None:
    source = typst_source(read_staged(staged))
    assert source.count("<chapters-04-ressurser--portefølje>") == 2
    assert source.count("<chapters-05-tid--portefølje>") == 1
    assert "#link(<sec-tid>)" in source and "#link(<figur-16>)" in source


def test_missing_picture_is_told(staged: Path, tmp_path: Path) -> None:
    book = tmp_path / "book"
    shutil.copytree(staged, book)
    (book / "figures" / "figur-16.svg").unlink()
    with pytest.raises(ReportError, match=r"figur-16\.svg"):
        render_pdf(book, tmp_path / "bok.pdf")
    assert not (tmp_path / "bok.pdf").exists()
