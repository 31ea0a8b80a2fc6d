"""The codebook and its rules."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine.data.codebook import CODEBOOK, COLUMNS, Codebook, clauses, holds, read_codebook
from engine.errors import ReportError, raise_together

# Variables that the reconstructed list does not name: all are derived.
MADE = {"syfo", "cross_agency", "time_phases_mean", "need_count", "youth_contact_group", "sys_labour_market_pos",
        "sys_labour_market_neg"}  # fmt: skip
PUBLISHED = CODEBOOK.parents[1] / "published" / "rapport" / "variables.csv"


def book(tmp_path: Path, *rows: dict[str, str]) -> Path:
    usual = dict.fromkeys(COLUMNS, "") | {
        "type": "binary",
        "codes": "0=nei|1=ja",
        "waves": "2024",
        "source": "survey",
    }
    path = tmp_path / "book.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(usual | row for row in rows)
    return path


@pytest.fixture(scope="module")
def codebook() -> Codebook:
    return read_codebook()


def test_holds_every_variable_of_the_published_list(codebook: Codebook) -> None:
    with PUBLISHED.open(encoding="utf-8", newline="") as file:
        published = {row["name"]: row for row in csv.DictReader(file)}
    assert set(published) <= set(codebook.variables)
    assert {variable.name for variable in codebook} - set(published) == MADE
    waves = {name: tuple(map(int, row["waves_asked"].split(";"))) for name, row in published.items()}
    # Figure 21 needs the first in all waves, and the second is made of it.
    differing = {name for name, asked in waves.items() if codebook[name].waves != asked}
    assert differing == {"sick_leave_work", "is_counsellor_ch8"}


def test_labels_are_those_of_the_figures(codebook: Codebook) -> None:
    assert codebook["age_group_followed"].codes == {
        1: "unge (under 30 år)",
        2: "de over 30 år",
        3: "begge aldersgrupper",
    }
    assert codebook["sector"].codes == {1: "statlig", 2: "kommunal"}
    assert len(codebook["nav_region"].codes) == 12
    assert codebook["time_users"].codes[2] == "2"
    assert codebook.labels["users_immigrants"] == "innvandrere fra land utenfor EØS"
    assert codebook.waves == [2022, 2023, 2024]


def test_labels_are_unique_within_a_question(codebook: Codebook) -> None:
    asked = [(v.question, v.label) for v in codebook if v.source == "survey"]
    assert len(set(asked)) == len(asked)
    assert all(v.question for v in codebook if v.source == "survey" and v.type != "id")


def test_missing_codes_are_no_answers(codebook: Codebook) -> None:
    assert codebook["caseload"].missing == (-1,)
    assert codebook["sick_leave_work"].missing == (99,)
    assert not any(set(v.missing) & set(v.codes) for v in codebook)


def test_filters_name_variables_asked_in_the_same_waves(codebook: Codebook) -> None:
    for variable in codebook:
        for name, wanted, codes in clauses(variable.filter):
            assert wanted
            assert set(codes) <= set(codebook[name].codes)
            assert set(variable.waves) <= set(codebook[name].waves)


def test_an_unknown_name_gets_the_nearest(codebook: Codebook) -> None:
    with pytest.raises(ReportError, match="did you mean caseload"):
        codebook["casload"]
    with pytest.raises(ReportError, match="add it there"):
        codebook["zzzzzz"]
    assert "caseload" in codebook and "zzzzzz" not in codebook


def test_a_good_row(tmp_path: Path) -> None:
    path = book(
        tmp_path, {"name": "a", "missing": "98;99", "waves": "2024;2022"}, {"name": "b", "filter": "a==1"}
    )
    found = read_codebook(path)
    assert found["a"].missing == (98, 99)
    assert found["a"].waves == (2022, 2024)
    assert found["b"].filter == "a==1"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"type": "colour"}, "the type is none of id"),
        ({"source": "elsewhere"}, "the source is none of survey"),
        ({"codes": "1=a|1=b"}, "a code stands there twice"),
        ({"codes": "a=1"}, "invalid literal"),
        ({"codes": ""}, "the type binary needs codes"),
        ({"type": "integer"}, "the type integer has no codes"),
        ({"waves": ""}, "invalid literal"),
        ({"filter": "a=1"}, "«a=1» is no rule"),
        ({"name": "first"}, "stands there twice"),
    ],
)
def test_a_bad_row_is_named_by_its_line(tmp_path: Path, row: dict[str, str], message: str) -> None:
    path = book(tmp_path, {"name": "first"}, {"name": "a", **row})
    with pytest.raises(ReportError, match=rf"{message}.*\(book\.csv, line 3\)"):
        read_codebook(path)


def test_bad_rows_are_told_together(tmp_path: Path) -> None:
    path = book(
        tmp_path, {"name": "a", "type": "x"}, {"name": "b", "filter": "a==1"}, {"name": "c", "source": "x"}
    )
    with pytest.raises(ReportError) as caught:
        read_codebook(path)
    assert caught.value.count == 2
    assert "line 2" in str(caught.value) and "line 4" in str(caught.value)


def test_a_filter_must_name_a_variable(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="the filter names b, which is no variable"):
        read_codebook(book(tmp_path, {"name": "a", "filter": "b==1"}))


def test_a_short_row_is_told(tmp_path: Path) -> None:
    path = book(tmp_path, {"name": "a"})
    path.write_text(path.read_text(encoding="utf-8") + "b,label\n", encoding="utf-8")
    with pytest.raises(ReportError, match="line 3"):
        read_codebook(path)


def test_no_codebook_and_no_columns(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="the codebook is missing"):
        read_codebook(tmp_path / "none.csv")
    empty = tmp_path / "empty.csv"
    empty.write_text("", encoding="utf-8")
    with pytest.raises(ReportError, match="lacks columns: name, label_nb"):
        read_codebook(empty)


def test_rules() -> None:
    frame = pd.DataFrame({"a": [1.0, 2.0, 3.0, np.nan], "b": [1, 1, 0, 1]})
    assert holds(frame, "").tolist() == [True] * 4
    assert holds(frame, "a==1|3").tolist() == [True, False, True, False]
    assert holds(frame, "a!=1 and b==1").tolist() == [False, True, False, True]
    assert clauses("a==1|3 and b!=-1") == [("a", True, (1, 3)), ("b", False, (-1,))]
    with pytest.raises(ValueError, match="is no rule"):
        clauses("a in 1")


def test_an_error_is_one_message() -> None:
    assert str(ReportError("what", "where", 3, "do")) == "what (where; 3). do"
    assert str(ReportError("what", "where")) == "what (where)."
    assert str(ReportError("what", count=0)) == "what (0)."
    assert str(ReportError("what", remedy="do")) == "what. do"
    raise_together([], "here")
