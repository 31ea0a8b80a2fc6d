"""Alternative text of a picture, written from the estimates that it shows."""

from __future__ import annotations

import pandas as pd

from .drawing import Layout
from .numbers import HIDDEN, nb_list, nb_number

# A screen reader has no way back in a long text: beyond this many estimates only the ends of each series are told.
MOST_TOLD = 24


def dots_text(table: pd.DataFrame, layout: Layout) -> str:
    """Tell every estimate of a dot picture, or the ends of each series where there are many.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates in the picture's order.
    layout : Layout
        Columns for rows, series and panels, and the decimals.

    Returns
    -------
    str
        One or more sentences in bokmål, without markup.
    """
    tell = _all_rows if len(table) <= MOST_TOLD else _ends
    panels = list(dict.fromkeys(table[layout.panels])) if layout.panels else [""]
    sentences = []
    for panel in panels:
        part = table[table[layout.panels] == panel] if layout.panels else table
        sentences.append((f"{panel}: " if panel else "") + tell(part, layout))
    return f"Punkter med 95 prosent konfidensintervall, {layout.unit}. " + " ".join(sentences)


def _all_rows(table: pd.DataFrame, layout: Layout) -> str:
    sentences = []
    for row, group in table.groupby(layout.rows, sort=False):
        values = [_value(estimate, layout) for _, estimate in group.iterrows()]
        sentences.append(f"{row}: {nb_list(values)}.")
    return " ".join(sentences)


def _value(estimate: pd.Series, layout: Layout) -> str:
    number = nb_number(float(estimate["estimate"]), layout.digits)
    if not layout.series or layout.series == layout.rows:
        return number
    name = estimate[layout.series]
    return f"{number} i {name}" if layout.series == "wave" else f"{name} {number}"


def _ends(table: pd.DataFrame, layout: Layout) -> str:
    sentences = []
    for name, line in table.groupby(layout.series, sort=False):
        known = line.dropna(subset="estimate")
        if known.empty:
            sentences.append(f"{name}: {HIDDEN}.")
            continue
        top, bottom = known.loc[known["estimate"].idxmax()], known.loc[known["estimate"].idxmin()]
        high = f"{top[layout.rows]} {nb_number(float(top['estimate']), layout.digits)}"
        low = f"{bottom[layout.rows]} {nb_number(float(bottom['estimate']), layout.digits)}"
        sentences.append(f"{name}: høyest {high}, lavest {low}, blant {len(known)} rader.")
    return " ".join(sentences)


def curves_text(table: pd.DataFrame, layout: Layout) -> str:
    """Tell each curve's value at its left end, middle and right end; arguments and result as in `dots_text`."""
    panels = list(dict.fromkeys(table[layout.panels])) if layout.panels else [""]
    sentences = []
    for panel in panels:
        part = table[table[layout.panels] == panel] if layout.panels else table
        told = []
        for name, line in part.groupby(layout.series, sort=False):
            line = line.sort_values("x")
            points = [line.iloc[0], line.iloc[len(line) // 2], line.iloc[-1]]
            values = [f"{nb_number(float(p['estimate']), layout.digits)} ved {nb_number(float(p['x']))}" for p in points]
            told.append(f"{name} {nb_list(values)}")
        sentences.append((f"{panel}: " if panel else "") + "; ".join(told) + ".")
    return f"Kurver med 95 prosent konfidensbånd, {layout.unit} etter {layout.rows}. " + " ".join(sentences)
