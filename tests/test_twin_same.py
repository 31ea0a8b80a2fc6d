"""One twin for all processors: each decision, and both twins whole, as on other processors."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

from tests.processors import Processor, in_use, processors, told
from twin import DEFAULT_SEED, digests
from twin.register import DEFAULT_SEED as REGISTER_SEED
from twin.register import margins

Told = list[tuple[Processor, dict[str, Any]]]
NAMES = [processor.name for processor in processors()]


@pytest.fixture(scope="module")
def everywhere() -> Told:
    """What processes told that decided on all processors, two at a time."""

    def one(processor: Processor) -> tuple[Processor, dict[str, Any]]:
        return processor, told(processor.start("-m", "tests.decisions"))

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(one, processors()))


def test_each_decision_is_the_same_everywhere(everywhere: Told) -> None:
    own = everywhere[0][1]["decisions"]
    assert len(own) > 25
    for processor, seen in everywhere:
        assert seen["decisions"] == own, processor.name


def test_processors_are_what_they_are_called(everywhere: Told) -> None:
    assert [processor.name for processor, seen in everywhere if processor.differences(seen)] == []


@pytest.mark.skipif(not in_use()["kernels"], reason="numpy has another BLAS")
def test_processors_are_not_alike(everywhere: Told) -> None:
    """What the twins may not use does differ: else equal answers would say nothing."""
    assert len({seen["product"] for _, seen in everywhere}) >= 3
    assert {"Prescott", "Nehalem", "oldest", "two threads"} <= {processor.name for processor, _ in everywhere}


# Whole twins


def bytes_of(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def test_both_twins_are_the_same_on_the_most_unlike_processor(
    twin_root: Path, register_root: Path, unlike_root: Path
) -> None:
    other = bytes_of(unlike_root)
    survey = {name: text for name, text in bytes_of(twin_root).items() if not name.startswith("register/")}
    register = {name: text for name, text in bytes_of(register_root).items() if name.startswith("register/")}
    assert survey | register == other


def test_the_twins_are_the_published_ones(twin_root: Path, register_root: Path) -> None:
    """A twin that has changed needs new digests: `python -m twin.digests`; and new values of R: `make oracle`."""
    assert digests.differing(digests.SURVEY, DEFAULT_SEED, twin_root) == []
    assert digests.differing(digests.REGISTER, REGISTER_SEED, register_root / "register") == []


# Digests


def test_a_digest_is_of_what_a_file_says(twin_root: Path, register_root: Path, tmp_path: Path) -> None:
    reports = register_root / "register/meldekort/period_month=2021-02/part-0.parquet"
    for path in (twin_root / "survey_2024.parquet", reports):
        table, other = pq.ParquetFile(path).read(), tmp_path / path.name
        pq.write_table(table, other, compression="none", use_dictionary=False)
        assert other.read_bytes() != path.read_bytes()
        assert digests.content(other) == digests.content(path)
        for changed in (table.slice(1), table.rename_columns([f"{name}_" for name in table.column_names])):
            pq.write_table(changed, other)
            assert digests.content(other) != digests.content(path)
        values = table.to_pandas()
        values.loc[3, values.columns[-1]] = None
        values.to_parquet(other)
        blank = digests.content(other)
        values.loc[3, values.columns[-1]] = 0
        values.to_parquet(other)
        assert digests.content(other) != blank


def test_every_seed_in_use_has_digests_of_all_files(twin_root: Path, register_root: Path) -> None:
    for twin, own, root in (
        (digests.SURVEY, DEFAULT_SEED, twin_root), (digests.REGISTER, REGISTER_SEED, register_root / "register")
    ):  # fmt: skip
        for seed in digests.SEEDS:
            assert list(digests.published(twin, seed or own)) == list(digests.contents(root)), (twin, seed)
    assert digests.published(digests.SURVEY, 8) == {}


def test_a_new_twin_that_is_another_says_so(
    twin_root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    digests.compare(digests.SURVEY, DEFAULT_SEED, twin_root)
    assert capsys.readouterr().err == ""
    lines = digests.DIGESTS.read_text(encoding="utf-8").splitlines()
    old = [line.rpartition(",")[0] + ",0" if "frame_" in line or "_2024" in line else line for line in lines]
    (tmp_path / "digests.csv").write_text("\n".join(old) + "\n", encoding="utf-8")
    monkeypatch.setattr(digests, "DIGESTS", tmp_path / "digests.csv")
    names = digests.differing(digests.SURVEY, DEFAULT_SEED, twin_root)
    assert names == ["frame_2022.parquet", "frame_2023.parquet", "frame_2024.parquet", "survey_2024.parquet"]
    digests.compare(digests.SURVEY, DEFAULT_SEED, twin_root)
    said = capsys.readouterr().err
    start = f"Warning: the survey twin of seed {DEFAULT_SEED} is not the published one: frame_2022.parquet"
    assert said.startswith(start)
    assert "and 1 more" in said
    assert said.count("\n") == 1
    for words in ("data/twin/digests.csv", "python -m twin.digests", "make same-twin"):
        assert words in said
    # Another seed is nobody's.
    digests.compare(digests.SURVEY, 8, twin_root)
    assert capsys.readouterr().err == ""


def test_the_mark_stands_for_all_files(twin_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = digests.mark(twin_root)
    assert len(before) == 12
    known = digests.contents(twin_root)
    monkeypatch.setattr(digests, "contents", lambda folder: known | {"frame_2022.parquet": "0"})
    assert digests.mark(twin_root) != before


# Choices that are not arithmetic


@pytest.mark.parametrize("group", [1, 2, 3])
def test_the_margins_are_the_only_optimum(group: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows and columns in another order, and another algorithm, lead to the same people."""
    known, solve = margins.margins(group), margins.linprog

    def shuffled(costs: Any, bounds: Any, method: str, **given: Any) -> Any:
        order = pd.Series(range(len(costs))).sample(frac=1, random_state=group).to_numpy()
        given = {name: values[:, order] if values.ndim == 2 else values for name, values in given.items()}
        found = solve(costs[order], bounds=[bounds[k] for k in order], method="highs-ipm", **given)
        found.x = pd.Series(found.x, index=order).sort_index().to_numpy()
        return found

    monkeypatch.setattr(margins, "linprog", shuffled)
    assert margins.margins(group) == known
