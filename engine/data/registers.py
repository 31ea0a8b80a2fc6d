"""Small registers that the report shows as they are, and the points in time that they have: years and months."""

from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from engine.errors import ReportError, raise_together

from .codebook import CODEBOOK
from .files import read_table
from .manifest import SERIES, check_rows, data_root, read_manifest, verify

FILES = ("user_groups", "staff")
FORMS = {"month": r"20\d\d-(0[1-9]|1[0-2])", "year": r"20\d\d"}
MONTHS = ("jan.", "feb.", "mars", "april", "mai", "juni", "juli", "aug.", "sep.", "okt.", "nov.", "des.")
MONTH_NAMES = (
    *("januar", "februar", "mars", "april", "mai", "juni"),
    *("juli", "august", "september", "oktober", "november", "desember"),
)
TIME = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2]))?")


def place(time: object) -> float:
    """Where a time stands on an axis of years.

    Parameters
    ----------
    time : int or str
        A year (`2024`, `"2024"`) or a month (`"2022-10"`).

    Returns
    -------
    float
        Years; a month is a twelfth.

    Raises
    ------
    ValueError
        When it is neither.
    """
    year, month = _parts(time)
    return year + (month - 1) / 12 if month else float(year)


def time_nb(time: object) -> str:
    """Write a time in bokmål: `2024`, `okt. 2022`."""
    year, month = _parts(time)
    return f"{MONTHS[month - 1]} {year}" if month else str(year)


def month_nb(time: object) -> str:
    """Write a time in full: `2024`, `oktober 2022`."""
    year, month = _parts(time)
    return f"{MONTH_NAMES[month - 1]} {year}" if month else str(year)


def day_nb(day: date) -> str:
    """Write a date in bokmål: `1. mars 2025`."""
    return f"{day.day}. {MONTH_NAMES[day.month - 1]} {day.year}"


def is_month(time: object) -> bool:
    """Whether a time is a month."""
    return _parts(time)[1] > 0


def _parts(time: object) -> tuple[int, int]:
    found = TIME.fullmatch(str(time))
    if found is None:
        raise ValueError(f"«{time}» is no point in time; write 2024 or 2022-10")
    return int(found[1]), int(found[2] or 0)


def shown_times(times: list[object], length: float, room: float) -> list[object]:
    """Choose the times that an axis of `length` points names, `room` points each: first, last and Januaries or years.

    Parameters
    ----------
    times : list
        All times, ascending.
    length, room : float
        Points.

    Returns
    -------
    list
        Some of them, ascending; the first and the last are kept, what stands too close to them is not.
    """
    if len(times) < 2:
        return list(times)
    first, last = times[0], times[-1]
    scale = length / (place(last) - place(first))
    rest = [time for time in times[1:-1] if _parts(time)[1] < 2]
    chosen = [first]
    for time in rest:
        if (place(time) - place(chosen[-1])) * scale >= room and (place(last) - place(time)) * scale >= room:
            chosen.append(time)
    return [*chosen, last]


def read_registers(last: int | None = None, data: Path | str | None = None) -> tuple[list[pd.DataFrame], str]:
    """Read the registers behind figures 1 and 2 as labels and numbers.

    Parameters
    ----------
    last : int, optional
        Last year that is kept; all when left out.
    data : Path or str, optional
        Data root; see `engine.data.manifest.data_root`. The files are `series/user_groups.csv` and `series/staff.csv`.

    Returns
    -------
    (list of pandas.DataFrame, str)
        Users (month, group, persons) and staff (year, employer, part, fte), without rows where the data lacks them; and
        what stands behind «Kilde:».

    Raises
    ------
    ReportError
        A file is not that of the manifest or goes against data/codebook/series.csv; never tells a value.
    """
    root = data_root(data)
    manifest = read_manifest(root)
    paths = {name: root / SERIES / f"{name}.csv" for name in FILES}
    verify(root, manifest, [path for path in paths.values() if path.is_file()])
    rows = {f"{SERIES}/{path.name}": len(read_table(path)) for path in paths.values() if path.is_file()}
    raise_together(check_rows(manifest, rows), SERIES)
    return [_register(name, path, last) for name, path in paths.items()], manifest.source


def _variables(name: str) -> dict[str, dict[str, str]]:
    with CODEBOOK.with_name("series.csv").open(encoding="utf-8", newline="") as file:
        return {row["name"]: row for row in csv.DictReader(file) if row["file"] == name}


def _register(name: str, path: Path, last: int | None) -> pd.DataFrame:
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
        if kind in FORMS:
            times = values.astype("string").fillna("")
            wrong = ~times.map(lambda time, form=FORMS[kind]: re.fullmatch(form, time) is not None).astype(bool)
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
    keys = [column for column, variable in variables.items() if variable["type"] in (*FORMS, "categorical")]
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
