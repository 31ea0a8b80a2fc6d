"""Waves after the published ones: one row each in `waves.csv`, as the difference from an earlier wave."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import ReportError, raise_together

if TYPE_CHECKING:
    from .codebook import Variable

WAVES = Path(__file__).resolve().parents[2] / "data" / "codebook" / "waves.csv"
COLUMNS = ("wave", "when", "like", "not_asked", "asked_again", "codes")
CODES = re.compile(r"(\w+):(-?\d+)=([^;|=]+)")


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
        """The row's cells, in the order of `COLUMNS`."""
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
    match = CODES.fullmatch(text.strip())
    if match is None:
        raise ReportError(f"«{text}» is no code with a label", "codes", remedy="write for instance nav_region:13=Troms")
    return (match[1], int(match[2])), match[3].strip()


def read_later_waves(path: Path | None = None) -> list[LaterWave]:
    """Read `waves.csv`.

    Parameters
    ----------
    path : Path, optional
        Another file than the codebook's; one that is missing describes no waves.

    Returns
    -------
    list of LaterWave
        In the order of the file.

    Raises
    ------
    ReportError
        Rows that are no wave; all are listed.
    """
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
                remedy = f"give it the columns {', '.join(COLUMNS)}; wave and like are years, like is the earlier one"
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
