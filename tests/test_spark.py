"""Spark gives what DuckDB gives: every count, every person, every coefficient. `make test-spark` runs this."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from fake_register import expected_persons, fake_tables, store_register
from test_register import COMPUTED, broken_codes, broken_double, broken_overlap, broken_person

from engine.errors import ReportError
from engine.register.register import open_register
from engine.register.regressions import register_regressions
from engine.register.robustness import conclusions
from engine.register.shares import register_dialogues, register_share

pytestmark = pytest.mark.spark
MASTER = "local[2]"


@pytest.fixture(scope="module")
def tables():
    return fake_tables(1500, seed=3)


@pytest.fixture(scope="module")
def root(tables, tmp_path_factory):
    root = tmp_path_factory.mktemp("register")
    store_register(root, tables)
    return root


@pytest.fixture(scope="module")
def spark(root):
    return open_register(root, MASTER)


@pytest.fixture(scope="module")
def duckdb(root):
    return open_register(root)


def test_the_flow_is_the_same_to_the_last_person(spark, duckdb):
    pd.testing.assert_frame_equal(spark.flow, duckdb.flow)


def test_every_person_is_computed_as_the_definitions_say(spark, tables):
    expected = expected_persons(tables)
    found = spark._engine.collect(spark._samples["panel"]).sort_values("person_id")
    assert found["person_id"].tolist() == expected["person_id"].tolist()
    for name in COMPUTED:
        assert found[name].tolist() == expected[name].tolist(), name


@pytest.mark.parametrize("sample", ["panel", "february"])
def test_cells_are_the_same(spark, duckdb, sample):
    names = ["service_group", "county_merged", "age_group", "duration_band", "work_status"]
    one, other = (register.cells(names, sample) for register in (spark, duckdb))
    pd.testing.assert_frame_equal(one, other, check_dtype=False)


def test_series_and_dialogues_are_the_same(spark, duckdb):
    pd.testing.assert_frame_equal(spark.series_cells(), duckdb.series_cells(), check_dtype=False)
    pd.testing.assert_frame_equal(spark.population, duckdb.population, check_dtype=False)
    pd.testing.assert_frame_equal(register_dialogues(spark), register_dialogues(duckdb))


def test_shares_and_regressions_are_the_same(spark, duckdb):
    pd.testing.assert_frame_equal(register_share(spark, "activity"), register_share(duckdb, "activity"))
    for one, other in zip(register_regressions(spark), register_regressions(duckdb), strict=True):
        pd.testing.assert_frame_equal(one, other, check_exact=True)
    one, other = (conclusions(register)["estimate"].to_numpy() for register in (spark, duckdb))
    assert np.array_equal(one, other)


@pytest.mark.parametrize("breaking", [broken_codes, broken_double, broken_overlap, broken_person])
def test_broken_files_are_told_in_the_same_words(tables, tmp_path, breaking):
    store_register(tmp_path, breaking(tables))
    told = []
    for engine in (MASTER, "duckdb"):
        with pytest.raises(ReportError) as caught:
            open_register(tmp_path, engine)
        told.append(str(caught.value))
    assert told[0] == told[1]


def test_spark_writes_below_the_data_root_only(spark, root):
    assert {path.name for path in root.iterdir()} == {"register", ".report-cache"}
