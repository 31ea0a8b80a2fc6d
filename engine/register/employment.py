"""Ties to work, from the meldekort: partly unemployed, partly or fully laid off."""

from __future__ import annotations

import narwhals as nw

from .engine import Frame
from .flow import Flow, rule
from .months import Month

PART = "Meldekortene"
PARTLY, FULLY_LAID_OFF = (2, 3), 4


@rule("meldekort med periode som slutter i månedene", "meldekort")
def of_months(meldekort: Frame, persons: Frame, months: list[Month]) -> Frame:
    """Keep the sample's meldekort whose period ends in one of the months; the month's place becomes `k`."""
    own = meldekort.join(persons.select("person_id"), on="person_id", how="semi")
    return nw.concat([
        own.filter(nw.col("period_end").is_between(nw.lit(month.first), nw.lit(month.last))).with_columns(k=nw.lit(k))
        for k, month in enumerate(months)
    ])  # fmt: skip


@rule("det siste i hver måned", "meldekort")
def last_of_month(meldekort: Frame) -> Frame:
    """Keep each person's last meldekort of a month."""
    newest = nw.col("period_end").max().over("person_id", "k")
    return meldekort.filter(nw.col("period_end") == newest)


@rule("én rad per person", "personer med meldekort")
def one_row_a_person(meldekort: Frame) -> Frame:
    """Status in the first month, and whether the person was partly at work in any of them."""
    first = nw.col("k") == 0
    partly = nw.col("status").is_in(PARTLY)
    return meldekort.group_by("person_id").agg(
        partly_at_work=(first & partly).cast(nw.Int8).max(),
        fully_laid_off=(first & (nw.col("status") == FULLY_LAID_OFF)).cast(nw.Int8).max(),
        partial_work=partly.cast(nw.Int8).max(),
    )


def employment(flow: Flow, meldekort: Frame, persons: Frame, months: list[Month]) -> Frame:
    """Apply the rules of the meldekort: a row for each person who has one in the months."""
    found = flow.apply(PART, of_months, meldekort, persons, months)
    return flow.apply(PART, one_row_a_person, flow.apply(PART, last_of_month, found))
