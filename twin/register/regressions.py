"""The article's regressions V1–V4 as functions of a person's codes: printed coefficients, designs, effects."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import fsum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .sources import Printed, codes, published, read

Floats = NDArray[np.float64]
Codes = NDArray[np.int8]
# Codes by variable; ages and months are longer numbers.
People = dict[str, NDArray[Any]]

# Trailing zeros were lost in print: 0,01 is 0,010.
DIGITS = 3
CONSTANT, DETERMINATION, MEASURE, GROUP = "constant", "r2", "labour_market_measure", "service_group"
# Two-sided normal quantiles of no star, one, two, three and beyond.
CRITICAL = (0.0, 1.6448536, 1.9599640, 2.5758293, np.inf)
# Longest list of codes of a variable, plus code 0.
WIDTH = 14


@dataclass(frozen=True)
class Term:
    """One printed coefficient: a dummy for some codes of a variable, or the constant."""

    variable: str
    codes: tuple[int, ...]
    printed: Printed
    source: str

    @property
    def value(self) -> float:
        """The printed coefficient."""
        return self.printed.value

    def column(self, people: People) -> Floats:
        """Dummy of the term, shape (persons,)."""
        if self.variable == CONSTANT:
            return np.ones(len(next(iter(people.values()))))
        return np.isin(people[self.variable], self.codes).astype(float)


@dataclass(frozen=True)
class Regression:
    """One column of one of the tables V1–V4."""

    name: str
    groups: tuple[int, ...]
    terms: tuple[Term, ...]
    determination: Printed

    @property
    def half(self) -> float:
        """Half a unit of the last printed digit."""
        return 0.5 / float(10**DIGITS)

    @property
    def coefficients(self) -> Floats:
        """Printed coefficients, shape (terms,)."""
        return np.array([term.value for term in self.terms])

    def design(self, people: People) -> Floats:
        """Dummies and constant, shape (persons, terms)."""
        return np.column_stack([term.column(people) for term in self.terms])

    def effects(self, without: tuple[str, ...] = ()) -> dict[str, Floats]:
        """Sum up the printed coefficients by variable and code, shape (codes,) each; the constant is left out."""
        tables: dict[str, Floats] = {}
        for term in self.terms:
            if term.variable not in (CONSTANT, *without):
                tables.setdefault(term.variable, np.zeros(WIDTH))[list(term.codes)] += term.value
        return tables

    def coefficient(self, variable: str) -> float:
        """Return a variable's only coefficient, 0 where it has none."""
        return fsum(term.value for term in self.terms if term.variable == variable)


@cache
def regressions() -> dict[tuple[str, tuple[int, ...]], Regression]:
    """Read data/twin/register/coefficients.csv by table and service groups."""
    rows: dict[tuple[str, tuple[int, ...]], list[dict[str, str]]] = {}
    for row in read("coefficients"):
        rows.setdefault((row["model"], codes(row["service_groups"])), []).append(row)
    return {
        (name, groups): Regression(
            name,
            groups,
            tuple(
                Term(row["variable"], codes(row["codes"]), published(row["source"]), row["source"])
                for row in own
                if row["variable"] != DETERMINATION
            ),
            next(published(row["source"]) for row in own if row["variable"] == DETERMINATION),
        )
        for (name, groups), own in rows.items()
    }
