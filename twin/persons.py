"""What those with a caseload do: roles, age group followed, sick-leave work and user groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .draws import Floats, draw_fixed, stream
from .entropy import answer, chances, spread_places, strata
from .exact import exp, log
from .quotas import by_sector, half_up, quota, waves
from .rules import matches
from .system import System
from .tables import ASSUMPTION, published, read
from .targets import Target

Mask = NDArray[np.bool_]
# Everyone has one main role, which decides the rest; role_other is the main role of who has no other.
COUNSELLOR, OTHER = "role_counsellor", "role_other"
AGE_GROUPS = ("unge_pct", "over30_pct", "begge_pct")
NOT_AT_ALL, PARTLY, MAINLY = 1, 2, 3


def draw_roles(persons: pd.DataFrame, seed: int, attempt: int) -> pd.Series:
    """Fill the role columns in place and return each person's main role (empty without a caseload).

    The numbers in each role and sector are table 1's shares of those with a caseload, in every wave.
    """
    rng = stream(seed, attempt, "roles")
    rows = read("roles")
    main = np.full(len(persons), "", dtype=object)
    for row in rows:
        persons[row["role"]] = np.where(persons["has_caseload"] == 1, 0.0, np.nan)
    for wave in waves():
        for sector in (1, 2):
            cell = _cell(persons, wave, sector)
            main[cell] = OTHER
            _fill(main, cell, by_sector(wave, "counsellors")[sector], COUNSELLOR, rng)
            for row in (row for row in rows if row["main_pct"]):
                _fill(
                    main,
                    cell,
                    half_up(_holders(row, wave, sector) * float(row["main_pct"]) / 100),
                    row["role"],
                    rng,
                )
            for row in rows:
                _tick(persons, main, cell, row, _holders(row, wave, sector), rng)
    return pd.Series(main, index=persons.index)


def _cell(persons: pd.DataFrame, wave: int, sector: int) -> Mask:
    return matches(persons, f"wave=={wave};sector=={sector};has_caseload==1")


def _holders(row: dict[str, str], wave: int, sector: int) -> int:
    share = float(row["share_pct"]) if row["share_source"] == ASSUMPTION else published(row["share_source"]).value
    state = published(row["state_source"]).value / 100
    return half_up(quota(wave, "with_caseload") * share / 100 * (state if sector == 1 else 1 - state))


def _fill(main: NDArray[np.object_], cell: Mask, size: int, role: str, rng: np.random.Generator) -> None:
    free = np.flatnonzero(cell & (main == OTHER))
    main[free[draw_fixed(np.ones(len(free)), size, rng)]] = role


def _tick(
    persons: pd.DataFrame,
    main: NDArray[np.object_],
    cell: Mask,
    row: dict[str, str],
    size: int,
    rng: np.random.Generator,
) -> None:
    """Tick a role for all whose main role it is, and for as many others as its number asks for."""
    role = row["role"]
    own = cell & (main == role)
    # A second role must not make anyone a counsellor in the report's sense, nor unmake one.
    barred = [role, OTHER, COUNSELLOR] if row["main_pct"] else [role, OTHER] if role == COUNSELLOR else [role]
    others = np.flatnonzero(cell & ~np.isin(main, barred))
    second = min(max(size - int(own.sum()), 0), len(others))
    ticked = own.copy()
    ticked[others[draw_fixed(np.ones(len(others)), second, rng)]] = True
    persons.loc[ticked, role] = 1.0


def draw_age_groups(
    persons: pd.DataFrame, main: pd.Series, targets: Sequence[Target], seed: int, attempt: int
) -> None:
    """Fill `age_group_followed` in place; at small offices more people follow both age groups.

    The chances of data/twin/age_groups.csv, tilted as little as possible to the targets.
    """
    rng = stream(seed, attempt, "age groups")
    rows = np.flatnonzero(persons["has_caseload"] == 1)
    part, role = persons.iloc[rows].reset_index(drop=True), main.to_numpy()[rows]
    chance = np.full((len(part), 3), np.nan)
    for row in read("age_groups"):
        rule = ";".join(f"{column}=={row[column]}" for column in ("sector", "wave") if row[column])
        chosen = matches(part, rule) & (role == row["main_role"])
        larger = part["office_size"].to_numpy()[chosen] - 70
        both = exp(float(row["log_odds_begge_per_employee"]) * larger)
        chance[chosen] = [float(row[column]) for column in AGE_GROUPS]
        chance[chosen, 2] *= both
    own = _independent([target for target in targets if target.column == "age_group_followed"])
    codes, places = np.array([1.0, 2.0, 3.0]), spread_places(strata(part, ["wave", "sector"]), rng)
    system = System(own, part, np.ones(len(part), dtype=bool))
    persons["age_group_followed"] = np.nan
    persons.loc[persons.index[rows], "age_group_followed"] = answer(
        chances(log(chance), codes, system, places), codes, places
    )


def _independent(targets: Sequence[Target]) -> list[Target]:
    """Leave out the third age group where the same is asked of all three: their sum is given, so it follows."""

    def asked(target: Target) -> tuple[object, ...]:
        return target.measure, target.waves, target.population, target.rule, target.against, target.at

    thrice = {key for key, count in Counter(map(asked, targets)).items() if count >= len(AGE_GROUPS)}
    return [target for target in targets if target.score.code < len(AGE_GROUPS) or asked(target) not in thrice]


def draw_sick_leave(persons: pd.DataFrame, main: pd.Series, seed: int, attempt: int) -> None:
    """Fill `sick_leave_work` in place: table 2's totals, spread over main roles and age groups."""
    rng = stream(seed, attempt, "sick leave")
    totals = {MAINLY: "tbl-2/sykefravaer/hovedsakelig", PARTLY: "tbl-2/sykefravaer/delvis"}
    columns = {MAINLY: "main_pct", PARTLY: "partly_pct"}
    shares = {row["main_role"]: row for row in read("sick_leave")}
    answers = np.where(persons["has_caseload"] == 1, float(NOT_AT_ALL), np.nan)
    for wave in waves():
        for code in (MAINLY, PARTLY):
            free = np.flatnonzero(matches(persons, f"wave=={wave};has_caseload==1") & (answers == NOT_AT_ALL))
            by_role = np.array([float(shares[role][columns[code]]) for role in main.to_numpy()[free]])
            ages = [published(f"{totals[code]}/{group}").value for group in ("unge", "over30", "begge")]
            # The age group matters less than the main role: it enters by its square root.
            by_age = np.sqrt(ages)[persons["age_group_followed"].to_numpy()[free].astype(int) - 1]
            size = half_up(published(f"{totals[code]}/all").value / 100 * quota(wave, "with_caseload"))
            answers[free[draw_fixed(by_role * by_age, size, rng)]] = code
    persons["sick_leave_work"] = answers


def draw_user_groups(persons: pd.DataFrame, seed: int, attempt: int) -> Sequence[str]:
    """Fill the `users_*` columns in place, NaN in waves that did not ask, and return their names."""
    rng = stream(seed, attempt, "user groups")
    rows = read("user_groups")
    names = list(dict.fromkeys(row["column"] for row in rows))
    for name in names:
        persons[name] = np.nan
    for row in rows:
        share = published(row["share_source"]).value / 100
        asked = [int(wave) for wave in row["waves"].split(";")]
        chosen = matches(persons, f"has_caseload==1;age_group_followed=={row['age_group_followed']}")
        chosen &= persons["wave"].isin(asked).to_numpy()
        state = np.where(persons["sector"] == 1, 0.5, -0.5) * float(row["log_odds_state"])
        early = np.where(persons["wave"] == waves()[-1], 0.0, float(row["log_odds_earlier"]))
        chance = 1 / (1 + exp(-(log(share / (1 - share)) + state + early)))
        drawn = (rng.uniform(size=len(persons)) < chance).astype(float)
        persons.loc[chosen, row["column"]] = drawn[chosen]
    return names


def asked_of(persons: pd.DataFrame, column: str) -> Mask:
    """Tell who has a valid answer in a column."""
    return np.asarray(persons[column].notna() & (persons[column] >= 0), dtype=bool)


def answers_of(persons: pd.DataFrame, column: str) -> Floats:
    """Return a column as numbers, 0 where there is no valid answer (no target counts those)."""
    return np.where(asked_of(persons, column), persons[column].to_numpy(dtype=float), 0.0)


def system_of(persons: pd.DataFrame, column: str, targets: Sequence[Target]) -> System:
    """Collect the targets on a column into a system over the persons who answered it."""
    own = [target for target in targets if target.column == column]
    return System(own, persons, asked_of(persons, column))
