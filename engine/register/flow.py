"""Rules as named steps, each with the number of rows that go in and come out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from engine.disclosure.rules import THRESHOLD, hide, minimum_persons
from engine.register.engines import Engine, Frame
from engine.table import about, finish


@dataclass(frozen=True)
class Rule:
    """One rule of the pipeline.

    Attributes
    ----------
    name : str
        Name of its function.
    label : str
        The rule in bokmål, as the flow table prints it; `{}` takes the month.
    unit : str
        What is counted after it: persons, events, …
    apply : callable
        Lazy frame in, lazy frame out.
    """

    name: str
    label: str
    unit: str
    apply: Callable[..., Frame]


def rule(label: str, unit: str) -> Callable[[Callable[..., Frame]], Rule]:
    """Make a rule of a function from a lazy frame to a lazy frame."""

    def make(function: Callable[..., Frame]) -> Rule:
        return Rule(function.__name__, label, unit, function)

    return make


class Flow:
    """Applies rules and writes down what goes in and comes out of each.

    Parameters
    ----------
    engine : Engine
        Computes the frames and keeps them.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.rows: list[dict[str, Any]] = []
        # The frames are held on to, so that an id stays one frame's.
        self._sizes: dict[int, tuple[Frame, int]] = {}

    def apply(self, part: str, rule: Rule, frame: Frame, *more: Any, words: str = "") -> Frame:
        """Apply one rule."""
        known = self._sizes.get(id(frame))
        before = self.engine.count(frame) if known is None else known[1]
        result = self.engine.keep(rule.apply(frame, *more))
        after = self.engine.count(result)
        self._sizes[id(result)] = (result, after)
        self.rows.append({
            "part": part, "name": rule.name, "rule": rule.label.format(words), "rows_in": before, "rows_out": after,
            "unit": rule.unit,
        })  # fmt: skip
        return result

    @property
    def table(self) -> pd.DataFrame:
        """One row a rule, in the order in which they were applied: part, name, rule, rows_in, rows_out, unit."""
        return pd.DataFrame(self.rows)


def _few(flow: pd.DataFrame, counts: np.ndarray) -> np.ndarray:
    """Which counts are small, or would give away that a rule put few aside."""
    limit = minimum_persons()
    aside = flow["rows_in"] - flow["rows_out"]
    # What comes out of one rule goes into the next, so the number is hidden wherever it stands.
    telling = flow.loc[(aside > 0) & (aside < limit), "rows_out"].to_numpy(dtype=float)
    return np.asarray(((counts > 0) & (counts < limit)) | np.isin(counts, telling), dtype=bool)


def sample_flow(flow: pd.DataFrame, parts: Sequence[str] = ()) -> pd.DataFrame:
    """Write the flow as tidy rows that a table can show.

    Parameters
    ----------
    flow : pandas.DataFrame
        `Register.flow`.
    parts : sequence of str
        Which parts; all when left out.

    Returns
    -------
    pandas.DataFrame
        `part`, `rule`, and `direction` «inn» or «ut»; measure `count`. Small counts are hidden.
    """
    chosen = flow[flow["part"].isin(parts)] if parts else flow
    tables = [
        pd.DataFrame({
            "part": chosen["part"], "rule": chosen["rule"], "direction": direction,
            "estimate": chosen[column].astype(float), "n": chosen[column].astype(float),
        })
        for direction, column in (("inn", "rows_in"), ("ut", "rows_out"))
    ]  # fmt: skip
    table = pd.concat(tables).sort_index(kind="stable").reset_index(drop=True)
    made = finish(table, about(flow), measure="count").assign(suppressed=False)
    return hide(made, _few(flow, table["estimate"].to_numpy()), THRESHOLD)
