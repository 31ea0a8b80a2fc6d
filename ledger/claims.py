"""Findings in words as claims: a predicate on the estimates of one exhibit."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from engine.words.lookup import pick, rows
from engine.words.words import difference

from . import claims_curves, claims_order, claims_register

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


def goes_down(table: pd.DataFrame, start: str, end: str, *names: str) -> bool:
    """Second wave lower, whatever the interval: «noe ned»."""
    return goes_up(table, end, start, *names)


def alike(table: pd.DataFrame, one: str, other: str, *names: str) -> bool:
    """The 95 % interval of the difference between two groups in the same wave holds 0."""
    return not difference(pick(table, one, *names), pick(table, other, *names)).clear


def close(table: pd.DataFrame, one: str, other: str, limit: str, *names: str) -> bool:
    """Two groups lie nearer to each other than a limit in the table's unit: «om lag lik»; the limit is our reading."""
    return abs(pick(table, one, *names).value - pick(table, other, *names).value) < float(limit)


def at_least(table: pd.DataFrame, limit: str, *names: str) -> bool:
    """One estimate is not below a limit: «over 90 prosent»."""
    return pick(table, *names).value >= float(limit)


def top_group(table: pd.DataFrame, one: str, *names: str) -> bool:
    """No other row of these names lies above the one that `one` names too: «ungdomsveiledere i størst grad»."""
    return pick(table, one, *names).value >= float(rows(table, *names)["estimate"].max())


def bottom_group(table: pd.DataFrame, one: str, *names: str) -> bool:
    """No other row of these names lies below the one that `one` names too."""
    return pick(table, one, *names).value <= float(rows(table, *names)["estimate"].min())


_HERE = (
    rises, goes_up, not_rises, falls, goes_down, unchanged, tends_up, tends_down, higher, above, alike, close, at_least,
    highest, lowest, top_group, bottom_group, grows_most, grows_more, mostly_before, spread_rises, spread_unchanged,
    nears_others,
)  # fmt: skip
PREDICATES: dict[str, Predicate] = {
    function.__name__: function for function in (*_HERE, *claims_order.ALL, *claims_curves.ALL, *claims_register.ALL)
}
