"""Numbers and words of direction in English, for the summary that readers abroad are given."""

from __future__ import annotations

import pandas as pd

from engine.data.survey import Survey

from .lookup import NOT_ASKED, nb, said_some, waves_shown
from .numbers import HIDDEN, MINUS, nb_number
from .trends import NOT_COMPARABLE, UNCHANGED, change_word, step

# The one list of words: what `trends.change_word` can say, and how it is said here.
CHANGES = {
    "økte": "rose",
    "gikk ned": "fell",
    "ser ut til å ha økt": "seems to have risen",
    "ser ut til å ha gått ned": "seems to have fallen",
    UNCHANGED: "was about the same",
    NOT_COMPARABLE: "cannot be compared over time",
}
WORDS = {HIDDEN: "suppressed", NOT_ASKED: "not asked"}


def en_number(value: float | None, digits: int = 0) -> str:
    """Write a number in English: `1,635`, `54.9`, `−0.27`."""
    return _english(nb_number(value, digits))


def _english(norwegian: str) -> str:
    """Turn a number of ours from bokmål to English marks."""
    if norwegian in WORDS:
        return WORDS[norwegian]
    whole, _, decimals = norwegian.partition(",")
    parts = ["".join(sign for sign in part if sign.isdigit() or sign == MINUS) for part in whole.split()]
    return ",".join(parts) + (f".{decimals}" if decimals else "")


def en(table: pd.DataFrame | float, *names: object, digits: int = 0) -> str:
    """Write one estimate, or one number, in English.

    Parameters
    ----------
    table, *names, digits
        As in `nb`.

    Returns
    -------
    str
        For example `76`; `suppressed` or `not asked` where there is no number to give.

    Examples
    --------
    >>> en(caseload, "unge", 2024, digits=1)
    '54.9'
    """
    return _english(nb(table, *names, digits=digits))


def en_trend(table: pd.DataFrame, *names: object, digits: int = 0) -> str:
    """Tell the development over the table's waves in an English phrase that follows its subject.

    Parameters
    ----------
    table, *names, digits
        As in `trend`.

    Returns
    -------
    str
        `rose from 70 in 2022 to 76 in 2024`; `was about the same, 65 in 2022 and 65 in 2024`; `was 70 in 2022` with
        one wave; `was not asked about` without.

    Examples
    --------
    >>> en_trend(caseload, "unge")
    'fell from 60 in 2022 to 55 in 2024'
    """
    if table.empty:
        return "was not asked about"
    found = said_some(table, *names)
    waves = waves_shown(found)
    start, end = waves[0], waves[-1]
    first, last = (en(table, wave, *names, digits=digits) for wave in (start, end))
    if start == end:
        return f"was {last} in {end}"
    change = step(found, start, end)
    told = CHANGES[change_word(change)]
    if change.known and change_word(change) != UNCHANGED:
        return f"{told} from {first} in {start} to {last} in {end}"
    return f"{told}, {first} in {start} and {last} in {end}"


def en_before(table: pd.DataFrame, *names: object, digits: int = 0) -> str:
    """Add a series' first wave to its last, in brackets; nothing where there is no earlier wave, or it is hidden.

    Parameters
    ----------
    table, *names, digits
        As in `trend`.

    Returns
    -------
    str
        For example ` (against 60 in 2022)`, or nothing.
    """
    found = said_some(table, *names) if len(table) else table
    start, end = (waves_shown(found)[place] for place in (0, -1))
    if start == end or not step(found, start, end).known:
        return ""
    return f" (against {en(table, start, *names, digits=digits)} in {start})"


def en_about(survey: Survey) -> str:
    """Tell what the edition rests on, in English; `Survey.about_data` says it in bokmål."""
    if not survey.is_synthetic:
        return "This edition rests on the confidential microdata."
    return (
        "The figures in this edition come from invented people, made to resemble Nav's own figures. They show that the "
        "calculations work; they say nothing new about Nav."
    )
