"""Activities of the plan besides measures and treatment: everyone whom an outcome puts in activity gets some."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.draws import draw_fixed

from .people import AAP
from .regressions import MEASURE, People
from .sources import ADAPTED, fact

Mask = NDArray[np.bool_]

PARTLY = 2
KINDS = ("job_search", "own_activity", "current_job", "group_activity", "self_funded_education")
# A registered job is more common among those who work part of the time.
WORKING = 6.0


def draw_plans(people: People, rng: np.random.Generator) -> None:
    """Add `medical_only`, `partial_work` and the kinds of activity to a group's people, in place."""
    group, count = int(people["service_group"][0]), len(people["gender"])
    if group == ADAPTED:
        people["medical_only"] = _only_treated(people, rng).astype(np.int8)
    working = (people["no_activity"] == 0) & (people["medical_only"] == 0)
    partly = people["employment"] == PARTLY
    more = round(fact(f"partial_work/{group}").share * count) - int(partly.sum())
    partial = partly | draw_fixed(working & ~partly, more, rng)
    people["partial_work"] = partial.astype(np.int8)
    wanted = {kind: round(fact(f"{kind}/{group}").share * count) for kind in KINDS}
    # Who is in work-directed activity by nothing else, must have one of these.
    needy = np.flatnonzero(working & ~partial & (people[MEASURE] == 0))
    chance = np.array(list(wanted.values()), dtype=float)
    first = rng.choice(len(KINDS), size=len(needy), p=chance / chance.sum())
    for place, kind in enumerate(KINDS):
        has = np.zeros(count, dtype=bool)
        has[needy[first == place]] = True
        weight = np.where(working & ~has, 1.0, 0.0)
        if kind == "current_job":
            weight = np.where(partial, WORKING, 1.0) * weight
        has |= draw_fixed(weight, wanted[kind] - int(has.sum()), rng)
        people[kind] = has.astype(np.int8)
    searching = people.pop("job_search") == 1
    agreement = draw_fixed(searching, round(fact("agreement_only").share * searching.sum()), rng)
    applied = draw_fixed(searching & ~agreement, round(fact("applied_only").share * searching.sum()), rng)
    people["applied_for_job"] = (searching & ~agreement).astype(np.int8)
    people["job_search_agreement"] = (searching & ~applied).astype(np.int8)


def _only_treated(people: People, rng: np.random.Generator) -> Mask:
    """Draw who of those in treatment has no work-directed activity: figure 5's numbers, and the group's whole."""
    count = len(people["gender"])
    treated, receives = people["medical_treatment"] == 1, people["benefit"] == AAP
    free = treated & (people[MEASURE] == 0)
    among = draw_fixed(free & receives, round(fact("aap/medical_only").share * receives.sum()), rng)
    # Neither in activity at all nor only in treatment: in work-directed activity.
    idle = count - int(people["no_activity"].sum()) - round(fact(f"work_directed/{ADAPTED}").share * count)
    return among | draw_fixed(free & ~receives, idle - int(among.sum()), rng)
