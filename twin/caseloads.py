"""How many users each person follows: a skewed draw, calibrated, rounded as people round, and repaired."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from .calibration import calibrate
from .draws import Floats, draw_fixed, normal, stream
from .exact import exp, gamma_quantiles, power
from .persons import asked_of, system_of
from .quotas import waves
from .repair import change_numbers, repair
from .rules import matches
from .tables import read, settings
from .targets import Target

NO_ANSWER = -1.0
TYPICAL_OFFICE = 70.0


def draw_caseloads(persons: pd.DataFrame, targets: Sequence[Target], seed: int, attempt: int) -> bool:
    """Fill `caseload` in place (-1 without an answer) and tell whether the repair came to an end."""
    rng = stream(seed, attempt, "caseloads")
    persons["caseload"] = np.where(persons["has_caseload"] == 1, 1.0, np.nan)
    for wave in waves():
        rows = np.flatnonzero(matches(persons, f"wave=={wave};has_caseload==1"))
        silent = round(settings()["caseload_missing_pct"] / 100 * len(rows))
        persons.loc[rows[draw_fixed(np.ones(len(rows)), silent, rng)], "caseload"] = NO_ANSWER
    asked = asked_of(persons, "caseload")
    system = system_of(persons, "caseload", targets)
    values = np.where(asked, np.maximum(_draw(persons, targets, rng), 1.0), 1.0)
    values = calibrate(values, system, persons["weight"].to_numpy(dtype=float))
    unit = _unit(values, rng)
    answers = np.maximum(np.floor(values / unit + 0.5), 1) * unit
    repaired = repair(answers, system, change_numbers(unit), rng) if system.targets else answers
    if repaired is None:
        return False
    persons.loc[asked, "caseload"] = repaired[asked]
    return True


def _draw(persons: pd.DataFrame, targets: Sequence[Target], rng: np.random.Generator) -> Floats:
    """Draw caseloads before calibration, shape (persons,): by the first rule of the model that fits.

    Gamma between persons, log-normal between offices. Within a rule and wave the gamma quantiles are spread
    evenly, so that chance alone takes no small group far from its expectation.
    """
    middle = {target.name: (target.low + target.high) / 2 for target in targets}
    size = persons["office_size"].to_numpy(dtype=float) / TYPICAL_OFFICE
    wave = persons["wave"].to_numpy()
    values = np.full(len(persons), np.nan)
    for row in read("caseload_model"):
        mean = float(row["mean"]) if row["mean"] else middle[row["mean_of"]]
        shape = 1 / float(row["variation"]) ** 2
        open_to = np.isnan(values) & matches(persons, row["rule"])
        for year in [int(row["wave"])] if row["wave"] else waves():
            fits = np.flatnonzero(open_to & (wave == year))
            places = (rng.permutation(len(fits)) + rng.uniform(0.1, 0.9, len(fits))) / max(len(fits), 1)
            by_size = power(size[fits], float(row["size_elasticity"]))
            values[fits] = mean * by_size * gamma_quantiles(shape, places) / shape
    between = settings()["caseload_office_sd"]
    office, place = np.unique(persons["office_id"], return_inverse=True)
    return np.asarray(values * exp(normal(rng, len(office), between) - between**2 / 2)[place])


def _unit(values: Floats, rng: np.random.Generator) -> Floats:
    """Choose each person's way of rounding: exact, to fives or to tens; small numbers are known exactly."""
    draw = rng.uniform(0, 100, len(values))
    exact, five = settings()["heap_exact_pct"], settings()["heap_five_pct"]
    unit = np.where(draw < exact, 1.0, np.where(draw < exact + five, 5.0, 10.0))
    return np.asarray(np.where(values < 12, 1.0, np.where((values < 25) & (unit > 5), 5.0, unit)))
