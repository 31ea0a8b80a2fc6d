"""The codebook's page: who did not answer, what uses a variable, and links both ways."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from tiny_data import store_waves

from engine.data.survey import Survey, open_survey
from engine.outputs import EXHIBIT_MIME
from press.labels import Label
from press.made.lists import codebook_nb, unanswered, uses
from press.stage import _stage_exhibit

MARKDOWN = "::: {.exhibit #figur-16}\n::: {.exhibit-numbers}\n| a |\n:::\n:::\n"


def record(name: str, title: str, *variables: str) -> dict[str, object]:
    anchor = name.replace("fig", "figur")
    told = {"id": name, "anchor": anchor, "title": title, "csv": "wave\n", "svg_narrow": ""}
    return {**told, "variables": list(variables)}


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A chapter that shows one figure and tells numbers beside it."""
    records = [record("fig-16", "Portefølje", "caseload", "wave"), record("fig-16+", "", "users_aap")]
    outputs = [{"data": {EXHIBIT_MIME: made}} for made in [*records, records[0]]]
    path = tmp_path / "chapter.ipynb"
    path.write_text(json.dumps({"cells": [{"outputs": outputs}]}), encoding="utf-8")
    return path


@pytest.fixture
def survey(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Survey:
    monkeypatch.setenv("REPORT_MINIMUM", "3")
    store_waves(tmp_path / "data")
    monkeypatch.setenv("REPORT_DATA", str(tmp_path / "data"))
    return open_survey()


def test_a_variable_knows_its_exhibits_but_not_numbers_in_the_text(run):
    assert uses([run, run]) == {"caseload": ["fig-16"], "wave": ["fig-16"]}


def test_no_answer_is_counted_among_those_who_were_asked(survey):
    book = survey.codebook
    assert unanswered(survey, book["has_caseload"]) == {2023: pytest.approx(100 / 12), 2024: pytest.approx(100 / 12)}
    # Ten have a caseload; one of them gave no size and one no age group.
    assert unanswered(survey, book["caseload"])[2024] == pytest.approx(10)
    assert unanswered(survey, book["users_aap"]) == {2024: pytest.approx(10)}


def test_too_few_asked_is_not_told(survey, monkeypatch):
    monkeypatch.setenv("REPORT_MINIMUM", "11")
    shares = unanswered(survey, survey.codebook["caseload"])
    assert str(shares[2024]) == "nan"


def test_the_page_has_each_variable_once(survey, run):
    text = codebook_nb(survey, [run])
    for variable in survey.codebook:
        assert text.count(f"`{variable.name}`") == 1
    row = next(line for line in text.splitlines() if "`caseload`" in line)
    assert "{#var-caseload}" in row and "2023 (10,0\xa0%), 2024 (10,0\xa0%)" in row and "@fig-16" in row
    assert "(mangler)" in text  # asked by the codebook, left out of this dataset


@pytest.mark.parametrize(("page", "expected"), [("", False), ("chapters/kodebok", True)])
def test_an_exhibit_links_to_its_variables_where_the_page_is_in_the_book(tmp_path, page, expected):
    for name in ("figures", "exhibits"):
        (tmp_path / name).mkdir()
    data = {
        "text/markdown": MARKDOWN,
        EXHIBIT_MIME: record("fig-16", "Portefølje", "caseload", "wave", "is_youth_follower"),
    }
    output = nbformat.v4.new_output("display_data", data)
    _stage_exhibit(output, tmp_path, "../", page, Label("synthetic", "syntetiske data", "Tvilling"))
    text = output.data["text/markdown"]
    assert (
        "Variabler: [porteføljestørrelse (antall brukere)](../chapters/kodebok.qmd#var-caseload)." in text
    ) == expected
    assert text.endswith("\n:::\n:::\n")
