"""Chapter 2: who the counsellors are and whom they follow up."""

from __future__ import annotations

import pandas as pd

from helpers.curves import share_curve
from helpers.estimates import battery, mean, share
from helpers.survey import Survey

from .registry import AGE, compared, current, described, stack, stands_in

ROLES = ["role_counsellor", "role_kvp", "role_intro", "role_job_specialist", "role_team_leader", "role_leader",
         "role_other"]  # fmt: skip
EFFORTS = ["innsats_standard", "innsats_situational", "innsats_special", "innsats_permanent", "innsats_none"]
USERS = ["users_immigrants", "users_longterm", "users_new", "users_aap", "users_social"]


@stands_in("fig-03", AGE)
def age_groups(survey: Survey) -> pd.DataFrame:
    """Age group followed, by sector and wave."""
    return share(survey.counsellors, AGE, ["sector", "wave"], total="sector")


@stands_in("fig-04", AGE)
def age_groups_by_size(survey: Survey) -> pd.DataFrame:
    """Age group followed over office size, one regression a wave (footnote 14)."""
    return share_curve(compared(survey), AGE, by="wave")


@stands_in("fig-05", AGE)
def age_groups_by_size_and_sector(survey: Survey) -> pd.DataFrame:
    """Age group followed over office size, one regression a sector (footnote 15)."""
    return share_curve(current(survey), AGE, by=["sector", "wave"])


@stands_in("fig-06", "users_immigrants")
def immigrants(survey: Survey) -> pd.DataFrame:
    """Mostly immigrants among the users, by age group followed."""
    return share(survey.counsellors, "users_immigrants", [AGE, "wave"], total=AGE)


@stands_in("fig-07", AGE)
def age_groups_by_county(survey: Survey) -> pd.DataFrame:
    """Age group followed, by Nav-fylke."""
    return share(compared(survey), AGE, ["nav_region", "wave"])


@stands_in("tbl-1", *ROLES)
def roles_by_sector(survey: Survey) -> pd.DataFrame:
    """Table 1: sector within each role, roles among all with a caseload, and numbers of persons; unweighted."""
    frame = described(current(survey, "with_caseload"))
    labels = frame.attrs["labels"]
    rows = [share(frame[frame[role] == 1], "sector", "wave").assign(category=labels[role]) for role in ROLES]
    rows.append(share(frame, "sector", "wave").assign(category="total sektor"))
    within = stack(*rows).assign(measure="row_share_pct")
    sums = within.groupby("category", as_index=False, sort=False).agg(
        {"wave": "first", "population": "first", "group": "first", "estimate": _whole, "n": _whole}
    )
    sums = sums.assign(sector="sum", measure="row_sum_pct", suppressed=sums["n"].isna())
    totals = battery(frame, ROLES, "wave")
    return stack(within, sums, totals, persons(frame, "sector"))


@stands_in("tbl-2", *EFFORTS, "task_sector")
def tasks_by_age_group(survey: Survey) -> pd.DataFrame:
    """Table 2: tasks, sick leave, roles, efforts and users by age group followed; unweighted."""
    frame = described(current(survey, "with_caseload"))
    by = [AGE, "wave"]
    blocks = {
        "oppgaver": share(frame, "task_sector", by, total=AGE),
        "sykefravær": share(frame, "sick_leave_work", by, total=AGE),
        "roller": battery(frame, ROLES, by, total=AGE),
        "innsatsgrupper": battery(frame, EFFORTS, by, total=AGE),
        "brukere": battery(frame, USERS, by, total=AGE),
    }
    parts = []
    for name, table in blocks.items():
        sums = table.groupby("group", as_index=False, sort=False).agg(
            {"wave": "first", "population": "first", "estimate": _whole, "n": _fewest}
        )
        sums = sums.assign(category="sum", measure="column_sum_pct", suppressed=sums["n"].isna())
        block = stack(table, sums)
        parts.append(block.assign(category=name + ": " + block["category"].astype(str)))
    ages = share(frame, AGE, "wave").assign(category="totalt", measure="row_share_pct")
    whole = share(frame.assign(one=1.0), "one", "wave").assign(
        category="totalt", group="totalt", measure="row_share_pct"
    )
    return stack(*parts, persons(frame, AGE), ages, whole)


def _whole(values: pd.Series) -> float:
    """Sum that is hidden where a part is: it would give the part away."""
    return float(values.sum(skipna=False))


def _fewest(values: pd.Series) -> float:
    return float(values.min(skipna=False))


def persons(frame: pd.DataFrame, by: str) -> pd.DataFrame:
    """Numbers of persons by a variable and in all."""
    counted = mean(frame.assign(one=1.0), "one", [by, "wave"], total=by)
    return counted.assign(category="N", measure="n", estimate=counted["n"])
