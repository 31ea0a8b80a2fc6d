"""Everyone of 2021: the panel, those it loses, and those whom the sample rules leave out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.draws import normal

from .dates import month
from .margins import size
from .people import LONG
from .regressions import People
from .sources import ADAPTED, GROUPS, PERMANENT, SITUATIONAL, STANDARD, fact, facts

Rows = NDArray[np.intp]
Months = NDArray[np.int64]

# Why someone is in the files.
IN_PANEL, LOST, BEYOND_AGE, LEFT_OUT, FROM_MARCH, FROM_APRIL = range(6)
FEBRUARY, APRIL = month("2021-02"), month("2021-04")
# First and last number of months in April by duration group; the last one thins out.
SPANS = {1: (3, 5), 2: (6, 13), 3: (14, 25), 4: (27, 37), 5: (38, 49), 6: (50, 110)}
YOUNGEST_START = 16
PARTLY, FULLY, AAP = 2, 3, 1


def draw_roster(panel: People, rng: np.random.Generator) -> People:
    """Add people to the panel."""
    people = {**panel, "reason": np.full(len(panel["gender"]), IN_PANEL, dtype=np.int8)}
    people["start"] = APRIL + 1 - _panel_durations(panel, rng)
    parts = [people, *(_lost(people, group, rng) for group in GROUPS), *_extra(people, rng)]
    roster = {name: np.concatenate([part[name] for part in parts]) for name in people}
    roster["age_years"] = _ages(roster, rng)
    roster["birth_month"] = rng.integers(1, 13, len(roster["start"])).astype(np.int8)
    return roster


def _panel_durations(panel: People, rng: np.random.Generator) -> Months:
    """Draw months registered in April within the duration group."""
    group, service = panel["duration_group"], panel["service_group"]
    low, high = (np.array([0, *(SPANS[k][side] for k in sorted(SPANS))])[group] for side in (0, 1))
    months = low + np.floor(rng.random(len(group)) * (high - low + 1)).astype(np.int64)
    early = np.array([0, *(fact(f"early/{k}").share for k in GROUPS)])[service]
    second = group == 2
    half = rng.random(len(group)) < early
    months = np.where(second, np.where(half, 6, 10) + rng.integers(0, 4, len(group)), months)
    thinning = np.minimum(SPANS[6][0] + np.floor(rng.exponential(20, len(group))), SPANS[6][1]).astype(np.int64)
    months = np.where(group == 6, thinning, months)
    # People of 20 to 24 have been registered since 16 at the earliest.
    return np.where((group == 6) & (panel["age_group"] == 2), np.minimum(months, 72), months)


def _copies(people: People, rows: Rows, reason: int) -> People:
    part = {name: values[rows] for name, values in people.items()}
    part["reason"] = np.full(len(rows), reason, dtype=np.int8)
    return part


def _lost(people: People, group: int, rng: np.random.Generator) -> People:
    """People of the February sample who are not registered in March and April: February's shares less the panel's."""
    total = round(fact(f"february/{group}").value)
    own = np.flatnonzero(people["service_group"] == group)
    count = total - size(group)
    part = _copies(people, rng.choice(own, size=count), LOST)
    durations = FEBRUARY + 1 - people["start"][own]
    part["start"] = FEBRUARY + 1 - _lost_durations(group, total, count, durations, rng)
    # Whole runs of young people begin at 16 at the earliest.
    long = (FEBRUARY + 1 - part["start"] > 36) & (part["age_group"] == 1)
    part["age_group"][long] = 3
    for variable, codes in (("benefit", (1, 2, 3, 4)), ("employment", (1, PARTLY, FULLY))):
        wanted = {
            code: round(fact(name).share * total) - int((people[variable][own] == code).sum())
            for code in codes
            if (name := f"february/{variable}/{group}/{code}") in facts()
        }
        if wanted:
            part[variable] = _quota(part[variable], wanted, count, rng)
    if group == STANDARD:
        # Those who work some or are laid off are more common among those registered for long.
        order = np.argsort(part["start"] + normal(rng, count, 9.0), kind="stable")
        part["employment"][order] = np.sort(part["employment"])[::-1]
    return part


def _quota(values: NDArray[np.int8], wanted: dict[int, int], count: int, rng: np.random.Generator) -> NDArray[np.int8]:
    """Give exact numbers of some codes; the others share what is left as they did."""
    others = values[~np.isin(values, list(wanted))]
    rest = count - sum(wanted.values())
    filled = rng.choice(others, size=rest) if len(others) else np.full(rest, 1, dtype=np.int8)
    exact = np.repeat(np.array(list(wanted), dtype=np.int8), list(wanted.values()))
    return rng.permutation(np.concatenate([exact, filled]))


def _lost_durations(group: int, total: int, count: int, others: Months, rng: np.random.Generator) -> Months:
    """Draw months registered in February so that the whole sample's shares come out."""
    short = round(fact(f"february/short/{group}").share * total) - int((others <= 3).sum())
    long = round(fact(f"february/long/{group}").share * total) - int((others >= 8).sum())
    beyond = round(fact(f"february/beyond/{group}").share * total) - int((others > 24).sum())
    short, long = min(max(short, 0), count), min(max(long, 0), count)
    short, beyond = min(short, count - long), min(max(beyond, 0), long)
    middle = count - short - long
    return rng.permutation(np.concatenate([
        rng.integers(1, 4, short), rng.integers(4, 8, middle), rng.integers(8, 25, long - beyond),
        25 + np.minimum(np.floor(rng.exponential(15, beyond)), 70).astype(np.int64),
    ]).astype(np.int64))  # fmt: skip


def _extra(people: People, rng: np.random.Generator) -> list[People]:
    """People whom the rules leave out: too old, of the fourth group, or not registered in February."""
    oldest = np.flatnonzero((people["age_group"] == 3) & (people["reason"] == IN_PANEL))
    adapted = np.flatnonzero(people["service_group"] == ADAPTED)
    anyone = np.flatnonzero((people["service_group"] <= SITUATIONAL) & (people["duration_group"] < LONG))
    old = round(fact("extra/age_30").value) + round(fact("extra/age_31").value)
    parts = [
        _copies(people, rng.choice(oldest, size=old), BEYOND_AGE),
        _copies(people, rng.choice(adapted, size=round(fact("extra/permanent").value)), LEFT_OUT),
        _copies(people, rng.choice(anyone, size=round(fact("extra/march").value)), FROM_MARCH),
        _copies(people, rng.choice(anyone, size=round(fact("extra/april").value)), FROM_APRIL),
    ]
    parts[1]["service_group"][:] = PERMANENT
    parts[2]["start"][:] = FEBRUARY + 1
    parts[3]["start"][:] = FEBRUARY + 2
    return parts


def _ages(roster: People, rng: np.random.Generator) -> NDArray[np.int16]:
    """Draw ages within the age group, such that nobody was registered before 16."""
    group = roster["age_group"]
    youngest, oldest = np.array([0, 18, 20, 25])[group], np.array([0, 19, 24, 29])[group]
    years = (FEBRUARY - roster["start"]) // 12 + 1
    youngest = np.minimum(np.maximum(youngest, YOUNGEST_START + years), oldest)
    ages = youngest + np.floor(rng.random(len(group)) * (oldest - youngest + 1)).astype(np.int64)
    older = roster["reason"] == BEYOND_AGE
    first = round(fact("extra/age_30").value)
    ages[older] = np.where(np.arange(int(older.sum())) < first, 30, 31)
    return np.asarray(ages, dtype=np.int16)
