"""Words for many series at once and for who lies above whom: verdicts told in phrases that follow their subject."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from engine.table import key_of, misnamed, open_key, rows

from . import verdict
from .lookup import (
    NOT_ASKED,
    bare,
    check_key,
    is_count,
    not_asked,
    said,
    said_one,
    same_key,
    waves_shown,
    without_total,
)
from .numbers import HIDDEN, in_words, nb_list, nb_number
from .trends import NOT_COMPARABLE, NOTHING, step, trend
from .verdict import Verdict

# Also fits after «som», where «ikke» would stand before the verb.
NO_EARLIER = "har ingen tidligere undersøkelse å måles mot"
NO_CONTRAST = "ikke sammenlignbar"
CONTRAST = ("høyere", "lavere", "om lag den samme")
MIDDLE = 3.0
# So many names make a list that is counted first.
LONG_LIST = 5
# Prepositions that can also stand before «de andre» and «alle».
PLAIN_PLACES = ("i", "for", "blant", "hos", "ved", "med")


def changes(
    table: pd.DataFrame, *names: object, over: str = "", noun: str = "", where: str = "for", numbers: bool = False,
    digits: int = 0, unit: str = "",
) -> str:  # fmt: skip
    """Tell in a phrase that follows its subject which of several estimates moved from a table's first to last wave.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates.
    *names : str or int
        Which estimates (see `engine.table.rows`).
    over : str
        The column that tells them apart, found where only one does beside the wave.
    noun : str
        What they are called together, to say «for alle områdene» and «for noen av områdene» instead of a list.
    where : str
        Preposition before a list.
    numbers : bool
        Write from what to what after the name of each that moved.
    digits, unit
        Decimals of these numbers, and the word after them.

    Returns
    -------
    str
        `gikk ned fra 2022 til 2024 for A og B, og endret seg ikke sikkert for de andre`: moved is a 95 % interval of
        the difference without 0. What one of the waves did not ask, or hides, is left out; without an earlier wave
        that is said. A long list is counted where there is a noun: `i A, B, C, D og E (fem av de tolv fylkene)`.

    Examples
    --------
    >>> changes(areas, "unge")
    'gikk ned fra 2022 til 2024 for telefon, og endret seg ikke sikkert for de andre'
    >>> changes(without(areas, "telefon"), "unge", noun="måtene")
    'endret seg ikke sikkert fra 2022 til 2024 for noen av måtene'
    """
    if over:
        check_key(table, over)
    found = said(table, *names) if len(table) else table
    times = waves_shown(found)
    if times[0] == times[-1]:
        return NO_EARLIER
    start, end = times[0], times[-1]
    steps = {
        item: step(found, start, end, item) for item in dict.fromkeys(found[over or open_key(found, "wave")])
        if not any(not_asked(table, time, item, *names) for time in (start, end))
    }  # fmt: skip
    ways = {one.way for one in steps.values()}
    years = f" fra {start} til {end}"
    # The first clause names the years.
    down, still = "" if 1 in ways else years, "" if ways & {1, -1} else years
    words = (f"økte{years}", f"gikk ned{down}", f"endret seg ikke sikkert{still}")
    if numbers:
        told = {item: trend(found, item, digits=digits, unit=unit, years=False).partition(" fra ")[2] for item in steps}
    each = {
        f"{bare(item)} (fra {told[item]})" if numbers and one.way else bare(item): one for item, one in steps.items()
    }
    return sorted_out(each, words, where, noun, brief=True) or NOT_COMPARABLE


def compare(
    table: pd.DataFrame, one: object, *names: object, over: str = "", noun: str = "", than: str = "",
    digits: int = 0,
) -> str:  # fmt: skip
    """Tell above or below whom one group or category lies.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates.
    one : str or int
        The group, category or wave that is spoken of.
    *names : str or int
        First, where it is of the same key as `one`, what `one` is compared with; left out: all others of that key but
        the total. Then further names of the estimates (see `engine.table.rows`).
    over : str
        The column that tells several estimates of the two apart, found where only one does.
    noun : str
        What several are called together, to say «for alle områdene» instead of a list.
    than : str
        Words before the others, where nothing is named to compare with; «enn for» when left out.
    digits : int
        Decimals at which full counts are compared.

    Returns
    -------
    str
        With another named: «høyere enn», «lavere enn» or «om lag som»; over several estimates
        `høyere for A og B, og om lag den samme for de andre`. Without: `lavere enn for A, og om lag som for B`.
        Higher and lower is a 95 % interval of the difference without 0, of estimates taken as independent (answers of
        the same persons mostly go together, so that is on the safe side); a full count is «lik» where it prints the
        same.

    Examples
    --------
    >>> compare(caseload, "unge", "de over 30", 2024)
    'lavere enn'
    >>> compare(caseload, "unge", 2024)
    'lavere enn for de over 30 år og begge aldersgrupper'
    >>> compare(areas, "unge", "de over 30", 2024)
    'høyere for telefon, og om lag den samme for de andre'
    """
    if table.empty:
        return NO_CONTRAST if noun else NOT_ASKED if than else f"{NO_CONTRAST} med"
    if wrong := misnamed(table, (one, *names)):
        raise wrong
    other, rest = same_key(table, one, names)
    if other is None:
        return _among_all(table, one, rest, noun, than or "enn for")
    several = max(len(rows(table, group, *rest)) for group in (one, other)) > 1
    if several or noun or over:
        return _item_by_item(table, one, other, rest, over or open_key(rows(table, one, *rest)), noun)
    if not_asked(table, one, *rest) or not_asked(table, other, *rest):
        return f"{NO_CONTRAST} med"
    found = _against(table, other, one, *rest, digits=digits)
    if not found.known:
        return f"{NO_CONTRAST} med"
    alike = "lik" if is_count(rows(table, one, *rest)) else "om lag som"
    return {1: "høyere enn", -1: "lavere enn", 0: alike}[found.way]


def _against(table: pd.DataFrame, first: object, second: object, *names: object, digits: int = 0) -> Verdict:
    """Judge the second of two groups less the first."""
    one, other = said_one(table, first, *names), said_one(table, second, *names)
    if is_count(rows(table, second, *names)):
        return verdict.as_printed(one.value, other.value, digits)
    return verdict.between(one, other)


def _among_all(table: pd.DataFrame, one: object, names: tuple[object, ...], noun: str, than: str) -> str:
    if not_asked(table, one, *names):
        return NOT_ASKED
    mine = rows(table, one, *names)
    if mine.empty:
        return f"{NO_CONTRAST}e"
    key = key_of(table, one)
    others = [name for name in without_total(rows(table, *names)[key]) if name not in set(mine[key])]
    found = {bare(name): _against(table, name, one, *names) for name in others}
    like = "som" + than.removeprefix("enn")
    return sorted_out(found, (f"høyere {than}", f"lavere {than}", f"om lag {like}"), "", noun) or f"{NO_CONTRAST}e"


def _item_by_item(
    table: pd.DataFrame, one: object, other: object, names: tuple[object, ...], over: str, noun: str
) -> str:
    if not_asked(table, one, *names) or not_asked(table, other, *names):
        return NO_CONTRAST
    found = {
        bare(item): _against(table, other, one, item, *names)
        for item in dict.fromkeys(rows(table, one, *names)[over]) if len(rows(table, other, item, *names))
    }  # fmt: skip
    return sorted_out(found, CONTRAST, "for", noun, brief=True) or NO_CONTRAST


def gap(table: pd.DataFrame, one: object, other: object, *names: object, digits: int = 0) -> str:
    """Say how many more or fewer one full count holds than another: `1 200 flere enn`, `om lag like mange som`."""
    if table.empty:
        return f"{NO_CONTRAST}e med"
    first, second = said_one(table, one, *names).value, said_one(table, other, *names).value
    found = verdict.of_sizes(second, first, NOTHING)
    if not found.known:
        return f"{NO_CONTRAST}e med"
    more = f"{nb_number(abs(found.value), digits)} {'flere' if found.sign > 0 else 'færre'} enn"
    return more if found.clear else "om lag like mange som"


def on_scale(table: pd.DataFrame, *names: object, middle: float = MIDDLE) -> str:
    """Say where a mean lies on a scale from 1 to 5.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy means.
    *names : str or int
        Which mean (see `engine.table.rows`).
    middle : float
        The scale's middle.

    Returns
    -------
    str
        «over midten av skalaen» or «under …» where the 95 % interval leaves the middle out, else «om lag midt på
        skalaen»; «skjult» and «ikke spurt» as in `nb`.

    Examples
    --------
    >>> on_scale(areas, "unge", "telefon", 2024)
    'under midten av skalaen'
    """
    if not_asked(table, *names):
        return NOT_ASKED
    found = verdict.from_middle(said_one(table, *names), middle)
    if not found.known:
        return HIDDEN
    return {1: "over midten av skalaen", -1: "under midten av skalaen", 0: "om lag midt på skalaen"}[found.way]


def sorted_out(
    found: Mapping[str, Verdict], words: tuple[str, str, str], where: str, noun: str = "", brief: bool = False
) -> str:
    """Words for what is above, below and neither, with their names; nothing where all is hidden."""
    known = {name: one.way for name, one in found.items() if one.known}
    clauses = [(word, way, [n for n in known if known[n] == way]) for word, way in zip(words, (1, -1, 0), strict=True)]
    clauses = [clause for clause in clauses if clause[2]]
    plain = where and (where if where in PLAIN_PLACES else "for")
    if len(clauses) == 1 and noun:
        word, _, names = clauses[0]
        every = "noen av" if brief and "ikke" in word else "begge" if len(names) == 2 else "alle"
        return " ".join(filter(None, (word, plain, every, noun)))
    rest = brief and len(clauses) > 1
    return joined([
        " ".join(filter(None, (word, plain, "de andre", noun))) if rest and not way and len(names) > 1
        else " ".join(filter(None, (word, where, _counted_list(names, len(known), noun))))
        for word, way, names in clauses
    ])  # fmt: skip


def _counted_list(names: list[str], of: int, noun: str) -> str:
    """List names; a long list says how many they are, of how many."""
    counted = noun and len(names) >= LONG_LIST and not names[-1].endswith(")")
    return nb_list(names) + (f" ({in_words(len(names))} av de {in_words(of)} {noun})" if counted else "")


def joined(clauses: Sequence[str]) -> str:
    """Join clauses; lists hold «og» themselves, so a comma must part them."""
    return ", ".join(clauses[:-1]) + (", og " if len(clauses) > 1 else "") + "".join(clauses[-1:])
