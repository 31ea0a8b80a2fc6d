"""Findings in words as claims: a predicate on the estimates of one exhibit, as strong as the text.

A claim of `claims.csv` names a predicate of `PREDICATES` and its arguments, joined by `;`; categories that are spoken
of together are joined by `+`. What is clear, a tendency or unchanged is what sentences call so: both ask
`engine.words.verdict`. `STRENGTHS` says which predicates each strength of a sentence allows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pandas as pd

from engine.errors import ReportError
from engine.words.verdict import Verdict

from . import orders, outcomes
from .outcomes import ABSENT, UNKNOWN, Outcome, together
from .shapes import (
    JOINED,
    HiddenEstimate,
    among,
    beyond,
    change,
    coefficients,
    contrast,
    contrasts,
    effects,
    heights,
    ranks,
    series,
    slope,
    slopes,
    tests,
    top,
    variation,
)

Predicate = Callable[..., Outcome]
Judge = Callable[[Verdict], Outcome]
# The article mentions what has a star: 10 per cent.
STAR = 0.10
UP, DOWN = 1, -1


def _named(meaning: str, predicate: Predicate) -> Predicate:
    predicate.__doc__ = meaning
    return predicate


def _one(verdict: Callable[..., Verdict], judge: Judge, meaning: str) -> Predicate:
    return _named(meaning, lambda table, *names: judge(verdict(table, *names)))


def _all(verdicts: Callable[..., Iterable[Verdict]], judge: Judge, meaning: str) -> Predicate:
    return _named(meaning, lambda table, *names: together(map(judge, verdicts(table, *names))))


def _is(holds: Callable[..., bool], meaning: str = "") -> Predicate:
    return _named(meaning or str(holds.__doc__), lambda table, *names: outcomes.of(holds(table, *names)))


def _clear(way: int) -> Judge:
    return lambda one: outcomes.clear(one, way)


def _tendency(way: int) -> Judge:
    return lambda one: outcomes.tendency(one, way)


def _somewhat(way: int) -> Judge:
    return lambda one: outcomes.somewhat(one, way)


def _starred(table: pd.DataFrame, *names: str) -> Verdict:
    found = tests(table, *names, level=STAR)
    if len(found) != 1:
        raise KeyError(f"{list(names)} name {len(found)} coefficients")
    return found[0]


def curve_falls_from_left(table: pd.DataFrame, *names: str) -> Outcome:
    """Curve falls clearly and is nowhere higher than at its left end: «høyest ved de mindre kontorene og avtar»."""
    found = heights(table, *names)
    return together([outcomes.clear(slope(table, *names), DOWN), outcomes.of(bool(found[0] >= found.max()))])


def curve_tends_down_from_left(table: pd.DataFrame, *names: str) -> Outcome:
    """Curve tends to fall and is nowhere higher than at its left end: «en tendens til mest ved de mindre kontorene»."""
    found = heights(table, *names)
    return together([outcomes.tendency(slope(table, *names), DOWN), outcomes.of(bool(found[0] >= found.max()))])


def none_differ(table: pd.DataFrame, one: str, other: str, *names: str) -> Outcome:
    """In no category does the 95 % interval of the difference between two groups leave out 0."""
    return together(outcomes.not_clear(contrast(table, one, other, item, *names))
                    for item in series(table, one, *names).index)  # fmt: skip


def groups_alike_in(table: pd.DataFrame, items: str, ones: str, *names: str) -> Outcome:
    """In none of the items are two of the groups clearly apart: «lite forskjell» with named exceptions."""
    return together(outcomes.not_clear(one) for item in items.split(JOINED) for one in among(table, ones, item, *names))


def below_in_each(table: pd.DataFrame, one: str, others: str, items: str, *names: str) -> Outcome:
    """One group lies below each of the others by a standard error or more, in each of the items."""
    judged = (contrasts(table, one, others, item, *names) for item in items.split(JOINED))
    return together(outcomes.somewhat(verdict, DOWN) for verdicts in judged for verdict in verdicts)


def several_negative(table: pd.DataFrame, *names: str) -> Outcome:
    """All coefficients are below 0, and more than half of them clearly: «på flere av spørsmålene»."""
    found = effects(table, *names)
    if not all(one.known for one in found):
        return UNKNOWN
    if any(one.sign > 0 for one in found):
        return outcomes.OTHER_WAY
    return outcomes.STANDS if sum(one.clear for one in found) > len(found) / 2 else outcomes.NOT_CLEAR


def none_changed(table: pd.DataFrame, start: str, end: str, ones: str, *names: str) -> Outcome:
    """None of the categories in `ones` changed clearly between two waves."""
    return together(outcomes.not_clear(change(table, start, end, item, *names)) for item in ones.split(JOINED))


def none_rose(table: pd.DataFrame, start: str, end: str, ones: str, *names: str) -> Outcome:
    """None of the categories in `ones` rose clearly between two waves."""
    judged = (change(table, start, end, item, *names) for item in ones.split(JOINED))
    return together(outcomes.STANDS if one.known and one.sign <= 0 else outcomes.not_clear(one) for one in judged)


def all_raise(table: pd.DataFrame, column: str, variable: str, but: str) -> Outcome:
    """All categories of a variable have a coefficient above 0 and a star, but for those in `but`."""
    terms = [str(term) for term in coefficients(table, column)["term"] if str(term).startswith(f"{variable}: ")]
    others = [term for term in terms if term.partition(": ")[2] not in but.split(JOINED)]
    if not others:
        raise KeyError(f"{column} has no other categories of {variable}")
    return together(outcomes.clear(_starred(table, column, term), UP) for term in others)


def nearer(table: pd.DataFrame, one: str, other: str, third: str, *names: str) -> Outcome:
    """Two groups are at most half as far apart as each is from a third that the same sentence calls different."""
    parts = [contrast(table, *pair, *names) for pair in ((one, other), (one, third), (other, third))]
    if not all(part.known for part in parts):
        return UNKNOWN
    between, *away = (abs(part.value) for part in parts)
    return outcomes.of(between <= min(away) / 2)


def some_star(table: pd.DataFrame, least: str, column: str, variable: str) -> Outcome:
    """At least so many categories of a variable have a star: «en del forskjeller»."""
    terms = [str(term) for term in coefficients(table, column)["term"] if str(term).startswith(f"{variable}: ")]
    return outcomes.of(sum(_starred(table, column, term).clear for term in terms) >= int(least))


CLEAR: dict[str, Predicate] = {
    # One series in two waves, `start; end; names`.
    "rises": _one(change, _clear(UP), "Second wave higher, and the 95 % interval of the difference leaves out 0."),
    "falls": _one(change, _clear(DOWN), "Second wave lower, and the 95 % interval of the difference leaves out 0."),
    # Two groups in one wave, `one; other; names`, or one and all the others, `one; others; names`.
    "higher": _one(contrast, _clear(UP), "One group above another, beyond the 95 % interval of the difference."),
    "higher_than_all": _all(contrasts, _clear(UP), "One group above each of the others, beyond the 95 % intervals."),
    "lower_than_all": _all(contrasts, _clear(DOWN), "One group below each of the others, beyond the 95 % intervals."),
    "falls_beyond": _one(beyond, _clear(DOWN), "An outcome falls clearly more than its cause gives: «enn tilsier»."),
    # One curve, `names`; from its left end to its right.
    "curve_rises": _one(slope, _clear(UP), "Curve higher at its right end, the Wald test of its terms below 5 %."),
    "curve_falls": _one(slope, _clear(DOWN), "Curve lower at its right end, the Wald test of its terms below 5 %."),
    "curves_fall": _all(slopes, _clear(DOWN), "Every curve of these names falls, each Wald test below 5 %."),
    "curve_falls_from_left": curve_falls_from_left,
    # All coefficients of `names`.
    "coef_positive": _all(effects, _clear(UP), "All coefficients are positive and significant at 5 %."),
    "coef_negative": _all(effects, _clear(DOWN), "All coefficients are negative and significant at 5 %."),
    # The one coefficient of the article that `names` point to.
    "raises": _one(_starred, _clear(UP), "A coefficient is above 0 and has a star."),
    "lowers": _one(_starred, _clear(DOWN), "A coefficient is below 0 and has a star."),
    "all_raise": all_raise,
    "some_star": some_star,
    "varies": _one(variation, _clear(UP), "The rows differ more than their errors say (Cochran's Q, 5 %)."),
    "curve_above": _is(orders.curve_above),
}
TENDENCY: dict[str, Predicate] = {
    "tends_up": _one(change, _tendency(UP), "Higher by one standard error or more, but the interval holds 0."),
    "tends_down": _one(change, _tendency(DOWN), "Lower by one standard error or more, but the interval holds 0."),
    "coef_tends_down": _all(effects, _tendency(DOWN), "All negative by one standard error or more, none significant."),
    "curve_tends_down_from_left": curve_tends_down_from_left,
}
SIZE: dict[str, Predicate] = {
    "somewhat_up": _one(change, _somewhat(UP), "Second wave higher by a standard error or more: «litt opp»."),
    "somewhat_down": _one(change, _somewhat(DOWN), "Second wave lower by a standard error or more: «noe ned»."),
    "somewhat_higher": _one(contrast, _somewhat(UP), "One group above another by a standard error or more: «noe»."),
    "somewhat_higher_than_all": _all(contrasts, _somewhat(UP), "One group above the others by an error or more each."),
    "somewhat_lower_than_all": _all(contrasts, _somewhat(DOWN), "One group below others by an error or more."),
    "below_in_each": below_in_each,
    "several_negative": several_negative,
    "coef_somewhat_down": _all(effects, _somewhat(DOWN), "All coefficients negative by an error or more: «noe»."),
    "associated": _one(ranks, _somewhat(UP), "Two groups order the categories alike at least as a tendency."),
} | {function.__name__: _is(function) for function in orders.SIZES}  # fmt: skip
ORDER: dict[str, Predicate] = {
    "top_group": _all(top, _somewhat(UP), "One row above every other of these names by a standard error or more."),
    "bottom_group": _all(top, _somewhat(DOWN), "One row below every other of these names by a standard error or more."),
} | {function.__name__: _is(function) for function in orders.ORDERS}  # fmt: skip
NO_DIFFERENCE: dict[str, Predicate] = {
    "unchanged": _one(change, outcomes.none, "Two waves differ by less than a standard error."),
    "not_rises": _one(change, outcomes.no_more, "No rise between two waves, not even a tendency; a fall is allowed."),
    "alike": _one(contrast, outcomes.none, "Two groups differ by less than a standard error."),
    "about_unchanged": _one(change, outcomes.not_clear, "Two waves are not clearly apart: «om lag», «i store trekk»."),
    "about_alike": _one(contrast, outcomes.not_clear, "Two groups are not clearly apart: «om lag», «omtrent som»."),
    "nearer": nearer,
    "results_stand": _is(orders.results_stand),
    "groups_alike": _all(among, outcomes.not_clear, "No two of the groups are clearly apart: «lite forskjell»."),
    "groups_alike_in": groups_alike_in,
    "none_differ": none_differ,
    "none_changed": none_changed,
    "none_rose": none_rose,
    "varies_little": _one(variation, outcomes.not_clear, "The rows differ no more than their errors say."),
    "curve_flat": _one(slope, outcomes.none, "The Wald test of the curve's terms is above 32 %, that of one error."),
    "coef_none": _all(effects, outcomes.not_clear, "No coefficient is significant at 5 %."),
    "no_star": _one(_starred, outcomes.not_clear, "A coefficient has no star."),
    "no_clear_order": _one(ranks, lambda one: outcomes.of(one.way >= 0),
                           "What is high in one is not clearly low in the other: «ikke entydig»."),
}  # fmt: skip
SHAPE: dict[str, Predicate] = {function.__name__: _is(function) for function in orders.SHAPES}

STRENGTHS: dict[str, dict[str, Predicate]] = {
    "clear": CLEAR, "tendency": TENDENCY, "size": SIZE, "order": ORDER, "no difference": NO_DIFFERENCE, "shape": SHAPE,
}  # fmt: skip
PREDICATES: dict[str, Predicate] = {name: one for strength in STRENGTHS.values() for name, one in strength.items()}


def judge(predicate: str, table: pd.DataFrame, arguments: list[str]) -> Outcome:
    """Judge a claim; of what is hidden, or not in the edition, nothing is said."""
    try:
        return PREDICATES[predicate](table, *arguments)
    except HiddenEstimate:
        return UNKNOWN
    except (KeyError, ReportError):
        return ABSENT
