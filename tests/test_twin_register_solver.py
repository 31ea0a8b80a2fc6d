"""The register twin's solver on small problems, its files on disk, and what is refused."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import twin.register
from engine.data.manifest import read_manifest
from engine.errors import ReportError
from twin.register import ensure_both, ensure_register, generate, margins, outcomes, small_cells, sources
from twin.register.__main__ import main
from twin.register.cube import cube
from twin.register.flips import flip
from twin.register.generate import Piece
from twin.register.moments import Aim, Predictors
from twin.register.outcomes import Bound, Fitted, aims, draw_outcome
from twin.register.people import draw_people, possible
from twin.register.regressions import CONSTANT, Regression, Term, regressions
from twin.register.small_cells import Cell, Outcome, integerise
from twin.register.sources import Printed
from twin.register.swaps import tune

PROJECT = Path(__file__).resolve().parents[1]


def small_model(stars: int = 0) -> Regression:
    printed = Printed(0.1, 3, "coef", stars)
    terms = (
        Term(CONSTANT, (), Printed(0.4, 3, "coef"), "constant"), Term("gender", (1,), printed, "women"),
        Term("county", (2, 3), Printed(-0.05, 3, "coef"), "county"),
    )  # fmt: skip
    return Regression("v1", (1,), terms, Printed(0.02, 3, "r2"))


def small_people(count: int = 3000) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(4)
    return {
        "gender": rng.integers(1, 3, count).astype(np.int8), "county": rng.integers(1, 5, count).astype(np.int8),
        "service_group": np.ones(count, dtype=np.int8),
    }  # fmt: skip


def test_the_cube_keeps_totals_and_chances() -> None:
    rng = np.random.default_rng(1)
    balance = np.column_stack([rng.integers(0, 2, (4000, 6)), np.ones(4000)]).astype(float)
    chance = rng.uniform(0.05, 0.6, 4000)
    chance[:5], chance[5:10] = 0.0, 1.0
    drawn = cube(chance, balance, np.random.default_rng(2))
    assert set(drawn) == {0.0, 1.0}
    assert drawn[:5].sum() == 0
    assert drawn[5:10].sum() == 5
    assert np.abs(balance.T @ (drawn - chance)).max() < 5
    # On the average each has her own chance, too.
    draws = np.mean([cube(chance[:300], balance[:300], np.random.default_rng(k)) for k in range(200)], axis=0)
    assert np.corrcoef(draws, chance[:300])[0, 1] > 0.95


def test_an_outcome_gives_the_coefficients_keeps_zeros_and_further_totals() -> None:
    people, model = small_people(), small_model()
    may = np.arange(3000) % 7 > 0
    half = (np.arange(3000) < 1500).astype(float)
    bounds = [Bound("first half", half, 500, 520)]
    drawn = draw_outcome(model, people, np.random.default_rng(3), may, bounds=bounds)
    design = model.design(people)
    assert np.abs(np.linalg.lstsq(design, drawn, rcond=None)[0] - model.coefficients).max() < 0.0005
    assert drawn[~may].sum() == 0
    assert 500 <= half @ drawn <= 520


def test_an_outcome_that_cannot_be_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ReportError, match="cannot hold together"):
        draw_outcome(small_model(), small_people(), np.random.default_rng(3), np.arange(3000) % 7 == 0)
    monkeypatch.setattr(outcomes, "flip", lambda *arguments: None)
    with pytest.raises(ReportError, match="no outcome of v1"):
        draw_outcome(small_model(), small_people(), np.random.default_rng(3))


def test_flips_end_where_nothing_helps() -> None:
    people, model = small_people(40), small_model()
    system = Fitted(model, people)
    assert flip(np.zeros(40), system, np.ones(40, dtype=bool), np.random.default_rng(1)) is None


def test_aims_lie_where_the_stars_are() -> None:
    people = small_people(9000)
    design = small_model().design(people)
    inverse = np.linalg.inv(design.T @ design)
    # With 9000 persons 0.1 has three stars wherever it lies: none can't be had, and the interval stays.
    for stars in (0, 3):
        assert aims(small_model(stars), design, inverse)[1] == pytest.approx((0.0995, 0.1005))
    # As many copies of everyone as put the limit of three stars into the middle of the interval.
    expected = design @ small_model().coefficients
    mean = expected.mean()
    error = np.sqrt((mean * (1 - mean) - expected.var()) * inverse[1, 1] * 9000 / 8997)
    wide = inverse * (0.1 / outcomes.CRITICAL[3] / error) ** 2
    low, high = aims(small_model(3), design, wide)[1]
    assert 0.1 < low < high == 0.1005
    low, high = aims(small_model(2), design, wide)[1]
    assert 0.0995 == low < high < 0.1


def test_exchanges_reach_a_sum_and_keep_margins() -> None:
    people = small_people()
    before = {name: np.bincount(codes) for name, codes in people.items()}
    effects = small_model().effects()
    predictors = Predictors(people, {"v1": effects})
    start = predictors.values["v1"] @ predictors.values["v1"]
    aim = Aim("sum", (("v1", "v1", 1.0),), float(start * 1.05), 0.01)
    assert tune(predictors, [aim], ["gender", "county"], np.ones(3000, dtype=bool), np.random.default_rng(1)) > 0
    again = Predictors(people, {"v1": effects}).values["v1"]
    assert again @ again == pytest.approx(start * 1.05, abs=0.02)
    assert all((np.bincount(codes) == before[name]).all() for name, codes in people.items())
    far = Aim("sum", (("v1", "v1", 1.0),), 1e9, 0.01)
    with pytest.raises(ReportError, match="do not reach sum"):
        tune(predictors, [far], ["gender"], np.ones(3000, dtype=bool), np.random.default_rng(1))


def test_small_cells_become_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    people = small_people()
    people["county"][:60] = 9
    people["county"][60:] = np.where(people["county"][60:] == 9, 1, people["county"][60:])
    predictors = Predictors(people, {"v1": small_model().effects()})
    cell = Cell("county", (9,), people["county"] == 9)
    rng = np.random.default_rng(1)
    frozen = integerise(predictors, [cell], [Outcome("v1", 0.4367)], ["gender"], rng)
    total = Predictors(people, {"v1": small_model().effects()}).values["v1"][cell.members].sum() + 0.4367 * 60
    assert (frozen == cell.members).all()
    assert abs(total - round(total)) <= small_cells.NEAR * small_cells.HALF * 60
    monkeypatch.setattr(small_cells, "ROUNDS", 30)
    with pytest.raises(ReportError, match="no whole numbers"):
        integerise(predictors, [cell], [Outcome("v1", 0.4375)], ["gender"], rng)


def test_people_have_exact_margins_and_reasonable_ages() -> None:
    people = draw_people(3, np.random.default_rng(1))
    for (variable, code), number in margins.margins(3).items():
        assert (people[variable] == code).sum() == number
    assert not ((people["age_group"] == 1) & (people["duration_group"] >= 5)).any()
    first = np.flatnonzero(people["age_group"] == 1)[:50]
    second = np.flatnonzero(people["duration_group"] == 6)[:50]
    assert not possible(people, "duration_group", first, second).any()
    receives, others = np.flatnonzero(people["benefit"] == 1)[:50], np.flatnonzero(people["benefit"] == 3)[:50]
    assert not possible(people, "medical_treatment", receives, others).any()


def test_margins_that_contradict_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [dict(row) for row in sources.read("margins")]
    for row in rows:
        if row["source"] == "tbl-k1/standard/kjonn=kvinner":
            row["count"] = "1"
    monkeypatch.setattr(margins, "read", lambda name: rows)
    with pytest.raises(ReportError, match="contradict each other"):
        margins.margins(1)


def test_tables_are_read_with_their_sources() -> None:
    assert sum(len(model.terms) for model in regressions().values()) == 239
    assert sources.published("tbl-v2/situasjonsbestemt/konstant").stars == 3
    assert len(sources.sources()) > 350
    with pytest.raises(ReportError, match="no published number"):
        sources.published("tbl-v9/none")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Files in an instant; what counts here is where they go and when."""
    made: list[int] = []

    def few(seed: int, scale: int, progress: object) -> Iterator[Piece]:
        made.append(seed)
        yield Piece("spell", "registered_year=2020", 0, pa.table({"person_id": [seed]}))
        yield Piece("population", "", 0, pa.table({"year": [2021]}))

    monkeypatch.setattr(generate, "generate", few)
    return made


def contents(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_a_current_register_is_left_alone_and_another_is_made_again(quick: list[int], tmp_path: Path) -> None:
    folder = ensure_register(tmp_path, seed=1)
    first = contents(tmp_path)
    assert set(first) == {f"register/{name}" for name in (
        "dataset.json", "population.parquet", "spell/registered_year=2020/part-0.parquet")}  # fmt: skip
    ensure_register(tmp_path, seed=1)
    assert quick == [1]
    (folder / "population.parquet").write_bytes(b"damaged")
    ensure_register(tmp_path, seed=1)
    assert contents(tmp_path) == first
    manifest = json.loads((folder / "dataset.json").read_text(encoding="utf-8"))
    (folder / "dataset.json").write_text(json.dumps(manifest | {"recipe": "old"}), encoding="utf-8")
    ensure_register(tmp_path, seed=1)
    ensure_register(tmp_path, seed=1, scale=2)
    assert quick == [1, 1, 1, 1]
    assert read_manifest(folder).recipe == f"{sources.recipe()}-x2"
    ensure_register(tmp_path, seed=2)
    assert read_manifest(folder).seed == 2


def test_the_recipe_covers_the_published_numbers_used(monkeypatch: pytest.MonkeyPatch) -> None:
    before = sources.recipe()
    changed = sources._printed() | {"tbl-v1/situasjonsbestemt/konstant": Printed(0.5, 3, "coef")}
    monkeypatch.setattr(sources, "_printed", lambda: changed)
    assert sources.recipe() != before


def test_two_at_once_make_it_once(quick: list[int], tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda root: ensure_register(root, seed=1), [tmp_path] * 2))
    assert quick == [1]


@pytest.mark.parametrize("manifest", [None, "real"])
def test_other_data_is_never_overwritten(quick: list[int], tmp_path: Path, manifest: str | None) -> None:
    folder = tmp_path / "register"
    folder.mkdir()
    pq.write_table(pa.table({"year": [2021]}), folder / "population.parquet")
    if manifest:
        text = json.dumps({"kind": manifest, "title": "t", "source": "s", "files": {}})
        (folder / "dataset.json").write_text(text, encoding="utf-8")
    before = contents(tmp_path)
    assert main(["--out", str(tmp_path)]) == 1
    assert contents(tmp_path) == before
    with pytest.raises(ReportError, match="holds other register files"):
        ensure_both(tmp_path)


def test_a_failure_leaves_the_old_files(quick: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ensure_register(tmp_path, seed=1)
    before = contents(tmp_path)

    def broken(seed: int, scale: int, progress: object) -> Iterator[Piece]:
        yield Piece("population", "", 0, pa.table({"year": [2021]}))
        raise ReportError("it did not work")

    monkeypatch.setattr(generate, "generate", broken)
    with pytest.raises(ReportError, match="did not work"):
        ensure_register(tmp_path, seed=2)
    assert contents(tmp_path) == before


def test_both_twins_side_by_side(quick: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[tuple[Path, int]] = []
    monkeypatch.setattr("twin.ensure_twin", lambda root, seed: made.append((root, seed)))
    ensure_register(tmp_path)
    assert ensure_both(tmp_path) == tmp_path
    assert made == [(tmp_path, twin.DEFAULT_SEED)]
    # A process of its own: one that only tells its error.
    monkeypatch.setattr(twin.register, "sys", type("Stub", (), {"executable": "/bin/false"}))
    with pytest.raises(ReportError, match="could not be made"):
        ensure_both(tmp_path, seed=5)
    assert made[-1] == (tmp_path, 5)


def test_command_line(quick: list[int], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--out", str(tmp_path), "--seed", "3"]) == 0
    assert "register twin lies in" in capsys.readouterr().err
    assert read_manifest(tmp_path / "register").seed == 3
    with pytest.raises(SystemExit):
        main(["--scale", "0"])
    command = [sys.executable, "-m", "twin.register", "--help"]
    shown = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    assert "--scale K" in shown.stdout


def test_scale_makes_other_people_with_the_same_codes(
    register_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from register_reference import read_month

    from twin.register.panel import draw_panel

    panel = draw_panel(7)
    monkeypatch.setattr(generate, "draw_panel", lambda seed, progress: panel)
    folder = ensure_register(tmp_path, seed=7, scale=2)
    people = read_month(folder, "2021-02")
    assert people.index.is_unique
    people = people[(people["age_years"] < 30) & (people["service_group"] <= 3)]
    assert len(people) == 2 * 92_993
    halves = people.groupby(people.index // generate.STEP)["service_group"].value_counts().unstack()
    assert (halves.iloc[0] == halves.iloc[1]).all()
    population = pq.read_table(folder / "population.parquet").to_pandas()
    once = pq.read_table(register_root / "register" / "population.parquet").to_pandas()
    assert (population.drop(columns="year") == 2 * once.drop(columns="year")).all(axis=None)
