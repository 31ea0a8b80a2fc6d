"""Findings in words as claims: a predicate on the estimates of one exhibit."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from helpers.lookup import pick, rows
from helpers.words import difference

Predicate = Callable[..., bool]


def rises(table: pd.DataFrame, start: str, end: str, *names: str) -> bool:
    """Second wave higher, and the 95 % interval of the difference leaves out 0."""
    step = difference(pick(table, start, *names), pick(table, end, *names))
    return step.clear and step.value > 0


def goes_up(table: pd.DataFrame, start: str, end: str, *names: str) -> bool:
    """Second wave higher, whatever the interval: «litt opp»."""
    return pick(table, end, *names).value > pick(table, start, *names).value


def not_rises(table: pd.DataFrame, start: str, end: str, *names: str) -> bool:
    """No clear rise between two waves; a fall is allowed."""
    return not rises(table, start, end, *names)


def falls(table: pd.DataFrame, start: str, end: str, *names: str) -> bool:
    """Second wave lower, and the 95 % interval of the difference leaves out 0."""
    step = difference(pick(table, start, *names), pick(table, end, *names))
    return step.clear and step.value < 0


def unchanged(table: pd.DataFrame, start: str, end: str, *names: str) -> bool:
    """The 95 % interval of the difference between two waves holds 0."""
    return not difference(pick(table, start, *names), pick(table, end, *names)).clear


def tends_up(table: pd.DataFrame, start: str, end: str, *names: str) -> bool:
    """Higher, but the 95 % interval of the difference holds 0."""
    step = difference(pick(table, start, *names), pick(table, end, *names))
    return not step.clear and step.value > 0


def tends_down(table: pd.DataFrame, start: str, end: str, *names: str) -> bool:
    """Lower, but the 95 % interval of the difference holds 0."""
    step = difference(pick(table, start, *names), pick(table, end, *names))
    return not step.clear and step.value < 0


def higher(table: pd.DataFrame, one: str, other: str, *names: str) -> bool:
    """One group above another in the same wave, beyond the 95 % interval of the difference."""
    step = difference(pick(table, other, *names), pick(table, one, *names))
    return step.clear and step.value > 0


def above(table: pd.DataFrame, one: str, other: str, *names: str) -> bool:
    """One group's estimate above another's, whatever the interval."""
    return pick(table, one, *names).value > pick(table, other, *names).value


def highest(table: pd.DataFrame, one: str, *names: str) -> bool:
    """No other category of these names has a higher estimate."""
    found = rows(table, *names)
    return str(found["category"].iloc[int(found["estimate"].argmax())]) == one


def lowest(table: pd.DataFrame, one: str, *names: str) -> bool:
    """No other category of these names has a lower estimate."""
    found = rows(table, *names)
    return str(found["category"].iloc[int(found["estimate"].argmin())]) == one


def grows_most(table: pd.DataFrame, ones: str, start: str, end: str, *names: str) -> bool:
    """The categories in `ones` (joined by +) all grow more than every other category."""
    chosen = ones.split("+")
    growth = {
        category: pick(table, end, category, *names).value - pick(table, start, category, *names).value
        for category in set(rows(table, *names)["category"])
    }
    return min(growth[one] for one in chosen) > max(value for name, value in growth.items() if name not in chosen)


def grows_more(table: pd.DataFrame, one: str, other: str, start: str, end: str, *names: str) -> bool:
    """One group's growth is larger than another's."""
    first = pick(table, end, one, *names).value - pick(table, start, one, *names).value
    return first > pick(table, end, other, *names).value - pick(table, start, other, *names).value


def mostly_before(table: pd.DataFrame, start: str, middle: str, end: str, *names: str) -> bool:
    """More than half of the change from first to last wave came before the middle wave."""
    first, between, last = (pick(table, wave, *names).value for wave in (start, middle, end))
    return (between - first) / (last - first) > 0.5


def _spread(table: pd.DataFrame, *names: str) -> tuple[float, float]:
    found = rows(table, *names)
    ends = found.iloc[[int(found["estimate"].argmax()), int(found["estimate"].argmin())]]
    return float(np.ptp(ends["estimate"])), float((ends["standard_error"] ** 2).sum())


def spread_rises(table: pd.DataFrame, start: str, end: str, *names: str) -> bool:
    """Distance between highest and lowest category is larger in the second wave."""
    return _spread(table, end, *names)[0] > _spread(table, start, *names)[0]


def spread_unchanged(table: pd.DataFrame, start: str, end: str, *names: str) -> bool:
    """The distance between highest and lowest category differs by less than 1.96 of its standard errors."""
    (first, error), (last, other) = _spread(table, start, *names), _spread(table, end, *names)
    return abs(last - first) < 1.96 * float(np.sqrt(error + other))


def nears_others(table: pd.DataFrame, ones: str, start: str, end: str, *names: str) -> bool:
    """Each of the categories in `ones` (joined by +) lies closer to the mean of the rest in the second wave."""
    chosen = ones.split("+")

    def behind(wave: str, one: str) -> float:
        found = rows(table, wave, *names)
        rest = found[~found["category"].isin(chosen)]["estimate"].mean()
        return float(rest - pick(table, wave, one, *names).value)

    return all(behind(start, one) > max(behind(end, one), 0.0) for one in chosen)


def _ends(table: pd.DataFrame, *names: str) -> tuple[pd.Series, pd.Series, float]:
    line = rows(table, *names).sort_values("x")
    return line.iloc[0], line.iloc[-1], float(line["p_value"].iloc[0])


def curve_rises(table: pd.DataFrame, *names: str) -> bool:
    """Curve higher at its right end, and the Wald test of its two terms below 5 %."""
    left, right, p_value = _ends(table, *names)
    return p_value < 0.05 and right["estimate"] > left["estimate"]


def curve_flat(table: pd.DataFrame, *names: str) -> bool:
    """The Wald test of the curve's two terms is not below 5 %."""
    return _ends(table, *names)[2] >= 0.05


def curve_above(table: pd.DataFrame, start: str, end: str, *names: str) -> bool:
    """The later curve's band lies above the earlier one's over more than half of the points."""
    first, last = (rows(table, wave, *names).sort_values("x") for wave in (start, end))
    return float((last["ci_low"].to_numpy() > first["ci_high"].to_numpy()).mean()) > 0.5


def curve_slightly_above(table: pd.DataFrame, start: str, end: str, *names: str) -> bool:
    """The later curve lies above the earlier one on average."""
    first, last = (rows(table, wave, *names) for wave in (start, end))
    return float(last["estimate"].mean()) > float(first["estimate"].mean())


def curve_steeper(table: pd.DataFrame, start: str, end: str, *names: str) -> bool:
    """The distance between the curve's ends is larger in the later wave."""
    (left, right, _), (new_left, new_right, _) = _ends(table, start, *names), _ends(table, end, *names)
    return bool(new_right["estimate"] - new_left["estimate"] > right["estimate"] - left["estimate"])


PREDICATES: dict[str, Predicate] = {
    function.__name__: function
    for function in (
        rises, goes_up, not_rises, falls, unchanged, tends_up, tends_down, higher, above, highest, lowest,
        grows_most, grows_more, mostly_before, spread_rises, spread_unchanged, nears_others,
        curve_rises, curve_flat, curve_above,
        curve_slightly_above, curve_steeper,
    )
}  # fmt: skip
