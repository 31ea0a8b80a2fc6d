"""Words for regressions and curves: what goes with what, by how much, and how a line runs."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from engine.errors import ReportError
from engine.table import PROBABILITY, about, keys_in, open_key, rows

from . import verdict
from .lookup import NOT_ASKED, bare, check_key, not_asked, said, said_one, said_some
from .numbers import HIDDEN, NO_BREAK_SPACE, nb_list, nb_number
from .phrases import CONTRAST, NO_CONTRAST, joined, sorted_out
from .verdict import Verdict

UNSHOWN = "kan ikke vises"
# The second half of a curve that changes less than this part of the first half has flattened.
FLAT_PART = 0.5


def slope(table: pd.DataFrame, *names: object, over: str = "", noun: str = "", halves: bool = False) -> str:
    """Say in a verb what an outcome does as a variable grows, from a curve or from a coefficient.

    Parameters
    ----------
    table : pandas.DataFrame
        Curves (`curve`, `share_curve`) or coefficients of a model.
    *names : str or int
        Which curve, or outcome and term (see `engine.table.rows`).
    over : str
        A key, to tell of several curves at once.
    noun : str
        What several are called together, to say «for alle måtene».
    halves : bool
        Tell of both halves of the curve's range instead.

    Returns
    -------
    str
        Of a curve «øker» or «avtar», from its smallest to its largest value, where its Wald test is below 5 %, «ser ut
        til å øke» or «… avta» where it is below 32 %, that of one standard error, else «varierer lite». Of a
        coefficient the same words, or «har ingen sikker sammenheng», by its own 95 % interval. Over a key
        `avtar for A og B, og varierer lite for C`, over waves
        `avtar i 2023 og varierer lite i 2024`. Of both halves «faller først og flater så ut», «faller hele veien» or
        «faller først og stiger så igjen». «kan ikke vises» where it is hidden.

    Examples
    --------
    >>> slope(lines, "unge")
    'avtar'
    >>> slope(lines, over="age_group_followed")
    'avtar for unge, og varierer lite for de over 30 år'
    """
    if not_asked(table, *names):
        return UNSHOWN if halves else NOT_ASKED if over and over != "wave" else f"er {NOT_ASKED} om"
    found = said_some(table, *names)
    if "x" not in found and not (found["measure"] == "coef").any():
        raise ReportError("the table is neither a curve nor a model's coefficients", "slope", remedy="take trend(…)")
    if halves:
        return _both_halves(found.sort_values("x", kind="stable")["estimate"].to_list())
    if (found["measure"] == "coef").any():
        return _coefficient_word(coefficient(found))
    if not over:
        return _slope_word(found)
    check_key(found, over)
    each = {bare(item): _slope_word(found[found[over] == item]) for item in dict.fromkeys(found[over])}
    if over == "wave":
        return nb_list([f"{word} i {wave}" for wave, word in each.items()])
    kinds = list(dict.fromkeys(each.values()))
    if len(kinds) == 1 and noun:
        return f"{kinds[0]} for alle {noun}"
    return joined([f"{kind} for {nb_list([item for item in each if each[item] == kind])}" for kind in kinds])


def _slope_word(curve: pd.DataFrame) -> str:
    line = curve.sort_values("x", kind="stable")
    if line["estimate"].isna().any():
        return UNSHOWN
    rise = float(line["estimate"].iloc[-1] - line["estimate"].iloc[0])
    return _moves(verdict.of_p(rise, float(line["p_value"].iloc[0]))) or "varierer lite"


def _moves(found: Verdict) -> str:
    """Say in a verb which way something clearly goes or tends to; nothing where it does neither."""
    if found.clear:
        return "øker" if found.sign > 0 else "avtar"
    if found.strength == verdict.TENDENCY:
        return f"ser ut til å {'øke' if found.sign > 0 else 'avta'}"
    return ""


def _both_halves(line: Sequence[float]) -> str:
    if len(line) < 3 or any(map(math.isnan, line)):
        return UNSHOWN
    middle = len(line) // 2
    first, second = line[middle] - line[0], line[-1] - line[middle]
    one, other = ("faller", "stiger") if first < 0 else ("stiger", "faller")
    if abs(second) < FLAT_PART * abs(first):
        return f"{one} først og flater så ut"
    return f"{one} hele veien" if first * second > 0 else f"{one} først og {other} så igjen"


def coefficient(table: pd.DataFrame, *names: object) -> Verdict:
    """Judge one coefficient by the table's own interval, which may rest on the t distribution."""
    one = said_one(table, "coef", *names)
    return verdict.of_interval(one.value, one.ci_low, one.ci_high, one.standard_error)


def _coefficient_word(found: Verdict) -> str:
    if not found.known:
        return UNSHOWN
    return _moves(found) or "har ingen sikker sammenheng"


def effect(
    table: pd.DataFrame, *names: object, than: str = "", digits: int | None = None, who: str = ""
) -> str:  # fmt: skip
    """Say how far a coefficient moves the outcome.

    Parameters
    ----------
    table : pandas.DataFrame
        Coefficients of a model.
    *names : str or int
        Outcome and term (see `engine.table.rows`).
    than : str
        What it is compared with: «for menn».
    digits : int, optional
        Decimals; 2, and 1 for percentage points.
    who : str
        Who is compared, to stand before it: «for kvinner».

    Returns
    -------
    str
        `0,27 lavere` where the 95 % interval leaves out 0, else `om lag den samme (−0,04)`. Of a probability
        `4,2 prosentpoeng lavere for kvinner enn for menn`, else `om lag den samme for kvinner som for
        menn`. «skjult» and «ikke spurt» as in `nb`.

    Examples
    --------
    >>> effect(model, "antall brukere")
    '0,30 lavere'
    """
    if not_asked(table, *names):
        return NOT_ASKED
    found = coefficient(table, *names)
    if not found.known:
        return HIDDEN
    points = about(table).unit == PROBABILITY
    size = nb_number(100 * abs(found.value), 1 if digits is None else digits) + " prosentpoeng"
    if not points:
        size = nb_number(abs(found.value), 2 if digits is None else digits)
    if found.clear:
        return " ".join(filter(None, (size, "høyere" if found.sign > 0 else "lavere", who, than and f"enn {than}")))
    alike = " ".join(filter(None, ("om lag den samme", who, than and f"som {than}")))
    return alike if points else f"{alike} ({nb_number(found.value, 2 if digits is None else digits)})"


def effects(table: pd.DataFrame, terms: Sequence[str], *, digits: int = 2, where: str = "med") -> str:
    """Sort terms by whether they go with a higher or a lower outcome: `lavere med A (−0,18), og om lag den samme …`."""
    if table.empty:
        return NOT_ASKED
    found = {}
    for term in terms:
        one, label = coefficient(table, term), str(rows(table, "coef", term)["term"].iloc[0])
        found[f"{bare(label)} ({nb_number(one.value, digits)})"] = one
    return sorted_out(found, ("høyere", "lavere", "om lag den samme"), where) or HIDDEN


def associations(table: pd.DataFrame, term: str, *names: object, noun: str = "") -> str:
    """Tell with which outcomes of a regression table a term goes together.

    Parameters
    ----------
    table : pandas.DataFrame
        Coefficients of models of several outcomes.
    term : str
        The term, or the beginning of its name.
    *names : str or int
        Which outcomes (see `engine.table.rows`).
    noun : str
        What the outcomes are called together.

    Returns
    -------
    str
        `høyere for A og B, og om lag den samme for de andre`: higher is a p-value below 5 %; what is hidden is left
        out.

    Examples
    --------
    >>> associations(model, "sektor", noun="utfallene")
    'om lag den samme for alle utfallene'
    """
    found = said(table, *names) if len(table) else table
    found = found[found["term"].astype(str).str.startswith(term) & (found["measure"] == "coef")]
    each = {
        bare(row["outcome"]): verdict.of_p(float(row["estimate"]), float(row["p_value"])) for _, row in found.iterrows()
    }
    return sorted_out(each, CONTRAST, "for", noun, brief=True) or NO_CONTRAST


def clear_terms(table: pd.DataFrame, column: object, sign: int, variable: str = "") -> str:
    """List the terms that clearly raise (`sign` 1) or lower (−1) an outcome, the strongest first, or «ingen».

    `variable` leaves only the categories of one variable: «fylke».
    """
    found = said(table, column, "coef")
    if variable:
        found = found[found["term"].str.startswith(f"{variable}: ")]
    way = [verdict.of_p(value, p).way for value, p in zip(found["estimate"], found["p_value"], strict=True)]
    strongest = found[[one == sign for one in way]].sort_values("estimate", key=lambda size: -size.abs(), kind="stable")
    return nb_list([str(label).partition(": ")[2] or str(label) for label in strongest["term"]]) or "ingen"


def kept(table: pd.DataFrame, variant: str) -> str:
    """Write how many conclusions stand in a variant of the regressions, of how many: «120 av 131»."""
    stands, all_of_them = (
        float(said_some(table, variant, measure)["estimate"].sum()) for measure in ("conclusions", "conclusions_of")
    )
    return f"{nb_number(stands)} av {nb_number(all_of_them)}"


def curve_ends(table: pd.DataFrame, *names: object, digits: int = 0, unit: str = "prosent") -> str:
    """Tell where a curve over the number of employees begins and ends.

    `fra 32 prosent ved kontor med 13 ansatte til 15 ved kontor med 196`; «skjult» or «ikke spurt» as in `nb`.
    """
    if not_asked(table, *names):
        return NOT_ASKED
    line = said_some(table, *names).sort_values("x", kind="stable").iloc[[0, -1]]
    start, end = (nb_number(float(value), digits) for value in line["estimate"])
    small, large = (nb_number(float(size)) for size in line["x"])
    if HIDDEN in (start, end):
        return HIDDEN
    return f"fra {start}{NO_BREAK_SPACE}{unit} ved kontor med {small} ansatte til {end} ved kontor med {large}"


def farthest(linear: pd.DataFrame, logit: pd.DataFrame, *names: object, key: str = "") -> str:
    """Name the point where a linear and a logistic curve lie farthest apart.

    `2,4 prosentpoeng (begge aldersgrupper, 196 ansatte)`, where `key` names the curve; «skjult» where no point
    has both.
    """
    if linear.empty or logit.empty:
        return NOT_ASKED
    found = rows(linear, *names)
    on = [*(name for name in keys_in(found) if name != "measure"), "x"]
    key = key or open_key(found)
    both = found.merge(rows(logit, *names), on=on, suffixes=("", "_logit"))
    gaps = (both["estimate"] - both["estimate_logit"]).abs().to_numpy(dtype=float)
    if np.isnan(gaps).all():
        return HIDDEN
    point = both.iloc[int(np.nanargmax(gaps))]
    where = f"{point[key]}, {nb_number(float(point['x']))}{NO_BREAK_SPACE}ansatte"
    return f"{nb_number(float(np.nanmax(gaps)), 1)} prosentpoeng ({where})"
