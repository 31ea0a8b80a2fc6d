"""What is made of a person's answers: the populations she belongs to, derived variables, her weight.

Each population and each variable is defined once, with its source in the report. Weights make the respondents of a wave
stand for all who were invited.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engine.errors import ReportError, unknown
from engine.table import about, described

from .codebook import clauses, holds

# Definitions over raw codes. Who has no caseload was asked nothing more, so the variable is missing there.
# Numbers of categories, which the codebook describes under the category's own name.
NUMBERED = {"nav_region_code": "nav_region"}
DERIVED = {
    # Footnotes 5, 6 and 34 of the report.
    "is_counsellor": (
        "has_caseload==1 and role_counsellor==1 and role_job_specialist!=1 and role_kvp!=1 and role_intro!=1 "
        "and role_leader!=1"
    ),
    # Footnotes 20, 53 and 64: sick_leave_work 3 is «ja, hovedsakelig».
    "is_counsellor_ch8": (
        "has_caseload==1 and sick_leave_work!=3 and role_leader!=1 and role_job_specialist!=1"
    ),
    "is_youth_counsellor": (
        "has_caseload==1 and role_counsellor==1 and role_job_specialist!=1 and role_kvp!=1 and role_intro!=1 "
        "and role_leader!=1 and age_group_followed==1"
    ),
    "is_youth_follower": (
        "has_caseload==1 and role_counsellor==1 and role_job_specialist!=1 and role_kvp!=1 and role_intro!=1 "
        "and role_leader!=1 and age_group_followed==1|3"
    ),
    "syfo": "has_caseload==1 and sick_leave_work==3",
}


@dataclass(frozen=True)
class Population:
    """A name for code, a label in bokmål for readers, and the rule that chooses its members."""

    name: str
    label: str
    rule: str


POPULATIONS = {
    population.name: population
    for population in (
        Population("answered", "alle som svarte", ""),
        Population("with_caseload", "alle med egen brukerportefølje", "has_caseload==1"),
        Population("counsellors", "veiledere", "is_counsellor==1"),
        Population("youth_counsellors", "ungdomsveiledere", "is_youth_counsellor==1"),
        Population(
            "youth_followers", "veiledere som følger opp unge, alene eller sammen med eldre",
            "is_youth_follower==1",
        ),
        Population(
            "counsellors_ch8", "veiledere uten sykmeldte, ledere og jobbspesialister", "is_counsellor_ch8==1"
        ),
        Population("job_specialists", "jobbspesialister", "has_caseload==1 and role_job_specialist==1"),
        Population("intro_advisers", "programrådgivere", "has_caseload==1 and role_intro==1"),
        Population(
            "kvp_counsellors", "veiledere i kvalifiseringsprogrammet", "has_caseload==1 and role_kvp==1"
        ),
        Population("sick_leave_counsellors", "SYFO-veiledere", "syfo==1"),
    )
}


def derive(frame: pd.DataFrame) -> pd.DataFrame:
    """Add the variables that populations are made of."""
    made = {}
    for name, rule in DERIVED.items():
        parts = clauses(rule)
        if not all(variable in frame for variable, _, _ in parts):
            continue
        value = holds(frame, rule).astype(float)
        value[~holds(frame, "has_caseload==1")] = np.nan
        for variable, wanted, _ in parts:
            if wanted:
                value[frame[variable].isna().to_numpy()] = np.nan
        made[name] = value
    return frame.assign(**made)


def members(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Choose the members of a population."""
    if name not in POPULATIONS:
        raise unknown("population", name, POPULATIONS, "populations")
    population = POPULATIONS[name]
    asked = about(frame).waves_asked
    there = frame.columns if asked is None else [name for name, waves in asked.items() if waves]
    lacking = [variable for variable, _, _ in clauses(population.rule) if variable not in there]
    if lacking:
        raise ReportError(
            f"the data lacks {', '.join(lacking)}, which defines the population {name}",
            "survey data", len(lacking), "add the variable to the raw files, or leave out what needs it",
        )  # fmt: skip
    chosen = frame[holds(frame, population.rule)].reset_index(drop=True)
    return described(chosen, about(frame), population=population.label)


Floats = NDArray[np.float64]

PLACES = ("place_mental", "place_complex", "place_digital", "place_norwegian", "place_attendance")
PHASES = ("time_mapping", "time_prepare", "time_afterwork")
NEEDS = (
    "need_education", "need_labour_market", "need_administration", "need_inclusion", "need_collaboration",
    "need_work_guidance", "need_participation",
)  # fmt: skip
ACTIVITIES = ("act_planned", "act_unplanned", "act_plan_messages", "act_email_sms")
STATE, MUNICIPAL = 1, 2
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


def nav_region_code(frame: pd.DataFrame) -> Floats:
    """Number of the county's category: annex 4 has one row for it in print, as if counties lay on a scale."""
    return _column(frame, "nav_region")


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


def per_user(frame: pd.DataFrame, activity: str) -> Floats:
    """Contacts in a typical week over the number of users; NaN without users (figure 41)."""
    users = _column(frame, "caseload")
    return np.where(users > 0, _column(frame, activity) / np.where(users > 0, users, np.nan), np.nan)


Definition = tuple[tuple[str, ...], Callable[[pd.DataFrame], Floats]]


def _rate(activity: str) -> Definition:
    return (activity, "caseload"), lambda frame: per_user(frame, activity)


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
    "nav_region_code": (("nav_region",), nav_region_code),
    "cross_agency": (("task_sector", "sector"), cross_agency),
    "youth_contact_group": (("age_group_followed", "in_youth_unit"), youth_contact_group),
    "office_priority_comp": (("comp_leadership", "office_id"), office_priority_comp),
    **{f"{activity}_per_user": _rate(activity) for activity in ACTIVITIES},
}


def add_derived(frame: pd.DataFrame) -> pd.DataFrame:
    """Add the derived variables that a wave can give."""
    made = {name: make(frame) for name, (needs, make) in DEFINITIONS.items() if set(needs) <= set(frame.columns)}
    return pd.concat([frame, pd.DataFrame(made, index=frame.index)], axis=1)


# Employees at the office, left ends of the classes. The report weights by office size without printing its
# classes: these cut points are our assumption.
CUT_POINTS = (0.0, 20.0, 40.0, 70.0, 110.0, np.inf)
SIZE_CLASSES = ("0–19", "20–39", "40–69", "70–109", "110+")


def size_class(office_size: pd.Series) -> pd.Series:
    """Class of office size.

    Parameters
    ----------
    office_size : pandas.Series, shape (persons,)
        Employees at the office.

    Returns
    -------
    pandas.Series of ordered categories, shape (persons,)
        `SIZE_CLASSES`; missing where the size is.
    """
    sizes = office_size.astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    classes = pd.cut(sizes, list(CUT_POINTS), right=False, labels=list(SIZE_CLASSES))
    return pd.Series(classes, index=office_size.index, name="size_class")


def poststratification_weights(
    respondents: pd.DataFrame, frame: pd.DataFrame, by: Sequence[str] = ("sector", "size_class")
) -> pd.Series:
    """Weight the respondents of one wave so that their cells have the shares of the frame.

    Parameters
    ----------
    respondents : pandas.DataFrame, shape (n, columns)
        All who answered in the wave, with the variables of `by`.
    frame : pandas.DataFrame, shape (N, columns)
        All who were invited, with the same.
    by : sequence of str
        Variables whose cells are the post-strata. `size_class` is made of `office_size` where missing.

    Returns
    -------
    pandas.Series of float, shape (n,)
        `weight`, on the respondents' index, (N_cell / n_cell) · (n / N): mean 1.

    Raises
    ------
    ReportError
        A variable is missing for some rows, a cell of the frame has no respondent, or one of the respondents
        does not exist in the frame.

    Notes
    -----
    Holt and Smith (1979), Post stratification, JRSS A 142: 33–46. Equal to the weights of R
    `survey::postStratify`, scaled to mean 1.
    """
    answered, invited = _cells(respondents, by, "respondents"), _cells(frame, by, "frame")
    in_frame, in_sample = invited.value_counts(), answered.value_counts()
    for cells, others, what in (
        (in_frame, in_sample, "cells of the frame without a respondent"),
        (in_sample, in_frame, "cells of respondents that the frame does not have"),
    ):
        lacking = int((~cells.index.isin(others.index)).sum())
        if lacking:
            raise ReportError(
                f"the wave cannot be weighted: {what}", " × ".join(by), lacking,
                "check the frame, or merge classes in engine/data/persons.py",
            )  # fmt: skip
    ratio = in_frame / in_sample * (len(respondents) / len(frame))
    return answered.map(ratio).astype(float).rename("weight")


def _cells(table: pd.DataFrame, by: Sequence[str], name: str) -> pd.Series:
    """Name each row's cell; the same cell has the same name in every table."""
    cells = pd.Series("", index=table.index, dtype="str")
    for variable in by:
        made = variable == "size_class" and variable not in table
        column = size_class(table["office_size"]) if made else table[variable]
        blank = int(column.isna().sum())
        if blank:
            raise ReportError(
                f"{variable} is missing for some of the {name}", "weights", blank, "complete the frame"
            )
        # A code is the same code whether it is stored as 1 or as 1.0.
        column = column.astype(float) if pd.api.types.is_numeric_dtype(column) else column
        cells = cells + "|" + column.astype("str")
    return cells
