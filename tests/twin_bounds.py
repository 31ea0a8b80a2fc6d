"""What no twin can give back, and how near it comes: `PYTHONPATH=. python tests/twin_bounds.py [FOLDER]`.

Two kinds of bounds. Table 2's totals: whole numbers of persons in its age columns, by an integer programme that has
every printed share, sum of a column and number of persons among its constraints. Stars: the end of a coefficient's
rounding over the twin's own standard error; where no number inside the print earns the printed stars, they are out of
reach of these regressors, whatever the answers.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp

from tests.twin_models import MODELS, Regression, derived
from tests.twin_survey import PUBLISHED, read, table

AGES = ("unge", "over30", "begge")
PERSONS = np.array([int(PUBLISHED[f"tbl-2/n/n/{age}"]["value"]) for age in AGES])
# Rows of which everyone has exactly one, and rows that anyone may have several of.
WHOLE = {"oppgaver": ("statlige", "kommunale", "begge"), "sykefravaer": ("nei", "delvis", "hovedsakelig")}
SEVERAL = {
    "innsats": ("standard", "situasjonsbestemt", "spesielt_tilpasset", "varig_tilpasset", "uten_14a"),
    "brukere": ("innvandrere", "langtid", "nyregistrerte", "aap", "sosialhjelp"),
}
# Two-sided limits of no star, one, two and three, and of more.
LIMITS = (0.0, 1.96, 2.5758, 3.2905, np.inf)
HALF = 0.5


def printed(part: str, row: str, column: str) -> float:
    """A printed per cent of table 2."""
    return float(PUBLISHED[f"tbl-2/{part}/{row}/{column}"]["value"])


def attainable(part: str, totals: tuple[str, ...]) -> bool:
    """Tell whether whole numbers of persons give all age columns of a part of table 2, its sums and these totals."""
    rows = WHOLE.get(part) or SEVERAL[part]
    shape = (len(rows), len(AGES))
    lines, low, high = [], [], []

    def must(inside: np.ndarray, percent: float, persons: int) -> None:
        # Half-up: the upper end itself prints the next number.
        lines.append(inside.ravel())
        low.append((percent - HALF) * persons / 100)
        high.append((percent + HALF) * persons / 100 - 1e-6)

    for k, row in enumerate(rows):
        for a, age in enumerate(AGES):
            cell = np.zeros(shape)
            cell[k, a] = 1
            must(cell, printed(part, row, age), PERSONS[a])
        if row in totals:
            line = np.zeros(shape)
            line[k] = 1
            must(line, printed(part, row, "all"), PERSONS.sum())
    for a, age in enumerate(AGES):
        column = np.zeros(shape)
        column[:, a] = 1
        if part in WHOLE:
            lines.append(column.ravel())
            low.append(PERSONS[a])
            high.append(PERSONS[a])
        else:
            must(column, printed(part, "sum", age), PERSONS[a])
    if "sum" in totals:
        must(np.ones(shape), printed(part, "sum", "all"), PERSONS.sum())
    size = int(np.prod(shape))
    found = milp(np.zeros(size), constraints=LinearConstraint(np.array(lines), low, high), integrality=np.ones(size),
                 bounds=Bounds(0, np.inf))  # fmt: skip
    return bool(found.success)


def totals() -> pd.DataFrame:
    """Which printed totals of table 2 whole numbers of persons can give, one at a time."""
    found = [
        (f"tbl-2/{part}/{row}/all", attainable(part, (row,)))
        for part, rows in {**WHOLE, **SEVERAL}.items() for row in (*rows, *(["sum"] if part in SEVERAL else []))
    ]  # fmt: skip
    return pd.DataFrame(found, columns=["id", "attainable"])


def stars(people: pd.DataFrame) -> pd.DataFrame:
    """Each legible coefficient of the annexes: stars printed and ours, and whether its rounding can earn them."""
    people = derived(people).copy()
    rows, fitted = [], {}
    for target in table("twin/item_targets.csv"):
        if target["measure"] != "coef" or not target["source"].startswith("tbl-vedlegg"):
            continue
        source = PUBLISHED[target["source"]]
        if "[ocr_doubt]" in source["note"]:
            continue
        key = target["model"], target["composite"] or target["variable"]
        fitted[key] = fitted.get(key) or Regression(people, *key)
        value, error = fitted[key].coefficient(target["term"])
        near, far = _ends(float(source["value"]), max(int(source["digits"] or 0), int(target["digits"] or 0)))
        wanted = len(source["significance"].strip())
        rows.append({
            "id": target["source"], "printed": wanted, "ours": _earned(abs(value) / error),
            "reach": far / error >= LIMITS[wanted] and near / error < LIMITS[wanted + 1],
            "least": near / error, "most": far / error,
        })  # fmt: skip
    return pd.DataFrame(rows).drop_duplicates("id")


def _ends(value: float, digits: int) -> tuple[float, float]:
    half = HALF / 10**digits
    return max(abs(value) - half, 0.0), abs(value) + half


def _earned(statistic: float) -> int:
    return sum(statistic >= limit for limit in LIMITS[1:-1])


def main() -> None:
    """Print both tables of bounds."""
    assert MODELS  # the tables are the project's own
    print(totals().to_string(index=False))
    print("the five attainable together:", attainable("oppgaver", ("begge",)),
          attainable("innsats", ("standard", "situasjonsbestemt", "varig_tilpasset", "sum")),
          attainable("brukere", ("langtid", "sum")))  # fmt: skip
    found = stars(read(Path(sys.argv[1] if len(sys.argv) > 1 else "_data/twin"))[0])
    differ = found[found["printed"] != found["ours"]]
    print(f"stars: {len(found) - len(differ)} of {len(found)} agree; {int((~differ['reach']).sum())} out of reach")
    print(differ.to_string(index=False, float_format="%.2f"))


if __name__ == "__main__":
    main()
