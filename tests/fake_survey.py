"""Throw-away raw files that ask everything the codebook has: random codes that follow every rule, and no more."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine.data.codebook import CODEBOOK, Variable, holds, read_codebook
from engine.data.manifest import Manifest, write_manifest

OFFICES = 60


def _frame(rng: np.random.Generator, invited: int) -> pd.DataFrame:
    size = rng.integers(8, 160, OFFICES)
    office = rng.choice(OFFICES, invited, p=size / size.sum())
    return pd.DataFrame(
        {
            "respondent_id": np.arange(1, invited + 1),
            "office_id": office + 1,
            "office_size": size[office],
            "nav_region": 1 + office % 12,
            "sector": rng.integers(1, 3, invited),
        }
    )


def _answers(rng: np.random.Generator, variable: Variable, persons: int, lift: np.ndarray) -> np.ndarray:
    if variable.name == "caseload":
        return np.round(rng.gamma(3.0, 22.0, persons)) + 1
    if variable.type in ("integer", "numeric"):
        return rng.poisson(6.0, persons).astype(float)
    codes = np.array(list(variable.codes), dtype=float)
    if variable.type == "likert5":
        return np.clip(np.round(3.3 + lift + rng.normal(0, 1.0, persons)), 1, 5)
    # A yes is likelier than not, so that no filter empties a question.
    share = np.full(len(codes), 1.0 / len(codes)) if len(codes) > 2 else np.array([0.45, 0.55])
    if variable.name == "has_caseload":
        share = np.array([0.15, 0.85])
    if variable.name in ("role_job_specialist", "role_kvp", "role_intro", "role_leader"):
        share = np.array([0.93, 0.07])
    return rng.choice(codes, persons, p=share)


def without_ranges(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """Let any number be plausible: marks that are to be found again stand for no answer anybody would give."""
    codebook = pd.read_csv(CODEBOOK, dtype=str, keep_default_na=False)
    codebook.assign(range="").to_csv(folder / "codebook.csv", index=False)
    patch.setattr("engine.data.survey.read_codebook", lambda: read_codebook(folder / "codebook.csv"))


def store_fake(root: Path, years: tuple[int, ...] = (2022, 2023, 2024), invited: int = 4000, seed: int = 1) -> Manifest:
    """Write waves of random answers, about half of the invited, with filters, no answers and offices that differ."""
    root.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    for year in years:
        frame = _frame(rng, invited)
        people = frame[rng.random(invited) < 0.5].reset_index(drop=True)
        lift = rng.normal(0, 0.35, OFFICES + 1)[people["office_id"]]
        columns = {"respondent_id": people["respondent_id"].to_numpy(dtype=float)}
        for variable in read_codebook():
            if variable.source != "survey" or year not in variable.waves or variable.type in ("id", "text"):
                continue
            values = _answers(rng, variable, len(people), lift)
            values[rng.random(len(people)) < 0.03] = variable.missing[0]
            values[~holds(pd.DataFrame(columns), variable.filter)] = np.nan
            columns[variable.name] = values
        pd.DataFrame(columns).to_parquet(root / f"survey_{year}.parquet")
        frame.to_parquet(root / f"frame_{year}.parquet")
    return write_manifest(root, "synthetic", "Tilfeldige svar", "tilfeldige svar", created="2025-01-02")


if __name__ == "__main__":
    import sys

    # The data of tests/r/annex_random.csv: make oracle writes it here.
    store_fake(Path(sys.argv[1]))
