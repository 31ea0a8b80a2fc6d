"""Annexes 2–4: the regressions behind figures 35, 37–39 and 45."""

from __future__ import annotations

import pandas as pd

from helpers.regressions import regression
from helpers.survey import Survey

from .registry import AGE, current, stands_in

USERS = ["users_immigrants", "users_longterm", "users_new", "users_aap", "users_social"]
ANNEX_2 = ["time_competence_pos", AGE, *USERS, "experience", "sector", "office_size"]
ANNEX_3 = ANNEX_2
# Nav-fylke has one row in print: the number of the category, in alphabetical order.
ANNEX_4 = ["task_sector", AGE, *USERS, "caseload", "code(nav_region)", "office_size"]
WORK_OUTCOMES = ["comp_leadership", "comp_guidance", "comp_labour_market", "comp_participation", "comp_local_services"]
NEED_OUTCOMES = ["need_work_guidance", "need_education", "need_labour_market", "need_administration", "need_inclusion",
                 "need_collaboration", "need_participation", "need_none"]  # fmt: skip
PLACE_OUTCOMES = ["place_total", "place_challenges_mean"]


@stands_in("tbl-vedlegg-2", *WORK_OUTCOMES, "time_competence", "experience")
def annex_2(survey: Survey) -> pd.DataFrame:
    """Competence work at the office."""
    return regression(current(survey), WORK_OUTCOMES, ANNEX_2)


@stands_in("tbl-vedlegg-3", *NEED_OUTCOMES, "time_competence", "experience")
def annex_3(survey: Survey) -> pd.DataFrame:
    """Where competence must be strengthened: linear probability."""
    return regression(current(survey), NEED_OUTCOMES, ANNEX_3)


@stands_in("tbl-vedlegg-4", "place_total", "place_mental", "task_sector")
def annex_4(survey: Survey) -> pd.DataFrame:
    """Access to places."""
    return regression(current(survey, "counsellors_ch8"), PLACE_OUTCOMES, ANNEX_4)
