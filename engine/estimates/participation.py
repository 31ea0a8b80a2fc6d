"""Response to the survey: invited, answered, with caseload, and their shares by employer."""

from __future__ import annotations

import numpy as np
import pandas as pd

from engine.data.survey import Survey
from engine.disclosure.counts import settle_counts
from engine.disclosure.rules import hide_for, minimum_persons, protect
from engine.table import COLUMNS, KEYS

INVITED, ANSWERED = "Invitert", "Svarte"
WITH_CASELOAD, WITHOUT_CASELOAD = "Har brukerportefølje", "Har ikke brukerportefølje"
RESPONSE_RATE = "Svarprosent"


def response(survey: Survey) -> pd.DataFrame:
    """Count who was invited and who answered, per wave.

    Parameters
    ----------
    survey : Survey
        Opened waves.

    Returns
    -------
    pandas.DataFrame
        Tidy counts (`measure` count) and unweighted shares in per cent (`share_pct`), without intervals: they describe
        the sample and estimate nothing.
    """
    rows: list[dict[str, object]] = []
    reasons: list[str] = []
    for wave in survey.waves:
        invited = survey.invited[survey.invited["wave"] == wave]
        answered = survey.answered[survey.answered["wave"] == wave]
        caseload = answered["has_caseload"].astype(float)
        counts = {
            INVITED: len(invited),
            ANSWERED: len(answered),
            WITH_CASELOAD: int((caseload == 1).sum()),
            WITHOUT_CASELOAD: int((caseload == 0).sum()),
        }
        rows += [_row(wave, name, "count", count, count) for name, count in counts.items()]
        rows.append(_row(wave, RESPONSE_RATE, "share_pct", 100 * len(answered) / len(invited), len(invited)))
        rows.append(_row(wave, WITH_CASELOAD, "share_pct", 100 * counts[WITH_CASELOAD] / len(answered), len(answered)))
        for name, frame in ((INVITED, invited), (ANSWERED, answered)):
            for sector, count in frame["sector"].value_counts(sort=False).items():
                rows.append({**_row(wave, name, "share_pct", 100 * count / len(frame), len(frame)), "sector": sector})
        reasons += _reasons(rows[len(reasons) :], invited, answered)
    table = pd.DataFrame(rows)
    for column in COLUMNS:
        if column not in table:
            table[column] = "" if column in KEYS else float("nan")
    table[KEYS] = table[KEYS].astype(object).where(table[KEYS].notna(), "")
    result = hide_for(protect(table[COLUMNS]), reasons)
    result.attrs = {key: survey.answered.attrs[key] for key in ("source", "survey_year")}
    result.attrs["variables"] = ("has_caseload", "sector")
    return result


def _reasons(rows: list[dict[str, object]], invited: pd.DataFrame, answered: pd.DataFrame) -> list[str]:
    """Why rows of one wave are hidden: all are counted, so a share gives its number of persons."""
    sectors = list(invited["sector"].dropna().unique())
    states = {WITH_CASELOAD: 1.0, WITHOUT_CASELOAD: 0.0}
    cells = [(sector, state) for sector in sectors for state in (*states, ANSWERED, INVITED)]
    caseload = answered["has_caseload"].astype(float)
    sizes = []
    for sector, state in cells:
        here, asked = answered["sector"] == sector, int((invited["sector"] == sector).sum())
        # Who left the question open is a number of persons of whom nothing is told: no cell to protect.
        sizes.append(
            int((here & (caseload == states[state])).sum()) if state in states
            else 0 if state == ANSWERED else asked - int(here.sum())
        )  # fmt: skip
    holds: dict[object, tuple[str, ...]] = {
        INVITED: (*states, ANSWERED, INVITED), ANSWERED: (*states, ANSWERED), RESPONSE_RATE: (*states, ANSWERED),
        WITH_CASELOAD: (WITH_CASELOAD,), WITHOUT_CASELOAD: (WITHOUT_CASELOAD,),
    }  # fmt: skip
    told = [
        [float(state in holds[row["category"]] and row.get("sector", sector) == sector) for sector, state in cells]
        for row in rows
    ]
    return settle_counts(np.array(told), np.array(sizes, dtype=float), minimum_persons())


def _row(wave: int, category: str, measure: str, estimate: float, n: int) -> dict[str, object]:
    return {"wave": wave, "category": category, "measure": measure, "estimate": float(estimate), "n": n}
