"""Digits that can be vouched for: the one place where numbers leave the estimators for files, pictures and words.

A sum of floats depends on its order, and BLAS, the vector units and the C library choose order and fused operations by
the processor. So the last digits of an estimate are the machine's, not the data's. They end here: whatever is written,
drawn or decided (a word of direction, an order, a star) is decided on the rounded number; of equal ones, the first in
the table's order comes first. Estimators keep all digits inside.

How many digits: the chapters of 2024 hold 30 387 numbers. Run on OpenBLAS' oldest kernel without vector units and on
Haswell's with them, estimates and ends of intervals differ by at most 4e-13 of the row's size, of `r2` by 2e-12 of
itself, standard errors by 2e-13 of themselves, p-values above 1e-7 by 3e-12 and below by 6e-11. A number flips when a
step's half lies between two results, for one number with the chance of their distance over the step. Summed over the
book that is one half of a number with ten digits, which it was and which did flip; 4e-4 with seven, and 2e-5 for
p-values with four. No digit that is printed or compared with print needs more: the finest in print has four.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

DIGITS, MOST_DECIMALS = 7, 12
# Of p-values: digits of small ones, decimals of others, and the smallest that a float holds with all its digits.
P_DIGITS, P_DECIMALS, P_SMALL, P_LEAST = 4, 7, 1e-3, 1e-300
# Parts of a step below a half that still count as a half: an exact tie (12,5) must not hang on a last bit.
NEARLY = 1e-3
# A number that is a power of ten but for rounding is one.
SLACK = 1e-9
POWERS = np.array([float(10**places) for places in range(MOST_DECIMALS + 1)])
ESTIMATES, ERRORS = ("estimate", "ci_low", "ci_high"), ("standard_error", "standard_error_robust")
P_VALUES, PLACES = ("p_value", "p_value_robust"), ("x",)


def vouched(table: pd.DataFrame) -> pd.DataFrame:
    """Round a table of estimates to the digits that can be vouched for.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates.

    Returns
    -------
    pandas.DataFrame
        The same rows, carrying the same. Estimate and interval have seven digits of the larger of estimate and standard
        error, for an end near 0 is a difference and has no more; errors and `x` seven of their own, p-values as
        `vouched_p`. Rounding again changes nothing.
    """
    if table.empty:
        return table
    columns = (*ESTIMATES, *ERRORS, *P_VALUES, *PLACES)
    found = {name: table[name].to_numpy(dtype=float, na_value=np.nan) for name in columns if name in table}
    sizes = [np.abs(found[name]) for name in (ESTIMATES[0], ERRORS[0]) if name in found]
    # The larger of two, and of one that is not known the other.
    size = np.fmax.reduce(sizes) if sizes else None
    for name, values in found.items():
        given = size if name in ESTIMATES else None
        found[name] = vouched_p(values) if name in P_VALUES else vouched_numbers(values, given)
    return table.assign(**found)


def vouched_numbers(values: ArrayLike, size: ArrayLike | None = None) -> Floats:
    """Round numbers half away from zero to seven digits.

    Parameters
    ----------
    values : array_like
        Any numbers; what is not finite stays as it is.
    size : array_like, optional
        What the digits are counted from, for numbers that are differences of larger ones; their own size when left out.

    Returns
    -------
    ndarray
        The same shape. At most twelve decimals; whole numbers keep all their digits.
    """
    numbers = np.asarray(values, dtype=float)
    return _rounded(numbers, _decimals(np.abs(numbers if size is None else np.asarray(size, dtype=float))))


def vouched_number(value: float, size: float | None = None) -> float:
    """Round one number, as `vouched_numbers`."""
    return float(vouched_numbers(value, size))


def vouched_p(values: ArrayLike) -> Floats:
    """Round p-values to seven decimals, below 0.001 to four digits: the smaller, the more of the noise they hold."""
    numbers = np.asarray(values, dtype=float)
    small = numbers < P_SMALL
    result = np.where(small, numbers, _rounded(numbers, np.full(numbers.shape, P_DECIMALS)))
    result[small] = [float(f"{p:.{P_DIGITS - 1}e}") if p > P_LEAST else 0.0 for p in numbers[small]]
    return result


def _decimals(size: Floats) -> NDArray[np.int64]:
    """Decimals that numbers of a size have; 9.99999999 has those of 10, which it becomes."""
    return _after(_rounded(size, _after(size)))


def _after(size: Floats) -> NDArray[np.int64]:
    with np.errstate(divide="ignore"):
        places = DIGITS - 1 - np.floor(np.log10(size) + SLACK)
    return np.asarray(np.clip(np.nan_to_num(places, nan=0.0), 0, MOST_DECIMALS), dtype=np.int64)


def _rounded(numbers: Floats, decimals: NDArray[np.int64]) -> Floats:
    power = POWERS[decimals]
    steps = np.floor(np.abs(numbers) * power + (0.5 + NEARLY))
    # A whole number over a power of ten is the float that the decimal number is read as. No −0.
    return np.asarray(np.copysign(steps / power, numbers) + 0.0, dtype=float)
