"""What decides in the twins, on small problems: prints a digest of each answer, all bits of it.

`tests/test_same_twin.py` runs this as on other processors.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import numpy as np
import pandas as pd

from tests.processors import in_use
from twin import exact
from twin.calibration import calibrate
from twin.closest import closest
from twin.draws import draw_fixed, normal, whole
from twin.entropy import answer, chances, spread_places
from twin.items import shape
from twin.mixed import intraclass
from twin.models import Fit, Model
from twin.register.cube import cube
from twin.register.margins import margins
from twin.register.outcomes import draw_outcome
from twin.register.people import draw_people
from twin.register.regressions import regressions
from twin.register.regressors import prepared
from twin.register.sources import SITUATIONAL
from twin.repair import anyone_steps, change_steps, repair
from twin.system import System
from twin.targets import Target

CODES = np.arange(1.0, 6.0)


def numbers(count: int, columns: int) -> np.ndarray:
    """Numbers of many magnitudes, the same everywhere; shape (count, columns)."""
    rng = np.random.default_rng(5)
    return np.asarray((rng.random((count, columns)) - 0.5) * 2.0 ** rng.integers(-12, 12, (count, columns)))


def persons(count: int = 600) -> pd.DataFrame:
    """People who answered a survey."""
    rng = np.random.default_rng(3)
    return pd.DataFrame({
        "wave": 2024, "weight": rng.uniform(0.5, 1.5, count), "office_size": rng.integers(6, 200, count).astype(float),
        "office_id": rng.integers(1, 41, count), "sector": rng.integers(1, 3, count).astype(float),
    })  # fmt: skip


def arithmetic() -> dict[str, Any]:
    """Answers of `twin.exact`, of all sizes that it takes different ways for."""
    many = numbers(9000, 31)
    square = exact.product(many.T, many)
    places = np.linspace(0.001, 0.999, 2000)
    return {
        "product": square, "fewer digits": exact.product(many.T, many, slices=1), "inverse": exact.inverse(square),
        "root": exact.root(square), "solution": exact.solve(square, square[0] + many[0]),
        "small product": exact.product(many[:9].T, many[:9]), "vectors": exact.product(many[:, 0], many),
        "exponential": exact.exp(numbers(3000, 1) / 8), "logarithm": exact.log(np.abs(numbers(3000, 1))),
        "power": exact.power(np.abs(numbers(3000, 1)), 0.37), "sine": exact.sine(numbers(3000, 1)),
        "gamma": exact.gamma_quantiles(2.7, places), "quantiles": exact.normal_quantiles(places),
        "normal": normal(np.random.default_rng(1), 200_000),
    }  # fmt: skip


def survey() -> dict[str, Any]:
    """Answers of the survey twin's solver."""
    table, rng = persons(), np.random.default_rng(2)
    mean = Target("mean", "mean", "x", (2024,), "answered", "", "", (), 3.6, 3.62, "assumption")
    targets = [
        mean, Target("high", "mean", "x", (2024,), "answered", "sector==2", "sector==1", (), 0.3, 0.31, "assumption"),
        Target("sd", "sd", "x", (2024,), "answered", "", "", (), 1.10, 1.11, "assumption"),
        Target("curve", "mean", "x", (2024,), "answered", "", "", (100.0, 20.0), 0.1, 0.11, "assumption"),
        Target("z", "z", "x", (2024,), "answered", "office_size>=100", "office_size<100", (), 0.5, 3.0, "assumption"),
    ]  # fmt: skip
    system, free = System(targets, table, np.ones(len(table), dtype=bool)), np.ones(len(table), dtype=bool)
    places = spread_places(table[["sector"]].to_numpy(), rng)
    prior = shape("3.2;1.0", CODES) + normal(rng, len(table), 0.4)[:, None] * CODES
    chance = chances(prior, CODES, system, places)
    drawn = answer(chance, CODES, places)
    mixed = Fit(Model("m", "mixed", 2024, "answered", ("sector==2", "office_size", "office_size^2")), table)
    mixed.renew(drawn)
    square = exact.product(numbers(80, 60).T, numbers(80, 60)) + np.eye(60)
    expected = np.maximum(numbers(600, 1)[:, 0] + 40, 1)
    level = Target("level", "mean", "x", (2024,), "answered", "sector==1", "", (), 44.0, 44.5, "assumption")
    return {
        "chances": chance, "answers": drawn,
        "repair": repair(drawn, system, change_steps(tuple(CODES), free), rng, anyone_steps(tuple(CODES), free)),
        "intraclass": intraclass(drawn, mixed.office), "mixed model": mixed.solver, "ratio": mixed.theta,
        "closest": closest(square, numbers(60, 1)[:, 0], np.full(60, -1.0), np.full(60, 0.5), np.zeros(60)),
        "calibration": calibrate(expected, System([level], table, free), table["weight"].to_numpy()),
        "sample": draw_fixed(expected, 200, rng), "whole": whole(expected, 500),
    }  # fmt: skip


def register() -> dict[str, Any]:
    """Answers of the register twin's solver; one outcome of one group from margins to the last flip."""
    rng = np.random.default_rng(4)
    balance = np.column_stack([rng.integers(0, 2, (4000, 8)), np.ones(4000), rng.random(4000)]).astype(float)
    people = prepared(SITUATIONAL, np.random.default_rng(1))
    outcome = draw_outcome(regressions()["v2", (SITUATIONAL,)], people, np.random.default_rng(2))
    return {
        "cube": cube(rng.uniform(0.05, 0.6, 4000), balance, rng),
        "margins": list(margins(SITUATIONAL).values()),
        "people": np.array(list(draw_people(SITUATIONAL, np.random.default_rng(1)).values())),
        "exchanged": np.array(list(people.values())), "outcome": outcome,
    }  # fmt: skip


def digests() -> dict[str, str]:
    """Digest of each answer's bits."""
    answers = arithmetic() | survey() | register()
    return {
        name: hashlib.sha256(np.ascontiguousarray(np.asarray(value)).tobytes()).hexdigest()[:16]
        for name, value in answers.items()
    }


if __name__ == "__main__":
    print(json.dumps(in_use() | {"decisions": digests()}))
