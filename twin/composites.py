"""Variables made of several items, whose targets the last item of them must meet for all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .scores import Floats
from .tables import read


@dataclass(frozen=True)
class Composite:
    """A mean over items as a function of its last one: (answer + base) / count."""

    name: str
    base: Floats
    count: Floats

    @staticmethod
    def read(persons: pd.DataFrame, last: str) -> Composite | None:
        """Make the composite that an item completes, over those who answer it; None for other items."""
        for row in read("composites"):
            if row["last"] == last:
                if row["kind"] != "mean":
                    continue
                others = persons[row["others"].split(";")].to_numpy(dtype=float)
                return Composite(row["composite"], np.nansum(others, axis=1), 1.0 + (~np.isnan(others)).sum(axis=1))
        return None


def composites(persons: pd.DataFrame, last: str) -> None:
    """Add in place what an item completes: a mean over items, or an office's mean of it in each wave."""
    for row in read("composites"):
        if row["last"] != last:
            continue
        if row["kind"] == "office_mean":
            groups = persons.groupby(["wave", "office_id"])[last]
            persons[row["composite"]] = groups.transform("mean")
        elif row["kind"] == "classes":
            groups_of = {float(code): float(row["others"].split("|")[int(code) - 1]) for code in persons[last].dropna()}
            persons[row["composite"]] = persons[last].map(groups_of)
        else:
            persons[row["composite"]] = persons[[*row["others"].split(";"), last]].mean(axis=1)
