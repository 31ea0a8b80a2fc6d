"""Checks of raw files against the codebook. They run on codes, before labels could hide a wrong one."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from engine.errors import ReportError

from .codebook import Codebook, Variable, clauses, holds
from .files import EXACT, NUMBER

ID = "respondent_id"
# Without these there are no persons, no weights and no target group.
ESSENTIAL = (ID, "has_caseload", "office_id", "office_size", "sector")


def asked_variables(
    codebook: Codebook, wave: int, source: str, columns: Collection[str], omitted: Collection[str] = ()
) -> list[Variable]:
    """List the variables that a wave's file must hold."""
    known = codebook.waves
    chosen = []
    for variable in codebook:
        belongs = variable.source == source or (variable.name == ID and source == "frame")
        if not belongs or variable.type == "text" or variable.name in omitted:
            continue
        if wave in variable.waves or (
            wave not in known and (list(variable.waves) == known or variable.name in columns)
        ):
            chosen.append(variable)
    return chosen


def check_omitted(codebook: Codebook, omitted: Sequence[str], where: str) -> list[ReportError]:
    """Tell what is wrong with the list of variables left out."""
    unknown = [name for name in omitted if name not in codebook]
    needed = [name for name in omitted if name in ESSENTIAL]
    derived = [name for name in omitted if name in codebook and codebook[name].source == "derived"]
    problems = []
    if derived:
        what = f"omitted variables that are no part of the raw files: {', '.join(derived)}"
        problems.append(ReportError(what, where, len(derived), "leave out what they are computed from"))
    if unknown:
        what = f"omitted variables that the codebook does not have: {', '.join(unknown)}"
        problems.append(ReportError(what, where, len(unknown), "correct the names"))
    if needed:
        what = f"variables that no dataset can leave out: {', '.join(needed)}"
        problems.append(ReportError(what, where, len(needed), "add them to the raw files"))
    return problems


def check_table(table: pd.DataFrame, variables: Sequence[Variable], file: str) -> list[ReportError]:
    """Tell what in a raw file goes against the codebook."""
    problems = []
    absent = [variable.name for variable in variables if variable.name not in table]
    if absent:
        remedy = 'add them, or name them under "omitted" in dataset.json'
        problems.append(ReportError(f"missing columns: {', '.join(absent)}", file, len(absent), remedy))
    sound = []
    for variable in variables:
        if variable.name in table:
            found = _column_problems(table[variable.name], variable, f"{file}, column {variable.name}")
            problems += found
            if not found:
                sound.append(variable)
    names = {variable.name for variable in sound}
    for variable in sound:
        # A part of the filter can only be checked where its own variable is there and sound.
        rules = [
            part for part in filter(None, variable.filter.split(" and ")) if clauses(part)[0][0] in names
        ]
        asked = holds(table, " and ".join(rules))
        answered = ~np.isnan(answers(table[variable.name], variable))
        wrong = int((answered & ~asked).sum())
        if wrong:
            remedy = "blank the answers of those not asked, or correct the filter in the codebook"
            where = f"{file}, column {variable.name}, filter {variable.filter}"
            problems.append(ReportError("answers from persons who were not asked", where, wrong, remedy))
    return problems


def check_persons(survey: pd.DataFrame, frame: pd.DataFrame, files: tuple[str, str]) -> list[ReportError]:
    """Tell which respondents stand there twice or were never invited; both tables need sound ids."""
    problems = []
    for table, file in ((survey, files[0]), (frame, files[1])):
        twice = int(table[ID].duplicated().sum())
        if twice:
            problems.append(
                ReportError(
                    "respondents that stand there twice", f"{file}, column {ID}", twice, "keep one row each"
                )
            )
    strangers = int((~survey[ID].isin(frame[ID])).sum())
    if strangers:
        where = f"{files[0]} and {files[1]}, column {ID}"
        problems.append(
            ReportError("respondents who are not in the frame", where, strangers, "add them to the frame")
        )
    return problems


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


def answers(column: pd.Series, variable: Variable) -> np.ndarray:
    """Return the answers as float, shape (persons,): no answer and not asked are NaN."""
    values = column.to_numpy(dtype=float, na_value=np.nan)
    return np.where(np.isin(values, variable.missing), np.nan, values)


def _column_problems(column: pd.Series, variable: Variable, where: str) -> list[ReportError]:
    if not pd.api.types.is_numeric_dtype(column):
        text = int((~column.dropna().str.fullmatch(NUMBER)).sum())
        return [ReportError("text where numbers belong", where, text, "export codes, not labels")]
    if variable.type != "numeric" and not pd.api.types.is_integer_dtype(column):
        values = column.dropna().to_numpy(dtype=float)
        # Infinity is no whole number either.
        broken = int((~np.isfinite(values) | (values != np.round(values))).sum())
        if not broken:
            inexact = int((np.abs(values) >= EXACT).sum())
            what = "numbers of more digits than a decimal number holds"
            return [ReportError(what, where, inexact, "export them as whole numbers, or shorter ones")]
        return [ReportError("numbers that are not whole", where, broken, "export codes as whole numbers")]
    problems = []
    present = answers(column, variable)
    present = present[~np.isnan(present)]
    if variable.is_coded:
        unknown = int((~np.isin(present, list(variable.codes))).sum())
        if unknown:
            remedy = "recode them, or add the code to data/codebook/survey.csv"
            problems.append(ReportError("codes that the codebook does not have", where, unknown, remedy))
    elif (present < 0).any():
        remedy = "correct them, or add the missing code to data/codebook/survey.csv"
        problems.append(ReportError("negative numbers", where, int((present < 0).sum()), remedy))
    elif variable.plausible:
        low, high = variable.plausible
        absurd = int(((present < low) | (present > high)).sum())
        if absurd:
            what = f"numbers outside of {low} to {high}, the plausible range in the codebook"
            remedy = "correct them, add the missing code, or widen the range in data/codebook/survey.csv"
            problems.append(ReportError(what, where, absurd, remedy))
    if variable.name == ID or variable.source == "frame":
        blank = int(column.isna().sum())
        if blank:
            problems.append(
                ReportError("blank cells where everyone needs a value", where, blank, "fill them in")
            )
    return problems
