"""Regressions V1–V4 of the article: outcomes, groups, terms and what each term is compared with."""

from __future__ import annotations

from dataclasses import dataclass

STANDARD, SITUATIONAL, SPECIAL = 1, 2, 3


@dataclass(frozen=True)
class Term:
    """A variable with the code that the others are compared with."""

    variable: str
    reference: int = 0


@dataclass(frozen=True)
class ModelColumn:
    """One column of a table: a regression among some service groups.

    Attributes
    ----------
    label : str
        Heading in bokmål.
    groups : tuple of int
        Service groups.
    terms : tuple of Term
        In the order of the rows.
    """

    label: str
    groups: tuple[int, ...]
    terms: tuple[Term, ...]


@dataclass(frozen=True)
class Specification:
    """One table: an outcome and its columns."""

    outcome: str
    columns: tuple[ModelColumn, ...]


BACKGROUND = (Term("gender", 2), Term("age_group", 2), Term("birth_region_merged", 1), Term("education_merged", 2))
COUNTY = Term("county_merged", 1)
MEASURE, TREATMENT = Term("labour_market_measure"), Term("medical_treatment")
PARTLY, LAID_OFF = Term("partly_at_work"), Term("fully_laid_off")


def _ordinary(*work: Term, more: tuple[Term, ...] = ()) -> tuple[Term, ...]:
    """Terms of the first column: standard and situational groups."""
    benefit, duration = Term("receives_unemployment_benefit"), Term("duration_merged", 2)
    return (*BACKGROUND, benefit, COUNTY, *work, duration, Term("has_children"), *more)


def _special(*more: Term) -> tuple[Term, ...]:
    """Terms of the second column: reduced capacity for work."""
    return (*BACKGROUND, Term("receives_aap"), COUNTY, Term("duration_group", 2), Term("has_children"), *more)


def _columns(first: tuple[Term, ...], second: tuple[Term, ...], pooled: bool = False) -> tuple[ModelColumn, ...]:
    groups = (STANDARD, SITUATIONAL) if pooled else (SITUATIONAL,)
    label = "standard- og situasjonsbestemt innsats" if pooled else "situasjonsbestemt innsats"
    return ModelColumn(label, groups, first), ModelColumn("spesielt tilpasset innsats", (SPECIAL,), second)


# Partial work counts as an activity, so V2 can't have it as a term.
V1 = Specification("labour_market_measure", _columns(_ordinary(PARTLY, LAID_OFF), _special(TREATMENT)))
V2 = Specification("no_activity", _columns(_ordinary(LAID_OFF), _special()))
V3 = Specification(
    "digital_dialogue",
    _columns(_ordinary(PARTLY, LAID_OFF, more=(MEASURE, Term("standard_group"))), _special(TREATMENT, MEASURE), True),
)
# The heading's column 1 is situasjonsbestemt only, whatever the caption says: inc-02.
V4 = Specification(
    "meeting_or_conversation", _columns(_ordinary(PARTLY, LAID_OFF, more=(MEASURE,)), _special(TREATMENT, MEASURE))
)
SPECIFICATIONS = {"tbl-v1": V1, "tbl-v2": V2, "tbl-v3": V3, "tbl-v4": V4}
