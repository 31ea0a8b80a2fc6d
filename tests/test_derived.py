"""Derived variables on answers made by hand."""

import numpy as np
import pandas as pd

from engine.data import derived

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
