"""`report register`, and the engines that it can name."""

from __future__ import annotations

import sys

import pandas as pd
import pytest
from click.testing import CliRunner
from fake_register import fake_tables, store_register

from engine.errors import ReportError
from engine.register.engines import java_memory, open_engine
from engine.register.register import open_register
from engine.register.regressions import register_regression
from press.cli import main


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = tmp_path_factory.mktemp("register")
    store_register(root, fake_tables(3000, seed=3))
    return root


def test_it_prints_the_flow_and_writes_the_tables(root, tmp_path):
    wish = ["register", "--data", str(root), "--memory", "512MB", "--out", str(tmp_path / "t")]
    done = CliRunner().invoke(main, wish)
    assert done.exit_code == 0
    register = open_register(root)
    assert done.stdout.count(" → ") == len(register.flow)
    assert {path.name for path in (tmp_path / "t").iterdir()} == {"flow.csv", *(f"tbl-v{i}.csv" for i in range(1, 5))}
    written = pd.read_csv(tmp_path / "t" / "tbl-v3.csv", keep_default_na=False, na_values=[""])
    expected = register_regression(register, "tbl-v3")
    assert written["term"].tolist() == expected["term"].tolist()
    assert written["estimate"].to_numpy() == pytest.approx(expected["estimate"].to_numpy(), nan_ok=True, abs=1e-12)
    # A cell can be one person: none is written, and small counts are hidden.
    assert not any("persons" in pd.read_csv(path).columns for path in (tmp_path / "t").iterdir())


def test_small_counts_are_hidden(tmp_path):
    store_register(tmp_path, fake_tables(16, seed=2))
    flow = open_register(tmp_path).flow
    assert (flow["rows_out"].between(1, 9)).any()
    done = CliRunner().invoke(main, ["register", "--data", str(tmp_path)])
    assert "skjult" in done.stdout


def test_an_unknown_engine_and_a_memory_that_is_none_are_told(root):
    with pytest.raises(ReportError, match="no such engine"):
        open_engine(root / "register", "ibis")
    with pytest.raises(ReportError, match="no size of memory"):
        open_engine(root / "register", memory="much")
    with pytest.raises(ReportError, match="no size of memory"):
        java_memory("4")
    assert [java_memory(text) for text in ("4GB", "512 MB", "2GiB")] == ["4g", "512m", "2g"]


def test_without_pyspark_it_says_what_to_install(root, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark.errors", None)
    with pytest.raises(ReportError, match=r"PySpark is not installed.*\[spark\]"):
        open_engine(root / "register", "local[2]")
