"""How long a person has been registered: spells with short breaks between them are one run."""

from __future__ import annotations

import narwhals as nw

from .engine import Frame
from .flow import Flow, rule
from .months import Month

PART = "Varigheten"
# A break of more than a month starts a new duration.
LONGEST_BREAK = "31d"


@rule("registreringer hos personer i utvalget, til og med måneden", "registreringer")
def begun(spell: Frame, persons: Frame, month: Month) -> Frame:
    """Keep the sample's spells that began by the reference date."""
    own = spell.join(persons.select("person_id"), on="person_id", how="semi")
    return own.filter(nw.col("registered_from") <= nw.lit(month.last))


@rule("første registrering, eller mer enn en måned etter den forrige", "varigheter")
def first_of_run(spell: Frame) -> Frame:
    """Keep the spells that start a run: the first one, and each that comes more than a month after the last one."""
    before = nw.col("registered_to").shift(1).over("person_id", order_by="registered_from")
    starts = nw.col("before").is_null() | (nw.col("registered_from") > nw.col("before").dt.offset_by(LONGEST_BREAK))
    return spell.with_columns(before=before).filter(starts)


@rule("den siste, i måneder med begge ender talt", "personer")
def months_since_start(starts: Frame, month: Month) -> Frame:
    """Duration of the newest run in calendar months, both ends counted: two months apart is 3."""
    newest = starts.group_by("person_id").agg(start=nw.col("registered_from").max())
    years = nw.lit(month.year) - nw.col("start").dt.year()
    return newest.select("person_id", duration_months=years * 12 + month.month - nw.col("start").dt.month() + 1)


def duration(flow: Flow, spell: Frame, persons: Frame, month: Month) -> Frame:
    """Apply the rules of the duration at a month: person_id and duration_months."""
    found = flow.apply(PART, begun, spell, persons, month)
    return flow.apply(PART, months_since_start, flow.apply(PART, first_of_run, found), month)
