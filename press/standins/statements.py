"""Numbers that the text states beside no exhibit: annex 1."""

from __future__ import annotations

import pandas as pd

from helpers.estimates import share
from helpers.participation import response
from helpers.survey import Survey

from .registry import current, described, stack, stands_in


@stands_in("text")
def annex_1(survey: Survey) -> pd.DataFrame:
    """Invited and answered."""
    return response(survey)


@stands_in("text-position", "fulltime", "position_pct_50plus")
def position(survey: Survey) -> pd.DataFrame:
    """Full-time work, and half a position or more among the others (annex 1); unweighted: it describes who answered."""
    frame = described(current(survey, "with_caseload"))
    labels = frame.attrs["labels"]
    return stack(*(share(frame, name, "wave").assign(category=labels[name])
                   for name in ("fulltime", "position_pct_50plus")))  # fmt: skip
