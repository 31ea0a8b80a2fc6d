"""How often people meet or write to users in a typical week: skewed counts that grow less than the portfolio."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from engine.errors import ReportError

from .calibration import calibrate
from .draws import stream
from .exact import gamma_quantiles, power
from .repair import change_numbers, repair
from .rules import matches
from .silence import Silence
from .system import System
from .tables import read
from .targets import Target

TRIES = 3
# What a portfolio of this size is compared with.
TYPICAL = 70.0
LEAST = 0.3


def draw_activities(
    persons: pd.DataFrame, silence: Silence, targets: Sequence[Target], seed: int, attempt: int
) -> None:
    """Fill the `act_*` columns in place from data/twin/activities.csv, and note who is silent."""
    for row in read("activities"):
        name = row["column"]
        asked = (persons["has_caseload"] == 1).to_numpy()
        rows = np.flatnonzero(asked & ~silence.draw(persons, asked, row))
        part = persons.iloc[rows].reset_index(drop=True)
        own = [target for target in targets if target.column == name]
        system = System(own, part, np.ones(len(part), dtype=bool))
        for trial in range(TRIES):
            rng = stream(seed, attempt, f"activity {name} {trial}")
            values = calibrate(_draw(part, row, rng), system, part["weight"].to_numpy(dtype=float))
            # People count small numbers and round large ones.
            unit = np.where((values > 12) & (rng.uniform(size=len(values)) < float(row["heap_pct"]) / 100), 5.0, 1.0)
            answers = np.maximum(np.floor(values / unit + rng.uniform(size=len(values))), 0) * unit
            answers = np.where(unit > 1, np.maximum(answers, unit), answers)
            repaired = repair(answers, system, change_numbers(unit, 0.0), rng)
            if repaired is not None:
                break
        else:
            raise ReportError(
                f"the twin's answers to {name} could not be made to meet every target",
                where="data/twin/item_targets.csv",
                count=attempt + 1,
                remedy="Widen its targets, or try another seed.",
            )
        column = np.full(len(persons), np.nan)
        column[rows] = repaired
        persons[name] = column


def _draw(part: pd.DataFrame, row: dict[str, str], rng: np.random.Generator) -> np.ndarray:
    """Draw expectations before calibration: gamma around a mean that follows the portfolio by a power below one."""
    users = part["caseload"].to_numpy(dtype=float)
    users = np.where(users > 0, users, TYPICAL)
    shape = 1 / float(row["variation"]) ** 2
    places = (rng.permutation(len(part)) + rng.uniform(0.1, 0.9, len(part))) / len(part)
    mean = np.full(len(part), np.nan)
    # One elasticity for all, or one for each age group.
    powers = [float(power) for power in row["elasticity"].split(";")]
    for age, column in enumerate(("unge", "over30", "begge"), 1):
        chosen = matches(part, f"age_group_followed=={age}")
        mean[chosen] = float(row[column]) * power(users[chosen] / TYPICAL, powers[(age - 1) % len(powers)])
    return np.asarray(np.maximum(mean * gamma_quantiles(shape, places) / shape, LEAST))
