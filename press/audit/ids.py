"""The data's own ids, to be recognised in a book: columns by their names, and ids by their values.

Which ids can be recognised. In running text, those of seven digits or more of which at most one number in ten thousand
of that length is an id; ids of words count as well from six signs on. In a column, those of which at most one number in
twenty is an id, where ten different ones stand in one column and nearly nothing else does: office 10 153 alone could be
a count, ten of them under each other are offices. Ids numbered from 1 are counts to everyone who reads them; they are
found by their column's name alone.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.data.codebook import CODEBOOK, read_codebook
from engine.data.files import find_waves, read_table
from engine.register.raw import FOLDER, has_register, raw_files

LONG, RARE_IN_TEXT, RARE_IN_COLUMN, IN_COLUMN, NEARLY_ALL = 7, 1e-4, 0.05, 10, 0.9
# What columns of persons are called elsewhere.
USUAL = {"personid", "fnr", "dnr", "dnummer", "fodselsnummer", "fodselsnr", "personnummer", "pid", "ident", "aktorid",
         "lopenr", "lopenummer"}  # fmt: skip
NUMBER = re.compile(r"(?<![\w.])\d{7,18}(?:\.0+)?(?!\w|\.\d)")
GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:([ .])\d{3})(?:\1\d{3}){1,4}(?!\d)")
WORD = re.compile(r"[A-Za-z0-9_-]{6,}")
WHOLE = re.compile(r"\d{1,18}(?:\.0+)?")
HEAD_LINES = 5


def id_names() -> set[str]:
    """Names of columns that hold ids, as `plain_name` writes them."""
    names = {variable.name for variable in read_codebook() if variable.type == "id"}
    with CODEBOOK.with_name("register.csv").open(encoding="utf-8", newline="") as file:
        names |= {row["name"] for row in csv.DictReader(file) if row["type"] == "id"}
    return {plain_name(name) for name in names} | USUAL


def plain_name(text: str) -> str:
    """Write a column's name without case, strokes and blanks: «Respondent-ID» is respondent_id."""
    return re.sub(r"[\W_]+", "", text.casefold().replace("ø", "o"))


@dataclass(frozen=True)
class Ids:
    """Ids of a data root, by kind: numbers ascending, or words."""

    numbers: dict[str, NDArray[np.int64]] = field(default_factory=dict)
    words: frozenset[str] = frozenset()

    def in_text(self, text: str) -> int:
        """Count ids in running text."""
        found = [int(float(match.group())) if "." in match.group() else int(match.group())
                 for match in NUMBER.finditer(text)]  # fmt: skip
        found += [int(re.sub(r"\D", "", match.group())) for match in GROUPED.finditer(text)]
        count = sum(number in self._long for number in found) if found else 0
        return count + (sum(word in self.words for word in WORD.findall(text)) if self.words else 0)

    def in_column(self, cells: Iterable[str]) -> int:
        """Count ids in a column that holds hardly anything else."""
        told = [cell.strip() for cell in cells if cell.strip()]
        whole = np.unique([int(cell.partition(".")[0]) for cell in told if WHOLE.fullmatch(cell)])
        if len(whole) < IN_COLUMN:
            return 0
        for numbers in self.numbers.values():
            known = whole[np.isin(whole, numbers)]
            if len(known) >= max(IN_COLUMN, NEARLY_ALL * len(whole)) and rarity(numbers, known) <= RARE_IN_COLUMN:
                return len(known)
        return 0

    @property
    def _long(self) -> _Lookup:
        return _Lookup([numbers for numbers in self.numbers.values()])


class _Lookup:
    """Whether a number is one of the ids that are long and rare enough."""

    def __init__(self, kinds: list[NDArray[np.int64]]) -> None:
        self._kinds = kinds

    def __contains__(self, number: int) -> bool:
        if number >= 2**63:
            return False
        for numbers in self._kinds:
            at = int(np.searchsorted(numbers, number))
            if at < len(numbers) and numbers[at] == number and rarity(numbers, np.array([number])) <= RARE_IN_TEXT:
                return True
        return False


def rarity(numbers: NDArray[np.int64], of: NDArray[np.int64]) -> float:
    """Share of the numbers of the same length that are ids, at most over some numbers."""
    shares = []
    for length in {len(str(abs(int(number)))) for number in of[:1000]}:
        low, high = 10 ** (length - 1), 10**length
        shares.append(np.searchsorted(numbers, high) - np.searchsorted(numbers, low) if length > 1 else 9)
        shares[-1] = shares[-1] / (high - low)
    return float(max(shares, default=1.0))


def read_ids(data: Path | None) -> Ids:
    """Read the ids of the waves and of the register in a data root."""
    if data is None:
        return Ids()
    names = [variable.name for variable in read_codebook() if variable.type == "id"]
    found: dict[str, list[NDArray[np.int64]]] = {name: [] for name in names}
    for wave in find_waves(data).values():
        for path in (wave.survey, wave.frame):
            table = read_table(path)
            for name in found:
                if name in table and str(table[name].dtype) == "Int64":
                    found[name].append(table[name].dropna().to_numpy(dtype=np.int64))
    numbers = {name: np.unique(np.concatenate(parts)) for name, parts in found.items() if parts}
    persons, words = _of_register(data)
    return Ids(numbers | persons, words)


def _of_register(data: Path) -> tuple[dict[str, NDArray[np.int64]], frozenset[str]]:
    """Persons of the register; DuckDB finds the different ones without holding all rows."""
    if not has_register(data):
        return {}, frozenset()
    import duckdb

    folder = data / FOLDER
    paths = [str(path) for path in raw_files(folder) if path.relative_to(folder).parts[0] == "person_month"]
    if not paths:
        return {}, frozenset()
    told = duckdb.read_parquet(paths).aggregate("person_id").fetchnumpy()["person_id"]
    if np.issubdtype(told.dtype, np.integer):
        return {"person_id": np.sort(told.astype(np.int64))}, frozenset()
    return {}, frozenset(str(word) for word in told if len(str(word)) >= 6)


def columns(rows: list[list[str]]) -> list[list[str]]:
    """Columns of a table whose lines may differ in length."""
    width = Counter(len(row) for row in rows).most_common(1)[0][0] if rows else 0
    return [[row[at] for row in rows if at < len(row)] for at in range(width)]
