"""What is made of a person's answers: populations, derived variables, weights."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tiny_data import survey_table

from engine.data import persons as derived
from engine.data.persons import POPULATIONS, SIZE_CLASSES, derive, members, poststratification_weights, size_class
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


NAN = np.nan


def frame(**columns):
    return pd.DataFrame(columns, dtype=float)


def check(found, expected):
    np.testing.assert_array_equal(found, np.array(expected, float))


def test_cuts_of_scales():
    check(derived.time_competence_pos(frame(time_competence=[1, 3, 4, 5, NAN])), [0, 0, 1, 1, NAN])
    check(derived.time_cooperation_good(frame(time_cooperation=[3, 4, NAN])), [0, 1, NAN])
    check(derived.sys_labour_market_pos(frame(sys_labour_market=[2, 3, 4])), [0, 0, 1])
    check(derived.sys_labour_market_neg(frame(sys_labour_market=[2, 3, 4])), [1, 0, 0])
    check(derived.experience3(frame(experience=[1, 2, 3, 4, NAN])), [1, 2, 2, 3, NAN])


def test_means_of_what_was_answered():
    rows = frame(**{name: [3, 5, NAN] for name in derived.PLACES}).assign(place_mental=[1, NAN, NAN])
    check(derived.place_challenges_mean(rows), [2.6, 5, NAN])
    check(derived.time_phases_mean(frame(time_mapping=[1], time_prepare=[NAN], time_afterwork=[4])), [2.5])


def test_counts_and_rates():
    check(derived.need_count(frame(**{name: [1, 0, NAN] for name in derived.NEEDS})), [7, 0, NAN])
    check(derived.per_user(frame(act_planned=[10, 5, NAN], caseload=[20, 0, 10]), "act_planned"), [0.5, NAN, NAN])


def test_across_agencies_is_having_tasks_of_the_other_employer():
    rows = frame(sector=[1, 1, 1, 2, 2, 2, 1], task_sector=[1, 2, 3, 1, 2, 3, NAN])
    check(derived.cross_agency(rows), [0, 1, 1, 1, 0, 1, NAN])


def test_groups_of_contacts_with_the_young():
    rows = frame(age_group_followed=[1, 1, 2, 3, 3, 3], in_youth_unit=[0, NAN, NAN, 1, 0, NAN])
    check(derived.youth_contact_group(rows), [1, 1, NAN, 2, 3, NAN])


def test_the_office_mean_counts_everyone_there_once():
    rows = frame(office_id=[1, 1, 1, 2], comp_leadership=[1, 2, NAN, NAN])
    check(derived.office_priority_comp(rows), [1.5, 1.5, 1.5, NAN])


def test_only_what_can_be_made_is_made():
    made = derived.add_derived(frame(experience=[4]))
    assert list(made) == ["experience", "experience3"]


def people(cells: dict[tuple[int, int], int]) -> pd.DataFrame:
    rows = [cell for cell, count in cells.items() for _ in range(count)]
    return pd.DataFrame(rows, columns=["sector", "office_size"])


def test_size_classes_are_closed_to_the_left() -> None:
    classes = size_class(pd.Series([1, 19, 20, 39, 40, 69, 70, 109, 110, 500, pd.NA], dtype="Int64"))
    names = SIZE_CLASSES
    expected = [names[0]] * 2 + [names[1]] * 2 + [names[2]] * 2 + [names[3]] * 2 + [names[4]] * 2
    assert classes.tolist()[:-1] == expected
    assert pd.isna(classes.iloc[-1])


def test_against_the_formula() -> None:
    frame = people({(1, 10): 30, (2, 10): 10, (1, 150): 20, (2, 150): 40})
    respondents = people({(1, 10): 20, (2, 10): 5, (1, 150): 5, (2, 150): 10})
    respondents.index = pd.RangeIndex(100, 140)
    weight = poststratification_weights(respondents, frame)
    assert weight.name == "weight" and weight.index.equals(respondents.index)
    assert weight.mean() == pytest.approx(1, abs=1e-12)
    by_cell = weight.groupby([respondents["sector"], respondents["office_size"]]).first()
    assert by_cell[(1, 10)] == pytest.approx(30 / 20 * 40 / 100)
    assert by_cell[(2, 150)] == pytest.approx(40 / 10 * 40 / 100)
    # The weighted shares are the frame's, which is what the weights are for.
    for sector in (1, 2):
        assert np.average(respondents["sector"] == sector, weights=weight) == pytest.approx(
            (frame["sector"] == sector).mean()
        )


def test_everyone_answering_weighs_one() -> None:
    frame = people({(1, 10): 3, (2, 45): 4})
    assert poststratification_weights(frame, frame).tolist() == [1.0] * 7


def test_other_cells() -> None:
    frame = people({(1, 10): 30, (2, 10): 10})
    assert poststratification_weights(frame.iloc[20:], frame, by=["sector"]).tolist() == pytest.approx(
        [1.5] * 10 + [0.5] * 10
    )
    assert poststratification_weights(frame.astype(float), frame).tolist() == pytest.approx([1.0] * 40)
    ready = frame.assign(size_class="all")
    assert poststratification_weights(ready, ready).tolist() == [1.0] * 40


def test_a_cell_nobody_answered_in() -> None:
    with pytest.raises(
        ReportError, match=r"cells of the frame without a respondent \(sector × size_class; 2\)"
    ):
        poststratification_weights(people({(1, 10): 2}), people({(1, 10): 4, (2, 10): 4, (2, 50): 1}))


def test_a_cell_nobody_was_invited_from() -> None:
    with pytest.raises(
        ReportError, match=r"respondents that the frame does not have \(sector × size_class; 1\)"
    ):
        poststratification_weights(people({(1, 10): 2, (2, 10): 1}), people({(1, 10): 4}))


def test_a_missing_cell_is_told_by_count() -> None:
    frame = people({(1, 10): 4})
    broken = frame.astype(float)
    broken.loc[0, "office_size"] = np.nan
    with pytest.raises(ReportError, match=r"size_class is missing for some of the frame \(weights; 1\)"):
        poststratification_weights(frame, broken)
