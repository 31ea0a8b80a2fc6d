"""Bad registers, case by case, through `report check`: each names table, column, count and remedy, and no event."""

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
from bad_input import NUMBER, WORD, Case, assert_refused, contents, named, report
from fake_register import Tables, fake_tables, store_register
from tiny_data import store_waves

from engine.data.manifest import FILE, digest

Change = Callable[[Tables], object]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Waves and a register that nothing is wrong with."""
    root = tmp_path_factory.mktemp("sound") / "data"
    store_waves(root, years=(2024,))
    store_register(root, TABLES)
    return root


TABLES = fake_tables(120)


def events(change: Change) -> Callable[[Path], object]:
    """Spoil the tables and write all of the register anew."""

    def spoil(root: Path) -> None:
        tables = dict(TABLES)
        change(tables)
        shutil.rmtree(root / "register")
        store_register(root, tables)

    return spoil


def put(table: str, rows: int = 2, **cells: object) -> Callable[[Path], object]:
    """Put cells into the first rows of a table."""

    def change(tables: Tables) -> None:
        spoilt = tables[table].copy()
        for column, cell in cells.items():
            made = spoilt[column].astype(object)
            made.iloc[:rows] = cell
            spoilt[column] = made if isinstance(cell, date) else made.infer_objects()
        tables[table] = spoilt

    return events(change)


def again(table: str, **cells: object) -> Callable[[Path], object]:
    """Add a table's first row once more, with other cells."""

    def change(tables: Tables) -> None:
        row = tables[table].iloc[[0]].assign(**{column: [cell] for column, cell in cells.items()})
        tables[table] = pd.concat([tables[table], row], ignore_index=True)

    return events(change)


def overlap(tables: Tables) -> None:
    table = tables["spell"]
    ended = table[table["registered_to"].notna()].iloc[[0]].copy()
    ended["registered_from"] = [ended["registered_to"].iloc[0] - pd.Timedelta(days=1)]
    tables["spell"] = pd.concat([table, ended], ignore_index=True)


def drop_month(tables: Tables) -> None:
    table = tables["person_month"]
    tables["person_month"] = table[table["reference_month"] != "2021-03"]


PART = "contact/contact_month=2021-03/part-0.parquet"


def part(change: Callable[[Path], object]) -> Callable[[Path], object]:
    """Spoil one file among a table's, and let the manifest fit it."""

    def spoil(root: Path) -> None:
        folder = root / "register"
        change(folder / PART)
        stored = json.loads((folder / FILE).read_text(encoding="utf-8"))
        stored["files"][PART]["sha256"] = digest(folder / PART)
        (folder / FILE).write_text(json.dumps(stored), encoding="utf-8")

    return spoil


def of_text(path: Path) -> None:
    table = pq.read_table(path, partitioning=None)
    at = table.schema.get_field_index("person_id")
    pq.write_table(table.set_column(at, "person_id", pa.array([WORD] * len(table))), path)


def less(path: Path) -> None:
    pq.write_table(pq.read_table(path, partitioning=None).drop_columns(["status"]), path)


def unstamped(change: Callable[[Path], object]) -> Callable[[Path], object]:
    return lambda root: change(root / "register" / PART)


UNREAD = (f"the file can't be read as parquet (register/{PART}; 1)", "export it again")
UNLIKE = "columns differ from those of the table's other files: "
REGISTERS = [
    Case("activity_that_ends_before_its_start",
         put("activity", from_date=date(2021, 3, 2), to_date=date(2021, 3, 1), status=3),
         ("ends before the start (activity, columns from_date and to_date; 2)", "correct the dates")),
    Case("spell_that_ends_before_its_start",
         put("spell", 1, registered_from=date(2020, 3, 2), registered_to=date(2020, 3, 1)),
         ("ends before the start (spell, columns registered_from and registered_to; 1)", "correct the dates")),
    Case("activity_in_the_future", put("activity", from_date=date(2031, 1, 2), to_date=None, status=2),
         ("dates after the extract (activity, column from_date; 2)", "correct them")),
    Case("contact_in_the_future", put("contact", contact_date=date(2031, 1, 2), contact_type=1, status=3),
         ("dates after the extract (contact, column contact_date; 2)", "correct them")),
    Case("meldekort_in_the_future", put("meldekort", 1, period_end=date(2031, 1, 2)),
         ("dates after the extract (meldekort, column period_end; 1)", "correct them")),
    Case("unknown_person", put("contact", person_id=NUMBER),
         ("rows of persons who are in no month (contact, person_id; 2)", "leave out persons")),
    Case("overlapping_spells", events(overlap),
         ("spells that overlap (spell, registered_from and registered_to; 1)", "end the first")),
    Case("a_month_missing", events(drop_month),
         ("no February with the two months after it (person_month, partitions; 4)", "export February")),
    Case("event_twice", again("activity"), ("rows that stand there twice (activity, activity_id; 1)", "keep one")),
    Case("person_twice_in_a_month", again("person_month", county=2),
         ("rows that stand there twice (person_month, person_id and reference_month; 1)", "keep one of each")),
    Case("unknown_code", put("activity", activity_type=99),
         ("codes that the codebook does not have (activity, column activity_type; 2)", "recode them")),
    Case("negative_hours", put("meldekort", hours_worked=-4.0),
         ("negative numbers (meldekort, column hours_worked; 2)", "correct them")),
    Case("blank_cells", put("meldekort", status=None),
         ("blank cells (meldekort, column status; 2)", "fill them in")),
    Case("column_missing", events(lambda t: t.update(contact=t["contact"].drop(columns="status"))),
         ("missing columns: status (contact; 1)", "export them")),
    Case("column_of_text", events(lambda t: t.update(meldekort=t["meldekort"].assign(hours_worked=WORD))),
         ("a column of another type than numeric (meldekort, column hours_worked)", "export it as that type")),
    Case("table_missing", events(lambda t: t.pop("meldekort")),
         ("missing tables: meldekort (register; 1)", "export them")),
    Case("part_of_zero_bytes", part(lambda path: path.write_bytes(b"")), UNREAD),
    Case("part_that_is_no_parquet", part(lambda path: path.write_text(WORD * 9)), UNREAD),
    Case("part_truncated", part(lambda path: path.write_bytes(path.read_bytes()[:-9])), UNREAD),
    Case("part_of_another_type", part(of_text),
         (f"{UNLIKE}person_id (register/{PART}; 1)", "export it again, as the others")),
    Case("part_that_lacks_a_column", part(less), (f"{UNLIKE}status (register/{PART}; 1)", "export it again")),
    Case("part_gone", unstamped(lambda path: path.unlink()), (f"a file of the manifest is missing ({PART})",)),
    Case("part_changed", unstamped(less), (f"a file has changed since the manifest was written ({PART})",)),
    Case("manifest_broken", lambda root: (root / "register" / FILE).write_text('{"kind": "' + WORD),
         ("the manifest can't be read (register/dataset.json)", "report manifest")),
]  # fmt: skip


@named(REGISTERS)
def test_registers(case: Case, sound: Path, tmp_path: Path) -> None:
    root = tmp_path / "data"
    shutil.copytree(sound, root)
    case.spoil(root)
    before = contents(root)
    assert_refused(report("check", "--data", str(root)), case.words, root)
    assert contents(root) == before


def test_the_register_that_each_case_spoils_is_sound(sound: Path) -> None:
    done = report("check", "--data", str(sound))
    assert done.exit_code == 0 and "register, " in done.output, done.output


@pytest.mark.parametrize("case", [case for case in REGISTERS if case.words is UNREAD], ids=lambda case: case.name)
def test_a_manifest_is_not_written_for_parts_that_are_no_parquet(case: Case, sound: Path, tmp_path: Path) -> None:
    root = tmp_path / "data"
    shutil.copytree(sound, root)
    case.spoil(root)
    before = (root / "register" / FILE).read_bytes()
    done = report("manifest", "--data", str(root), "--kind", "synthetic", "--source", "s")
    assert_refused(done, UNREAD, root)
    assert (root / "register" / FILE).read_bytes() == before
