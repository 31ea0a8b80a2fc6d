"""Definitions of populations, against hand-made persons."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tiny_data import survey_table

from engine.data.populations import POPULATIONS, derive, members
from engine.errors import ReportError
from engine.table import About, about, described


@pytest.fixture
def everyone() -> pd.DataFrame:
    codes = survey_table().set_index("respondent_id", drop=False)
    return derive(codes.mask(codes.isin([99, -1])))


def ids(frame: pd.DataFrame) -> list[int]:
    return (frame["respondent_id"] - 1000).astype(int).tolist()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("answered", list(range(12))),
        ("with_caseload", list(range(10))),
        # 3 leads, 4 is job specialist, 5 KVP, 8 did not say; 9 did not say whether she leads.
        ("counsellors", [0, 1, 2, 9]),
        # 2 and 8 follow up people on sick leave; role is not asked for here.
        ("counsellors_ch8", [0, 1, 5, 6, 7, 9]),
        ("job_specialists", [4]),
        ("intro_advisers", [7]),
        ("kvp_counsellors", [5, 6]),
        ("sick_leave_counsellors", [2, 8]),
    ],
)
def test_members(everyone: pd.DataFrame, name: str, expected: list[int]) -> None:
    everyone = described(everyone, source="s")
    chosen = members(everyone, name)
    assert ids(chosen) == expected
    assert about(chosen) == About("s", population=POPULATIONS[name].label)
    assert about(everyone) == About("s")
    assert chosen.index.equals(pd.RangeIndex(len(expected)))


def test_derived_variables_are_missing_where_nobody_asked(everyone: pd.DataFrame) -> None:
    assert everyone["is_counsellor"].isna().tolist() == [False] * 8 + [True, False, True, True]
    assert everyone["is_counsellor_ch8"].isna().tolist() == [False] * 10 + [True, True]
    assert everyone["syfo"].isna().tolist() == [False] * 9 + [True] * 3


def test_a_wave_that_lacks_a_variable_has_no_such_population() -> None:
    codes = survey_table().drop(columns="sick_leave_work").replace({99: np.nan})
    made = derive(codes)
    assert "is_counsellor" in made
    assert "syfo" not in made and "is_counsellor_ch8" not in made
    with pytest.raises(
        ReportError, match="the data lacks syfo, which defines the population sick_leave_counsellors"
    ):
        members(made, "sick_leave_counsellors")


def test_an_unknown_population(everyone: pd.DataFrame) -> None:
    with pytest.raises(ReportError, match=r"no population is called «managers».*answered, with_caseload"):
        members(everyone, "managers")
