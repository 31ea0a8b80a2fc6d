"""The printed book of the sample."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typst
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from engine.errors import ReportError
from press.book import read_staged
from press.pages import render_page
from press.pdf import render_pdf, typst_source
from press.project import ROOT
from tests.sample_book import ALT, make_sample, prose, raw, write_notebook


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
    assert "Syntetiske data. Tallene er fra oppdiktede personer" in pages[0] and "å prøve metoden" in pages[0]
    assert pages[1].startswith("Innhold")
    assert all(f"Side {number} av {len(pages)}" in page for number, page in enumerate(pages[1:], start=2))
    assert all("Undersøkelsesår 2024 · Syntetiske data" in page for page in pages[1:])
    whole = " ".join(pages)
    assert "En fotnote i første kapittel" in whole and "En annen fotnote" in whole
    assert "Last ned tallene" not in whole and "exhibit(survey" not in whole
    assert "AVD 2024a" in whole and "Figur 16." in whole and "Tabell 1." in whole


def bookmarks(outline: list[Any], depth: int = 1) -> list[tuple[int, str]]:
    """Depth and title of each bookmark."""
    found: list[tuple[int, str]] = []
    for entry in outline:
        found += bookmarks(entry, depth + 1) if isinstance(entry, list) else [(depth, str(entry.title))]
    return found


def test_bookmarks_are_the_parts_and_their_chapters(pdf: Path) -> None:
    found = bookmarks(PdfReader(pdf).outline)
    chapters = ["Innhold", "Om boken", "4 Ressurser og tid i oppfølgingen", "5 Tid", "Vedlegg"]
    assert [name for depth, name in found if depth == 1] == chapters
    assert found[found.index((1, "Vedlegg")) + 1] == (2, "Referanser")


def test_the_cover_says_what_the_book_rests_on(pdf: Path) -> None:
    cover = " ".join(PdfReader(pdf).pages[0].extract_text().split())
    for fact in ("Veiledernes arbeid 2022–2024", "Kari Nordmann, Ola Hansen", "Undersøkelsesår 2024",
                 "Data Syntetiske data", "Versjon 0.1.0", "Dato 1. mars 2025"):  # fmt: skip
        assert fact in cover


def test_lists_have_pages_and_stand_before_the_text(staged: Path, tmp_path: Path) -> None:
    book = tmp_path / "book"
    shutil.copytree(staged, book)
    lists = '## Figurer\n\n::: {.exhibit-list kind="fig"}\n- @fig-16: Portefølje\n:::\n'
    own = prose(lists + "\n::: {#refs}\n:::\n")
    write_notebook(book / "chapters" / "referanser.ipynb", raw("---\ntitle: Lister\n---"), own)
    render_pdf(book, tmp_path / "bok.pdf")
    reader = PdfReader(tmp_path / "bok.pdf")
    first = [name for depth, name in bookmarks(reader.outline) if depth == 1][:3]
    assert first == ["Innhold", "Lister", "Om boken"]
    listed = " ".join(reader.pages[2].extract_text().split())
    page = next(n for n, p in enumerate(reader.pages, 1) if n > 3 and "Enhet: brukere per veileder" in p.extract_text())
    assert re.search(rf"Figur 16\..*snitt[ .]+{page}\b", listed)


def test_a_chapter_in_another_language_says_so(staged: Path, tmp_path: Path) -> None:
    book = tmp_path / "book"
    shutil.copytree(staged, book)
    own = raw('---\ntitle: "Summary {#sec-tid lang=en}"\n---')
    text = prose("A [picture](../figures/figur-16.svg).\n\n## More {.unnumbered}\n")
    write_notebook(book / "chapters" / "05-tid.ipynb", own, text)
    source = typst_source(read_staged(book))
    assert '#set text(lang: "en")' in source and "#heading(depth: 2, outlined: true)[More]" in source
    assert "figur-16.svg)[" not in source and "A picture." in source
    staged_book = read_staged(book)
    page = render_page(staged_book, staged_book.chapters[2])
    assert '<html lang="en"' in page and '<a href="05-tid.html" aria-current="page">Summary</a>' in page
    assert '<h1 id="sec-tid" lang="en">Summary</h1>' in page and '<div lang="en">' in page
    assert '<a href="04-ressurser.html" lang="nb">' in page
    assert '<a href="05-tid.html" lang="en">Summary</a>' in render_page(staged_book, staged_book.chapters[1])


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


def said(command: list[str]) -> str:
    """Run a program of the system on a PDF; skip where it is not installed."""
    if shutil.which(command[0]) is None:
        pytest.skip(f"no {command[0]} on this machine: install it to let another program read the PDF")
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_poppler_reads_the_structure_too(pdf: Path) -> None:
    found = said(["pdfinfo", "-struct", str(pdf)])
    assert {"Table", "Figure", "H1", "Note"} <= {line.split()[0].rstrip(":") for line in found.splitlines() if line}
    assert "Tagged:          yes" in said(["pdfinfo", str(pdf)])


def test_qpdf_finds_no_fault_in_the_file(pdf: Path) -> None:
    # Its exit status tells; said() holds it to 0.
    assert "PDF Version" in said(["qpdf", "--check", str(pdf)])


def test_a_long_table_does_not_leave_its_head_alone_at_the_foot_of_a_page() -> None:
    template = (ROOT / "theme" / "book.typ").read_text(encoding="utf-8")
    room = re.search(r"#let room\(.*?\n}\n", template, re.S)
    assert room is not None
    before = "#block(height: 7cm)[Før]"
    source = f"#set page(width: 15cm, height: 12cm, margin: 1cm)\n{room.group(0)}\n{before}\n#room(5cm)\nTabell"
    plenty = source.replace("height: 7cm", "height: 2cm")
    pages = [typst.compile(text.encode(), format="pdf") for text in (source, plenty)]
    assert [len(PdfReader(io.BytesIO(page)).pages) for page in pages] == [2, 1]
