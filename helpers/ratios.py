"""Ratios of weighted totals, group by group, with linearised standard errors: what means and shares are."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from .dominance import is_dominated
from .linearization import linearized_covariance
from .tellable import Behind
from .tidy import KEY_OF, TOTAL


@dataclass(frozen=True)
class Groups:
    """What a table groups persons by.

    Attributes
    ----------
    by : list of str
        Grouping variables.
    total : str or None
        The one of them over whose categories there is a total.
    clusters : str or None
        The variable whose values are sampled together.
    persons : ndarray of uint64, shape (persons,)
        Keys of the persons.
    """

    by: list[str]
    total: str | None
    clusters: str | None
    persons: np.ndarray

    def __post_init__(self) -> None:
        """Refuse two variables for one key."""
        if len(set(self.keys)) < len(self.keys):
            raise ValueError(f"two grouping variables of {self.by} would fill the same key of the table")

    @property
    def keys(self) -> list[str]:
        """Keys of the tidy table that the grouping variables fill."""
        return [KEY_OF.get(name, "category") for name in self.by]

    def filled(self, *keys: tuple[str, object]) -> dict[str, object]:
        """Keys that all rows take beside those of their groups; a value that is not there fills none."""
        filled: dict[str, object] = {}
        for key, value in keys:
            if value is None or value == "":
                continue
            if key in filled or key in self.keys:
                raise ValueError(f"a grouping variable fills the key {key} of the table already")
            filled[key] = value
        return filled


@dataclass(frozen=True)
class Row:
    """One estimate: the keys of its row, the number of persons, and who they are."""

    keys: dict[str, object]
    estimate: float
    standard_error: float
    n: int
    behind: Behind


def levels(frame: pd.DataFrame, name: str) -> dict[Hashable, np.ndarray]:
    """Who has each category of a variable.

    Parameters
    ----------
    frame : pandas.DataFrame
        Respondents.
    name : str
        The variable.

    Returns
    -------
    dict of ndarray of bool, shape (persons,)
        In order of the categories. One that nobody has is left out: whoever made the frame cut it away.
    """
    column = frame[name]
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes, categories = column.cat.codes.to_numpy(), column.cat.categories
    else:
        codes, categories = pd.factorize(column, sort=True)
    found = {category: codes == code for code, category in enumerate(categories)}
    return {category: who for category, who in found.items() if who.any()}


def ratios(
    frame: pd.DataFrame,
    outcome: np.ndarray,
    groups: Groups,
    domain: np.ndarray,
    asked: set[int] | None,
    keys: dict[str, object],
) -> list[Row]:
    """Estimate a mean in each combination of groups.

    Parameters
    ----------
    frame : pandas.DataFrame
        Respondents, with `weight` and `wave`.
    outcome : ndarray, shape (persons,)
        NaN for no answer.
    groups : Groups
        What to group by.
    domain : ndarray of bool, shape (persons,)
        Whom the table is of.
    asked : set of int or None
        Waves that were asked; another has no row, since an empty estimate would look suppressed. None for all.
    keys : dict
        Keys that all rows take; `measure` is one of them.

    Returns
    -------
    list of Row
    """
    by, total = groups.by, groups.total
    weight = frame["weight"].to_numpy(dtype=float)
    wave = frame["wave"].to_numpy()
    cluster = None if groups.clusters is None else frame[groups.clusters].to_numpy()
    answered = domain & ~np.isnan(outcome)
    members = {name: levels(frame, name) for name in by}
    choices = [[*members[name], *([TOTAL] if name == total else [])] for name in by]
    if asked is not None and "wave" in by:
        choices[by.index("wave")] = [level for level in choices[by.index("wave")] if level in asked]
    known, place = np.unique(groups.persons, return_inverse=True)
    keys = {"population": frame.attrs.get("population", ""), **keys}
    rows = []
    for combination in product(*choices) if asked is None or asked else ():
        chosen = answered.copy()
        for name, level in zip(by, combination, strict=True):
            if not (name == total and level == TOTAL):
                chosen &= members[name][level]
        estimate, error = _ratio(outcome, np.where(chosen, weight, 0.0), wave, cluster)
        behind = Behind(
            persons=_those(known, place[chosen]),
            answering=_those(known, place[chosen & (outcome != 0)]),
            whole=total is not None and combination[by.index(total)] == TOTAL,
            dominated=keys["measure"] == "mean" and is_dominated((weight * outcome)[chosen]),
            exact=bool((weight[chosen] == weight[chosen][:1]).all()),
        )
        own = dict(zip(groups.keys, combination, strict=True))
        rows.append(Row({**keys, **own}, estimate, error, int(chosen.sum()), behind))
    return rows


def _those(known: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Keys at some places, ascending, each once."""
    there = np.zeros(len(known), dtype=bool)
    there[places] = True
    return known[there]


def _ratio(
    outcome: np.ndarray, weight: np.ndarray, wave: np.ndarray, cluster: np.ndarray | None
) -> tuple[float, float]:
    sum_of_weights = weight.sum()
    if sum_of_weights <= 0:
        return np.nan, np.nan
    filled = np.where(weight > 0, outcome, 0.0)
    known = outcome[weight > 0]
    alike = bool((known == known[0]).all())
    estimate = float(known[0]) if alike else float((weight * filled).sum() / sum_of_weights)
    # Strata without a member of the domain add exactly nothing; leaving them out saves most of the work.
    sampled = np.isin(wave, wave[weight > 0])
    influence = weight * (filled - estimate) / sum_of_weights
    variance = linearized_covariance(influence[sampled], wave[sampled], None if cluster is None else cluster[sampled])[
        0, 0
    ]
    # Rounding must not give answers that are all alike an error: a difference of nothing would then look clear.
    return estimate, float(np.sqrt(variance)) * (not alike)
