"""The cube method: draw 0/1 outcomes with given chances whose totals over regressors are those of the chances."""

from __future__ import annotations

import numpy as np

from .moments import Rows
from .regressions import Floats

# Many chains run side by side, each on its part of the people; then fewer, longer ones on what is left.
CHAINS = (128, 16, 2, 1)
# A chance this near to 0 or 1 is decided.
SURE = 1e-9
# A share this small is none: what is left of a sum that ought to be 0.
NONE = 1e-7
# No one.
EMPTY = -1
# Chances are taken at this precision.
DIGITS = 9


def cube(chances: Floats, balance: Floats, rng: np.random.Generator) -> Floats:
    """Draw a balanced sample (fast flight of Deville & Tillé; Chauvet & Tillé 2006)."""
    chance = np.asarray(np.round(np.clip(chances, 0.0, 1.0), DIGITS), dtype=float)
    for chains in CHAINS:
        open_ = rng.permutation(np.flatnonzero((chance > SURE) & (chance < 1 - SURE)))
        if len(open_) // chains > balance.shape[1]:
            _flight(chance, balance, np.array_split(open_, chains), rng)
    rest = (chance > SURE) & (chance < 1 - SURE)
    chance[rest] = rng.uniform(size=int(rest.sum())) < chance[rest]
    return np.round(chance)


def _flight(chance: Floats, balance: Floats, parts: list[Rows], rng: np.random.Generator) -> None:
    """Walk all chains in step; in each, one person after the other joins those who are not decided.

    Those are a basis of what has been seen of the regressors' space; empty places stand for the rest of it. A newcomer
    beyond takes an empty place. Any other's regressors are a sum of theirs: all can change together, without a change
    of any total, until the first of them is decided and leaves.
    """
    chains, columns = len(parts), balance.shape[1]
    basis = np.full((chains, columns), EMPTY, dtype=np.intp)
    # Of each chain: regressors times this are parts of those in the basis.
    inverse = np.tile(np.eye(columns), (chains, 1, 1))
    for step in range(len(parts[0])):
        # Parts are as long as each other or one shorter, and these come last.
        alive = sum(len(part) > step for part in parts)
        own, joins = basis[:alive], np.array([part[step] for part in parts[:alive]])
        shares = np.add.reduce(inverse[:alive] * balance[joins][:, None, :], axis=2)
        shares[np.abs(shares) <= NONE] = 0.0
        beyond = np.where(own == EMPTY, np.abs(shares), 0.0)
        place, within = beyond.argmax(axis=1), ~beyond.any(axis=1)
        place[within] = _move(chance, own[within], joins[within], shares[within], rng)
        stays = np.flatnonzero(place >= 0)
        place = place[stays]
        own[stays, place] = joins[stays]
        row = inverse[stays, place] / shares[stays, place][:, None]
        inverse[stays] -= shares[stays][:, :, None] * row[:, None, :]
        inverse[stays, place] = row


def _move(chance: Floats, basis: Rows, joins: Rows, shares: Floats, rng: np.random.Generator) -> Rows:
    """Change the chances of newcomers and the others until one is decided; return her place, −1 for the newcomer."""
    group = np.column_stack([basis, joins])
    direction = np.column_stack([-shares, np.ones(len(joins))])
    now = chance[group]
    with np.errstate(divide="ignore", invalid="ignore"):
        up = np.where(direction == 0, np.inf, np.where(direction > 0, 1 - now, now) / np.abs(direction))
        down = np.where(direction == 0, np.inf, np.where(direction > 0, now, 1 - now) / np.abs(direction))
    forth, back = up.min(axis=1), down.min(axis=1)
    go = rng.uniform(size=len(joins)) * (forth + back) < back
    new = now + np.where(go, forth, -back)[:, None] * direction
    first = np.where(go, up.argmin(axis=1), down.argmin(axis=1))
    every = np.arange(len(joins))
    new[every, first] = np.round(new[every, first])
    there = group != EMPTY
    chance[group[there]] = np.where(new < SURE, 0.0, np.where(new > 1 - SURE, 1.0, new))[there]
    return np.where(first == basis.shape[1], EMPTY, first)
