"""Coefficients of a model as a picture names them: with variable, base and heading."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

from engine.table import about, described

from .models import Models

# What stands in parentheses at the end of a category's name.
ASIDE = re.compile(r" \([^()]*\)$")


def named_terms(models: Models, levels: Mapping[str, str]) -> pd.DataFrame:
    """Coefficients of a model with what a picture needs: variable and base in the row's name, and a heading.

    Parameters
    ----------
    models : Models
        With one outcome.
    levels : mapping of str to str
        Heading to the part of the formula below it.

    Returns
    -------
    pandas.DataFrame
        The coefficients, headings in order, with the columns `label` (`tid i Nav: 1–3 år, mot under 1 år`) and `level`.
        Without the constant, and without squares, whose unit no axis could share.
    """
    table = models.table
    if table.empty:
        return table.assign(label="", level="")
    headings = {label: (name, base) for name, base, below in about(table).terms for label in below}
    design = models.first.design
    parts = []
    for level, formula in levels.items():
        named = re.findall(r"\w+", formula)
        for term, columns in zip(design.terms, design.columns_of, strict=True):
            if term.name in named and term.power == 1:
                part = table[table["term"].isin([design.labels[column] for column in columns])]
                names = [_with_heading(label, *headings.get(label, ("", ""))) for label in part["term"]]
                parts.append(part.assign(label=names, level=level))
    return described(pd.concat(parts, ignore_index=True), about(table))


def _with_heading(label: str, heading: str, base: str) -> str:
    told = f"{heading}: {label}" if heading else label
    return f"{told}, mot {ASIDE.sub('', base)}" if base else told
