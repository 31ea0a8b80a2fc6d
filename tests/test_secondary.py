"""Tables of a survey from which nobody can be told by adding and subtracting."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from engine.disclosure.rules import hide
from engine.estimates.profiles import column_profile
from engine.estimates.weighted import mean, share, unweighted
from engine.table import About, described


@pytest.fixture(autouse=True)
def _no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REPORT_MINIMUM", raising=False)


def survey(sizes: Mapping[str, int], *, ids: bool = True, seed: int = 1) -> pd.DataFrame:
    """Persons in groups of given sizes («» is no group), with weights that differ and a caseload."""
    rng = np.random.default_rng(seed)
    group = np.repeat(list(sizes), list(sizes.values()))
    frame = pd.DataFrame({
        "wave": 2024, "weight": rng.uniform(0.6, 1.6, len(group)),
        "sector": pd.Categorical(np.where(group == "", None, group), categories=[name for name in sizes if name]),
        "caseload": rng.integers(20, 90, len(group)).astype(float),
        "yes": rng.integers(0, 2, len(group)).astype(float),
        "answer": pd.Categorical(rng.choice(["a", "b", "c"], len(group))),
    })  # fmt: skip
    if ids:
        frame["respondent_id"] = np.arange(len(group)) + 1000
    labels = {"answer": "svar", "sector": "ansatt", "yes": "ja", "caseload": "portefølje"}
    return described(frame, About("s", 2024, "veiledere", labels))


def why(table: pd.DataFrame, key: str = "sector") -> dict[str, str]:
    return {str(name): str(reason) for name, reason in zip(table[key], table["reason"], strict=True) if reason}


def test_a_small_group_takes_the_smallest_other_one_with_it_where_there_is_a_total() -> None:
    frame = survey({"x": 200, "y": 40, "z": 5})
    assert why(mean(frame, "caseload", "sector")) == {"z": "threshold"}
    table = mean(frame, "caseload", "sector", total="sector")
    assert why(table) == {"y": "complement", "z": "threshold"}
    assert table.loc[table["suppressed"], ["estimate", "ci_low", "ci_high", "n"]].isna().all(axis=None)
    assert table["n"].dropna().tolist() == [200, 245]


def test_two_small_groups_that_are_enough_together_need_no_other() -> None:
    assert why(mean(survey({"x": 200, "y": 6, "z": 7}), "caseload", "sector", total="sector")) == {
        "y": "threshold", "z": "threshold"
    }  # fmt: skip


def test_two_small_groups_that_are_few_together_do() -> None:
    assert why(mean(survey({"x": 200, "y": 40, "z": 4, "w": 3}), "caseload", "sector", total="sector")) == {
        "y": "complement", "z": "threshold", "w": "threshold"
    }  # fmt: skip


def test_a_group_of_nobody_has_nobody_to_protect() -> None:
    frame = survey({"x": 200, "y": 40}).assign(other=["p"] * 100 + ["q"] * 140)
    table = mean(frame, "caseload", ["sector", "other"])
    assert [reason for reason in table["reason"] if reason] == ["threshold"]


@pytest.mark.parametrize("ids", [True, False])
def test_a_total_that_exceeds_its_parts_by_few_hides_its_number_of_persons(ids: bool) -> None:
    frame = survey({"x": 200, "y": 40, "": 4}, ids=ids)
    table = mean(frame, "caseload", "sector", total="sector")
    assert why(table) == {"totalt": "difference"} and not table["suppressed"].any()
    assert table.set_index("sector")["n"].isna().to_dict() == {"x": False, "y": False, "totalt": True}
    assert table["estimate"].notna().all()
    # Where ten or more said no group, they are a group like others.
    assert why(mean(survey({"x": 200, "y": 40, "": 10}), "caseload", "sector", total="sector")) == {}


def test_without_weights_the_total_itself_is_hidden() -> None:
    frame = unweighted(survey({"x": 200, "y": 40, "": 4}))
    table = mean(frame, "caseload", "sector", total="sector")
    assert why(table) == {"totalt": "difference"} and table["suppressed"].tolist() == [False, False, True]


def test_what_is_the_same_for_all_tells_nothing_of_those_left_out() -> None:
    frame = survey({"x": 200, "y": 40, "": 4}).assign(one=1.0)
    table = mean(frame, "one", "sector", total="sector")
    assert why(table) == {} and table["n"].tolist() == [200, 40, 244]
    # But the number of a hidden group is not given back.
    few = survey({"x": 200, "y": 40, "z": 4}).assign(one=1.0)
    assert why(mean(few, "one", "sector", total="sector")) == {"y": "complement", "z": "threshold"}


def test_filters_that_differ_by_few_persons_are_not_both_told() -> None:
    frame = survey({"x": 200, "y": 40})
    narrow = frame[frame["respondent_id"] >= 1004]
    assert why(mean([narrow, frame], "caseload"), "population") == {"veiledere": "difference"}
    table = mean([narrow.assign(population="n"), frame], "caseload")
    assert table["suppressed"].tolist() == [True, False]  # the smaller one
    far = frame[frame["respondent_id"] >= 1030]
    assert why(mean([far, frame], "caseload"), "population") == {}


def test_what_other_tables_show_decides_nothing() -> None:
    """A table is a function of its persons: what spans tables is for the whole book to decide."""
    frame = survey({"x": 200, "y": 40, "z": 5})
    calls = {
        "groups": lambda: mean(frame, "caseload", "sector"), "all": lambda: mean(frame, "caseload"),
        "narrow": lambda: mean(frame[frame["respondent_id"] >= 1004], "caseload"),
        "total": lambda: mean(frame, "caseload", "sector", total="sector"),
        "shares": lambda: share(unweighted(frame), "answer", "sector", total="sector"),
    }  # fmt: skip
    first = {name: call() for name, call in calls.items()}
    assert why(first["groups"]) == {"z": "threshold"} and why(first["all"], "population") == {}
    assert why(first["total"]) == {"y": "complement", "z": "threshold"}
    for name in [*reversed(calls), *calls]:
        pd.testing.assert_frame_equal(calls[name](), first[name])


def test_one_person_who_makes_a_mean_hides_it_and_its_complement() -> None:
    frame = survey({"x": 200, "y": 40, "z": 30})
    frame.loc[frame["sector"] == "z", "caseload"] = [9000.0, *[1.0] * 29]
    assert why(mean(frame, "caseload", "sector")) == {"z": "dominance"}
    assert why(mean(frame, "caseload", "sector", total="sector")) == {"y": "complement", "z": "dominance"}
    # The weight decides, too.
    frame.loc[frame["sector"] == "z", "caseload"] = 10.0
    frame.loc[frame.index[-1], "weight"] = 1e6
    assert why(mean(frame, "caseload", "sector")) == {"z": "dominance"}


def test_a_share_of_one_or_two_is_hidden_with_what_gives_it_back() -> None:
    frame = survey({"x": 120, "y": 60})
    answers = ["a"] * 70 + ["b"] * 48 + ["c"] * 2 + ["a"] * 30 + ["b"] * 10 + ["c"] * 20
    frame["answer"] = pd.Categorical(answers)
    # Weighted: the number follows from the standard error.
    assert why(share(frame, "answer", "sector"), "answer")["c"] == "dominance"
    told = unweighted(frame)
    table = share(told, "answer", "sector", total="sector")
    hidden = table[table["suppressed"]]
    found = {(sector, category): reason for sector, category, reason in zip(
        hidden["sector"], hidden["answer"], hidden["reason"], strict=True)}  # fmt: skip
    assert found[("x", "c")] == "dominance" and found[("x", "b")] == "complement"
    # Of answer c everyone less group y would give the two back, of b the rest of group x.
    assert {("y", "c"), ("totalt", "c")} & set(found) and {("y", "b"), ("totalt", "b")} & set(found)
    assert ("x", "a") not in found


def test_all_but_one_or_two_is_the_same() -> None:
    frame = unweighted(survey({"x": 120, "y": 60}))
    frame["yes"] = [1.0] * 118 + [0.0] * 2 + [1.0] * 30 + [0.0] * 30
    assert why(share(frame, "yes", "sector")) == {"x": "dominance"}
    frame["yes"] = [1.0] * 120 + [0.0] * 60
    assert why(share(frame, "yes", "sector")) == {}  # everybody and nobody are told


def test_a_described_table_adds_up_without_its_hidden_cells() -> None:
    frame = unweighted(survey({"x": 120, "y": 60, "z": 6}))
    table = column_profile(frame, {"svar": "answer"}, "sector")
    hidden = table[table["suppressed"]]
    assert set(hidden["sector"]) == {"y", "z"}
    assert set(table.loc[table["sector"].isin(["y", "z"]), "suppressed"]) >= {True}
    assert hidden["estimate"].isna().all() and hidden["n"].isna().all()
    numbers = table[table["item"] == "N"].set_index("sector")["estimate"]
    assert numbers.notna().to_dict() == {"x": True, "y": False, "z": False, "totalt": True}


def test_a_row_keeps_the_first_reason_and_loses_its_stars() -> None:
    table = pd.DataFrame({"estimate": [1.0, 2.0], "n": [5.0, 50.0], "stars": ["*", "**"], "suppressed": False})
    once = hide(table, np.array([True, False]), "threshold")
    twice = hide(once, np.array([True, True]), "difference")
    assert twice["reason"].tolist() == ["threshold", "difference"] and twice["stars"].tolist() == ["", ""]


@pytest.mark.parametrize("total", [None, "sector"])
@pytest.mark.parametrize(
    "sizes", [{"x": 120, "y": 60, "z": 6}, {"x": 120, "y": 6, "z": 7}, {"x": 120, "y": 60, "z": 1}]
)
def test_counts_of_a_group_below_the_threshold_do_not_follow_from_unweighted_shares(
    sizes: Mapping[str, int], total: str | None
) -> None:
    """Shares times numbers of persons are counts: no sum of those that are told is a hidden group's."""
    frame = unweighted(survey(sizes))
    table = share(frame, "answer", "sector", total=total)
    groups, answers = list(sizes), ["a", "b", "c"]
    cells = [(group, answer) for group in groups for answer in answers]
    shown = table[~table["suppressed"]]
    # A row tells the count of its answer, and with its number of persons that of the whole group.
    told = [[float(row.sector in (group, "totalt") and of in (answer, None)) for group, answer in cells]
            for row in shown.itertuples() for of in (row.answer, None)]  # fmt: skip
    known = np.linalg.matrix_rank(np.array(told))
    for group in (name for name, size in sizes.items() if size < 10):
        assert table.loc[table["sector"] == group, "suppressed"].all()
        wanted = [[float((name, of) == (group, answer)) for name, of in cells] for answer in answers]
        wanted.append([float(name == group) for name, _ in cells])
        assert all(np.linalg.matrix_rank(np.array([*told, row])) > known for row in wanted)
