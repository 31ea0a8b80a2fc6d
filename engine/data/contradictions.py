"""Where a wave's sound files contradict each other or themselves: offices, sectors, waves and weights."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from engine.errors import ReportError

from .codebook import Variable
from .files import ID, answers

# What is the same for everyone at an office, and how many may be invited for each one employed: frame and size
# can be of different days.
OF_OFFICE, INVITED_PER_EMPLOYEE = ("office_size", "nav_region"), 2
# What a survey's own weights may differ from ours by: those of files are rounded.
WEIGHT_TOLERANCE = 0.02


def check_offices(frame: pd.DataFrame, file: str) -> list[ReportError]:
    """Tell which offices of a frame contradict themselves; the columns must be sound."""
    problems = []
    offices = frame.groupby("office_id")
    for name in OF_OFFICE:
        if name in frame:
            several = int((offices[name].nunique() > 1).sum())
            if several:
                what, remedy = f"offices with more than one {name}", "give everyone at an office the same"
                problems.append(ReportError(what, f"{file}, column {name}", several, remedy))
    crowded = int((offices.size() > INVITED_PER_EMPLOYEE * offices["office_size"].max().astype(float)).sum())
    if crowded:
        what = f"offices with more than {INVITED_PER_EMPLOYEE} invited for each employee"
        problems.append(ReportError(what, f"{file}, column office_size", crowded, "correct size or office"))
    return problems


def check_against_frame(
    survey: pd.DataFrame, frame: pd.DataFrame, files: tuple[str, str], wave: int
) -> list[ReportError]:
    """Tell where a survey file says something else than its frame or its name; both need sound and different ids."""
    problems = []
    known = survey[[ID]].merge(frame, on=ID, how="left")
    for name in frame.columns:
        if name == ID or name not in survey:
            continue
        ours, theirs = _numbers(known[name]), _numbers(survey[name])
        other = int((~np.isnan(theirs) & (ours != theirs)).sum())
        if other:
            where, remedy = f"{files[0]} and {files[1]}, column {name}", "find out which is right, and drop the other"
            problems.append(ReportError("persons of whom the two files say different things", where, other, remedy))
    if "wave" in survey:
        other = int((_numbers(survey["wave"]) != wave).sum())
        if other:
            where, remedy = f"{files[0]}, column wave", "put each wave into the file of its year"
            problems.append(ReportError("persons of another wave than the file's name says", where, other, remedy))
    return problems


def _numbers(column: pd.Series) -> np.ndarray:
    return pd.to_numeric(column, errors="coerce").to_numpy(dtype=float, na_value=np.nan)


def check_weight(survey: pd.DataFrame, weight: pd.Series, file: str) -> list[ReportError]:
    """Tell how many persons' own weight in the file differs from the one that follows from the frame."""
    if "weight" not in survey:
        return []
    theirs = _numbers(survey["weight"])
    mean = np.nanmean(theirs) if np.isfinite(theirs).any() else np.nan
    other = int((~(np.abs(theirs / mean - weight.to_numpy(dtype=float)) <= WEIGHT_TOLERANCE)).sum())
    if not other:
        return []
    what = "weights in the file that are not those of sector × size class in the frame"
    return [ReportError(what, f"{file}, column weight", other, "find out why, or drop the column: it is not read")]


def check_answered(survey: pd.DataFrame, variables: Sequence[Variable], file: str) -> list[ReportError]:
    """Tell when nobody answered the question that all others rest on."""
    first = next((variable for variable in variables if variable.name == "has_caseload"), None)
    if first is None or first.name not in survey or not np.isnan(answers(survey[first.name], first)).all():
        return []
    where = f"{file}, column {first.name}"
    return [ReportError("nobody answered the first question", where, len(survey), "export the answers again")]
