"""Checks of the raw register: each rule counts the rows that break it. No message holds a value, a row or an id."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import narwhals as nw

from engine.errors import ReportError
from engine.register.engines import Engine, Frame
from engine.register.raw import POPULATION, Column, RegisterCodebook

KINDS = {
    "id": (nw.Int8, nw.Int16, nw.Int32, nw.Int64), "numeric": (nw.Float32, nw.Float64, nw.Int32, nw.Int64),
    "date": (nw.Date,),
}  # fmt: skip
WHOLE = (nw.Int8, nw.Int16, nw.Int32, nw.Int64)
PLANNED = 1
MONTH = "reference_month"
# What makes a row the only one of its kind.
UNIQUE = {
    "person_month": ("person_id", MONTH), "spell": ("person_id", "registered_from"),
    "activity": ("activity_id",), "contact": ("contact_id",), "meldekort": ("person_id", "period_end"),
    POPULATION: ("year",),
}  # fmt: skip
EVENTS = ("spell", "activity", "contact", "meldekort")


def check_columns(frame: Frame, columns: list[Column], table: str) -> list[ReportError]:
    """Tell which columns of a table are missing, or are of another type than the codebook says."""
    schema = frame.collect_schema()
    absent = [column.name for column in columns if column.name not in schema]
    problems = []
    if absent:
        remedy = "export them as data/README.md says"
        problems.append(ReportError(f"missing columns: {', '.join(absent)}", table, len(absent), remedy))
    for column in columns:
        wanted = KINDS.get(column.type, WHOLE)
        # Keys of partitions are text.
        if column.name in schema and column.type not in ("month", "year") and schema[column.name] not in wanted:
            what = f"a column of another type than {column.type}"
            problems.append(ReportError(what, f"{table}, column {column.name}", remedy="export it as that type"))
    return problems


def check_rows(
    engine: Engine, frames: dict[str, Frame], codebook: RegisterCodebook, extract: date
) -> list[ReportError]:
    """Tell which rules the rows break, and how many of them."""
    problems = []
    for table, frame in frames.items():
        rules = list(_rules(table, codebook.of(table), extract))
        counted = frame.select(
            *(condition.cast(nw.Int64).sum().alias(f"r{i}") for i, (*_, condition) in enumerate(rules))
        )
        found = engine.collect(counted).iloc[0].fillna(0)
        problems += [
            ReportError(what, f"{table}, {where}", int(found[f"r{i}"]), remedy)
            for i, (what, where, remedy, _) in enumerate(rules)
            if found[f"r{i}"]
        ]
        problems += _doubles(engine, frame, table)
    return [*problems, *_strangers(engine, frames), *_overlaps(engine, frames["spell"])]


def _rules(table: str, columns: list[Column], extract: date) -> Iterator[tuple[str, str, str, nw.Expr]]:
    """What is wrong, where, what to do, and the condition of a row that breaks it."""
    for column in columns:
        cell = nw.col(column.name)
        if not column.may_be_blank:
            yield "blank cells", f"column {column.name}", "fill them in", cell.is_null()
        if column.codes:
            unknown = ~cell.is_null() & ~cell.is_in(list(column.codes))
            remedy = "recode them, or add the code to data/codebook/register.csv"
            yield "codes that the codebook does not have", f"column {column.name}", remedy, unknown
        elif column.type in ("integer", "numeric"):
            yield "negative numbers", f"column {column.name}", "correct them", cell < 0
    after = {"spell": ("registered_from", "registered_to"), "meldekort": ("period_end",)}.get(table, ())
    # What is only planned may lie ahead.
    done = {"activity": ("from_date", "to_date"), "contact": ("contact_date",)}.get(table, ())
    for name in (*after, *done):
        late = nw.col(name) > nw.lit(extract)
        happened = late if name in after else late & ~(nw.col("status") == PLANNED).fill_null(False)
        remedy = "an extract ends within a month of its newest reference month: correct them"
        yield "dates after the extract", f"column {name}", remedy, happened
    start, end = {"spell": ("registered_from", "registered_to"), "activity": ("from_date", "to_date")}.get(
        table, ("", "")
    )
    if start:
        yield "ends before the start", f"columns {start} and {end}", "correct the dates", nw.col(end) < nw.col(start)


def _doubles(engine: Engine, frame: Frame, table: str) -> list[ReportError]:
    keys = list(UNIQUE[table])
    doubled = sum(
        engine.count(part.group_by(*keys).agg(rows=nw.len()).filter(nw.col("rows") > 1))
        for part in _parts(engine, frame, keys)
    )
    where = f"{table}, {' and '.join(keys)}"
    return [ReportError("rows that stand there twice", where, doubled, "keep one of each")] if doubled else []


def _parts(engine: Engine, frame: Frame, keys: list[str]) -> list[Frame]:
    """Rows of one month at a time where the month is among the keys: groups of one file fit where all would not."""
    if MONTH not in keys:
        return [frame]
    months = engine.collect(frame.select(MONTH).unique([MONTH]))[MONTH]
    return [frame.filter(nw.col(MONTH) == month) for month in sorted(months)]


def _strangers(engine: Engine, frames: dict[str, Frame]) -> list[ReportError]:
    known = engine.keep(frames["person_month"].select("person_id").unique(["person_id"]))
    problems = []
    for table in EVENTS:
        unknown = engine.count(frames[table].join(known, on="person_id", how="anti"))
        if unknown:
            remedy = "leave out persons who are in no month"
            problems.append(ReportError("rows of persons who are in no month", f"{table}, person_id", unknown, remedy))
    return problems


def _overlaps(engine: Engine, spell: Frame) -> list[ReportError]:
    before = nw.col("registered_to").shift(1).over("person_id", order_by="registered_from")
    place = nw.col("registered_from").cum_count().over("person_id", order_by="registered_from")
    # A spell without an end must be a person's last.
    over = nw.col("registered_from") < nw.col("before")
    follows_open = nw.col("before").is_null() & (nw.col("place") > 1)
    overlapping = engine.count(
        spell.with_columns(before=before, place=place).filter(over.fill_null(False) | follows_open)
    )
    remedy = "a person has one spell at a time: end the first where the next one starts"
    where = "spell, registered_from and registered_to"
    return [ReportError("spells that overlap", where, overlapping, remedy)] if overlapping else []
