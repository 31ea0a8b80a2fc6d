"""What a person did: each type of activity once a month, and over the months of the panel."""

from __future__ import annotations

import narwhals as nw

from .engine import Frame
from .flow import Flow, rule
from .months import Month
from .sample import of_sample

PART = "Aktivitetene"
UNDER_WAY, COMPLETED = 2, 3
# Types that count only when completed inside the window: applied for a job, own activity.
COMPLETED_ONLY = (3, 5)
TYPES = {
    1: "medical_treatment", 2: "labour_market_measure", 3: "applied_for_job", 4: "job_search_agreement",
    5: "own_activity", 6: "current_job", 7: "group_activity", 8: "self_funded_education",
}  # fmt: skip
MEASURE = 2


@rule("pågår eller fullført i vinduet på tretti dager, måned for måned", "hendelser i en måned")
def active_in_window(activity: Frame, months: list[Month]) -> Frame:
    """Repeat each activity for every month in which it counts; the month's place becomes `k`."""
    return nw.concat([_active(activity, month).with_columns(k=nw.lit(k)) for k, month in enumerate(months)])


def _active(activity: Frame, month: Month) -> Frame:
    begun = nw.col("from_date") <= nw.lit(month.last)
    not_over = nw.col("to_date").is_null() | (nw.col("to_date") >= nw.lit(month.window_start))
    counted = nw.col("status").is_in((UNDER_WAY, COMPLETED))
    inside = (nw.col("status") == COMPLETED) & (nw.col("to_date") <= nw.lit(month.last))
    return activity.filter(begun & not_over & counted & (~nw.col("activity_type").is_in(COMPLETED_ONLY) | inside))


@rule("én telling per person, type og måned", "tellinger")
def once_a_month(active: Frame) -> Frame:
    """Count each type once a month, however many events there are."""
    return active.select("person_id", "activity_type", "k").unique(["person_id", "activity_type", "k"])


@rule("minst én av månedene", "par av person og type")
def any_month(counted: Frame) -> Frame:
    """Put the months together: a type counts when it counts in one of them; `months` tells in how many."""
    return counted.group_by("person_id", "activity_type").agg(months=nw.len())


@rule("én rad per person", "personer med aktivitet")
def one_row_a_person(pairs: Frame) -> Frame:
    """Turn the types into columns of 0 and 1; `measure_months` counts the months in a labour market measure."""
    indicators = {name: (nw.col("activity_type") == code).cast(nw.Int8).max() for code, name in TYPES.items()}
    measure = nw.when(nw.col("activity_type") == MEASURE).then(nw.col("months")).otherwise(nw.lit(0)).max()
    return pairs.group_by("person_id").agg(**indicators, measure_months=measure)


def activities(flow: Flow, activity: Frame, persons: Frame, months: list[Month]) -> Frame:
    """Apply the rules of the activities: a row for each person who has one, types as columns."""
    events = flow.apply(PART, of_sample, activity, persons, words="aktiviteter")
    active = flow.apply(PART, active_in_window, events, months)
    counted = flow.apply(PART, once_a_month, active)
    pairs = flow.apply(PART, any_month, counted)
    return flow.apply(PART, one_row_a_person, pairs)
