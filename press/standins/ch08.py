"""Chapter 8: places in labour market measures."""

from __future__ import annotations

import pandas as pd

from helpers.derived import PLACES
from helpers.estimates import battery, mean
from helpers.models import PLACE_ACCESS, PLACE_TERMS, USERS
from helpers.regressions import fit_ols, predicted_means
from helpers.survey import Survey

from .registry import AGE, compared, current, follow_young, stack, stands_in

POPULATION = "counsellors_ch8"
COUNTRY = "Landet"


@stands_in("fig-43", "place_total", *PLACES)
def places(survey: Survey) -> pd.DataFrame:
    """Access to places, all and for users with challenges, by age group."""
    return battery(compared(survey, POPULATION), ["place_total", *PLACES], [AGE, "wave"], total=AGE)


@stands_in("fig-43+", "low_threshold")
def low_threshold(survey: Survey) -> pd.DataFrame:
    """Access to low-threshold measures, all and by Nav-fylke."""
    frame = current(survey, POPULATION)
    whole = mean(frame, "low_threshold", "wave").assign(category=COUNTRY)
    return stack(whole, mean(frame, "low_threshold", ["nav_region", "wave"]))


@stands_in("fig-44", "place_total", *PLACES)
def places_by_county(survey: Survey) -> pd.DataFrame:
    """Access to places by Nav-fylke, among counsellors who follow up young users; not limited as figures 43 and 45."""
    frame = follow_young(compared(survey))
    tables = []
    for item, name in (("place_challenges_mean", "utfordringer"), ("place_total", "samlet")):
        whole = mean(frame, item, "wave").assign(category=COUNTRY)
        tables.append(stack(whole, mean(frame, item, ["nav_region", "wave"])).assign(group=name))
    return stack(*tables)


@stands_in("fig-44+", "place_total", *PLACES)
def places_by_age(survey: Survey) -> pd.DataFrame:
    """Mean access for users with challenges, by age group."""
    return mean(compared(survey), "place_challenges_mean", [AGE, "wave"], total=AGE)


@stands_in("fig-45", "place_total", *PLACES, "task_sector")
def places_predicted(survey: Survey) -> pd.DataFrame:
    """Access to places by tasks, age group and users, predicted by annex 4."""
    frame = current(survey, POPULATION)
    fits = {item: fit_ols(frame, item, PLACE_TERMS) for item in PLACE_ACCESS}
    labels = frame.attrs["labels"]
    users = [predicted_means(fits, frame, name, [1.0]).assign(group=labels[name]) for name in USERS]
    return stack(predicted_means(fits, frame, "task_sector"), predicted_means(fits, frame, AGE), *users)
