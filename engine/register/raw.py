"""The raw register: its months, its files with the manifest beside them, and its codebook."""

from __future__ import annotations

import calendar
import contextlib
import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from engine.data.manifest import FILE, FileRecord, Manifest, check_kind, check_rows, digest, store
from engine.data.registers import month_nb
from engine.errors import ReportError

FOLDER = "register"
CODEBOOK = Path(__file__).resolve().parents[2] / "data" / "codebook" / "register.csv"
COLUMNS = ("table", "name", "label_nb", "type", "codes", "blank", "note")
TYPES = ("id", "integer", "numeric", "date", "month", "year", "binary", "categorical")
DERIVED, POPULATION = "derived", "population"
WINDOW_DAYS = 30


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month."""

    year: int
    month: int

    @classmethod
    def read(cls, text: str) -> Month:
        """Read `2021-02`."""
        year, month = text.split("-")
        return cls(int(year), int(month))

    def __str__(self) -> str:
        """Write `2021-02`."""
        return f"{self.year}-{self.month:02d}"

    @property
    def first(self) -> date:
        """First day."""
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        """Reference date: the last day."""
        return date(self.year, self.month, calendar.monthrange(self.year, self.month)[1])

    @property
    def window_start(self) -> date:
        """First of the thirty days that end with the reference date."""
        return self.last - timedelta(days=WINDOW_DAYS - 1)

    @property
    def next(self) -> Month:
        """The month after."""
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    @property
    def words(self) -> str:
        """Name in bokmål: «februar 2021»."""
        return month_nb(str(self))


def has_register(root: Path) -> bool:
    """Tell whether a data root holds a register."""
    return (root / FOLDER / FILE).is_file()


def raw_files(folder: Path) -> list[Path]:
    """All parquet files of a register, in order."""
    return sorted(folder.rglob("*.parquet"))


def table_of(name: str) -> str:
    """Table that a file of the manifest belongs to: the first part of its path."""
    return name.split("/")[0].removesuffix(".parquet")


def part_schema(folder: Path, path: Path) -> pq.FileMetaData:
    """Read what a parquet file says of itself."""
    try:
        return pq.read_metadata(path)
    except (OSError, ValueError):
        where = f"{FOLDER}/{path.relative_to(folder).as_posix()}"
        raise ReportError("the file can't be read as parquet", where, 1, "export it again") from None


def rows_of(folder: Path, manifest: Manifest) -> list[ReportError]:
    """Tell which files of a register have another number of rows than the manifest says."""
    rows: dict[str, int] = {}
    for path in raw_files(folder):
        with contextlib.suppress(ReportError):
            # What can't be read is told by the check of the parts.
            rows[path.relative_to(folder).as_posix()] = int(part_schema(folder, path).num_rows)
    return check_rows(manifest, rows)


def check_parts(folder: Path, paths: Sequence[Path]) -> list[ReportError]:
    """Tell which files of a register can't be read, or have other columns than the table's other files."""
    problems: list[ReportError] = []
    forms: dict[str, dict[Path, tuple[tuple[str, str], ...]]] = {}
    for path in paths:
        try:
            schema = part_schema(folder, path).schema.to_arrow_schema()
        except ReportError as error:
            problems.append(error)
            continue
        form = tuple(sorted((field.name, str(field.type)) for field in schema if not pa.types.is_null(field.type)))
        forms.setdefault(table_of(path.relative_to(folder).as_posix()), {})[path] = form
    for parts in forms.values():
        usual = dict(Counter(parts.values()).most_common(1)[0][0])
        for path, form in parts.items():
            own = dict(form)
            shared = own.keys() & usual.keys()
            other = sorted(name for name in shared if _family(own[name]) != _family(usual[name]))
            other += sorted(set(own) ^ set(usual))
            if other:
                what = f"columns differ from those of the table's other files: {', '.join(other)}"
                where = f"{FOLDER}/{path.relative_to(folder).as_posix()}"
                problems.append(ReportError(what, where, len(other), "export it again, as the others"))
    return problems


def _family(kind: str) -> str:
    """Type without its width, which may differ from file to file."""
    return "number" if kind.startswith(("int", "uint", "float", "double", "half")) else kind


def write_register_manifest(
    folder: Path, kind: str, title: str, source: str, seed: int | None = None, recipe: str | None = None,
    created: str | None = None,
) -> Manifest:  # fmt: skip
    """Write `dataset.json` beside the raw tables; files are named by their path below the folder.

    Parameters
    ----------
    folder : Path
        `<data root>/register`.
    kind, title, source, seed, recipe, created
        As in `engine.data.manifest.write_manifest`.

    Returns
    -------
    Manifest
        What was written.

    Raises
    ------
    ReportError
        The kind is unknown, there is no parquet file, or one can't be read.
    """
    check_kind(kind)
    paths = raw_files(folder)
    if not paths:
        raise ReportError("no raw table found", FOLDER, remedy="put the register's parquet files there")
    files = {
        path.relative_to(folder).as_posix(): FileRecord(digest(path), int(part_schema(folder, path).num_rows))
        for path in paths
    }
    return store(folder, Manifest(kind, title, source, seed, recipe, created, files))


@dataclass(frozen=True)
class Column:
    """One row of the codebook.

    Attributes
    ----------
    table, name, label : str
        Raw table (or `derived`), column, bokmål label as figures print it.
    type : str
        One of `TYPES`.
    codes : dict of int to str
        Labels in the order of axes; empty where there are none.
    may_be_blank : bool
        Whether a cell may be empty.
    """

    table: str
    name: str
    label: str
    type: str
    codes: dict[int, str]
    may_be_blank: bool


@dataclass(frozen=True)
class RegisterCodebook:
    """All columns, in the file's order."""

    columns: tuple[Column, ...]

    @property
    def tables(self) -> list[str]:
        """Raw tables."""
        return [name for name in dict.fromkeys(column.table for column in self.columns) if name != DERIVED]

    def of(self, table: str) -> list[Column]:
        """Columns of a table."""
        return [column for column in self.columns if column.table == table]

    def __getitem__(self, name: str) -> Column:
        """Return a variable of persons: a derived one, or one of the monthly person file."""
        for column in self.columns:
            if column.name == name and column.table in (DERIVED, "person_month"):
                return column
        raise ReportError(f"the codebook has no variable «{name}»", "data/codebook/register.csv", remedy="add it there")

    def labelled(self, cells: pd.DataFrame) -> pd.DataFrame:
        """Turn codes into ordered labels."""
        result = cells.copy()
        for name in cells.columns:
            if name in self and self[name].type == "categorical":
                codes = self[name].codes
                result[name] = pd.Categorical(cells[name].map(codes), list(codes.values()), ordered=True)
        return result

    def __contains__(self, name: object) -> bool:
        """Tell whether persons have a variable."""
        return any(column.name == name and column.table in (DERIVED, "person_month") for column in self.columns)


def read_register_codebook(path: Path = CODEBOOK) -> RegisterCodebook:
    """Read and check the codebook."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = []
    for number, row in enumerate(rows, start=2):
        coded = row["type"] in ("binary", "categorical")
        if row["type"] not in TYPES or coded != bool(row["codes"]) or row["blank"] not in ("yes", "no"):
            where = f"{path.name}, line {number}"
            raise ReportError("the type, the codes or blank (yes or no) is wrong", where, remedy="correct the row")
        parts = (part.partition("=") for part in filter(None, row["codes"].split("|")))
        codes = {int(code): label for code, _, label in parts}
        columns.append(Column(row["table"], row["name"], row["label_nb"], row["type"], codes, row["blank"] == "yes"))
    return RegisterCodebook(tuple(columns))
