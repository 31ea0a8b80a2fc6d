"""Targets as linear functions of one variable's values, which is what lets them all be met together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engine.errors import ReportError

from .composites import Composite
from .exact import inverse, product, solve
from .live import MOVING, Live, live
from .models import Fit, read_models
from .rules import matches, populations
from .scores import Score
from .targets import MODELLED, Target

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
    divisor: Floats

    def variance(self, values: Floats) -> float:
        """Return the estimate's variance at these values (of all persons): Taylor, n/(n-1)."""
        answers = values[self.rows] / self.divisor
        cross = self.design.T * self.weight
        fitted = solve(product(cross, self.design), product(cross, answers))
        residuals = answers - product(self.design, fitted)
        count = len(answers)
        return float(count / (count - 1) * np.square(self.coefficients * self.divisor * residuals).sum())


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
    composite : Composite, optional
        A mean over items that this variable completes; targets that name it are about the mean.
    """

    # Follows `scores`, which change with the values that targets are followed to.
    _which: dict[Score, list[int]] | None = None

    def __init__(
        self,
        targets: Sequence[Target],
        persons: pd.DataFrame,
        asked: NDArray[np.bool_],
        composite: Composite | None = None,
    ) -> None:
        self.targets = list(targets)
        self._wave = persons["wave"].to_numpy()
        self._weight = persons["weight"].to_numpy(dtype=float)
        self._size = persons["office_size"].to_numpy(dtype=float) / SIZE_UNIT
        self._asked = asked
        self._fits: dict[str, Fit] = {}
        self._chosen: dict[str, NDArray[np.bool_]] = {}
        self.coefficients = np.zeros((len(self.targets), len(persons)))
        self.offsets = np.zeros(len(self.targets))
        self.scores: list[Score] = [target.score for target in self.targets]
        self.parts: list[list[Part]] = []
        self._live: list[Live | None] = []
        self._composite = composite
        for index, target in enumerate(self.targets):
            parts: list[Part] = [] if target.measure in MODELLED else self._parts(target, persons)
            self.parts.append(parts)
            for part in parts:
                self.coefficients[index][part.rows] += part.sign * part.coefficients
            fit = self._fit(target, persons) if target.model else None
            self._live.append(self._moving(target, parts, fit, persons))
            if fit is not None and target.measure not in MOVING:
                scale = 100.0 if target.measure == "margin_pct" else 1.0
                self.coefficients[index][fit.rows] = scale * product(fit.combination(target.term), fit.solver)
            if composite is not None and target.composite == composite.name:
                self.coefficients[index] /= composite.count
                self.offsets[index] = product(self.coefficients[index], composite.base)

    def _fit(self, target: Target, persons: pd.DataFrame) -> Fit:
        if target.model not in self._fits:
            self._fits[target.model] = Fit(read_models()[target.model], persons[self._asked])
            # Rows count within those asked; here within all.
            self._fits[target.model].rows = np.flatnonzero(self._asked)[self._fits[target.model].rows]
        return self._fits[target.model]

    def _moving(self, target: Target, parts: list[Part], fit: Fit | None, persons: pd.DataFrame) -> Live | None:
        if target.measure not in MOVING and not (fit is not None and fit.model.kind == "mixed"):
            return None
        rows = parts[0].rows if parts else np.zeros(0, dtype=np.intp)
        return live(target, fit, rows, self._weight, persons["office_id"].to_numpy())

    def _parts(self, target: Target, persons: pd.DataFrame) -> list[Part]:
        inside = self._asked & self._matches(persons, populations()[target.population])
        divisor = np.ones(len(persons))
        if target.divisor:
            divisor = persons[target.divisor].to_numpy(dtype=float)
            inside &= divisor > 0
        groups = [(1.0, inside & self._matches(persons, target.rule))]
        if target.against:
            groups.append((-1.0, inside & self._matches(persons, target.against)))
        parts = []
        for side, group in groups:
            for position, wave in enumerate(reversed(target.waves)):
                rows = np.flatnonzero(group & (self._wave == wave))
                if len(rows) < 4:
                    what = f"target {target.name} has a group of fewer than 4 persons"
                    raise ReportError(what, "data/twin", len(rows), "Check its filter.")
                parts.append(self._part(target, side * (-1.0) ** position, rows, divisor[rows]))
        return parts

    def _matches(self, persons: pd.DataFrame, rule: str) -> NDArray[np.bool_]:
        """Choose persons by a rule, once for all targets that name it."""
        if rule not in self._chosen:
            self._chosen[rule] = matches(persons, rule)
        return self._chosen[rule]

    def _part(self, target: Target, sign: float, rows: Rows, divisor: Floats) -> Part:
        weight = np.ones(len(rows)) if target.measure in ("n", "raw_share") else self._weight[rows]
        ones = np.ones(len(rows))
        if target.measure == "n":
            return Part(sign, rows, ones, ones[:, None], weight, ones)
        if not target.at:
            percent = 100.0 if target.measure.endswith("share") else 1.0
            return Part(sign, rows, percent * weight / weight.sum() / divisor, ones[:, None], weight, divisor)
        design = np.column_stack([ones, self._size[rows], self._size[rows] ** 2])
        points = np.array([[1.0, at / SIZE_UNIT, (at / SIZE_UNIT) ** 2] for at in target.at])
        place = points[0] - points[1] if len(points) == 2 else points[0]
        slopes = product(inverse(product(design.T * weight, design)), place)
        return Part(sign, rows, weight * product(design, slopes) / divisor, design, weight, divisor)

    @property
    def moving(self) -> NDArray[np.bool_]:
        """Which targets are not linear in the scores of answers, shape (targets,)."""
        return np.array([target.measure in MOVING for target in self.targets], dtype=bool)

    def renew(self, values: Floats) -> None:
        """Follow the targets that are not linear to these values: they are linear only nearby."""
        if not any(self._live):
            return
        for fit in self._fits.values():
            fit.renew(values)
        self._which = None
        for index, moving in enumerate(self._live):
            if moving is not None:
                row, self.offsets[index], self.scores[index] = moving.at(values)
                self.coefficients[index] = 0.0
                self.coefficients[index][moving.rows] = row

    def totals(self, values: Floats) -> Floats:
        """Return each target's estimate (not divided by any standard error), shape (targets,)."""
        result = self.offsets.copy()
        for score, which in self.by_score():
            result[which] += product(self.coefficients[which], score.of(values))
        return result

    def by_score(self) -> list[tuple[Score, list[int]]]:
        """List the scores by which targets see answers, each with the numbers of its targets."""
        if self._which is None:
            self._which = {}
            for number, score in enumerate(self.scores):
                self._which.setdefault(score, []).append(number)
        return list(self._which.items())

    def _outcome(self, target: Target, values: Floats) -> Floats:
        """What a target's model explains: the scored answers, or the mean over items that they complete."""
        if self._composite is not None and target.composite == self._composite.name:
            return np.asarray((values + self._composite.base) / self._composite.count)
        return target.score.of(values)

    def units(self, values: Floats) -> Floats:
        """Return the unit of each target at these values: 1, or a standard error, or a sum of two."""
        units = np.ones(len(self.targets))
        for index, target in enumerate(self.targets):
            if not target.in_errors:
                continue
            if target.measure == "coef_z":
                fit = self._fits[target.model]
                units[index] = fit.error(fit.combination(target.term), self._outcome(target, values))
                continue
            seen = self._outcome(target, values)
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
        self.renew(values)
        low, high, _ = self.bounds(values, keep)
        totals = self.totals(values)
        bad = (totals < low) | (totals > high)
        return [target.name for target, missed in zip(self.targets, bad, strict=True) if missed]
