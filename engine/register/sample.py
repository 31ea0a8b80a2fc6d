"""Who is in the samples: a February's young job seekers, and those of them who stay for three months."""

from __future__ import annotations

import narwhals as nw

from .engine import Frame
from .flow import Flow, rule
from .months import Month

AGE_LIMIT = 30
FOLLOWED_UP = (1, 2, 3)
PART = "Utvalget"


@rule("registrert i {}", "personer")
def of_month(person_month: Frame, month: Month) -> Frame:
    """Keep the rows of one month."""
    return person_month.filter(nw.col("reference_month") == str(month))


@rule("under 30 år", "personer")
def under_age_limit(persons: Frame) -> Frame:
    """Keep persons under thirty."""
    return persons.filter(nw.col("age_years") < AGE_LIMIT)


@rule("standard-, situasjonsbestemt eller spesielt tilpasset innsats", "personer")
def followed_up(persons: Frame) -> Frame:
    """Keep the three service groups with follow-up towards work."""
    return persons.filter(nw.col("service_group").is_in(FOLLOWED_UP))


@rule("også registrert i {}", "personer")
def also_registered(persons: Frame, person_month: Frame, month: Month) -> Frame:
    """Keep persons who have a row in a later month; age and group are those of the first."""
    later = person_month.filter(nw.col("reference_month") == str(month)).select("person_id")
    return persons.join(later, on="person_id", how="semi")


@rule("{} hos personer i utvalget", "hendelser")
def of_sample(events: Frame, persons: Frame) -> Frame:
    """Keep the events of the sample's persons."""
    return events.join(persons.select("person_id"), on="person_id", how="semi")


def february_sample(flow: Flow, person_month: Frame, month: Month) -> Frame:
    """Apply the rules of the February sample."""
    persons = flow.apply(PART, of_month, person_month, month, words=month.words)
    persons = flow.apply(PART, under_age_limit, persons)
    return flow.apply(PART, followed_up, persons)


def panel(flow: Flow, february: Frame, person_month: Frame, later: list[Month]) -> Frame:
    """Keep those who are registered in each of the later months, too."""
    persons = february
    for month in later:
        persons = flow.apply(PART, also_registered, persons, person_month, month, words=month.words)
    return persons
