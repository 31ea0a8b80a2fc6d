"""Annexes 2–4: the regressions behind figures 35, 37–39 and 45."""

from __future__ import annotations

import pandas as pd

from helpers.models import COMPETENCE_NEEDS, COMPETENCE_TERMS, COMPETENCE_WORK, PLACE_ACCESS, PLACE_TERMS
from helpers.regressions import regression
from helpers.survey import Survey

from .registry import current, stands_in


@stands_in("tbl-vedlegg-2", *COMPETENCE_WORK, "time_competence", "experience")
def annex_2(survey: Survey) -> pd.DataFrame:
    """Competence work at the office."""
    return regression(current(survey), COMPETENCE_WORK, COMPETENCE_TERMS)


@stands_in("tbl-vedlegg-3", *COMPETENCE_NEEDS, "time_competence", "experience")
def annex_3(survey: Survey) -> pd.DataFrame:
    """Where competence must be strengthened: linear probability."""
    return regression(current(survey), COMPETENCE_NEEDS, COMPETENCE_TERMS)


@stands_in("tbl-vedlegg-4", "place_total", "place_mental", "task_sector")
def annex_4(survey: Survey) -> pd.DataFrame:
    """Access to places."""
    return regression(current(survey, "counsellors_ch8"), PLACE_ACCESS, PLACE_TERMS)
