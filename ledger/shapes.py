"""What findings speak of: one curve, coefficients, one estimate a category, and distances between groups."""

from __future__ import annotations

import numpy as np
import pandas as pd

from engine.table import keys_in, open_key, pick, rows
from engine.vouched import vouched_number
from engine.words.verdict import LEVEL, Verdict, between, of_p

JOINED = "+"


def change(table: pd.DataFrame, start: str, end: str, *names: str) -> Verdict:
    """Judge the second of two waves less the first."""
    return between(pick(table, start, *names), pick(table, end, *names))


def contrast(table: pd.DataFrame, one: str, other: str, *names: str) -> Verdict:
    """Judge the first of two groups less the second."""
    return between(pick(table, other, *names), pick(table, one, *names))


def value(table: pd.DataFrame, *names: str) -> float:
    """One estimate."""
    return pick(table, *names).value


def spread(table: pd.DataFrame, *names: str) -> float:
    """Distance between the highest and the lowest row of these names."""
    return float(np.ptp(rows(table, *names)["estimate"].astype(float)))


def line(table: pd.DataFrame, *names: str) -> pd.DataFrame:
    """Points of the one curve that the names point to."""
    found = rows(table, *names).sort_values("x", kind="stable")
    if found.empty or found["x"].duplicated().any():
        raise KeyError(f"{list(names)} name no curve, or several")
    return found


def heights(table: pd.DataFrame, *names: str) -> np.ndarray:
    """Estimates of one curve, from its left end to its right."""
    return line(table, *names)["estimate"].to_numpy(dtype=float)


def level(table: pd.DataFrame, *names: str) -> float:
    """Mean height of a curve."""
    return float(heights(table, *names).mean())


def rise(table: pd.DataFrame, *names: str) -> float:
    """Right end of a curve less its left end."""
    found = heights(table, *names)
    return float(found[-1] - found[0])


def reach(table: pd.DataFrame, *names: str) -> float:
    """How much of the vertical axis a curve spans."""
    return float(np.ptp(heights(table, *names)))


def slope(table: pd.DataFrame, *names: str) -> Verdict:
    """Judge the rise of a curve by the Wald test of its two terms."""
    return of_p(rise(table, *names), float(line(table, *names)["p_value"].iloc[0]))


def curves(table: pd.DataFrame, *names: str) -> list[tuple[float, str]]:
    """Rise and name of every curve of these names; what tells them apart names them."""
    found = rows(table, *names)
    named = open_key(found)
    keys = [*(key for key in keys_in(found) if key not in (named, "measure")), named]
    parts = found[found["x"].notna()].sort_values("x", kind="stable").groupby(keys, sort=False)["estimate"]
    return [(float(part.iloc[-1] - part.iloc[0]), str(key[-1])) for key, part in parts]


def coefficients(table: pd.DataFrame, *names: str) -> pd.DataFrame:
    """Coefficients of these names; at least one."""
    found = rows(table, *names)
    found = found[found["measure"] == "coef"]
    if found.empty:
        raise KeyError(f"{list(names)} name no coefficient")
    return found


def effects(table: pd.DataFrame, *names: str, level: float = LEVEL) -> list[Verdict]:
    """Judge all coefficients of these names by their tests."""
    found = coefficients(table, *names)
    return [of_p(float(v), float(p), level) for v, p in zip(found["estimate"], found["p_value"], strict=True)]


def size(table: pd.DataFrame, *names: str) -> float:
    """Distance from 0 of the coefficient that is furthest from it."""
    return float(coefficients(table, *names)["estimate"].abs().max())


def series(table: pd.DataFrame, *names: str) -> pd.Series:
    """One estimate a category."""
    found = rows(table, *names)
    key = open_key(found)
    if found.empty or found[key].duplicated().any():
        raise KeyError(f"{list(names)} do not name one estimate a category")
    return found.set_index(key)["estimate"].astype(float)


def gap(table: pd.DataFrame, one: str, other: str, *names: str) -> pd.Series:
    """By category the first of two groups or waves less the second."""
    return series(table, one, *names) - series(table, other, *names)


def parted(values: pd.Series, ones: str) -> tuple[pd.Series, pd.Series]:
    """Values of the categories in `ones` (joined by +), and of the others."""
    chosen = ones.split(JOINED)
    return values[chosen], values.drop(chosen)


def ranks(table: pd.DataFrame, one: str, other: str, *names: str) -> float:
    """Rank correlation between two groups' categories."""
    first, second = series(table, one, *names), series(table, other, *names)
    return vouched_number(float(first.rank().corr(second[first.index].rank())))
