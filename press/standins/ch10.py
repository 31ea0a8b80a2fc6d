"""Chapter 10: the systems."""

from __future__ import annotations

import pandas as pd

from helpers.estimates import battery
from helpers.survey import Survey

from .registry import AGE, stands_in

SYSTEMS = ["sys_user_competence", "sys_labour_market", "sys_labour_market_pos", "sys_labour_market_neg"]


@stands_in("fig-49", *SYSTEMS[:2])
def systems(survey: Survey) -> pd.DataFrame:
    """How far the systems help, by age group; and who says 4–5 or 1–2 on the labour market."""
    return battery(survey.counsellors, SYSTEMS, [AGE, "wave"], total=AGE)
