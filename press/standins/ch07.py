"""Chapter 7: contacts in a typical week."""

from __future__ import annotations

import pandas as pd

from helpers.curves import curve
from helpers.derived import ACTIVITIES
from helpers.estimates import battery
from helpers.survey import Survey

from .registry import AGE, compared, current, stack, stands_in

RATES = [f"{activity}_per_user" for activity in ACTIVITIES]


@stands_in("fig-40", *ACTIVITIES)
def activities(survey: Survey) -> pd.DataFrame:
    """Contacts a week, by age group: plain weighted means, since the source names no model."""
    return battery(survey.counsellors, ACTIVITIES, [AGE, "wave"])


@stands_in("fig-41", *ACTIVITIES)
def rates(survey: Survey) -> pd.DataFrame:
    """Contacts a week and user, by age group."""
    return battery(survey.counsellors, RATES, [AGE, "wave"])


def _over_caseload(frame: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    labels = frame.attrs["labels"]
    return stack(*(curve(frame, rate, "caseload", by).assign(category=labels[rate]) for rate in RATES))


@stands_in("fig-42", *ACTIVITIES)
def rates_over_caseload(survey: Survey) -> pd.DataFrame:
    """Contacts a week and user over the number of users."""
    return _over_caseload(current(survey), ["wave"])


@stands_in("fig-42+", *ACTIVITIES)
def rates_over_caseload_elsewhere(survey: Survey) -> pd.DataFrame:
    """The same in the first wave, and by age group."""
    frame = compared(survey)
    first = frame[frame["wave"] == survey.first_and_current[0]]
    return stack(_over_caseload(first, ["wave"]), _over_caseload(current(survey), [AGE, "wave"]))
