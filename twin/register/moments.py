"""Products of the regressions' linear predictors over people, and how an exchange of codes changes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.exact import product

from .regressions import Floats, People

Rows = NDArray[np.intp]
Effects = Mapping[str, Floats]


@dataclass(frozen=True)
class Aim:
    """A sum of products of predictors that is to have a certain value."""

    name: str
    products: tuple[tuple[str, str, float], ...]
    value: float
    tolerance: float


class Predictors:
    """Linear predictors without constants, kept in step with exchanges of codes."""

    def __init__(self, people: People, effects: Mapping[str, Effects]) -> None:
        self.people, self.effects = people, effects
        self.values = {
            name: np.sum([table[people[variable]] for variable, table in own.items()], axis=0)
            for name, own in effects.items()
        }

    def sums(self, aims: list[Aim]) -> Floats:
        """Return the current value of each aim."""
        return np.array([
            sum(w * product(self.values[a], self.values[b]) for a, b, w in aim.products) for aim in aims
        ])  # fmt: skip

    def steps(self, variable: str, first: Rows, second: Rows) -> dict[str, Floats]:
        """Change of the first person's predictors if both exchange a variable; the second's change is its opposite."""
        here, there = self.people[variable][first], self.people[variable][second]
        return {
            name: own[variable][there] - own[variable][here] if variable in own else np.zeros(len(first))
            for name, own in self.effects.items()
        }

    def changes(self, aims: list[Aim], variable: str, first: Rows, second: Rows) -> Floats:
        """Change of each aim by each exchange, shape (aims, pairs); pairs without a common person just add up."""
        step = self.steps(variable, first, second)
        apart = {name: values[first] - values[second] for name, values in self.values.items()}
        return np.array([
            sum(w * (step[a] * apart[b] + step[b] * apart[a] + 2 * step[a] * step[b]) for a, b, w in aim.products)
            for aim in aims
        ])  # fmt: skip

    def exchange(self, variable: str, first: Rows, second: Rows) -> None:
        """Exchange a variable's codes between the persons of each pair."""
        for name, step in self.steps(variable, first, second).items():
            self.values[name][first] += step
            self.values[name][second] -= step
        column = self.people[variable]
        column[first], column[second] = column[second].copy(), column[first].copy()
