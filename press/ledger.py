"""The ledger: every published number against the recomputed one."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pandas as pd

from helpers.errors import ReportError
from helpers.numbers import round_half_up
from helpers.participation import response
from helpers.survey import Survey, open_survey

from .claims import PREDICATES
from .project import ROOT, Project
from .runs import RUNS_VARIABLE
from .stage import exhibits_of

PUBLISHED = ROOT / "data" / "published" / "rapport"

REPRODUCED = "reproduced"
WITHIN = "within the statement"
CONTRADICTED = "contradicted in print"
NOT_ESTIMATE = "not an estimate"
NOT_REPRODUCED = "not reproduced"
OUTSIDE = "outside this edition"
AWAITS = "awaits its chapter"
EXPLAINED = {REPRODUCED, WITHIN, CONTRADICTED, NOT_ESTIMATE, OUTSIDE, AWAITS}
KEY_COLUMNS = ["wave", "population", "group", "sector", "category", "measure"]


@dataclass(frozen=True)
class Ledger:
    """Published numbers and findings, each with its verdict.

    Attributes
    ----------
    year : int
        The edition.
    values : pandas.DataFrame
        One row a published number: id, exhibit, wave, published, digits, recomputed, status, reason.
    claims : pandas.DataFrame
        One row a finding in words: id, exhibit, statement, predicate, held.
    """

    year: int
    values: pd.DataFrame
    claims: pd.DataFrame

    @property
    def unexplained(self) -> pd.DataFrame:
        """Rows that are not reproduced."""
        return self.values[~self.values["status"].isin(EXPLAINED)]

    @property
    def failed_claims(self) -> pd.DataFrame:
        """Claims of this edition that do not hold."""
        return self.claims[self.claims["status"] == "fails"]

    @property
    def compared(self) -> int:
        """Published numbers that have a verdict."""
        return int((self.values["status"] != AWAITS).sum())

    @property
    def tried(self) -> int:
        """Claims that this edition can try."""
        return int(self.claims["status"].isin(["holds", "fails"]).sum())

    @property
    def held(self) -> int:
        """Claims that hold."""
        return int((self.claims["status"] == "holds").sum())

    def summary(self) -> pd.DataFrame:
        """Count rows by exhibit (rows) and status (columns); exhibits without a chapter are left out."""
        made = self.values[self.values["status"] != AWAITS]
        return pd.crosstab(made["exhibit"], made["status"], margins=True, margins_name="i alt")


def emitted_estimates(notebooks: Iterable[Path], survey: Survey) -> dict[str, pd.DataFrame]:
    """Collect the estimates that runs emitted, by exhibit, and those of the definitions that stand in.

    Parameters
    ----------
    notebooks : iterable of Path
        Executed chapters.
    survey : Survey
        For what no chapter makes yet: the response counts of annex 1.

    Returns
    -------
    dict
        Exhibit id to tidy estimates, exactly as its page has them.
    """
    found = {"text": response(survey)}
    for path in notebooks:
        for record in exhibits_of(path):
            text_keys = {key: str for key in KEY_COLUMNS}
            table = pd.read_csv(io.StringIO(record["csv"]), dtype=text_keys, keep_default_na=False, na_values={
                name: [""] for name in ("estimate", "standard_error", "ci_low", "ci_high", "n", "x", "p_value")
            })  # fmt: skip
            found[record["id"]] = table
    found["text"][KEY_COLUMNS] = found["text"][KEY_COLUMNS].astype(str)
    return found


def open_ledger(survey_year: int | None = None, project: Project | None = None) -> Ledger:
    """Compare the published numbers with the runs of an edition.

    Parameters
    ----------
    survey_year : int or None
        Survey year; None for the newest wave.
    project : Project, optional
        The book; this one by default.

    Returns
    -------
    Ledger

    Notes
    -----
    Inside a build the runs are handed over; alone, what is not kept yet is run first.
    """
    survey = open_survey(survey_year)
    handed = [Path(name) for name in os.environ.get(RUNS_VARIABLE, "").split(os.pathsep) if name]
    estimates = emitted_estimates(handed or _own_runs(project or Project(), survey.year), survey)
    return Ledger(survey.year, compare_values(estimates, survey.waves), check_claims(estimates, survey.waves))


def _own_runs(project: Project, year: int) -> list[Path]:
    """Run what is not kept yet, each chapter in a process of its own: this may be a kernel, which must not fork."""
    from .build import open_edition
    from .runs import reads_other_runs

    edition = open_edition(project, year, None)
    runs = edition.runs([chapter for chapter in project.chapters if not reads_other_runs(chapter)])
    for run in [run for run in runs if not run.done]:
        command = "from press.cli import main; main()"
        arguments = ["run", run.chapter.slug, "--year", str(year), "--data", str(edition.data)]
        done = subprocess.run(
            [sys.executable, "-c", command, *arguments], cwd=project.root, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise ReportError(
                f"a chapter failed: {done.stderr.strip()}", where=run.chapter.slug, remedy="mend it first"
            )
    return [run.output for run in runs]


def compare_values(estimates: dict[str, pd.DataFrame], waves: list[int], folder: Path = PUBLISHED) -> pd.DataFrame:
    """Give every published number its verdict.

    Parameters
    ----------
    estimates : dict
        Exhibit id to tidy estimates.
    waves : list of int
        Waves of this edition.
    folder : Path
        With `values.csv`, `keys.csv` (which estimate a row is) and `verdicts.csv` (rows that are not comparable, why).

    Returns
    -------
    pandas.DataFrame
        As `Ledger.values`, in the order of `values.csv`.
    """
    values = pd.read_csv(folder / "values.csv", dtype=str, keep_default_na=False)
    keys = _by_id(folder / "keys.csv")
    verdicts = _by_id(folder / "verdicts.csv")
    _refuse_unknown(values["id"], [*keys, *verdicts], folder)
    rows = []
    for row in values.to_dict("records"):
        recomputed: float | None = None
        reason_nb = ""
        if row["id"] in verdicts:
            status, reason, reason_nb = (verdicts[row["id"]][name] for name in ("status", "reason", "reason_nb"))
            recomputed = _find(estimates, keys[row["id"]]) if row["id"] in keys else None
        elif row["id"] not in keys:
            made = row["exhibit"] in estimates and row["exhibit"] != "text"
            status, reason = (NOT_REPRODUCED, "no key names its estimate") if made else (AWAITS, "")
        elif row["wave"].isdigit() and int(row["wave"]) not in waves:
            status, reason = OUTSIDE, f"wave {row['wave']}"
        else:
            recomputed = _find(estimates, keys[row["id"]])
            status, reason = verdict(row["value"], int(row["digits"] or 0), row["note"], recomputed)
        rows.append(
            {name: row[name] for name in ("id", "exhibit", "wave", "sector", "group", "category", "digits")}
            | {"published": row["value"], "recomputed": recomputed, "status": status, "reason": reason}
            | {"reason_nb": reason_nb}
        )
    return pd.DataFrame(rows)


def verdict(published: str, digits: int, note: str, recomputed: float | None) -> tuple[str, str]:
    """Compare one printed number with one estimate.

    Parameters
    ----------
    published : str
        The number with a decimal point.
    digits : int
        Printed decimals.
    note : str
        Flags; `[approx]` is «om lag»: half a unit of the last digit that is not zero.
    recomputed : float or None
        The estimate.

    Returns
    -------
    tuple of str
        Status and reason.
    """
    if recomputed is None or pd.isna(recomputed):
        return NOT_REPRODUCED, "no such estimate in this edition"
    printed = Decimal(published)
    if round_half_up(recomputed, digits) == printed:
        return REPRODUCED, ""
    if "[approx]" in note and abs(Decimal(repr(recomputed)) - printed) <= _unit(printed) / 2:
        return WITHIN, "stated as about"
    return NOT_REPRODUCED, "differs at the printed digits"


def _unit(printed: Decimal) -> Decimal:
    """Unit of the last digit that is not zero: 100 for 13 800, 0.1 for 3.5."""
    return Decimal(1).scaleb(printed.normalize().as_tuple().exponent)  # type: ignore[arg-type]


def _find(estimates: dict[str, pd.DataFrame], key: dict[str, str]) -> float | None:
    table = estimates.get(key["exhibit"])
    if table is None:
        return None
    chosen = pd.Series(True, index=table.index)
    for column in KEY_COLUMNS:
        if key[column]:
            chosen &= table[column] == key[column]
    found = table.loc[chosen, "estimate"]
    return float(found.iloc[0]) if len(found) == 1 else None


def _by_id(path: Path) -> dict[str, dict[str, str]]:
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    return {row["id"]: {str(k): str(v) for k, v in row.items()} for row in table.to_dict("records")}


def _refuse_unknown(known: pd.Series, used: list[str], folder: Path) -> None:
    unknown = sorted(set(used) - set(known))
    if unknown:
        raise ReportError(
            f"ids that no published row has: {', '.join(unknown[:5])}", where=f"{folder.name}/keys.csv or verdicts.csv",
            count=len(unknown), remedy="mend the id or drop the row",
        )  # fmt: skip


def check_claims(estimates: dict[str, pd.DataFrame], waves: list[int], folder: Path = PUBLISHED) -> pd.DataFrame:
    """Try each finding in words on the estimates of its exhibit.

    Parameters
    ----------
    estimates, waves, folder
        As in `compare_values`; findings stand in `claims.csv`.

    Returns
    -------
    pandas.DataFrame
        id, exhibit, statement, predicate, arguments, status: holds, fails, or the edition has not its waves or exhibit.
    """
    claims = pd.read_csv(folder / "claims.csv", dtype=str, keep_default_na=False)
    status = []
    for claim in claims.to_dict("records"):
        arguments = [part.strip() for part in claim["arguments"].split(";")]
        years = {int(part) for part in arguments if part.isdigit()}
        if claim["exhibit"] not in estimates:
            status.append(AWAITS)
        elif not years <= set(waves):
            status.append(OUTSIDE)
        else:
            table = estimates[claim["exhibit"]]
            status.append("holds" if PREDICATES[claim["predicate"]](table, *arguments) else "fails")
    return claims.assign(status=status)
