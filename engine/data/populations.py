"""The populations that estimates speak of, each defined once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.errors import ReportError, unknown
from engine.table import about, described

from .codebook import clauses, holds

# Definitions over raw codes. Who has no caseload was asked nothing more, so the variable is missing there.
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
    """Add the variables that populations are made of.

    Parameters
    ----------
    frame : pandas.DataFrame, shape (persons, variables)
        Raw codes of one wave as float, no answer as NaN.

    Returns
    -------
    pandas.DataFrame
        With those of `DERIVED` whose variables are all there: 1 and 0, NaN without a caseload and where an
        answer that a definition wants is missing.
    """
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
    """Choose the members of a population.

    Parameters
    ----------
    frame : pandas.DataFrame, shape (persons, variables)
        All who answered.
    name : str
        One of `POPULATIONS`.

    Returns
    -------
    pandas.DataFrame
        The members, with the population's label in `about(members).population`.

    Raises
    ------
    ReportError
        The name is unknown, or the data lacks a variable of its definition.
    """
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
