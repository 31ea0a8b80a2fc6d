"""The one verdict on a difference: which way it goes, and how sure that is.

Sentences and the ledger's findings rest on it: what the one calls clear, the other does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from engine.table import NORMAL_975, Estimate

from .numbers import round_half_up

# Below one standard error we say nothing moved; between one and 1.96 only a tendency: the report's own three steps.
TENDENCY_ERRORS = 1.0
# A coefficient is called clear at the level of one star, which is also that of the 95 % interval.
LEVEL = 0.05
# The two-sided p-value of one standard error: the tendency of a test that has no single error, as a curve's.
TENDENCY_LEVEL = math.erfc(TENDENCY_ERRORS / math.sqrt(2))
# How sure a difference is.
CLEAR, TENDENCY, UNCHANGED, HIDDEN, NOT_COMPARABLE = "clear", "tendency", "unchanged", "hidden", "not comparable"


@dataclass(frozen=True)
class Verdict:
    """Sign of a difference and its strength.

    Attributes
    ----------
    value : float
        The difference; NaN where a part of it is suppressed.
    strength : str
        `CLEAR`, `TENDENCY` or `UNCHANGED`; `HIDDEN` where a part is suppressed, `NOT_COMPARABLE` without an error.
    error : float
        Standard error of the difference, where the verdict rests on one.
    """

    value: float
    strength: str
    error: float = math.nan

    @property
    def sign(self) -> int:
        """1, 0 or −1 by the difference itself, however sure it is; 0 where it is hidden."""
        return (self.value > 0) - (self.value < 0)

    @property
    def clear(self) -> bool:
        """Whether the difference is sure."""
        return self.strength == CLEAR

    @property
    def known(self) -> bool:
        """Whether anything can be said."""
        return self.strength not in (HIDDEN, NOT_COMPARABLE)

    @property
    def way(self) -> int:
        """1 or −1 where the difference is clear, else 0."""
        return self.sign if self.clear else 0


def between(first: Estimate, second: Estimate) -> Verdict:
    """Judge the second estimate less the first, independent ones: waves, or groups without a person in common."""
    error = math.sqrt(first.standard_error * first.standard_error + second.standard_error * second.standard_error)
    value = second.value - first.value
    return of_interval(value, value - NORMAL_975 * error, value + NORMAL_975 * error, error)


def of_interval(value: float, low: float, high: float, error: float = math.nan) -> Verdict:
    """Judge an estimated difference by its own interval: clear where that leaves out 0."""
    if not math.isfinite(value):
        return Verdict(math.nan, HIDDEN)
    if not low < high:
        return Verdict(value, NOT_COMPARABLE)
    if low >= 0 or high <= 0:
        return Verdict(value, CLEAR, error)
    return Verdict(value, TENDENCY if abs(value) >= TENDENCY_ERRORS * error else UNCHANGED, error)


def of_p(value: float, p_value: float, level: float = LEVEL) -> Verdict:
    """Judge a coefficient or a curve's slope by the p-value of its test."""
    if not math.isfinite(value):
        return Verdict(math.nan, HIDDEN)
    if math.isnan(p_value):
        return Verdict(value, NOT_COMPARABLE)
    return Verdict(value, CLEAR if p_value < level else TENDENCY if p_value < TENDENCY_LEVEL else UNCHANGED)


def from_middle(estimate: Estimate, middle: float) -> Verdict:
    """Judge where a mean lies against a fixed point of its scale."""
    return between(Estimate(middle, 0.0, middle, middle, 0.0), estimate)


def of_sizes(first: float, second: float, alike: float, little: float = 0.0) -> Verdict:
    """Judge two numbers without an error, full counts or distances, by their ratio."""
    if not (math.isfinite(first) and math.isfinite(second)):
        return Verdict(math.nan, HIDDEN)
    part = abs(second / first - 1) if first else math.inf if second else 0.0
    strength = UNCHANGED if part < alike else TENDENCY if part < little else CLEAR
    return Verdict(second - first, strength)


def as_printed(first: float, second: float, digits: int) -> Verdict:
    """Judge two full counts at the digits that a reader sees: equal when they print the same."""
    if not (math.isfinite(first) and math.isfinite(second)):
        return Verdict(math.nan, HIDDEN)
    step = float(round_half_up(second, digits) - round_half_up(first, digits))
    return Verdict(step, CLEAR if step else UNCHANGED)
