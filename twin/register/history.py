"""People of the Februaries before 2021: as many as each group had, and staying as long as is plausible."""

from __future__ import annotations

import numpy as np

from twin.exact import power

from .dates import YEARS, Days, between, last_day, month
from .regressions import People
from .roster import IN_PANEL
from .sources import ADAPTED, GROUPS, PERMANENT, SITUATIONAL, STANDARD, read
from .spells import Table, covers

# Of those registered in one February, how many were it the February before (assumption).
STAYING = {STANDARD: 0.12, SITUATIONAL: 0.33, ADAPTED: 0.72}
SHARES = {STANDARD: "standard_pct", SITUATIONAL: "situational_pct", ADAPTED: "adapted_pct"}
# People beyond the rules in each February, as a share of all: too old, or of the fourth group.
BEYOND = 0.05
ATTRIBUTES = (
    "service_group", "gender", "birth_region", "education", "benefit", "county", "has_children",
    "age_years", "birth_month",
)  # fmt: skip


def sizes(year: int) -> dict[int, int]:
    """Return the number of people under 30 of each service group in a February: population times share."""
    row = next(row for row in read("years") if int(row["year"]) == year)
    return {group: round(float(row["population_18_29"]) * float(row[SHARES[group]]) / 100) for group in GROUPS}


def february(year: int) -> int:
    """Return the last day of a year's February."""
    return int(last_day(month(f"{year}-02")))


def draw_history(roster: People, spells: Table, rng: np.random.Generator) -> tuple[People, Table]:
    """Draw those who were registered in some February from 2011 to 2020, but no longer in 2021."""
    parts: list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]] = []
    for group in GROUPS:
        source = np.flatnonzero((roster["service_group"] == group) & (roster["reason"] == IN_PANEL))
        last = np.zeros(0, dtype=np.int64)
        for year in reversed(YEARS[:-1]):
            already = covers(spells, february(year))
            own = roster["service_group"][already] == group
            young = roster["age_years"][already].astype(int) - (YEARS[-1] - year) < 30
            needed = sizes(year)[group] - int((own & young).sum())
            # Whoever had been registered for long enough stays in the year before.
            stays = min(int(rng.binomial(len(last), STAYING[group])), needed)
            order = rng.permutation(len(last))
            leaving = last[order[stays:]]
            parts.append(_people(group, leaving, np.full(len(leaving), year + 1), source, rng))
            last = np.concatenate([last[order[:stays]], np.full(needed - stays, year)])
        parts.append(_people(group, last, np.full(len(last), YEARS[0]), source, rng))
    parts += _beyond(roster, rng)
    groups, last, first, source, age = (np.concatenate([part[k] for part in parts]) for k in range(5))
    people = {name: roster[name][source] for name in ATTRIBUTES}
    people["service_group"] = groups.astype(np.int8)
    people["age_years"] = age.astype(np.int16)
    people["birth_month"] = rng.integers(1, 13, len(age)).astype(np.int8)
    ends = np.array([february(year) for year in (YEARS[0] - 1, *YEARS)])
    place_first, place_last = first - YEARS[0] + 1, last - YEARS[0] + 1
    begin = between(ends[place_first - 1] + 1, ends[place_first], rng)
    end = between(ends[place_last], ends[place_last + 1] - 1, rng)
    return people, {"row": np.arange(len(age)), "begin": begin, "end": end}


def _people(
    group: int, last: np.ndarray, first: np.ndarray, source: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Groups, last and first Februaries, whom to take attributes from, and ages in 2021."""
    youngest, oldest = 18 + (last - first), 29
    age = youngest + np.floor(power(rng.random(len(last)), 0.8) * (oldest + 1 - youngest)).astype(np.int64)
    return np.full(len(last), group), last, first, rng.choice(source, size=len(last)), age + YEARS[-1] - last


def _beyond(
    roster: People, rng: np.random.Generator
) -> list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]]:
    parts = []
    anyone = np.flatnonzero(roster["reason"] == IN_PANEL)
    for year in YEARS[:-1]:
        count = round(BEYOND * sum(sizes(year).values()))
        years, source = np.full(count, year), rng.choice(anyone, size=count)
        group = roster["service_group"][source].copy()
        age = rng.integers(30, 32, count)
        fourth = rng.random(count) < 0.3
        group[fourth], age[fourth] = PERMANENT, rng.integers(19, 30, int(fourth.sum()))
        parts.append((group, years, years, source, age + YEARS[-1] - year))
    return parts


def ages_at(people: People, rows: np.ndarray, date: int) -> Days:
    """Return ages on a day: those of February 2021, less the years since, more where the birthday has been."""
    at = np.datetime64(date, "D")
    year, number = int(str(at)[:4]), int(str(at)[5:7])
    since = people["age_years"][rows].astype(np.int32) - (YEARS[-1] - year)
    later = (people["birth_month"][rows] > 2) & (people["birth_month"][rows] <= number)
    return np.asarray(since + later, dtype=np.int32)


