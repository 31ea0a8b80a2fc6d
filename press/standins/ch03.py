"""Chapter 3: work across state and municipality, and youth units."""

from __future__ import annotations

import pandas as pd

from helpers.curves import share_curve
from helpers.estimates import battery, mean, share
from helpers.models import COORDINATION_TERMS
from helpers.regressions import fit_ols, predicted_means, regression
from helpers.survey import Survey

from .registry import AGE, BOTH_AGES, YOUNG, compared, current, follow_young, stack, stands_in

AREAS = ["unit_work", "unit_aap", "unit_social", "unit_kvp", "unit_sick", "unit_other"]
COORDINATION = ["coord_internal", "municipal_services_used"]


@stands_in("fig-08", "task_sector")
def tasks(survey: Survey) -> pd.DataFrame:
    """Sector of tasks by employer."""
    return share(compared(survey), "task_sector", ["sector", "wave"])


@stands_in("fig-09", "task_sector")
def tasks_of_youth_counsellors(survey: Survey) -> pd.DataFrame:
    """Sector of tasks by employer among counsellors of the young, and who works across (footnote 18)."""
    frame = compared(survey)
    young = frame[frame[AGE] == YOUNG]
    return stack(share(young, "task_sector", ["sector", "wave"]), across(young))


def across(frame: pd.DataFrame) -> pd.DataFrame:
    """Share who work across agencies, by employer."""
    return share(frame, "cross_agency", ["sector", "wave"]).assign(category="tverretatlig")


@stands_in("fig-10", "task_sector")
def across_by_users(survey: Survey) -> pd.DataFrame:
    """Who works across agencies, by users."""
    groups = ["users_social", "users_immigrants", "users_aap"]
    return share(compared(survey, "counsellors_ch8"), "cross_agency", ["sector", "wave"], within=groups)


@stands_in("fig-10+", "task_sector")
def across_by_size(survey: Survey) -> pd.DataFrame:
    """Who works across agencies, over office size."""
    frame = current(survey, "counsellors_ch8")
    municipal, state = frame[frame["sector"] == "kommunal"], frame[frame["sector"] == "statlig"]
    return stack(
        share_curve(municipal, "cross_agency", by=[AGE, "wave"]).assign(category="tverretatlig", sector="kommunal"),
        share_curve(municipal[municipal["users_aap"] == 1], "cross_agency", by="wave").assign(
            category="mottakere av AAP", sector="kommunal"
        ),
        share_curve(state[state["users_social"] == 1], "cross_agency", by="wave").assign(
            category="sosialhjelpsmottakere", sector="statlig"
        ),
    )


@stands_in("fig-11", *AREAS, *COORDINATION)
def coordination(survey: Survey) -> pd.DataFrame:
    """Coordination by whether social assistance is part of the youth unit, predicted."""
    frame = follow_young(current(survey))
    fits = {item: fit_ols(frame, item, COORDINATION_TERMS) for item in COORDINATION}
    return predicted_means(fits, frame, "unit_social")


@stands_in("fig-11+", *AREAS, *COORDINATION)
def coordination_coefficients(survey: Survey) -> pd.DataFrame:
    """The regressions behind figure 11, and the plain means."""
    frame = follow_young(current(survey))
    return stack(regression(frame, COORDINATION, COORDINATION_TERMS), battery(frame, COORDINATION, "wave"))


@stands_in("fig-12", "in_youth_unit")
def in_unit_by_size(survey: Survey) -> pd.DataFrame:
    """Being part of the youth unit over office size, by age group (footnote 24)."""
    return share_curve(follow_young(current(survey)), "in_youth_unit", by=[AGE, "wave"])


@stands_in("fig-13", "fixed_contact", "in_youth_unit")
def fixed_contact(survey: Survey) -> pd.DataFrame:
    """Being a fixed contact, by age group and membership in the unit."""
    frame = follow_young(current(survey))
    young = frame[frame[AGE] == YOUNG]
    rest = frame[frame[AGE] == BOTH_AGES]
    return stack(mean(young, "fixed_contact", "wave").assign(category="unge"),
                 mean(rest, "fixed_contact", ["youth_contact_group", "wave"]))  # fmt: skip


@stands_in("fig-14", *AREAS)
def areas(survey: Survey) -> pd.DataFrame:
    """Areas that are part of the youth unit."""
    return battery(current(survey), AREAS, "wave")


@stands_in("fig-15", *AREAS)
def areas_by_size(survey: Survey) -> pd.DataFrame:
    """Areas that are part of the youth unit, over office size (footnote 26)."""
    return share_curve(current(survey), AREAS[:-1], by="wave")
