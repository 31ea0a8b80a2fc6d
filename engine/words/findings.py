"""Sentences of an author's own, one of which a verdict on the estimates chooses: for headings and main findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pandas as pd

from engine.table import key_of, keys_in

from . import verdict
from .effects import coefficient
from .lookup import not_asked, said, waves_shown
from .phrases import _against
from .trends import step
from .verdict import Verdict


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
