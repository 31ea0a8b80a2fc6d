"""The register's rules, from raw rows to one row a person: samples, activities, contacts, work, duration, categories.

The samples are a February's young job seekers, and those of them who stay for three months. Each activity and each form
of contact counts once a month; spells with short breaks between them are one run.
"""

from __future__ import annotations

import narwhals as nw
import pandas as pd

from engine.register.engines import Engine, Frame
from engine.register.flow import Flow, rule
from engine.register.raw import Month

AGE_LIMIT = 30
FOLLOWED_UP = (1, 2, 3)
COMPLETED = 3
SAMPLE = "Utvalget"


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
    persons = flow.apply(SAMPLE, of_month, person_month, month, words=month.words)
    persons = flow.apply(SAMPLE, under_age_limit, persons)
    return flow.apply(SAMPLE, followed_up, persons)


def panel(flow: Flow, february: Frame, person_month: Frame, later: list[Month]) -> Frame:
    """Keep those who are registered in each of the later months, too."""
    persons = february
    for month in later:
        persons = flow.apply(SAMPLE, also_registered, persons, person_month, month, words=month.words)
    return persons


ACTIVITIES = "Aktivitetene"
UNDER_WAY = 2
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
    return nw.concat([_counts(activity, month).with_columns(k=nw.lit(k)) for k, month in enumerate(months)])


def _counts(activity: Frame, month: Month) -> Frame:
    begun = nw.col("from_date") <= nw.lit(month.last)
    not_over = nw.col("to_date").is_null() | (nw.col("to_date") >= nw.lit(month.window_start))
    counted = nw.col("status").is_in((UNDER_WAY, COMPLETED))
    inside = (nw.col("status") == COMPLETED) & (nw.col("to_date") <= nw.lit(month.last))
    return activity.filter(begun & not_over & counted & (~nw.col("activity_type").is_in(COMPLETED_ONLY) | inside))


@rule("én telling per person, type og måned", "tellinger")
def activities_once_a_month(active: Frame) -> Frame:
    """Count each type once a month, however many events there are."""
    return active.select("person_id", "activity_type", "k").unique(["person_id", "activity_type", "k"])


@rule("minst én av månedene", "par av person og type")
def any_month(counted: Frame) -> Frame:
    """Put the months together: a type counts when it counts in one of them; `months` tells in how many."""
    return counted.group_by("person_id", "activity_type").agg(months=nw.len())


@rule("én rad per person", "personer med aktivitet")
def activities_of_person(pairs: Frame) -> Frame:
    """Turn the types into columns of 0 and 1; `measure_months` counts the months in a labour market measure."""
    indicators = {name: (nw.col("activity_type") == code).cast(nw.Int8).max() for code, name in TYPES.items()}
    measure = nw.when(nw.col("activity_type") == MEASURE).then(nw.col("months")).otherwise(nw.lit(0)).max()
    return pairs.group_by("person_id").agg(**indicators, measure_months=measure)


def activities(flow: Flow, activity: Frame, persons: Frame, months: list[Month]) -> Frame:
    """Apply the rules of the activities: a row for each person who has one, types as columns."""
    events = flow.apply(ACTIVITIES, of_sample, activity, persons, words="aktiviteter")
    active = flow.apply(ACTIVITIES, active_in_window, events, months)
    counted = flow.apply(ACTIVITIES, activities_once_a_month, active)
    pairs = flow.apply(ACTIVITIES, any_month, counted)
    return flow.apply(ACTIVITIES, activities_of_person, pairs)


CONTACTS = "Samhandlingen"
MEETING, CONVERSATION, DIALOGUE = 1, 2, 3


@rule("fullført, eller dialog, i vinduet på tretti dager", "hendelser")
def contact_in_window(contact: Frame, months: list[Month]) -> Frame:
    """Keep contacts inside the window of a month, whose place becomes `k`; meetings and minutes must be completed."""
    took_place = (nw.col("contact_type") == DIALOGUE) | (nw.col("status") == COMPLETED)
    return nw.concat([
        contact.filter(took_place & nw.col("contact_date").is_between(nw.lit(month.window_start), nw.lit(month.last)))
        .with_columns(k=nw.lit(k))
        for k, month in enumerate(months)
    ])  # fmt: skip


@rule("én telling per person, form og måned", "tellinger")
def contacts_once_a_month(contacts: Frame) -> Frame:
    """Count each form once a month, however many contacts there are."""
    return contacts.select("person_id", "contact_type", "k").unique(["person_id", "contact_type", "k"])


@rule("én rad per person", "personer med samhandling")
def contacts_of_person(counted: Frame) -> Frame:
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
    events = flow.apply(CONTACTS, of_sample, contact, persons, words="møter, samtalereferat og dialoger")
    counted = flow.apply(CONTACTS, contact_in_window, events, months)
    return flow.apply(CONTACTS, contacts_of_person, flow.apply(CONTACTS, contacts_once_a_month, counted)), counted


MILLION = 1_000_000


def dialogues(engine: Engine, counted: Frame) -> pd.DataFrame:
    """Count dialogues and their persons by who opened them, and sum the days until the reply."""
    each = counted.filter(nw.col("contact_type") == DIALOGUE).unique(["contact_id"])
    # Whole numbers add up to the same in any order, which the engine's threads choose; a millionth of a day is 0.1 s.
    reply = (nw.col("reply_days") * MILLION).round(0).cast(nw.Int64)
    opened = each.group_by("opened_by")
    found = engine.collect(
        opened.agg(
            dialogues=nw.len(), answered=reply.count(), reply_days=reply.sum(), persons=nw.col("person_id").n_unique()
        )
    )
    found["reply_days"] = found["reply_days"].astype(float) / MILLION
    return found.sort_values("opened_by", ignore_index=True)


WORK = "Meldekortene"
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
def work_of_person(meldekort: Frame) -> Frame:
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
    found = flow.apply(WORK, of_months, meldekort, persons, months)
    return flow.apply(WORK, work_of_person, flow.apply(WORK, last_of_month, found))


DURATION = "Varigheten"
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
    found = flow.apply(DURATION, begun, spell, persons, month)
    return flow.apply(DURATION, months_since_start, flow.apply(DURATION, first_of_run, found), month)


PERSONS = "Personene"
DIRECTED = [name for code, name in TYPES.items() if code != 1]
PANEL_MONTHS = 3


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
        measure_all_months=_is(nw.col("measure_months") == PANEL_MONTHS),
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
        persons = flow.apply(PERSONS, joined, persons, table, words=words)
    persons = flow.apply(PERSONS, categorised, flow.apply(PERSONS, with_duration, persons, durations))
    return flow.apply(PERSONS, followed, persons) if over_months else persons


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
