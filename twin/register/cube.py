"""The cube method: draw 0/1 outcomes with given chances whose totals over regressors are those of the chances."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .regressions import Floats

# Many chains run side by side, each on its part of the people; then fewer, longer ones on what is left.
CHAINS = (128, 16, 2, 1)
# A chance this near to 0 or 1 is decided.
SURE = 1e-9
# Noise that makes windows of collinear regressors solvable; it costs this much balance at most.
NOISE = 1e-5
# Chances are taken at this precision: differences in the last bits between machines must not change a draw.
DIGITS = 9


def cube(chances: Floats, balance: Floats, rng: np.random.Generator) -> Floats:
    """Draw a balanced sample (fast flight of Deville & Tillé; Chauvet & Tillé 2006).

    Parameters
    ----------
    chances : ndarray, shape (persons,)
        Chance of 1 for each.
    balance : ndarray, shape (persons, columns)
        Regressors: Σ x_i y_i comes near Σ x_i p_i.
    rng : numpy.random.Generator
        Orders persons and decides directions.

    Returns
    -------
    ndarray, shape (persons,)
        0 or 1. At most as many persons as there are columns are drawn without balance.
    """
    chance = np.asarray(np.round(np.clip(chances, 0.0, 1.0), DIGITS), dtype=float)
    for chains in CHAINS:
        open_ = rng.permutation(np.flatnonzero((chance > SURE) & (chance < 1 - SURE)))
        width = balance.shape[1] + 1
        if len(open_) // chains > width:
            _flight(chance, balance, np.array_split(open_, chains), rng)
    rest = (chance > SURE) & (chance < 1 - SURE)
    chance[rest] = rng.uniform(size=int(rest.sum())) < chance[rest]
    return np.round(chance)


def _flight(chance: Floats, balance: Floats, parts: list[NDArray[np.intp]], rng: np.random.Generator) -> None:
    """Walk all chains in step; in each, every step decides at least one person."""
    columns = balance.shape[1]
    width, chains = columns + 1, len(parts)
    queue = np.full((chains, max(len(part) for part in parts)), -1, dtype=np.intp)
    for row, part in zip(queue, parts, strict=True):
        row[: len(part)] = part
    lengths = np.array([len(part) for part in parts])
    window, following = queue[:, :width].copy(), np.full(chains, width)
    alive = np.arange(chains)
    while len(alive):
        own = window[alive]
        matrix = balance[own]
        noise = rng.uniform(-NOISE, NOISE, size=(columns, columns))
        # A direction that leaves all balanced totals: the last person's row as a sum of the others'.
        solved = np.linalg.solve(np.swapaxes(matrix[:, :columns], 1, 2) + noise, matrix[:, columns, :, None])[..., 0]
        direction = np.concatenate([solved, -np.ones((len(alive), 1))], axis=1)
        direction /= np.abs(direction).max(axis=1, keepdims=True)
        now = chance[own]
        with np.errstate(divide="ignore", invalid="ignore"):
            up = np.where(direction > 0, (1 - now) / direction, now / -direction)
            down = np.where(direction > 0, now / direction, (1 - now) / -direction)
        still = np.abs(direction) < 1e-12
        forth = np.where(still, np.inf, up).min(axis=1)
        back = np.where(still, np.inf, down).min(axis=1)
        go = rng.uniform(size=len(alive)) * (forth + back) < back
        new = now + np.where(go, forth, -back)[:, None] * direction
        new = np.where(new < SURE, 0.0, np.where(new > 1 - SURE, 1.0, new))
        chance[own] = new
        decided = (new == 0) | (new == 1)
        # Usually one person is decided in each chain: its place is taken by the next in the queue.
        for slot in range(int(decided.sum(axis=1).max())):
            has = decided.sum(axis=1) > slot
            place = np.argsort(~decided, axis=1, kind="stable")[:, slot]
            rows = alive[has]
            left = following[rows] < lengths[rows]
            take = rows[left]
            window[take, place[has][left]] = queue[take, following[take]]
            following[take] += 1
            if not left.all():
                window[rows[~left], 0] = -1
        alive = alive[window[alive, 0] >= 0]
