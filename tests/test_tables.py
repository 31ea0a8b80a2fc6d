"""Tables as exhibits: rows and columns, groups, sums, base categories, stars; as HTML and as tagged print."""

from __future__ import annotations

import io
import math
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pypandoc
import pytest
import typst
from pypdf import PdfReader

from engine.disclosure.rules import protect
from engine.errors import ReportError
from engine.estimates.models import fit
from engine.exhibits.exhibit import exhibit
from engine.exhibits.style import Layout
from engine.exhibits.tables import Cell, Grid, Row, grid_html, grid_typst, regression_grid, regression_note, table_grid
from engine.table import described
from tests.frames import estimate_table, persons
from tests.test_pdf import tags

LAYOUT = Layout("category", "group", "", "", 0, (0.0, math.nan))
TASKS = estimate_table(
    ("oppgaver: statlige", "unge", "share_pct", 52.5, 1.0, 50),
    ("oppgaver: statlige", "totalt", "share_pct", 49.6, 1.0, 90),
    ("oppgaver: sum", "unge", "column_sum_pct", 100.0, 1.0, 50),
    ("oppgaver: sum", "totalt", "column_sum_pct", 100.0, 1.0, 90),
    ("N", "unge", "n", 1872.0, 1.0, 1872),
    ("N", "totalt", "n", 3901.0, 1.0, 3901),
    keys=("category", "group", "measure"),
)


class Cells(HTMLParser):
    """Collects the cells of a table: tag, attributes, text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.cells: list[tuple[str, dict[str, str | None], str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("th", "td"):
            self.cells.append((tag, dict(attrs), ""))

    def handle_data(self, data: str) -> None:
        if self.cells and data.strip():
            tag, attrs, text = self.cells[-1]
            self.cells[-1] = (tag, attrs, text + data.strip())


def heads(html: str, scope: str) -> list[str]:
    return [text.replace("\u00ad", "") for _, attrs, text in Cells(html).cells if attrs.get("scope") == scope]


def test_rows_columns_groups_sums_and_numbers_of_persons() -> None:
    grid = table_grid(TASKS, replace(LAYOUT, words={"oppgaver": "Hovedsakelige oppgaver", "N": "Antall svar"}))
    assert grid.heads == ("Unge", "Totalt")
    assert grid.groups == [
        ("Hovedsakelige oppgaver", [
            Row("Statlige", (Cell("53"), Cell("50"))),
            Row("Sum", (Cell("100"), Cell("100")), sums=True),
        ]),
        ("", [Row("Antall svar", (Cell("1\u202f872"), Cell("3\u202f901")), sums=True)]),
    ]  # fmt: skip


def test_heads_order_join_and_group_columns() -> None:
    table = estimate_table(
        ("leder", "sum", 100.0, 1.0, 50), ("leder", "statlig", 72.0, 1.0, 50), ("leder", "", 2.0, 1.0, 50),
        ("N", "totalt", 50.0, 1.0, 50), keys=("category", "sector"),
    )  # fmt: skip
    names = {"statlig": "Arbeidsgiver | Statlig", "kommunal": "Arbeidsgiver | Kommunal", "sum": "Arbeidsgiver | Sum",
             "totalt": "Arbeidsgiver | Sum", "": "Av alle"}  # fmt: skip
    grid = table_grid(table, replace(LAYOUT, series="sector", heads=names))
    # Nobody is «kommunal», so there is no such column.
    assert grid.heads == ("Arbeidsgiver | Statlig", "Arbeidsgiver | Sum", "Av alle")
    assert [cell.text for cell in grid.groups[0][1][0].cells] == ["72", "100", "2"]
    assert [cell.text for cell in grid.groups[0][1][1].cells] == ["", "50", ""]
    assert grid.spans() == [("Arbeidsgiver", ["Statlig", "Sum"]), ("", ["Av alle"])]
    html = grid_html(grid)
    assert heads(html, "colgroup") == ["Arbeidsgiver"]
    assert heads(html, "col") == ["Av alle", "Statlig", "Sum"]
    with pytest.raises(ReportError, match="no head for the columns totalt"):
        table_grid(table, replace(LAYOUT, series="sector", heads={k: v for k, v in names.items() if k != "totalt"}))
    with pytest.raises(ReportError, match="share the cell"):
        table_grid(pd.concat([table, table]), replace(LAYOUT, series="sector", heads=names))


def test_a_column_of_its_own_gives_groups_of_rows() -> None:
    table = TASKS[:2].assign(category="statlige", sector="oppgaver: flere")
    grid = table_grid(table, replace(LAYOUT, panels="sector"))
    assert [(name, [row.head for row in rows]) for name, rows in grid.groups] == [("Oppgaver: flere", ["Statlige"])]


def test_one_row_with_a_colon_is_no_group() -> None:
    table = TASKS[:2].assign(category="ja: alltid")
    assert [name for name, _ in table_grid(table, LAYOUT).groups] == [""]


def test_what_is_hidden_is_hidden_and_what_is_unknown_is_a_dash() -> None:
    table = TASKS.copy()
    table.loc[0, "n"] = 4
    table.loc[1, "estimate"] = np.nan
    cells = table_grid(protect(table), LAYOUT).groups[0][1][0].cells
    assert [cell.text for cell in cells] == ["skjult", "–"]


def test_rows_and_groups_are_heads_in_html() -> None:
    html = grid_html(table_grid(TASKS, LAYOUT))
    assert heads(html, "row") == ["Statlige", "Sum", "N"]
    assert heads(html, "rowgroup") == ["Oppgaver"]
    assert heads(html, "col") == ["Unge", "Totalt"]
    assert html.count("<tbody") == 2 and 'style="--columns: 2"' in html
    assert "&lt;b&gt;" in grid_html(Grid(("<b>",), [("", [Row('"', (Cell("<i>"),))])]))


def test_long_compounds_may_break_where_their_parts_meet() -> None:
    html = grid_html(Grid(("veiledningskompetanse",), [("", [Row("arbeid/fritid", (Cell("1"),))])]))
    assert "veilednings\u00adkompe\u00adtanse" in html and ">arbeid/\u200bfritid<" in html


def model() -> tuple[pd.DataFrame, pd.DataFrame]:
    """A regression on a categorical variable and a number, and its frame."""
    rng = np.random.default_rng(7)
    ages = pd.Categorical(rng.choice(["unge", "eldre", "begge"], 200), ["unge", "eldre", "begge"])
    size = rng.normal(50, 10, 200)
    time = 1.0 - 1.5 * (ages == "eldre") - 0.02 * size + rng.normal(0, 1, 200)
    frame = persons(time=time, overview=rng.normal(0, 1, 200), age=ages, size=size)
    frame = described(frame, labels={"time": "tid", "overview": "oversikt", "age": "aldersgruppe", "size": "ansatte"})
    return fit(["time ~ age + size", "overview ~ age + size"], frame).table, frame


def test_a_regression_has_bases_stars_errors_and_its_fit() -> None:
    table, _ = model()
    grid = regression_grid(table, replace(LAYOUT, digits=2, heads={"tid": "Nok tid"}))
    assert grid.heads == ("Nok tid", "Oversikt") and grid.starred
    assert [(name, [row.head for row in rows]) for name, rows in grid.groups] == [
        ("Aldersgruppe", ["Unge", "Eldre", "Begge"]), ("", ["Ansatte"]), ("", ["Konstant", "R²", "N"]),
    ]  # fmt: skip
    base, older, _ = grid.groups[0][1]
    assert {cell.text for cell in base.cells} == {"base"}
    row = table[(table["term"] == "eldre") & (table["outcome"] == "tid")].iloc[0]
    assert row["p_value"] < 0.001
    assert older.cells[0].text == f"{row['estimate']:.2f}".replace(".", ",").replace("-", "\u2212")
    assert older.cells[0].stars == "***"
    assert older.cells[0].error == f"({row['standard_error']:.2f})".replace(".", ",")
    assert grid.groups[2][1][2].cells[0] == Cell("200")
    assert grid.groups[2][1][1].cells[0].error == ""


@pytest.mark.parametrize(
    ("p_value", "survey", "register"),
    [
        (0.0009, "***", "***"),
        (0.001, "**", "***"),
        (0.009, "**", "***"),
        (0.049, "*", "**"),
        (0.09, "", "*"),
        (0.1, "", ""),
    ],
)
def test_stars_follow_the_thresholds_given(p_value: float, survey: str, register: str) -> None:
    table, _ = model()
    table.loc[0, "p_value"] = p_value
    for limits, stars in ((LAYOUT.stars, survey), ((0.10, 0.05, 0.01), register)):
        grid = regression_grid(table, replace(LAYOUT, stars=limits))
        assert grid.groups[0][1][1].cells[0].stars == stars
    note = regression_note(table, replace(LAYOUT, stars=(0.10, 0.05, 0.01)))
    assert r"\* p < 0,10, \*\* p < 0,05, \*\*\* p < 0,01." in note
    assert r"\*\*\* p < 0,001." in regression_note(table, LAYOUT) and "robuste (HC1)" in note and "«Base»" in note


def test_a_small_negative_coefficient_keeps_its_sign() -> None:
    table, _ = model()
    table.loc[0, "estimate"] = -0.0004
    assert regression_grid(table, replace(LAYOUT, digits=2)).groups[0][1][1].cells[0].text == "\u22120,00"
    table.loc[0, "estimate"] = 0.0004
    assert regression_grid(table, replace(LAYOUT, digits=2)).groups[0][1][1].cells[0].text == "0,00"


def test_base_rows_and_groups_from_labels_alone() -> None:
    table = estimate_table(
        ("kjønn: kvinner", "modell", "base", math.nan, math.nan, 90),
        ("kjønn: menn", "modell", "coef", 0.5, 0.1, 90),
        ("kjønn: ukjent", "en annen", "coef", 0.5, 0.1, 90),
        keys=("term", "outcome", "measure"),
    )
    table.loc[1, ["estimate", "standard_error"]] = math.nan
    grid = regression_grid(table, replace(LAYOUT, words={"kjønn": "Kjønn"}))
    assert [name for name, _ in grid.groups] == ["Kjønn"]
    rows = grid.groups[0][1]
    assert [row.head for row in rows] == ["Kvinner", "Menn", "Ukjent"]
    assert [cell.text for cell in rows[0].cells] == ["base", "base"]
    # Unknown, and of a term that the model doesn't have.
    assert [cell.text for cell in rows[1].cells] == ["–", ""]
    assert "«Base»" in regression_note(table, LAYOUT)


def pdf(code: str) -> PdfReader:
    source = '#set document(title: "Tabell")\n#set text(lang: "nb")\n#set page(height: 10cm)\n= Tabell\n' + code
    return PdfReader(io.BytesIO(typst.compile(source.encode(), format="pdf", pdf_standards=["ua-1"])))


def test_print_has_tagged_heads_that_repeat_on_every_page() -> None:
    rows = [Row(f"rad {i}", (Cell("1", "*", "(0,1)"), Cell("base", muted=True), Cell())) for i in range(30)]
    grid = Grid(
        ("Gruppe | Én", "Gruppe | To", 'Tre "#"'), [("Blokk", rows), ("", [Row("N", (Cell("2"),) * 3, True)])], True
    )
    reader = pdf(grid_typst(grid))
    assert len(reader.pages) > 2
    for page in reader.pages:
        text = page.extract_text()
        assert "Gruppe" in text and 'Tre "#"' in text
    names = [name for name, _ in tags(reader.trailer["/Root"]["/StructTreeRoot"])]  # type: ignore[index]
    # An empty corner, three columns under one common head, one group.
    assert names.count("/Table") == 1 and names.count("/TH") == 6
    assert names.count("/TD") == 31 * 4


def test_eight_models_fit_a_page() -> None:
    grid = Grid(
        tuple(f"Samhandlingskompetanse {i}" for i in range(8)), [("", [Row("r", (Cell("−0,12", "***"),) * 8)])], True
    )
    assert "7.5pt" in grid_typst(grid) and "dense" in grid_html(grid)
    text = " ".join(pdf(grid_typst(grid)).pages[0].extract_text().split())
    assert text.count("−0,12") == 8


def test_the_exhibit_holds_caption_table_note_and_numbers_for_both_ways_out() -> None:
    made = exhibit("tbl-1", TASKS, kind="table", rows="category", columns="group", title="Oppgaver")
    text = made.markdown()
    html = pypandoc.convert_text(text, "html", "markdown")
    assert '<div class="exhibit-caption">' in html and html.count("<table") == 2
    assert "#{" in pypandoc.convert_text(text, "typst", "markdown")
    assert made.alt == made.svg() == "" and made.svg(narrow=True) == ""
    assert re.search(r"::: \{\.exhibit #tabell-1\}", text)
    assert made.csv().count("\n") == 7
    assert made.layout.digits == 0


def test_a_regression_exhibit_says_how_to_read_it() -> None:
    table, _ = model()
    made = exhibit("tbl-vedlegg-2", table, kind="regression", title="Modell")
    assert (made.anchor, made.number) == ("tabell-vedlegg-2", "Vedleggstabell\u00a02")
    assert made.layout.digits == 2
    assert made.note.startswith("Koeffisienter med robuste (HC1) standardfeil i parentes.")
    assert made.numbers().startswith("| Variabel | Modell | Estimat |")
    assert exhibit("tbl-vedlegg-2", table[:0], kind="regression", title="M").note == "Kilde: Undersøkelsen."
