"""Small registers that the report shows as they are: users by month and group, full-time equivalents by year."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from engine.disclosure.rules import protect
from engine.errors import ReportError, raise_together
from engine.table import About, finish

from .codebook import CODEBOOK
from .manifest import SERIES, data_root, read_manifest, verify
from .raw_files import read_table

FILES = ("user_groups", "staff")
TIMES = {"month": r"20\d\d-(0[1-9]|1[0-2])", "year": r"20\d\d"}
ABSENT = "Registertallene er ikke med i dataene som denne utgaven bygger på."


@dataclass(frozen=True)
class Series:
    """Registers up to the end of a survey year; tables without rows where the data lacks them.

    Attributes
    ----------
    user_groups : pandas.DataFrame
        Tidy numbers of persons: `wave` the month (`2022-10`), `category` the group, measure `count`.
    staff : pandas.DataFrame
        Tidy full-time equivalents: `wave` the year, `sector` the employer, measure `fte`.
    staff_parts : pandas.DataFrame
        As `staff`, of each part of them (`category`).
    """

    user_groups: pd.DataFrame
    staff: pd.DataFrame
    staff_parts: pd.DataFrame


def open_series(survey_year: int | None = None, data: Path | str | None = None) -> Series:
    """Open the registers behind figures 1 and 2.

    Parameters
    ----------
    survey_year : int, optional
        Last year that is shown; all when left out.
    data : Path or str, optional
        Data root; see `engine.data.manifest.data_root`. The files are `series/user_groups.csv` and `series/staff.csv`.

    Returns
    -------
    Series
        Checked and labelled.

    Raises
    ------
    ReportError
        A file is not that of the manifest or goes against data/codebook/series.csv; never tells a value.
    """
    root = data_root(data)
    manifest = read_manifest(root)
    paths = {name: root / SERIES / f"{name}.csv" for name in FILES}
    verify(root, manifest, [path for path in paths.values() if path.is_file()])
    what = About(manifest.source, absent=ABSENT)
    users, staff = (_read(name, path, survey_year) for name, path in paths.items())
    counted = users.assign(wave=users["month"], category=users["group"], group="", measure="count",
                           estimate=users["persons"])  # fmt: skip
    parts = staff.assign(wave=staff["year"], sector=staff["employer"], category=staff["part"], measure="fte",
                         estimate=staff["fte"])  # fmt: skip
    whole = parts.groupby(["wave", "sector", "measure"], as_index=False, sort=False)[["estimate"]].sum()
    return Series(
        _tidy(counted, what, "brukere ved Nav-kontorene"), _tidy(whole, what, "årsverk ved Nav-kontorene"),
        _tidy(parts, what, "årsverk ved Nav-kontorene"),
    )  # fmt: skip


def _tidy(table: pd.DataFrame, what: About, population: str) -> pd.DataFrame:
    table = table.astype({"estimate": float})
    return protect(finish(table, what, population=population, n=table["estimate"].round()))


def _variables(name: str) -> dict[str, dict[str, str]]:
    with CODEBOOK.with_name("series.csv").open(encoding="utf-8", newline="") as file:
        return {row["name"]: row for row in csv.DictReader(file) if row["file"] == name}


def _read(name: str, path: Path, last: int | None) -> pd.DataFrame:
    """One register as labels and numbers up to a year; without rows where the file is not there."""
    variables = _variables(name)
    if not path.is_file():
        return pd.DataFrame(columns=list(variables), dtype=object)
    where = f"{SERIES}/{path.name}"
    raw = read_table(path)
    lacking = [column for column in variables if column not in raw]
    if lacking:
        raise ReportError(f"columns are missing: {', '.join(lacking)}", where, len(lacking), "add them to the file")
    problems: list[ReportError] = []
    columns: dict[str, Any] = {}
    for column, variable in variables.items():
        kind, values = variable["type"], raw[column]
        if kind in TIMES:
            times = values.astype("string").fillna("")
            wrong = ~times.map(lambda time, form=TIMES[kind]: re.fullmatch(form, time) is not None).astype(bool)
            columns[column] = times.astype(str) if kind == "month" else times
        elif kind == "categorical":
            columns[column] = values.astype("string").map(_labels(variable))
            wrong = columns[column].isna()
        else:
            numbers = pd.to_numeric(values, errors="coerce").astype("Float64")
            wrong = (numbers.isna() | (numbers < 0)).astype(bool)
            columns[column] = numbers
        if wrong.any():
            problems.append(
                ReportError(f"cells that are no {kind}", f"{where}, {column}", int(wrong.sum()), "mend them")
            )
    raise_together(problems, where)
    table = pd.DataFrame(columns)
    keys = [column for column, variable in variables.items() if variable["type"] in (*TIMES, "categorical")]
    if table.duplicated(keys).any():
        raise ReportError("rows stand there twice", where, int(table.duplicated(keys).sum()), "keep one of each")
    time = keys[0]
    table = table[table[time].str[:4].astype(int) <= (last or 9999)]
    if variables[time]["type"] == "year":
        table = table.assign(**{time: table[time].astype(int)})
    # In the codebook's order of groups, whatever the file's; years before groups, as they are drawn.
    order = {label: at for at, label in enumerate(_labels(variables[keys[1]]).values())}
    table = table.assign(_at=table[keys[1]].map(order))
    table = table.sort_values([time, "_at"] if time == "year" else ["_at", time], kind="stable")
    return table.drop(columns="_at")


def _labels(variable: dict[str, str]) -> dict[str, str]:
    pairs = (part.partition("=") for part in variable["codes"].split("|"))
    return {code: label for code, _, label in pairs}
