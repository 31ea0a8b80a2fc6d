"""Tables that are exhibits themselves: estimates or models in rows and columns, written as HTML and as Typst."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, field
from html import escape
from itertools import groupby

import pandas as pd

from engine.errors import ReportError
from engine.table import about
from engine.words.numbers import HIDDEN, MINUS, nb_number

from .style import Layout, order, sentence_case

# From so many columns of numbers the type is smaller.
DENSE = 6
SOFT_HYPHEN, BREAK = "\u00ad", "\u200b"
# Where the long compounds of this book may break on a narrow screen: not every browser hyphenates bokmål.
JOINTS = re.compile(
    r"(?:(?<=\w\wings)|(?<=alders)|(?<=rbeids)|(?<=sjons))(?=\w{4})|(?<=\w{3})(?=kompetanse|koordinator|konsulent|"
    r"medvirkning|program|marked|spesialist|rådgiver|mottaker|tilbud|ansvarlig|kontakt|behandling|innsats)|"
    r"(?<=kompe)(?=tans)|(?<=or)(?=valtning)|(?<=nklu)(?=dering)|(?<=am)(?=handling|arbeid)|(?<=pp)(?=følging)|"
    r"(?<=med)(?=arbeider|virkning)|(?<=virk)(?=ning)|(?<=syste)(?=matisk)|(?<=tfor)(?=dring)|(?<=pørs)(?=mål)"
)
ACCENT, MUTED, RULE = "#23425f", "#4d5966", "#cfd7df"


@dataclass(frozen=True)
class Cell:
    """A number as printed, the stars behind it and the standard error below it."""

    text: str = ""
    stars: str = ""
    error: str = ""
    muted: bool = False


@dataclass(frozen=True)
class Row:
    """A row: its head, its cells, and whether it sums up what stands above it."""

    head: str
    cells: tuple[Cell, ...]
    sums: bool = False


@dataclass(frozen=True)
class Grid:
    """A table of numbers.

    Attributes
    ----------
    heads : tuple of str
        Head of each column of numbers; «Group | Head» puts neighbours under a common head.
    groups : list of (str, list of Row)
        Rows under their headings, which may be empty.
    starred : bool
        Whether any cell may have stars, for which all keep room.
    """

    heads: tuple[str, ...]
    groups: list[tuple[str, list[Row]]] = field(default_factory=list)
    starred: bool = False

    @property
    def head_lines(self) -> int:
        """Lines of the head: 2 where columns have a common head."""
        return 2 if any(" | " in head for head in self.heads) else 1

    def spans(self) -> list[tuple[str, list[str]]]:
        """Common heads with the heads under them; an empty one for a column of its own."""
        split = [(head.partition(" | ")[0], head.partition(" | ")[2]) for head in self.heads]
        together = groupby(enumerate(split), key=lambda entry: entry[1][0] if entry[1][1] else (entry[0],))
        found = [[pair for _, pair in entries] for _, entries in together]
        return [(pairs[0][0], [low for _, low in pairs]) if pairs[0][1] else ("", [pairs[0][0]]) for pairs in found]


def grid_html(grid: Grid) -> str:
    """Write a table as HTML: heads with scope, a body for each group of rows."""
    count = len(grid.heads)
    kind = "exhibit-grid dense" if count >= DENSE else "exhibit-grid"
    out = [
        f'<table class="{kind}" style="--columns: {count}" data-quarto-disable-processing="true">',
        f'<colgroup><col><col class="numbers" span="{count}"></colgroup>',
        "<thead>",
    ]
    spans = grid.spans()
    corner = '<td rowspan="2"></td>' if grid.head_lines == 2 else "<td></td>"
    top, low = [corner], []
    for over, heads in spans:
        if over:
            top.append(f'<th scope="colgroup" colspan="{len(heads)}">{_words(over)}</th>')
            low += heads
        else:
            rows = ' rowspan="2"' if grid.head_lines == 2 else ""
            top.append(f'<th scope="col"{rows}>{_words(heads[0])}</th>')
    out.append(f"<tr>{''.join(top)}</tr>")
    if low:
        out.append("<tr>" + "".join(f'<th scope="col">{_words(head)}</th>' for head in low) + "</tr>")
    out.append("</thead>")
    for heading, rows_of in grid.groups:
        out.append('<tbody class="headed">' if heading else "<tbody>")
        if heading:
            out.append(
                f'<tr class="group"><th scope="rowgroup" colspan="{count + 1}"><span>{_words(heading)}</span></th></tr>'
            )
        for row in rows_of:
            cells = "".join(f"<td>{_cell_html(cell, grid.starred)}</td>" for cell in row.cells)
            kind = ' class="sums"' if row.sums else ""
            out.append(f'<tr{kind}><th scope="row">{_words(row.head)}</th>{cells}</tr>')
        out.append("</tbody>")
    out.append("</table>")
    return "\n".join(out)


def _words(text: str) -> str:
    """Text of a head whose long compounds may break where their parts meet, and after a stroke."""
    return escape(JOINTS.sub(SOFT_HYPHEN, text).replace("/", "/" + BREAK))


def _cell_html(cell: Cell, starred: bool) -> str:
    text = f'<span class="aside">{escape(cell.text)}</span>' if cell.muted else escape(cell.text)
    if starred:
        text += f'<span class="stars">{cell.stars}</span>'
    if cell.error:
        text += f'<br><span class="error">{escape(cell.error)}</span>'
        text += '<span class="stars"></span>' if starred else ""
    return text


def grid_typst(grid: Grid) -> str:
    """Write a table as a Typst call whose heads repeat on every page and are tagged as heads."""
    count = len(grid.heads)
    dense = count >= DENSE
    size, inset = ("7.5pt", "2.5pt") if dense else ("9pt", "4pt")
    lines = grid.head_lines
    cells = [f"table.cell(rowspan: {lines}, [])"]
    low: list[str] = []
    for over, heads in grid.spans():
        if over:
            cells.append(f"table.cell(colspan: {len(heads)}, align: center, {_head(over)})")
            low += heads
        else:
            cells.append(f"table.cell(rowspan: {lines}, {_head(heads[0])})")
    cells += [_head(head) for head in low]
    out = [
        "#{",
        f"show table: set text(size: {size})",
        "show table: set par(leading: 0.45em)",
        "table(",
        f"  columns: ({'3' if count < 5 else '2.6'}fr, {'1fr, ' * count}),",
        f"  inset: (x: {inset}, y: 3.5pt),",
        f"  align: (x, y) => (if x == 0 {{ left }} else {{ right }}) + (if y < {lines} {{ bottom }} else {{ top }}),",
        f'  stroke: (x, y) => (bottom: if y == {lines - 1} {{ 1pt + rgb("{ACCENT}") }} '
        f'else if y >= {lines} {{ 0.4pt + rgb("{RULE}") }}),',
        f"  table.header(repeat: true, {', '.join(cells)}),",
    ]
    for heading, rows in grid.groups:
        if heading:
            # The first heads again, so that a group's heading takes the place of the one before it.
            out.append(
                f"  table.header(level: 2, repeat: true, table.cell(colspan: {count + 1}, align: left, "
                f"inset: (x: {inset}, top: 8pt, bottom: 3.5pt), {_head(heading)})),"
            )
        for row in rows:
            head = f"text(weight: 600, {_string(row.head)})" if row.sums else _string(row.head)
            head = f"pad(left: 0.8em, {head})" if heading else head
            out.append(f"  {head}, {', '.join(_cell_typst(cell, grid.starred) for cell in row.cells)},")
    return "\n".join([*out, ")", "}"])


def _head(text: str) -> str:
    return f'text(weight: 600, fill: rgb("{ACCENT}"), {_string(text)})'


def _cell_typst(cell: Cell, starred: bool) -> str:
    text = f'text(fill: rgb("{MUTED}"), {_string(cell.text)})' if cell.muted else _string(cell.text)
    parts = [text]
    room = "box(width: 1.35em, align(left, {}))"
    if starred:
        parts.append(room.format(_string(cell.stars)))
    if cell.error:
        parts += ["linebreak()", f'text(size: 0.88em, fill: rgb("{MUTED}"), {_string(cell.error)})']
        parts += [room.format("[]")] if starred else []
    return " + ".join(parts) if len(parts) == 1 or parts[0] != '""' else "[]"


def _string(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


COUNTS = ("n", "count", "fte")
SUMS = ("row_sum_pct", "column_sum_pct", *COUNTS)
BASE = "base"
# Rows of a regression that are no terms, below all others.
AFTER = ("constant", "r2", "n")
SPLIT = ": "


def table_grid(table: pd.DataFrame, layout: Layout) -> Grid:
    """Put tidy estimates into rows and columns."""
    keys = order(table, layout.series)
    unknown = [str(key) for key in keys if layout.heads and str(key) not in layout.heads]
    if unknown:
        raise ReportError(f"no head for the columns {', '.join(unknown)}", "heads", len(unknown), "name them in heads")
    printed = {key: layout.heads.get(str(key), sentence_case(key)) for key in keys}
    wanted = [head for key, head in layout.heads.items() if key in {str(key) for key in keys}] or printed.values()
    heads = tuple(dict.fromkeys(wanted))
    prefixes = _prefixes(table, layout)
    found: dict[tuple[str, str], dict[str, pd.Series]] = {}
    for _, row in table.iterrows():
        cells = found.setdefault(_group_and_label(row, layout, prefixes), {})
        head = printed[row[layout.series]] if layout.series else ""
        if head in cells:
            what = f"two estimates would share the cell «{row[layout.rows]}», «{head}»"
            raise ReportError(what, "table", remedy="choose rows, columns and panels that tell all estimates apart")
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
    """Put models into columns: terms in groups with their base categories, then constant, R² and N."""
    models = order(table, "outcome")
    heads = tuple(layout.heads.get(str(model), sentence_case(model)) for model in models)
    cells = {(str(row["term"]), row["outcome"]): row for _, row in table.iterrows()}
    measure = {str(row["term"]): str(row["measure"]) for _, row in table.iterrows()}
    plain = Layout("term", "", "", "", 0, (0.0, math.nan), words=layout.words)
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
