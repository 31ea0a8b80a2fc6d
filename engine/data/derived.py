"""Variables made of answers: each one function of a frame, with its source in the report."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]

PLACES = ("place_mental", "place_complex", "place_digital", "place_norwegian", "place_attendance")
PHASES = ("time_mapping", "time_prepare", "time_afterwork")
NEEDS = (
    "need_education", "need_labour_market", "need_administration", "need_inclusion", "need_collaboration",
    "need_work_guidance", "need_participation",
)  # fmt: skip
ACTIVITIES = ("act_planned", "act_unplanned", "act_plan_messages", "act_email_sms")
STATE, MUNICIPAL, BOTH = 1, 2, 3
YOUNG, BOTH_AGES = 1, 3


def _column(frame: pd.DataFrame, name: str) -> Floats:
    return frame[name].to_numpy(dtype=float, na_value=np.nan)


def among(frame: pd.DataFrame, name: str, codes: Sequence[int]) -> Floats:
    """1 where an answer is one of some codes, 0 where it is another, NaN where there is none."""
    answer = _column(frame, name)
    return np.where(np.isnan(answer), np.nan, np.isin(answer, codes).astype(float))


def answered_mean(frame: pd.DataFrame, names: Sequence[str]) -> Floats:
    """Mean of the items that a person answered; NaN only where she answered none (footnote 55)."""
    return frame[list(names)].astype(float).mean(axis=1, skipna=True).to_numpy(dtype=float)


def time_competence_pos(frame: pd.DataFrame) -> Floats:
    """Enough time for own competence: 4 or 5 (figure 35, «svart positivt (4 og 5)»)."""
    return among(frame, "time_competence", (4, 5))


def time_cooperation_good(frame: pd.DataFrame) -> Floats:
    """Enough time for cooperation: 4 or 5 (figure 48 merges 1–3 and 4–5)."""
    return among(frame, "time_cooperation", (4, 5))


def sys_labour_market_pos(frame: pd.DataFrame) -> Floats:
    """Systems help with the labour market's needs: 4 or 5 (chapter 10)."""
    return among(frame, "sys_labour_market", (4, 5))


def sys_labour_market_neg(frame: pd.DataFrame) -> Floats:
    """Systems do not help with the labour market's needs: 1 or 2 (chapter 10)."""
    return among(frame, "sys_labour_market", (1, 2))


def experience3(frame: pd.DataFrame) -> Floats:
    """Experience in the three classes of figure 38: under 1 year, 1–6, 7 and more."""
    answer = _column(frame, "experience")
    return np.where(np.isnan(answer), np.nan, np.select([answer == 1, answer == 4], [1.0, 3.0], 2.0))


def place_challenges_mean(frame: pd.DataFrame) -> Floats:
    """Mean of the five items on places for users with challenges that were answered (footnotes 55, 57 and 58)."""
    return answered_mean(frame, PLACES)


def time_phases_mean(frame: pd.DataFrame) -> Floats:
    """Mean of time for mapping, preparing and work afterwards (text beside figure 24)."""
    return answered_mean(frame, PHASES)


def need_count(frame: pd.DataFrame) -> Floats:
    """Areas of competence that were ticked, of seven (footnote 45); «ingen av disse» is no area."""
    answers = frame[list(NEEDS)].astype(float)
    return answers.sum(axis=1, min_count=1).to_numpy(dtype=float)


def cross_agency(frame: pd.DataFrame) -> Floats:
    """Works across agencies: has tasks of the other employer, alone or beside her own (footnote 18)."""
    own = np.where(_column(frame, "sector") == STATE, STATE, MUNICIPAL)
    tasks = _column(frame, "task_sector")
    return np.where(np.isnan(tasks), np.nan, (tasks != own).astype(float))


def youth_contact_group(frame: pd.DataFrame) -> Floats:
    """Groups of figure 13: young; both ages and in the youth unit; both ages and not in it."""
    age, inside = _column(frame, "age_group_followed"), _column(frame, "in_youth_unit")
    both = age == BOTH_AGES
    group = np.select([age == YOUNG, both & (inside == 1), both & (inside == 0)], [1, 2, 3], 0)
    return np.where(group == 0, np.nan, group.astype(float))


def office_priority_comp(frame: pd.DataFrame) -> Floats:
    """How far colleagues say that their leaders make room for competence: the office's plain mean in the wave.

    The report names «ledelsens prioritering av kompetanseheving» and says that office variables are means of the
    staff's ratings; that the item behind it is `comp_leadership` is our reading.
    """
    means = frame["comp_leadership"].astype(float).groupby(frame["office_id"]).transform("mean")
    return np.asarray(means, dtype=float)


def nav_region_code(frame: pd.DataFrame) -> Floats:
    """Number of the county's category: annex 4 has one row for it in print, as if counties lay on a scale."""
    return _column(frame, "nav_region")


def per_user(frame: pd.DataFrame, activity: str) -> Floats:
    """Contacts in a typical week over the number of users; NaN without users (figure 41)."""
    users = _column(frame, "caseload")
    return np.where(users > 0, _column(frame, activity) / np.where(users > 0, users, np.nan), np.nan)


Definition = tuple[tuple[str, ...], Callable[[pd.DataFrame], Floats]]


def _rate(activity: str) -> Definition:
    return (activity, "caseload"), lambda frame: per_user(frame, activity)


# Numbers of categories, which the codebook describes under the category's own name.
NUMBERED = {"nav_region_code": "nav_region"}
# Name of the variable to what it needs and how it is made.
DEFINITIONS: dict[str, Definition] = {
    "time_competence_pos": (("time_competence",), time_competence_pos),
    "time_cooperation_good": (("time_cooperation",), time_cooperation_good),
    "sys_labour_market_pos": (("sys_labour_market",), sys_labour_market_pos),
    "sys_labour_market_neg": (("sys_labour_market",), sys_labour_market_neg),
    "experience3": (("experience",), experience3),
    "place_challenges_mean": (PLACES, place_challenges_mean),
    "time_phases_mean": (PHASES, time_phases_mean),
    "need_count": (NEEDS, need_count),
    "cross_agency": (("task_sector", "sector"), cross_agency),
    "youth_contact_group": (("age_group_followed", "in_youth_unit"), youth_contact_group),
    "office_priority_comp": (("comp_leadership", "office_id"), office_priority_comp),
    "nav_region_code": (("nav_region",), nav_region_code),
    **{f"{activity}_per_user": _rate(activity) for activity in ACTIVITIES},
}


def add_derived(frame: pd.DataFrame) -> pd.DataFrame:
    """Add the derived variables that a wave can give.

    Parameters
    ----------
    frame : pandas.DataFrame, shape (persons, variables)
        All who answered in one wave, as codes; no answer is NaN.

    Returns
    -------
    pandas.DataFrame
        With those of `DEFINITIONS` whose variables are all there.
    """
    made = {name: make(frame) for name, (needs, make) in DEFINITIONS.items() if set(needs) <= set(frame.columns)}
    return pd.concat([frame, pd.DataFrame(made, index=frame.index)], axis=1)
