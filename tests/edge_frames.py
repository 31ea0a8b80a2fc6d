"""Frames for the edge cases of the estimators: made by formulas, so that Python and R see the same persons.

`python tests/edge_frames.py OUT.csv` writes all of them below each other for tests/r/edge.R (`make oracle`).
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from engine.table import About, described

GROUPS, LEVELS = ["a", "b", "c"], ["low", "mid", "high", "never"]
# Where curves are predicted; values that margins are taken at.
SIZES, VALUES = [10.0, 40.0, 80.0], [0.0, 4.0]


def plain(persons: int = 48) -> pd.DataFrame:
    """Two waves, three groups, nine offices, unequal weights, and some who did not answer."""
    i = np.arange(persons)
    x = (i * 5) % 11
    level = np.array(LEVELS)[(i * 3 + i // 5) % 3].astype(object)
    return pd.DataFrame({
        "wave": np.where(i % 3 == 0, 2022, 2024), "office_id": 1 + (i * 7) % 9, "weight": 0.5 + (i % 5) / 4,
        "group": np.array(["a", "b", "a", "c"])[i % 4], "size": 5.0 + (i * 17) % 90, "x": x.astype(float),
        "y": np.where(i % 13 == 5, np.nan, ((i * 13) % 17) / 2 + 0.3 * x),
        "yes": np.where(i % 17 == 3, np.nan, ((i * 11) % 7 < 3).astype(float)),
        "level": np.where(i % 19 == 4, None, level),
    })  # fmt: skip


def _lone_respondent() -> pd.DataFrame:
    frame = plain()
    return frame.assign(group=np.where(frame.index == 7, "c", np.where(frame["group"] == "c", "a", frame["group"])))


def _gap() -> pd.DataFrame:
    frame = plain()
    return frame.assign(group=np.where((frame["group"] == "b") & (frame["wave"] == 2024), "a", frame["group"]))


def _separated() -> pd.DataFrame:
    """Small offices say no and large ones yes: no logistic curve has a highest likelihood."""
    frame = plain()
    return frame.assign(yes=(frame["size"] > 50).astype(float))


def _balanced() -> pd.DataFrame:
    """Eight offices of five persons: REML is the classical analysis of variance."""
    i = np.arange(40)
    frame = plain(40)
    return frame.assign(office_id=1 + i // 5, y=2.0 * ((i // 5 * 3) % 8) + (i * 7) % 5, x=(i % 5).astype(float))


def _uneven_offices() -> pd.DataFrame:
    """Offices of one to twelve persons, with levels of their own."""
    i = np.arange(48)
    office = np.searchsorted([1, 3, 6, 10, 15, 21, 28, 36], i, side="right")
    frame = plain()
    return frame.assign(office_id=office, y=frame["y"] + 3.0 * ((office * 5) % 7))


def _one_wave_of_one() -> pd.DataFrame:
    frame = plain()
    return frame.assign(wave=np.where(frame.index == 6, 2022, 2024))


CASES: dict[str, Callable[[], pd.DataFrame]] = {
    "plain": plain,
    "one respondent in a group": _lone_respondent,
    "one respondent in a wave": _one_wave_of_one,
    "one person": lambda: plain(1),
    "two persons": lambda: plain(2),
    "as many persons as terms": lambda: plain(4),
    "a constant item": lambda: plain().assign(y=3.1, yes=1.0, level="mid"),
    "a constant item, unequal weights": lambda: plain().assign(
        y=0.1, yes=0.0, level="low", weight=np.sqrt(np.arange(1.0, 49.0))
    ),
    "a constant item in a group": lambda: plain().assign(
        y=lambda f: np.where(f["group"] == "a", 4.1, f["y"]), yes=lambda f: np.where(f["group"] == "a", 1.0, f["yes"])
    ),
    "a constant regressor": lambda: plain().assign(size=30.0),
    "an outcome on a line": lambda: plain().assign(y=lambda f: 1.0 + 2.0 * f["x"]),
    "all missing": lambda: plain().assign(y=np.nan, yes=np.nan, level=None),
    "all missing in a group": lambda: plain().assign(y=lambda f: f["y"].where(f["group"] != "b")),
    "a group missing in one wave": _gap,
    "one office": lambda: plain().assign(office_id=1),
    "offices of one person": lambda: plain().assign(office_id=lambda f: f.index + 1),
    "offices in one wave each": lambda: plain().assign(office_id=lambda f: f["office_id"] + f["wave"]),
    "offices alike": lambda: _balanced().assign(y=lambda f: (f.index % 5) * 1.0),
    "balanced offices": _balanced,
    "uneven offices": _uneven_offices,
    "weights from 0.001 to 10000": lambda: plain().assign(
        weight=lambda f: 10.0 ** (-3 + 7 * ((f.index * 29) % 48) / 47)
    ),
    "tiny weights": lambda: plain().assign(weight=lambda f: f["weight"] * 1e-9),
    "numbers far from zero": lambda: plain().assign(y=lambda f: f["y"] + 1e6),
    "sizes with and without": _separated,
}


def people(case: str) -> pd.DataFrame:
    """Persons of a case as the estimators want them: ordered categories, and attributes of the survey."""
    frame = CASES[case]()
    frame["group"] = pd.Categorical(frame["group"], GROUPS, ordered=True)
    frame["level"] = pd.Categorical(frame["level"], LEVELS, ordered=True)
    frame = described(frame, About("Undersøkelsen", 2024, "veiledere"))
    return frame


# Cells of a frame for the weights: sector, office size, invited, answered.
CELLS = {
    "everyone answered": [(1, 10, 4, 4), (2, 30, 3, 3)],
    "one respondent in a cell": [(1, 10, 400, 1), (1, 150, 20, 19), (2, 10, 30, 7), (2, 50, 5, 5)],
    "cells of very different size": [(1, 10, 3000, 2), (1, 80, 2, 2), (2, 10, 40, 39), (2, 150, 1, 1)],
    "ends of the classes": [(1, 19, 9, 2), (1, 20, 8, 3), (1, 39, 7, 4), (1, 40, 6, 5), (1, 69, 9, 4), (1, 70, 5, 3),
                            (1, 109, 9, 2), (1, 110, 6, 5), (2, 0, 7, 2)],
}  # fmt: skip


def invited(case: str) -> pd.DataFrame:
    """Invited persons of a case, one row each; the first ones of each cell answered."""
    rows = [(sector, size, int(k < answered)) for sector, size, count, answered in CELLS[case] for k in range(count)]
    return pd.DataFrame(rows, columns=["sector", "size", "answered"])


def table() -> pd.DataFrame:
    """All persons of all cases, as R reads them."""
    parts = [CASES[case]().assign(case=case) for case in CASES]
    return pd.concat([*parts, *(invited(case).assign(case=case) for case in CELLS)], ignore_index=True)


def digest() -> str:
    """What the reference values carry, so that a changed frame is noticed."""
    return hashlib.sha256(table().to_csv(index=False, float_format="%.12g").encode()).hexdigest()[:12]


if __name__ == "__main__":
    out = Path(sys.argv[1])
    out.parent.mkdir(parents=True, exist_ok=True)
    table().assign(digest=digest()).to_csv(out, index=False)
