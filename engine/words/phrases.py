"""Words for what changed and who lies above whom: verdicts told in phrases that follow their subject."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from engine.data.registers import month_nb, place
from engine.table import about, key_of, misnamed, open_key, rows

from . import verdict
from .lookup import (
    NOT_ASKED,
    check_key,
    is_count,
    not_asked,
    said,
    said_one,
    said_some,
    same_key,
    waves_shown,
    without_total,
)
from .numbers import HIDDEN, NO_BREAK_SPACE, nb_list, nb_number
from .verdict import Verdict

NOT_COMPARABLE = "kan ikke sammenlignes"
UNCHANGED = "var om lag uendret"
NO_EARLIER = f"{NOT_COMPARABLE} med en tidligere undersøkelse"
NO_CONTRAST = "ikke sammenlignbar"
CONTRAST = ("klart høyere", "klart lavere", "ikke klart forskjellig")
# Everyone is counted, so any change is real; below these parts of the first number we call it none, or a little one.
NOTHING, LITTLE = 0.015, 0.05
MIDDLE = 3.0


def trend(
    table: pd.DataFrame, *names: object, digits: int = 0, unit: str = "", start: object = None, end: object = None
) -> str:
    """Tell the development over a table's waves in one phrase that follows its subject.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates over one or more waves, full counts, or estimated changes as of `office_changes`.
    *names : str or int
        Which series (see `engine.table.rows`).
    digits : int
        Decimals to print; −2 rounds to hundreds.
    unit : str
        Word after each number, of full counts.
    start, end : int or str, optional
        Times to compare; the first and the last when left out, or where the table does not reach so far.

    Returns
    -------
    str
        `økte fra 70 i 2022 til 76 i 2024 (76 i 2023)`, «gikk ned», «viste en tendens til økning» or «… nedgang»;
        `var om lag uendret på 65 fra 2022 til 2024` where both print the same; `kan ikke sammenlignes over tid (skjult
        i 2022 og 76 i 2024)` where one is suppressed; with one wave `var 70 i 2022`. Of a full count
        `økte litt fra 50 100 i oktober 2022 til 52 400 i oktober 2024 (5 prosent)`, without the per cent where there is
        a unit. Of an estimated change `økte med 6 (mellom 4 og 8)`, `endret seg ikke klart (anslag 1, mellom −2 og 4)`.

    Examples
    --------
    >>> trend(caseload, "unge")
    'gikk ned fra 60 i 2022 til 55 i 2024 (58 i 2023)'
    """
    if table.empty:
        return "er ikke med i registertallene" if about(table).absent else f"er {NOT_ASKED} om"
    if not_asked(table, *names):
        return NOT_COMPARABLE
    found = said_some(table, *names)
    if set(found["measure"]) == {"change"}:
        return _estimated_change(found, digits)
    times = waves_shown(found)
    start = times[0] if start is None else start
    end = times[-1] if end is None or place(end) > place(times[-1]) else end
    counted = is_count(found)
    told = {time: _with_unit(nb_number(said_one(found, time).value, digits), unit) for time in (*times, start, end)}
    if place(start) >= place(end):
        return f"var {told[end]} i {month_nb(end)}"
    change = step(found, start, end)
    word = change_word(change, counted)
    if not change.known:
        return f"{word} over tid ({told[start]} i {month_nb(start)} og {told[end]} i {month_nb(end)})"
    way = f"fra {told[start]} i {month_nb(start)} til {told[end]} i {month_nb(end)}"
    if word == UNCHANGED and told[start] == told[end]:
        way = f"på {told[end]} fra {month_nb(start)} til {month_nb(end)}"
    return f"{word} {way}" + (_percent(found, start, end, unit) if counted else _waves_between(told, times))


def step(found: pd.DataFrame, start: object, end: object, *names: object) -> Verdict:
    """Judge the change of one series between two times: by its errors, or as a full count by its size."""
    first, second = said_one(found, start, *names), said_one(found, end, *names)
    if is_count(rows(found, *names)):
        return verdict.of_sizes(first.value, second.value, NOTHING, LITTLE)
    return verdict.between(first, second)


def change_word(change: Verdict, counted: bool = False) -> str:
    """Say in a verb what happened between two waves; of a full count a tendency is «litt»."""
    if not change.known:
        return NOT_COMPARABLE
    if change.strength == verdict.UNCHANGED:
        return UNCHANGED
    up = change.sign > 0
    if change.clear or counted:
        return ("økte" if up else "gikk ned") + ("" if change.clear else " litt")
    return f"viste en tendens til {'økning' if up else 'nedgang'}"


def _with_unit(number: str, unit: str) -> str:
    return f"{number}{NO_BREAK_SPACE}{unit}" if unit and number != HIDDEN else number


def _waves_between(told: Mapping[object, str], times: Sequence[object]) -> str:
    between = nb_list([f"{told[time]} i {time}" for time in times[1:-1]])
    return f" ({between})" if between else ""


def _percent(found: pd.DataFrame, start: object, end: object, unit: str) -> str:
    """Write by how many per cent a count changed; a share has its unit, and per cent of per cent would mislead."""
    first, last = said_one(found, start).value, said_one(found, end).value
    change = abs(last / first - 1)
    return "" if unit or change < NOTHING else f" ({nb_number(100 * change)}{NO_BREAK_SPACE}prosent)"


def _estimated_change(found: pd.DataFrame, digits: int) -> str:
    one = said_one(found)
    change = verdict.of_interval(one.value, one.ci_low, one.ci_high)
    if not change.known:
        return NOT_COMPARABLE
    if not change.clear:
        low, high = (nb_number(end, digits) for end in (one.ci_low, one.ci_high))
        return f"endret seg ikke klart (anslag {nb_number(one.value, digits)}, mellom {low} og {high})"
    ends = sorted(map(abs, (one.ci_low, one.ci_high)))
    size, low, high = (nb_number(part, digits) for part in (abs(one.value), *ends))
    return f"{change_word(change)} med {size} (mellom {low} og {high})"


def changes(
    table: pd.DataFrame, *names: object, over: str = "", noun: str = "", where: str = "for"
) -> str:
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

    Returns
    -------
    str
        `gikk klart ned fra 2022 til 2024 for A og B, og endret seg ikke klart for de andre`: clear is a 95 % interval
        of the difference without 0. What one of the waves did not ask, or hides, is left out; without an earlier wave
        that is said.

    Examples
    --------
    >>> changes(areas, "unge")
    'gikk klart ned fra 2022 til 2024 for telefon, og endret seg ikke klart for de andre'
    >>> changes(without(areas, "telefon"), "unge", noun="måtene")
    'endret seg ikke klart fra 2022 til 2024 for noen av måtene'
    """
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
    years = f"fra {start} til {end}"
    still = "endret seg ikke klart" + ("" if any(one.way for one in steps.values()) else f" {years}")
    words = (f"økte klart {years}", f"gikk klart ned {years}", still)
    return sorted_out(steps, words, where, noun, brief=True) or NOT_COMPARABLE


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
        `klart høyere for A og B, og ikke klart forskjellig for de andre`. Without: `lavere enn for A, og om lag som for
        B`. Higher and lower is a 95 % interval of the difference without 0, of estimates taken as independent (answers
        of the same persons mostly go together, so that is on the safe side); a full count is «lik» where it prints the
        same.

    Examples
    --------
    >>> compare(caseload, "unge", "de over 30", 2024)
    'lavere enn'
    >>> compare(caseload, "unge", 2024)
    'lavere enn for de over 30 år og begge aldersgrupper'
    >>> compare(areas, "unge", "de over 30", 2024)
    'klart høyere for telefon, og ikke klart forskjellig for de andre'
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
    found = {name: _against(table, name, one, *names) for name in others}
    like = "som" + than.removeprefix("enn")
    return sorted_out(found, (f"høyere {than}", f"lavere {than}", f"om lag {like}"), "", noun) or f"{NO_CONTRAST}e"


def _item_by_item(
    table: pd.DataFrame, one: object, other: object, names: tuple[object, ...], over: str, noun: str
) -> str:
    if not_asked(table, one, *names) or not_asked(table, other, *names):
        return NO_CONTRAST
    found = {
        str(item): _against(table, other, one, item, *names)
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
    if len(clauses) == 1 and noun:
        word, way, names = clauses[0]
        every = "noen av" if brief and not way else "begge" if len(names) == 2 else "alle"
        return " ".join(filter(None, (word, where and "for", every, noun)))
    rest = brief and len(clauses) > 1
    return joined([
        f"{word} for de andre" if rest and not way and len(names) > 1
        else " ".join(filter(None, (word, where, nb_list(names)))) for word, way, names in clauses
    ])  # fmt: skip


def joined(clauses: Sequence[str]) -> str:
    """Join clauses; lists hold «og» themselves, so a comma must part them."""
    return ", ".join(clauses[:-1]) + (", og " if len(clauses) > 1 else "") + "".join(clauses[-1:])
