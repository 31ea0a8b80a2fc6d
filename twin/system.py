"""Targets as linear functions of one variable's values, which is what lets them all be met together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.errors import ReportError

from .rules import matches, populations
from .targets import Target

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

# Only units: with sizes in hundreds the powers in the curves stay of one magnitude.
SIZE_UNIT = 100.0


@dataclass(frozen=True)
class Part:
    """One estimate inside a target: `sign` times the sum of coefficients times values, over some rows."""

    sign: float
    rows: Rows
    coefficients: Floats
    design: Floats
    weight: Floats

    def variance(self, values: Floats) -> float:
        """Return the estimate's variance at these values (of all persons): Taylor, n/(n-1)."""
        answers = values[self.rows]
        cross = self.design.T * self.weight
        residuals = answers - self.design @ np.linalg.solve(cross @ self.design, cross @ answers)
        count = len(answers)
        return float(count / (count - 1) * np.square(self.coefficients * residuals).sum())


class System:
    """All targets on one variable, over the persons who may answer it.

    Parameters
    ----------
    targets : sequence of Target
        Targets whose `column` is the same.
    persons : pandas.DataFrame
        Everyone in all waves, with `wave`, `weight`, `office_size` and what the rules name.
    asked : ndarray of bool, shape (persons,)
        Who has an answer on the variable; nobody else counts in any estimate.
    """

    def __init__(self, targets: Sequence[Target], persons: pd.DataFrame, asked: NDArray[np.bool_]) -> None:
        self.targets = list(targets)
        self._wave = persons["wave"].to_numpy()
        self._weight = persons["weight"].to_numpy(dtype=float)
        self._size = persons["office_size"].to_numpy(dtype=float) / SIZE_UNIT
        self._asked = asked
        self.parts = [self._parts(target, persons) for target in self.targets]
        self.coefficients = np.zeros((len(self.targets), len(persons)))
        for row, parts in zip(self.coefficients, self.parts, strict=True):
            for part in parts:
                row[part.rows] += part.sign * part.coefficients
        self.codes = [target.code for target in self.targets]

    def _parts(self, target: Target, persons: pd.DataFrame) -> list[Part]:
        inside = self._asked & matches(persons, populations()[target.population])
        groups = [(1.0, inside & matches(persons, target.rule))]
        if target.against:
            groups.append((-1.0, inside & matches(persons, target.against)))
        parts = []
        for side, group in groups:
            for position, wave in enumerate(reversed(target.waves)):
                rows = np.flatnonzero(group & (self._wave == wave))
                if len(rows) < 4:
                    what = f"target {target.name} has a group of fewer than 4 persons"
                    raise ReportError(what, "data/twin", len(rows), "Check its filter.")
                parts.append(self._part(target, side * (-1.0) ** position, rows))
        return parts

    def _part(self, target: Target, sign: float, rows: Rows) -> Part:
        weight = np.ones(len(rows)) if target.measure in ("n", "raw_share") else self._weight[rows]
        ones = np.ones(len(rows))
        if target.measure == "n":
            return Part(sign, rows, ones, ones[:, None], weight)
        if not target.at:
            percent = 100.0 if target.measure.endswith("share") else 1.0
            return Part(sign, rows, percent * weight / weight.sum(), ones[:, None], weight)
        design = np.column_stack([ones, self._size[rows], self._size[rows] ** 2])
        points = np.array([[1.0, at / SIZE_UNIT, (at / SIZE_UNIT) ** 2] for at in target.at])
        place = points[0] - points[1] if len(points) == 2 else points[0]
        inverse = np.linalg.inv(design.T @ (weight[:, None] * design))
        return Part(sign, rows, weight * (design @ inverse @ place), design, weight)

    def seen(self, index: int, values: Floats) -> Floats:
        """Return the values as target number `index` sees them: as they are, or 1 where they are its code."""
        code = self.codes[index]
        return values if code is None else (values == code).astype(float)

    def totals(self, values: Floats) -> Floats:
        """Return each target's estimate (not divided by any standard error), shape (targets,)."""
        result = np.empty(len(self.targets))
        for code in dict.fromkeys(self.codes):
            which = [k for k, own in enumerate(self.codes) if own == code]
            result[which] = self.coefficients[which] @ self.seen(which[0], values)
        return result

    def units(self, values: Floats) -> Floats:
        """Return the unit of each target at these values: 1, or a standard error, or a sum of two."""
        units = np.ones(len(self.targets))
        for index, target in enumerate(self.targets):
            if target.in_errors:
                seen = self.seen(index, values)
                errors = np.sqrt([part.variance(seen) for part in self.parts[index]])
                units[index] = errors.sum() if target.measure == "gap" else np.sqrt(np.square(errors).sum())
        return units

    def bounds(self, values: Floats, keep: float) -> tuple[Floats, Floats, Floats]:
        """Return lowest and highest aimed-at totals and the scale of a miss (half the interval)."""
        units = self.units(values)
        aims = np.array([target.aim(keep) for target in self.targets]).reshape(-1, 2)
        widths = np.array([(target.high - target.low) / 2 for target in self.targets])
        return aims[:, 0] * units, aims[:, 1] * units, np.where(np.isfinite(widths), widths, 1.0) * units

    def missed(self, values: Floats, keep: float = 1.0) -> list[str]:
        """List the targets that do not hold at these values."""
        low, high, _ = self.bounds(values, keep)
        totals = self.totals(values)
        bad = (totals < low) | (totals > high)
        return [target.name for target, missed in zip(self.targets, bad, strict=True) if missed]
