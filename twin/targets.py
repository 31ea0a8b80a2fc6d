"""What the twin must give back: intervals around published numbers, statements and our assumptions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.errors import ReportError

from .scores import SQUARE, Score, read_score
from .tables import ASSUMPTION, published, read

# What a target may measure. n: persons. share, raw_share: per cent, weighted and not. mean, sd: in the variable's
# unit. z: estimate over its standard error. gap: difference over the sum of both standard errors (1.96: the
# two 95 % intervals just touch). coef, margin, r2: a coefficient, a predicted mean (margin_pct: per cent) and the
# determination of a model; coef_z, coef_se: coefficient over its standard error, and that. icc: variance between
# offices, per cent.
MEASURES = (
    "n", "share", "raw_share", "mean", "sd", "z", "gap",
    "coef", "coef_z", "coef_se", "margin", "margin_pct", "r2", "icc",
)  # fmt: skip
MODELLED = ("coef", "coef_z", "coef_se", "margin", "margin_pct", "r2")


@dataclass(frozen=True)
class Target:
    """One interval that an estimate from the written files must lie in.

    Attributes
    ----------
    name : str
        Id of the target.
    measure : str
        One of `MEASURES`.
    variable : str
        A numeric column, or a condition on one (`age_group_followed==1`) whose share is meant.
    waves : tuple of int
        One wave, or two for the later minus the earlier.
    population, rule, against : str
        Population, the rule of a group in it, and the rule of a group to subtract.
    at : tuple of float
        Empty: a mean. One office size: prediction there. Two: prediction at the first minus at the second.
    low, high : float
        Interval in the measure's unit, infinite where open; half-up rounding excludes a published `high`.
    source : str
        Published row, exhibit whose findings say it, or `assumption`.
    model, term : str
        Model of data/twin/models.csv and its term, or `column=value` for a predicted mean.
    composite : str
        The mean over items that is meant, where the variable is the last of them.
    """

    name: str
    measure: str
    variable: str
    waves: tuple[int, ...]
    population: str
    rule: str
    against: str
    at: tuple[float, ...]
    low: float
    high: float
    source: str
    model: str = ""
    term: str = ""
    composite: str = ""

    @property
    def column(self) -> str:
        """The column that the target is about."""
        return read_score(self.variable)[0]

    @property
    def divisor(self) -> str:
        """The column that answers are divided by, or empty."""
        return read_score(self.variable)[1]

    @property
    def score(self) -> Score:
        """How the target sees an answer."""
        return Score(SQUARE) if self.measure == "sd" else read_score(self.variable)[2]

    @property
    def in_errors(self) -> bool:
        """Whether the unit is standard errors."""
        return self.measure in ("z", "gap", "coef_z")

    def aim(self, keep: float) -> tuple[float, float]:
        """Return the middle part of the interval, `keep` of its width; an open one is entered a bit."""
        if self.low == float("-inf") or self.high == float("inf"):
            step = 0.5 * (1 - keep)
            return self.low + step, self.high - step
        middle, half = (self.low + self.high) / 2, (self.high - self.low) / 2
        return middle - keep * half, middle + keep * half


TABLES = ("survey_targets", "item_targets")


def read_targets(tables: Sequence[str] = TABLES) -> list[Target]:
    """Read tables of targets; bounds of published rows come from the printed value and its digits.

    A number printed as «0» among numbers of two decimals says so in the column `digits`.

    Raises
    ------
    ReportError
        A row with an unknown measure or source, or an interval that is empty.
    """
    return [_target(row) for table in tables for row in read(table)]


def _target(row: dict[str, str]) -> Target:
    name, where = row["id"], "data/twin"
    if row["measure"] not in MEASURES:
        remedy = f"Use one of {', '.join(MEASURES)}."
        raise ReportError(f"target {name} has an unknown measure", where, remedy=remedy)
    if row["low"] or row["high"]:
        low, high = float(row["low"] or "-inf"), float(row["high"] or "inf")
    elif row["source"] == ASSUMPTION:
        raise ReportError(f"target {name} is an assumption without numbers", where, remedy="Give low or high.")
    else:
        printed = published(row["source"])
        low, high = replace(printed, digits=max(printed.digits, int(row.get("digits") or 0))).interval()
        if row.get("of"):
            # A printed share of a printed number of persons, as a number of persons.
            whole = published(row["of"]).value
            low, high = low / 100 * whole, high / 100 * whole
    if not low < high:
        raise ReportError(f"target {name} has an empty interval", where=where, remedy="Give low < high.")
    return Target(
        name=name,
        measure=row["measure"],
        variable=row["variable"],
        waves=tuple(int(year) for year in row["wave"].split(">")),
        population=row["population"],
        rule=row["filter"],
        against=row["against"],
        at=tuple(float(size) for size in row["at"].split("-") if size),
        low=low,
        high=high,
        source=row["source"],
        model=row.get("model") or "",
        term=row.get("term") or "",
        composite=row.get("composite") or "",
    )
