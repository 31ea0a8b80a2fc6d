"""Words about many estimates at once: their order, which differ, which grew, which belong together with what."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from .lookup import NOT_ASKED, not_asked, pick, rows
from .numbers import HIDDEN, NO_BREAK_SPACE, nb_list, nb_number
from .tidy import KEYS, TOTAL
from .words import NOT_COMPARABLE, difference, slope_word

# A coefficient is called clear at the level of one star, which is also that of the 95 % interval.
CLEAR_P = 0.05
ASIDE = re.compile(r" \([^()]*\)$")
NO_CONTRAST = "ikke sammenlignbar"
NO_EARLIER = "kan ikke sammenlignes med en tidligere undersøkelse"


def without(table: pd.DataFrame, *names: object) -> pd.DataFrame:
    """Leave out the rows that names point to; arguments as in `lookup.rows`, result with the table's `.attrs`."""
    result = table.drop(rows(table, *names).index) if len(table) else table
    result.attrs = table.attrs
    return result


def waves_shown(table: pd.DataFrame) -> list[int]:
    """Name the waves that a table has estimates of.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates.

    Returns
    -------
    list of int
        Ascending; the edition's survey year alone where nothing of the table was asked.
    """
    found = sorted({int(wave) for wave in table["wave"]})
    return found or [int(table.attrs.get("survey_year", 0))]


def ranked(
    table: pd.DataFrame,
    *names: object,
    over: str = "category",
    count: int = 0,
    lowest: bool = False,
    digits: int = 0,
    unit: str = "",
) -> str:
    """Name estimates in order with their values.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates.
    *names : str or int
        Which estimates (see `lookup.rows`).
    over : str
        The key that tells them apart; a total is left out.
    count : int
        How many; 0 for all.
    lowest : bool
        Lowest first.
    digits : int
        Decimals to print.
    unit : str
        Word after each number.

    Returns
    -------
    str
        `veiledning om utdanning (52 prosent) og arbeidsmarkedskompetanse (47 prosent)`; suppressed ones are left out,
        and so is a parenthesis that ends a name, since the number stands in one.
    """
    if not_asked(table, *names):
        return NOT_ASKED
    found = rows(table, *names)
    known = found[found[over] != TOTAL].dropna(subset="estimate")
    if known.empty:
        return HIDDEN
    known = known.sort_values("estimate", ascending=lowest, kind="stable")
    after = f"{NO_BREAK_SPACE}{unit}" if unit else ""
    told = [
        f"{ASIDE.sub('', str(row[over]))} ({nb_number(float(row['estimate']), digits)}{after})"
        for _, row in known.iterrows()
    ]
    return nb_list(told[: count or None])


def contrast(
    table: pd.DataFrame, one: object, other: object, *names: object, over: str = "category", noun: str = ""
) -> str:
    """Tell for which of several estimates one group lies above or below another, groups without a person in common.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates of both groups.
    one, other : str or int
        The groups; of two waves the later one first.
    *names : str or int
        Which estimates (see `lookup.rows`).
    over : str
        The key that tells the estimates apart.
    noun : str
        What they are called together, to say «for alle områdene» and «for noen av områdene» instead of a list.

    Returns
    -------
    str
        `klart høyere for A og B, og ikke klart forskjellig for de andre`: clear is a 95 % interval without 0.
    """
    if not_asked(table, one, *names) or not_asked(table, other, *names):
        return NO_CONTRAST
    signs: dict[str, int] = {}
    for item in dict.fromkeys(rows(table, one, *names)[over]):
        if rows(table, other, item, *names).empty:
            continue
        step = difference(pick(table, other, item, *names), pick(table, one, item, *names))
        # Of a hidden estimate nothing is said, not even that it does not differ.
        if np.isfinite(step.value):
            signs[str(item)] = int(np.sign(step.value)) if step.clear else 0
    return _sorted_out(signs, ("klart høyere", "klart lavere", "ikke klart forskjellig"), noun) or NO_CONTRAST


def associations(table: pd.DataFrame, term: str, *names: object, noun: str = "") -> str:
    """Tell with which outcomes of a regression table a term goes together.

    Parameters
    ----------
    table : pandas.DataFrame
        Result of `regressions.regression` or `models.Models.table`.
    term : str
        The term, or the beginning of its name.
    *names : str or int
        Which outcomes (see `lookup.rows`).
    noun : str
        As in `contrast`.

    Returns
    -------
    str
        As `contrast`; clear is a p-value below 5 %.
    """
    found = rows(table, *names) if len(table) else table
    found = found[found["group"].astype(str).str.startswith(term) & (found["measure"] == "coef")]
    if found.empty:
        return NO_CONTRAST
    signs = {
        str(row["category"]): int(np.sign(row["estimate"])) if row["p_value"] < CLEAR_P else 0
        for _, row in found.dropna(subset="p_value").iterrows()
    }
    return _sorted_out(signs, ("klart høyere", "klart lavere", "ikke klart forskjellig"), noun) or NO_CONTRAST


def development(table: pd.DataFrame, *names: object, over: str = "category", noun: str = "") -> str:
    """Tell in a phrase that follows its subject which of several estimates moved from a table's first to last wave.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates.
    *names : str or int
        Which estimates (see `lookup.rows`).
    over : str
        The key that tells them apart.
    noun : str
        As in `contrast`.

    Returns
    -------
    str
        `gikk klart ned fra 2022 til 2024 for A og B, og endret seg ikke klart for de andre`; what one of the waves did
        not ask is left out; without an earlier wave that is said.
    """
    found = rows(table, *names) if len(table) else table
    start, end = (waves_shown(found)[place] for place in (0, -1))
    if start == end:
        return NO_EARLIER
    signs: dict[str, int] = {}
    for item in dict.fromkeys(found[over]):
        if not_asked(table, start, item, *names) or not_asked(table, end, item, *names):
            continue
        step = difference(pick(table, start, item, *names), pick(table, end, item, *names))
        if np.isfinite(step.value):
            signs[str(item)] = int(np.sign(step.value)) if step.clear else 0
    years = f"fra {start} til {end}"
    words = (f"økte klart {years}", f"gikk klart ned {years}", "endret seg ikke klart")
    if not any(signs.values()):
        words = (*words[:2], f"endret seg ikke klart {years}")
    return _sorted_out(signs, words, noun) or NOT_COMPARABLE


def widest(
    table: pd.DataFrame, one: object, other: object, *names: object, count: int = 1, over: str = "category"
) -> str:
    """Name the estimates for which two groups lie furthest apart, in either direction, the widest gap first."""
    if not_asked(table, one, *names) or not_asked(table, other, *names):
        return NOT_ASKED
    ones, others = (
        rows(table, group, *names).drop_duplicates(over).set_index(over)["estimate"].astype(float)
        for group in (one, other)
    )
    gaps = (ones - others).abs().dropna().sort_values(ascending=False, kind="stable")
    return nb_list([str(name) for name in gaps.index[:count]]) if len(gaps) else HIDDEN


def slopes(table: pd.DataFrame, *names: object, over: str = "category", noun: str = "") -> str:
    """Say of several curves at once how they run; arguments and words as in `words.slope_word`.

    Parameters
    ----------
    table : pandas.DataFrame
        Result of `curves.curve` for several outcomes.
    *names : str or int
        Which curves.
    over : str
        The key that tells them apart.
    noun : str
        As in `contrast`.

    Returns
    -------
    str
        `avtar for A og B, og varierer lite for C`; «ikke spurt» where there is none.
    """
    if not_asked(table, *names):
        return NOT_ASKED
    found = {str(item): slope_word(table, item, *names) for item in dict.fromkeys(rows(table, *names)[over])}
    kinds = list(dict.fromkeys(found.values()))
    if len(kinds) == 1 and noun:
        return f"{kinds[0]} for alle {noun}"
    return _joined([f"{kind} for {nb_list([item for item in found if found[item] == kind])}" for kind in kinds])


def steepest(table: pd.DataFrame, *names: object, over: str = "category", digits: int = 0) -> str:
    """Name the curve that falls most from its first to its last point, with both values.

    Parameters
    ----------
    table : pandas.DataFrame
        Result of `curves.curve` for several outcomes.
    *names : str or int
        Which curves.
    over : str
        The key that tells them apart.
    digits : int
        Decimals to print.

    Returns
    -------
    str
        `e-post/sms (fra 0,9 til 0,1)`.
    """
    if not_asked(table, *names):
        return NOT_ASKED
    known = rows(table, *names).dropna(subset="estimate").sort_values("x", kind="stable")
    if known.empty:
        return HIDDEN
    groups = known.groupby(over, sort=False)["estimate"]
    first, last = groups.first().astype(float), groups.last().astype(float)
    name = str((last - first).idxmin())
    return f"{name} (fra {nb_number(first[name], digits)} til {nb_number(last[name], digits)})"


def quoted(table: pd.DataFrame, key: str = "category") -> pd.DataFrame:
    """Put guillemets around the names of one key, so that statements can stand in a sentence."""
    if key not in KEYS:
        raise ValueError(f"{key} is no key of a table of estimates; take one of {', '.join(KEYS)}")
    result = table.assign(**{key: [name if name in ("", TOTAL) else f"«{name}»" for name in table[key]]})
    result.attrs = table.attrs
    return result


def _sorted_out(signs: dict[str, int], words: tuple[str, str, str], noun: str) -> str:
    """Words for what is above, below and neither, with their items; several of the last are «de andre» of the rest.

    What is hidden is left out; nothing where all is.
    """
    kinds = [[item for item in signs if signs[item] == sign] for sign in (1, -1, 0)]
    told = [(word, items) for word, items in zip(words, kinds, strict=True) if items]
    if len(told) == 1 and noun:
        every = "begge" if len(signs) == 2 else "alle"
        return f"{told[0][0]} for {every if any(signs.values()) else 'noen av'} {noun}"
    brief = kinds[2] if len(told) > 1 and len(kinds[2]) > 1 else None
    return _joined([f"{word} for {'de andre' if items is brief else nb_list(items)}" for word, items in told])


def _joined(clauses: list[str]) -> str:
    # Lists hold «og» themselves, so a comma must part the clauses.
    return ", ".join(clauses[:-1]) + (", og " if len(clauses) > 1 else "") + "".join(clauses[-1:])
