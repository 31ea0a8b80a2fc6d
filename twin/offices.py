"""Nav offices and the frame: everyone who was invited, in every wave."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .draws import normal, stream, whole
from .exact import exp, normal_quantiles
from .quotas import by_sector, quota, waves
from .tables import read, settings

# Ids look like numbers of offices without being any: real office numbers have four digits.
FIRST_OFFICE = 10_001


def draw_offices(seed: int, attempt: int) -> pd.DataFrame:
    """Draw the offices: id, Nav-fylke and how large they are in general; constant over the waves."""
    rng = stream(seed, attempt, "offices")
    least, most = settings()["office_size_min"], settings()["office_size_max"]
    tables = []
    for row in read("offices"):
        count, spread = int(row["offices"]), float(row["log_sd"])
        # Evenly spaced quantiles with a little noise: a region with few offices must still have a spread.
        places = (np.arange(count) + rng.uniform(0.2, 0.8, count)) / count
        sizes = exp(spread * normal_quantiles(places))
        sizes = np.clip(sizes * float(row["mean_size"]) / sizes.mean(), least, most)
        tables.append(pd.DataFrame({"nav_region": int(row["nav_region"]), "scale": rng.permutation(sizes)}))
    offices = pd.concat(tables, ignore_index=True)
    offices.insert(0, "office_id", np.arange(len(offices)) + FIRST_OFFICE)
    return offices


def draw_frame(offices: pd.DataFrame, seed: int, attempt: int) -> pd.DataFrame:
    """Draw everyone who was invited; the numbers of invited and of state employees are met exactly."""
    rng = stream(seed, attempt, "frame")
    leaning = normal(rng, len(offices), settings()["office_state_sd"])
    scale, tables = offices["scale"].to_numpy(), []
    for wave in waves():
        scale = scale * exp(normal(rng, len(scale), settings()["office_drift_sd"]))
        least, most = int(settings()["office_size_min"]), int(settings()["office_size_max"])
        above = np.clip(scale, least + 0.5, most) - least
        sizes = least + whole(above, quota(wave, "invited") - least * len(scale))
        chance = 1 / (1 + exp(-leaning))
        state = np.minimum(whole(chance * sizes, by_sector(wave, "invited")[1]), sizes)
        employees = np.repeat(np.arange(len(sizes)), sizes)
        place = np.arange(len(employees)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        table = pd.DataFrame(
            {"wave": wave, "respondent_id": 0, "office_id": offices["office_id"].to_numpy()[employees]}
        )
        table["sector"] = np.where(place < state[employees], 1, 2)
        table["office_size"] = sizes[employees]
        table["nav_region"] = offices["nav_region"].to_numpy()[employees]
        # Ids in random order: they must say nothing about office or sector.
        table["respondent_id"] = wave * 100_000 + 1 + rng.permutation(len(table))
        tables.append(table.sort_values("respondent_id"))
    return pd.concat(tables, ignore_index=True)
