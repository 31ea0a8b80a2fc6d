"""Tables that are exhibits themselves: estimates in rows and columns, and regressions in columns."""

from __future__ import annotations

import math
from collections import Counter

import pandas as pd

from engine.table import about
from engine.words.numbers import HIDDEN, MINUS, nb_number

from .grids import Cell, Grid, Row
from .layout import Layout, order
from .style import sentence_case

COUNTS = ("n", "count", "fte")
SUMS = ("row_sum_pct", "column_sum_pct", *COUNTS)
BASE = "base"
# Rows of a regression that are no terms, below all others.
AFTER = ("constant", "r2", "n")
SPLIT = ": "


def table_grid(table: pd.DataFrame, layout: Layout) -> Grid:
    """Put tidy estimates into rows and columns.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates, in the order of the rows.
    layout : Layout
        `rows` and `series` name the columns that give rows and columns, `panels` the one that gives groups of rows.
        Without `panels`, rows whose labels begin alike before a colon are a group. `heads` prints column keys; two
        keys with the same head share a column. `words` prints rows and groups.

    Returns
    -------
    Grid
        Counts (measures `n`, `count`, `fte`) without decimals; a suppressed estimate is «skjult».

    Raises
    ------
    ValueError
        When two estimates would share a cell, or a column has no head although heads are given.
    """
    keys = order(table, layout.series)
    unknown = [str(key) for key in keys if layout.heads and str(key) not in layout.heads]
    if unknown:
        raise ValueError(f"no head for the columns {', '.join(unknown)}; name them in heads")
    printed = {key: layout.heads.get(str(key), sentence_case(key)) for key in keys}
    wanted = [head for key, head in layout.heads.items() if key in {str(key) for key in keys}] or printed.values()
    heads = tuple(dict.fromkeys(wanted))
    prefixes = _prefixes(table, layout)
    found: dict[tuple[str, str], dict[str, pd.Series]] = {}
    for _, row in table.iterrows():
        cells = found.setdefault(_group_and_label(row, layout, prefixes), {})
        head = printed[row[layout.series]] if layout.series else ""
        if head in cells:
            raise ValueError(f"two estimates would share the cell «{row[layout.rows]}», «{head}»")
        cells[head] = row
    groups: dict[str, list[Row]] = {}
    # Where all are counts, none of them sums up the others.
    only_counts = bool(table["measure"].isin(COUNTS).all())
    for (group, label), cells in found.items():
        made = tuple(Cell(_number(cells[head], layout)) if head in cells else Cell() for head in heads)
        sums = not only_counts and all(row["measure"] in SUMS for row in cells.values())
        groups.setdefault(group, []).append(Row(_printed(label, layout), made, sums))
    return Grid(heads, [(_printed(group, layout) if group else "", rows) for group, rows in groups.items()])


def _number(row: pd.Series, layout: Layout) -> str:
    value = float(row["estimate"])
    if not math.isfinite(value):
        return HIDDEN if row["suppressed"] else "–"
    return nb_number(value, 0 if row["measure"] in COUNTS else layout.digits)


def _printed(label: str, layout: Layout) -> str:
    return layout.words.get(label, sentence_case(label))


def _prefixes(table: pd.DataFrame, layout: Layout) -> set[str]:
    """Beginnings that several rows share."""
    if layout.panels:
        return set()
    labels = [str(label) for label in order(table, layout.rows)]
    counted = Counter(label.split(SPLIT)[0] for label in labels if SPLIT in label)
    return {prefix for prefix, times in counted.items() if times > 1 or prefix in layout.words}


def _group_and_label(row: pd.Series, layout: Layout, prefixes: set[str]) -> tuple[str, str]:
    label = str(row[layout.rows])
    if layout.panels:
        return str(row[layout.panels]), label
    prefix, _, rest = label.partition(SPLIT)
    return (prefix, rest) if rest and prefix in prefixes else ("", label)


def regression_grid(table: pd.DataFrame, layout: Layout) -> Grid:
    """Put models into columns: terms in groups with their base categories, then constant, R² and N.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy coefficients as `regressions.regression` gives them: `group` names the term, `category` the model, measures
        `coef`, `constant`, `r2`, `n` and `base` (a row for a base category). `about(table).terms` may tell, for each
        categorical variable, its label, its base and the labels of its other categories.
    layout : Layout
        `heads` prints models, `words` terms and their groups; `stars` are the thresholds, `digits` the decimals.

    Returns
    -------
    Grid
        Coefficients with stars, standard errors in parentheses below them.
    """
    models = order(table, "category")
    heads = tuple(layout.heads.get(str(model), sentence_case(model)) for model in models)
    cells = {(str(row["group"]), row["category"]): row for _, row in table.iterrows()}
    measure = {str(row["group"]): str(row["measure"]) for _, row in table.iterrows()}
    plain = Layout("group", "", "", "", 0, (0.0, math.nan), words=layout.words)
    prefixes = _prefixes(table, plain)
    terms = {str(label): (str(head), str(base), labels[0]) for head, base, labels in about(table).terms
             for label in labels}  # fmt: skip
    groups: list[tuple[str, list[Row]]] = []
    last: tuple[str, bool] | None = None
    for label in sorted(measure, key=lambda name: _late(measure[name])):
        prefix, _, rest = label.partition(SPLIT)
        heading, shown = (prefix, rest) if rest and prefix in prefixes else ("", label)
        base = first = ""
        if label in terms:
            heading, base, first = terms[label]
        # Constant, R² and N are one group below the terms.
        place = (heading, _late(measure[label]) > 0)
        if place != last:
            groups.append((_printed(heading, layout) if heading else "", []))
        last = place
        if base and label == first:
            groups[-1][1].append(_base_row(base, len(models), layout))
        if measure[label] == BASE:
            groups[-1][1].append(_base_row(shown, len(models), layout))
            continue
        made = tuple(_coefficient(cells.get((label, model)), layout) for model in models)
        groups[-1][1].append(Row(_printed(shown, layout), made, measure[label] in ("r2", "n")))
    return Grid(heads, groups, starred=True)


def _late(measure: str) -> int:
    return AFTER.index(measure) + 1 if measure in AFTER else 0


def _base_row(label: str, models: int, layout: Layout) -> Row:
    return Row(_printed(label, layout), tuple(Cell(BASE, muted=True) for _ in range(models)))


def _coefficient(row: pd.Series | None, layout: Layout) -> Cell:
    if row is None:
        return Cell()
    value, error = float(row["estimate"]), float(row["standard_error"])
    if not math.isfinite(value):
        return Cell(HIDDEN if row["suppressed"] else "–", muted=True)
    if row["measure"] == "n":
        return Cell(nb_number(value))
    p_value = float(row["p_value"]) if "p_value" in row.index else math.nan
    text = nb_number(value, layout.digits)
    if value < 0 and not text.startswith(MINUS):
        # The sign of a coefficient is known where its digits are not.
        text = MINUS + text
    stars = "*" * sum(p_value < limit for limit in layout.stars)
    return Cell(text, stars, f"({nb_number(error, layout.digits)})" if math.isfinite(error) else "")


def regression_note(table: pd.DataFrame, layout: Layout) -> str:
    """Say below a table of regressions what stands in it: errors, stars, base categories."""
    errors = about(table).errors
    limits = sorted(layout.stars, reverse=True)
    told_limits = [nb_number(limit, _decimals(limit)) for limit in limits]
    stars = ", ".join("\\*" * (i + 1) + f" p < {limit}" for i, limit in enumerate(told_limits))
    bases = about(table).terms or (table["measure"] == BASE).any()
    told = f" «{BASE.capitalize()}» er kategorien de andre i gruppen sammenlignes med." if bases else ""
    return f"Koeffisienter med {errors} standardfeil i parentes. {stars}.{told}"


def _decimals(limit: float) -> int:
    return max(2, -math.floor(math.log10(limit) + 1e-9))
