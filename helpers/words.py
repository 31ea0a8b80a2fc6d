"""Words of direction, written from estimates so that a sentence can't lie about another year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .linearization import NORMAL_975
from .lookup import NOT_ASKED, Estimate, not_asked, pick, rows
from .numbers import HIDDEN, nb_list, nb_number
from .tidy import TOTAL

# Below one standard error we say nothing moved; between one and 1.96 only a tendency: the report's own three steps.
TENDENCY = 1.0
NOT_COMPARABLE = "kan ikke sammenlignes"
UNCHANGED = "var om lag uendret"


@dataclass(frozen=True)
class Difference:
    """Difference between two independent estimates.

    Attributes
    ----------
    value : float
        Second minus first, in the table's unit.
    standard_error : float
        Root of the sum of the squared standard errors.
    """

    value: float
    standard_error: float

    @property
    def z(self) -> float:
        """Difference in standard errors."""
        return self.value / self.standard_error if self.standard_error > 0 else float("nan")

    @property
    def clear(self) -> bool:
        """Whether the 95 % interval of the difference leaves out 0."""
        return bool(abs(self.z) >= NORMAL_975)

    @property
    def tendency(self) -> bool:
        """Whether the difference is larger than its standard error without being clear."""
        return bool(TENDENCY <= abs(self.z) < NORMAL_975)


def difference(first: Estimate, second: Estimate) -> Difference:
    """Second minus first estimate, taken as independent (waves, or groups without a person in common)."""
    # Not hypot, which the C library fuses on some processors: the same bits on all.
    error = float(np.sqrt(first.standard_error * first.standard_error + second.standard_error * second.standard_error))
    return Difference(second.value - first.value, error)


def change_word(table: pd.DataFrame, start: int, end: int, *names: object) -> str:
    """Say in a verb what happened between two waves.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates with both waves.
    start, end : int
        Waves to compare.
    *names : str or int
        Which estimate (see `lookup.pick`).

    Returns
    -------
    str
        «økte» or «gikk ned» where the 95 % interval of the difference leaves out 0, «viste en tendens til økning» or
        «… nedgang» where the difference exceeds its standard error, else «var om lag uendret»; «kan ikke sammenlignes»
        where an estimate is suppressed.
    """
    if not_asked(table, start, *names) or not_asked(table, end, *names):
        return NOT_COMPARABLE
    found = difference(pick(table, start, *names), pick(table, end, *names))
    if not np.isfinite(found.z):
        return NOT_COMPARABLE
    if found.clear:
        return "økte" if found.value > 0 else "gikk ned"
    if found.tendency:
        return f"viste en tendens til {'økning' if found.value > 0 else 'nedgang'}"
    return UNCHANGED


def trend(table: pd.DataFrame, *names: object, digits: int = 0) -> str:
    """Tell the development over the table's waves in one phrase that follows its subject.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates over one or more waves.
    *names : str or int
        Which series (see `lookup.rows`).
    digits : int
        Decimals to print.

    Returns
    -------
    str
        `økte fra 70 i 2022 til 76 i 2024 (76 i 2023)`; `var om lag uendret på 65 fra 2022 til 2024` where both print
        the same; `kan ikke sammenlignes over tid (skjult i 2022 og 76 i 2024)` where one is suppressed; with one wave
        `var 70 i 2022`.
    """
    if table.empty:
        return f"er {NOT_ASKED} om"
    waves = sorted(int(wave) for wave in rows(table, *names)["wave"].unique())
    told = {wave: nb_number(pick(table, wave, *names).value, digits) for wave in waves}
    start, end = waves[0], waves[-1]
    if start == end:
        return f"var {told[end]} i {end}"
    word = change_word(table, start, end, *names)
    between = nb_list([f"{told[wave]} i {wave}" for wave in waves[1:-1]])
    if word == NOT_COMPARABLE:
        return f"{word} over tid ({told[start]} i {start} og {told[end]} i {end})"
    way = f"fra {told[start]} i {start} til {told[end]} i {end}"
    if word == UNCHANGED and told[start] == told[end]:
        way = f"på {told[end]} fra {start} til {end}"
    return f"{word} {way}" + (f" ({between})" if between else "")


def compare(table: pd.DataFrame, one: object, other: object, *names: object) -> str:
    """Say how one group lies against another in the same wave: «høyere enn», «lavere enn» or «om lag som»."""
    if not_asked(table, one, *names) or not_asked(table, other, *names):
        return "ikke sammenlignbar med"
    found = difference(pick(table, other, *names), pick(table, one, *names))
    if not np.isfinite(found.z):
        return "ikke sammenlignbar med"
    return ("høyere enn" if found.value > 0 else "lavere enn") if found.clear else "om lag som"


def extremes(table: pd.DataFrame, *names: object, over: str = "category", digits: int = 0) -> tuple[str, str]:
    """Name the highest and the lowest of some estimates.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates.
    *names : str or int
        Which estimates (see `lookup.rows`).
    over : str
        The key that tells them apart; a total is left out.
    digits : int
        Decimals to print.

    Returns
    -------
    tuple of str
        `Oslo (108)` and `Nordland (77)`; suppressed estimates are left out.
    """
    if not_asked(table, *names):
        return NOT_ASKED, NOT_ASKED
    found = rows(table, *names)
    known = found[found[over] != TOTAL].dropna(subset="estimate")
    if known.empty:
        return HIDDEN, HIDDEN
    ends = [known.iloc[int(known["estimate"].argmax())], known.iloc[int(known["estimate"].argmin())]]
    high, low = (f"{row[over]} ({nb_number(float(row['estimate']), digits)})" for row in ends)
    return high, low


def growth(table: pd.DataFrame, start: int, end: int, *names: object, where: str = "for") -> str:
    """Tell in a phrase that follows its subject for which categories something clearly rose between two waves.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates with both waves.
    start, end : int
        Waves to compare; the same one where the edition has no earlier wave.
    *names : str or int
        Which estimates (see `lookup.rows`).
    where : str
        Preposition before the categories.

    Returns
    -------
    str
        `økte klart fra 2022 til 2024 for A og B`, in the table's order; `økte ikke klart for noen av gruppene fra …`
        where there are none; without an earlier wave that is said. Categories not asked in both waves are left out.
    """
    if start == end or table.empty:
        return "kan ikke sammenlignes med en tidligere undersøkelse"
    found = []
    for category in dict.fromkeys(rows(table, *names)["category"]):
        if any(not_asked(table, wave, category, *names) for wave in (start, end)):
            continue
        step = difference(pick(table, start, category, *names), pick(table, end, category, *names))
        if step.clear and step.value > 0:
            found.append(str(category))
    if not found:
        return f"økte ikke klart for noen av gruppene fra {start} til {end}"
    return f"økte klart fra {start} til {end} {where} {nb_list(found)}"


def slope_word(table: pd.DataFrame, *names: object) -> str:
    """Say how a curve runs from the smallest to the largest value shown.

    Parameters
    ----------
    table : pandas.DataFrame
        Result of `curves.curve`.
    *names : str or int
        Which curve.

    Returns
    -------
    str
        «øker» or «avtar» where the Wald test of the curve is below 5 %, else «varierer lite».
    """
    line = rows(table, *names).sort_values("x", kind="stable")
    if line.empty or line["estimate"].isna().any():
        return "kan ikke vises"
    # Written so that a curve without a test claims nothing.
    if not float(line["p_value"].iloc[0]) < 0.05:
        return "varierer lite"
    return "øker" if line["estimate"].iloc[-1] > line["estimate"].iloc[0] else "avtar"


def moved(table: pd.DataFrame, *names: object, digits: int = 0) -> str:
    """Tell an estimated change in a phrase that follows its subject.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy changes, as of `office_panel.office_changes`.
    *names : str or int
        Which change (see `lookup.pick`).
    digits : int
        Decimals to print.

    Returns
    -------
    str
        `økte med 6 (mellom 4 og 8)`, `gikk ned med …`, or `endret seg ikke klart (anslag 1, mellom −2 og 4)`, with the
        95 % interval; «kan ikke sammenlignes» where it is hidden or there is no earlier wave.
    """
    if not_asked(table, *names):
        return NOT_COMPARABLE
    found = pick(table, *names)
    if not np.isfinite(found.value):
        return NOT_COMPARABLE
    ends = [found.ci_low, found.ci_high]
    if ends[0] <= 0 <= ends[1]:
        low, high = (nb_number(end, digits) for end in ends)
        return f"endret seg ikke klart (anslag {nb_number(found.value, digits)}, mellom {low} og {high})"
    size, low, high = (nb_number(part, digits) for part in (abs(found.value), *sorted(map(abs, ends))))
    return f"{'økte' if found.value > 0 else 'gikk ned'} med {size} (mellom {low} og {high})"
