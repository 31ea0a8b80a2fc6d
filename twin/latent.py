"""What makes a person's answers alike, and an office's: hidden tendencies."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .draws import Floats, Rows, normal, stream
from .tables import settings


class Tendencies:
    """Persons' and offices' standing on every battery of questions."""

    def __init__(self, persons: pd.DataFrame, seed: int, attempt: int) -> None:
        self._office, self._place = np.unique(persons["office_id"].to_numpy(), return_inverse=True)
        self._count = len(persons)
        self._seed, self._attempt = seed, attempt
        self._general = self._normal("general", self._count)
        self._batteries: dict[str, Floats] = {}

    def _normal(self, name: str, count: int) -> Floats:
        return normal(stream(self._seed, self._attempt, f"tendency {name}"), count)

    def of(self, row: dict[str, str], rows: Rows) -> Floats:
        """Shift of the log odds per code for an item of data/twin/items.csv, shape (rows,).

        The item's loading times the person's standing on the battery, plus the office's part of it: half common to
        the battery, half the item's own.
        """
        battery, name = row["battery"] or row["column"], row["column"]
        if battery not in self._batteries:
            share = settings()["general_share"]
            own = self._normal(f"battery {battery}", self._count)
            self._batteries[battery] = np.sqrt(share) * self._general + np.sqrt(1 - share) * own
        offices = len(self._office)
        office = self._normal(f"office {battery}", offices) + self._normal(f"office item {name}", offices)
        by_person = float(row["loading"]) * self._batteries[battery]
        return np.asarray((by_person + float(row["office"]) * (office / np.sqrt(2))[self._place])[rows])
