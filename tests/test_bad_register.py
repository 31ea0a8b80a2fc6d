"""A bad register, event by event and part by part: one message that names table, column, count and remedy."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fake_register import fake_tables, store_register
from refusals import NUMBER, WORD, assert_refused, report
from tiny_data import store_waves

from helpers.manifest import FILE, digest


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("sound") / "data"
    store_waves(root)
    return root


@pytest.fixture
def root(sound: Path, tmp_path: Path) -> Path:
    shutil.copytree(sound, tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return fake_tables(200)


Tables = dict[str, pd.DataFrame]


def event(table: str, rows: int = 2, **changes: object) -> Callable[[Tables], None]:
    """Change the first cells of some columns."""

    def spoil(tables: Tables) -> None:
        spoilt = tables[table].copy()
        for column, value in changes.items():
            made = spoilt[column].astype(object)
            made.iloc[:rows] = value
            spoilt[column] = made if isinstance(value, date) else made.infer_objects()
        tables[table] = spoilt

    return spoil


def again(table: str, **changes: object) -> Callable[[Tables], None]:
    """Add a table's first row once more, changed."""

    def spoil(tables: Tables) -> None:
        row = tables[table].iloc[[0]].copy()
        for column, value in changes.items():
            row[column] = [value]
        tables[table] = pd.concat([tables[table], row], ignore_index=True)

    return spoil


def overlapping(tables: Tables) -> None:
    table = tables["spell"]
    ended = table[table["registered_to"].notna()].iloc[[0]].copy()
    ended["registered_from"] = [ended["registered_to"].iloc[0] - pd.Timedelta(days=1)]
    tables["spell"] = pd.concat([table, ended], ignore_index=True)


def without_march(tables: Tables) -> None:
    table = tables["person_month"]
    tables["person_month"] = table[table["reference_month"] != "2021-03"]


ENDED = {"from_date": date(2021, 3, 2), "to_date": date(2021, 3, 1), "status": 3}
REGISTER_CASES: dict[str, tuple[Callable[[Tables], None], tuple[str, ...]]] = {
    "activity-ends-before-its-start": (
        event("activity", **ENDED), ("ends before the start (activity, columns from_date and to_date; 2)", "correct"),
    ),
    "spell-ends-before-its-start": (
        event("spell", 1, registered_from=date(2020, 3, 2), registered_to=date(2020, 3, 1)),
        ("ends before the start (spell, columns registered_from and registered_to; 1)", "correct the dates"),
    ),
    "activity-in-the-future": (
        event("activity", from_date=date(2031, 1, 2), to_date=None, status=2),
        ("dates after the extract (activity, column from_date; 2)", "correct them"),
    ),
    "contact-in-the-future": (
        event("contact", contact_date=date(2031, 1, 2), contact_type=1, status=3),
        ("dates after the extract (contact, column contact_date; 2)", "correct them"),
    ),
    "meldekort-in-the-future": (
        event("meldekort", 1, period_end=date(2031, 1, 2)),
        ("dates after the extract (meldekort, column period_end; 1)",),
    ),
    "person-unknown": (
        event("contact", person_id=NUMBER), ("persons who are in no month (contact, person_id; 2)", "leave out"),
    ),
    "spells-overlap": (
        overlapping, ("spells that overlap (spell, registered_from and registered_to; 1)", "end the first"),
    ),
    "month-missing": (
        without_march, ("no February with the two months after it (person_month, partitions; 4)", "export February"),
    ),
    "event-doubled": (again("activity"), ("stand there twice (activity, activity_id; 1)", "keep one of each")),
    "person-twice-in-a-month": (
        again("person_month", county=2), ("stand there twice (person_month, person_id and reference_month; 1)", "keep"),
    ),
    "code-unknown": (
        event("activity", activity_type=99), ("does not have (activity, column activity_type; 2)", "recode them"),
    ),
    "hours-negative": (
        event("meldekort", hours_worked=-4.0), ("negative numbers (meldekort, column hours_worked; 2)", "correct them"),
    ),
    "column-missing": (
        lambda tables: tables.update(contact=tables["contact"].drop(columns="status")),
        ("missing columns: status (contact; 1)", "export them"),
    ),
    "column-of-text": (
        lambda tables: tables.update(meldekort=tables["meldekort"].assign(hours_worked=WORD)),
        ("another type than numeric (meldekort, column hours_worked)", "export it as that type"),
    ),
    "table-missing": (
        lambda tables: tables.pop("meldekort").empty and None, ("missing tables: meldekort (register; 1)", "export"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REGISTER_CASES)
def test_bad_register(case: str, root: Path, tables: Tables) -> None:
    spoil, told = REGISTER_CASES[case]
    mine = dict(tables)
    spoil(mine)
    store_register(root, mine)
    assert_refused(report("check", "--data", str(root)), told, root)


def resealed(folder: Path, path: Path) -> None:
    stored = json.loads((folder / FILE).read_text(encoding="utf-8"))
    stored["files"][path.relative_to(folder).as_posix()] = {"sha256": digest(path), "rows": 1}
    (folder / FILE).write_text(json.dumps(stored), encoding="utf-8")


def part_of_text(path: Path) -> None:
    table = pq.read_table(path)
    at = table.schema.get_field_index("person_id")
    words = pa.array([WORD] * len(table))
    pq.write_table(table.set_column(at, "person_id", words), path)


PART_CASES: dict[str, tuple[Callable[[Path], object], tuple[str, ...]]] = {
    "0-byte": (lambda path: path.write_bytes(b""), ("can't be read as parquet", "; 1)", "export it again")),
    "corrupt": (lambda path: path.write_text(WORD * 9), ("can't be read as parquet", "; 1)", "export it again")),
    "wrong-schema": (part_of_text, ("columns differ from those of the table's other files", "; 1)", "export it again")),
}


@pytest.mark.parametrize("case", PART_CASES)
@pytest.mark.parametrize("command", ["check", "manifest"])
def test_bad_part_of_a_register(case: str, command: str, root: Path, tables: Tables) -> None:
    spoil, told = PART_CASES[case]
    store_register(root, tables)
    folder = root / "register"
    path = folder / "contact" / "contact_month=2021-03" / "part-0.parquet"
    spoil(path)
    resealed(folder, path)
    if command == "manifest" and case == "wrong-schema":
        # A manifest lists files; what is in them is looked at when they are read.
        return
    more = ["--kind", "real", "--source", "x"] if command == "manifest" else []
    told = (*told, "contact/contact_month=2021-03/part-0.parquet")
    assert_refused(report(command, "--data", str(root), *more), told, root)
