"""Frames made by hand: few persons, numbers that can be worked out on paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib import import_module
from unittest.mock import patch

import numpy as np
import pandas as pd

from engine.disclosure.rules import protect
from engine.table import About, Estimate, about, described, matching


def persons(population: str = "veiledere", **columns: Sequence[object]) -> pd.DataFrame:
    """Respondents with weight 1 and wave 2024 unless given."""
    length = len(next(iter(columns.values())))
    frame = pd.DataFrame({"weight": np.ones(length), "wave": np.full(length, 2024), **columns})
    return described(frame, About("Undersøkelsen", 2024, population))


def repeat(frame: pd.DataFrame, times: int) -> pd.DataFrame:
    """Each person `times` times, so that enough persons stand behind each estimate."""
    return described(pd.concat([frame] * times, ignore_index=True), about(frame))


def estimate_table(*rows: tuple[object, ...], keys: Sequence[str] = ("wave", "group")) -> pd.DataFrame:
    """Estimates given as (*keys, estimate, standard error, n)."""
    records = []
    for *values, estimate, error, n in rows:
        record = {"population": "", "measure": ""} | dict(zip(keys, values, strict=True))
        half = 1.959963984540054 * error
        interval = {"ci_low": estimate - half, "ci_high": estimate + half}
        records.append({**record, "estimate": estimate, "standard_error": error, **interval, "n": n})
    return protect(pd.DataFrame(records))


def unrounded(table: pd.DataFrame, *names: object) -> Estimate:
    """The one estimate that names point to with all its digits, for comparisons finer than what is told."""
    [row] = matching(table, *names).to_dict("records")
    return Estimate(*(float(row[name]) for name in ("estimate", "standard_error", "ci_low", "ci_high", "n")))


@contextmanager
def everything_told() -> Iterator[None]:
    """Estimates without dominance, complements and differences, for tests of the estimators on a handful of persons."""
    with (
        patch("engine.estimates.weighted.settle_rows", lambda table, *_: table),
        patch("engine.estimates.weighted.settle_shares", lambda table, *_: table),
    ):
        yield


UNHIDDEN = {
    "protect": lambda table, *_: table.assign(suppressed=False, reason=""),
    "hide": lambda table, *_: table,
    "hide_number": lambda table, *_: table,
    "hide_for": lambda table, *_: table,
    "hidden_columns": lambda *_: {},
    "hidden_prediction": lambda *_: "",
}


@contextmanager
def nothing_hidden() -> Iterator[None]:
    """Estimators without disclosure control, for tests of what they estimate on few persons."""
    with ExitStack() as stack:
        for name in ("estimates.weighted", "estimates.curves", "estimates.models", "estimates.office_panel",
                     "disclosure.secondary", "disclosure.rules"):
            module = import_module(f"engine.{name}")
            for control, same in UNHIDDEN.items():
                if hasattr(module, control):
                    stack.enter_context(patch.object(module, control, same))
        yield
