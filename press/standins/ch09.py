"""Chapter 9: cooperation with others."""

from __future__ import annotations

import pandas as pd

from helpers.estimates import battery
from helpers.survey import Survey

from .registry import AGE, compared, current, follow_young, stack, stands_in

PARTNERS = [
    "providers", "employers", "primary_health", "municipal_health", "specialist_health", "followup_service", "ark",
    "upper_secondary", "child_welfare", "career_centre", "training_office", "aids_centre",
]  # fmt: skip
FREQUENCY = [f"freq_{partner}" for partner in PARTNERS]
RATING = [f"rate_{partner}" for partner in PARTNERS]
TIME = {0.0: "lite eller middels (1–3)", 1.0: "god (4–5)"}


@stands_in("fig-46", *FREQUENCY)
def frequency(survey: Survey) -> pd.DataFrame:
    """How often counsellors cooperate with others, by age group."""
    return battery(compared(survey), FREQUENCY, [AGE, "wave"], total=AGE)


@stands_in("fig-47", *RATING)
def rating(survey: Survey) -> pd.DataFrame:
    """How good the cooperation is, by age group."""
    return battery(compared(survey), RATING, [AGE, "wave"], total=AGE)


@stands_in("fig-47+", *RATING, *FREQUENCY)
def rating_and_frequency(survey: Survey) -> pd.DataFrame:
    """How often and how good, side by side in the current wave."""
    frame = current(survey)
    return stack(battery(frame, FREQUENCY, "wave").assign(group="hyppighet"),
                 battery(frame, RATING, "wave").assign(group="vurdering"))  # fmt: skip


def _by_time(survey: Survey, items: list[str]) -> pd.DataFrame:
    frame = follow_young(current(survey))
    return stack(*(
        battery(frame[frame["time_cooperation_good"] == good], items, "wave").assign(group=name)
        for good, name in TIME.items()
    ))  # fmt: skip


@stands_in("fig-48", *RATING, "time_cooperation")
def rating_by_time(survey: Survey) -> pd.DataFrame:
    """How good the cooperation is, by time for it."""
    return _by_time(survey, RATING)


@stands_in("fig-48+", *FREQUENCY, "time_cooperation")
def frequency_by_time(survey: Survey) -> pd.DataFrame:
    """How often counsellors cooperate, by time for it."""
    return _by_time(survey, FREQUENCY)
