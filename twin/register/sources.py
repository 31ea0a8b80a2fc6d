"""The tables that the register twin is made from, the published numbers they name, and the digest of all of it."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from functools import cache

from engine.errors import ReportError
from twin.tables import ASSUMPTION, PROJECT, Published

TABLES = PROJECT / "data" / "twin" / "register"
PUBLISHED = PROJECT / "data" / "published" / "kalsto" / "values.csv"
# Modules of the survey twin whose code also decides these files.
SHARED = ("closest", "draws", "entropy", "exact", "scores", "system", "tables", "targets")
STANDARD, SITUATIONAL, ADAPTED, PERMANENT = 1, 2, 3, 4
GROUPS = (STANDARD, SITUATIONAL, ADAPTED)


@dataclass(frozen=True)
class Printed(Published):
    """A printed number of the article, with its stars."""

    stars: int = 0


@dataclass(frozen=True)
class Fact:
    """A number that the twin is made to give: what was chosen, and where it comes from."""

    value: float
    source: str

    @property
    def share(self) -> float:
        """The value as a share, 0–1."""
        return self.value / 100


def read(name: str) -> list[dict[str, str]]:
    """Read the rows of a table under data/twin/register, every cell as text."""
    with (TABLES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def _printed() -> dict[str, Printed]:
    with PUBLISHED.open(encoding="utf-8", newline="") as file:
        return {
            row["id"]: Printed(
                float(row["value"]), int(row["digits"] or 0), row["measure"], len(row["significance"].strip())
            )
            for row in csv.DictReader(file)
            if row["value"]
        }


def published(identifier: str) -> Printed:
    """Look up a printed number by its row id; ReportError for an unknown id."""
    if identifier not in _printed():
        raise ReportError(
            f"no published number has the id «{identifier}»",
            where="data/twin/register",
            remedy="Give the id of a row with a value in data/published/kalsto/values.csv, or «assumption».",
        )
    return _printed()[identifier]


@cache
def facts() -> dict[str, Fact]:
    """Read the single numbers of the twin, by name."""
    return {row["name"]: Fact(float(row["value"]), row["source"]) for row in read("facts")}


def fact(name: str) -> Fact:
    """Look up one number of data/twin/register/facts.csv."""
    return facts()[name]


def codes(text: str) -> tuple[int, ...]:
    """Read «3;4» as the codes it lists."""
    return tuple(int(part) for part in text.split(";") if part)


def sources() -> list[str]:
    """List every published row that some table of the register twin names, in order."""
    named = {
        row[column]
        for path in sorted(TABLES.glob("*.csv"))
        for row in read(path.stem)
        for column in row
        if column.endswith("source")
    }
    return sorted(named - {ASSUMPTION, ""})


def recipe() -> str:
    """Hash what decides the register twin besides its seed: code, shared solver, tables, published numbers used."""
    digest = hashlib.sha256()
    files = sorted((PROJECT / "twin" / "register").glob("*.py"))
    files += [PROJECT / "twin" / f"{name}.py" for name in SHARED]
    files += sorted(TABLES.glob("*.csv"))
    for path in files:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    for identifier in sources():
        row = published(identifier)
        digest.update(f"{identifier}\0{row.value}\0{row.digits}\0{row.stars}\0".encode())
    return digest.hexdigest()
