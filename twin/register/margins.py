"""Whole numbers of people by category: inside every printed percentage, and such that the outcomes' shares come out."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from engine.errors import ReportError
from twin.draws import whole
from twin.tables import ASSUMPTION

from .regressions import CONSTANT, regressions
from .sources import fact, published, read

Counts = dict[tuple[str, int], int]
# Kept free at both ends of a printed interval, in persons: rounding to whole persons must not leave it.
ROOM = 1.5
# Likewise for an outcome's share.
SHARE_ROOM = 0.0004


@cache
def size(group: int) -> int:
    """Return the number of people of a service group in the panel."""
    return int(fact(f"panel/{group}").value)


def margins(group: int) -> Counts:
    """Find how many people of a service group have each code of each variable.

    Notes
    -----
    A linear program: least sum of relative distances from the printed numbers' middles, under the printed intervals and
    x̄'β for each outcome whose share is printed: with a constant among the regressors, the mean of an outcome is fixed
    by the regressors' means.
    """
    rows = [row for row in read("margins") if int(row["service_group"]) == group]
    keys = [(row["variable"], int(row["code"])) for row in rows]
    count, total = len(rows), size(group)
    low, high, middle = np.zeros(count), np.zeros(count), np.zeros(count)
    for k, row in enumerate(rows):
        if row["count"]:
            low[k] = high[k] = middle[k] = float(row["count"])
        elif row["source"] == ASSUMPTION:
            high[k] = middle[k] = total
        else:
            printed = published(row["source"])
            bounds = np.clip(np.array(printed.interval()) / 100, 0, 1) * total
            low[k], high[k], middle[k] = bounds[0] + ROOM, bounds[1] - ROOM, printed.value / 100 * total
    free = np.array([row["source"] == ASSUMPTION and not row["count"] for row in rows])
    # Variables: counts, then their distances above and below the middles.
    price = np.where(free, 0.0, 1 / np.sqrt(np.maximum(middle, 50)))
    equal, sums = _sums(keys, total)
    rule, least, most = _means(group, keys, total)
    eye = np.eye(count)
    solution = linprog(
        np.concatenate([np.zeros(count), price, price]),
        A_ub=np.vstack([np.hstack([rule, 0 * rule, 0 * rule]), np.hstack([-rule, 0 * rule, 0 * rule])]),
        b_ub=np.concatenate([most, -least]),
        A_eq=np.vstack([np.hstack([equal, 0 * equal, 0 * equal]), np.hstack([eye, -eye, eye])]),
        b_eq=np.concatenate([sums, middle]),
        bounds=[*zip(low, high, strict=True), *[(0, None)] * (2 * count)],
        method="highs",
    )
    if solution.status != 0:
        raise ReportError("the printed shares of table 1 contradict each other", "data/twin/register/margins.csv")
    # The solver is exact to some nine digits.
    return _rounded(keys, np.round(np.asarray(solution.x)[:count], 6), total)


def _sums(keys: list[tuple[str, int]], total: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    variables = list(dict.fromkeys(variable for variable, _ in keys))
    equal = np.array([[float(own == variable) for own, _ in keys] for variable in variables])
    return equal, np.full(len(variables), float(total))


def _means(
    group: int, keys: list[tuple[str, int]], total: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Rows of Σ counts · β with the bounds of the outcomes' totals."""
    rule, least, most = [], [], []
    for name in ("v1", "v2", "v4"):
        model = regressions().get((name, (group,)))
        if model is None:
            continue
        effects = model.effects()
        row = np.array([effects[variable][code] if variable in effects else 0.0 for variable, code in keys])
        known = model.coefficient(CONSTANT)
        if "medical_treatment" in effects:
            known += effects["medical_treatment"][1] * fact(f"medical/{group}").share
        if "labour_market_measure" in effects:
            known += effects["labour_market_measure"][1] * fact(f"measure/{group}").share
        low, high = (bound / 100 for bound in published(fact(f"{name}/{group}").source).interval())
        aim = fact(f"{name}/{group}").share
        # The aim itself is reached as nearly as the margins allow: outcomes in print say more than the middle.
        least.append((max(low + SHARE_ROOM, aim - 0.002) - known) * total)
        most.append((min(high - SHARE_ROOM, aim + 0.002) - known) * total)
        rule.append(row)
    return np.array(rule).reshape(-1, len(keys)), np.array(least), np.array(most)


def _rounded(keys: list[tuple[str, int]], counts: NDArray[np.float64], total: int) -> Counts:
    result: Counts = {}
    for variable in dict.fromkeys(variable for variable, _ in keys):
        own = [k for k, key in enumerate(keys) if key[0] == variable]
        for k, number in zip(own, whole(np.maximum(counts[own], 0), total), strict=True):
            result[keys[k]] = int(number)
    return result
