"""The twin on disk: its form, its manifest, the same bytes again, and what is refused."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from engine.data.codebook import holds, read_codebook
from engine.data.manifest import read_manifest, verify
from engine.data.persons import POPULATIONS
from engine.data.survey import open_survey
from engine.errors import ReportError
from tests.twin_survey import PROJECT, WAVES, read
from twin import DEFAULT_SEED, ensure_twin, tables
from twin.__main__ import main
from twin.calibration import calibrate
from twin.draws import draw_fixed, stream, whole
from twin.generate import Twin, generate
from twin.quotas import half_up, quota
from twin.repair import change_codes, change_numbers, repair
from twin.rules import matches, populations
from twin.system import System
from twin.tables import Published, published
from twin.targets import Target, read_targets

FRAME = ["respondent_id", "office_id", "sector", "office_size", "nav_region"]
SERIES_NAMES = ["series/staff.csv", "series/user_groups.csv"]
NAMES = sorted(f"{kind}_{wave}.parquet" for kind in ("survey", "frame") for wave in WAVES)


@pytest.fixture(scope="module")
def root(twin_root: Path) -> Path:
    return twin_root


@pytest.fixture(scope="module")
def again(unlike_root: Path) -> Twin:
    """The twin generated a second time, and as on another processor."""
    return Twin({name.removesuffix(".parquet"): pd.read_parquet(unlike_root / name) for name in NAMES}, 0)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch, again: Twin) -> None:
    """Take the twin that was generated already, where a test is about the files and not about the making."""

    def ready(seed: int, progress: Callable[[str], None] = lambda text: None) -> Twin:
        progress("All targets hold")
        return again

    monkeypatch.setattr("twin.generate.generate", ready)


def contents(root: Path) -> dict[str, bytes]:
    # The register's twin may lie in the same root.
    files = [p for p in sorted(root.rglob("*")) if p.is_file() and "register" not in p.relative_to(root).parts]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


@pytest.mark.usefixtures("quick")
def test_the_same_seed_gives_the_same_bytes(root: Path, tmp_path: Path) -> None:
    assert contents(ensure_twin(tmp_path / "again")) == contents(root)


def test_nothing_but_the_twin_is_left_behind(root: Path) -> None:
    assert sorted(contents(root)) == sorted([*NAMES, *SERIES_NAMES, "dataset.json"])
    assert not [path for path in root.parent.iterdir() if path.name.startswith(f".{root.name}")]


def test_manifest(root: Path) -> None:
    manifest = read_manifest(root)
    verify(root, manifest, [root / name for name in (*NAMES, *SERIES_NAMES)])
    assert manifest.is_synthetic
    assert (manifest.seed, manifest.recipe, manifest.created) == (DEFAULT_SEED, tables.recipe(), "2025-03-01")
    rows = {name: pq.read_metadata(root / name).num_rows for name in NAMES}
    rows |= {name: len(pd.read_csv(root / name)) for name in SERIES_NAMES}
    assert {name: record.rows for name, record in manifest.files.items()} == rows
    made = {column for name in NAMES for column in pq.read_schema(root / name).names}
    asked = {variable.name for variable in read_codebook() if variable.source == "survey"}
    assert set(manifest.omitted) == asked - made


@pytest.mark.parametrize("name", SERIES_NAMES)
def test_every_register_says_that_it_is_synthetic(root: Path, name: str) -> None:
    assert set(pd.read_csv(root / name)["datagrunnlag"]) == {"syntetisk"}


@pytest.mark.parametrize("name", NAMES)
def test_every_file_says_that_it_is_synthetic(root: Path, name: str) -> None:
    assert b"syntetisk" in b" ".join(pq.read_schema(root / name).metadata.values())


@pytest.mark.parametrize("wave", WAVES)
def test_files_follow_the_codebook(root: Path, wave: int) -> None:
    codebook = read_codebook()
    frame, survey = (pd.read_parquet(root / f"{kind}_{wave}.parquet") for kind in ("frame", "survey"))
    assert list(frame) == FRAME
    assert frame.notna().all(axis=None)
    assert frame["respondent_id"].is_unique
    assert survey["respondent_id"].is_unique
    assert survey["respondent_id"].isin(frame["respondent_id"]).all()
    for name, column in survey.items():
        variable = codebook[str(name)]
        assert variable.source == "survey"
        assert wave in variable.waves
        if variable.is_coded:
            assert set(column.dropna()) <= {*variable.codes, *variable.missing}
        assert column.notna().equals(pd.Series(holds(survey, variable.filter)))


def test_the_loader_agrees_on_populations(root: Path) -> None:
    survey, people = open_survey(2024, root), read(root)[0]
    for name in populations():
        if name in POPULATIONS:
            expected = survey.population(name).groupby("wave").size().to_dict()
            assert people[matches(people, populations()[name])].groupby("wave").size().to_dict() == expected
    weights = survey.answered.sort_values(["wave", "respondent_id"])["weight"].to_numpy()
    assert np.allclose(weights, people.sort_values(["wave", "respondent_id"])["weight"].to_numpy())


@pytest.mark.usefixtures("quick")
def test_a_current_twin_is_left_alone_and_a_damaged_one_is_made_again(root: Path, tmp_path: Path) -> None:
    other = ensure_twin(tmp_path / "twin")
    stamps = {path: path.stat().st_mtime_ns for path in other.iterdir()}
    ensure_twin(other)
    assert {path: path.stat().st_mtime_ns for path in other.iterdir()} == stamps
    table = pq.read_table(other / "frame_2023.parquet")
    pq.write_table(table.slice(5), other / "frame_2023.parquet")
    (other / "dataset.json").unlink()
    (other / "survey_2022.parquet").unlink()
    assert contents(ensure_twin(other)) == contents(root)


@pytest.mark.usefixtures("quick")
def test_another_recipe_makes_a_new_twin(tmp_path: Path) -> None:
    other = ensure_twin(tmp_path / "twin")
    manifest = json.loads((other / "dataset.json").read_text(encoding="utf-8"))
    (other / "dataset.json").write_text(json.dumps(manifest | {"recipe": "old"}), encoding="utf-8")
    ensure_twin(other)
    assert read_manifest(other).recipe == tables.recipe()


def test_the_recipe_covers_code_tables_and_the_published_numbers_used(monkeypatch: pytest.MonkeyPatch) -> None:
    before = tables.recipe()
    assert "fig-16/all/2024" in tables.sources()
    changed = {**tables._printed(), "fig-16/all/2024": Published(77.0, 0, "mean")}
    monkeypatch.setattr(tables, "_printed", lambda: changed)
    assert tables.recipe() != before


@pytest.mark.usefixtures("quick")
def test_two_at_once(root: Path, tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(ensure_twin, [tmp_path / "twin"] * 2))
    assert contents(tmp_path / "twin") == contents(root)


@pytest.mark.parametrize("name", ["survey_2024.csv", "survey_2024.parquet"])
def test_other_data_is_never_overwritten(tmp_path: Path, name: str) -> None:
    if name.endswith("parquet"):
        pq.write_table(pa.table({"respondent_id": [1]}), tmp_path / name)
    else:
        (tmp_path / name).write_text("respondent_id\n1\n", encoding="utf-8")
    before = contents(tmp_path)
    with pytest.raises(ReportError, match="holds other survey files"):
        ensure_twin(tmp_path)
    assert contents(tmp_path) == before
    assert main(["--out", str(tmp_path)]) == 1


@pytest.mark.usefixtures("quick")
def test_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str], root: Path) -> None:
    arguments = ["--out", str(tmp_path / "twin"), "--seed", str(DEFAULT_SEED)]
    assert main(arguments) == 0
    output = capsys.readouterr()
    assert output.out == ""
    assert "targets hold" in output.err
    assert contents(tmp_path / "twin") == contents(root)
    assert main(arguments) == 0
    assert "already" in capsys.readouterr().err


def test_help_and_import_are_quick() -> None:
    code = "import sys, twin; print(sorted({'numpy', 'pandas', 'pyarrow'} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
    shown = subprocess.run(
        [sys.executable, "-m", "twin", "--help"], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert "--out" in shown.stdout
    assert "--seed" in shown.stdout


def impossible(name: str, **changes: float) -> list[Target]:
    return [replace(target, **changes) if target.name == name else target for target in read_targets()]


def test_contradicting_targets_are_an_error() -> None:
    with pytest.raises(ReportError, match=r"cannot hold together; farthest off: .*fig-16/all/2024"):
        generate(1, impossible("fig-16/all/2024", low=100.0, high=101.0))


def test_unreachable_shares_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("twin.generate.ATTEMPTS", 1)
    with pytest.raises(ReportError, match="cannot hold together; farthest off: age-n/unge"):
        generate(1, impossible("age-n/unge", low=4000.5, high=4001.5))


def test_bad_rows_of_targets_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    row = dict.fromkeys(("filter", "against", "at", "low", "high"), "") | {
        "id": "x", "measure": "mean", "variable": "caseload", "wave": "2024", "population": "counsellors",
        "source": "fig-16/all/2024",
    }  # fmt: skip
    for change, message in (
        ({"measure": "median"}, "unknown measure"),
        ({"source": "assumption"}, "assumption without numbers"),
        ({"low": "2", "high": "1"}, "empty interval"),
        ({"source": "fig-99"}, "no published number"),
    ):
        monkeypatch.setattr("twin.targets.read", lambda table, change=change: [row | change])
        with pytest.raises(ReportError, match=message):
            read_targets(("one",))
    monkeypatch.setattr("twin.targets.read", lambda table: [row])
    (target,) = read_targets(("one",))
    assert (target.low, target.high) == (75.5, 76.5)
    assert target.aim(0.8) == pytest.approx((75.6, 76.4))
    assert replace(target, low=1.96, high=float("inf")).aim(0.8) == pytest.approx((2.06, float("inf")))


def test_published_numbers_and_quotas() -> None:
    assert published("fig-16/all/2022").interval() == (69.5, 70.5)
    assert quota(2024, "invited", 1) == half_up(0.45 * 13970) == 6287
    with pytest.raises(ReportError, match="no number of persons"):
        quota(1999, "invited")


def test_rules() -> None:
    people = pd.DataFrame({"a": [1.0, 2.0, np.nan], "b": [1, 1, 3]})
    assert matches(people, "").all()
    assert matches(people, "a==1;b==1 or b>=3").tolist() == [True, False, True]
    assert matches(people, "a<=1").tolist() == [True, False, False]
    with pytest.raises(ReportError, match="no condition"):
        matches(people, "a is 1")


def test_draws_have_the_asked_number() -> None:
    rng = np.random.default_rng(1)
    chances = np.array([0.0, 5.0, 1.0, 1.0, 1.0, 1.0])
    drawn = np.array([draw_fixed(chances, 3, rng) for _ in range(400)])
    assert (drawn.sum(axis=1) == 3).all()
    assert drawn[:, 0].sum() == 0
    assert drawn[:, 1].all()
    assert np.abs(drawn[:, 2:].mean(axis=0) - 0.5).max() < 0.1
    assert draw_fixed(chances, 5, rng).tolist() == [False, True, True, True, True, True]
    with pytest.raises(ValueError, match="more to draw"):
        draw_fixed(chances, 6, rng)
    assert whole([1, 1, 1], 10).tolist() == [4, 3, 3]
    assert stream(1, 0, "a").integers(10**9) != stream(1, 0, "b").integers(10**9)


def small(targets: list[Target], values: list[float]) -> System:
    people = pd.DataFrame({"wave": 2024, "weight": 1.0, "office_size": 50, "has_caseload": 1, "caseload": values})
    return System(targets, people, np.ones(len(people), dtype=bool))


def test_repair_gives_up_where_no_step_helps() -> None:
    target = Target("x", "mean", "caseload", (2024,), "with_caseload", "", "", (), 10.1, 10.2, "assumption")
    system, rng = small([target], [10.0] * 5), np.random.default_rng(1)
    assert repair(np.full(5, 10.0), system, change_numbers(np.full(5, 10.0)), rng) is None
    assert repair(np.full(5, 10.0), system, change_numbers(np.full(5, 10.0), least=100.0), rng) is None
    met = small([replace(target, low=9.0, high=11.0)], [10.0] * 5)
    assert repair(np.full(5, 10.0), met, change_codes((0.0, 1.0), np.ones(5, bool)), rng) is not None
    assert (calibrate(np.full(5, 10.0), small([], [10.0] * 5), np.ones(5)) == 10).all()


def test_a_target_on_hardly_anyone_is_refused() -> None:
    target = Target("x", "mean", "caseload", (2024,), "with_caseload", "caseload>=12", "", (), 1, 2, "assumption")
    with pytest.raises(ReportError, match="fewer than 4 persons"):
        small([target], [10.0, 11.0, 12.0, 13.0])


@pytest.mark.parametrize("wave", WAVES)
def test_items_look_like_answers(root: Path, wave: int) -> None:
    survey = pd.read_parquet(root / f"survey_{wave}.parquet")
    for variable in read_codebook():
        if variable.source != "survey" or variable.type != "likert5" or wave not in variable.waves:
            continue
        column = survey[variable.name].dropna()
        silent = (column == 99).mean()
        assert 0.005 < silent < 0.06, variable.name
        shares = column[column != 99].value_counts(normalize=True)
        assert set(shares.index) == {1, 2, 3, 4, 5}, variable.name
        assert shares.max() < 0.7, variable.name


def test_answers_of_a_battery_go_together(root: Path) -> None:
    survey = read(root)[0]
    items = survey[survey["wave"] == 2024]
    for battery in ("time_", "part_", "comp_", "place_", "rate_", "own_"):
        table = items[[name for name in items if name.startswith(battery)]].corr().to_numpy()
        assert 0.1 < table[np.triu_indices_from(table, 1)].mean() < 0.7, battery
    areas = [name for name in items if name.startswith("need_") and name != "need_none"]
    assert (items.loc[items["need_none"] == 1, areas].max(axis=1) == 0).all()
