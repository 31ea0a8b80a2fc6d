"""Predicates on curves and on coefficients of regressions."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.lookup import rows

SIGNIFICANT = 0.05


def _line(table: pd.DataFrame, *names: str) -> pd.DataFrame:
    """Points of the one curve that the names point to."""
    line = rows(table, *names).sort_values("x", kind="stable")
    if line.empty or line["x"].duplicated().any():
        raise KeyError(f"{list(names)} name no curve, or several")
    return line


def _ends(table: pd.DataFrame, *names: str) -> tuple[pd.Series, pd.Series, float]:
    line = _line(table, *names)
    return line.iloc[0], line.iloc[-1], float(line["p_value"].iloc[0])


def curve_rises(table: pd.DataFrame, *names: str) -> bool:
    """Curve higher at its right end, and the Wald test of its two terms below 5 %."""
    left, right, p_value = _ends(table, *names)
    return p_value < SIGNIFICANT and right["estimate"] > left["estimate"]


def curve_flat(table: pd.DataFrame, *names: str) -> bool:
    """The Wald test of the curve's two terms is not below 5 %."""
    return _ends(table, *names)[2] >= SIGNIFICANT


def curve_above(table: pd.DataFrame, start: str, end: str, *names: str) -> bool:
    """The later curve's band lies above the earlier one's over more than half of the points."""
    first, last = (_line(table, wave, *names) for wave in (start, end))
    return float((last["ci_low"].to_numpy() > first["ci_high"].to_numpy()).mean()) > 0.5


def curve_slightly_above(table: pd.DataFrame, start: str, end: str, *names: str) -> bool:
    """The later curve lies above the earlier one on average."""
    first, last = (_line(table, wave, *names) for wave in (start, end))
    return float(last["estimate"].mean()) > float(first["estimate"].mean())


def curve_steeper(table: pd.DataFrame, start: str, end: str, *names: str) -> bool:
    """The distance between the curve's ends is larger in the later wave."""
    (left, right, _), (new_left, new_right, _) = _ends(table, start, *names), _ends(table, end, *names)
    return bool(new_right["estimate"] - new_left["estimate"] > right["estimate"] - left["estimate"])


def curve_falls(table: pd.DataFrame, *names: str) -> bool:
    """Curve lower at its right end, and the Wald test of its two terms below 5 %."""
    left, right, p_value = _ends(table, *names)
    return p_value < SIGNIFICANT and right["estimate"] < left["estimate"]


def curve_lower_right(table: pd.DataFrame, *names: str) -> bool:
    """Curve lower at its right end, whatever the test: «tendens»."""
    left, right, _ = _ends(table, *names)
    return bool(right["estimate"] < left["estimate"])


def _curves(table: pd.DataFrame, *names: str) -> list[pd.DataFrame]:
    keys = ["wave", "population", "group", "sector", "category"]
    found = rows(table, *names)
    return [part.sort_values("x", kind="stable") for _, part in found[found["x"].notna()].groupby(keys, sort=False)]


def all_curves_fall(table: pd.DataFrame, *names: str) -> bool:
    """Every curve of these names is lower at its right end."""
    found = _curves(table, *names)
    return bool(found) and all(part["estimate"].iloc[-1] < part["estimate"].iloc[0] for part in found)


def curve_drops_most(table: pd.DataFrame, one: str, *names: str) -> bool:
    """No other curve of these names loses more from its left to its right end."""
    lost = {
        str(p["category"].iloc[0]): float(p["estimate"].iloc[0] - p["estimate"].iloc[-1])
        for p in _curves(table, *names)
    }
    return max(lost, key=lambda name: lost[name]) == one


def curve_falls_more_right(table: pd.DataFrame, start: str, end: str, *names: str) -> bool:
    """From one wave to the other the curve comes down more at its right end than at its left end."""
    (left, right, _), (new_left, new_right, _) = _ends(table, start, *names), _ends(table, end, *names)
    change = float(new_right["estimate"] - right["estimate"])
    return change < 0 and change < float(new_left["estimate"] - left["estimate"])


def curve_higher(table: pd.DataFrame, one: str, other: str, *names: str) -> bool:
    """One group's curve lies above another's on average."""
    return bool(_line(table, one, *names)["estimate"].mean() > _line(table, other, *names)["estimate"].mean())


def curve_close(table: pd.DataFrame, one: str, other: str, limit: str, *names: str) -> bool:
    """Two groups' curves differ on average by less than a limit: «om lag lik»; the limit is our reading."""
    first, second = (_line(table, group, *names)["estimate"].to_numpy() for group in (one, other))
    return float(np.abs(first - second).mean()) < float(limit)


def curve_within(table: pd.DataFrame, low: str, high: str, *names: str) -> bool:
    """All points of a curve lie between two limits: «nesten alle uansett størrelse»."""
    return bool(_line(table, *names)["estimate"].between(float(low), float(high)).all())


def increasing(table: pd.DataFrame, *names: str) -> bool:
    """Estimates grow from each point of the horizontal axis to the next."""
    return bool((np.diff(_line(table, *names)["estimate"]) > 0).all())


def flattens(table: pd.DataFrame, *names: str) -> bool:
    """A curve falls over the first half of its range, and by more than it changes over the second half."""
    line = _line(table, *names)["estimate"].to_numpy()
    middle = len(line) // 2
    first, second = line[middle] - line[0], line[-1] - line[middle]
    return bool(first < 0 and abs(second) < abs(first))


def range_larger(table: pd.DataFrame, one: str, other: str, *names: str) -> bool:
    """One curve spans more of the vertical axis than another."""
    return bool(np.ptp(_line(table, one, *names)["estimate"]) > np.ptp(_line(table, other, *names)["estimate"]))


def _coefficients(table: pd.DataFrame, *names: str) -> pd.DataFrame:
    found = rows(table, *names)
    found = found[found["measure"] == "coef"]
    if found.empty:
        raise KeyError(f"{list(names)} name no coefficient")
    return found


def coef_positive(table: pd.DataFrame, *names: str) -> bool:
    """All coefficients of these names are positive and significant at 5 %."""
    found = _coefficients(table, *names)
    return bool(((found["estimate"] > 0) & (found["p_value"] < SIGNIFICANT)).all())


def coef_negative(table: pd.DataFrame, *names: str) -> bool:
    """All coefficients of these names are negative and significant at 5 %."""
    found = _coefficients(table, *names)
    return bool(((found["estimate"] < 0) & (found["p_value"] < SIGNIFICANT)).all())


def coef_below_zero(table: pd.DataFrame, *names: str) -> bool:
    """All coefficients of these names are negative, whatever the test: «tendens»."""
    return bool((_coefficients(table, *names)["estimate"] < 0).all())


def coef_none(table: pd.DataFrame, *names: str) -> bool:
    """No coefficient of these names is significant at 5 %."""
    return bool((_coefficients(table, *names)["p_value"] >= SIGNIFICANT).all())


def coef_small(table: pd.DataFrame, limit: str, *names: str) -> bool:
    """All coefficients of these names are nearer to 0 than a limit: «liten forskjell»; the limit is our reading."""
    return bool((_coefficients(table, *names)["estimate"].abs() < float(limit)).all())


def coef_larger(table: pd.DataFrame, one: str, other: str, *names: str) -> bool:
    """One coefficient is further from 0 than another."""
    first, second = (float(_coefficients(table, name, *names)["estimate"].abs().max()) for name in (one, other))
    return first > second


def coef_largest(table: pd.DataFrame, one: str, *names: str) -> bool:
    """The coefficient of one outcome is furthest from 0 among all outcomes."""
    found = _coefficients(table, *names)
    return str(found["category"].iloc[int(found["estimate"].abs().argmax())]) == one


ALL = (
    curve_rises, curve_flat, curve_above, curve_slightly_above, curve_steeper, curve_falls, curve_lower_right,
    all_curves_fall, curve_drops_most, curve_falls_more_right, curve_higher, curve_close, curve_within, increasing,
    flattens, range_larger, coef_positive, coef_negative, coef_below_zero, coef_none, coef_small, coef_larger,
    coef_largest,
)  # fmt: skip
