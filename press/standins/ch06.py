"""Chapter 6: competence."""

from __future__ import annotations

import pandas as pd

from helpers.derived import NEEDS
from helpers.estimates import battery, mean
from helpers.models import COMPETENCE_NEEDS, COMPETENCE_TERMS, COMPETENCE_WORK
from helpers.regressions import Fit, fit_ols, predicted_means
from helpers.survey import Survey

from .registry import AGE, compared, current, stack, stands_in

POSITIVE = {"ja": "positiv", "nei": "negativ"}


@stands_in("fig-34", *COMPETENCE_WORK)
def competence_work(survey: Survey) -> pd.DataFrame:
    """Competence work at the office, by age group."""
    return battery(compared(survey), COMPETENCE_WORK, [AGE, "wave"], total=AGE)


@stands_in("fig-35", *COMPETENCE_WORK, "time_competence", "experience")
def competence_work_by_time(survey: Survey) -> pd.DataFrame:
    """Competence work by time for own competence, predicted by annex 2."""
    frame = current(survey)
    fits = {item: fit_ols(frame, item, COMPETENCE_TERMS) for item in COMPETENCE_WORK}
    return predicted_means(fits, frame, "time_competence_pos").replace({"group": POSITIVE})


@stands_in("fig-36", *NEEDS, "need_none")
def needs(survey: Survey) -> pd.DataFrame:
    """Areas where competence must be strengthened, and how many of them."""
    frame = current(survey)
    return stack(battery(frame, [*NEEDS, "need_none"], "wave"),
                 mean(frame, "need_count", "wave").assign(category="antall områder"))  # fmt: skip


def _fits(frame: pd.DataFrame, terms: list[str]) -> dict[str, Fit]:
    return {item: fit_ols(frame, item, terms) for item in COMPETENCE_NEEDS}


@stands_in("fig-37", *NEEDS, "need_none", "time_competence", "experience")
def needs_by_time(survey: Survey) -> pd.DataFrame:
    """Needs by time for own competence, predicted by annex 3."""
    frame = current(survey)
    table = predicted_means(_fits(frame, COMPETENCE_TERMS), frame, "time_competence_pos", percent=True)
    return table.replace({"group": POSITIVE})


@stands_in("fig-38", *NEEDS, "need_none", "time_competence", "experience")
def needs_by_experience(survey: Survey) -> pd.DataFrame:
    """Needs by experience in three classes, predicted by annex 3 with those classes."""
    frame = current(survey)
    terms = ["experience3" if term == "experience" else term for term in COMPETENCE_TERMS]
    return predicted_means(_fits(frame, terms), frame, "experience3", percent=True)


@stands_in("fig-39", *NEEDS, "need_none", "time_competence", "experience")
def needs_by_age_group(survey: Survey) -> pd.DataFrame:
    """Needs by age group followed, predicted by annex 3."""
    frame = current(survey)
    return predicted_means(_fits(frame, COMPETENCE_TERMS), frame, AGE, percent=True)
