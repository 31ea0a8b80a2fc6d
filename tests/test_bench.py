"""The benchmarks still fit the code that they watch; no test of how long anything takes."""

from __future__ import annotations

import importlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from press.project import ROOT, Project

CHAPTER = "05-oppfolging-av-unge"


@pytest.fixture
def bench(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "bench"))
    return importlib.import_module


def test_estimates_of_a_chapter_are_recorded_and_exported(bench, twin_root, monkeypatch, tmp_path):
    monkeypatch.setenv("REPORT_DATA", str(twin_root))
    estimates = bench("estimates")
    chapters = [chapter for chapter in Project().chapters if chapter.slug == CHAPTER]
    calls, tables = estimates.recorded(chapters)
    assert len(calls) > 1
    assert len(tables) >= len(calls)
    again = tables[0].again()
    assert [row.estimate for row in again] == [row.estimate for row in tables[0].rows]
    estimates.export(tables, tmp_path)
    assert len(pd.read_csv(tmp_path / "tasks.csv")) == len(tables)
    # What another program found is compared key by key: our own numbers, written as it would, differ by nothing.
    told = [
        {"number": number, "estimate": row.estimate, "se": row.standard_error,
         "key": "|".join("" if value == "totalt" else str(value) for value in _values(one, row))}
        for number, one in enumerate(tables) for row in one.rows
    ]  # fmt: skip
    pd.DataFrame(told).to_csv(tmp_path / "told.csv", index=False)
    count, worst = estimates.difference(tables, tmp_path / "told.csv")
    assert count == sum(row.n > 1 and not np.isnan(row.estimate) for one in tables for row in one.rows)
    assert worst < 1e-12


def _values(table, row):
    return [row.keys[key] for key in table.groups.by]


def test_persons_of_a_register_are_counted(bench, tmp_path):
    for month, ids in (("2024-01", [1, 2, 3]), ("2024-02", [2, 3, 4])):
        folder = tmp_path / "register" / "person_month" / f"month={month}"
        folder.mkdir(parents=True)
        pd.DataFrame({"person_id": ids}).to_parquet(folder / "part.parquet")
    assert bench("twins").persons(tmp_path) == 4


@pytest.mark.parametrize("name", ["execution", "rebuild", "regressions", "mixed", "scale", "phases"])
def test_every_benchmark_can_be_loaded(bench, name):
    assert Path(bench(name).__file__).parent == ROOT / "bench"
