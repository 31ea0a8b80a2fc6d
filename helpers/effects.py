"""Words for regressions and curves: what goes with what, by how much, and how a line bends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from .lookup import NOT_ASKED, Estimate, not_asked, pick, rows
from .models import Models
from .numbers import HIDDEN, nb_list, nb_number
from .ranking import ASIDE
from .standings import sorted_by
from .words import TENDENCY, slope_word

NO_LINK, UNKNOWN = "har ingen sikker sammenheng", "kan ikke vises"
# The second half of a curve that changes less than this part of the first half has flattened.
FLAT_PART = 0.5


def association(table: pd.DataFrame, *names: object) -> str:
    """Say in a verb what an outcome does as a variable grows, from the one coefficient that the names point to.

    Parameters
    ----------
    table : pandas.DataFrame
        Coefficients of `regressions.regression` or `models.fit_models`.
    *names : str or int
        Outcome and term (see `lookup.rows`).

    Returns
    -------
    str
        «øker» or «avtar» where the 95 % interval of the coefficient leaves out 0, «viser en tendens til å øke» or
        «… avta» where it exceeds its standard error, else «har ingen sikker sammenheng»; «kan ikke vises» where it is
        hidden.
    """
    if not_asked(table, *names):
        return f"er {NOT_ASKED} om"
    found = pick(table, "coef", *names)
    if not np.isfinite(found.standard_error):
        return UNKNOWN
    if _clear(found):
        return "øker" if found.value > 0 else "avtar"
    if abs(found.value) >= TENDENCY * found.standard_error:
        return f"viser en tendens til å {'øke' if found.value > 0 else 'avta'}"
    return NO_LINK


def effect(table: pd.DataFrame, *names: object, digits: int = 2) -> str:
    """Say how far a coefficient moves the outcome: `0,27 lavere`; unsure, `om lag den samme (−0,04)`; or «skjult»."""
    if not_asked(table, *names):
        return NOT_ASKED
    found = pick(table, "coef", *names)
    if not np.isfinite(found.standard_error):
        return HIDDEN
    if not _clear(found):
        return f"om lag den samme ({nb_number(found.value, digits)})"
    return f"{nb_number(abs(found.value), digits)} {'høyere' if found.value > 0 else 'lavere'}"


def effects_of(table: pd.DataFrame, terms: Sequence[str], *, digits: int = 2, before: str = "med") -> str:
    """Sort terms by whether they go with a higher or a lower outcome: `lavere med A (−0,18), og om lag den samme …`.

    Parameters
    ----------
    table : pandas.DataFrame
        Coefficients of one outcome.
    terms : sequence of str
        Names of terms, or their beginnings.
    digits : int
        Decimals to print.
    before : str
        Words before the terms.

    Returns
    -------
    str
        Terms with their coefficients, hidden ones left out; «ikke spurt» for a table without rows.
    """
    if table.empty:
        return NOT_ASKED
    found = {}
    for term in terms:
        row = rows(table, "coef", term).iloc[0]
        if not np.isfinite(row["estimate"]):
            continue
        value, low, high = (float(row[name]) for name in ("estimate", "ci_low", "ci_high"))
        way = "above" if low > 0 else "below" if high < 0 else "about"
        found[f"{row['group']} ({nb_number(value, digits)})"] = way if np.isfinite([low, high]).all() else ""
    words = ("høyere", "lavere", "om lag den samme")
    return sorted_by(found.__getitem__, list(found), words, before) if found else HIDDEN


def _clear(found: Estimate) -> bool:
    """Whether the 95 % interval leaves out 0; it is the table's own, which may rest on the t distribution."""
    return found.ci_low > 0 or found.ci_high < 0


def named_terms(models: Models, levels: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Coefficients of a model with what a picture needs: variable and base in the row's name, and a heading.

    Parameters
    ----------
    models : Models
        With one outcome.
    levels : mapping of str to sequence of str
        Heading to the variables below it.

    Returns
    -------
    pandas.DataFrame
        The coefficients, headings in order, with the columns `term` (`tid i Nav: 1–3 år, mot under 1 år`) and `level`.
        Without the constant, and without squares, whose unit no axis could share.
    """
    table = models.table
    if table.empty:
        return table.assign(term="", level="")
    headings = {label: (name, base) for name, base, below in table.attrs["terms"] for label in below}
    design = next(iter(models.fits.values())).design
    parts = []
    for level, variables in levels.items():
        for term, columns in zip(design.terms, design.columns_of, strict=True):
            if term.name in variables and term.power == 1:
                part = table[table["group"].isin([design.labels[column] for column in columns])]
                named = [_with_heading(label, *headings.get(label, ("", ""))) for label in part["group"]]
                parts.append(part.assign(term=named, level=level))
    result = pd.concat(parts, ignore_index=True)
    result.attrs = table.attrs
    return result


def _with_heading(label: str, heading: str, base: str) -> str:
    told = f"{heading}: {label}" if heading else label
    return f"{told}, mot {ASIDE.sub('', base)}" if base else told


def bend(table: pd.DataFrame, *names: object) -> str:
    """Say how a curve runs over the first and the second half of its range.

    Parameters
    ----------
    table : pandas.DataFrame
        A curve: rows with `x`.
    *names : str or int
        Which curve.

    Returns
    -------
    str
        «faller først og flater så ut», «faller hele veien», «faller først og stiger så igjen», or the same of a rise;
        «kan ikke vises» without a curve.
    """
    line = rows(table, *names).sort_values("x", kind="stable")["estimate"].to_numpy(dtype=float)
    if len(line) < 3 or np.isnan(line).any():
        return UNKNOWN
    middle = len(line) // 2
    first, second = line[middle] - line[0], line[-1] - line[middle]
    one, other = ("faller", "stiger") if first < 0 else ("stiger", "faller")
    if abs(second) < FLAT_PART * abs(first):
        return f"{one} først og flater så ut"
    return f"{one} hele veien" if first * second > 0 else f"{one} først og {other} så igjen"


def span(table: pd.DataFrame, *names: object, digits: int = 1) -> str:
    """Write how far apart the highest and the lowest point of a curve are."""
    if not_asked(table, *names):
        return NOT_ASKED
    return nb_number(float(np.ptp(rows(table, *names)["estimate"].astype(float))), digits)


def slope_by_wave(table: pd.DataFrame, *names: object) -> str:
    """Tell how the curve of each wave runs: `avtar i 2023 og varierer lite i 2024`."""
    waves = dict.fromkeys(rows(table, *names)["wave"]) if len(table) else {}
    return nb_list([f"{slope_word(table, wave, *names)} i {wave}" for wave in waves]) or f"er {NOT_ASKED} om"
