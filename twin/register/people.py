"""People of the panel before anything happens to them: codes with exact margins and plausible dependence."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.draws import draw_fixed, normal
from twin.exact import product, root

from .margins import margins
from .regressions import Codes, Floats, People
from .sources import ADAPTED, STANDARD, codes, fact, read

# Codes of each variable from the low to the high end of what its correlations are about.
ORDER = {
    "gender": (2, 1),
    "age_group": (1, 2, 3),
    "birth_region": (1, 2, 3, 4, 5, 6),
    "education": (5, 1, 2, 3, 4),
    "benefit": (3, 4, 2, 1),
    "county": (11, 4, 3, 6, 8, 7, 2, 9, 10, 12, 13, 5, 1),
    "employment": (1, 2, 3),
    "duration_group": (1, 2, 3, 4, 5, 6),
    "has_children": (0, 1),
    "labour_market_measure": (0, 1),
}
YOUNGEST, OLDEST = 1, 3
# Duration groups that those of 19 and younger cannot have: nobody is registered before 16.
LONG = 5
AAP, NO_BENEFIT = 1, 3


def draw_people(group: int, rng: np.random.Generator) -> People:
    """Draw the people of a service group."""
    counts = margins(group)
    total = sum(number for (variable, _), number in counts.items() if variable == "gender")
    if group == STANDARD:
        taking = round(fact(f"measure/{group}").share * total)
        counts |= {("labour_market_measure", 0): total - taking, ("labour_market_measure", 1): taking}
    variables = [name for name in ORDER if any(variable == name for variable, _ in counts)]
    latent = product(normal(rng, (total, len(variables))), root(_correlations(group, variables)).T)
    people: People = {}
    for place, variable in enumerate(variables):
        own = [code for code in ORDER[variable] if (variable, code) in counts]
        cuts = np.repeat(np.array(own, dtype=np.int8), [counts[variable, code] for code in own])
        people[variable] = np.empty(total, dtype=np.int8)
        people[variable][np.argsort(latent[:, place], kind="stable")] = cuts
    _reasonable_ages(people, rng)
    if group == ADAPTED:
        people["medical_treatment"] = _treatment(people["benefit"], rng)
    people["service_group"] = np.full(total, group, dtype=np.int8)
    return people


def _correlations(group: int, variables: list[str]) -> Floats:
    matrix = np.eye(len(variables))
    for row in read("correlations"):
        if group in codes(row["service_groups"]) and {row["first"], row["second"]} <= set(variables):
            a, b = variables.index(row["first"]), variables.index(row["second"])
            matrix[a, b] = matrix[b, a] = float(row["correlation"])
    return matrix


def _reasonable_ages(people: People, rng: np.random.Generator) -> None:
    """Let the youngest exchange durations they cannot have with the oldest."""
    age, duration = people["age_group"], people["duration_group"]
    wrong = np.flatnonzero((age == YOUNGEST) & (duration >= LONG))
    others = rng.choice(np.flatnonzero((age == OLDEST) & (duration < LONG)), size=len(wrong), replace=False)
    duration[wrong], duration[others] = duration[others].copy(), duration[wrong].copy()


def possible(people: People, variable: str, first: NDArray[np.intp], second: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Tell which pairs of persons may exchange a variable without anything impossible, shape (pairs,).

    Ages and durations must stay reasonable, and the number in treatment with and without AAP as it is.
    """
    fine = people[variable][first] != people[variable][second]
    if variable in ("age_group", "duration_group"):
        other = "duration_group" if variable == "age_group" else "age_group"
        age, duration = (variable, other) if variable == "age_group" else (other, variable)
        for here, there in ((first, second), (second, first)):
            ages = people[age][there if variable == "age_group" else here]
            durations = people[duration][there if variable == "duration_group" else here]
            fine &= ~((ages == YOUNGEST) & (durations >= LONG))
    if "medical_treatment" in people and variable in ("benefit", "medical_treatment"):
        alike = (people["benefit"][first] == AAP) == (people["benefit"][second] == AAP)
        treated = people["medical_treatment"]
        fine &= alike | ((treated[first] == treated[second]) & (variable == "benefit"))
    return np.asarray(fine)


def _treatment(benefit: Codes, rng: np.random.Generator) -> Codes:
    """Draw who is in medical treatment, with exact numbers among recipients of AAP and others."""
    receives = benefit == AAP
    among = round((fact("aap/medical_and_work").share + fact("aap/medical_only").share) * receives.sum())
    rest = round(fact("medical/3").share * len(benefit)) - among
    return np.asarray(draw_fixed(receives, among, rng) | draw_fixed(~receives, rest, rng), dtype=np.int8)
