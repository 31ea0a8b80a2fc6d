"""Small cells: their outcomes' totals must be whole numbers, so exchange codes until the printed β ask for such."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.errors import ReportError

from .moments import Predictors, Rows
from .people import possible
from .regressions import Floats

# Cells above this can meet any total within half a printed unit by whole persons.
SMALL = 1700
# Part of half a printed unit by which the wanted total may differ from a whole number.
NEAR = 0.4
HALF = 0.0005
TRIALS, ROUNDS, KICKS = 1500, 3000, 40


@dataclass(frozen=True)
class Cell:
    """People who share a small category; `elsewhere` counts those of other groups."""

    variable: str
    codes: tuple[int, ...]
    members: NDArray[np.bool_]
    elsewhere: int = 0

    @property
    def size(self) -> int:
        """Number of members among the people at hand."""
        return int(self.members.sum())


@dataclass(frozen=True)
class Outcome:
    """A regression as small cells see it."""

    predictor: str
    constant: float
    through: str = ""
    effect: float = 0.0


def integerise(
    predictors: Predictors,
    cells: list[Cell],
    outcomes: list[Outcome],
    variables: list[str],
    rng: np.random.Generator,
    offsets: Floats | None = None,
) -> NDArray[np.bool_]:
    """Exchange codes between members of small cells and others until each cell's total is near a whole number."""
    inside = np.array([cell.members for cell in cells])
    anyone = inside.any(axis=0)
    near = NEAR * HALF * np.array([cell.size + cell.elsewhere for cell in cells])
    names = [outcome.predictor for outcome in outcomes]
    totals = np.array([[predictors.values[name][cell.members].sum() for name in names] for cell in cells])
    totals += np.array([[outcome.constant * cell.size for outcome in outcomes] for cell in cells])
    totals += 0 if offsets is None else offsets
    outside, tried = np.flatnonzero(~anyone), 0
    for _ in range(ROUNDS):
        energy = _misses(totals, outcomes, near)
        if not energy.any():
            return np.asarray(anyone)
        worst = int(rng.choice(np.flatnonzero(energy.sum(axis=1) > 0)))
        variable = variables[int(rng.integers(len(variables)))]
        first = rng.choice(np.flatnonzero(inside[worst]), size=TRIALS)
        second = rng.choice(outside, size=TRIALS)
        fine = possible(predictors.people, variable, first, second) & ~_touches(predictors, cells, variable, first)
        fine &= ~_touches(predictors, cells, variable, second)
        first, second = first[fine], second[fine]
        if not len(first):
            continue
        new = totals[:, :, None] + _steps(predictors, inside, names, variable, first, second)
        after = np.square(_misses(new, outcomes, near[:, None])).sum(axis=(0, 1))
        best = int(np.argmin(np.round(after, 9)))
        if after[best] >= np.square(energy).sum():
            tried += 1
            if tried <= KICKS:
                continue
            # Stuck: any exchange, to begin from another place.
            best = int(rng.integers(len(first)))
        tried = 0
        predictors.exchange(variable, first[[best]], second[[best]])
        totals = new[:, :, best]
    raise ReportError("small cells find no whole numbers", "data/twin/register", remedy="Try another seed.")


def _misses(totals: Floats, outcomes: list[Outcome], near: Floats) -> Floats:
    """How far beyond near enough each total is from a whole number, in near enoughs; shape as `totals`."""
    names, result = [outcome.predictor for outcome in outcomes], np.zeros_like(totals)
    for k, outcome in enumerate(outcomes):
        wanted = totals[:, k]
        if outcome.through:
            wanted = wanted + outcome.effect * np.round(totals[:, names.index(outcome.through)])
        result[:, k] = np.maximum(np.abs(wanted - np.round(wanted)) - near, 0) / near
    return result


def _steps(
    predictors: Predictors, inside: NDArray[np.bool_], names: list[str], variable: str, first: Rows, second: Rows
) -> Floats:
    """Change of totals, shape (cells, outcomes, pairs)."""
    step = predictors.steps(variable, first, second)
    member = inside[:, first].astype(float) - inside[:, second]
    return np.asarray(member[:, None, :] * np.array([step[name] for name in names])[None])


def _touches(predictors: Predictors, cells: list[Cell], variable: str, persons: Rows) -> NDArray[np.bool_]:
    """Tell whose code of the variable makes them members of a small cell."""
    own = [code for cell in cells if cell.variable == variable for code in cell.codes]
    return np.isin(predictors.people[variable][persons], own)
