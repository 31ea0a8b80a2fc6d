"""B5: figure 28's model, a random intercept for the office by REML: ours, statsmodels' MixedLM, R's lme4.

All three are given the same matrix and fit it to the same estimates; only the fit is timed, inside the program that
makes it, so that neither R's nor Python's start counts.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from rows import Row
from turns import in_turn, seconds

from engine.data.survey import open_survey
from engine.estimates.models import fit

FORMULA = (
    "time_users ~ caseload + I(caseload**2) + own_safe_priority + experience + other_duties + sector"
    " + age_group_followed + users_aap + users_social + users_immigrants + users_new + users_longterm + office_size"
    " + office_priority_comp"
)
SCRIPT = Path(__file__).with_suffix(".R")


def measure(repeats: int) -> list[Row]:
    """Fit in turn."""
    survey = open_survey(None)
    frame = survey.current(survey.counsellors)
    made = fit(FORMULA, frame, groups="office_id").first.design
    response, office = made.known["time_users"].to_numpy(), made.known["office_id"].to_numpy()
    from statsmodels.regression.mixed_linear_model import MixedLM

    estimates: dict[str, np.ndarray] = {}

    def ours() -> None:
        # With the reading of the formula, which the others are spared.
        estimates["ours"] = fit(FORMULA, frame, groups="office_id").first.params

    def theirs() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            estimates["statsmodels"] = MixedLM(response, made.matrix, groups=office).fit(reml=True).fe_params

    ours(), theirs()
    ways = {"ours": lambda: seconds(ours), "statsmodels": lambda: seconds(theirs)}
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        if found_r():
            data = pd.DataFrame(made.matrix, columns=[f"x{k}" for k in range(made.matrix.shape[1])])
            data.assign(y=response, office=office).to_csv(folder / "data.csv", index=False)

            def lme4() -> float:
                said = subprocess.run(
                    ["Rscript", str(SCRIPT), str(folder / "data.csv")], capture_output=True, text=True, check=True
                ).stdout.split()
                estimates["lme4"] = np.array(said[1:], dtype=float)
                return float(said[0])

            ways["lme4"] = lme4
        found = in_turn(ways, repeats)
    size = f"{len(response)} persons, {made.matrix.shape[1]} columns, {len(np.unique(office))} offices"
    rows = []
    for name in ("statsmodels", "lme4"):
        if name not in found:
            absent = "skipped: R with lme4 is absent"
            rows.append(Row(f"B5: against {name}", found["ours"], np.nan, "s", np.nan, absent))
            continue
        apart = np.max(np.abs(estimates[name] - estimates["ours"]) / np.maximum(np.abs(estimates["ours"]), 1e-3))
        note = f"{size}; largest relative difference of a coefficient {apart:.0e}"
        note += "; lme4 timed inside R, without its start; aim: not slower" if name == "lme4" else ""
        rows.append(Row(f"B5: against {name}", found["ours"], found[name], "s", found[name] / found["ours"], note))
    return rows


def found_r() -> bool:
    """Whether R with lme4 is there."""
    program = shutil.which("Rscript")
    return bool(program) and subprocess.run([program, "-e", "library(lme4)"], capture_output=True).returncode == 0


if __name__ == "__main__":
    for row in measure(int(sys.argv[1]) if len(sys.argv) > 1 else 5):
        print(row)
