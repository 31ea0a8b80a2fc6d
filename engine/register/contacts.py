"""How a person and Nav were in touch: each form once a month, at most nine times in three months."""

from __future__ import annotations

import narwhals as nw
import pandas as pd

from .engine import Engine, Frame
from .flow import Flow, rule
from .months import Month
from .sample import of_sample

PART = "Samhandlingen"
MEETING, CONVERSATION, DIALOGUE = 1, 2, 3
COMPLETED = 3


@rule("fullført, eller dialog, i vinduet på tretti dager", "hendelser")
def in_window(contact: Frame, months: list[Month]) -> Frame:
    """Keep contacts inside the window of a month, whose place becomes `k`; meetings and minutes must be completed."""
    took_place = (nw.col("contact_type") == DIALOGUE) | (nw.col("status") == COMPLETED)
    return nw.concat([
        contact.filter(took_place & nw.col("contact_date").is_between(nw.lit(month.window_start), nw.lit(month.last)))
        .with_columns(k=nw.lit(k))
        for k, month in enumerate(months)
    ])  # fmt: skip


@rule("én telling per person, form og måned", "tellinger")
def once_a_month(contacts: Frame) -> Frame:
    """Count each form once a month, however many contacts there are."""
    return contacts.select("person_id", "contact_type", "k").unique(["person_id", "contact_type", "k"])


@rule("én rad per person", "personer med samhandling")
def one_row_a_person(counted: Frame) -> Frame:
    """Count the months with each form, the months with a meeting or a conversation, and all countings (0–9)."""
    monthly = counted.group_by("person_id", "k").agg(
        dialogue=_has(DIALOGUE), meeting=_has(MEETING), conversation=_has(CONVERSATION), countings=nw.len()
    )
    either = nw.max_horizontal("meeting", "conversation")
    return monthly.group_by("person_id").agg(
        dialogue_months=nw.col("dialogue").sum().cast(nw.Int32), meeting=nw.col("meeting").max(),
        conversation=nw.col("conversation").max(), meeting_months=either.sum().cast(nw.Int32),
        interaction_count=nw.col("countings").sum().cast(nw.Int32),
    )  # fmt: skip


def _has(form: int) -> nw.Expr:
    return (nw.col("contact_type") == form).cast(nw.Int8).max()


def contacts(flow: Flow, contact: Frame, persons: Frame, months: list[Month]) -> tuple[Frame, Frame]:
    """Apply the rules of the contacts."""
    events = flow.apply(PART, of_sample, contact, persons, words="møter, samtalereferat og dialoger")
    counted = flow.apply(PART, in_window, events, months)
    return flow.apply(PART, one_row_a_person, flow.apply(PART, once_a_month, counted)), counted


def dialogues(engine: Engine, counted: Frame) -> pd.DataFrame:
    """Count dialogues and their persons by who opened them, and sum the days until the reply."""
    each = counted.filter(nw.col("contact_type") == DIALOGUE).unique(["contact_id"])
    reply = nw.col("reply_days")
    opened = each.group_by("opened_by")
    found = engine.collect(
        opened.agg(
            dialogues=nw.len(), answered=reply.count(), reply_days=reply.sum(), persons=nw.col("person_id").n_unique()
        )
    )
    return found.sort_values("opened_by", ignore_index=True)
