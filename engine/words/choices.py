"""An author's own words for each outcome, and which of them the estimates call for: headings and findings."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from engine.data.registers import place
from engine.table import rows

from . import verdict
from .effects import coefficient
from .lookup import is_count, not_asked, said, said_one, waves_shown
from .trends import step
from .verdict import TENDENCY, Verdict, from_middle

UNKNOWN = Verdict(float("nan"), verdict.HIDDEN)


def change(table: pd.DataFrame, *names: object, start: object = None, end: object = None) -> Verdict:
    """Judge one series from its first to its last wave, or between two; hidden where there is no earlier wave."""
    found = said(table, *names) if len(table) else table
    if found.empty:
        return UNKNOWN
    times = waves_shown(found)
    first, last = times[0] if start is None else start, times[-1] if end is None else end
    if first == last or first not in times or place(last) < place(first):
        return UNKNOWN
    judged = step(found, first, last if last in times else times[-1])
    # Everyone is counted: what we call «litt» is real, too.
    return replace(judged, strength=verdict.CLEAR) if is_count(found) and judged.strength == TENDENCY else judged


def difference(table: pd.DataFrame, one: object, other: object, *names: object) -> Verdict:
    """Judge the first of two groups less the second."""
    if table.empty or rows(table, one, *names).empty or rows(table, other, *names).empty:
        return UNKNOWN
    return verdict.between(said_one(table, other, *names), said_one(table, one, *names))


def standing(table: pd.DataFrame, *names: object, against: float = 0.0) -> Verdict:
    """Judge one estimate against a fixed number, such as a mean difference against 0; hidden where it was not asked."""
    return UNKNOWN if table.empty or not_asked(table, *names) else from_middle(said_one(table, *names), against)


def rise(curve: pd.DataFrame, *names: object) -> Verdict:
    """Judge whether a curve ends above or below its beginning, by its Wald test."""
    found = said(curve, *names) if len(curve) else curve
    if found.empty:
        return UNKNOWN
    line = found.sort_values("x", kind="stable")
    if line["estimate"].isna().any():
        return UNKNOWN
    return verdict.of_p(float(line["estimate"].iloc[-1] - line["estimate"].iloc[0]), float(line["p_value"].iloc[0]))


def weight(table: pd.DataFrame, *names: object) -> Verdict:
    """Judge one coefficient of a model, by its own interval; hidden where the edition did not ask for it."""
    return UNKNOWN if table.empty or rows(table, "coef", *names).empty else coefficient(table, *names)


def choose(found: Verdict, up: str, down: str, same: str = "", unknown: str = "") -> str:
    """Take the words for a sure rise, a sure fall, neither, and what can't be known.

    Parameters
    ----------
    found : Verdict
        Of `change`, `difference`, `rise` or `weight`.
    up, down, same, unknown : str
        An author's words for each outcome; all of them are written, so that each edition has its own.

    Returns
    -------
    str
        One of the four.

    Examples
    --------
    >>> choose(change(caseload, "unge"), "Flere brukere", "Færre brukere", "Like mange brukere", "Brukerne")
    'Færre brukere'
    """
    return {1: up, -1: down, 0: same}[found.way] if found.known else unknown


def alike(first: Verdict, second: Verdict, same: str, other: str, unknown: str = "") -> str:
    """Take the words for two verdicts that go the same way, or not: «også for», «men ikke for»."""
    if not (first.known and second.known):
        return unknown
    return same if first.way == second.way else other


def both(one: str, other: str, first: str, second: str) -> str:
    """Join what is said of two, once where it is the same: `øker både i staten og i kommunen`."""
    return f"{one} både {first} og {second}" if one == other else f"{one} {first} og {other} {second}"
