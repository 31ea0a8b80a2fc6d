"""Bad input: every problem is told by file, column, rule and count, and never by a value."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tiny_data import FORMATS, Change, store_waves

from engine.data.codebook import read_codebook
from engine.data.files import asked_variables
from engine.data.survey import open_survey
from engine.errors import ReportError

# A number that stands in no other place of the files, so that a message holding it has leaked.
SECRET = 7654321


def put(column: str, value: object, rows: int = 1, start: int = 0) -> Change:
    def change(table: pd.DataFrame) -> pd.DataFrame:
        cells = table[column].astype(object)
        cells.iloc[start : start + rows] = value
        numbers = pd.to_numeric(cells, errors="coerce")
        return table.assign(**{column: cells.astype(str) if isinstance(value, str) else numbers})

    return change


def drop(*columns: str) -> Change:
    return lambda table: table.drop(columns=list(columns))


def message(root: Path, changes: dict[str, Change], kind: str = "parquet") -> str:
    store_waves(root, kind=kind, changes=changes)
    with pytest.raises(ReportError) as caught:
        open_survey(2024, root)
    assert str(SECRET) not in str(caught.value)
    return str(caught.value)


CODES = "codes that the codebook does not have"
BLANK = "blank cells where everyone needs a value"
TWICE = "respondents that stand there twice"


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize(
    ("stem", "change", "what", "column", "count"),
    [
        ("survey_2024", drop("caseload", "role_kvp"), "missing columns: role_kvp, caseload", "", 2),
        ("frame_2024", drop("sector"), "missing columns: sector", "", 1),
        ("survey_2024", put("age_group_followed", SECRET, 2), CODES, "age_group_followed", 2),
        ("survey_2024", put("users_aap", 2), CODES, "users_aap", 1),
        ("frame_2023", put("nav_region", SECRET, 3), CODES, "nav_region", 3),
        ("survey_2024", put("caseload", -SECRET), "negative numbers", "caseload", 1),
        ("survey_2024", put("caseload", 12.5, 3), "numbers that are not whole", "caseload", 3),
        ("survey_2024", put("respondent_id", 1.5), "numbers that are not whole", "respondent_id", 1),
        ("frame_2024", put("office_id", "kontor"), "text where numbers belong", "office_id", 1),
        ("survey_2024", put("respondent_id", np.nan), BLANK, "respondent_id", 1),
        ("frame_2024", put("office_size", np.nan, 4), BLANK, "office_size", 4),
        ("survey_2024", put("respondent_id", 1003), TWICE, "respondent_id", 1),
        ("frame_2024", put("respondent_id", 1030, 2, 31), TWICE, "respondent_id", 2),
    ],
)
def test_one_problem(
    tmp_path: Path, kind: str, stem: str, change: Change, what: str, column: str, count: int
) -> None:
    place = f"{stem}.{kind}" + (f", column {column}" if column else "")
    assert message(tmp_path, {stem: change}, kind).startswith(f"{what} ({place}; {count}). ")


def test_a_respondent_who_was_not_invited(tmp_path: Path) -> None:
    found = message(tmp_path, {"survey_2024": put("respondent_id", SECRET)})
    place = "survey_2024.parquet and frame_2024.parquet, column respondent_id"
    assert found == f"respondents who are not in the frame ({place}; 1). add them to the frame"


def test_an_answer_from_who_was_not_asked(tmp_path: Path) -> None:
    found = message(tmp_path, {"survey_2024": put("caseload", 10, 2, 10)})
    place = "survey_2024.parquet, column caseload, filter has_caseload==1"
    assert found.startswith(f"answers from persons who were not asked ({place}; 2). ")


def test_infinity_is_no_whole_number(tmp_path: Path) -> None:
    found = message(tmp_path, {"survey_2024": put("caseload", np.inf)})
    assert found.startswith("numbers that are not whole (survey_2024.parquet, column caseload; 1)")


def test_all_problems_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    twice_wrong = lambda table: put("sick_leave_work", SECRET)(put("role_kvp", "x")(table))  # noqa: E731
    found = message(tmp_path, {"survey_2023": drop("caseload"), "survey_2024": twice_wrong})
    assert found.startswith("several problems\n- ")
    assert "missing columns: caseload (survey_2023.parquet; 1)" in found
    assert "text where numbers belong (survey_2024.parquet, column role_kvp; 1)" in found
    assert "codes that the codebook does not have (survey_2024.parquet, column sick_leave_work; 1)" in found
    assert found.endswith("(survey data; 3).")


def test_a_missing_code_is_no_answer_even_from_who_was_not_asked(tmp_path: Path) -> None:
    store_waves(tmp_path, changes={"survey_2024": put("caseload", -1, 2, 10)})
    assert open_survey(2024, tmp_path).with_caseload["caseload"].notna().sum() == 18


def test_a_filter_is_not_checked_by_a_column_that_is_wrong_itself(tmp_path: Path) -> None:
    found = message(tmp_path, {"survey_2024": put("has_caseload", 5)})
    assert found.startswith(
        "codes that the codebook does not have (survey_2024.parquet, column has_caseload; 1)"
    )
    assert "several" not in found


def test_a_wave_that_the_codebook_does_not_know() -> None:
    codebook = read_codebook()
    names = [variable.name for variable in asked_variables(codebook, 2025, "survey", {"need_none", "typo"})]
    assert "need_none" in names and "caseload" in names
    assert "need_education" not in names and "open_comments" not in names
    assert "act_planned" not in [
        v.name for v in asked_variables(codebook, 2025, "survey", set(), ["act_planned"])
    ]
    assert [v.name for v in asked_variables(codebook, 2022, "frame", set())] == [
        "respondent_id", "office_id", "office_size", "nav_region", "sector",
    ]  # fmt: skip
