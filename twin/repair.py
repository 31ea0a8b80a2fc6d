"""Local repair: change single whole-number answers until every target holds with a margin."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .exact import product
from .scores import Score
from .system import Floats, Rows, System

# Every target must hold within this part of its interval.
KEEP = 0.8
# Where that cannot be had, within this part.
ACCEPT = 0.97
MOVES = 4000
CANDIDATES = 250
# Moves that are tried in vain, singly and in pairs, before giving up.
PATIENCE = 60
# Pairs of changes tried at once, where `anyone` may take part.
PAIRS = 4000
ANYONE = 1200
# Moves between two looks at the standard errors.
RENEW = 40
# Energies are compared at this precision: equal moves stay equal on every machine, and the first is taken.
DIGITS = 9

# Proposes new values: (values, pull per score and person, generator) -> persons and their new values.
Pull = dict[Score, Floats]
Proposal = Callable[[Floats, Pull, np.random.Generator], tuple[Rows, Floats]]


def repair(
    values: Floats,
    system: System,
    propose: Proposal,
    rng: np.random.Generator,
    anyone: Callable[[Floats, np.random.Generator], tuple[Rows, Floats]] | None = None,
) -> Floats | None:
    """Change answers one or two at a time, always downhill in the sum of squared misses."""
    values = values.copy()
    system.renew(values)
    low, high, scale = system.bounds(values, KEEP)
    totals = system.totals(values)
    fruitless = 0
    for move in range(1, MOVES + 1):
        miss = _miss(totals, low, high, scale)
        if move % RENEW == 0 or not miss.any():
            system.renew(values)
            low, high, scale = system.bounds(values, KEEP)
            totals = system.totals(values)
            miss = _miss(totals, low, high, scale)
            if not miss.any():
                return values
        persons, new = propose(values, _pull(system, miss / scale), rng)
        if fruitless and anyone is not None:
            others, codes = anyone(values, rng)
            persons, new = np.concatenate([persons, others]), np.concatenate([new, codes])
        if not len(persons):
            return None
        changes = _changes(system, persons, values[persons], new)
        current = round(float(np.square(miss).sum()), DIGITS)
        pairs = np.arange(len(persons))[:, None]
        if fruitless:
            # What one change cannot do, two often can: one moves the target, the other undoes its harm.
            pairs = rng.integers(len(persons), size=(max(len(persons), PAIRS if anyone else 0), 2))
            pairs = pairs[persons[pairs[:, 0]] != persons[pairs[:, 1]]]
        steps = changes[:, pairs[:, 0]]
        if fruitless:
            steps = steps + changes[:, pairs[:, 1]]
        after = _miss(totals[:, None] + steps, low[:, None], high[:, None], scale[:, None])
        energies = np.round(np.square(after).sum(axis=0), DIGITS)
        best = int(np.argmin(energies)) if len(energies) else -1
        if best < 0 or energies[best] >= current:
            fruitless += 1
            if fruitless > PATIENCE:
                return values if not system.missed(values, ACCEPT) else None
            continue
        fruitless = 0
        values[persons[pairs[best]]] = new[pairs[best]]
        totals = totals + steps[:, best]
    return None


def _miss(totals: Floats, low: Floats, high: Floats, scale: Floats) -> Floats:
    """How far outside, in half intervals: positive where the total must rise. Rounding errors are no miss."""
    miss = (np.minimum(np.maximum(totals, low), high) - totals) / scale
    return np.asarray(np.where(np.abs(miss) < 1e-9, 0.0, miss))


def _pull(system: System, wanted: Floats) -> Pull:
    """Return how much the misses fall by raising each person's score, shape (persons,) by score."""
    pull: Pull = {}
    for score, which in system.by_score():
        own = [k for k in which if wanted[k]]
        if own:
            pull[score] = product(wanted[own], system.coefficients[own])
    return pull


def _changes(system: System, persons: Rows, old: Floats, new: Floats) -> Floats:
    """Change of each total by each candidate, shape (targets, candidates)."""
    steps = np.empty((len(system.targets), len(persons)))
    for score, which in system.by_score():
        steps[which] = score.of(new) - score.of(old)
    return np.asarray(steps * system.coefficients[:, persons])


def change_numbers(unit: Floats, least: float = 1.0) -> Proposal:
    """Propose one step of a person's own unit (1, 5 or 10: how that person rounds), as the misses pull."""

    def propose(values: Floats, pull: Pull, rng: np.random.Generator) -> tuple[Rows, Floats]:
        direction = np.sign(sum(pull.values(), np.zeros(len(values))))
        movable = np.flatnonzero((direction != 0) & (values + direction * unit >= least))
        persons = _some(movable, rng)
        return persons, values[persons] + direction[persons] * unit[persons]

    return propose


def change_codes(codes: tuple[float, ...], movable: np.ndarray) -> Proposal:
    """Propose another code for someone among the `movable` persons (mask) whom a miss concerns."""
    choices = np.asarray(codes)

    def propose(values: Floats, pull: Pull, rng: np.random.Generator) -> tuple[Rows, Floats]:
        concerned = np.logical_or.reduce([row != 0 for row in pull.values()])
        persons = _some(np.flatnonzero(movable & concerned), rng)
        place = np.searchsorted(choices, values[persons])
        return persons, choices[(place + rng.integers(1, len(choices), size=len(persons))) % len(choices)]

    return propose


def change_steps(codes: tuple[float, ...], movable: np.ndarray) -> Proposal:
    """Propose the next higher or lower code, whichever the misses call for, to `movable` persons (mask)."""
    choices = np.asarray(codes)

    def propose(values: Floats, pull: Pull, rng: np.random.Generator) -> tuple[Rows, Floats]:
        place = np.searchsorted(choices, values)
        gains = []
        for side in (1, -1):
            reached = np.clip(place + side, 0, len(choices) - 1)
            gain = np.zeros(len(values))
            for score, row in pull.items():
                gain += row * (score.of(choices[reached]) - score.of(values))
            gains.append(gain)
        persons = _some(np.flatnonzero(movable & (np.maximum(gains[0], gains[1]) > 0)), rng)
        step = np.where(gains[0][persons] >= gains[1][persons], 1, -1)
        return persons, choices[np.clip(place[persons] + step, 0, len(choices) - 1)]

    return propose


def anyone_steps(
    codes: tuple[float, ...], movable: np.ndarray
) -> Callable[[Floats, np.random.Generator], tuple[Rows, Floats]]:
    """Propose the next higher or lower code to `movable` persons (mask) drawn at random."""
    choices, free = np.asarray(codes), np.flatnonzero(movable)

    def propose(values: Floats, rng: np.random.Generator) -> tuple[Rows, Floats]:
        persons = np.sort(rng.choice(free, size=min(ANYONE, len(free)), replace=False))
        place = np.searchsorted(choices, values[persons])
        reached = place + rng.choice([-1, 1], size=len(persons))
        inside = (reached >= 0) & (reached < len(choices))
        return persons[inside], choices[reached[inside]]

    return propose


def _some(persons: Rows, rng: np.random.Generator) -> Rows:
    if len(persons) <= CANDIDATES:
        return persons
    return np.sort(rng.choice(persons, size=CANDIDATES, replace=False))
