"""The audit finds each kind of thing that must not be in a book, wherever it is planted, and nothing in a clean one."""

from __future__ import annotations

import getpass
import io
import json
import zipfile
from pathlib import Path

import pytest

from engine.errors import ReportError
from press.audit import audit, refuse_unclean
from press.book import read_staged
from press.pages import finish_site, render_pages
from press.pdf import render_pdf
from tests.sample_book import make_sample

PLANTED = [
    ("eleven-digit number", "index.html", "<p>Person 01017012345 svarte.</p>"),
    ("eleven-digit number", "exhibits/a.csv", "wave,estimate\n010170 12345,1\n"),
    ("local path", "index.html", "<p>/home/kari/data/survey.csv</p>"),
    ("local path", "exhibits/a.csv", "source\nC:\\Users\\kari\\fil.sav\n"),
    ("local path", "theme/a.css", "/* file:///data/x */"),
    ("traceback", "index.html", "Traceback (most recent call last)"),
    ("external request", "index.html", '<script src="https://cdn.example/a.js"></script>'),
    ("external request", "index.html", "<link rel='stylesheet' href='//cdn.example/a.css'>"),
    ("external request", "theme/a.css", '@import url("https://fonts.example/a.css");'),
    ("external request", "figures/a.svg", '<svg><image/><style>a{background:url(http://x.example/a.png)}</style></svg>'),
    ("user or host name", "index.html", "<!-- built by karinordmann -->"),
    ("column of ids", "exhibits/a.csv", "respondent_id;svar\n1;2\n"),
    ("column of ids", "data.json", '{"office_id": [1, 2]}'),
    ("column of ids", "index.html", "<table><tr><th>respondent_id</th></tr></table>"),
    ("data file", "exhibits/rows.parquet", "PAR1"),
    ("place of the data", "index.html", "PLACE"),
]  # fmt: skip


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole small book: pages, search, PDF."""
    staged = make_sample(tmp_path_factory.mktemp("staged") / "book")
    out = tmp_path_factory.mktemp("book")
    render_pages(staged, out)
    finish_site(read_staged(staged), out)
    render_pdf(staged, out / "report.pdf")
    return out


@pytest.fixture(autouse=True)
def _name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "karinordmann")


def test_a_clean_book_passes(clean, tmp_path):
    assert audit(clean, tmp_path) == []
    refuse_unclean(clean, tmp_path)


@pytest.mark.parametrize(("kind", "name", "text"), PLANTED)
def test_what_is_planted_is_found_and_not_told(kind, name, text, tmp_path):
    place = tmp_path / "book" / name
    place.parent.mkdir(parents=True)
    secret = tmp_path / "secure-root"
    place.write_text(text.replace("PLACE", str(secret.resolve())), encoding="utf-8")
    secret.mkdir()
    assert kind in {found.kind for found in audit(tmp_path / "book", secret)}
    with pytest.raises(ReportError) as raised:
        refuse_unclean(tmp_path / "book", secret)
    assert kind in str(raised.value) and name in str(raised.value)
    assert "01017012345" not in str(raised.value) and "kari" not in str(raised.value)


def test_workbooks_pdfs_and_notebooks_are_looked_into(tmp_path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as book:
        book.writestr("xl/sharedStrings.xml", "<t>respondent_id</t>,01017012345")
    (tmp_path / "a.xlsx").write_bytes(buffer.getvalue())
    cell = {"cell_type": "code", "outputs": [{"output_type": "stream", "name": "stdout", "text": ""}], "source": "",
            "metadata": {}, "execution_count": None}  # fmt: skip
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    (tmp_path / "a.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    found = {(one.kind, one.file) for one in audit(tmp_path)}
    assert ("eleven-digit number", "a.xlsx, xl/sharedStrings.xml") in found
    assert ("notebook with outputs", "a.ipynb") in found


def test_text_in_a_pdf_is_read(tmp_path):
    import typst

    pdf = typst.compile(b'#set document(title: "x")\nPerson 01017012345', format="pdf")
    (tmp_path / "report.pdf").write_bytes(pdf)
    assert [(one.kind, one.file) for one in audit(tmp_path)] == [("eleven-digit number", "report.pdf, page 1")]


@pytest.mark.parametrize("text", ["13 970 inviterte", "1.01234567890", "123456789012", "2024-11-23"])
def test_ordinary_numbers_are_no_persons(text, tmp_path):
    (tmp_path / "a.html").write_text(text, encoding="utf-8")
    assert audit(tmp_path) == []


def test_links_that_a_reader_may_follow_are_no_requests(tmp_path):
    (tmp_path / "a.html").write_text(
        '<a href="https://www.nav.no/">Nav</a><link rel="canonical" href="https://bok.example/">', encoding="utf-8"
    )
    assert audit(tmp_path) == []


def test_what_cannot_be_searched_is_not_clean(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(b"no zip")
    assert [one.kind for one in audit(tmp_path)] == ["file that can't be searched"]
    with pytest.raises(ReportError, match="no book"):
        audit(tmp_path / "nowhere")
