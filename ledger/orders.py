"""Conditions on order, size and shape: what findings say of several estimates at once, beyond one difference.

Limits are those of the source's own words: `claims.csv` gives the reason beside each.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from engine.table import NORMAL_975, open_key
from engine.words.numbers import round_half_up
from engine.words.orders import line_residuals

from .shapes import (
    JOINED,
    coefficients,
    gap,
    heights,
    level,
    line,
    parted,
    ranks,
    reach,
    rise,
    rises_by_name,
    series,
    some,
    spread,
    value,
)

# «Gjennomgående», «i hovedsak»: at least this share of the categories.
MOST = 0.75


def at_least(table: pd.DataFrame, limit: str, *names: str) -> bool:
    """No estimate of these names is below a limit: «over 90 prosent»."""
    return bool((some(table, *names)["estimate"] >= float(limit)).all())


def all_below(table: pd.DataFrame, limit: str, *names: str) -> bool:
    """Every row of these names lies below a limit."""
    return bool((some(table, *names)["estimate"] < float(limit)).all())


def all_within(table: pd.DataFrame, low: str, high: str, *names: str) -> bool:
    """Every row of these names, a curve's points too, lies between two limits."""
    return bool(some(table, *names)["estimate"].between(float(low), float(high)).all())


def small_spread(table: pd.DataFrame, limit: str, *names: str) -> bool:
    """Highest and lowest row of these names differ by less than a limit."""
    return spread(table, *names) < float(limit)


def sum_at_least(table: pd.DataFrame, limit: str, ones: str, *names: str) -> bool:
    """The categories in `ones`, of which a person has one only, are together at least a limit: «over halvparten»."""
    return sum(value(table, one, *names) for one in ones.split(JOINED)) >= float(limit)


def prints_alike(table: pd.DataFrame, one: str, other: str, digits: str, *names: str) -> bool:
    """Two estimates are the same at some decimals, hundreds with −2."""
    first, second = (round_half_up(value(table, name, *names), int(digits)) for name in (one, other))
    return bool(first == second)


def results_stand(
    table: pd.DataFrame, part: str, limit: str, one: str, other: str, but: str, *names: str
) -> bool:
    """Of the coefficients with a star so large a part keeps sign and star and moves less than a limit elsewhere."""
    found = [coefficients(table, column, *names).set_index(["population", "term"]) for column in (one, other)]
    starred = found[0][(found[0]["stars"] != "") & found[0].index.isin(found[1].index)]
    starred = starred[~starred.index.get_level_values("term").str.startswith(f"{but}: ")]
    again = found[1].loc[starred.index]
    same = (starred["estimate"] * again["estimate"] > 0) & (again["stars"] != "")
    near = (starred["estimate"] - again["estimate"]).abs() < float(limit)
    return len(starred) > 0 and bool((same & near).mean() >= float(part))


def correlated(table: pd.DataFrame, limit: str, *names: str) -> bool:
    """Two variables go together with a correlation of at least a limit: root of a regression's R²: «høyt korrelert»."""
    return value(table, "r2", *names) >= float(limit) ** 2 and value(table, "coef", *names) > 0


def steady(table: pd.DataFrame, start: str, end: str, later: str, *names: str) -> bool:
    """From one year to another the series moves less in all than in the one step after, which is called a change."""
    years = [value(table, str(year), *names) for year in range(int(start), int(end) + 1)]
    return bool(np.ptp(years) < abs(value(table, later, *names) - years[-1]))


def steepest_step(table: pd.DataFrame, start: str, end: str, *names: str) -> bool:
    """No other step of a yearly series rises as much as the one from one year to the next: «eksploderte»."""
    found = some(table, *names).sort_values("wave", kind="stable").set_index("wave")["estimate"].astype(float)
    steps = found.diff().dropna()
    return bool(found[end] > found[start] and steps.idxmax() == end)


def above(table: pd.DataFrame, one: str, other: str, *names: str) -> bool:
    """One estimate above another's."""
    return value(table, one, *names) > value(table, other, *names)


def goes_up(table: pd.DataFrame, start: str, end: str, *names: str) -> bool:
    """Second time higher, in full counts."""
    return value(table, end, *names) > value(table, start, *names)


def goes_down(table: pd.DataFrame, start: str, end: str, *names: str) -> bool:
    """Second time lower, in full counts."""
    return value(table, end, *names) < value(table, start, *names)


def highest(table: pd.DataFrame, one: str, *names: str) -> bool:
    """No other category of these names has a higher estimate."""
    found = some(table, *names)
    return str(found[open_key(found)].iloc[int(found["estimate"].argmax())]) == one


def lowest(table: pd.DataFrame, one: str, *names: str) -> bool:
    """No other category of these names has a lower estimate."""
    found = some(table, *names)
    return str(found[open_key(found)].iloc[int(found["estimate"].argmin())]) == one


def top_count(table: pd.DataFrame, one: str, *names: str) -> bool:
    """No other row of these names lies above the one that `one` names too, in full counts."""
    return value(table, one, *names) >= float(some(table, *names)["estimate"].max())


def bottom_count(table: pd.DataFrame, one: str, *names: str) -> bool:
    """No other row of these names lies below the one that `one` names too, in full counts."""
    return value(table, one, *names) <= float(some(table, *names)["estimate"].min())


def among_highest(table: pd.DataFrame, ones: str, *names: str) -> bool:
    """The categories in `ones` are the highest, in any order."""
    chosen = set(ones.split(JOINED))
    return set(series(table, *names).nlargest(len(chosen)).index) == chosen


def among_lowest(table: pd.DataFrame, ones: str, *names: str) -> bool:
    """The categories in `ones` are the lowest, in any order."""
    chosen = set(ones.split(JOINED))
    return set(series(table, *names).nsmallest(len(chosen)).index) == chosen


def among_top(table: pd.DataFrame, one: str, places: str, *names: str) -> bool:
    """A category is among the highest so many."""
    return one in series(table, *names).nlargest(int(places)).index


def ordered_as(table: pd.DataFrame, ones: str, *names: str) -> bool:
    """The categories in `ones` stand from highest to lowest: a figure's printed order of rows."""
    return bool((np.diff(series(table, *names)[ones.split(JOINED)]) <= 0).all())


def coef_largest(table: pd.DataFrame, one: str, *names: str) -> bool:
    """The coefficient of one outcome is furthest from 0 among all outcomes."""
    found = coefficients(table, *names)
    return str(found["outcome"].iloc[int(found["estimate"].abs().argmax())]) == one


def strongest(table: pd.DataFrame, ones: str, column: str) -> bool:
    """The terms in `ones` have the largest coefficients of all but the counties, whatever their sign."""
    chosen, others = parted(coefficients(table, column).set_index("term")["estimate"].astype(float).abs(), ones)
    return bool(chosen.min() > others[~others.index.str.startswith("fylke: ")].max())


def widest_variable(table: pd.DataFrame, variable: str, column: str, *but: str) -> bool:
    """No other variable's categories span as much, the reference counted as 0 and those of unknowns left out."""
    found = coefficients(table, column).set_index("term")["estimate"].astype(float)
    found = found[~found.index.str.contains("ukjent")]
    parts = found.groupby(found.index.str.partition(": ").get_level_values(0))
    span = parts.max().clip(lower=0.0) - parts.min().clip(upper=0.0)
    return bool(span[variable] > span.drop([variable, *but]).max())


def same_order(table: pd.DataFrame, limit: str, one: str, other: str, *names: str) -> bool:
    """The rank correlation between two groups' categories is at least a limit: «om lag samme bilde»."""
    return bool(ranks(table, one, other, *names).value >= float(limit))


def grows_most(table: pd.DataFrame, ones: str, start: str, end: str, *names: str) -> bool:
    """The categories in `ones` all grow more than every other category."""
    return widest_gap(table, ones, end, start, *names)


def grows_more(table: pd.DataFrame, one: str, other: str, start: str, end: str, *names: str) -> bool:
    """One group's growth is larger than another's."""
    return _growth(table, start, end, one, *names) > _growth(table, start, end, other, *names)


def _growth(table: pd.DataFrame, start: str, end: str, *names: str) -> float:
    return value(table, end, *names) - value(table, start, *names)


def falls_most(table: pd.DataFrame, ones: str, start: str, end: str, *names: str) -> bool:
    """The categories in `ones` all fall, and more than every other one."""
    chosen, others = parted(gap(table, end, start, *names), ones)
    return bool(chosen.max() < min(0.0, float(others.min())))


def accelerates(table: pd.DataFrame, start: str, middle: str, end: str, *names: str) -> bool:
    """The series rises more from the middle to the end than from the start to the middle."""
    first, second, third = (value(table, when, *names) for when in (start, middle, end))
    return third - second > max(0.0, second - first)


def gap_wider_for(table: pd.DataFrame, ones: str, other: str, high: str, low: str, *names: str) -> bool:
    """The distance between two sides is larger for each of some groups, or items, than for another."""
    least = min(value(table, high, one, *names) - value(table, low, one, *names) for one in ones.split(JOINED))
    return least > value(table, high, other, *names) - value(table, low, other, *names)


def closer_in(table: pd.DataFrame, part: str, one: str, other: str, outside: str, item: str) -> bool:
    """Two groups are nearer within a part of them than one is to those of the other that are outside the part."""
    inside = abs(value(table, part, one, item) - value(table, part, other, item))
    return inside < abs(value(table, one.partition(" ")[0], item) - value(table, outside, item))


def nearer_to(table: pd.DataFrame, one: str, near: str, far: str, *names: str) -> bool:
    """One group lies nearer to a second than to a third: «det blir mindre forskjell»."""
    own = value(table, one, *names)
    return abs(own - value(table, near, *names)) < abs(own - value(table, far, *names))


def set_above(table: pd.DataFrame, ones: str, others: str, *names: str) -> bool:
    """Each of some groups lies above each of the others."""
    least = min(value(table, one, *names) for one in ones.split(JOINED))
    return least > max(value(table, other, *names) for other in others.split(JOINED))


def lower_throughout(table: pd.DataFrame, low: str, high: str, *names: str) -> bool:
    """Every group is lower in one category than in another."""
    below, over = (series(table, one, *names) for one in (low, high))
    return bool((below < over[below.index]).all())


def mostly_before(table: pd.DataFrame, start: str, middle: str, end: str, *names: str) -> bool:
    """More than half of the change from first to last wave came before the middle wave."""
    return _growth(table, start, middle, *names) / _growth(table, start, end, *names) > 0.5


def mostly_above(table: pd.DataFrame, one: str, other: str, *names: str) -> bool:
    """One group lies above another in at least three of four categories: «i hovedsak»."""
    return bool((gap(table, one, other, *names) > 0).mean() >= MOST)


def mostly_lower(table: pd.DataFrame, start: str, end: str, *names: str) -> bool:
    """At least three of four categories are lower in the second wave: «gjennomgående noe lavere»."""
    return mostly_above(table, start, end, *names)


def widest_gap(table: pd.DataFrame, ones: str, high: str, low: str, *names: str) -> bool:
    """The distance between two groups is larger in each category of `ones` than in every other one."""
    chosen, others = parted(gap(table, high, low, *names), ones)
    return bool(chosen.min() > others.max())


def wider_on_average(table: pd.DataFrame, ones: str, high: str, low: str, *names: str) -> bool:
    """The distance between two groups is larger on average in the categories of `ones` than in the others."""
    chosen, others = parted(gap(table, high, low, *names), ones)
    return bool(chosen.mean() > others.mean())


def wider_spread(table: pd.DataFrame, one: str, other: str, *names: str) -> bool:
    """One group's categories lie further apart than another's."""
    return spread(table, one, *names) > spread(table, other, *names)


def spread_rises(table: pd.DataFrame, start: str, end: str, *names: str) -> bool:
    """Distance between highest and lowest category is larger in the second wave."""
    return spread(table, end, *names) > spread(table, start, *names)


def spread_falls(table: pd.DataFrame, start: str, end: str, *names: str) -> bool:
    """Distance between highest and lowest category is smaller in the second wave."""
    return spread(table, end, *names) < spread(table, start, *names)


def spread_unchanged(table: pd.DataFrame, start: str, end: str, *names: str) -> bool:
    """The distance between highest and lowest category differs by less than its standard error."""
    found = [some(table, wave, *names) for wave in (start, end)]
    ends = [part.iloc[[int(part["estimate"].argmax()), int(part["estimate"].argmin())]] for part in found]
    first, last = (float(np.ptp(pair["estimate"])) for pair in ends)
    return abs(last - first) < float(np.sqrt(sum((pair["standard_error"] ** 2).sum() for pair in ends)))


def nears_others(table: pd.DataFrame, ones: str, start: str, end: str, *names: str) -> bool:
    """Each of the categories in `ones` lies closer to the mean of the rest in the second wave."""
    waves = (parted(series(table, wave, *names), ones) for wave in (start, end))
    before, after = (others.mean() - chosen for chosen, others in waves)
    return bool((before > after.clip(lower=0.0)).all())


def below_line(table: pd.DataFrame, one: str, outcome: str, given: str, *names: str) -> bool:
    """A category lies below the straight line of one group's estimates on another's: lower than that «tilsier»."""
    return bool(_off_line(table, outcome, given, *names)[one] < 0)


def above_line(table: pd.DataFrame, one: str, outcome: str, given: str, *names: str) -> bool:
    """A category lies above the straight line of one group's estimates on another's."""
    return bool(_off_line(table, outcome, given, *names)[one] > 0)


def _off_line(table: pd.DataFrame, outcome: str, given: str, *names: str) -> pd.Series:
    found, other = series(table, outcome, *names), series(table, given, *names)
    return line_residuals(found, other[found.index])


def curve_above(table: pd.DataFrame, start: str, end: str, *names: str) -> bool:
    """The later curve's band lies above the earlier one's over more than half of the points."""
    first, last = (line(table, wave, *names) for wave in (start, end))
    return float((last["ci_low"].to_numpy() > first["ci_high"].to_numpy()).mean()) > 0.5


def curve_higher(table: pd.DataFrame, one: str, other: str, *names: str) -> bool:
    """One group's curve lies above another's on average."""
    return level(table, one, *names) > level(table, other, *names)


def curve_slightly_above(table: pd.DataFrame, start: str, end: str, *names: str) -> bool:
    """The later curve lies above the earlier one on average."""
    return level(table, start, *names) < level(table, end, *names)


def curve_between(table: pd.DataFrame, one: str, other: str, *names: str) -> bool:
    """At every point two groups' bands overlap: «om lag den samme»."""
    first, second = line(table, one, *names), line(table, other, *names)
    apart = np.abs(first["estimate"].to_numpy() - second["estimate"].to_numpy())
    # Not from the bands, which are cut at 0 and 100.
    half = [NORMAL_975 * found["standard_error"].to_numpy() for found in (first, second)]
    return bool((apart < np.hypot(*half)).all())


def curve_steeper(table: pd.DataFrame, start: str, end: str, *names: str) -> bool:
    """The distance between the curve's ends is larger in the later wave."""
    return rise(table, start, *names) < rise(table, end, *names)


def range_larger(table: pd.DataFrame, one: str, other: str, *names: str) -> bool:
    """One curve spans more of the vertical axis than another."""
    return reach(table, one, *names) > reach(table, other, *names)


def curve_drops_most(table: pd.DataFrame, one: str, *names: str) -> bool:
    """No other curve of these names loses more from its left to its right end."""
    return min(rises_by_name(table, *names))[1] == one


def curve_falls_more_right(table: pd.DataFrame, start: str, end: str, *names: str) -> bool:
    """From one wave to the other the curve comes down more at its right end than at its left end."""
    moved = heights(table, end, *names)[[0, -1]] - heights(table, start, *names)[[0, -1]]
    return bool(moved[1] < min(0.0, moved[0]))


def rises_more(table: pd.DataFrame, one: str, others: str, *names: str) -> bool:
    """One curve climbs more from left to right than each of the others."""
    return rise(table, one, *names) > max(rise(table, other, *names) for other in others.split(JOINED))


def increasing(table: pd.DataFrame, *names: str) -> bool:
    """Estimates grow from each point of the horizontal axis to the next."""
    return bool((np.diff(heights(table, *names)) > 0).all())


def flattens(table: pd.DataFrame, *names: str) -> bool:
    """A curve falls over the first half of its range, and by more than it changes over the second half."""
    found = heights(table, *names)
    middle = len(found) // 2
    first, second = found[middle] - found[0], found[-1] - found[middle]
    return bool(first < 0 and abs(second) < abs(first))


SIZES = (at_least, all_below, all_within, small_spread, sum_at_least, prints_alike, correlated, steady, steepest_step)
ORDERS = (above, goes_up, goes_down, highest, lowest, top_count, bottom_count, among_highest, among_lowest, among_top,
          ordered_as, coef_largest, strongest, widest_variable, same_order, set_above)  # fmt: skip
SHAPES = (grows_most, grows_more, falls_most, accelerates, gap_wider_for, closer_in, nearer_to, lower_throughout,
          mostly_before, mostly_above, mostly_lower, widest_gap, wider_on_average, wider_spread, spread_rises,
          spread_falls, spread_unchanged, nears_others, below_line, above_line, curve_higher, curve_slightly_above,
          curve_between, curve_steeper, range_larger, curve_drops_most, curve_falls_more_right, rises_more, increasing,
          flattens)  # fmt: skip
