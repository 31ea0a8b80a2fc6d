"""Words for groups and categories against each other: who lies above whom, in which order, how far apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import pandas as pd

from .linearization import NORMAL_975
from .lookup import NOT_ASKED, not_asked, pick, rows
from .numbers import HIDDEN, nb_list, nb_number
from .tidy import TOTAL
from .vouched import vouched_number, vouched_numbers
from .words import Difference, difference

# Rank correlations that we call an order of some kind, and a plain one.
SOME_ORDER, PLAIN_ORDER = 0.3, 0.8
# Two categories always have a rank correlation of 1 or −1.
FEWEST_IN_ORDER = 3


def asked_now(table: pd.DataFrame) -> pd.DataFrame:
    """Keep a table only where its edition's own wave asked for it.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates of several waves; `.attrs["survey_year"]` is the current one.

    Returns
    -------
    pandas.DataFrame
        The same table, or its columns without rows: an edition does not show a development that ends before it.
    """
    if table.empty or (table["wave"] == table.attrs.get("survey_year")).any():
        return table
    nothing = table.iloc[:0]
    nothing.attrs = table.attrs
    return nothing


def standing(table: pd.DataFrame, one: object, *names: object, over: str = "group", than: str = "enn for") -> str:
    """Tell which groups one group clearly lies above or below.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates.
    one : str
        The group.
    *names : str or int
        Further names that leave one estimate a group.
    over : str
        The key that holds the groups; a total is left out.
    than : str
        Words before the other groups.

    Returns
    -------
    str
        `lavere enn for A, og om lag som for B`.
    """
    if not_asked(table, one, *names):
        return NOT_ASKED
    others = [name for name in without_total(rows(table, *names)[over]) if not name.startswith(str(one))]

    def verdict(group: str) -> str:
        return above_or_below(difference(pick(table, group, *names), pick(table, one, *names)))

    like = "som" + than.removeprefix("enn")
    return sorted_by(verdict, others, (f"høyere {than}", f"lavere {than}", f"om lag {like}"), "")


def spread(table: pd.DataFrame, *names: object, digits: int = 1) -> str:
    """Tell how far apart the highest and the lowest category lie, in each wave: `0,6 i 2023 og 0,4 i 2024`.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates.
    *names : str or int
        Which estimates (see `lookup.rows`).
    digits : int
        Decimals to print.

    Returns
    -------
    str
        Suppressed estimates are left out; «ikke spurt» where there is none.

    Notes
    -----
    Chance alone spreads categories, the more the fewer answers: a description, not a test.
    """
    if not_asked(table, *names):
        return NOT_ASKED
    by_wave = rows(table, *names).groupby("wave")["estimate"]
    return nb_list([f"{nb_number(float(part.max() - part.min()), digits)} i {wave}" for wave, part in by_wave])


def order_word(table: pd.DataFrame, one: object, other: object, *names: object) -> str:
    """Say whether the categories that are high in one group are high in another: «en viss motsatt rekkefølge».

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates, one a category in each group.
    one, other : str
        The groups.
    *names : str or int
        Further names of the estimates.

    Returns
    -------
    str
        By the rank correlation: «ingen tydelig felles rekkefølge» nearer to 0 than 0.3, «en viss felles …» or «en viss
        motsatt …», beyond 0.8 «en tydelig …»; «en rekkefølge som ikke kan sammenlignes» of fewer than three
        categories that both groups show.
    """
    if not_asked(table, one, *names) or not_asked(table, other, *names):
        return NOT_ASKED
    first, second = (rows(table, group, *names).set_index("category")["estimate"] for group in (one, other))
    # Ranks among the categories that both groups show: one that is hidden in either would shift those of the others.
    ranks = pd.DataFrame({"one": first, "other": second}).astype(float).dropna().rank()
    if len(ranks) < FEWEST_IN_ORDER:
        return "en rekkefølge som ikke kan sammenlignes"
    # Categories that are all alike have no order, and no correlation.
    found = 0.0 if (ranks.nunique() == 1).any() else vouched_number(float(ranks["one"].corr(ranks["other"])))
    if abs(found) < SOME_ORDER:
        return "ingen tydelig felles rekkefølge"
    much = "tydelig" if abs(found) > PLAIN_ORDER else "viss"
    return f"en {much} {'felles' if found > 0 else 'motsatt'} rekkefølge"


def off_line(table: pd.DataFrame, outcome: object, given: object, *names: object, most: int = 2) -> tuple[str, str]:
    """Name the categories furthest below and above the straight line of one group's estimates on another's."""
    if not_asked(table, outcome, *names) or not_asked(table, given, *names):
        return NOT_ASKED, NOT_ASKED
    y, x = (rows(table, group, *names).set_index("category")["estimate"].astype(float) for group in (outcome, given))
    both = pd.DataFrame({"x": x, "y": y}).dropna()
    if len(both) <= 2 * most:
        return HIDDEN, HIDDEN
    slope, level = np.polyfit(both["x"], both["y"], 1)
    rest = both["y"] - level - slope * both["x"]
    rest = pd.Series(vouched_numbers(rest, both["y"]), index=both.index).sort_values(kind="stable")
    below, above = list(map(str, rest.index[:most])), list(map(str, rest.index[::-1][:most]))
    return nb_list(below), nb_list(above)


def above_or_below(change: Difference) -> str:
    """Give the verdict on a difference: above or below where its 95 % interval leaves out 0, about, or nothing."""
    if not np.isfinite(change.z):
        return ""
    if abs(change.z) < NORMAL_975:
        return "about"
    return "above" if change.value > 0 else "below"


def without_total(names: Iterable[object]) -> list[str]:
    """Give each name once, in order, without the total."""
    return [str(name) for name in dict.fromkeys(names) if name != TOTAL]


def sorted_by(verdict: Callable[[str], str], names: Sequence[str], words: Sequence[str], before: str) -> str:
    """Write names behind the words of their verdicts.

    Parameters
    ----------
    verdict : callable
        Gives a name's verdict: one of `words`, or above, below and about, which stand for the first three; empty for a
        name that is left out.
    names : sequence of str
        What is sorted, in the order of the text.
    words : sequence of str
        The words, in the order of the text.
    before : str
        Preposition before the names.

    Returns
    -------
    str
        `høyere for A og B, og om lag like for C`; «ikke sammenlignbare» where no name has a verdict.
    """
    meaning = dict(zip(("above", "below", "about"), words, strict=False))
    found: dict[str, list[str]] = {word: [] for word in words}
    for name in names:
        given = verdict(name)
        if given:
            found[given if given in found else meaning[given]].append(name)
    told = [" ".join(filter(None, (word, before, nb_list(listed)))) for word, listed in found.items() if listed]
    return ", og ".join(filter(None, (", ".join(told[:-1]), told[-1]))) if told else "ikke sammenlignbare"
