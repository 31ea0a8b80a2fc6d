"""Words of the register: everyone is counted, so a difference is what it is; a coefficient has its uncertainty."""

from __future__ import annotations

import pandas as pd

from engine.words.lookup import pick, rows
from engine.words.numbers import HIDDEN, nb_list, nb_number, round_half_up

LEVEL = 0.05


def effect(table: pd.DataFrame, *names: object, than: str = "", digits: int = 1) -> str:
    """Tell a coefficient of a linear probability model in percentage points.

    Parameters
    ----------
    table : pandas.DataFrame
        Result of `register_regression`.
    *names : str
        Column and term.
    than : str
        What it is compared with: «for menn».
    digits : int
        Decimals.

    Returns
    -------
    str
        «4,2 prosentpoeng lavere enn for menn» where the coefficient differs from 0 at 5 per cent, else «ikke klart
        forskjellig fra sannsynligheten for menn».
    """
    found = rows(table, *names)
    value = pick(found).value
    p_value = float(found["p_value"].iloc[0])
    if value != value:
        return HIDDEN
    if not p_value < LEVEL:
        return f"ikke klart forskjellig fra sannsynligheten {than}".rstrip() if than else "ikke klart forskjellig"
    way = "høyere" if value > 0 else "lavere"
    told = f"{nb_number(100 * abs(value), digits)} prosentpoeng {way}"
    return f"{told} enn {than}" if than else told


def against(table: pd.DataFrame, one: object, other: object, *names: object, digits: int = 0) -> str:
    """Say how one group lies against another at the printed digits: «høyere enn», «lavere enn» or «lik»."""
    first, second = pick(table, one, *names).value, pick(table, other, *names).value
    if first != first or second != second:
        return "ikke sammenlignbar med"
    step = round_half_up(first, digits) - round_half_up(second, digits)
    return "lik" if step == 0 else "høyere enn" if step > 0 else "lavere enn"


def development(
    table: pd.DataFrame, start: int, end: int, *names: object, digits: int = 1, unit: str = " prosent"
) -> str:
    """Tell how a full count moved between two years: «økte fra 1,1 prosent i 2020 til 4,0 prosent i 2021»."""
    first, last = (pick(table, year, *names).value for year in (start, end))
    told = [nb_number(value, digits) for value in (first, last)]
    if HIDDEN not in told:
        told = [f"{number}{unit}" for number in told]
    else:
        return f"kan ikke sammenlignes ({told[0]} i {start} og {told[1]} i {end})"
    if told[0] == told[1]:
        return f"var {told[1]} både i {start} og i {end}"
    return f"{'økte' if last > first else 'gikk ned'} fra {told[0]} i {start} til {told[1]} i {end}"


def ranking(table: pd.DataFrame, *names: object, over: str = "category", top: int = 3, digits: int = 0) -> str:
    """Name the highest estimates in order: «delvis arbeid (51), jobbsøk (36) og …»; hidden ones are left out."""
    found = rows(table, *names).dropna(subset="estimate").sort_values("estimate", ascending=False, kind="stable")
    told = [f"{row[over]} ({nb_number(float(row['estimate']), digits)})" for _, row in found.head(top).iterrows()]
    return nb_list(told) or HIDDEN


def clear_terms(table: pd.DataFrame, column: object, sign: int, variable: str = "") -> str:
    """List the terms that clearly raise (`sign` 1) or lower (−1) a probability, the strongest first.

    Parameters
    ----------
    table : pandas.DataFrame
        Result of `register_regression`.
    column : str
        The table's column.
    sign : {1, -1}
        Which way.
    variable : str
        Only categories of this variable: «fylke».

    Returns
    -------
    str
        «Rogaland, Agder og Vestland», or «ingen».
    """
    found = rows(table, column)
    found = found[(found["measure"] == "coef") & (found["p_value"] < LEVEL) & (sign * found["estimate"] > 0)]
    if variable:
        found = found[found["group"].str.startswith(f"{variable}: ")]
    strongest = found.iloc[(-found["estimate"].abs()).argsort(kind="stable")]
    return nb_list([str(label).partition(": ")[2] or str(label) for label in strongest["group"]]) or "ingen"


def together(table: pd.DataFrame, *categories: object, digits: int = 0) -> str:
    """Write the sum of several categories' estimates, as shares of the same persons can be added."""
    return nb_number(sum(pick(table, category).value for category in categories), digits)


def span(table: pd.DataFrame, measure: str, digits: int = 0) -> str:
    """Write the lowest and the highest estimate of a measure: «fra 0,025 til 0,150»."""
    found = rows(table, measure)["estimate"].dropna()
    return f"fra {nb_number(float(found.min()), digits)} til {nb_number(float(found.max()), digits)}"


def standing(table: pd.DataFrame, variant: str) -> str:
    """Write how many conclusions stand in a variant of the regressions, of how many: «120 av 131»."""
    found = rows(table, variant, "conclusions")
    return f"{nb_number(float(found['estimate'].sum()))} av {nb_number(float(found['n'].sum()))}"


def largest_shift(table: pd.DataFrame, variant: str, digits: int = 1) -> str:
    """Write by how many percentage points a variant moves a conclusion at most."""
    return nb_number(float(rows(table, variant, "moved_points")["estimate"].max()), digits)
