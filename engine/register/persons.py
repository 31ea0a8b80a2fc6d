"""One row a person: what the tables say, put together, and the categories that the figures and models use."""

from __future__ import annotations

import narwhals as nw

from .activities import TYPES
from .engine import Frame
from .flow import Flow, rule

PART = "Personene"
DIRECTED = [name for code, name in TYPES.items() if code != 1]
MONTHS = 3


@rule("kobling av {}", "personer")
def joined(persons: Frame, table: Frame) -> Frame:
    """Add a table's columns; who is not in it did nothing of the kind, or nothing that was written down."""
    added = [name for name in table.columns if name != "person_id"]
    return persons.join(table, on="person_id", how="left").with_columns(nw.col(*added).fill_null(0))


@rule("kobling av varigheten: den som mangler i registreringene, går ut", "personer")
def with_duration(persons: Frame, durations: Frame) -> Frame:
    """Add the duration; who has no spell is lost, as in the article, where a few were lost between the files."""
    return persons.join(durations, on="person_id", how="inner")


@rule("kategorier til figurer og modeller", "personer")
def categorised(persons: Frame) -> Frame:
    """Add the derived categories that need nothing but the person's attributes, meldekort and duration."""
    partly, laid_off = nw.col("partly_at_work") == 1, nw.col("fully_laid_off") == 1
    return persons.with_columns(
        age_group=_bands("age_years", (20, 25)),
        work_status=nw.when(laid_off).then(nw.lit(3)).otherwise(nw.when(partly).then(nw.lit(2)).otherwise(nw.lit(1))),
        birth_region_merged=_moved("birth_region", {6: 5}),
        education_merged=_moved("education", {4: 3, 5: 4}),
        county_merged=_moved("county", {3: 4, 4: 3, 13: 12}),
        receives_unemployment_benefit=_is(nw.col("benefit") == 2),
        receives_aap=_is(nw.col("benefit") == 1),
        standard_group=_is(nw.col("service_group") == 1),
        duration_band=_bands("duration_months", (4, 8, 25)),
        duration_group=_bands("duration_months", (3, 6, 14, 26, 38, 50)) - 1,
        duration_merged=_bands("duration_months", (3, 6, 14, 26)) - 1,
    )


@rule("aktivitet og samhandling sett over de tre månedene", "personer")
def followed(persons: Frame) -> Frame:
    """Add what follows from activities and contacts over the panel's months."""
    search = nw.max_horizontal("applied_for_job", "job_search_agreement")
    directed = nw.max_horizontal(*DIRECTED, "partial_work")
    persons = persons.with_columns(
        job_search=search, work_directed_activity=directed,
        measure_all_months=_is(nw.col("measure_months") == MONTHS),
        digital_dialogue=_is(nw.col("dialogue_months") > 0),
        meeting_or_conversation=_is(nw.col("meeting_months") > 0),
    )  # fmt: skip
    medical, directed = nw.col("medical_treatment") == 1, nw.col("work_directed_activity") == 1
    persons = persons.with_columns(no_activity=_is(~medical & ~directed))
    return persons.with_columns(
        activity=_first((directed, 1), (medical, 2), default=3),
        activity_combination=_first((medical & directed, 1), (medical, 2), (directed, 3), default=4),
    )


def person_frame(flow: Flow, persons: Frame, durations: Frame, tables: dict[str, Frame], over_months: bool) -> Frame:
    """Put the tables together."""
    for words, table in tables.items():
        persons = flow.apply(PART, joined, persons, table, words=words)
    persons = flow.apply(PART, categorised, flow.apply(PART, with_duration, persons, durations))
    return flow.apply(PART, followed, persons) if over_months else persons


def _is(condition: nw.Expr) -> nw.Expr:
    return condition.cast(nw.Int8)


def _first(*choices: tuple[nw.Expr, int], default: int) -> nw.Expr:
    """Code of the first condition that holds."""
    result = nw.lit(default)
    for condition, code in reversed(choices):
        result = nw.when(condition).then(nw.lit(code)).otherwise(result)
    return result


def _bands(name: str, starts: tuple[int, ...]) -> nw.Expr:
    """Number of the band: 1 below the first start, then one more at each."""
    result = nw.lit(1)
    for start in starts:
        result = result + (nw.col(name) >= start).cast(nw.Int32)
    return result


def _moved(name: str, new: dict[int, int]) -> nw.Expr:
    """Codes with some of them changed."""
    result = nw.col(name).cast(nw.Int32)
    for old, code in new.items():
        result = nw.when(nw.col(name) == old).then(nw.lit(code)).otherwise(result)
    return result
