"""Alternative texts of a whole book are told apart, and tell what the data holds and nothing else."""

from __future__ import annotations

import math
from typing import Any

import pytest

from engine.errors import ReportError
from engine.exhibits.alt_text import bars_text, curves_text, dots_text, lines_text, stacked_text
from engine.exhibits.numbers import numbers_csv
from press.stage import check_alternatives, unknown_numbers
from tests.pictures import SHAPES

TEXTS = {"dots": dots_text, "curves": curves_text, "coefficients": dots_text, "lines": lines_text, "bars": bars_text,
         "stacked": stacked_text}  # fmt: skip
CSV = "wave,group,estimate,n\n2022,unge,54.5,50\n2024,over 30 år,1076.04,50\n2024,alle,-3.25,9\n"


def record(alt: str, name: str = "fig-1", csv: str = CSV, unit: str = "på en skala fra 1 til 5") -> dict[str, Any]:
    return {"id": name, "title": name, "alt": alt, "csv": csv, "unit": unit}


@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_no_picture_tells_a_number_of_its_own(shape):
    kind, table, layout = SHAPES[shape]
    made = record(TEXTS[kind](table, layout), csv=numbers_csv(table), unit=f"{layout.unit} {layout.rows}")
    assert unknown_numbers(made) == []


@pytest.mark.parametrize("kind", sorted(TEXTS))
def test_a_number_that_the_data_lacks_is_found(kind):
    _, table, layout = SHAPES["a"]
    told = f"Unge: 9{' '}999 i 2024, {math.pi:.2f}.".replace(".14", ",14")
    assert "3,14" in unknown_numbers(record(told, csv=numbers_csv(table), unit=layout.unit))


@pytest.mark.parametrize(
    ("alt", "found"),
    [
        ("Unge: 55 i 2022 og 1\u202f076 i 2024.", []),
        ("Skala fra 1 til 5, 95 prosent, over 30 år: 54,5 og −3,3.", []),
        ("Høyest unge 55, lavest alle −3, blant 12 rader, 2 skjult.", []),
        ("Unge: 56 i 2022.", ["56"]),
        ("Unge: 1\u202f077 i 2023.", ["1\u202f077", "2023"]),
    ],
)
def test_numbers_are_read_as_they_are_written(alt, found):
    assert unknown_numbers(record(alt)) == found


def test_a_book_is_refused_without_telling_the_number():
    check_alternatives([record("Unge: 55."), record("", "tbl-1"), record("", "tbl-2"), record("Unge: 54,5.", "fig-2")])
    with pytest.raises(ReportError, match="fig-2 says the same as fig-1"):
        check_alternatives([record("Unge: 55."), record("Unge: 55.", "fig-2")])
    with pytest.raises(ReportError, match="fig-1 tells 1 numbers") as error:
        check_alternatives([record("Unge: 4711.")])
    assert "4711" not in str(error.value)
