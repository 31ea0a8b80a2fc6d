"""Response to the survey: invited, answered, with caseload, and their shares by employer."""

from __future__ import annotations

import pandas as pd

from .disclosure import protect
from .survey import Survey
from .tidy import COLUMNS, KEYS

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
    rows = []
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
    table = pd.DataFrame(rows)
    for column in COLUMNS:
        if column not in table:
            table[column] = "" if column in KEYS else float("nan")
    table[KEYS] = table[KEYS].astype(object).where(table[KEYS].notna(), "")
    result = protect(table[COLUMNS])
    result.attrs = {key: survey.answered.attrs[key] for key in ("source", "survey_year")}
    result.attrs["variables"] = ("has_caseload", "sector")
    return result


def _row(wave: int, category: str, measure: str, estimate: float, n: int) -> dict[str, object]:
    return {"wave": wave, "category": category, "measure": measure, "estimate": float(estimate), "n": n}
