"""The codebook: what a variable is called, which codes it has, in which waves and of whom it was asked.

Waves after the published ones are one row each in `waves.csv`, as the difference from an earlier wave.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engine.errors import ReportError, raise_together, unknown

CODEBOOK = Path(__file__).resolve().parents[2] / "data" / "codebook" / "survey.csv"
COLUMNS = (
    "name", "label_nb", "question_nb", "type", "codes", "waves", "asked_of", "filter", "missing", "source",
    "note", "range",
)  # fmt: skip
CODED = ("binary", "multi", "categorical", "likert5")
TYPES = ("id", "integer", "numeric", "text", *CODED)
SOURCES = ("survey", "frame", "derived")
CLAUSE = re.compile(r"(\w+)(==|!=)(-?\d+(?:\|-?\d+)*)")

Clause = tuple[str, bool, tuple[int, ...]]


@dataclass(frozen=True)
class Variable:
    """One row of the codebook.

    Attributes
    ----------
    name, label, question : str
        Column in the raw files, bokmål label as figures print it, wording of the question.
    type : str
        One of `TYPES`; free text is never read.
    codes : dict of int to str
        Labels in the order of axes; empty for numbers and ids.
    waves : tuple of int
        Years in which it was asked, ascending.
    asked_of : str
        Whom it was asked, in words.
    filter : str
        The same as a rule, see `clauses`; empty when everyone was asked.
    missing : tuple of int
        Codes that stand for no answer.
    source : {"survey", "frame", "derived"}
        Where it comes from.
    note : str
        What is an assumption.
    plausible : tuple of (int, int), optional
        Lowest and highest number that a raw file may hold, both included: 999 and 9999 stand for something else.
    """

    name: str
    label: str
    question: str
    type: str
    codes: dict[int, str]
    waves: tuple[int, ...]
    asked_of: str
    filter: str
    missing: tuple[int, ...]
    source: str
    note: str = ""
    plausible: tuple[int, int] | None = None

    @property
    def is_coded(self) -> bool:
        """Whether answers are codes with labels."""
        return self.type in CODED


@dataclass(frozen=True)
class Codebook:
    """All variables by name, in the codebook's order."""

    variables: dict[str, Variable]

    def __getitem__(self, name: str) -> Variable:
        """Return a variable; ReportError with the nearest names when it is unknown."""
        if name not in self.variables:
            raise unknown("variable", name, self.variables, "data/codebook/survey.csv", "add it there")
        return self.variables[name]

    def __iter__(self) -> Iterator[Variable]:
        """Go through the variables."""
        return iter(self.variables.values())

    def __contains__(self, name: object) -> bool:
        """Tell whether a name is known."""
        return name in self.variables

    @property
    def waves(self) -> list[int]:
        """Waves that the codebook describes, ascending."""
        return sorted({wave for variable in self for wave in variable.waves})

    @property
    def labels(self) -> dict[str, str]:
        """Bokmål label of each variable."""
        return {variable.name: variable.label for variable in self}


def read_codebook(path: Path | None = None) -> Codebook:
    """Read and check a codebook.

    Parameters
    ----------
    path : Path, optional
        A CSV with the columns `COLUMNS`; when left out the survey's codebook, with the later waves of `waves.csv`.

    Returns
    -------
    Codebook
        The variables in the file's order.

    Raises
    ------
    ReportError
        The file is missing, or rows of it don't follow the rules; all such rows are listed.
    """
    later = read_later_waves() if path is None else []
    path = path or CODEBOOK
    if not path.is_file():
        raise ReportError("the codebook is missing", path.name, remedy="restore the file")
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        absent = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if absent:
            raise ReportError(
                f"the codebook lacks columns: {', '.join(absent)}", path.name, len(absent), "add them"
            )
        rows = list(reader)
    variables: dict[str, Variable] = {}
    problems = []
    for number, row in enumerate(rows, start=2):
        try:
            variable = _variable(row)
            if variable.name in variables:
                raise ValueError("the name stands there twice")
            variables[variable.name] = variable
        except (ValueError, TypeError) as error:
            problems.append(ReportError(str(error), f"{path.name}, line {number}", remedy="correct the row"))
    for variable in variables.values():
        unknown = [name for name, _, _ in clauses(variable.filter) if name not in variables]
        if unknown and not problems:
            problems.append(
                ReportError(
                    f"the filter names {unknown[0]}, which is no variable",
                    f"{path.name}, {variable.name}",
                    remedy="correct it",
                )
            )
    raise_together(problems, path.name)
    for wave in later:
        variables = add_wave(variables, wave)
    return Codebook(variables)


def _variable(row: dict[str, str]) -> Variable:
    if row["type"] not in TYPES:
        raise ValueError(f"the type is none of {', '.join(TYPES)}")
    if row["source"] not in SOURCES:
        raise ValueError(f"the source is none of {', '.join(SOURCES)}")
    codes: dict[int, str] = {}
    for part in filter(None, row["codes"].split("|")):
        code, _, label = part.partition("=")
        if int(code) in codes:
            raise ValueError("a code stands there twice")
        codes[int(code)] = label or code
    if (row["type"] in CODED) != bool(codes):
        raise ValueError(
            f"the type {row['type']} needs codes" if not codes else f"the type {row['type']} has no codes"
        )
    clauses(row["filter"])
    return Variable(
        row["name"], row["label_nb"], row["question_nb"], row["type"], codes,
        tuple(sorted(int(wave) for wave in row["waves"].split(";"))), row["asked_of"], row["filter"],
        tuple(int(code) for code in filter(None, row["missing"].split(";"))), row["source"], row["note"],
        _range(row["range"], row["type"]),
    )  # fmt: skip


def _range(text: str, kind: str) -> tuple[int, int] | None:
    """Read `0..900`, of a variable that is a number."""
    if not text:
        return None
    low, _, high = text.partition("..")
    if kind not in ("integer", "numeric") or int(low) > int(high):
        raise ValueError("a range is written 0..900, of a number")
    return int(low), int(high)


def clauses(rule: str) -> list[Clause]:
    """Take a rule apart.

    Parameters
    ----------
    rule : str
        `has_caseload==1 and age_group_followed==1|3 and role_leader!=1`, or nothing for everyone.

    Returns
    -------
    list of (name, wanted, codes)
        `wanted` is true for `==` and false for `!=`.

    Raises
    ------
    ValueError
        When it is no such rule.
    """
    found = []
    for part in filter(None, rule.split(" and ")):
        match = CLAUSE.fullmatch(part.strip())
        if match is None:
            raise ValueError(f"«{part}» is no rule; write for instance sector==1|2 and role_leader!=1")
        found.append((match[1], match[2] == "==", tuple(int(code) for code in match[3].split("|"))))
    return found


def holds(frame: pd.DataFrame, rule: str) -> NDArray[np.bool_]:
    """Tell for which rows a rule holds.

    Parameters
    ----------
    frame : pandas.DataFrame, shape (persons, columns)
        Codes; every variable of the rule must be a column.
    rule : str
        See `clauses`. No answer fulfils every `!=` and no `==`.

    Returns
    -------
    numpy.ndarray of bool, shape (persons,)
        True where all parts of the rule hold.
    """
    chosen = np.ones(len(frame), dtype=bool)
    for name, wanted, codes in clauses(rule):
        chosen &= np.isin(frame[name].to_numpy(dtype=float, na_value=np.nan), codes) == wanted
    return chosen


WAVES = CODEBOOK.with_name("waves.csv")
WAVE_COLUMNS = ("wave", "when", "like", "not_asked", "asked_again", "codes")
CODE = re.compile(r"(\w+):(-?\d+)=([^;|=]+)")


@dataclass(frozen=True)
class LaterWave:
    """One row of `waves.csv`.

    Attributes
    ----------
    wave : int
        The year.
    when : str
        When people answered, in words.
    like : int
        The earlier wave whose questions it asks.
    not_asked, asked_again : tuple of str
        Variables that `like` has and this wave has not, and the other way round.
    codes : dict of (str, int) to str
        Labels of codes that are new, or called something else than before, by variable and code.
    """

    wave: int
    when: str
    like: int
    not_asked: tuple[str, ...] = ()
    asked_again: tuple[str, ...] = ()
    codes: Mapping[tuple[str, int], str] = field(default_factory=dict)

    @property
    def row(self) -> list[str]:
        """The row's cells, in the order of `WAVE_COLUMNS`."""
        codes = ";".join(f"{name}:{code}={label}" for (name, code), label in self.codes.items())
        return [str(self.wave), self.when, str(self.like), ";".join(self.not_asked), ";".join(self.asked_again), codes]


def parse_code(text: str) -> tuple[tuple[str, int], str]:
    """Read `nav_region:13=Troms`.

    Parameters
    ----------
    text : str
        Variable, code and label.

    Returns
    -------
    tuple
        ((variable, code), label).

    Raises
    ------
    ReportError
        When it is written otherwise.
    """
    match = CODE.fullmatch(text.strip())
    if match is None:
        raise ReportError(f"«{text}» is no code with a label", "codes", remedy="write for instance nav_region:13=Troms")
    return (match[1], int(match[2])), match[3].strip()


def read_later_waves(path: Path | None = None) -> list[LaterWave]:
    """Read `waves.csv`."""
    path = path or WAVES
    if not path.is_file():
        return []
    found: list[LaterWave] = []
    problems = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            where = f"{path.name}, line {number}"
            try:
                later = _later_wave(row)
                if later.wave <= later.like or later.wave in [other.wave for other in found]:
                    raise ValueError
                found.append(later)
            except ReportError as error:
                problems.append(ReportError(error.what, where, remedy=error.remedy))
            except (KeyError, TypeError, ValueError, AttributeError):
                columns = ", ".join(WAVE_COLUMNS)
                remedy = f"give it the columns {columns}; wave and like are years, like is the earlier one"
                what = "the row describes no wave, or one that stands there twice"
                problems.append(ReportError(what, where, remedy=remedy))
    raise_together(problems, path.name)
    return found


def _later_wave(row: dict[str, str]) -> LaterWave:
    names = {column: tuple(filter(None, row[column].split(";"))) for column in ("not_asked", "asked_again")}
    codes = dict(parse_code(part) for part in filter(None, row["codes"].split(";")))
    return LaterWave(int(row["wave"]), row["when"], int(row["like"]), names["not_asked"], names["asked_again"], codes)


def add_wave(variables: Mapping[str, Variable], later: LaterWave) -> dict[str, Variable]:
    """Describe one more wave in a codebook's variables.

    Parameters
    ----------
    variables : mapping of str to Variable
        By name.
    later : LaterWave
        The wave.

    Returns
    -------
    dict of str to Variable
        In the same order, with the wave's year and codes.

    Raises
    ------
    ReportError
        The wave names variables that the codebook does not have, or is like a wave that nobody described.
    """
    where = f"waves.csv, wave {later.wave}"
    named = (*later.not_asked, *later.asked_again, *(name for name, _ in later.codes))
    unknown = sorted({name for name in named if name not in variables})
    if unknown:
        raise ReportError(
            f"variables that the codebook does not have: {', '.join(unknown)}", where, len(unknown), "correct the names"
        )
    if not any(later.like in variable.waves for variable in variables.values()):
        raise ReportError(f"no variable was asked in {later.like}", where, remedy="name a wave of the codebook as like")
    described = {}
    for name, variable in variables.items():
        asked = name in later.asked_again or (later.like in variable.waves and name not in later.not_asked)
        codes = variable.codes | {code: label for (of, code), label in later.codes.items() if of == name}
        if name == "wave":
            codes[later.wave] = later.when or str(later.wave)
        waves = tuple(sorted({*variable.waves, later.wave})) if asked else variable.waves
        described[name] = replace(variable, waves=waves, codes=codes)
    return described
