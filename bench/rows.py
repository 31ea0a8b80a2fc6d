"""One line of a benchmark's table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Row:
    """Ours beside the other, measured in one run.

    Attributes
    ----------
    name : str
        What is done.
    ours, other : float
        Medians.
    unit : str
        Of both.
    ratio : float
        How many times ours goes into the other.
    note : str
        What one must know to read it.
    """

    name: str
    ours: float
    other: float
    unit: str
    ratio: float
    note: str
