"""Alternative text of a picture, written from the estimates that it shows."""

from __future__ import annotations

import pandas as pd

from engine.data.registers import place, time_nb
from engine.words.numbers import HIDDEN, nb_list, nb_number, nb_place

from .style import Layout, order, part, sentence_case

# A screen reader has no way back in a long text: beyond this many estimates only the ends of each series are told.
MOST_TOLD = 24
# Of a line with more points only start, top and end.
MOST_TIMES = 5


def dots_text(table: pd.DataFrame, layout: Layout, marks: str = "Punkter") -> str:
    """Tell every estimate of a dot picture, or the ends of each series where there are many."""
    tell = _all_rows if len(table) <= MOST_TOLD else _ends
    sentences = [
        (f"{sentence_case(panel)}: " if panel else "") + tell(part(table, layout.panels, panel), layout)
        for panel in order(table, layout.panels)
    ]
    interval = " med 95 prosent konfidensintervall" if table["ci_low"].notna().any() else ""
    return f"{marks}{interval}, {layout.unit}. " + " ".join(sentences)


def _all_rows(table: pd.DataFrame, layout: Layout) -> str:
    sentences = []
    for row in order(table, layout.rows):
        values = [_value(estimate, layout) for _, estimate in part(table, layout.rows, row).iterrows()]
        sentences.append(f"{sentence_case(row)}: {nb_list(values)}.")
    return " ".join(sentences)


def _value(estimate: pd.Series, layout: Layout) -> str:
    number = nb_number(float(estimate["estimate"]), layout.digits)
    if not layout.series or layout.series == layout.rows:
        return number
    name = estimate[layout.series]
    return f"{number} i {name}" if layout.series == "wave" else f"{name} {number}"


def _ends(table: pd.DataFrame, layout: Layout) -> str:
    sentences = []
    for name in order(table, layout.series):
        line = part(table, layout.series, name)
        known = line.dropna(subset="estimate").sort_values("estimate", ascending=False, kind="stable")
        start = f"{sentence_case(name)}: " if name else ""
        if known.empty:
            sentences.append(f"{start}{HIDDEN}.")
            continue
        high, low = (
            f"{row[layout.rows]} {nb_number(float(row['estimate']), layout.digits)}"
            for row in (known.iloc[0], known.iloc[-1])
        )
        hidden = f", {len(line) - len(known)} {HIDDEN}" if len(known) < len(line) else ""
        sentences.append(f"{start}høyest {high}, lavest {low}, blant {len(line)} rader{hidden}.")
    return " ".join(sentences)


def curves_text(table: pd.DataFrame, layout: Layout) -> str:
    """Tell each curve's value at its left end, middle and right end; arguments and result as in `dots_text`."""
    sentences = []
    for panel in order(table, layout.panels):
        group = part(table, layout.panels, panel)
        told = []
        for name in order(group, layout.series):
            line = part(group, layout.series, name).sort_values("x", kind="stable")
            points = [line.iloc[0], line.iloc[len(line) // 2], line.iloc[-1]]
            values = [
                f"{nb_number(float(point['estimate']), layout.digits)} ved {nb_place(float(point['x']))}"
                for point in points
            ]
            told.append((f"{name}: " if name else "") + (HIDDEN if line["estimate"].isna().any() else nb_list(values)))
        sentences.append((f"{sentence_case(panel)}. " if panel else "") + "; ".join(told) + ".")
    return f"Kurver med 95 prosent konfidensbånd, {layout.unit} etter {layout.rows}. " + " ".join(sentences)


def bars_text(table: pd.DataFrame, layout: Layout) -> str:
    """Tell a picture of bars; arguments and result as in `dots_text`."""
    return dots_text(table, layout, "Søyler")


def stacked_text(table: pd.DataFrame, layout: Layout) -> str:
    """Tell the segments of each bar; arguments and result as in `dots_text`."""
    sentences = []
    for panel in order(table, layout.panels):
        group = part(table, layout.panels, panel)
        told = f"{sentence_case(panel)}: " if panel else ""
        for row in order(group, layout.rows):
            bar = part(group, layout.rows, row)
            if bar["estimate"].isna().any():
                told += f"{sentence_case(row)}: {HIDDEN}. "
                continue
            values = [_value(segment, layout) for _, segment in bar.iterrows()]
            told += f"{sentence_case(row)}: {nb_list(values)}. "
        sentences.append(told.strip())
    return f"Delte søyler, {layout.unit}. " + " ".join(sentences)


def lines_text(table: pd.DataFrame, layout: Layout) -> str:
    """Tell where each line begins, peaks and ends; arguments and result as in `dots_text`."""
    sentences = []
    for panel in order(table, layout.panels):
        group = part(table, layout.panels, panel)
        told = [_line(part(group, layout.series, name), name, layout) for name in order(group, layout.series)]
        sentences.append((f"{sentence_case(panel)}. " if panel else "") + " ".join(told))
    interval = " med 95 prosent konfidensintervall" if table["ci_low"].notna().any() else ""
    return f"Linjer over tid{interval}" + (f", {layout.unit}. " if layout.unit else ". ") + " ".join(sentences)


def _line(line: pd.DataFrame, name: object, layout: Layout) -> str:
    start = f"{sentence_case(name)}: " if name else ""
    line = line.sort_values(layout.rows, key=lambda times: times.map(place), kind="stable")
    known = line.dropna(subset="estimate")
    if known.empty:
        return f"{start}{HIDDEN}."
    top = int(known["estimate"].argmax())
    chosen = [*range(len(known))] if len(known) <= MOST_TIMES else sorted({0, top, len(known) - 1})
    values = [
        f"{nb_number(float(known['estimate'].iloc[i]), layout.digits)} i {time_nb(known[layout.rows].iloc[i])}"
        + (" (høyest)" if len(known) > MOST_TIMES and i == top else "")
        for i in chosen
    ]
    hidden = f", {len(line) - len(known)} {HIDDEN}" if len(known) < len(line) else ""
    return f"{start}{nb_list(values)}{hidden}."
