"""The panel: people registered in all three months, with every outcome that the article regresses or counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import ReportError
from twin.draws import draw_fixed, stream

from .outcomes import Bound, draw_outcome
from .people import AAP, NO_BENEFIT
from .plans import draw_plans
from .regressions import MEASURE, Floats, People, Regression, regressions
from .regressors import prepared
from .sources import ADAPTED, GROUPS, SITUATIONAL, STANDARD, fact
from .subgroups import Part, no_difference, unchanged

ATTEMPTS = 4
PARTLY, FULLY = 2, 3
# Log odds of dialogue for those with a meeting or conversation: who is followed up, is followed up in several ways.
TOGETHER = 0.4


def draw_panel(seed: int, progress: Callable[[str], None] = lambda text: None) -> People:
    """Draw the panel."""
    drawn: dict[int, People] = {}
    for group, draw in ((SITUATIONAL, _situational), (ADAPTED, _adapted), (STANDARD, _standard)):
        progress(f"Service group {group}: regressors and outcomes")
        for attempt in range(ATTEMPTS):
            try:
                drawn[group] = draw(stream(seed, attempt, f"panel {group}"), drawn)
                break
            except ReportError:
                if attempt == ATTEMPTS - 1:
                    raise
    for group in GROUPS:
        draw_plans(drawn[group], stream(seed, 0, f"plans {group}"))
    return {name: np.concatenate([drawn[group][name] for group in GROUPS]) for name in drawn[STANDARD]}


def _model(name: str, *groups: int) -> Regression:
    return regressions()[name, groups]


def _outcome(
    name: str, group: int, people: People, rng: np.random.Generator, bounds: Sequence[Bound] = (), **given: Any
) -> NDArray[np.int8]:
    """Draw an outcome of a table that is much the same among those with a state benefit alone."""
    model = _model(name, group)
    part = Part.of(model, people, people["benefit"] != NO_BENEFIT)
    same = unchanged(part, fact("part/move").value)
    return draw_outcome(model, people, rng, bounds=[*bounds, *same], **given)


def _situational(rng: np.random.Generator, drawn: dict[int, People]) -> People:
    people = prepared(SITUATIONAL, rng)
    # Who works part of the time is in activity by definition: V2 has no such row.
    possible = people["employment"] != PARTLY
    people["no_activity"] = _outcome("v2", SITUATIONAL, people, rng, possible=possible)
    people[MEASURE] = _outcome("v1", SITUATIONAL, people, rng, possible=people["no_activity"] == 0)
    people["contact"] = _outcome("v4", SITUATIONAL, people, rng)
    people["medical_treatment"] = _some_treatment(people, rng)
    return people


def _adapted(rng: np.random.Generator, drawn: dict[int, People]) -> People:
    people = prepared(ADAPTED, rng)
    people["employment"] = np.ones_like(people["benefit"])
    treated = people["medical_treatment"] == 1
    people["no_activity"] = _outcome("v2", ADAPTED, people, rng, possible=~treated)
    # Printed shares of work-directed activity in the group and among recipients of AAP leave room for few others.
    outside = (treated & (people["benefit"] != AAP)).astype(float)
    few = Bound("treated, measure, no AAP", outside, 0.0, fact(f"measure_outside_aap/{ADAPTED}").value)
    part = Part.of(_model("v1", ADAPTED), people, people["benefit"] == AAP)
    alike = no_difference(part, "birth_region", fact("aap/birth_region").value)
    alike += unchanged(part, fact("part/move").value, ("birth_region", "medical_treatment"))
    possible = people["no_activity"] == 0
    people[MEASURE] = _outcome("v1", ADAPTED, people, rng, bounds=[few, *alike], possible=possible)
    people["contact"] = _outcome("v4", ADAPTED, people, rng)
    people["dialogue"] = _outcome("v3", ADAPTED, people, rng, prior=TOGETHER * people["contact"])
    return people


def _standard(rng: np.random.Generator, drawn: dict[int, People]) -> People:
    others = drawn[SITUATIONAL]
    people = prepared(STANDARD, rng, others)
    count = len(people["gender"])
    laid_off, young = people["employment"] == FULLY, people["age_group"] == 1
    idle = np.where((people["employment"] != PARTLY) & (people[MEASURE] == 0), 1 + 1.0 * laid_off + 0.5 * young, 0)
    people["no_activity"] = _exactly(idle, fact(f"no_activity/{STANDARD}").share, rng)
    counties = _model("v4", SITUATIONAL).effects()["county"][people["county"]]
    followed = 0.13 + 0.3 * counties + 0.1 * people[MEASURE] - 0.03 * (people["employment"] != 1)
    people["contact"] = _exactly(np.maximum(followed, 0.02), fact(f"contact/{STANDARD}").share, rng)
    people["medical_treatment"] = _some_treatment(people, rng)
    # V3 is about both groups together.
    both = {name: np.concatenate([people[name], others[name]]) for name in people if name in others}
    dialogue = draw_outcome(_model("v3", STANDARD, SITUATIONAL), both, rng, prior=TOGETHER * both["contact"])
    people["dialogue"], others["dialogue"] = dialogue[:count], dialogue[count:]
    return people


def _exactly(weights: Floats, share: float, rng: np.random.Generator) -> NDArray[np.int8]:
    return draw_fixed(weights, round(share * len(weights)), rng).astype(np.int8)


def _some_treatment(people: People, rng: np.random.Generator) -> NDArray[np.int8]:
    """Draw the few in treatment outside the adapted group; some of them have no other activity."""
    group, count = int(people["service_group"][0]), len(people["gender"])
    idle = (people["no_activity"] == 0) & (people[MEASURE] == 0) & (people["employment"] != PARTLY)
    only = draw_fixed(idle, round(fact(f"medical_only/{group}").share * count), rng)
    people["medical_only"] = only.astype(np.int8)
    others = (people["no_activity"] == 0) & ~only
    more = round(fact(f"medical/{group}").share * count) - int(only.sum())
    return (only | draw_fixed(others, more, rng)).astype(np.int8)
