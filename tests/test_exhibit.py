"""The exhibit: data, picture and words agree, and what is hidden is hidden everywhere."""

from __future__ import annotations

import base64
import io
import math
import re

import pandas as pd
import pypandoc
import pytest

from engine.disclosure.rules import protect
from engine.errors import ReportError
from engine.exhibits.exhibit import Exhibit, exhibit
from engine.outputs import EXHIBIT_MIME
from engine.table import about, described, is_estimated
from tests.frames import estimate_table
from tests.pictures import GROUPS, ROLES, SHAPES, estimates

TABLE = estimate_table(
    (2022, "unge", 54.44, 1.0, 1250),
    (2024, "unge", 58.0, 1.0, 50),
    (2022, "totalt", 70.0, 1.0, 50),
    (2024, "totalt", 76.0, 1.0, 50),
)


def show(identifier: str = "fig-16", table: pd.DataFrame = TABLE, **settings: object) -> Exhibit:
    return exhibit(identifier, table, **({"title": "Portefølje", "unit": "brukere per veileder"} | settings))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("identifier", "anchor", "number"),
    [
        ("fig-16", "figur-16", "Figur\u00a016"),
        ("fig-05", "figur-5", "Figur\u00a05"),
        ("tbl-1", "tabell-1", "Tabell\u00a01"),
        ("fig-k3", "figur-k3", "Figur\u00a0K3"),
        ("tbl-v4", "tabell-v4", "Tabell\u00a0V4"),
        ("tbl-vedlegg-2", "tabell-vedlegg-2", "Vedleggstabell\u00a02"),
    ],
)
def test_numbers_are_the_sources(identifier: str, anchor: str, number: str) -> None:
    made = show(identifier)
    assert (made.anchor, made.number) == (anchor, number)


@pytest.mark.parametrize("identifier", ["figur-16", "fig-", "fig-0", "fig-16a", "tbl-x1", "16", "fig-16 "])
def test_an_unknown_id_fails_in_its_cell(identifier: str) -> None:
    with pytest.raises(ReportError, match="no exhibit's id"):
        show(identifier)


def test_an_exhibit_tells_its_number_and_no_estimate() -> None:
    assert repr(show()) == "Figur\u00a016: Portefølje"


def test_an_item_that_the_edition_did_not_ask_gives_a_note() -> None:
    empty = estimate_table((2024, "unge", 1.0, 1.0, 20)).iloc[:0]
    shown = exhibit("fig-16", empty, title="Tittel", unit="u")._repr_mimebundle_()
    assert "**Figur\u00a016.** Tittel" in shown["text/markdown"]
    assert "spurte ikke om dette" in shown["text/markdown"] and "svg" not in shown["text/markdown"]
    assert shown[EXHIBIT_MIME]["csv"].count("\n") == 1 and shown[EXHIBIT_MIME]["svg_narrow"] == ""


def test_the_note_says_population_source_and_what_is_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REPORT_MINIMUM", raising=False)
    table = TABLE.assign(population=["veiledere"] * 3 + ["alle"])
    table = described(table, source="Undersøkelsen")
    assert show(table=table, note="Vektet.").note == "Utvalg: veiledere; alle. Vektet. Kilde: Undersøkelsen."
    assert show().note == "Kilde: ukjent."
    table.loc[0, "n"] = 3
    hidden = show(table=protect(table)).note
    assert hidden == (
        "Utvalg: veiledere; alle. Anslag som bygger på færre enn 10 svar, eller som ville røpe slike, er skjult. "
        "Kilde: Undersøkelsen."
    )


def test_the_note_names_what_was_not_asked_in_a_wave() -> None:
    table = estimates(item=["AAP", "sosialhjelp", "nye"], wave=[2022, 2023, 2024])
    table = table[~((table["item"] != "nye") & (table["wave"] == 2023))]
    assert "Ikke spurt i 2023: AAP og sosialhjelp." in show(table=table).note
    assert "Ikke spurt" not in show().note


def test_the_table_of_numbers() -> None:
    # 54.44 ∓ 1.96 = 52.48 and 56.40; one decimal more than the picture.
    lines = show().numbers().split("\n")
    assert lines[0] == "| År | Gruppe | Estimat | 95 % KI fra | til | Antall svar |"
    assert lines[1] == "| --- | --- | --: | --: | --: | --: |"
    assert lines[2] == "| 2022 | unge | 54,4 | 52,5 | 56,4 | 1\u202f250 |"
    assert len(lines) == 6
    assert show(digits=1).numbers().split("\n")[2].split(" | ")[2] == "54,44"


def test_the_table_of_numbers_names_a_population_once() -> None:
    table = estimates(population=ROLES[:2], wave=[2022, 2024])
    assert show(table=table).numbers().startswith("| År | Utvalg | Estimat |")


def test_a_bar_in_a_label_does_not_break_the_table() -> None:
    table = estimate_table((2024, "a|b", 1.0, 0.1, 50), (2024, "c", 2.0, 0.1, 50))
    html = pypandoc.convert_text(show(table=table).numbers(), "html", "markdown")
    assert html.count("<td") == 2 * 5
    assert ">a|b<" in html


def test_a_count_without_interval_is_not_called_hidden() -> None:
    table = TABLE.assign(ci_low=math.nan, ci_high=math.nan)
    assert show(table=table).numbers().split("\n")[2] == "| 2022 | unge | 54,4 | – | – | 1\u202f250 |"


def test_of_a_curve_every_tenth_point_is_in_the_table_and_all_in_the_csv() -> None:
    _, table, layout = SHAPES["e"]
    made = show("fig-18", table, kind="curves", rows=layout.rows, panels="group")
    lines = made.numbers().split("\n")
    assert lines[0].startswith("| År | Gruppe | Antall ansatte ved kontoret | Estimat |")
    first = [line.split(" | ")[2] for line in lines[2:] if line.startswith(f"| 2022 | {GROUPS[0]} ")]
    assert first == ["9", "59", "109", "159", "209"]
    assert len(lines) == 2 + 8 * 5
    assert len(pd.read_csv(io.StringIO(made.csv()))) == len(table)


def test_the_csv_gives_the_estimates_back() -> None:
    back = pd.read_csv(io.StringIO(show().csv()))
    for column in ("estimate", "standard_error", "ci_low", "ci_high", "n"):
        assert back[column].tolist() == pytest.approx(TABLE[column].tolist())
    assert back["suppressed"].tolist() == [False] * 4
    assert back["group"].tolist() == TABLE["group"].tolist()
    assert "\r" not in show().csv()


def test_markdown_holds_picture_words_and_numbers() -> None:
    made = show(note="Vektet «og» veid.")
    text = made.markdown()
    assert text.startswith("::: {.exhibit #figur-16}\n![**Figur\u00a016.** Portefølje](data:image/svg+xml;base64,")
    picture = re.search(r"base64,([^)]*)\)", text)
    assert picture is not None
    assert base64.b64decode(picture.group(1)).decode() == made.svg()
    assert f'{{fig-alt="{made.alt}"}}' in text
    assert f"::: {{.exhibit-note}}\n{made.note}\n:::" in text
    assert made.numbers() in text


def test_quotes_in_a_label_do_not_end_the_alternative_text() -> None:
    table = estimate_table((2024, 'de "nye"', 5.0, 0.1, 50), (2024, "alle", 6.0, 0.1, 50))
    html = pypandoc.convert_text(show(table=table).markdown(), "html", "markdown")
    assert "De ”nye”: 5 i 2024. Alle: 6 i 2024." in html


def test_what_jupyter_shows_and_the_build_reads() -> None:
    made = show()
    bundle = made._repr_mimebundle_()
    assert bundle["text/markdown"] == made.markdown()
    record = bundle[EXHIBIT_MIME]
    assert record == {
        "id": "fig-16",
        "anchor": "figur-16",
        "title": "Portefølje",
        "alt": made.alt,
        "svg_narrow": made.svg(narrow=True),
        "note": made.note,
        "unit": made.layout.unit,
        "csv": made.csv(),
        "variables": list(about(made.table).variables),
        "hidden": [],
        "estimated": is_estimated(made.table),
    }
    assert record["svg_narrow"] != made.svg()


@pytest.mark.parametrize("kind", ["dots", "coefficients"])
def test_a_hidden_value_stands_nowhere(kind: str) -> None:
    """Two tables that differ only in a hidden estimate give the same exhibit, to the byte."""
    exhibits = []
    for value in (913.57, -271.83):
        table = TABLE.assign(n=TABLE["n"].astype(float))
        table.loc[1, ["estimate", "standard_error", "ci_low", "ci_high", "n"]] = [value, 1.0, value - 2, value + 2, 4]
        exhibits.append(show(table=protect(table), kind=kind, digits=1))
    one, other = exhibits
    assert one._repr_mimebundle_() == other._repr_mimebundle_()
    assert "913" not in one.alt + one.csv() + one.numbers() + one.note
    assert "Unge: 54,4 i 2022 og skjult i 2024." in one.alt
    assert "| 2024 | unge | skjult | skjult | skjult | skjult |" in one.numbers()
    assert one.csv().split("\n")[2] == "2024,,unge,,,,,,,True"


def test_a_hidden_curve_stands_nowhere() -> None:
    exhibits = []
    for value in (77.7, 12.3):
        table = SHAPES["e"][1].copy()
        rows = (table["group"] == GROUPS[0]) & (table["wave"] == 2024)
        table.loc[rows, ["estimate", "ci_low", "ci_high", "p_value"]] = value
        table.loc[rows, "n"] = 9
        exhibits.append(show("fig-18", protect(table), kind="curves", rows="antall ansatte", panels="group"))
    assert exhibits[0]._repr_mimebundle_() == exhibits[1]._repr_mimebundle_()
    assert "2024: skjult" in exhibits[0].alt


def test_the_same_estimates_give_the_same_bytes() -> None:
    assert show()._repr_mimebundle_() == show(table=TABLE.copy())._repr_mimebundle_()


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ReportError, match="dots, curves, coefficients, lines, bars, stacked, table, regression"):
        show(kind="pie")
