"""How a target sees an answer: as a number, its square, or whether it is a code or beyond one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .rules import COMPARE, CONDITION, condition

Floats = NDArray[np.float64]
VALUE, SQUARE = "value", "square"


@dataclass(frozen=True)
class Score:
    """A function of an answer."""

    kind: str = VALUE
    code: float = 0.0

    def of(self, answers: ArrayLike) -> Floats:
        """Score answers; the shape is theirs."""
        values = np.asarray(answers, dtype=float)
        if self.kind == VALUE:
            return values
        if self.kind == SQUARE:
            return values**2
        return np.asarray(COMPARE[self.kind](values, self.code), dtype=float)


@cache
def read_score(variable: str) -> tuple[str, str, Score]:
    """Take `caseload`, `act_planned/caseload` or `age_group_followed==1` apart: column, divisor or empty, score."""
    if CONDITION.fullmatch(variable):
        column, sign, code = condition(variable)
        return column, "", Score(sign, code)
    column, _, divisor = variable.partition("/")
    return column, divisor, Score()
