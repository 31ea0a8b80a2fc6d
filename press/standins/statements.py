"""Numbers that the text states beside no exhibit: annex 1 and chapters 2, 3 and 4."""

from __future__ import annotations

import pandas as pd

from helpers.estimates import share
from helpers.participation import response
from helpers.survey import Survey

from .registry import AGE, compared, current, described, follow_young, stack, stands_in

LARGE_OFFICE = 70


@stands_in("text")
def annex_1(survey: Survey) -> pd.DataFrame:
    """Invited and answered."""
    return response(survey)


@stands_in("text-position", "fulltime", "position_pct_50plus")
def position(survey: Survey) -> pd.DataFrame:
    """Full-time work, and half a position or more among the others (annex 1); unweighted: it describes who answered."""
    frame = described(current(survey, "with_caseload"))
    labels = frame.attrs["labels"]
    return stack(*(share(frame, name, "wave").assign(category=labels[name])
                   for name in ("fulltime", "position_pct_50plus")))  # fmt: skip


@stands_in("text-unit", "youth_unit")
def youth_unit(survey: Survey) -> pd.DataFrame:
    """Youth unit at the office: by age group and sector, at large offices, and among all with a caseload."""
    frame = survey.counsellors
    large = current(survey)[current(survey)["office_size"] >= LARGE_OFFICE]
    return stack(
        share(frame, "youth_unit", [AGE, "wave"]).assign(category="etter aldersgruppe"),
        share(frame, "youth_unit", "wave").assign(category="kontoret har ungdomsenhet", group="totalt"),
        share(frame, "youth_unit", [AGE, "sector", "wave"]).assign(category="kontoret har ungdomsenhet"),
        share(large, "youth_unit", [AGE, "wave"], total=AGE).assign(category="kontor med minst 70 ansatte"),
        share(survey.with_caseload, "youth_unit", "wave").assign(category="alle med portefølje"),
    )


@stands_in("text-in-unit", "in_youth_unit", "task_sector")
def in_unit(survey: Survey) -> pd.DataFrame:
    """Being part of the unit by age group, and the tasks of those who are."""
    frame = follow_young(compared(survey))
    inside = frame[frame["in_youth_unit"] == 1]
    return stack(
        share(frame, "in_youth_unit", [AGE, "wave"], total=AGE).assign(category="inngår i ungdomsenheten"),
        share(inside, "task_sector", "wave"),
    )
