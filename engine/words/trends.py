"""Words for how one series developed: which way, from what to what, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from engine.data.registers import month_nb, place
from engine.table import about, rows

from . import verdict
from .lookup import NOT_ASKED, is_count, not_asked, said_one, said_some, waves_shown
from .numbers import HIDDEN, NO_BREAK_SPACE, nb_list, nb_number
from .verdict import Verdict

NOT_COMPARABLE = "kan ikke sammenlignes"
UNCHANGED, LITTLE_CHANGED = "var om lag uendret", "endret seg lite"
# Everyone is counted, so any change is real; below these parts of the first number we call it none, or a little one.
NOTHING, LITTLE = 0.015, 0.05
# Decimals that may come on top where two numbers print the same though they differ.
MORE_DIGITS = 2


def trend(
    table: pd.DataFrame, *names: object, digits: int = 0, unit: str = "", start: object = None, end: object = None,
    years: bool = True, again: bool = False,
) -> str:  # fmt: skip
    """Tell the development over a table's waves in one phrase that follows its subject.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates over one or more waves, full counts, or estimated changes as of `office_changes`.
    *names : str or int
        Which series (see `engine.table.rows`).
    digits : int
        Decimals to print; −2 rounds to hundreds. One or two more are taken where a change would not show.
    unit : str
        Word after the number: «prosent» after both ends, any other after the first.
    start, end : int or str, optional
        Times to compare; the first and the last when left out, or where the table does not reach so far.
    years : bool
        Name the times; False where the sentence has named them.
    again : bool
        Other words for the same, where the sentence before has used the first.

    Returns
    -------
    str
        `økte fra 70 i 2022 til 76 i 2024 (76 i 2023)`, «gikk ned», «ser ut til å ha økt» or «… ha gått ned»; `var om
        lag uendret, 54 i 2022 og 55 i 2024`; `holdt seg på 65 fra 2022 til 2024` where both print the same; `kan ikke
        sammenlignes over tid (skjult i 2022 og 76 i 2024)` where one is suppressed; with one wave `var 70 i 2022`.
        Without years `økte fra 70 til 76`. Again: «steg», «sank», «viste en tendens til økning», «endret seg lite».
        Of a full count `økte litt fra 50 100 i oktober 2022 til 52 400 i oktober 2024 (5 prosent)`, without the per
        cent where there is a unit. Of an estimated change `økte med 6 (mellom 4 og 8)`, `endret seg ikke sikkert
        (anslag 1, mellom −2 og 4)`.

    Examples
    --------
    >>> trend(caseload, "unge")
    'gikk ned fra 60 i 2022 til 55 i 2024 (58 i 2023)'
    >>> trend(caseload, "unge", years=False, again=True)
    'sank fra 60 til 55'
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
    if place(start) >= place(end):
        number = _with_unit(nb_number(said_one(found, end).value, digits), unit)
        return f"var {number} i {month_nb(end)}" if years else f"var {number}"
    change = step(found, start, end)
    told = _numbers_apart(found, (*times, start, end), change, digits)
    if not change.known:
        return f"{NOT_COMPARABLE} over tid ({told[start]} i {month_nb(start)} og {told[end]} i {month_nb(end)})"
    counted = is_count(found)
    said_years = (month_nb(start), month_nb(end)) if years else None
    way = _way(change_word(change, counted, again), told[start], told[end], unit, said_years)
    if not years:
        return way
    return way + (_percent(found, start, end, unit) if counted else _waves_between(told, times))


def _numbers_apart(found: pd.DataFrame, times: Sequence[object], change: Verdict, digits: int) -> dict[object, str]:
    """Print a series; where it changed and both ends would print the same, with more decimals."""
    start, end = times[-2:]
    moved = change.known and change.strength != verdict.UNCHANGED
    told: dict[object, str] = {}
    for more in range(MORE_DIGITS + 1):
        told = {time: nb_number(said_one(found, time).value, digits + more) for time in times}
        if not moved or told[start] != told[end]:
            break
    return told


def _way(word: str, first: str, last: str, unit: str, years: tuple[str, str] | None) -> str:
    """Join a word of change and both numbers; without years shorter."""
    twice = unit == "prosent"
    if word in (UNCHANGED, LITTLE_CHANGED) and first == last:
        kept = _with_unit(last, unit)
        if not years:
            return f"holdt seg på {kept}" if word == UNCHANGED else f"var {kept} begge ganger"
        if word == UNCHANGED:
            return f"holdt seg på {kept} fra {years[0]} til {years[1]}"
        return f"var {kept} både i {years[0]} og i {years[1]}"
    if not years:
        ends = f"fra {first} til {_with_unit(last, unit)}"
        return f"{word} ({first} og {_with_unit(last, unit)})" if word == UNCHANGED else f"{word} {ends}"
    one, other = _with_unit(first, unit), _with_unit(last, unit if twice else "")
    if word == UNCHANGED:
        return f"{word}, {one} i {years[0]} og {other} i {years[1]}"
    return f"{word} fra {one} i {years[0]} til {other} i {years[1]}"


def step(found: pd.DataFrame, start: object, end: object, *names: object) -> Verdict:
    """Judge the change of one series between two times: by its errors, or as a full count by its size."""
    first, second = said_one(found, start, *names), said_one(found, end, *names)
    if is_count(rows(found, *names)):
        return verdict.of_sizes(first.value, second.value, NOTHING, LITTLE)
    return verdict.between(first, second)


def change_word(change: Verdict, counted: bool = False, again: bool = False) -> str:
    """Say in a verb what happened between two waves; of a full count a tendency is «litt». Again: in other words."""
    if not change.known:
        return NOT_COMPARABLE
    if change.strength == verdict.UNCHANGED:
        return LITTLE_CHANGED if again else UNCHANGED
    up = change.sign > 0
    if change.clear or counted:
        word = (("steg" if up else "sank") if again else ("økte" if up else "gikk ned"))
        return word + ("" if change.clear else " litt")
    if again:
        return f"viste en tendens til {'økning' if up else 'nedgang'}"
    return f"ser ut til å ha {'økt' if up else 'gått ned'}"


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
        return f"endret seg ikke sikkert (anslag {nb_number(one.value, digits)}, mellom {low} og {high})"
    ends = sorted(map(abs, (one.ci_low, one.ci_high)))
    size, low, high = (nb_number(part, digits) for part in (abs(one.value), *ends))
    return f"{change_word(change)} med {size} (mellom {low} og {high})"
