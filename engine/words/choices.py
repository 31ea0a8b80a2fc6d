"""An author's own words for each outcome, and which of them the estimates call for: headings and main findings.

`choose` takes words by one verdict (`change`, `difference`, `rise`, `weight`, `standing`); the `by_…` take a sentence
by several at once, which may disagree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import pandas as pd

from engine.data.registers import place
from engine.table import key_of, keys_in, rows

from . import verdict
from .effects import coefficient
from .lookup import is_count, not_asked, said, said_one, waves_shown
from .phrases import _against
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
    return _chosen([found], up, down, same, "", unknown)


def alike(first: Verdict, second: Verdict, same: str, other: str, unknown: str = "") -> str:
    """Take the words for two verdicts that go the same way, or not: «også for», «men ikke for»."""
    if not (first.known and second.known):
        return unknown
    return same if first.way == second.way else other


def both(one: str, other: str, first: str, second: str) -> str:
    """Join what is said of two, once where it is the same: `øker både i staten og i kommunen`."""
    return f"{one} både {first} og {second}" if one == other else f"{one} {first} og {other} {second}"


def by_change(
    table: pd.DataFrame, *names: object, up: str, down: str, same: str, mixed: str = "", unknown: str = ""
) -> str:
    """Choose a sentence by how one estimate, or several, changed from the table's first to its last wave.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates.
    *names : str or int
        Which estimates (see `engine.table.rows`).
    up, down : str
        The sentence where what changed clearly went one way.
    same : str
        The sentence where nothing changed clearly.
    mixed : str
        The sentence where some rose and others fell; `same` when left out.
    unknown : str
        The sentence where there is no earlier wave, or it is hidden: it must be true without a comparison.

    Returns
    -------
    str
        One of the sentences.

    Examples
    --------
    >>> by_change(caseload, "unge", up="Flere brukere", down="Færre brukere", same="Like mange brukere")
    'Færre brukere'
    """
    found = said(table, *names) if len(table) else table
    start, end = (waves_shown(found)[place] for place in (0, -1))
    if start == end:
        return unknown
    both = [part for part in _each(found, "wave") if {str(start), str(end)} <= set(part["wave"].astype(str))]
    return _chosen((step(part, start, end) for part in both), up, down, same, mixed, unknown)


def by_contrast(
    table: pd.DataFrame, one: object, other: object, *names: object, higher: str, lower: str, alike: str,
    mixed: str = "", unknown: str = "", digits: int = 0,
) -> str:  # fmt: skip
    """Choose a sentence by whether one group lies above or below another, in one estimate or in several.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates.
    one, other : str or int
        The two, of one key.
    *names : str or int
        Which estimates (see `engine.table.rows`).
    higher, lower, alike, mixed, unknown : str
        The sentences, as in `by_change`; clear is a 95 % interval of the difference without 0.
    digits : int
        Decimals at which full counts are compared.

    Returns
    -------
    str
        One of the sentences.

    Examples
    --------
    >>> by_contrast(caseload, "unge", "de over 30", 2024, higher="Flest", lower="Færrest", alike="Like mange")
    'Færrest'
    """
    if not_asked(table, one, *names) or not_asked(table, other, *names):
        return unknown
    mine, theirs = said(table, one, *names), said(table, other, *names)
    pairs = [part for part in _each(pd.concat([mine, theirs]), key_of(table, one)) if len(part) > 1]
    return _chosen((_against(part, other, one, digits=digits) for part in pairs), higher, lower, alike, mixed, unknown)


def by_coefficient(table: pd.DataFrame, *names: object, higher: str, lower: str, alike: str, unknown: str = "") -> str:
    """Choose a sentence by whether a term goes with a higher or a lower outcome, by its own 95 % interval.

    Parameters
    ----------
    table : pandas.DataFrame
        Coefficients of a model.
    *names : str or int
        Outcome and term (see `engine.table.rows`).
    higher, lower, alike, unknown : str
        The sentences, as in `by_change`.

    Returns
    -------
    str
        One of the sentences.

    Examples
    --------
    >>> by_coefficient(model, "antall brukere", higher="Mer", lower="Mindre", alike="Like mye")
    'Mindre'
    """
    if not_asked(table, *names):
        return unknown
    return _chosen([coefficient(table, *names)], higher, lower, alike, "", unknown)


def by_coefficients(
    table: pd.DataFrame, term: str, *, higher: str, lower: str, alike: str, mixed: str = "", unknown: str = ""
) -> str:
    """Choose a sentence by how a term goes with several outcomes: clear is a p-value below 5 %.

    Parameters
    ----------
    table : pandas.DataFrame
        Coefficients of models of several outcomes.
    term : str
        The term, or the beginning of its name.
    higher, lower, alike, mixed, unknown : str
        The sentences, as in `by_change`.

    Returns
    -------
    str
        One of the sentences.
    """
    if table.empty:
        return unknown
    found = said(table, "coef")
    found = found[found["term"].astype(str).str.startswith(term)]
    each = (verdict.of_p(float(row["estimate"]), float(row["p_value"])) for _, row in found.iterrows())
    return _chosen(each, higher, lower, alike, mixed, unknown)


def by_slope(
    table: pd.DataFrame, *names: object, up: str, down: str, same: str, mixed: str = "", unknown: str = ""
) -> str:
    """Choose a sentence by what one curve, or several, do from their smallest to their largest value.

    Parameters
    ----------
    table : pandas.DataFrame
        Curves (`curve`, `share_curve`).
    *names : str or int
        Which curves (see `engine.table.rows`).
    up, down, same, mixed, unknown : str
        The sentences, as in `by_change`; clear is a Wald test below 5 %.

    Returns
    -------
    str
        One of the sentences.

    Examples
    --------
    >>> by_slope(lines, "unge", up="Mer", down="Mindre", same="Like mye")
    'Mindre'
    """
    if not_asked(table, *names):
        return unknown
    lines = (part.sort_values("x", kind="stable") for part in _each(said(table, *names), ""))
    whole = (line for line in lines if line["estimate"].notna().all())
    rises = ((line["estimate"].iloc[-1] - line["estimate"].iloc[0], line["p_value"].iloc[0]) for line in whole)
    return _chosen((verdict.of_p(float(rise), float(p)) for rise, p in rises), up, down, same, mixed, unknown)


def _each(found: pd.DataFrame, but: str) -> Iterator[pd.DataFrame]:
    """Part estimates by all that tells them apart but one key."""
    keys = [key for key in keys_in(found) if key not in (but, "measure")]
    return (part for _, part in found.groupby(keys, sort=False, dropna=False))


def _chosen(found: Iterable[Verdict], up: str, down: str, same: str, mixed: str, unknown: str) -> str:
    ways = {one.way for one in found if one.known}
    if not ways:
        return unknown
    if {1, -1} <= ways:
        return mixed or same
    return up if 1 in ways else down if -1 in ways else same
