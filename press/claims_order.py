"""Predicates on the order of categories, and on distances between groups over several categories."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.linearization import NORMAL_975
from helpers.lookup import rows
from helpers.vouched import vouched_number, vouched_numbers

JOINED = "+"
# «Gjennomgående», «i hovedsak»: at least this share of the categories.
MOST = 0.75


def _series(table: pd.DataFrame, *names: str) -> pd.Series:
    found = rows(table, *names)
    if found["category"].duplicated().any() or found.empty:
        raise KeyError(f"{list(names)} do not name one estimate a category")
    return found.set_index("category")["estimate"].astype(float)


def _gap(table: pd.DataFrame, one: str, other: str, *names: str) -> pd.Series:
    return _series(table, one, *names) - _series(table, other, *names)


def among_highest(table: pd.DataFrame, ones: str, *names: str) -> bool:
    """The categories in `ones` (joined by +) are the highest, in any order."""
    chosen = ones.split(JOINED)
    return set(_series(table, *names).nlargest(len(chosen)).index) == set(chosen)


def among_lowest(table: pd.DataFrame, ones: str, *names: str) -> bool:
    """The categories in `ones` (joined by +) are the lowest, in any order."""
    chosen = ones.split(JOINED)
    return set(_series(table, *names).nsmallest(len(chosen)).index) == set(chosen)


def among_top(table: pd.DataFrame, one: str, places: str, *names: str) -> bool:
    """A category is among the highest so many."""
    return one in _series(table, *names).nlargest(int(places)).index


def ordered_as(table: pd.DataFrame, ones: str, *names: str) -> bool:
    """The categories in `ones` (joined by +) stand from highest to lowest: a figure's printed order of rows."""
    return bool((np.diff(_series(table, *names)[ones.split(JOINED)]) <= 0).all())


def small_spread(table: pd.DataFrame, limit: str, *names: str) -> bool:
    """Highest and lowest row of these names differ by less than a limit; the limit is our reading of «liten»."""
    return float(np.ptp(rows(table, *names)["estimate"].astype(float))) < float(limit)


def wider_spread(table: pd.DataFrame, one: str, other: str, *names: str) -> bool:
    """One group's categories lie further apart than another's."""
    first, second = (rows(table, group, *names)["estimate"].astype(float) for group in (one, other))
    return float(np.ptp(first)) > float(np.ptp(second))


def spread_falls(table: pd.DataFrame, start: str, end: str, *names: str) -> bool:
    """Distance between highest and lowest category is smaller in the second wave."""
    return wider_spread(table, start, end, *names)


def falls_most(table: pd.DataFrame, ones: str, start: str, end: str, *names: str) -> bool:
    """The categories in `ones` (joined by +) all fall, and more than every other one."""
    chosen = ones.split(JOINED)
    change = _gap(table, end, start, *names)
    return bool(change[chosen].max() < min(0.0, float(change.drop(chosen).min())))


def mostly_lower(table: pd.DataFrame, start: str, end: str, *names: str) -> bool:
    """At least three of four categories are lower in the second wave: «gjennomgående noe lavere»."""
    return bool((_gap(table, end, start, *names) < 0).mean() >= MOST)


def mostly_above(table: pd.DataFrame, one: str, other: str, *names: str) -> bool:
    """One group lies above another in at least three of four categories: «i hovedsak»."""
    return bool((_gap(table, one, other, *names) > 0).mean() >= MOST)


def none_differ(table: pd.DataFrame, one: str, other: str, *names: str) -> bool:
    """In no category does the 95 % interval of the difference between two groups leave out 0."""
    first, second = (rows(table, group, *names).set_index("category") for group in (one, other))
    error = np.sqrt(first["standard_error"].astype(float) ** 2 + second["standard_error"].astype(float) ** 2)
    return bool(((first["estimate"] - second["estimate"]).abs() < NORMAL_975 * error).all())


def widest_gap(table: pd.DataFrame, ones: str, high: str, low: str, *names: str) -> bool:
    """The distance between two groups is larger in each category of `ones` (joined by +) than in every other one."""
    chosen = ones.split(JOINED)
    gap = _gap(table, high, low, *names)
    return bool(gap[chosen].min() > gap.drop(chosen).max())


def wider_on_average(table: pd.DataFrame, ones: str, high: str, low: str, *names: str) -> bool:
    """The distance between two groups is larger on average in the categories of `ones` than in the others."""
    chosen = ones.split(JOINED)
    gap = _gap(table, high, low, *names)
    return bool(gap[chosen].mean() > gap.drop(chosen).mean())


def _ranks(table: pd.DataFrame, one: str, other: str, *names: str) -> float:
    first, second = _series(table, one, *names), _series(table, other, *names)
    return vouched_number(float(first.rank().corr(second[first.index].rank())))


def same_order(table: pd.DataFrame, one: str, other: str, *names: str) -> bool:
    """Two groups order the categories much alike: rank correlation above one half."""
    return _ranks(table, one, other, *names) > 0.5


def some_order(table: pd.DataFrame, one: str, other: str, *names: str) -> bool:
    """Two groups order the categories somewhat alike: rank correlation above 0: «viss sammenheng»."""
    return _ranks(table, one, other, *names) > 0


def no_clear_order(table: pd.DataFrame, one: str, other: str, *names: str) -> bool:
    """Categories high in one are not plainly low in the other: rank correlation above −0.8, «ikke entydig»."""
    return _ranks(table, one, other, *names) > -0.8


def _residual(table: pd.DataFrame, one: str, other: str, *names: str) -> pd.Series:
    outcome, given = _series(table, one, *names), _series(table, other, *names)
    given = given[outcome.index]
    slope, level = np.polyfit(given, outcome, 1)
    rest = outcome - (float(level) + float(slope) * given)
    return pd.Series(vouched_numbers(rest, outcome), index=outcome.index)


def below_line(table: pd.DataFrame, one: str, outcome: str, given: str, *names: str) -> bool:
    """A category lies below the straight line of one group's estimates on another's: lower than that «tilsier»."""
    return bool(_residual(table, outcome, given, *names)[one] < 0)


def above_line(table: pd.DataFrame, one: str, outcome: str, given: str, *names: str) -> bool:
    """A category lies above the straight line of one group's estimates on another's."""
    return bool(_residual(table, outcome, given, *names)[one] > 0)


ALL = (
    among_highest, among_lowest, among_top, ordered_as, small_spread, wider_spread, spread_falls, falls_most,
    mostly_lower, mostly_above, none_differ, widest_gap, wider_on_average, same_order, some_order, no_clear_order,
    below_line, above_line,
)  # fmt: skip
