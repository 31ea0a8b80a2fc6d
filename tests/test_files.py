"""Finding and reading raw files."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest
from tiny_data import FORMATS, frame_table, store, survey_table

from engine.data.files import find_waves, read_table
from engine.errors import ReportError

# Stands for a confidential cell; no message may hold it.
SECRET = "hemmelig-4711"


def test_finds_waves_in_order(tmp_path: Path) -> None:
    for name in (
        "survey_2024.sav",
        "frame_2024.CSV",
        "survey_2022.dta",
        "frame_2022.parquet",
        "notes_2022.csv",
        "survey_2021.xlsx",
    ):
        (tmp_path / name).touch()
    found = find_waves(tmp_path)
    assert list(found) == [2022, 2024]
    assert found[2024].year == 2024
    assert found[2024].survey.name == "survey_2024.sav"
    assert found[2024].frame.name == "frame_2024.CSV"


def test_no_waves_and_no_folder(tmp_path: Path) -> None:
    assert find_waves(tmp_path) == {}
    with pytest.raises(ReportError, match="no folder"):
        find_waves(tmp_path / "none")


def test_problems_with_files_are_told_together(tmp_path: Path) -> None:
    for name in ("survey_2022.csv", "frame_2023.csv", "survey_2024.csv", "survey_2024.sav", "frame_2024.csv"):
        (tmp_path / name).touch()
    with pytest.raises(ReportError) as caught:
        find_waves(tmp_path)
    message = str(caught.value)
    assert caught.value.count == 3
    assert "a file is missing (frame_2022)" in message
    assert "a file is missing (survey_2023)" in message
    assert "two files for one wave (survey_2024.csv, survey_2024.sav; 2)" in message


@pytest.mark.parametrize("original", [survey_table(), frame_table()])
def test_four_formats_give_the_same_table(tmp_path: Path, original: pd.DataFrame) -> None:
    original = original.assign(
        share=np.linspace(0.25, 3, len(original)), word=["æøå", ""] * (len(original) // 2)
    )
    tables = [read_table(store(original, tmp_path / f"table.{kind}")) for kind in FORMATS]
    for table in tables[1:]:
        pd.testing.assert_frame_equal(table, tables[0])
    assert tables[0]["respondent_id"].dtype == "Int64"
    assert tables[0]["share"].dtype == "Float64"
    assert tables[0]["word"].isna().sum() == len(original) // 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_csv_dialects(tmp_path: Path, encoding: str, separator: str, newline: str) -> None:
    decimal = "." if separator == "," else ","
    lines = [["id", "måling", "tekst"], ["1", f"2{decimal}5", "ja"], ["2", "", ""], ["3", "-1", '"a b"']]
    path = tmp_path / "table.csv"
    path.write_bytes((newline.join(separator.join(line) for line in lines) + newline).encode(encoding))
    table = read_table(path)
    assert list(table.columns) == ["id", "måling", "tekst"]
    assert table["id"].tolist() == [1, 2, 3]
    assert table["måling"].to_numpy(dtype=float, na_value=np.nan).tolist() == pytest.approx(
        [2.5, np.nan, -1], nan_ok=True
    )
    assert table["tekst"].fillna("-").tolist() == ["ja", "-", "a b"]


def test_one_column_and_names_with_blanks(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(" id \n1\n2\n", encoding="utf-8")
    assert read_table(path).columns.tolist() == ["id"]


def test_a_declared_missing_code_stays_a_code(tmp_path: Path) -> None:
    path = tmp_path / "table.sav"
    pyreadstat.write_sav(pd.DataFrame({"a": [1.0, 99.0]}), str(path), missing_ranges={"a": [99]})
    assert read_table(path)["a"].tolist() == [1, 99]


def test_kinds_of_columns(tmp_path: Path) -> None:
    original = pd.DataFrame(
        {
            "yes": [True, False],
            "blank": [None, None],
            "large": [1e300, 1.0],
            "long": [12345678901234567, 1],
            "digits": ["007", " 8 "],
            "mixed": ["1", "x"],
            "day": pd.to_datetime(["2024-01-01", "2024-01-02"]),
        }
    )
    table = read_table(store(original, tmp_path / "table.parquet"))
    assert table["yes"].tolist() == [1, 0]
    assert table["blank"].isna().all() and table["blank"].dtype == "Int64"
    assert table["large"].dtype == "Float64"
    assert table["long"].tolist() == [12345678901234567, 1]
    assert table["digits"].tolist() == [7, 8]
    assert not pd.api.types.is_numeric_dtype(table["mixed"])
    assert not pd.api.types.is_numeric_dtype(table["day"])


@pytest.mark.parametrize("kind", FORMATS)
def test_an_empty_file(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"survey_2024.{kind}"
    path.touch()
    with pytest.raises(ReportError, match=r"the file is empty \(survey_2024"):
        read_table(path)


@pytest.mark.parametrize("kind", FORMATS)
def test_a_file_without_rows(tmp_path: Path, kind: str) -> None:
    path = store(pd.DataFrame({"a": pd.Series(dtype=float)}), tmp_path / f"table.{kind}")
    with pytest.raises(ReportError, match="no rows"):
        read_table(path)


@pytest.mark.parametrize("kind", FORMATS)
def test_a_file_of_something_else_keeps_its_contents_to_itself(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"table.{kind}"
    path.write_bytes(f"a,b\n1,2\n1,2,{SECRET}\n\xff".encode("latin-1"))
    with pytest.raises(ReportError, match=f"can't be read as {kind}") as caught:
        read_table(path)
    assert SECRET not in str(caught.value)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("row", [f"1,2,{SECRET}", SECRET, f"{SECRET},\xe6"])
def test_ragged_or_wrongly_encoded_csv(tmp_path: Path, row: str) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(f"a,b\n1,2\n{row}\n".encode("latin-1"))
    with pytest.raises(ReportError, match="as many cells as the header, in UTF-8") as caught:
        read_table(path)
    assert SECRET not in str(caught.value)


def test_missing_unknown_and_doubled(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match=r"a file is missing \(none\.csv\)"):
        read_table(tmp_path / "none.csv")
    other = tmp_path / "table.xlsx"
    other.write_bytes(os.urandom(8))
    with pytest.raises(ReportError, match="the format is not read"):
        read_table(other)
    doubled = tmp_path / "table.csv"
    doubled.write_text("a,b,a \n1,2,3\n", encoding="utf-8")
    with pytest.raises(ReportError, match=r"columns of the same name: number 1, 3 \(table\.csv; 2\)"):
        read_table(doubled)
