"""The tables that the twin is made from: its own under data/twin, and the published numbers they name."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from engine.errors import ReportError

PROJECT = Path(__file__).resolve().parents[1]
TABLES = PROJECT / "data" / "twin"
# What came out, not what it is made from.
DIGESTS = TABLES / "digests.csv"
PUBLISHED = PROJECT / "data" / "published" / "rapport" / "values.csv"
# A source with this word is our own choice; every other source is the id of a published row or of an exhibit.
ASSUMPTION = "assumption"
SOURCE_COLUMNS = ("source", "share_source", "state_source", "of")


@dataclass(frozen=True)
class Published:
    """A printed number: its value and the number of printed decimals."""

    value: float
    digits: int
    measure: str

    def interval(self) -> tuple[float, float]:
        """Return the lowest and the highest number that half-up rounding prints like this."""
        half = 0.5 / 10**self.digits
        return self.value - half, self.value + half


def read(name: str) -> list[dict[str, str]]:
    """Read the rows of a table under data/twin, every cell as text."""
    with (TABLES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def _printed() -> dict[str, Published]:
    with PUBLISHED.open(encoding="utf-8", newline="") as file:
        return {
            row["id"]: Published(float(row["value"]), int(row["digits"] or 0), row["measure"])
            for row in csv.DictReader(file)
            if row["value"]
        }


def published(identifier: str) -> Published:
    """Look up a published number by its row id; ReportError for an unknown id or a cell lost in print."""
    if identifier not in _printed():
        raise ReportError(
            f"no published number has the id «{identifier}»",
            where="data/twin",
            remedy="Give the id of a row with a value in data/published/rapport/values.csv, or «assumption».",
        )
    return _printed()[identifier]


@cache
def settings() -> dict[str, float]:
    """Read the single numbers of the model, by name."""
    return {row["name"]: float(row["value"]) for row in read("settings")}


def sources() -> list[str]:
    """List every published row that some table of the twin names, in order."""
    named = {
        row[column]
        for path in sorted(TABLES.glob("*.csv"))
        for row in read(path.stem)
        for column in SOURCE_COLUMNS
        if row.get(column)
    }
    return sorted(named & set(_printed()))


def recipe() -> str:
    """Hash what decides the twin besides the seed: code, tables, published numbers, codebook, weights."""
    digest = hashlib.sha256()
    files = [*sorted((PROJECT / "twin").glob("*.py")), *sorted({*TABLES.glob("*.csv")} - {DIGESTS})]
    files += [PROJECT / "data" / "codebook" / "survey.csv", PROJECT / "engine" / "data" / "persons.py"]
    for path in files:
        if path.exists():
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    for identifier in sources():
        row = published(identifier)
        digest.update(f"{identifier}\0{row.value}\0{row.digits}\0".encode())
    return digest.hexdigest()
