"""The answers after the first questions: a model's chances, tilted to the targets, drawn and repaired, item by item."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from engine.data.codebook import Variable, holds, read_codebook
from engine.errors import ReportError

from .composites import Composite, composites
from .draws import Floats, stream
from .entropy import answer, chances, spread_places, strata
from .exact import exp, log, product, solve
from .latent import Tendencies
from .repair import anyone_steps, change_codes, change_steps, repair
from .rules import matches
from .silence import Silence
from .system import System
from .tables import read
from .targets import Target

# Draws of one item before the whole twin is drawn again.
TRIES = 5
GROUPS = ["wave", "age_group_followed", "sector"]
IMPOSSIBLE = -60.0
# Of Newton towards a mean and a spread.
STEPS = 30


def draw_items(
    persons: pd.DataFrame, targets: Sequence[Target], seed: int, attempt: int
) -> tuple[pd.DataFrame, Silence]:
    """Draw every item of data/twin/items.csv in its order."""
    codebook = read_codebook()
    silence = Silence(persons, seed, attempt)
    tendencies = Tendencies(persons, seed, attempt)
    for row in read("items"):
        variable = codebook[row["column"]]
        own = [target for target in targets if target.column == variable.name]
        asked = persons["wave"].isin(variable.waves).to_numpy() & holds(persons, variable.filter)
        rows = np.flatnonzero(asked & ~silence.draw(persons, asked, row))
        part = persons.iloc[rows].reset_index(drop=True)
        column = np.full(len(persons), np.nan)
        column[rows] = _answers(part, variable, row, own, tendencies.of(row, rows), seed, attempt)
        # A copy each time: columns added one by one would scatter in memory.
        persons = persons.copy()
        persons[variable.name] = column
        composites(persons, variable.name)
    return persons, silence


def _answers(
    part: pd.DataFrame, variable: Variable, row: dict[str, str], own: Sequence[Target], tendency: Floats,
    seed: int, attempt: int,
) -> Floats:  # fmt: skip
    codes = np.array(sorted(variable.codes), dtype=float)
    prior = shape(row["shape"], codes)[None, :] + tendency[:, None] * codes
    barred = matches(part, row["never_if"]) if row["never_if"] else np.zeros(len(part), dtype=bool)
    # Who is barred gives the first code; no other answer has a chance.
    prior = np.where(barred[:, None] & (codes > codes[0]), IMPOSSIBLE, prior)
    system = System(own, part, np.ones(len(part), dtype=bool), Composite.read(part, variable.name))
    change = change_codes if variable.type == "categorical" else change_steps
    for trial in range(TRIES):
        rng = stream(seed, attempt, f"item {variable.name} {trial}")
        places = spread_places(strata(part, GROUPS), rng)
        drawn = answer(chances(prior, codes, system, places), codes, places)
        if not own:
            return drawn
        repaired = repair(drawn, system, change(tuple(codes), ~barred), rng, anyone_steps(tuple(codes), ~barred))
        if repaired is not None:
            return repaired
    system.renew(drawn)
    raise ReportError(
        f"the twin's answers to {variable.name} could not be made to meet every target "
        f"(missed by the draw: {', '.join(system.missed(drawn)[:5])})",
        where="data/twin/item_targets.csv",
        count=attempt + 1,
        remedy="Widen its targets, or try another seed.",
    )


def shape(text: str, codes: Floats) -> Floats:
    """Read log chances: `3.5;0.9` (mean and standard deviation), `93` (per cent of code 1) or `10|60|30`."""
    if "|" in text:
        return np.asarray(log([float(share) for share in text.split("|")]))
    if ";" not in text:
        share = float(text) / 100
        return np.asarray(log([1 - share, share]))
    mean, deviation = (float(number) for number in text.split(";"))
    centred = codes - codes.mean()
    scores, first = np.stack([centred, centred**2]), mean - codes.mean()
    tilt = np.array([0.0, -0.2])
    for _ in range(STEPS):
        chance = exp(product(tilt, scores))
        chance /= chance.sum()
        seen = product(scores, chance)
        spread = product(scores * chance, scores.T) - seen * seen[:, None]
        tilt -= solve(spread, seen - np.array([first, first**2 + deviation**2]))
    return np.asarray(np.round(product(tilt, scores), 9))
