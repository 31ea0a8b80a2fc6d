"""Raw survey files: found in a data root, read from four formats into one table, and held against the codebook."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from engine.data.codebook import Codebook, Variable, clauses, holds
from engine.errors import ReportError, raise_together

FORMATS = ("parquet", "csv", "sav", "dta")
WAVE_FILE = re.compile(rf"(survey|frame)_(\d{{4}})\.({'|'.join(FORMATS)})", re.IGNORECASE)
# A second export beside the first, or a blank in the name: left aside in silence it would be a wave too few.
NEARLY_WAVE_FILE = re.compile(rf"\s*(survey|frame)\W*_?\W*\d{{4}}.*\.({'|'.join(FORMATS)})\s*", re.IGNORECASE)
# Digits of other alphabets are no numbers to what reads the cells.
NUMBER = r"[+-]?[0-9]+(?:[.,][0-9]+)?"
# Doubles hold whole numbers exactly up to here.
EXACT = 2.0**53


@dataclass(frozen=True)
class WavePaths:
    """The two files of a wave: answers, and the frame of all invited."""

    year: int
    survey: Path
    frame: Path


def find_waves(root: Path) -> dict[int, WavePaths]:
    """Find the waves in a data root by the names of the files.

    Parameters
    ----------
    root : Path
        Folder with `survey_<year>` and `frame_<year>`, each as .parquet, .csv, .sav or .dta.

    Returns
    -------
    dict of int to WavePaths
        By year, ascending; empty when there are none.

    Raises
    ------
    ReportError
        The folder does not exist or may not be read, a wave lacks a file or has one in two formats, or a file's name
        is nearly that of a wave; all such are listed.
    """
    if not root.is_dir():
        raise ReportError(
            "the data root is no folder", str(root), remedy="give another --data or REPORT_DATA"
        )
    try:
        entries = sorted(root.iterdir())
    except PermissionError:
        raise ReportError("the data root may not be read", str(root), remedy="ask for the right to read it") from None
    found: dict[int, dict[str, list[Path]]] = {}
    waves, problems = {}, []
    for path in entries:
        match = WAVE_FILE.fullmatch(path.name)
        if match:
            found.setdefault(int(match[2]), {"survey": [], "frame": []})[match[1].lower()].append(path)
        elif NEARLY_WAVE_FILE.fullmatch(path.name):
            remedy = "rename it to survey_<year> or frame_<year> with its ending, or move it out of the data root"
            problems.append(ReportError("a file's name is nearly that of a wave", f"«{path.name}»", 1, remedy))
    for year, kinds in sorted(found.items()):
        wrong = [problem for kind, paths in kinds.items() if (problem := _not_one(f"{kind}_{year}", paths))]
        if wrong:
            problems += wrong
        else:
            waves[year] = WavePaths(year, kinds["survey"][0], kinds["frame"][0])
    raise_together(problems, "data root")
    return waves


def _not_one(name: str, paths: list[Path]) -> ReportError | None:
    if not paths:
        return ReportError("a file is missing", name, remedy=f"put it there as one of {', '.join(FORMATS)}")
    if len(paths) > 1:
        return ReportError(
            "two files for one wave", ", ".join(path.name for path in paths), len(paths), "keep one of them"
        )
    return None


def read_table(path: Path) -> pd.DataFrame:
    """Read a raw file so that the same data gives the same table whatever its format.

    Parameters
    ----------
    path : Path
        A .parquet, .csv, .sav or .dta file. CSV: comma, semicolon or tab; UTF-8 with or without byte-order
        mark; decimal point or comma.

    Returns
    -------
    pandas.DataFrame
        Numbers as nullable `Int64`, or `Float64` where any has decimals; everything else as text. Blank is
        missing. Value labels and declared missing codes are ignored: codes stay codes.

    Raises
    ------
    ReportError
        The file is missing, empty, of another format or can't be read, or has two columns of one name.
    """
    if not path.is_file():
        raise not_a_file(path, path.name)
    kind = path.suffix.lower().removeprefix(".")
    if kind not in FORMATS:
        raise ReportError(
            "the format is not read", path.name, remedy=f"save it as one of {', '.join(FORMATS)}"
        )
    if path.stat().st_size == 0:
        raise ReportError("the file is empty", path.name, remedy="export it again")
    try:
        table = _read(path, kind)
    except ReportError:
        raise
    except PermissionError:
        raise forbidden(path) from None
    except Exception:
        # The readers' own messages quote cells of the file, so neither text nor cause is passed on.
        hint = (
            "every row must have as many cells as the header, in UTF-8"
            if kind == "csv"
            else "export it again"
        )
        raise ReportError(f"the file can't be read as {kind}", path.name, remedy=hint) from None
    if table.empty:
        raise ReportError("the file has no rows", path.name, remedy="export it again")
    names = [str(name).strip() for name in table.columns]
    if all(re.fullmatch(rf"({NUMBER})?", name) for name in names):
        remedy = "put the codebook's names into the first row"
        raise ReportError("the file has no header: its first row holds no names", path.name, len(names), remedy)
    # By place, not by name: where the header is missing, what stands in its place are somebody's answers.
    times = Counter(names)
    twice = [str(at) for at, name in enumerate(names, start=1) if times[name] > 1]
    if twice:
        what = f"columns of the same name: number {', '.join(twice)}"
        raise ReportError(what, path.name, len(twice), "name each column once, in the first row")
    try:
        return pd.DataFrame({name: _plain(table.iloc[:, at]) for at, name in enumerate(names)})
    except UnicodeError:
        raise ReportError("cells hold bytes that are no text", path.name, remedy="export codes as numbers") from None


def not_a_file(path: Path, name: str) -> ReportError:
    """Tell that there is no file, or what stands in its place; the name is how the message calls it."""
    if path.is_dir():
        return ReportError("a folder stands in a file's place", name, remedy="put the file there")
    return ReportError("a file is missing", name, remedy="put it into the data root")


def forbidden(path: Path) -> ReportError:
    """Tell that the file is there but closed to who runs this."""
    return ReportError("the file may not be read", path.name, remedy="ask for the right to read it")


def value_labels(path: Path) -> dict[str, dict[int, str]]:
    """Read what a file itself calls its codes.

    Parameters
    ----------
    path : Path
        A raw file.

    Returns
    -------
    dict of str to dict of int to str
        Labels by column and code; empty for formats that carry none.
    """
    kind = path.suffix.lower().removeprefix(".")
    if kind not in ("sav", "dta"):
        return {}
    import pyreadstat

    read = pyreadstat.read_sav if kind == "sav" else pyreadstat.read_dta
    _, about = read(str(path), metadataonly=True)
    return {
        name: {int(code): str(label) for code, label in labels.items() if float(code).is_integer()}
        for name, labels in about.variable_value_labels.items()
    }


def _read(path: Path, kind: str) -> pd.DataFrame:
    if kind == "parquet":
        # An index that whoever wrote the file left in it means nothing here, and may hold duplicates.
        return pd.read_parquet(path).reset_index(drop=True)
    if kind == "csv":
        return _read_csv(path)
    # A second of import time that only these two formats should cost.
    import pyreadstat

    if kind == "sav":
        # Without user_missing a declared missing code (99) would become blank, which means «not asked» here.
        table, _ = pyreadstat.read_sav(path, user_missing=True)
    else:
        table, _ = pyreadstat.read_dta(path)
    return pd.DataFrame(table)


def _read_csv(path: Path) -> pd.DataFrame:
    with path.open(encoding="utf-8-sig", newline="") as file:
        first = file.readline()
        blank = not file.read().strip()
    separator = max(";,\t", key=first.count)
    names = next(csv.reader([first], delimiter=separator))
    if blank:
        return pd.DataFrame(columns=names)
    if len(names) == 1 and re.search(r"[^\w\s]|\S\s+\S", names[0].strip()):
        remedy = "the first row holds the names, each cell of it by comma, semicolon or tab from the next"
        raise ReportError("the header is one single cell", path.name, remedy=remedy)
    # Only pyarrow's reader refuses rows of the wrong length; names are passed so that it renames none.
    table = pd.read_csv(
        path, sep=separator, dtype=str, keep_default_na=False, engine="pyarrow", encoding="utf-8-sig",
        header=None, skiprows=1, names=[str(at) for at in range(len(names))],
    )  # fmt: skip
    return table.set_axis(names, axis=1)


def _plain(column: pd.Series) -> pd.Series:
    """Numbers as Int64 or Float64, also where they came as text; the rest as stripped text."""
    if pd.api.types.is_numeric_dtype(column):
        return _whole(column)
    text = column.astype("string").str.strip()
    text = text.mask(text == "")
    if text.dropna().str.fullmatch(NUMBER).all():
        return _whole(pd.to_numeric(text.str.replace(",", ".", regex=False)))
    return text


def _whole(column: pd.Series) -> pd.Series:
    if pd.api.types.is_integer_dtype(column) or pd.api.types.is_bool_dtype(column):
        return column.astype("Int64")
    numbers = column.to_numpy(dtype=float, na_value=np.nan)
    present = numbers[~np.isnan(numbers)]
    if (np.abs(present) < EXACT).all() and (present == np.round(present)).all():
        return pd.Series(pd.array(numbers, dtype="Float64"), name=column.name).astype("Int64")
    return pd.Series(pd.array(numbers, dtype="Float64"), name=column.name)


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
