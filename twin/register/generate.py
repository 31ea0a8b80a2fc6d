"""The register twin from beginning to end: panel, everyone around it, and the raw rows that lead back to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from twin.draws import stream

from . import activities, contacts, meldekort, months
from .dates import YEARS, label, month_of
from .history import ATTRIBUTES, draw_history
from .panel import draw_panel
from .regressions import People
from .roster import draw_roster
from .sources import fact, read
from .spells import OPEN, Table, draw_spells

Ints = NDArray[np.int64]
SPELL = {"person_id": pa.int64(), "registered_from": pa.date32(), "registered_to": pa.date32()}
POPULATION = {
    "year": pa.int16(), "population_18_29": pa.int64(), "population_30_66": pa.int64(), "registered_30_66": pa.int64(),
}  # fmt: skip
# Keys of one copy of everyone never reach those of the next.
STEP = 100_000_000


@dataclass(frozen=True)
class Piece:
    """Rows of one file: table, partition (`year=2021`, empty for none), number of the copy, and the columns."""

    table: str
    partition: str
    number: int
    columns: pa.Table


def generate(seed: int, scale: int = 1, progress: Callable[[str], None] = lambda text: None) -> Iterator[Piece]:
    """Generate the register's rows, file by file."""
    panel = draw_panel(seed, progress)
    for number in range(scale):
        progress(f"Raw rows, part {number + 1} of {scale}")
        yield from _copy(panel, seed, number)
    yield Piece("population", "", 0, _population(scale))


def _copy(panel: People, seed: int, number: int) -> Iterator[Piece]:
    def own(step: str) -> np.random.Generator:
        return stream(seed, number, step)

    roster = draw_roster(panel, own("roster"))
    spells = draw_spells(roster, own("spells"))
    people, further = draw_history(roster, spells, own("history"))
    count = len(roster["gender"])
    starts, ends = _runs(spells, count)
    everyone = {name: np.concatenate([roster[name], people[name]]) for name in ATTRIBUTES}
    joined = {name: np.concatenate([spells[name], further[name] + count * (name == "row")]) for name in spells}
    total = len(everyone["gender"])
    identity = keys(seed, number, total)
    for text, table in months.person_months(everyone, joined, identity, own("months")).items():
        yield Piece("person_month", f"reference_month={text}", number, _arrow(table, months.COLUMNS))
    yield from _spells(joined, identity, number)
    yield from _activities(roster, starts, ends, identity, number, own("activities"))
    yield from _contacts(roster, starts, ends, identity, number, own("contacts"))
    reports = meldekort.draw_meldekort(roster, starts, ends, own("meldekort"))
    order = np.lexsort((identity[reports["row"]], reports["date"]))
    table = {
        "person_id": identity[reports["row"]], "period_end": reports["date"], "status": reports["status"],
        "hours_worked": reports["hours"],
    }  # fmt: skip
    months_of = np.array([label(k) for k in range(700)])[month_of(reports["date"].astype(np.int32))]
    yield from _parts("meldekort", "period_month", months_of, table, meldekort.COLUMNS, order, number)


def keys(seed: int, number: int, total: int) -> Ints:
    """Draw the `person_id` of everyone in one copy, shape (total,); keys tell nothing about groups."""
    return STEP * (10 + number) + 3 * stream(seed, number, "keys").permutation(total)


def _runs(spells: Table, count: int) -> tuple[Ints, Ints]:
    """First and last day of each person's current run; a spell that ended before it belongs to an earlier one."""
    starts, ends = np.full(count, -1, dtype=np.int64), np.full(count, -1, dtype=np.int64)
    order = np.lexsort((spells["begin"], spells["row"]))
    row, begin, end = (spells[name][order] for name in ("row", "begin", "end"))
    np.maximum.at(ends, row, end)
    before = np.concatenate([[-1], row[:-1]]) == row
    gap = begin - np.concatenate([[0], end[:-1]])
    fresh = ~before | (gap > 31)
    np.maximum.at(starts, row[fresh], begin[fresh])
    return starts, ends


def _spells(spells: Table, identity: Ints, number: int) -> Iterator[Piece]:
    end = spells["end"]
    table = {"person_id": identity[spells["row"]], "registered_from": spells["begin"], "registered_to": end}
    order = np.lexsort((spells["begin"], table["person_id"]))
    years = spells["begin"].astype("datetime64[D]").astype("datetime64[Y]").astype(str)
    yield from _parts("spell", "registered_year", years, table, SPELL, order, number)


def _activities(
    roster: People, starts: Ints, ends: Ints, identity: Ints, number: int, rng: np.random.Generator
) -> Iterator[Piece]:
    row, kind, status, begin, end = activities.draw_activities(roster, starts, rng)
    # Plans of those who have left are closed.
    kept = begin <= ends[row]
    row, kind, status, begin, end = (values[kept] for values in (row, kind, status, begin, end))
    order = np.lexsort((end, kind, identity[row], begin))
    keys = np.empty(len(order), dtype=np.int64)
    keys[order] = STEP * (20 + number) + np.arange(len(order))
    table = {
        "activity_id": keys, "person_id": identity[row], "activity_type": kind, "status": status,
        "from_date": begin, "to_date": end,
    }  # fmt: skip
    years = begin.astype("datetime64[D]").astype("datetime64[Y]").astype(str)
    yield from _parts("activity", "from_year", years, table, activities.COLUMNS, order, number)


def _contacts(
    roster: People, starts: Ints, ends: Ints, identity: Ints, number: int, rng: np.random.Generator
) -> Iterator[Piece]:
    drawn = contacts.draw_contacts(roster, starts, rng)
    drawn = {name: values[drawn["date"] <= ends[drawn["row"]]] for name, values in drawn.items()}
    person = identity[drawn["row"]]
    order = np.lexsort((drawn["kind"], person, drawn["date"]))
    keys = np.empty(len(order), dtype=np.int64)
    keys[order] = STEP * (30 + number) + np.arange(len(order))
    table = {
        "contact_id": keys, "person_id": person, "contact_type": drawn["kind"],
        "status": np.where(drawn["status"] == contacts.NONE, np.nan, drawn["status"]), "contact_date": drawn["date"],
        "opened_by": drawn["opened_by"], "reply_days": drawn["reply_days"],
    }  # fmt: skip
    names = np.array([label(k) for k in range(700)])[month_of(drawn["date"].astype(np.int32))]
    yield from _parts("contact", "contact_month", names, table, contacts.COLUMNS, order, number)


def _parts(
    name: str, key: str, values: NDArray[np.str_], table: Mapping[str, NDArray[Any]],
    schema: dict[str, pa.DataType], order: Ints, number: int,
) -> Iterator[Piece]:  # fmt: skip
    """Split a table by partition, rows in order."""
    for value in np.unique(values):
        rows = order[values[order] == value]
        part = {column: table[column][rows] for column in schema}
        yield Piece(name, f"{key}={value}", number, _arrow(part, schema))


def _arrow(table: Mapping[str, NDArray[Any]], schema: dict[str, pa.DataType]) -> pa.Table:
    """Turn columns into Arrow's; NaN, and dates that are not known, into blanks."""
    arrays = {}
    for name, kind in schema.items():
        values = table[name]
        if pa.types.is_date32(kind):
            days = values.astype(np.int32)
            arrays[name] = pa.array(days, pa.int32(), mask=days == OPEN).cast(kind)
        elif values.dtype.kind == "f" and not pa.types.is_floating(kind):
            blank = np.isnan(values.astype(float))
            arrays[name] = pa.array(np.where(blank, 0, values).astype(np.int64), mask=blank).cast(kind)
        else:
            arrays[name] = pa.array(values, from_pandas=True).cast(kind)
    return pa.table(arrays)


def _population(scale: int) -> pa.Table:
    rows = read("years")
    printed = {YEARS[-1]: fact("population/30_66/share").value}
    shares = [printed.get(int(row["year"]), float(row["registered_30_66_pct"])) for row in rows]
    older = np.array([int(row["population_30_66"]) for row in rows])
    return _arrow(
        {
            "year": np.array([int(row["year"]) for row in rows]),
            "population_18_29": scale * np.array([int(row["population_18_29"]) for row in rows]),
            "population_30_66": scale * older,
            "registered_30_66": scale * np.round(older * np.array(shares) / 100).astype(np.int64),
        },
        POPULATION,
    )
