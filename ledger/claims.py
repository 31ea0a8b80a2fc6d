"""Findings in words as claims: a predicate on the estimates of one exhibit, on the verdicts that sentences rest on too.

A claim of `claims.csv` names a predicate of `PREDICATES` and its arguments, joined by `;`. Limits are our reading of
«om lag», «liten», «få»; categories that are spoken of together are joined by `+`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from engine.table import NORMAL_975, open_key, rows
from engine.words.orders import line_residuals
from engine.words.verdict import HIDDEN, Verdict

from .shapes import (
    JOINED,
    change,
    coefficients,
    contrast,
    curves,
    effects,
    gap,
    heights,
    level,
    line,
    parted,
    ranks,
    reach,
    rise,
    series,
    size,
    slope,
    spread,
    value,
)

Predicate = Callable[..., bool]
Quantity = Callable[..., float]
# «Gjennomgående», «i hovedsak»: at least this share of the categories.
MOST = 0.75
# The article mentions what has a star: 10 per cent.
STAR = 0.10


def _named(meaning: str, predicate: Predicate) -> Predicate:
    predicate.__doc__ = meaning
    return predicate


def _says(judge: Callable[..., Verdict], says: Callable[[Verdict], bool], meaning: str) -> Predicate:
    """Whether a verdict says something."""
    return _named(meaning, lambda table, *names: says(judge(table, *names)))


def _all_say(says: Callable[[Verdict], bool], meaning: str) -> Predicate:
    """Whether the verdicts on all coefficients of some names say something."""
    return _named(meaning, lambda table, *names: all(map(says, effects(table, *names))))


def _star(says: Callable[[Verdict], bool], meaning: str) -> Predicate:
    """Whether the verdict on one coefficient, at the level of a star, says something."""
    return _named(meaning, lambda table, *names: says(_starred(table, *names)))


def _larger(quantity: Quantity, meaning: str) -> Predicate:
    """Whether a quantity of the first group or wave is larger than the second's."""
    return _named(meaning, lambda table, one, other, *rest: quantity(table, one, *rest) > quantity(table, other, *rest))


def _smaller(quantity: Quantity, meaning: str) -> Predicate:
    """Whether a quantity of the first group or wave is smaller than the second's."""
    return _named(meaning, lambda table, one, other, *rest: quantity(table, one, *rest) < quantity(table, other, *rest))


def _ranked_alike(limit: float, meaning: str) -> Predicate:
    return _named(meaning, lambda table, *names: ranks(table, *names) > limit)


def _starred(table: pd.DataFrame, *names: str) -> Verdict:
    found = effects(table, *names, level=STAR)
    if len(found) != 1:
        raise KeyError(f"{list(names)} name {len(found)} coefficients")
    return found[0]


def up(one: Verdict) -> bool:
    """Clearly above."""
    return one.way > 0


def down(one: Verdict) -> bool:
    """Clearly below."""
    return one.way < 0


def not_clear(one: Verdict) -> bool:
    """Neither; of what is hidden nothing is said."""
    return not one.clear and one.strength != HIDDEN


BY_VERDICT = {
    # One series in two waves, `start; end; names`.
    "rises": _says(change, up, "Second wave higher, and the 95 % interval of the difference leaves out 0."),
    "falls": _says(change, down, "Second wave lower, and the 95 % interval of the difference leaves out 0."),
    "not_rises": _says(change, lambda one: not up(one), "No clear rise between two waves; a fall is allowed."),
    "unchanged": _says(change, not_clear, "The 95 % interval of the difference between two waves holds 0."),
    "tends_up": _says(change, lambda one: not_clear(one) and one.sign > 0, "Higher, but the interval holds 0."),
    "tends_down": _says(change, lambda one: not_clear(one) and one.sign < 0, "Lower, but the interval holds 0."),
    # Two groups in one wave, `one; other; names`.
    "higher": _says(contrast, up, "One group above another, beyond the 95 % interval of the difference."),
    "alike": _says(contrast, not_clear, "The 95 % interval of the difference between two groups holds 0."),
    # One curve, `names`; from its left end to its right.
    "curve_rises": _says(slope, up, "Curve higher at its right end, and the Wald test of its two terms below 5 %."),
    "curve_falls": _says(slope, down, "Curve lower at its right end, and the Wald test of its two terms below 5 %."),
    "curve_flat": _says(slope, lambda one: one.known and not one.clear, "The Wald test is not below 5 %."),
    "curve_lower_right": _says(slope, lambda one: one.sign < 0, "Curve lower at its right end, whatever the test."),
    # All coefficients of `names`.
    "coef_positive": _all_say(up, "All coefficients are positive and significant at 5 %."),
    "coef_negative": _all_say(down, "All coefficients are negative and significant at 5 %."),
    "coef_below_zero": _all_say(lambda one: one.sign < 0, "All are negative, whatever the test: «tendens»."),
    "coef_none": _all_say(lambda one: one.known and not one.clear, "No coefficient is significant at 5 %."),
    # The one coefficient of the article that `names` point to.
    "raises": _star(up, "A coefficient is above 0 and has a star."),
    "lowers": _star(down, "A coefficient is below 0 and has a star."),
    "no_star": _star(not_clear, "A coefficient has no star."),
}
# Which of two is larger, `one; other; names` or `start; end; names`, whatever the interval.
BY_SIZE = {
    "above": _larger(value, "One group's estimate above another's."),
    "goes_up": _smaller(value, "Second wave higher: «litt opp»."),
    "goes_down": _larger(value, "Second wave lower: «noe ned»."),
    "wider_spread": _larger(spread, "One group's categories lie further apart than another's."),
    "spread_rises": _smaller(spread, "Distance between highest and lowest category is larger in the second wave."),
    "spread_falls": _larger(spread, "Distance between highest and lowest category is smaller in the second wave."),
    "curve_higher": _larger(level, "One group's curve lies above another's on average."),
    "curve_slightly_above": _smaller(level, "The later curve lies above the earlier one on average."),
    "curve_steeper": _smaller(rise, "The distance between the curve's ends is larger in the later wave."),
    "range_larger": _larger(reach, "One curve spans more of the vertical axis than another."),
    "coef_larger": _larger(size, "One coefficient is further from 0 than another."),
    "same_order": _ranked_alike(0.5, "Two groups order the categories much alike."),
    "some_order": _ranked_alike(0.0, "Two groups order the categories somewhat alike: «viss sammenheng»."),
    "no_clear_order": _ranked_alike(-0.8, "Categories high in one are not plainly low in the other: «ikke entydig»."),
}


def close(table: pd.DataFrame, one: str, other: str, limit: str, *names: str) -> bool:
    """Two groups lie nearer to each other than a limit in the table's unit."""
    return abs(value(table, one, *names) - value(table, other, *names)) < float(limit)


def curve_close(table: pd.DataFrame, one: str, other: str, limit: str, *names: str) -> bool:
    """Two groups' curves differ on average by less than a limit."""
    return bool(np.abs(heights(table, one, *names) - heights(table, other, *names)).mean() < float(limit))


def curve_within(table: pd.DataFrame, low: str, high: str, *names: str) -> bool:
    """All points of a curve lie between two limits: «nesten alle uansett størrelse»."""
    return bool(line(table, *names)["estimate"].between(float(low), float(high)).all())


def coef_small(table: pd.DataFrame, limit: str, *names: str) -> bool:
    """All coefficients of these names are nearer to 0 than a limit."""
    return size(table, *names) < float(limit)


def at_least(table: pd.DataFrame, limit: str, *names: str) -> bool:
    """One estimate is not below a limit: «over 90 prosent»."""
    return value(table, *names) >= float(limit)


def all_below(table: pd.DataFrame, limit: str, *names: str) -> bool:
    """Every row of these names lies below a limit."""
    found = rows(table, *names)["estimate"].astype(float)
    return len(found) > 0 and bool((found < float(limit)).all())


def small_spread(table: pd.DataFrame, limit: str, *names: str) -> bool:
    """Highest and lowest row of these names differ by less than a limit."""
    return spread(table, *names) < float(limit)


def steady(table: pd.DataFrame, start: str, end: str, limit: str, *names: str) -> bool:
    """Highest year lies less than so many per cent above the lowest from one year to another: «stabilt»."""
    values = [value(table, str(year), *names) for year in range(int(start), int(end) + 1)]
    return 100 * (max(values) / min(values) - 1) < float(limit)


def highest(table: pd.DataFrame, one: str, *names: str) -> bool:
    """No other category of these names has a higher estimate."""
    found = rows(table, *names)
    return str(found[open_key(found)].iloc[int(found["estimate"].argmax())]) == one


def lowest(table: pd.DataFrame, one: str, *names: str) -> bool:
    """No other category of these names has a lower estimate."""
    found = rows(table, *names)
    return str(found[open_key(found)].iloc[int(found["estimate"].argmin())]) == one


def top_group(table: pd.DataFrame, one: str, *names: str) -> bool:
    """No other row of these names lies above the one that `one` names too: «ungdomsveiledere i størst grad»."""
    return value(table, one, *names) >= float(rows(table, *names)["estimate"].max())


def bottom_group(table: pd.DataFrame, one: str, *names: str) -> bool:
    """No other row of these names lies below the one that `one` names too."""
    return value(table, one, *names) <= float(rows(table, *names)["estimate"].min())


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


def grows_most(table: pd.DataFrame, ones: str, start: str, end: str, *names: str) -> bool:
    """The categories in `ones` all grow more than every other category."""
    return widest_gap(table, ones, end, start, *names)


def grows_more(table: pd.DataFrame, one: str, other: str, start: str, end: str, *names: str) -> bool:
    """One group's growth is larger than another's."""
    return change(table, start, end, one, *names).value > change(table, start, end, other, *names).value


def falls_most(table: pd.DataFrame, ones: str, start: str, end: str, *names: str) -> bool:
    """The categories in `ones` all fall, and more than every other one."""
    chosen, others = parted(gap(table, end, start, *names), ones)
    return bool(chosen.max() < min(0.0, float(others.min())))


def mostly_before(table: pd.DataFrame, start: str, middle: str, end: str, *names: str) -> bool:
    """More than half of the change from first to last wave came before the middle wave."""
    return change(table, start, middle, *names).value / change(table, start, end, *names).value > 0.5


def mostly_above(table: pd.DataFrame, one: str, other: str, *names: str) -> bool:
    """One group lies above another in at least three of four categories: «i hovedsak»."""
    return bool((gap(table, one, other, *names) > 0).mean() >= MOST)


def mostly_lower(table: pd.DataFrame, start: str, end: str, *names: str) -> bool:
    """At least three of four categories are lower in the second wave: «gjennomgående noe lavere»."""
    return mostly_above(table, start, end, *names)


def none_differ(table: pd.DataFrame, one: str, other: str, *names: str) -> bool:
    """In no category does the 95 % interval of the difference between two groups leave out 0."""
    return not any(contrast(table, one, other, item, *names).clear for item in series(table, one, *names).index)


def widest_gap(table: pd.DataFrame, ones: str, high: str, low: str, *names: str) -> bool:
    """The distance between two groups is larger in each category of `ones` than in every other one."""
    chosen, others = parted(gap(table, high, low, *names), ones)
    return bool(chosen.min() > others.max())


def wider_on_average(table: pd.DataFrame, ones: str, high: str, low: str, *names: str) -> bool:
    """The distance between two groups is larger on average in the categories of `ones` than in the others."""
    chosen, others = parted(gap(table, high, low, *names), ones)
    return bool(chosen.mean() > others.mean())


def nears_others(table: pd.DataFrame, ones: str, start: str, end: str, *names: str) -> bool:
    """Each of the categories in `ones` lies closer to the mean of the rest in the second wave."""
    waves = (parted(series(table, wave, *names), ones) for wave in (start, end))
    before, after = (others.mean() - chosen for chosen, others in waves)
    return bool((before > after.clip(lower=0.0)).all())


def spread_unchanged(table: pd.DataFrame, start: str, end: str, *names: str) -> bool:
    """The distance between highest and lowest category differs by less than 1.96 of its standard errors."""
    found = [rows(table, wave, *names) for wave in (start, end)]
    ends = [part.iloc[[int(part["estimate"].argmax()), int(part["estimate"].argmin())]] for part in found]
    first, last = (float(np.ptp(pair["estimate"])) for pair in ends)
    return abs(last - first) < NORMAL_975 * float(np.sqrt(sum((pair["standard_error"] ** 2).sum() for pair in ends)))


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


def all_curves_fall(table: pd.DataFrame, *names: str) -> bool:
    """Every curve of these names is lower at its right end."""
    found = curves(table, *names)
    return bool(found) and all(rise < 0 for rise, _ in found)


def curve_drops_most(table: pd.DataFrame, one: str, *names: str) -> bool:
    """No other curve of these names loses more from its left to its right end."""
    return min(curves(table, *names))[1] == one


def curve_falls_more_right(table: pd.DataFrame, start: str, end: str, *names: str) -> bool:
    """From one wave to the other the curve comes down more at its right end than at its left end."""
    moved = heights(table, end, *names)[[0, -1]] - heights(table, start, *names)[[0, -1]]
    return bool(moved[1] < min(0.0, moved[0]))


def increasing(table: pd.DataFrame, *names: str) -> bool:
    """Estimates grow from each point of the horizontal axis to the next."""
    return bool((np.diff(heights(table, *names)) > 0).all())


def flattens(table: pd.DataFrame, *names: str) -> bool:
    """A curve falls over the first half of its range, and by more than it changes over the second half."""
    found = heights(table, *names)
    middle = len(found) // 2
    first, second = found[middle] - found[0], found[-1] - found[middle]
    return bool(first < 0 and abs(second) < abs(first))


def coef_largest(table: pd.DataFrame, one: str, *names: str) -> bool:
    """The coefficient of one outcome is furthest from 0 among all outcomes."""
    found = coefficients(table, *names)
    return str(found["outcome"].iloc[int(found["estimate"].abs().argmax())]) == one


def strongest(table: pd.DataFrame, ones: str, column: str) -> bool:
    """The terms in `ones` have the largest coefficients of all but the counties, whatever their sign."""
    chosen, others = parted(coefficients(table, column).set_index("term")["estimate"].astype(float).abs(), ones)
    return bool(chosen.min() > others[~others.index.str.startswith("fylke: ")].max())


def all_raise(table: pd.DataFrame, column: str, variable: str, but: str) -> bool:
    """All categories of a variable have a coefficient above 0 and a star, but for those in `but`."""
    terms = [str(term) for term in coefficients(table, column)["term"] if str(term).startswith(f"{variable}: ")]
    others = [term for term in terms if term.partition(": ")[2] not in but.split(JOINED)]
    return len(others) > 0 and all(up(_starred(table, column, term)) for term in others)


PREDICATES: dict[str, Predicate] = BY_VERDICT | BY_SIZE | {
    function.__name__: function for function in (
        close, curve_close, curve_within, coef_small, at_least, all_below, small_spread, steady, highest, lowest,
        top_group, bottom_group, among_highest, among_lowest, among_top, ordered_as, grows_most, grows_more, falls_most,
        mostly_before, mostly_above, mostly_lower, none_differ, widest_gap, wider_on_average, nears_others,
        spread_unchanged, below_line, above_line, curve_above, all_curves_fall, curve_drops_most,
        curve_falls_more_right, increasing, flattens, coef_largest, strongest, all_raise,
    )
}  # fmt: skip
