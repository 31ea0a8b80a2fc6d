"""Tables that describe persons: row and column shares, sums over several answers, numbers of persons."""

from __future__ import annotations

import pandas as pd
import pytest

from engine.estimates.profiles import ABSENT, column_profile, row_profile
from engine.table import about, described, pick
from tests.frames import persons, repeat


@pytest.fixture
def frame() -> pd.DataFrame:
    """Four persons, ten times each."""
    made = persons(
        leader=[1.0, 0.0, 0.0, 0.0], adviser=[1.0, 1.0, 1.0, 0.0],
        sector=pd.Categorical(["statlig", "statlig", "kommunal", "kommunal"], ["statlig", "kommunal"]),
        age_group_followed=pd.Categorical(["unge", "eldre", "eldre", "eldre"], ["unge", "eldre"]),
        tasks=pd.Categorical(["stat", "stat", "begge", "begge"], ["stat", "begge"]),
    )  # fmt: skip
    labels = {"leader": "leder", "adviser": "veileder", "unasked": "ikke spurt om"}
    asked = dict.fromkeys(("leader", "adviser", "sector", "age_group_followed", "tasks"), (2024,))
    return repeat(described(made, labels=labels, waves_asked=asked), 10)


def test_roles_divide_on_employers(frame: pd.DataFrame) -> None:
    table = row_profile(frame, ["leader", "adviser", "unasked"], "sector")
    assert pick(table, "statlig", "veileder").value == pytest.approx(200 / 3)
    assert pick(table, "kommunal", "leder").value == 0
    assert pick(table, "sum", "veileder", "row_sum_pct").value == pytest.approx(100)
    assert pick(table, "veileder", "share_pct").value == pytest.approx(75)
    assert pick(table, "statlig", "total sektor").value == 50
    assert (pick(table, "statlig", "n").value, pick(table, "totalt", "n").value) == (20, 40)
    assert "ikke spurt om" not in set(table["item"])
    assert set(about(table).variables) == {"leader", "adviser", "unasked", "sector"}


def test_columns_sum_to_more_than_a_whole_where_answers_are_several(frame: pd.DataFrame) -> None:
    table = column_profile(frame, {"oppgaver": "tasks", "roller": ["leader", "adviser"]}, "age_group_followed")
    assert pick(table, "eldre", "oppgaver: begge").value == pytest.approx(200 / 3)
    assert pick(table, "totalt", "oppgaver: sum").value == pytest.approx(100)
    assert pick(table, "unge", "roller: sum").value == pytest.approx(200)
    assert pick(table, "eldre", "N").value == 30
    assert pick(table, "eldre", "row_share_pct").value == 75
    whole = table[(table["age_group_followed"] == "totalt") & (table["item"] == "totalt")]
    assert whole["estimate"].tolist() == [100.0]


def test_a_sum_does_not_give_a_hidden_part_away(frame: pd.DataFrame) -> None:
    few = frame.iloc[[0, *range(4, 12)]]
    table = column_profile(few, {"roller": ["leader", "adviser"]}, "age_group_followed")
    hidden = table[(table["age_group_followed"] == "unge") & table["item"].str.startswith("roller")]
    assert hidden["suppressed"].all() and hidden["estimate"].isna().all()


def test_a_question_that_was_not_asked_leaves_no_half_table(frame: pd.DataFrame) -> None:
    blocks: dict[str, str | list[str]] = {"oppgaver": "tasks", "roller": ["unasked"]}
    table = column_profile(frame, blocks, "age_group_followed")
    assert table.empty and about(table).absent == ABSENT
