"""The twin's files read and estimated on their own: nothing here uses the twin's code or the report's helpers."""

from __future__ import annotations

import csv
import operator
import re
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import numpy as np
import pandas as pd

PROJECT = Path(__file__).resolve().parents[1]
WAVES = (2022, 2023, 2024)
COUNSELLORS = ("has_caseload == 1 and role_counsellor == 1 and role_job_specialist == 0 and role_kvp == 0"
               " and role_intro == 0 and role_leader == 0")  # fmt: skip
POPULATIONS = {
    "answered": "has_caseload == has_caseload",
    "with_caseload": "has_caseload == 1",
    "counsellors": COUNSELLORS,
    "young_counsellors": f"{COUNSELLORS} and age_group_followed == 1",
    "counsellors_ch8": "has_caseload == 1 and sick_leave_work != 3 and role_leader == 0 and role_job_specialist == 0",
    "job_specialists": "has_caseload == 1 and role_job_specialist == 1",
    "intro_advisers": "has_caseload == 1 and role_intro == 1",
    "kvp_counsellors": "has_caseload == 1 and role_kvp == 1",
    "sick_leave_counsellors": "has_caseload == 1 and sick_leave_work == 3",
    "specialists": "has_caseload == 1 and (role_job_specialist == 1 or role_intro == 1 or role_kvp == 1"
    " or sick_leave_work == 3)",
}


def table(path: str) -> list[dict[str, str]]:
    with (PROJECT / "data" / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


PUBLISHED = {row["id"]: row for row in table("published/rapport/values.csv")}


def half_up(number: float, digits: int = 0) -> Decimal:
    return Decimal(repr(round(float(number), 9))).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def read(root: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Everyone who answered, with frame and weight, and everyone invited."""
    surveys, frames = [], []
    for wave in WAVES:
        frame = pd.read_parquet(root / f"frame_{wave}.parquet").assign(wave=wave)
        survey = pd.read_parquet(root / f"survey_{wave}.parquet").merge(frame, on="respondent_id", validate="1:1")
        frames.append(frame)
        surveys.append(survey.assign(weight=_weights(survey, frame)))
    people = pd.concat(surveys, ignore_index=True).astype(float)
    return people.assign(**_without_silence(people)), pd.concat(frames, ignore_index=True)


def _without_silence(people: pd.DataFrame) -> dict[str, pd.Series]:
    """Blank the codes of no answer, but for the screening question and the caseload, which tests look at."""
    silent = {row["name"]: float(row["missing"]) for row in table("codebook/survey.csv") if row["missing"]}
    names = [name for name in silent if name in people and name not in ("has_caseload", "caseload")]
    return {name: people[name].where(people[name] != silent[name]) for name in names}


def _cell(people: pd.DataFrame) -> pd.Series:
    return people["sector"] * 10 + np.searchsorted([20, 40, 70, 110], people["office_size"], side="right")


def _weights(survey: pd.DataFrame, frame: pd.DataFrame) -> pd.Series:
    invited, answered = _cell(frame).value_counts(), _cell(survey).value_counts()
    weight = _cell(survey).map(invited / answered)
    return weight / weight.mean()


class Group:
    """Weighted regression of an outcome on nothing (a mean) or on office size and its square, in part of a wave."""

    def __init__(self, people: pd.DataFrame, outcome: pd.Series, wave: int, rule: str, curve: bool = False) -> None:
        in_wave = people["wave"] == wave
        inside = in_wave & people.eval(rule) & outcome.notna()
        self.n, self.outcome = int(inside.sum()), outcome[inside].to_numpy(dtype=float)
        weight, size = people.loc[inside, "weight"].to_numpy(), people.loc[inside, "office_size"].to_numpy()
        design = np.vander(size, 3, increasing=True) if curve else np.ones((self.n, 1))
        root = np.sqrt(weight)[:, None]
        self.beta = np.linalg.lstsq(design * root, self.outcome * root[:, 0], rcond=None)[0]
        scores = design * (weight * (self.outcome - design @ self.beta))[:, None]
        bread = np.linalg.inv((design * weight[:, None]).T @ design)
        sampled = int(in_wave.sum())
        self.covariance = bread @ (scores.T @ scores) @ bread * sampled / (sampled - 1)

    def at(self, *sizes: float) -> tuple[float, float]:
        """Estimate and standard error: the mean, the prediction at a size, or at the first minus at the second."""
        if not sizes:
            return float(self.beta[0]), float(np.sqrt(self.covariance[0, 0]))
        place = [1.0, sizes[0], sizes[0] ** 2]
        if len(sizes) == 2:
            place = [0.0, sizes[0] - sizes[1], sizes[0] ** 2 - sizes[1] ** 2]
        vector = np.array(place)
        return float(vector @ self.beta), float(np.sqrt(vector @ self.covariance @ vector))

    def joint(self) -> float:
        """Wald statistic that office size does not matter; 5.99 is significant at 5 %."""
        slopes, covariance = self.beta[1:], self.covariance[1:, 1:]
        return float(slopes @ np.linalg.solve(covariance, slopes))


def caseloads(people: pd.DataFrame) -> pd.Series:
    return people["caseload"].where(people["caseload"] >= 0)


def mean(people: pd.DataFrame, wave: int, rule: str = "", population: str = "counsellors") -> float:
    return Group(people, caseloads(people), wave, both(POPULATIONS[population], rule)).at()[0]


def change(people: pd.DataFrame, first: int, last: int, rule: str = "", population: str = "counsellors") -> float:
    """Difference between two waves over its standard error."""
    whole = both(POPULATIONS[population], rule)
    (a, sa), (b, sb) = (Group(people, caseloads(people), wave, whole).at() for wave in (first, last))
    return (b - a) / float(np.hypot(sa, sb))


def curve(people: pd.DataFrame, wave: int, rule: str = "") -> Group:
    return Group(people, caseloads(people), wave, both(COUNSELLORS, rule), curve=True)


def both(population: str, rule: str) -> str:
    return f"({population}) and ({rule})" if rule else population


def estimate(people: pd.DataFrame, row: dict[str, str]) -> float:
    """What a row of data/twin/survey_targets.csv or item_targets.csv asks for, where it has no model."""
    outcome, scale = _outcome(people, row.get("composite") or row["variable"], row["measure"])
    people = people.assign(weight=1.0) if row["measure"] in ("n", "raw_share") else people
    sizes = [float(size) for size in row["at"].split("-") if size]
    waves = [int(wave) for wave in row["wave"].split(">")]
    total, errors = 0.0, []
    for side, text in ((1, row["filter"]), (-1, row["against"])):
        if side < 0 and not text:
            continue
        rule = both(POPULATIONS[row["population"]], " and ".join(f"({part})" for part in text.split(";") if part))
        for sign, wave in zip((side, -side), reversed(waves), strict=False):
            group = Group(people, outcome, wave, rule, curve=bool(sizes))
            value, error = (group.outcome.sum(), 0.0) if row["measure"] == "n" else group.at(*sizes)
            total += sign * value * scale
            errors.append(error * scale)
    if row["measure"] == "z":
        return total / float(np.linalg.norm(errors))
    return total / sum(errors) if row["measure"] == "gap" else total


def _outcome(people: pd.DataFrame, variable: str, measure: str) -> tuple[pd.Series, float]:
    if variable == "caseload":
        return caseloads(people), 1.0
    if "/" in variable:
        column, divisor = variable.split("/")
        return people[column] / people[divisor].where(people[divisor] > 0), 1.0
    found = re.fullmatch(r"(\w+)(==|!=|>=|<=)(\d+)", variable)
    if found is None:
        return people[variable], 1.0
    compare = {"==": operator.eq, "!=": operator.ne, ">=": operator.ge, "<=": operator.le}[found[2]]
    hit = compare(people[found[1]], int(found[3])).astype(float).where(people[found[1]].notna())
    return hit, 100.0 if measure.endswith("share") else 1.0


def holds(people: pd.DataFrame, row: dict[str, str]) -> bool:
    return fits(estimate(people, row), row)


def fits(value: float, row: dict[str, str]) -> bool:
    """Tell whether an estimate prints like the published number, or lies in the row's own interval."""
    if row["low"] or row["high"]:
        return float(row["low"] or "-inf") <= value <= float(row["high"] or "inf")
    printed = PUBLISHED[row["source"]]
    if row.get("of"):
        # The target counts persons; what is printed is their share of a printed number.
        value = 100 * value / float(PUBLISHED[row["of"]]["value"])
    digits = max(int(printed["digits"]), int(row.get("digits") or 0))
    return half_up(value, digits) == Decimal(printed["value"])
