"""Tiny raw files for the tests of the data room: two waves that follow the codebook, in any format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat

from engine.data.codebook import read_codebook
from engine.data.manifest import Manifest, write_manifest

FORMATS = ("parquet", "csv", "sav", "dta")
# What the tiny survey asks; the rest of the codebook is left out and named in the manifest.
ASKED = (
    "respondent_id", "has_caseload", "role_counsellor", "role_kvp", "role_intro", "role_job_specialist",
    "role_leader", "sick_leave_work", "age_group_followed", "users_immigrants", "users_aap", "caseload",
)  # fmt: skip
OMITTED = [v.name for v in read_codebook() if v.source == "survey" and v.name not in ASKED]

Change = Callable[[pd.DataFrame], pd.DataFrame]


def frame_table() -> pd.DataFrame:
    """Forty invited persons; the first twelve are in all four cells of sector and size, but not evenly."""
    at = np.arange(40)
    return pd.DataFrame(
        {
            "respondent_id": 1000 + at,
            "office_id": 1 + at % 12,
            "sector": np.where((at % 2 == 1) | (at >= 30), 2, 1),
            "office_size": np.where(at % 3 == 0, 10, 50),
            "nav_region": 1 + at % 12,
        }
    )


def survey_table(year: int = 2024) -> pd.DataFrame:
    """Twelve who answered: ten with a caseload, one without, and one who left the first question open."""
    rows: dict[str, list[int]] = {
        "respondent_id": [1000 + i for i in range(12)],
        "has_caseload": [1] * 10 + [0, 99],
        "role_counsellor": [1, 1, 1, 1, 1, 1, 0, 0, 99, 1],
        "role_kvp": [0, 0, 0, 0, 0, 1, 1, 0, 0, 0],
        "role_intro": [0, 0, 0, 0, 0, 0, 0, 1, 0, 0],
        "role_job_specialist": [0, 0, 0, 0, 1, 0, 0, 0, 0, 0],
        "role_leader": [0, 0, 0, 1, 0, 0, 0, 0, 0, 99],
        "sick_leave_work": [1, 2, 3, 1, 1, 1, 1, 1, 3, 99],
        "age_group_followed": [1, 2, 3, 1, 2, 3, 1, 2, 3, 99],
        "users_immigrants": [1, 0, 0, 1, 0, 0, 1, 0, 99, 1],
        "users_aap": [1, 0, 0, 1, 0, 0, 1, 0, 99, 1],
        "caseload": [30, 40, 50, 60, 70, 80, 90, 100, 110, -1],
    }
    if year == 2023:
        del rows["users_aap"]
    return pd.DataFrame({name: [*cells, *[np.nan] * (12 - len(cells))] for name, cells in rows.items()})


def store(table: pd.DataFrame, path: Path) -> Path:
    """Write a table in the format of the path's ending."""
    if path.suffix == ".parquet":
        table.to_parquet(path)
    elif path.suffix == ".csv":
        table.to_csv(path, index=False)
    elif path.suffix == ".sav":
        pyreadstat.write_sav(table, str(path))
    else:
        pyreadstat.write_dta(table, str(path))
    return path


def store_waves(
    root: Path,
    years: tuple[int, ...] = (2023, 2024),
    kind: str = "parquet",
    changes: Mapping[str, Change] | None = None,
) -> Manifest:
    """Write waves, changed where a file's stem has a change, and their manifest."""
    root.mkdir(exist_ok=True)
    for year in years:
        for stem, table in ((f"survey_{year}", survey_table(year)), (f"frame_{year}", frame_table())):
            change = (changes or {}).get(stem)
            store(change(table) if change else table, root / f"{stem}.{kind}")
    return write_manifest(root, "real", "Prøve", "en liten prøve", omitted=OMITTED, created="2025-01-02")
