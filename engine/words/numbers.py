"""Numbers as a Norwegian reader expects them: rounded half up, written in bokmål."""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from babel.numbers import format_decimal

MINUS = "\u2212"
NARROW_NO_BREAK_SPACE = "\u202f"
NO_BREAK_SPACE = "\u00a0"
HIDDEN = "skjult"
# Numbers that a sentence writes out.
WORDS = ("ingen", "én", "to", "tre", "fire", "fem", "seks", "sju", "åtte", "ni", "ti", "elleve", "tolv")


def round_half_up(value: float, digits: int = 0) -> Decimal:
    """Round as SAS, SPSS and Excel print: halves away from zero.

    Python's and numpy's half-even rounding gives plausible wrong last digits (2.5 becomes 2). The value is first taken
    to 12 significant digits, so that a half that binary floats can only approximate is still a half.

    Parameters
    ----------
    value : float
        A finite number.
    digits : int
        Decimals to keep; negative rounds to tens, hundreds, …

    Returns
    -------
    decimal.Decimal
        The rounded number, with exactly `digits` decimals.

    Raises
    ------
    ValueError
        When the value is not finite.
    """
    if not math.isfinite(value):
        raise ValueError("only a finite number can be rounded")
    # One quantum for every sign of `digits`; adding 0 turns Decimal("-0") into Decimal("0").
    rounded = Decimal(f"{value:.12g}").quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    return rounded + 0


def nb_number(value: float | None, digits: int = 0) -> str:
    """Write a number in bokmål: `1 635`, `54,9`, `−0,27`.

    Parameters
    ----------
    value : float or None
        The number. None and NaN stand for a suppressed estimate.
    digits : int
        Decimals to print.

    Returns
    -------
    str
        Decimal comma, narrow no-break space between thousands, U+2212 as minus; «skjult» for a suppressed estimate.
    """
    if value is None or not math.isfinite(value):
        return HIDDEN
    pattern = "#,##0" + ("." + "0" * digits if digits > 0 else "")
    text: str = format_decimal(round_half_up(value, digits), format=pattern, locale="nb_NO", decimal_quantization=False)
    return text.replace("-", MINUS).replace(NO_BREAK_SPACE, NARROW_NO_BREAK_SPACE)


def nb_place(value: float) -> str:
    """Write a place on a horizontal axis: whole from ten upwards, else with a decimal where it is not whole."""
    return nb_number(value, 1 if abs(value) < 10 and not float(value).is_integer() else 0)


def nb_percent(value: float | None, digits: int = 0) -> str:
    """Write a share that is already in per cent: `29 %` with a no-break space before the sign.

    Parameters
    ----------
    value : float or None
        Per cent, 0–100.
    digits : int
        Decimals to print.

    Returns
    -------
    str
        The number, a no-break space and %; «skjult» for a suppressed estimate.
    """
    text = nb_number(value, digits)
    return text if text == HIDDEN else f"{text}{NO_BREAK_SPACE}%"


def in_words(number: int) -> str:
    """Write a count as a word up to twelve, then in digits: `fire`, `13`."""
    return WORDS[number] if 0 <= number < len(WORDS) else nb_number(number)


def nb_list(items: list[str]) -> str:
    """Join words as a Norwegian list: `a`, `a og b`, `a, b og c`."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} og {items[-1]}" if items else ""


def names(items: Iterable[object]) -> str:
    """Join names, or waves, as a Norwegian list.

    Parameters
    ----------
    items : iterable
        Words or numbers.

    Returns
    -------
    str
        `a`, `a og b`, `a, b og c`.

    Examples
    --------
    >>> names([2022, 2023, 2024])
    '2022, 2023 og 2024'
    """
    return nb_list([str(item) for item in items])
