"""Words for the order of many estimates and the distances between them, and lists of their numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from engine.table import TOTAL, open_key, rows
from engine.vouched import vouched_number, vouched_numbers

from . import verdict
from .lookup import NOT_ASKED, bare, check_key, nb, not_asked, said, said_some, waves_shown
from .numbers import HIDDEN, NO_BREAK_SPACE, nb_list, nb_number
from .trends import NOT_COMPARABLE

# Rank correlations that we call an order of some kind, and a plain one.
SOME_ORDER, PLAIN_ORDER = 0.3, 0.8
# Two categories always have a rank correlation of 1 or −1.
FEWEST_IN_ORDER = 3
# Distances that differ by less than this part are called alike: they are descriptions without a test.
ALIKE = 0.1


def ranked(
    table: pd.DataFrame, *names: object, over: str = "", digits: int = 0, unit: str = "", count: int = 0,
    lowest: bool = False,
) -> str:  # fmt: skip
    """Name estimates in order with their values, highest first.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates.
    *names : str or int
        Which estimates (see `engine.table.rows`).
    over : str
        The column that tells them apart, found where only one does; a total is left out.
    digits : int
        Decimals to print.
    unit : str
        Word after each number.
    count : int
        How many; 0 for all.
    lowest : bool
        Lowest first.

    Returns
    -------
    str
        `veiledning om utdanning (52 prosent) og arbeidsmarkedskompetanse (47 prosent)`; suppressed ones are left out,
        and so is a parenthesis that ends a name, since the number stands in one. «skjult» where all are, «ikke spurt»
        where the wave did not ask.

    Examples
    --------
    >>> ranked(areas, "unge", 2024, digits=1)
    'avtalte møter (3,1), telefon (2,4) og e-post (2,0)'
    """
    if not_asked(table, *names):
        return NOT_ASKED
    found = said_some(table, *names)
    over = over or open_key(found)
    check_key(found, over)
    known = found[found[over] != TOTAL].dropna(subset="estimate")
    known = known.sort_values("estimate", ascending=lowest, kind="stable")
    after = f"{NO_BREAK_SPACE}{unit}" if unit else ""
    told = [
        f"{bare(name)} ({nb_number(float(value), digits)}{after})"
        for name, value in zip(known[over], known["estimate"], strict=True)
    ]
    return nb_list(told[: count or None]) or HIDDEN


def highest(
    table: pd.DataFrame, *names: object, over: str = "", digits: int = 0, unit: str = "", count: int = 1
) -> str:
    """Name the highest estimate, or the `count` highest, with its value.

    Parameters
    ----------
    table, *names, over, digits, unit, count
        As in `ranked`.

    Returns
    -------
    str
        `Oslo (108)`; hidden ones are left out.

    Examples
    --------
    >>> highest(caseload, 2024)
    'de over 30 år (95)'
    """
    return ranked(table, *names, over=over, digits=digits, unit=unit, count=count)


def lowest(
    table: pd.DataFrame, *names: object, over: str = "", digits: int = 0, unit: str = "", count: int = 1
) -> str:
    """Name the lowest estimate, or the `count` lowest from below, with its value.

    Parameters
    ----------
    table, *names, over, digits, unit, count
        As in `ranked`.

    Returns
    -------
    str
        `Nordland (77)`; hidden ones are left out.

    Examples
    --------
    >>> lowest(caseload, 2024)
    'unge (55)'
    """
    return ranked(table, *names, over=over, digits=digits, unit=unit, count=count, lowest=True)


def then_and_now(
    table: pd.DataFrame, first: object, last: object, *names: object, over: str = "", digits: int = 0,
    count: int = 3,
) -> str:  # fmt: skip
    """Name the lowest of an earlier wave and where they stand now: `Agder (fra 46 til 57) og Oslo (fra 48 til 52)`."""
    if not_asked(table, first, *names) or not_asked(table, last, *names):
        return NOT_ASKED
    if first == last:
        return ranked(table, first, *names, over=over, digits=digits, count=count, lowest=True)
    ends = _side_by_side(table, first, last, *names, over=over).sort_values("one", kind="stable")
    told = [
        f"{bare(name)} (fra {nb_number(float(row['one']), digits)} til {nb_number(float(row['other']), digits)})"
        for name, row in ends[ends.index != TOTAL].iterrows()
    ]
    return nb_list(told[:count]) or HIDDEN


def widest(
    table: pd.DataFrame, one: object, other: object, *names: object, over: str = "", count: int = 1
) -> str:
    """Name the estimates for which two groups lie furthest apart, in either direction, the widest gap first.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates of both groups.
    one, other : str or int
        The groups.
    *names : str or int
        Which estimates (see `engine.table.rows`).
    over : str
        The column that tells them apart, found where only one does.
    count : int
        How many.

    Returns
    -------
    str
        `medvirkning og møter`; «skjult» where no gap is known, «ikke spurt» as in `nb`.

    Examples
    --------
    >>> widest(areas, "unge", "de over 30", 2024)
    'telefon'
    """
    if not_asked(table, one, *names) or not_asked(table, other, *names):
        return NOT_ASKED
    gaps = _side_by_side(table, one, other, *names, over=over)
    size = (gaps["one"] - gaps["other"]).abs().sort_values(ascending=False, kind="stable")
    return nb_list([str(name) for name in size.index[:count]]) or HIDDEN


def _side_by_side(table: pd.DataFrame, one: object, other: object, *names: object, over: str = "") -> pd.DataFrame:
    """Estimates of two groups for what both show, in the order of the first."""
    over = over or open_key(rows(table, one, *names))
    first, second = (
        said(table, group, *names).drop_duplicates(over).set_index(over)["estimate"].astype(float)
        for group in (one, other)
    )
    return pd.DataFrame({"one": first, "other": second.reindex(first.index)}).dropna()


def steepest(table: pd.DataFrame, *names: object, over: str = "", digits: int = 0) -> str:
    """Name the curve that falls most from its first to its last point: `e-post/sms (fra 0,9 til 0,1)`."""
    if not_asked(table, *names):
        return NOT_ASKED
    known = said_some(table, *names).dropna(subset="estimate").sort_values("x", kind="stable")
    if known.empty:
        return HIDDEN
    groups = known.groupby(over or open_key(known), sort=False)["estimate"]
    first, last = groups.first().astype(float), groups.last().astype(float)
    name = str((last - first).idxmin())
    return f"{name} (fra {nb_number(first[name], digits)} til {nb_number(last[name], digits)})"


def spread(table: pd.DataFrame, *names: object, over: str = "", ends: bool = False, digits: int = 1) -> str:
    """Write how far apart the highest and the lowest of several estimates, or of a curve's points, lie.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates or curves.
    *names : str or int
        Which estimates (see `engine.table.rows`).
    over : str
        A key, to write it for each of its values: `wave`.
    ends : bool
        Write both ends instead of their distance.
    digits : int
        Decimals to print.

    Returns
    -------
    str
        `0,6`; over waves `0,6 i 2023 og 0,4 i 2024`; both ends `fra 0,025 til 0,150`. Suppressed estimates are left
        out; «ikke spurt» where there is none.

    Notes
    -----
    Chance alone spreads categories, the more the fewer answers: a description, not a test.

    Examples
    --------
    >>> spread(areas, "unge", over="wave")
    '1,1 i 2022 og 1,1 i 2024'
    """
    if not_asked(table, *names):
        return NOT_ASKED
    found = said_some(table, *names)
    if over:
        return nb_list([f"{_distance(part, digits)} i {name}" for name, part in found.groupby(over)])
    if ends:
        low, high = (nb_number(float(end), digits) for end in (found["estimate"].min(), found["estimate"].max()))
        return f"fra {low} til {high}"
    return _distance(found, digits)


def _distance(found: pd.DataFrame, digits: int) -> str:
    return nb_number(float(found["estimate"].max() - found["estimate"].min()), digits)


def wider(table: pd.DataFrame, one: object, other: object, *names: object) -> str:
    """Say whether the estimates of one group lie further apart than another's, to within a tenth.

    «større enn», «mindre enn» or «om lag like stor som», of highest less lowest; of two waves, the later one first, «er
    blitt større», «er blitt mindre» or «er om lag som før», of the standard deviation, which a single category cannot
    turn. «kan ikke sammenlignes» where one has no spread.
    """
    waves = isinstance(one, int)
    if not_asked(table, one, *names) or not_asked(table, other, *names):
        return NOT_COMPARABLE if waves else NOT_ASKED
    first, second = (said(table, group, *names)["estimate"].astype(float).dropna() for group in (one, other))
    if one == other or min(len(first), len(second)) < 2:
        return NOT_COMPARABLE
    sizes = [float(part.std() if waves else np.ptp(part)) for part in (second, first)]
    words = ("er blitt større", "er blitt mindre", "er om lag som før")
    more, less, same = words if waves else ("større enn", "mindre enn", "om lag like stor som")
    return {1: more, -1: less, 0: same}[verdict.of_sizes(sizes[0], sizes[1], ALIKE).way]


def same_order(table: pd.DataFrame, one: object, other: object, *names: object) -> str:
    """Say whether the categories that are high in one group are high in another.

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

    Examples
    --------
    >>> same_order(areas, "unge", "de over 30", 2024)
    'en viss felles rekkefølge'
    """
    if not_asked(table, one, *names) or not_asked(table, other, *names):
        return NOT_ASKED
    # Ranks among the categories that both groups show: one that is hidden in either would shift those of the others.
    ranks = _side_by_side(table, one, other, *names).rank()
    if len(ranks) < FEWEST_IN_ORDER:
        return "en rekkefølge som ikke kan sammenlignes"
    # Categories that are all alike have no order, and no correlation.
    found = 0.0 if (ranks.nunique() == 1).any() else vouched_number(float(ranks["one"].corr(ranks["other"])))
    if abs(found) < SOME_ORDER:
        return "ingen tydelig felles rekkefølge"
    much = "tydelig" if abs(found) > PLAIN_ORDER else "viss"
    return f"en {much} {'felles' if found > 0 else 'motsatt'} rekkefølge"


def off_line(table: pd.DataFrame, outcome: object, given: object, *names: object, most: int = 2) -> tuple[str, str]:
    """Name the categories furthest below and above the straight line of one group's estimates on another's.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates, one a category in each group.
    outcome, given : str
        The groups: what the line tells, and from what.
    *names : str or int
        Further names of the estimates.
    most : int
        How many on each side.

    Returns
    -------
    tuple of str
        Those below, the furthest first, and those above; «skjult» of fewer than twice as many and one.

    Examples
    --------
    >>> off_line(areas, "unge", "de over 30", 2024, most=1)
    ('e-post', 'telefon')
    """
    if not_asked(table, outcome, *names) or not_asked(table, given, *names):
        return NOT_ASKED, NOT_ASKED
    both = _side_by_side(table, outcome, given, *names)
    if len(both) <= 2 * most:
        return HIDDEN, HIDDEN
    rest = line_residuals(both["one"], both["other"]).sort_values(kind="stable")
    below, above = list(map(str, rest.index[:most])), list(map(str, rest.index[::-1][:most]))
    return nb_list(below), nb_list(above)


def line_residuals(outcome: pd.Series, given: pd.Series) -> pd.Series:
    """Distances of categories above the straight line of one group's estimates on another's."""
    slope, level = np.polyfit(given, outcome, 1)
    rest = outcome - (float(level) + float(slope) * given)
    return pd.Series(vouched_numbers(rest, outcome), index=outcome.index)


def listed(table: pd.DataFrame, *names: object, digits: int = 0, unit: str = "") -> str:
    """List a number for each wave, without judging whether it changed: for counts, which have no interval.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates.
    *names : str or int
        Which estimates (see `engine.table.rows`), one a wave.
    digits : int
        Decimals to print.
    unit : str
        Word after the first number.

    Returns
    -------
    str
        `5 629 personer i 2022, 4 023 i 2023 og 4 819 i 2024`; «ikke spurt» where there is none.

    Examples
    --------
    >>> listed(caseload, "totalt")
    '69 i 2022, 74 i 2023 og 76 i 2024'
    """
    if not_asked(table, *names):
        return NOT_ASKED
    waves = waves_shown(said_some(table, *names))
    told = [nb(table, wave, *names, digits=digits) for wave in waves]
    if unit:
        told[0] += NO_BREAK_SPACE + unit
    return nb_list([f"{number} i {wave}" for number, wave in zip(told, waves, strict=True)])
