"""The twin's solver on problems with known answers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from engine.errors import ReportError
from twin.composites import Composite, composites
from twin.entropy import answer, chances, spread_places
from twin.items import shape
from twin.mixed import intraclass, ratio
from twin.models import Fit, Model
from twin.repair import anyone_steps, change_steps, repair
from twin.scores import Score, read_score
from twin.system import System
from twin.targets import Target

CODES = np.arange(1.0, 6.0)
MEAN = Target("mean", "mean", "x", (2024,), "answered", "", "", (), 3.6, 3.7, "assumption")


def people(count: int = 400) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    return pd.DataFrame({
        "wave": 2024, "weight": rng.uniform(0.5, 1.5, count), "office_size": rng.integers(6, 200, count).astype(float),
        "office_id": rng.integers(1, 21, count), "sector": rng.integers(1, 3, count).astype(float),
    })  # fmt: skip


def solve(targets: list[Target], table: pd.DataFrame, prior: np.ndarray) -> tuple[System, np.ndarray, np.ndarray]:
    system = System(targets, table, np.ones(len(table), dtype=bool))
    places = spread_places(table[["sector"]].to_numpy(), np.random.default_rng(1))
    chance = chances(np.tile(prior, (len(table), 1)), CODES, system, places)
    return system, chance, answer(chance, CODES, places)


def test_without_targets_the_model_is_kept() -> None:
    prior = shape("3.2;1.0", CODES)
    _, chance, _ = solve([], people(), prior)
    assert np.allclose(chance, np.exp(prior) / np.exp(prior).sum())
    assert chance[0] @ CODES == pytest.approx(3.2)
    assert chance[0] @ (CODES - 3.2) ** 2 == pytest.approx(1.0)


def test_one_mean_is_reached_by_one_tilt_for_all() -> None:
    table = people().assign(weight=1.0)
    _, chance, _ = solve([replace(MEAN, low=3.6999, high=3.7001)], table, shape("3.2;1.0", CODES))
    assert np.allclose(chance, chance[0])
    assert chance[0] @ CODES == pytest.approx(3.7, abs=2e-3)
    # The smallest Kullback–Leibler distance is an exponential tilt: log ratios are linear in the code.
    slopes = np.diff(np.log(chance[0]) - shape("3.2;1.0", CODES))
    assert np.allclose(slopes, slopes[0], atol=1e-6)


def test_a_mean_inside_its_interval_is_left_alone() -> None:
    _, chance, _ = solve([replace(MEAN, low=2.0, high=4.0)], people(), shape("3.2;1.0", CODES))
    assert chance[0] @ CODES == pytest.approx(3.2)


def test_impossible_targets_are_named() -> None:
    with pytest.raises(ReportError, match="cannot hold together; farthest off: low"):
        solve([MEAN, replace(MEAN, name="low", low=2.0, high=2.001)], people(), shape("3.2;1.0", CODES))


def test_draw_and_repair_meet_means_spread_and_shares() -> None:
    table = people()
    targets = [
        MEAN,
        replace(MEAN, name="high", rule="sector==2", against="sector==1", low=0.30, high=0.31),
        replace(MEAN, name="four", measure="share", variable="x>=4", low=60.0, high=61.0),
        replace(MEAN, name="sd", measure="sd", low=1.10, high=1.11),
    ]
    system, _, drawn = solve(targets, table, shape("3.2;1.0", CODES))
    free, rng = np.ones(len(table), dtype=bool), np.random.default_rng(2)
    steps, others = change_steps(tuple(CODES), free), anyone_steps(tuple(CODES), free)
    fixed = repair(drawn, system, steps, rng, others)
    assert fixed is not None
    assert system.missed(fixed) == []
    mean = np.average(fixed, weights=table["weight"])
    assert 1.10 <= np.sqrt(np.average((fixed - mean) ** 2, weights=table["weight"])) <= 1.11
    assert set(fixed) <= set(CODES)


def test_places_are_spread_within_groups() -> None:
    places = spread_places(np.repeat([[1.0], [2.0]], 500, axis=0), np.random.default_rng(1))
    for part in (places[:500], places[500:]):
        assert abs((part < 0.3).mean() - 0.3) < 0.01
    assert answer(np.array([[0.2, 0.8], [1.0, 0.0]]), np.array([0.0, 1.0]), np.array([0.1, 1.0])).tolist() == [0, 0]


def outcome(table: pd.DataFrame) -> np.ndarray:
    rng = np.random.default_rng(5)
    office = rng.normal(0, 0.5, 21)[table["office_id"]]
    return np.clip(np.round(3 + 0.4 * (table["sector"] == 2) + office + rng.normal(0, 1, len(table))), 1, 5).to_numpy()


def test_a_fit_is_weighted_least_squares_with_hc1() -> None:
    table = people()
    fit = Fit(Model("m", "ols", 2024, "answered", ("sector==2", "office_size", "office_size^2")), table)
    known = sm.WLS(outcome(table), fit.design, weights=table["weight"]).fit(cov_type="HC1")
    assert fit.solver @ outcome(table) == pytest.approx(known.params)
    for place, term in enumerate([*fit.model.terms, "constant"]):
        assert fit.error(fit.combination(term), outcome(table)) == pytest.approx(known.bse[place])
    assert fit.combination("sector=2")[0] == 1
    assert fit.combination("office_size=10")[1:3].tolist() == [10, 100]


def test_the_mixed_model_is_that_of_statsmodels() -> None:
    table = people()
    fit = Fit(Model("m", "mixed", 2024, "answered", ("sector==2", "office_size")), table)
    fit.renew(outcome(table))
    design = fit.design / np.abs(fit.design).max(axis=0)
    known = sm.MixedLM(outcome(table), design, groups=table["office_id"]).fit(reml=True)
    scale = np.abs(fit.design).max(axis=0)
    assert fit.solver @ outcome(table) == pytest.approx(known.fe_params / scale, abs=1e-5)
    assert fit.error(fit.combination("sector==2"), outcome(table)) == pytest.approx(known.bse[0], rel=2e-3)
    assert ratio(design, outcome(table), fit.office) ** 2 == pytest.approx(known.cov_re[0, 0] / known.scale, rel=2e-2)
    flat = np.tile([1.0, 2.0], 100)
    assert intraclass(flat, np.repeat(np.arange(100), 2)) == 0


def test_scores() -> None:
    assert read_score("a/b") == ("a", "b", Score())
    assert read_score("a>=4")[2].of([3, 4, 5]).tolist() == [0, 1, 1]
    assert Score("square").of([3.0]).tolist() == [9]


def test_composites() -> None:
    table = pd.DataFrame({name: [1.0, 2.0] for name in ("place_mental", "place_complex", "place_digital")})
    table = table.assign(place_norwegian=[3.0, np.nan], wave=2024, office_id=1)
    composite = Composite.read(table, "place_attendance")
    assert composite is not None
    assert composite.base.tolist() == [6, 6]
    assert composite.count.tolist() == [5, 4]
    assert Composite.read(table, "comp_leadership") is None
    table["place_attendance"] = [4.0, 2.0]
    composites(table, "place_attendance")
    assert table["place_challenges_mean"].tolist() == [2, 2]
    table["experience"] = [1.0, 3.0]
    composites(table, "experience")
    assert table["experience3"].tolist() == [1, 2]
