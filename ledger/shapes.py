"""What findings speak of: one curve, coefficients, one estimate a category, and distances between groups."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
from scipy.stats import chi2, spearmanr

from engine.table import NORMAL_975, Estimate, keys_in, open_key, pick, rows
from engine.vouched import vouched_number
from engine.words.verdict import LEVEL, Verdict, between, of_interval, of_p

JOINED = "+"
# A county figure's row for all of them, which is no county.
WHOLE = "Landet"


class HiddenEstimate(Exception):
    """A finding speaks of an estimate that is hidden."""


def visible(table: pd.DataFrame, *names: str) -> pd.DataFrame:
    """Rows of these names, none of them hidden."""
    found = rows(table, *names)
    if found["estimate"].isna().any():
        raise HiddenEstimate
    return found


def some(table: pd.DataFrame, *names: str) -> pd.DataFrame:
    """Rows of these names, at least one and none of them hidden."""
    found = visible(table, *names)
    if found.empty:
        raise KeyError(f"{list(names)} name no estimate")
    return found


def change(table: pd.DataFrame, start: str, end: str, *names: str) -> Verdict:
    """Judge the second of two waves less the first."""
    return between(pick(table, start, *names), pick(table, end, *names))


def contrast(table: pd.DataFrame, one: str, other: str, *names: str) -> Verdict:
    """Judge the first of two groups less the second."""
    return between(pick(table, other, *names), pick(table, one, *names))


def contrasts(table: pd.DataFrame, one: str, others: str, *names: str) -> list[Verdict]:
    """Judge the first group less each of the others (joined by +)."""
    return [contrast(table, one, other, *names) for other in others.split(JOINED)]


def _estimates(found: pd.DataFrame) -> list[Estimate]:
    columns = ["estimate", "standard_error", "ci_low", "ci_high", "n"]
    return [Estimate(*map(float, row)) for row in found[columns].itertuples(index=False)]


def among(table: pd.DataFrame, ones: str, *names: str) -> list[Verdict]:
    """Judge every two of some groups (joined by +) against each other."""
    return [contrast(table, *pair, *names) for pair in combinations(ones.split(JOINED), 2)]


def top(table: pd.DataFrame, one: str, *names: str) -> list[Verdict]:
    """Judge the row that `one` names too less each other row of these names."""
    found, own = some(table, *names), some(table, one, *names)
    if len(own) != 1 or len(found) < 2:
        raise KeyError(f"{[one, *names]} name {len(own)} rows of {len(found)}")
    (chosen,) = _estimates(own)
    return [between(other, chosen) for other in _estimates(found.drop(own.index))]


def variation(table: pd.DataFrame, *names: str) -> Verdict:
    """Judge whether the rows of these names differ more than their errors say (Cochran's Q); the value is the range."""
    found = some(table, *names)
    found = found[~(found[keys_in(found)] == WHOLE).any(axis=1)]
    estimate, weight = found["estimate"].astype(float), found["standard_error"].astype(float) ** -2
    deviation = weight * (estimate - (weight * estimate).sum() / weight.sum()) ** 2
    return of_p(float(np.ptp(estimate)), vouched_number(float(chi2.sf(deviation.sum(), len(found) - 1))))


def beyond(table: pd.DataFrame, start: str, end: str, group: str, outcome: str, given: str) -> Verdict:
    """Judge a change of one group's outcome less what its change in another variable gives by the coefficient."""
    moved, cause = (change(table, start, end, "mean", group, what) for what in (outcome, given))
    effect = pick(table, "coef", outcome, given)
    error = np.sqrt(moved.error**2 + (effect.value * cause.error) ** 2 + (cause.value * effect.standard_error) ** 2)
    rest = moved.value - effect.value * cause.value
    return of_interval(rest, rest - NORMAL_975 * error, rest + NORMAL_975 * error, float(error))


def value(table: pd.DataFrame, *names: str) -> float:
    """One estimate."""
    found = pick(table, *names).value
    if np.isnan(found):
        raise HiddenEstimate
    return found


def spread(table: pd.DataFrame, *names: str) -> float:
    """Distance between the highest and the lowest row of these names."""
    return float(np.ptp(some(table, *names)["estimate"].astype(float)))


def line(table: pd.DataFrame, *names: str) -> pd.DataFrame:
    """Points of the one curve that the names point to."""
    found = visible(table, *names).sort_values("x", kind="stable")
    if found.empty or found["x"].duplicated().any():
        raise KeyError(f"{list(names)} name no curve, or several")
    return found


def heights(table: pd.DataFrame, *names: str) -> np.ndarray:
    """Estimates of one curve, from its left end to its right."""
    return line(table, *names)["estimate"].to_numpy(dtype=float)


def level(table: pd.DataFrame, *names: str) -> float:
    """Mean height of a curve."""
    return float(heights(table, *names).mean())


def rise(table: pd.DataFrame, *names: str) -> float:
    """Right end of a curve less its left end."""
    found = heights(table, *names)
    return float(found[-1] - found[0])


def reach(table: pd.DataFrame, *names: str) -> float:
    """How much of the vertical axis a curve spans."""
    return float(np.ptp(heights(table, *names)))


def slope(table: pd.DataFrame, *names: str) -> Verdict:
    """Judge the rise of a curve by the Wald test of its two terms."""
    return of_p(rise(table, *names), float(line(table, *names)["p_value"].iloc[0]))


def lines(table: pd.DataFrame, *names: str) -> list[pd.DataFrame]:
    """Every curve of these names."""
    found = visible(table, *names)
    keys = [key for key in keys_in(found) if key != "measure"]
    return [part for _, part in found[found["x"].notna()].sort_values("x", kind="stable").groupby(keys, sort=False)]


def slopes(table: pd.DataFrame, *names: str) -> list[Verdict]:
    """Judge the rise of every curve of these names."""
    found = lines(table, *names)
    if not found:
        raise KeyError(f"{list(names)} name no curve")
    return [of_p(_rise(part), float(part["p_value"].iloc[0])) for part in found]


def rises_by_name(table: pd.DataFrame, *names: str) -> list[tuple[float, str]]:
    """Rise and name of every curve of these names; what tells them apart names them."""
    found = lines(table, *names)
    named = open_key(pd.concat(found)) if found else ""
    return [(_rise(part), str(part[named].iloc[0])) for part in found]


def _rise(part: pd.DataFrame) -> float:
    return float(part["estimate"].iloc[-1] - part["estimate"].iloc[0])


def coefficients(table: pd.DataFrame, *names: str) -> pd.DataFrame:
    """Coefficients of these names; at least one."""
    found = rows(table, *names)
    found = found[found["measure"] == "coef"]
    if found.empty:
        raise KeyError(f"{list(names)} name no coefficient")
    if found["estimate"].isna().any():
        raise HiddenEstimate
    return found


def effects(table: pd.DataFrame, *names: str) -> list[Verdict]:
    """Judge all coefficients of these names by their intervals, as sentences do."""
    return [of_interval(one.value, one.ci_low, one.ci_high, one.standard_error)
            for one in _estimates(coefficients(table, *names))]  # fmt: skip


def tests(table: pd.DataFrame, *names: str, level: float = LEVEL) -> list[Verdict]:
    """Judge all coefficients of these names by their p-values."""
    found = coefficients(table, *names)
    return [of_p(float(v), float(p), level) for v, p in zip(found["estimate"], found["p_value"], strict=True)]


def series(table: pd.DataFrame, *names: str) -> pd.Series:
    """One estimate a category."""
    found = some(table, *names)
    key = open_key(found)
    if found[key].duplicated().any():
        raise KeyError(f"{list(names)} do not name one estimate a category")
    return found.set_index(key)["estimate"].astype(float)


def gap(table: pd.DataFrame, one: str, other: str, *names: str) -> pd.Series:
    """By category the first of two groups or waves less the second."""
    return series(table, one, *names) - series(table, other, *names)


def parted(values: pd.Series, ones: str) -> tuple[pd.Series, pd.Series]:
    """Values of the categories in `ones` (joined by +), and of the others."""
    chosen = ones.split(JOINED)
    return values[chosen], values.drop(chosen)


def ranks(table: pd.DataFrame, one: str, other: str, *names: str) -> Verdict:
    """Judge the rank correlation between two groups' categories."""
    first, second = series(table, one, *names), series(table, other, *names)
    found = spearmanr(first, second[first.index])
    return of_p(vouched_number(float(found.statistic)), vouched_number(float(found.pvalue)))
