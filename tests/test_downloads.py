"""An exhibit's numbers as a workbook."""

from __future__ import annotations

import io
import zipfile

from press.downloads import workbook

CSV = "wave,group,estimate,n,suppressed\n2024,=unge,75.5,120,False\n2024,eldre,,,True\n"


def cells(data: bytes, sheet: int) -> str:
    """Everything that a sheet and the words of the book hold."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        words = book.read("xl/sharedStrings.xml").decode()
        return book.read(f"xl/worksheets/sheet{sheet}.xml").decode() + words


def test_numbers_are_numbers_and_hidden_ones_are_empty():
    text = cells(workbook(CSV, "Figur 16", "Portefølje", "Kilde: syntetiske data."), 1)
    assert "<v>75.5</v>" in text and "<v>120</v>" in text
    assert 'r="C3"' not in text and 'r="D3"' not in text


def test_a_label_is_never_a_formula():
    assert "<f>" not in cells(workbook(CSV, "Figur 16", "Portefølje", ""), 1)


def test_the_second_sheet_says_what_it_is():
    text = cells(workbook(CSV, "Figur 16", "Portefølje", "Kilde: syntetiske data."), 2)
    assert "Portefølje" in text and "Kilde: syntetiske data." in text


def test_the_same_numbers_give_the_same_bytes():
    assert workbook(CSV, "Figur 16", "Portefølje", "") == workbook(CSV, "Figur 16", "Portefølje", "")
