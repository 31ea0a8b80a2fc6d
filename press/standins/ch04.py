"""Chapter 4, second half: time for follow-up."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers.curves import curve
from helpers.derived import PHASES
from helpers.estimates import battery, mean
from helpers.models import TIME_TERMS
from helpers.multilevel import fit_mixed, multilevel
from helpers.regressions import predicted_means, regression, turning_point
from helpers.survey import Survey

from .registry import AGE, YOUNG, compared, current, stack, stands_in

TIME = ["time_users", "time_measures", "time_cooperation", "time_competence"]
OWN = ["own_overview", "own_safe_priority", "own_priority_need"]
NEEDS = ("own_safe_priority", "other_duties", "comp_leadership", "experience", "users_aap")


@stands_in("fig-22", *TIME)
def time(survey: Survey) -> pd.DataFrame:
    """Enough time for four tasks, by age group."""
    return battery(survey.counsellors, TIME, [AGE, "wave"], total=AGE)


@stands_in("fig-22+", *TIME)
def time_by_caseload(survey: Survey) -> pd.DataFrame:
    """Time for users over office size, and all four tasks on the caseload."""
    frame = current(survey)
    by_size = curve(frame, "time_users", by=[AGE, "wave"])
    return stack(by_size.assign(category="tid etter kontorstørrelse"), regression(frame, TIME, ["caseload"]))


@stands_in("fig-23", "time_users")
def time_by_county(survey: Survey) -> pd.DataFrame:
    """Enough time for own users, by Nav-fylke and sector."""
    return mean(current(survey), "time_users", ["nav_region", "sector", "wave"], total="sector")


@stands_in("fig-23+", "time_users")
def time_and_caseload_by_county(survey: Survey) -> pd.DataFrame:
    """Time and caseload side by side, by Nav-fylke."""
    frame = current(survey)
    return stack(
        mean(frame, "time_users", ["nav_region", "wave"]).assign(group="tid"),
        mean(frame, "caseload", ["nav_region", "wave"]).assign(group="portefølje"),
    )


@stands_in("fig-24", *PHASES)
def phases(survey: Survey) -> pd.DataFrame:
    """Enough time for three phases, and their mean."""
    return battery(compared(survey), [*PHASES, "time_phases_mean"], [AGE, "wave"], total=AGE)


@stands_in("fig-25", *OWN)
def overview(survey: Survey) -> pd.DataFrame:
    """Overview and priorities."""
    return battery(survey.counsellors, OWN, [AGE, "wave"], total=AGE)


@stands_in("fig-25+", *OWN)
def overview_on_caseload(survey: Survey) -> pd.DataFrame:
    """Overview and priorities regressed on the caseload: all, and counsellors of the young."""
    frame = current(survey)
    young = regression(frame[frame[AGE] == YOUNG], OWN, ["caseload"])
    return stack(regression(frame, OWN, ["caseload"]), young.assign(population="ungdomsveiledere"))


@stands_in("fig-26", *NEEDS)
def caseload_and_safety(survey: Survey) -> pd.DataFrame:
    """Panel A: time over the caseload, with its turning point; panel B: time by safety in priorities."""
    frame = current(survey)
    fits = {"time_users": fit_mixed(frame, "time_users", TIME_TERMS)}
    low, high = np.nanpercentile(frame["caseload"], [2, 98])
    return stack(
        predicted_means(fits, frame, "caseload", _points(low, high)).assign(category="porteføljestørrelse"),
        predicted_means(fits, frame, "own_safe_priority", [1, 2, 3, 4, 5]).assign(category="trygghet i prioritering"),
        turning_point(fits["time_users"], frame, "caseload").assign(category="vendepunkt"),
    )


@stands_in("fig-27", *NEEDS)
def office_and_leaders(survey: Survey) -> pd.DataFrame:
    """Panel A: time over office size; panel B: over the office's priority of competence."""
    frame = current(survey)
    fits = {"time_users": fit_mixed(frame, "time_users", TIME_TERMS)}
    names = {"office_size": "kontorstørrelse", "office_priority_comp": "prioritering av kompetanse"}
    ends = {name: np.nanpercentile(frame[name], [2, 98]) for name in names}
    return stack(*(
        predicted_means(fits, frame, name, _points(*ends[name])).assign(category=label) for name, label in names.items()
    ))  # fmt: skip


def _points(low: float, high: float) -> Sequence[float]:
    return [float(point) for point in np.linspace(low, high, 21)]


@stands_in("fig-28", *NEEDS)
def time_model(survey: Survey) -> pd.DataFrame:
    """The multilevel model, and the shares of variance of the model without terms."""
    frame = current(survey)
    empty = multilevel(frame, "time_users", []).assign(category="tom modell")
    return stack(multilevel(frame, "time_users", TIME_TERMS), empty)


