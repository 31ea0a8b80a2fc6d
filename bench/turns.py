"""Measuring two ways in turn."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from statistics import median


def seconds(action: Callable[[], object]) -> float:
    """Time one call."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def in_turn(ways: Mapping[str, Callable[[], float]], repeats: int) -> dict[str, float]:
    """Measure several ways, one after another, in an order that turns round each time.

    Parameters
    ----------
    ways : mapping of str to callable
        Each does its work once and gives seconds.
    repeats : int
        How often each.

    Returns
    -------
    dict of str to float
        Medians.
    """
    found: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(repeats):
        order = list(ways)
        for name in order if turn % 2 == 0 else order[::-1]:
            found[name].append(ways[name]())
        told = ", ".join(f"{name} {values[-1]:.3g} s" for name, values in found.items())
        print(f"  {turn + 1} of {repeats}: {told}", file=sys.stderr, flush=True)
    return {name: median(values) for name, values in found.items()}
