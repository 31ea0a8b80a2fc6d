"""Who answers the survey, with which weight, and who has a caseload."""

from __future__ import annotations

import numpy as np
import pandas as pd

from engine.data.persons import poststratification_weights

from .draws import draw_fixed, normal, stream
from .exact import exp
from .quotas import by_sector, quota, waves
from .tables import settings

NO_ANSWER = 99


def draw_response(frame: pd.DataFrame, seed: int, attempt: int) -> pd.DataFrame:
    """Draw those who answer, fewer at larger offices, and attach the weights that the loader will compute."""
    rng = stream(seed, attempt, "response")
    office, place = np.unique(frame["office_id"], return_inverse=True)
    willing = normal(rng, len(office), settings()["response_office_sd"])[place]
    chance = exp(settings()["response_per_employee"] * frame["office_size"].to_numpy() + willing)
    answered = np.zeros(len(frame), dtype=bool)
    for wave in waves():
        for sector, size in by_sector(wave, "answered").items():
            cell = np.flatnonzero((frame["wave"] == wave) & (frame["sector"] == sector))
            answered[cell[draw_fixed(chance[cell], size, rng)]] = True
    persons = frame[answered].reset_index(drop=True)
    persons["weight"] = weights(persons, frame)
    persons["has_caseload"] = _screening(persons, rng)
    return persons


def weights(persons: pd.DataFrame, frame: pd.DataFrame) -> np.ndarray:
    """Weights of the report's own loader, wave by wave, shape (persons,)."""
    result = np.empty(len(persons))
    for wave in waves():
        rows, invited = (persons["wave"] == wave).to_numpy(), frame["wave"] == wave
        result[rows] = poststratification_weights(persons[rows], frame[invited]).to_numpy(dtype=float)
    return result


def _screening(persons: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    answers = np.zeros(len(persons), dtype=np.int64)
    for wave in waves():
        inside = (persons["wave"] == wave).to_numpy()
        for sector, size in by_sector(wave, "with_caseload").items():
            cell = np.flatnonzero(inside & (persons["sector"] == sector).to_numpy())
            answers[cell[draw_fixed(np.ones(len(cell)), size, rng)]] = 1
        without = np.flatnonzero(inside & (answers == 0))
        silent = len(without) - quota(wave, "without_caseload")
        answers[rng.choice(without, size=silent, replace=False)] = NO_ANSWER
    return answers
