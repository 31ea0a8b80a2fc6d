"""English titles: every exhibit has one, its years come from its numbers."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest

from engine.errors import ReportError
from press.downloads import COLUMNS, english_titles, exhibit_index, period_en, title_en
from press.project import Project

SHOWN = re.compile(r'exhibit\(\s*"([a-z0-9-]+)"')


def test_every_exhibit_of_the_chapters_has_an_english_title():
    shown = {name for chapter in Project().chapters for name in SHOWN.findall(chapter.text)}
    assert shown
    assert sorted(shown - set(english_titles())) == [], "write them in data/exhibits_en.csv"


def test_every_published_exhibit_has_an_english_title():
    published = Project().root / "data" / "published" / "rapport" / "exhibits.csv"
    with open(published, encoding="utf-8") as file:
        ids = {row["id"] for row in csv.DictReader(file)}
    assert ids and sorted(ids - set(english_titles())) == []


def test_no_year_is_typed_and_no_two_titles_are_equal():
    titles = english_titles()
    assert [title for title in titles.values() if re.search(r"\b(19|20)\d\d\b", title)] == []
    assert len(set(titles.values())) == len(titles)


@pytest.mark.parametrize(
    ("waves", "period"),
    [
        (["2022", "2023", "2024"], "2022–2024"),
        (["2022", "2024"], "2022 and 2024"),
        (["2023", "2024"], "2023–2024"),
        (["2024"], "2024"),
        (["2022-10", "2024-12", "2023-01"], "October 2022–December 2024"),
        (["", "i alt"], ""),
    ],
)
def test_periods(waves, period):
    assert period_en(waves) == period


def test_the_years_are_those_of_the_numbers():
    numbers = "wave,estimate\n2022,1\n2024,2\n"
    assert title_en("fig-1", numbers, {"fig-1": "Caseload"}) == "Caseload, 2022 and 2024"
    longer = title_en("fig-1", numbers, {"fig-1": "Caseload. Estimated mean"})
    assert longer == "Caseload. Estimated mean. 2022 and 2024"
    assert title_en("fig-1", "estimate\n1\n", {"fig-1": "Caseload"}) == "Caseload"
    assert title_en("fig-2", numbers, {"fig-1": "Caseload"}) == ""


def test_the_list_of_files_can_be_read_back():
    record = {"id": "fig-1", "anchor": "figur-1", "title": "Brukere, «alle»", "csv": "wave\n2024\n", "unit": "brukere"}
    [row] = csv.DictReader(io.StringIO(exhibit_index([record], {"fig-1": "Users, all"})))
    assert tuple(row) == COLUMNS
    assert row["file"] == "figur-1.csv" and row["title_nb"] == "Brukere, «alle»"
    assert row["title_en"] == "Users, all, 2024"


@pytest.mark.parametrize("lines", ["fig-1,A\nfig-1,B\n", "fig-1,\n"])
def test_a_title_named_twice_or_missing_is_refused(tmp_path: Path, lines: str):
    path = tmp_path / "exhibits_en.csv"
    path.write_text("id,title_en\n" + lines, encoding="utf-8")
    with pytest.raises(ReportError, match="twice or without"):
        english_titles(path)
