"""Estimates written out: as a folded table under a picture, and as CSV."""

from __future__ import annotations

import pandas as pd

from .lookup import IDENTIFYING
from .numbers import HIDDEN, nb_number
from .style import sentence_case
from .tidy import COLUMNS

NOT_KNOWN = "–"
HEADINGS = {
    "wave": "År",
    "population": "Utvalg",
    "group": "Følger opp",
    "sector": "Ansatt",
    "category": "Gruppe",
}


def numbers_table(table: pd.DataFrame, digits: int, x: str = "") -> str:
    """Estimates as a markdown pipe table: keys that tell rows apart, estimate, interval, persons.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates.
    digits : int
        Decimals.
    x : str
        Heading of the column `x`, of curves.

    Returns
    -------
    str
        Of a curve every tenth point.
    """
    if "x" in table and table["x"].notna().any():
        # A curve is 41 points; every tenth tells its shape.
        table = table[table.groupby([key for key in IDENTIFYING if key in table]).cumcount() % 10 == 0]
    keys = [key for key in [*IDENTIFYING, "x"] if key in table and table[key].nunique() > 1]
    if "population" in keys and "category" in keys:
        keys.remove("population")
    headings = HEADINGS | {"x": sentence_case(x)}
    lines = [[headings[key] for key in keys] + ["Estimat", "95 % KI fra", "til", "Antall svar"]]
    lines.append(["---" if i < len(keys) else "--:" for i in range(len(lines[0]))])
    for _, row in table.iterrows():
        cells = [nb_number(float(row[key])) if key == "x" else str(row[key]).replace("|", "\\|") for key in keys]
        cells += [nb_number(float(row[name]), digits) for name in ("estimate", "ci_low", "ci_high")]
        if not row["suppressed"]:
            # What is known but has no interval (a count) is not hidden.
            cells = [NOT_KNOWN if cell == HIDDEN else cell for cell in cells]
        lines.append([*cells, nb_number(float(row["n"]))])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def numbers_csv(table: pd.DataFrame) -> str:
    """Tidy estimates as CSV with decimal points."""
    extra = [column for column in ("x", "p_value", "suppressed") if column in table]
    return table[[*COLUMNS, *extra]].to_csv(index=False, lineterminator="\n", float_format="%.10g")
