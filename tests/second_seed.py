"""Measure a twin of another seed beside the published one: `python tests/second_seed.py SEED FOLDER`.

Prints claims, rows of the ledger and stars, the intraclass correlation of time for users, the design effect of the
weights, seconds, memory, and how much the annexes' 95 % intervals of the two twins overlap (Karr et al. 2006).
The figures stand in data/twin/README.md.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from pathlib import Path

import pandas as pd
from chapter_tables import emitted_tables

from engine.data.survey import open_survey
from engine.estimates.models import fit
from press.build import edition_ledger
from press.edition import open_edition
from press.project import Project
from twin import DEFAULT_SEED, ensure_twin

ENDS = ["estimate", "ci_low", "ci_high"]


def measured(folder: Path) -> dict[str, object]:
    """Ledger of the newest wave, intraclass correlation and design effect (Kish) of the twin in a folder."""
    ledger, survey = edition_ledger(open_edition(Project(), None, folder), 2, print), open_survey(None, folder)
    frame = survey.current(survey.counsellors)
    empty = fit("time_users ~ 1", frame, groups="office_id").table
    weight = frame["weight"]
    return {
        "rows": ledger.values["status"].value_counts().to_dict(),
        "not reproduced": ledger.unexplained["id"].tolist(),
        "claims": f"{ledger.held} of {ledger.tried}",
        "fails": ledger.failed_claims["id"].tolist(),
        "stars": ledger.stars,
        "icc": round(float(empty.loc[empty["measure"] == "icc_pct", "estimate"].iloc[0]), 3),
        "design effect": round(float(1 + weight.var(ddof=0) / weight.mean() ** 2), 4),
    }


def intervals(folder: Path, number: int) -> pd.DataFrame:
    """Coefficients of one annex of a twin with their intervals, by outcome and term."""
    os.environ["REPORT_DATA"] = str(folder)
    table = emitted_tables(f"vedlegg-{number}", 2024)[f"tbl-vedlegg-{number}"]
    return table[table["measure"] == "coef"].set_index(["outcome", "term"])[ENDS].astype(float)


def overlap(one: pd.DataFrame, other: pd.DataFrame) -> float:
    """Mean over the coefficients of the common part's share of each interval, per cent."""
    low, high = (pd.concat([one[end], other[end]], axis=1) for end in ("ci_low", "ci_high"))
    common = (high.min(axis=1) - low.max(axis=1)).clip(lower=0)
    lengths = high.to_numpy() - low.to_numpy()
    return float(100 * (common.to_numpy()[:, None] / lengths).mean())


def main() -> None:
    """Make the twin of a seed and print what is measured of both."""
    seed, folder = int(sys.argv[1]), Path(sys.argv[2])
    start = time.process_time()
    ensure_twin(folder, seed)
    print(f"seed {seed}: {time.process_time() - start:.1f} s of processor time")
    print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB at most")
    folders = [ensure_twin(Path("_data/twin"), DEFAULT_SEED), folder]
    for one in folders:
        print(measured(one))
    for number in (2, 3, 4):
        print(f"annex {number}", round(overlap(*(intervals(one, number) for one in folders)), 1))


if __name__ == "__main__":
    main()
