"""Who gives no answer: some leave the questionnaire on the way, others skip a question."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engine.data.codebook import read_codebook

from .draws import stream
from .tables import settings

Mask = NDArray[np.bool_]


class Silence:
    """Masks of those who were asked and gave no answer, by column."""

    def __init__(self, persons: pd.DataFrame, seed: int, attempt: int) -> None:
        self._seed, self._attempt = seed, attempt
        order = [variable.name for variable in read_codebook() if variable.source == "survey"]
        self._position = {name: place / len(order) for place, name in enumerate(order)}
        rng = stream(seed, attempt, "leaving")
        leaves = rng.uniform(size=len(persons)) < settings()["leaving_pct"] / 100
        # Nobody leaves during the first questions, which say who somebody is.
        first = self._position["caseload"]
        self._leaves_at = np.where(leaves, first + (1 - first) * rng.uniform(size=len(persons)), np.inf)
        self.masks: dict[str, Mask] = {}

    def draw(self, persons: pd.DataFrame, asked: Mask, row: dict[str, str]) -> Mask:
        """Draw who is silent on an item of data/twin/items.csv; who has left is silent on all that follows."""
        name = row["column"]
        skips = stream(self._seed, self._attempt, f"silence {name}").uniform(size=len(persons))
        silent = skips < float(row["silent_pct"]) / 100
        silent |= self._position[name] >= self._leaves_at
        if row["silent_with"]:
            # Answered by everyone who answered any of these, whose mean it completes.
            silent = np.array(persons[row["silent_with"].split(";")].isna().all(axis=1))
        self.masks[name] = asked & silent
        return self.masks[name]

    def shown(self, persons: pd.DataFrame) -> pd.DataFrame:
        """Return the table as files show it: a code where somebody asked gave no answer."""
        codebook = read_codebook()
        filled = {name: persons[name].mask(mask, codebook[name].missing[0]) for name, mask in self.masks.items()}
        return persons.assign(**filled)
