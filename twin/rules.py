"""Rules that choose persons: `sector==1;users_aap==1 or role_kvp==1` as a mask over a table."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engine.errors import ReportError

from .tables import read

Mask = NDArray[np.bool_]
COMPARE: dict[str, Callable[[Any, float], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
CONDITION = re.compile(r"\s*(\w+)\s*(==|!=|>=|<=|>|<)\s*(-?\d+(?:\.\d+)?)\s*")


def condition(text: str) -> tuple[str, str, float]:
    """Take one condition apart into column, comparison and number; ReportError where it is none."""
    found = CONDITION.fullmatch(text)
    if found is None:
        raise ReportError(f"«{text}» is no condition", "data/twin", remedy="Write for instance sector==1.")
    return found[1], found[2], float(found[3])


def matches(persons: pd.DataFrame, rule: str) -> Mask:
    """Tell which rows fulfil a rule: `;` joins conditions, ` or ` alternatives, an empty one takes all."""
    if not rule:
        return np.ones(len(persons), dtype=bool)
    chosen = np.zeros(len(persons), dtype=bool)
    for alternative in rule.split(" or "):
        every = np.ones(len(persons), dtype=bool)
        for part in alternative.split(";"):
            column, sign, number = condition(part)
            # An unasked item is NaN, and NaN fulfils no condition but !=.
            every &= np.asarray(COMPARE[sign](persons[column].to_numpy(dtype=float), number), dtype=bool)
        chosen |= every
    return chosen


@cache
def populations() -> dict[str, str]:
    """Read the rule of each population by its name."""
    return {row["population"]: row["rule"] for row in read("populations")}
