"""Arithmetic that gives the same bits on every processor: what the twins decide by is computed with nothing else.

Same everywhere are numpy's elementwise +, −, ×, ÷, square root, comparison and rounding: IEEE 754 allows each one
answer. So are sums (`np.add.reduce`, `cumsum`, `bincount`), which numpy adds in an order that only shapes decide.

Not the same are products of matrices and everything of `np.linalg` (BLAS adds in the order that suits a processor), and
exponentials, logarithms and powers (numpy and the C library have several versions of each). The twins' modules take
those from here; a test refuses the others. Here, large products are sums of products of whole numbers so small that
no addition is rounded: whatever the order, threads or kernel of BLAS, there is one answer. Inverses, exponentials,
logarithms and powers are made of the operations above, one after the other. Few functions, of few numbers, are rounded
so far from the last bits of the library's that they meet a boundary less than once in a million twins.
"""

from __future__ import annotations

from fractions import Fraction
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaincinv

Floats = NDArray[np.float64]

# Bits of a double, and slices that a number is cut into: together they carry all its bits.
BITS, SLICES = 53, 3
# Up to this many terms a product of matrices is added up term by term; more are added up by blocks.
FEW, BLOCK = 20_000, 4096
# ln 2 in two parts: whole multiples of the first, up to 2^20 of them, are exact.
LN2 = 0.6931471805599453
LN2_HIGH = round(LN2 * 2**32) / 2**32
LN2_LOW = float(Fraction(6931471805599453094172321214581765680755, 10**40) - Fraction(LN2_HIGH))
# Terms of the series of exp (up to ln 2 / 2) and of log (of (m − 1)/(m + 1), m from √½ to √2).
EXP_TERMS, LOG_TERMS = 14, 11


def product(left: Floats, right: Floats, slices: int = SLICES) -> Floats:
    """Multiply matrices and vectors as `left @ right` does, with one answer.

    Parameters
    ----------
    left, right : ndarray
        One- or two-dimensional, finite.
    slices : int
        Of two matrices: 3 for full precision; fewer for some 20 bits a slice, relative to a row's largest number.

    Returns
    -------
    ndarray
        Shape as of `left @ right`.

    Notes
    -----
    Ozaki, Ogita, Oishi & Rump (2012), Error-free transformations of matrix multiplication, Numerical Algorithms 59.
    """
    if right.ndim == 1:
        return np.asarray(np.add.reduce(np.ascontiguousarray(left * right), axis=-1))
    if left.ndim == 1:
        return np.asarray(np.add.reduce(np.ascontiguousarray(left[:, None] * right), axis=0))
    if left.shape[0] * right.size <= FEW:
        return np.asarray(np.add.reduce(np.ascontiguousarray(left[:, None, :] * right.T), axis=-1))
    result = np.zeros((left.shape[0], right.shape[1]))
    for start in range(0, right.shape[0], BLOCK):
        result += _block(left[:, start : start + BLOCK], right[start : start + BLOCK].T, slices)
    return result


def _block(left: Floats, right: Floats, slices: int) -> Floats:
    """Multiply rows of one matrix by rows of another: no sum that BLAS makes is rounded."""
    # Sums of so many products of two numbers of so many bits are whole numbers of at most 53.
    bits = (BITS - int(left.shape[1] - 1).bit_length()) // 2
    first, unit = _slices(left, bits, slices)
    second, other = _slices(right, bits, slices)
    result = np.zeros((len(left), len(right)))
    for order in reversed(range(slices)):
        for a in range(order + 1):
            if a < len(first) and order - a < len(second):
                result += np.ldexp(first[a] @ second[order - a].T, -bits * order)
    return np.asarray(result * unit[:, None] * other)


def _slices(matrix: Floats, bits: int, most: int) -> tuple[list[Floats], Floats]:
    """Cut rows into whole numbers of at most 2^bits, and each row's unit of the first; empty slices are left out."""
    # Powers of two: to multiply or divide by them rounds nothing.
    unit = np.ldexp(1.0, np.frexp(np.abs(matrix).max(axis=1, initial=0.0))[1] - bits)
    rest = matrix / unit[:, None]
    parts: list[Floats] = []
    while len(parts) < most and (rest.any() or not parts):
        parts.append(np.rint(rest))
        rest = (rest - parts[-1]) * np.ldexp(1.0, bits)
    return parts, unit


def inverse(matrix: Floats) -> Floats:
    """Invert a symmetric, positive definite matrix; ValueError where it is none."""
    scale, rest = _scaled(matrix)
    result = np.eye(len(rest))
    for k in range(len(rest)):
        pivot = _positive(rest[k, k])
        row, other, column = rest[k] / pivot, result[k] / pivot, rest[:, k].copy()
        rest -= column[:, None] * row
        result -= column[:, None] * other
        rest[k], result[k] = row, other
    return np.asarray(result * scale * scale[:, None])


def solve(matrix: Floats, right: Floats) -> Floats:
    """Solve a symmetric, positive definite system for a vector; ValueError where it is none."""
    scale, rest = _scaled(matrix)
    rest = np.column_stack([rest, right * scale])
    for k in range(len(rest)):
        row = rest[k, k:] / _positive(rest[k, k])
        rest[:, k:] -= rest[:, k, None] * row
        rest[k, k:] = row
    return np.asarray(rest[:, -1] * scale)


def root(matrix: Floats) -> Floats:
    """Return the lower triangle L with L L' = matrix (Cholesky); ValueError where it is not positive definite."""
    rest, result = matrix.astype(float), np.zeros(matrix.shape)
    for k in range(len(rest)):
        result[k:, k] = rest[k:, k] / np.sqrt(_positive(rest[k, k]))
        rest[k:, k:] -= result[k:, k, None] * result[k:, k]
    return result


def _scaled(matrix: Floats) -> tuple[Floats, Floats]:
    scale = 1 / np.sqrt(np.maximum(np.diag(matrix), 1e-300))
    return scale, matrix * scale * scale[:, None]


def _positive(pivot: float) -> float:
    if not pivot > 0:
        raise ValueError("the matrix is not positive definite")
    return pivot


def exp(values: ArrayLike) -> Floats:
    """Exponential, elementwise, of numbers up to 700; 0 for −inf."""
    # Far below, it is 0 anyway.
    x = np.maximum(np.asarray(values, dtype=float), -800.0)
    whole = np.rint(x / LN2)
    x = (x - whole * LN2_HIGH) - whole * LN2_LOW
    total = np.ones_like(x)
    for k in reversed(range(1, EXP_TERMS)):
        total = total * x / k + 1.0
    return np.asarray(np.ldexp(total, whole.astype(np.int32)))


def log(values: ArrayLike) -> Floats:
    """Natural logarithm, elementwise, of numbers from 0 on; −inf for 0."""
    x = np.asarray(values, dtype=float)
    part, whole = np.frexp(np.where(x > 0, x, 1.0))
    low = part < np.sqrt(0.5)
    part, whole = np.where(low, 2 * part, part), whole - low
    ratio = (part - 1) / (part + 1)
    square, total = ratio * ratio, np.zeros_like(ratio)
    for k in reversed(range(1, LOG_TERMS + 1)):
        total = (total + 1 / (2 * k + 1)) * square
    result = whole * LN2_HIGH + (2 * ratio + (2 * ratio * total + whole * LN2_LOW))
    return np.where(x > 0, result, -np.inf)


def power(values: ArrayLike, exponent: ArrayLike) -> Floats:
    """Positive numbers to any power, elementwise."""
    return exp(np.asarray(exponent, dtype=float) * log(values))


def sine(values: Floats) -> Floats:
    """Sine, elementwise, to the sixth decimal: rounded, the last bits of numpy's no longer show."""
    return np.asarray(np.round(np.sin(values), 6))


def normal_quantiles(places: Floats) -> Floats:
    """Quantiles of the standard normal distribution, to the sixth decimal: the tails' logarithms no longer show."""
    return np.round([NormalDist().inv_cdf(place) for place in places], 6)


def gamma_quantiles(shape: float, places: Floats) -> Floats:
    """Quantiles of a gamma distribution of scale 1, to the sixth decimal: scipy's logarithms no longer show."""
    return np.asarray(np.round(gammaincinv(shape, places), 6))
