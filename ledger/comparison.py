"""The ledger: every published number against the recomputed one."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from engine.data.manifest import read_manifest
from engine.data.survey import Survey
from engine.errors import ReportError
from engine.outputs import exhibits_of
from engine.register.raw import FOLDER, has_register

from .claims import judge
from .outcomes import ABSENT, FAILS, HIDDEN, HOLDS, IN_PART
from .published import REPORT, SOURCES, Source, read_values
from .sentences import disagreements
from .verdicts import (
    AWAITS,
    CONTRADICTED,
    EXPLAINED,
    NOT_REPRODUCED,
    OUTSIDE,
    REPRODUCED,
    STARS_CONTRADICTED,
    WITHIN,
    Finder,
    verdict,
)

YEAR = re.compile(r"20\d\d")
PUBLISHED = REPORT.folder
NUMBERS = ("estimate", "standard_error", "ci_low", "ci_high", "n", "x", "p_value", "standard_error_robust",
           "p_value_robust")  # fmt: skip
# The register's periods are its own: every year is inside.
ANY_YEAR = list(range(2000, 2100))
NO_REGISTER = "the data root holds no register"
# A year or a month.
TIME = re.compile(r"20\d\d(-\d\d)?")


@dataclass(frozen=True)
class Ledger:
    """Published numbers and findings, each with its verdict.

    Attributes
    ----------
    year : int
        The edition.
    values : pandas.DataFrame
        One row a published number: source, id, exhibit, wave, published, digits, recomputed, status, reason; of
        coefficients the stars in print and ours.
    claims : pandas.DataFrame
        One row a finding in words: source, id, exhibit, statement, predicate, status, reason.
    listed : frozenset of str
        Ids that the synthetic twin is known not to reach.
    denied : tuple of str
        Findings, each with a sentence of a chapter on the same estimates that says otherwise.
    """

    year: int
    values: pd.DataFrame
    claims: pd.DataFrame
    listed: frozenset[str] = frozenset()
    denied: tuple[str, ...] = ()

    def part(self, source: str) -> Ledger:
        """The same of one publication: `rapport` or `kalsto`."""
        values, claims = (table[table["source"] == source] for table in (self.values, self.claims))
        known = {*values["id"], *claims["id"]}
        return Ledger(self.year, values, claims, frozenset(self.listed & known))

    @property
    def faults(self) -> list[str]:
        """Numbers not reproduced and findings that fail without being listed, and listed ones that now hold.

        Findings that a sentence on the same estimates denies come last.
        The list can only shrink: whoever mends the twin must take the row off it.
        """
        wrong = {*self.unexplained["id"], *self.failed_claims["id"]}
        good = {*self.values.loc[self.values["status"].isin([REPRODUCED, WITHIN]), "id"]}
        good |= {*self.claims.loc[self.claims["status"] == HOLDS, "id"]}
        return sorted((wrong - self.listed) | (good & self.listed)) + list(self.denied)

    @property
    def unexplained(self) -> pd.DataFrame:
        """Rows that are not reproduced."""
        return self.values[~self.values["status"].isin(EXPLAINED)]

    @property
    def failed_claims(self) -> pd.DataFrame:
        """Claims of this edition that do not hold."""
        return self.claims[self.claims["status"].isin([IN_PART, FAILS])]

    @property
    def stars(self) -> tuple[int, int]:
        """Coefficients whose stars agree, and all whose stars can be read in print."""
        both = self.values.dropna(subset="stars_recomputed")
        readable = both[~both["stars_doubtful"]]
        return int((readable["stars_published"] == readable["stars_recomputed"]).sum()), len(readable)

    @property
    def compared(self) -> int:
        """Published numbers that have a verdict."""
        return int((self.values["status"] != AWAITS).sum())

    @property
    def tried(self) -> int:
        """Claims that this edition can try."""
        return int(self.claims["status"].isin([HOLDS, IN_PART, FAILS]).sum())

    @property
    def held(self) -> int:
        """Claims that hold."""
        return int((self.claims["status"] == HOLDS).sum())

    def counted(self, status: str) -> int:
        """Claims of a status."""
        return int((self.claims["status"] == status).sum())

    def summary(self) -> pd.DataFrame:
        """Count rows by exhibit (rows) and status (columns); exhibits without a chapter are left out."""
        made = self.values[self.values["status"] != AWAITS]
        return pd.crosstab(made["exhibit"], made["status"], margins=True, margins_name="i alt")


def emitted_estimates(notebooks: Iterable[Path]) -> dict[str, pd.DataFrame]:
    """Collect the estimates that runs emitted, by exhibit.

    Parameters
    ----------
    notebooks : iterable of Path
        Executed chapters.

    Returns
    -------
    dict
        Exhibit id to tidy estimates, exactly as its page has them.
    """
    return {record["id"]: read_estimates(record["csv"]) for path in notebooks for record in exhibits_of(path)}


def read_estimates(text: str) -> pd.DataFrame:
    """Read an exhibit's CSV: keys as text, numbers as numbers."""
    names = pd.read_csv(io.StringIO(text), nrows=0).columns
    return pd.read_csv(
        io.StringIO(text), dtype={name: str for name in names if name not in (*NUMBERS, "suppressed")},
        keep_default_na=False, na_values={name: [""] for name in NUMBERS},
    )  # fmt: skip


def open_ledger(notebooks: Iterable[Path], survey: Survey, root: Path) -> Ledger:
    """Compare the published numbers with what an edition's runs emitted.

    Parameters
    ----------
    notebooks : iterable of Path
        The edition's executed chapters.
    survey : Survey
        Its data.
    root : Path
        Its data root, which may hold a register.

    Returns
    -------
    Ledger
    """
    notebooks = list(notebooks)
    estimates = emitted_estimates(notebooks)
    parts = [_of_source(source, estimates, survey, root) for source in SOURCES]
    values = pd.concat([part.values for part in parts], ignore_index=True)
    claims = pd.concat([part.claims for part in parts], ignore_index=True)
    listed = frozenset().union(*(part.listed for part in parts))
    denied = disagreements(notebooks, estimates, claims)
    if survey.is_synthetic:
        # In the twin nothing is missing: such a claim names what no exhibit has, and would be hidden for ever.
        lost = claims[(claims["status"] == HIDDEN) & (claims["reason"] == ABSENT.reason)]
        denied += [f"{identifier} names no estimate" for identifier in lost["id"]]
    return Ledger(survey.year, values, claims, listed, tuple(denied))


def _of_source(source: Source, estimates: dict[str, pd.DataFrame], survey: Survey, root: Path) -> Ledger:
    """Compare one publication."""
    waves = ANY_YEAR if source.of_register else survey.waves
    values = compare_values(estimates, waves, source.folder).assign(source=source.name)
    claims = check_claims(estimates, waves, source.folder).assign(source=source.name)
    if source.of_register and not has_register(root):
        for table in (values, claims):
            table.loc[table["status"] == AWAITS, ["status", "reason"]] = [OUTSIDE, NO_REGISTER]
    synthetic = survey.is_synthetic
    if source.of_register and has_register(root):
        synthetic = read_manifest(root / FOLDER).is_synthetic
    reasons = by_id(source.not_reached) if synthetic else {}
    for place in values.index[(values["status"] == NOT_REPRODUCED) & values["id"].isin(reasons)]:
        reason = reasons[str(values.at[place, "id"])]
        values.loc[place, ["reason", "reason_nb"]] = [reason["reason"], reason["reason_nb"]]
    return Ledger(survey.year, values, claims, frozenset(reasons))


def write_lists(ledger: Ledger) -> list[Path]:
    """Write what a ledger of the synthetic twin does not reach into the lists beside the published numbers."""
    written = []
    for source in SOURCES:
        part, known = ledger.part(source.name), by_id(source.not_reached)
        columns = ["id", "reason", "reason_nb"]
        # A number's reason is written by hand, once; a finding's is its outcome.
        rows = [known.get(str(row["id"]), row) for row in part.unexplained[columns].to_dict("records")]
        numbers = pd.DataFrame(rows, columns=columns)
        missed = pd.concat([numbers, part.failed_claims[columns]]).sort_values("id")
        missed.to_csv(source.not_reached, index=False, lineterminator="\n")
        written.append(source.not_reached)
    return written


def compare_values(estimates: dict[str, pd.DataFrame], waves: list[int], folder: Path = PUBLISHED) -> pd.DataFrame:
    """Give every published number its verdict."""
    values = read_values(folder)
    keys = by_id(folder / "keys.csv")
    verdicts = by_id(folder / "verdicts.csv")
    _refuse_unknown(values["id"], [*keys, *verdicts], folder)
    finder = Finder(estimates)
    rows = []
    for row in values.to_dict("records"):
        made = row["exhibit"] in estimates and row["exhibit"] != "text" and bool(row["value"])
        status, reason = (NOT_REPRODUCED, "no key names its estimate") if made else (AWAITS, "")
        recomputed: float | None = None
        stars: str | None = None
        key = keys.get(row["id"])
        if key is not None:
            status, reason = _outside(row["wave"], waves, estimates.get(key["exhibit"]))
            if not status:
                recomputed = finder.number(key, row["value"] or "nan")
                # Coefficients that the text or a figure tells have no stars in print.
                stars = finder.stars(key) if row["exhibit"].startswith("tbl-") else None
                digits = int(key.get("digits") or row["digits"] or 0)
                status, reason = (
                    verdict(row["value"], digits, row["note"], recomputed, key.get("rule", ""))
                    if row["value"]
                    else (NOT_REPRODUCED, "no number in print")
                )
        judged = verdicts.get(row["id"])
        reason_nb = stars_nb = ""
        if judged is not None and judged["status"] == STARS_CONTRADICTED:
            stars_nb = judged["reason_nb"]
        # A number that comes back is reproduced whatever else the source says of it.
        elif judged is not None and status not in (REPRODUCED, OUTSIDE):
            status, reason, reason_nb = (judged[name] for name in ("status", "reason", "reason_nb"))
        rows.append(
            {name: row[name] for name in ("id", "exhibit", "wave", "sector", "group", "category", "digits")}
            | {"published": row["value"], "recomputed": recomputed, "status": status, "reason": reason}
            | {"reason_nb": reason_nb, "stars_published": row["significance"], "stars_recomputed": stars}
            | {"stars_doubtful": "[stars_lost]" in row["note"] or stars_nb != "", "stars_reason_nb": stars_nb}
            | {"label": "" if key is None else key["group"] if key["measure"] == "coef" else key["category"]}
        )
    return pd.DataFrame(rows)


def _outside(wave: str, waves: list[int], table: pd.DataFrame | None) -> tuple[str, str]:
    """Say why an edition cannot have a row, or nothing."""
    known = {*waves, *_register_years(table)}
    if any(int(year) not in known for year in YEAR.findall(wave)):
        return OUTSIDE, f"wave {wave}"
    if table is not None and table.empty:
        return OUTSIDE, "not asked in the edition's wave"
    if table is not None and _left_behind(set(YEAR.findall(wave)), waves, table):
        return OUTSIDE, f"the exhibit of {max(waves)} shows other waves"
    return "", ""


def _register_years(table: pd.DataFrame | None) -> set[int]:
    """Years of a register's own: months, and full-time equivalents, which no survey asked."""
    if table is None or "measure" not in table:
        return set()
    times = table["wave"].astype(str) if "wave" in table else pd.Series("", index=table.index)
    own = times[times.str.contains("-") | (table["measure"] == "fte")]
    return {int(time[:4]) for time in own}


def by_id(path: Path) -> dict[str, dict[str, str]]:
    """Read a table of texts as one record an id."""
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
    """Try each finding in words on the estimates of its exhibit."""
    claims = pd.read_csv(folder / "claims.csv", dtype=str, keep_default_na=False)
    found = [_judged({str(name): str(text) for name, text in claim.items()}, waves, estimates.get(claim["exhibit"]))
             for claim in claims.to_dict("records")]  # fmt: skip
    status, reason, reason_nb = zip(*found, strict=True)
    return claims.assign(status=status, reason=reason, reason_nb=reason_nb)


def _judged(claim: Mapping[str, str], waves: list[int], table: pd.DataFrame | None) -> tuple[str, str, str]:
    """Judge one finding: status, and why it does not hold."""
    if table is None:
        return AWAITS, "", ""
    arguments = [part.strip() for part in claim["arguments"].split(";")]
    times = {part for part in arguments if TIME.fullmatch(part)}
    if not {int(time[:4]) for time in times} <= {*waves, *_register_years(table)} or _left_behind(times, waves, table):
        return OUTSIDE, "", ""
    if claim.get("contradicted_by"):
        # The report's proofs stand where the article's name an inconsistency.
        return CONTRADICTED, "", claim.get("proof_nb") or claim["contradicted_by"]
    found = judge(claim["predicate"], table, arguments)
    return found.status, found.reason, found.reason_nb


def _left_behind(times: set[str], waves: list[int], table: pd.DataFrame) -> bool:
    """Whether an exhibit is empty, or an edition of a later year shows other waves in it than a finding is about."""
    if table.empty:
        return True
    years = {int(time[:4]) for time in times}
    shown = {int(wave[:4]) for wave in table["wave"].astype(str) if TIME.fullmatch(wave)} if "wave" in table else set()
    return bool(years) and max(waves) > max(years) and not years <= shown
