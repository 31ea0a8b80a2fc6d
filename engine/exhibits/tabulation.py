"""Estimates written out: as a folded table under a picture, and as CSV."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from engine.data.times import is_month, time_nb
from engine.table import COLUMNS
from engine.words.lookup import IDENTIFYING
from engine.words.numbers import HIDDEN, nb_number, nb_place

from .style import sentence_case

# A column of a pipe table gets the room of its usual cell, so that one long cell does not widen it; longer ones wrap.
NARROWEST, WIDEST = 18, 60
NOT_KNOWN = "–"
EXTRA = ("x", "p_value", "stars", "standard_error_robust", "p_value_robust", "stars_robust", "suppressed")
# Measures of registers of everyone.
COUNTED = ("count", "fte")
# Measures whose row names a variable of a model, not a group of persons.
COEFFICIENTS = ("coef", "constant", "r2", "n", "icc_pct", "variance_share_pct", "sd")
HEADINGS = {
    "wave": "År",
    "population": "Utvalg",
    "group": "Følger opp",
    "sector": "Ansatt",
    "category": "Gruppe",
}


def numbers_table(table: pd.DataFrame, digits: int, x: str = "", words: Mapping[str, str] | None = None) -> str:
    """Estimates as a markdown pipe table: keys that tell rows apart, estimate, interval, persons.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates.
    digits : int
        Decimals.
    x : str
        Heading of the column `x`, of curves.
    words : mapping of str to str, optional
        Headings of keys that are not what they are in a survey.

    Returns
    -------
    str
        Of a curve every tenth point.
    """
    if "x" in table and table["x"].notna().any():
        # A curve is 41 points; every tenth tells its shape. Predictions at a few values are all told.
        curves = table.groupby([key for key in IDENTIFYING if key in table])["estimate"]
        table = table[(curves.cumcount() % 10 == 0) | (curves.transform("size") < 10)]
    keys = [key for key in [*IDENTIFYING, "x"] if key in table and table[key].nunique() > 1]
    if "population" in keys and "category" in keys:
        others = [key for key in keys if key != "population"]
        # Where each category is a population of its own, its name is told once.
        keys = keys if table.duplicated(others).any() else others
    if (table["measure"] == "coef").any():
        only = table["measure"].isin(COEFFICIENTS).all()
        words = {"group": "Variabel" if only else "Gruppe eller variabel", **(words or {})}
    headings = {**HEADINGS, "x": sentence_case(x), **table.attrs.get("headings", {}), **(words or {})}
    if any(is_month(wave) for wave in table["wave"] if "-" in str(wave)):
        headings["wave"] = "Måned"
    # Whole populations are counted: nothing was estimated.
    counted = bool(table["measure"].isin(COUNTED).all()) and len(table) > 0
    # Of a register of everyone there are shares without an interval.
    whole = "counted" in table.attrs and table["ci_low"].isna().all()
    shown = ["estimate"] if whole else ["estimate", "ci_low", "ci_high"]
    names = {"estimate": "Andel" if whole else "Estimat", "ci_low": "95 % KI fra", "ci_high": "til"}
    numbers = [*(names[name] for name in shown), f"Antall {table.attrs.get('counted', 'svar')}"]
    numbers = ["Antall"] if counted else numbers
    lines = [[headings[key] for key in keys] + numbers]
    lines.append(["---" if i < len(keys) else "--:" for i in range(len(lines[0]))])
    for _, row in table.iterrows():
        cells = [_key(key, row[key]) for key in keys]
        if counted:
            lines.append([*cells, nb_number(float(row["estimate"]))])
            continue
        decimals = 0 if row["measure"] in COUNTED else digits
        cells += [nb_number(float(row[name]), decimals) for name in shown]
        if not row["suppressed"]:
            # What is known but has no interval (a count) is not hidden.
            cells = [NOT_KNOWN if cell == HIDDEN else cell for cell in cells]
        lines.append([*cells, nb_number(float(row["n"]))])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _key(key: str, value: Any) -> str:
    if key == "x":
        # Coefficients beside a curve have no place on its axis.
        return "" if pd.isna(value) else nb_place(float(str(value)))
    return time_nb(value) if key == "wave" and "-" in str(value) else str(value).replace("|", "\\|")


def numbers_csv(table: pd.DataFrame) -> str:
    """Tidy estimates as CSV with decimal points."""
    extra = [column for column in EXTRA if column in table]
    return table[[*COLUMNS, *extra]].to_csv(index=False, lineterminator="\n", float_format="%.10g")


def pipe_table(table: pd.DataFrame) -> str:
    """Write a pipe table. In print, Pandoc gives columns the shares of the dashes under their heads."""
    body = [
        ["" if pd.isna(cell) else str(cell).replace("|", "\\|") for cell in row]
        for row in table.itertuples(index=False)
    ]
    head = [str(column) for column in table.columns]
    filled = [[len(row[at]) for row in [head, *body] if row[at]] for at in range(len(head))]
    dashes = [":" + "-" * min(max(sum(lengths) // len(lengths), NARROWEST), WIDEST) for lengths in filled]
    return "\n".join("| " + " | ".join(line) + " |" for line in [head, dashes, *body])
