"""Full counts of the small registers: users by month and group, full-time equivalents by year."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from engine.data.registers import read_registers
from engine.disclosure.rules import protect
from engine.table import About, finish

ABSENT = "Registertallene er ikke med i dataene som denne utgaven bygger på."


@dataclass(frozen=True)
class Series:
    """Registers up to the end of a survey year; tables without rows where the data lacks them.

    Attributes
    ----------
    user_groups : pandas.DataFrame
        Tidy numbers of persons: `wave` the month (`2022-10`), `group`, measure `count`.
    staff : pandas.DataFrame
        Tidy full-time equivalents: `wave` the year, `employer`, measure `fte`.
    staff_parts : pandas.DataFrame
        As `staff`, of each `part` of them.
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
        Data root; see `engine.data.manifest.data_root`.

    Returns
    -------
    Series
        Checked, labelled, and hidden where persons are few.

    Raises
    ------
    ReportError
        As `engine.data.registers.read_registers`.
    """
    (users, staff), source = read_registers(survey_year, data)
    counted = users.rename(columns={"month": "wave", "persons": "estimate"}).assign(measure="count")
    parts = staff.rename(columns={"year": "wave", "fte": "estimate"}).assign(measure="fte")
    whole = parts.groupby(["wave", "employer", "measure"], as_index=False, sort=False)[["estimate"]].sum()
    return Series(
        _tidy(counted, source, "brukere ved Nav-kontorene"), _tidy(whole, source, "årsverk ved Nav-kontorene"),
        _tidy(parts, source, "årsverk ved Nav-kontorene"),
    )  # fmt: skip


def _tidy(table: pd.DataFrame, source: str, population: str) -> pd.DataFrame:
    table = table.astype({"estimate": float})
    return protect(finish(table, About(source, absent=ABSENT), population=population, n=table["estimate"].round()))
