"""Chapter 5: following up the young."""

from __future__ import annotations

import pandas as pd

from helpers.curves import curve
from helpers.estimates import battery, mean
from helpers.survey import Survey

from .registry import AGE, compared, current, follow_young, stack, stands_in

PRIORITY = ["youth_office_priority", "youth_leader_priority", "youth_enough_staff"]
FOCUS = ["focus_lasting_work", "focus_education", "focus_long_education", "focus_quick_job"]
SELF = ["self_participation", "self_knows_guarantee", "self_informs"]
PARTICIPATION = ["part_meeting_form", "part_activities", "part_agenda", "part_place", "part_feedback"]


@stands_in("fig-29", *PRIORITY)
def priority(survey: Survey) -> pd.DataFrame:
    """Priority of the young and resources, by age group."""
    return battery(survey.counsellors, PRIORITY, [AGE, "wave"], total=AGE)


@stands_in("fig-30", "youth_enough_staff")
def staff_by_size(survey: Survey) -> pd.DataFrame:
    """Enough staff over office size, one regression a wave (footnote 40)."""
    return curve(survey.counsellors, "youth_enough_staff", by="wave")


@stands_in("fig-30+", "youth_enough_staff")
def staff_by_county(survey: Survey) -> pd.DataFrame:
    """Enough staff, by Nav-fylke."""
    return mean(survey.counsellors, "youth_enough_staff", ["nav_region", "wave"])


@stands_in("fig-31", *FOCUS)
def focus(survey: Survey) -> pd.DataFrame:
    """What the office cares about, by age group."""
    return battery(compared(survey), FOCUS, [AGE, "wave"])


@stands_in("fig-32", *SELF)
def own_competence(survey: Survey) -> pd.DataFrame:
    """Own competence and information, by age group."""
    return battery(follow_young(current(survey)), SELF, [AGE, "wave"], total=AGE)


@stands_in("fig-32+", *SELF, "fixed_contact", "in_youth_unit")
def own_competence_by_contact(survey: Survey) -> pd.DataFrame:
    """The same by membership in the youth unit, and among fixed contacts (4 or 5)."""
    frame = follow_young(current(survey))
    in_unit = battery(frame, SELF, ["youth_contact_group", "wave"], key="group")
    contacts = battery(frame[frame["fixed_contact"] >= 4], SELF, [AGE, "wave"])
    return stack(in_unit, contacts.assign(population="faste kontaktpersoner"))


@stands_in("fig-33", *PARTICIPATION)
def participation(survey: Survey) -> pd.DataFrame:
    """How far the young's participation is looked after, by age group."""
    return battery(follow_young(current(survey)), PARTICIPATION, [AGE, "wave"])
