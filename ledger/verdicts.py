"""One printed number against one recomputed number: how the number is found, and by which rule they are compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal

import numpy as np
import pandas as pd

from engine.table import keys_in
from engine.words.numbers import round_half_up

REPRODUCED = "reproduced"
WITHIN = "within the statement"
CONTRADICTED = "contradicted in print"
NOT_ESTIMATE = "not an estimate"
NOT_REPRODUCED = "not reproduced"
OUTSIDE = "outside this edition"
AWAITS = "awaits its chapter"
# The scan lost a sign or digits, as other printed numbers show: what is compared with is not what was printed.
MISREAD = "misread in the scan"
# In verdicts.csv: the number may be right, but its stars can't be.
STARS_CONTRADICTED = "stars contradicted in print"
EXPLAINED = {REPRODUCED, WITHIN, CONTRADICTED, MISREAD, NOT_ESTIMATE, OUTSIDE, AWAITS}
# Columns of keys.csv. The first three are columns of the estimates, too; what the source calls group, sector and
# category are values of an estimate's other keys, whatever they are called.
SAME_COLUMNS = ["wave", "population", "measure"]
NAMES = ["group", "sector", "category"]
KEY_COLUMNS = [*SAME_COLUMNS, *NAMES]
# Between the older or first and the newer or second value of a key: the row is a difference.
STEP = ">"
# Between the parts of a sum of shares of the same persons.
SUM = " + "
# A share said in words without a digit (a third, half, close to 100) is read to half of a ten.
WORDED = Decimal(5)
# How one of several estimates is chosen: the row states a range, or the same of all of them, or does not say which.
CHOICES = ("lowest", "highest", "each", "any")
RULES = ("", "worded", *CHOICES)

Key = Mapping[str, str]


class Finder:
    """Estimates of all exhibits, found by the words of a key.

    Parameters
    ----------
    estimates : dict
        Exhibit id to tidy estimates; keys as text.
    """

    def __init__(self, estimates: dict[str, pd.DataFrame]) -> None:
        self.estimates = estimates
        self.columns = {name: _columns(table) for name, table in estimates.items()}
        self.names = {
            name: table[[key for key in keys_in(table) if key not in SAME_COLUMNS]].to_numpy(dtype=object)
            for name, table in estimates.items()
        }

    def rows(self, key: Key) -> pd.DataFrame | None:
        """Rows that a key names; None without the exhibit."""
        table = self.estimates.get(key["exhibit"])
        if table is None:
            return None
        chosen = pd.Series(True, index=table.index).to_numpy()
        for column in SAME_COLUMNS:
            if key[column]:
                chosen = chosen & (self.columns[key["exhibit"]][column] == key[column])
        # A name that is given twice («totalt» in rows and columns) stands in two keys.
        for name, times in Counter(key[column] for column in NAMES if key[column]).items():
            chosen = chosen & ((self.names[key["exhibit"]] == name).sum(axis=1) >= times)
        found = table[chosen]
        if key.get("x") and len(found):
            found = found.sort_values("x", kind="stable").iloc[[0 if key["x"] == "first" else -1]]
        return found

    def number(self, key: Key, published: str) -> float | None:
        """Number that a key names, or None where it names none or does not name one only."""
        for column in KEY_COLUMNS:
            if SUM in key[column]:
                parts = [self.number({**key, column: part}, published) for part in key[column].split(SUM)]
                known = [part for part in parts if part is not None]
                return sum(known) if len(known) == len(parts) else None
            if STEP in key[column]:
                first, second = (self.number({**key, column: part}, published) for part in key[column].split(STEP))
                return None if first is None or second is None else second - first
        found = self.rows(key)
        if found is None or found.empty:
            return None
        values = found[key.get("column") or "estimate"].astype(float).dropna()
        return _choose(values, key.get("rule", ""), published)

    def stars(self, key: Key) -> str | None:
        """Stars of the row that a key names; None where its exhibit has none."""
        found = self.rows(key)
        if found is None or len(found) != 1 or "stars" not in found or key["measure"] in ("r2", "n"):
            return None
        return str(found["stars"].iloc[0])


def _columns(table: pd.DataFrame) -> dict[str, np.ndarray]:
    return {
        column: table[column].to_numpy(dtype=object) if column in table else np.full(len(table), "", dtype=object)
        for column in SAME_COLUMNS
    }


def _choose(values: pd.Series, rule: str, published: str) -> float | None:
    if values.empty:
        return None
    if rule == "lowest":
        return float(values.min())
    if rule == "highest":
        return float(values.max())
    if rule in ("each", "any"):
        distance = (values - float(published)).abs().to_numpy()
        return float(values.iloc[int(distance.argmax() if rule == "each" else distance.argmin())])
    return float(values.iloc[0]) if len(values) == 1 else None


def verdict(published: str, digits: int, note: str, recomputed: float | None, rule: str = "") -> tuple[str, str]:
    """Compare one printed number with one estimate."""
    if recomputed is None or pd.isna(recomputed):
        return NOT_REPRODUCED, "no such estimate in this edition"
    printed, found = Decimal(published), Decimal(repr(recomputed))
    if published.startswith("-") and printed == 0:
        # «−0,00» tells the sign and no more.
        same = round_half_up(recomputed, digits) == 0 and recomputed < 0
        return (REPRODUCED, "") if same else (NOT_REPRODUCED, "sign or size differs")
    if "[lower_bound]" in note or "[upper_bound]" in note:
        above = found - printed if "[lower_bound]" in note else printed - found
        return (WITHIN, "stated as a bound") if 0 < above < _unit(printed) else (NOT_REPRODUCED, "outside the bound")
    if round_half_up(recomputed, digits) == printed:
        return REPRODUCED, ""
    if rule == "worded":
        near = abs(found - printed) <= WORDED
        return (WITHIN, "stated in words") if near else (NOT_REPRODUCED, "differs by more than half of a ten")
    if "[approx]" in note and abs(found - printed) <= _unit(printed) / 2:
        return WITHIN, "stated as about"
    return NOT_REPRODUCED, "differs at the printed digits"


def _unit(printed: Decimal) -> Decimal:
    """Unit of the last digit that is not zero: 100 for 13 800, 0.1 for 3.5."""
    return Decimal(1).scaleb(printed.normalize().as_tuple().exponent)  # type: ignore[arg-type]
