"""Digits that can be vouched for: what another processor's last bits change is not told."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from processors import NEW, OLD, can_be_told

from engine.estimates.models import stars
from engine.exhibits.exhibit import exhibit
from engine.exhibits.numbers import numbers_csv, supplement
from engine.table import about, described, pick
from engine.vouched import vouched, vouched_number, vouched_numbers, vouched_p
from engine.words.numbers import nb_number
from engine.words.orders import highest, lowest, ranked
from press.project import ROOT
from tests.frames import estimate_table

numbers = st.floats(-1e9, 1e9, allow_nan=False).map(lambda value: value if abs(value) > 1e-9 else 0.0)
# Estimates of all models on data made here, all digits and those vouched for.
MODELS = """
import hashlib, json
import numpy as np, pandas as pd
from processors import in_use
from engine.estimates.curves import curve
from engine.estimates.weighted import mean
from engine.estimates.models import fit
from engine.vouched import vouched
rng = np.random.default_rng(3)
frame = pd.DataFrame({"wave": np.repeat([2023, 2024], 400), "office_id": rng.integers(0, 40, 800),
                      "weight": rng.uniform(0.5, 2, 800), "size": rng.uniform(10, 200, 800), "y": rng.normal(3, 1, 800),
                      "z": rng.normal(size=800)})
tables = {"mean": mean(frame, "y", "wave"), "curve": curve(frame, "y", "size"),
          "regression": fit("y ~ size + I(size**2) + z", frame).table,
          "multilevel": fit("y ~ size + I(size**2) + z", frame, groups="office_id").table}
def digest(table):
    return hashlib.sha256(table.drop(columns="wave", errors="ignore").to_json(double_precision=15).encode()
                          + table["estimate"].to_numpy(dtype=float).tobytes()).hexdigest()
print(json.dumps({"used": in_use(), "all": {name: digest(table) for name, table in tables.items()},
                  "told": {name: digest(vouched(table)) for name, table in tables.items()}}))
"""


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (76.123456789, 76.12346),
        (-0.00123456789, -0.001234568),
        (9.99999999, 10.0),
        (12.5, 12.5),
        (1e-15, 0.0),
        (-1e-15, 0.0),
        (12345678.0, 12345678.0),  # persons of a country are counted to the last
        (30.078125, 30.07813),  # an exact half goes away from zero …
        (-30.078125, -30.07813),
        (30.078125 * (1 - 2e-15), 30.07813),  # … also where the last bit falls short of it
        (math.inf, math.inf),
    ],
)
def test_seven_digits_half_away_from_zero(value: float, told: float) -> None:
    found = vouched_number(value)
    assert found == told and math.copysign(1, found) == math.copysign(1, told)
    assert math.isnan(vouched_number(math.nan))


@given(numbers)
def test_a_number_is_the_float_that_its_decimals_are_read_as(value: float) -> None:
    told = vouched_number(value)
    assert vouched_number(told) == told
    assert float(f"{told:.10g}") == told or abs(told) > 1e7
    assert abs(told - value) <= max(abs(value) * 5.01e-7, 0.501e-12)


@given(numbers, st.floats(0, 1e6).map(lambda error: error if error > 1e-9 else 0.0))
def test_rounding_a_table_again_changes_nothing(value: float, error: float) -> None:
    table = vouched(estimate_table(("a", value, error, 50), keys=("group",)))
    pd.testing.assert_frame_equal(vouched(table), table, check_exact=True)


def test_ends_near_zero_have_the_digits_of_their_row() -> None:
    table = estimate_table(("a", 50.0, 25.5106, 50), keys=("group",)).assign(ci_low=1.23456789e-4, x=1 / 3)
    told = vouched(table).iloc[0]
    assert told["ci_low"] == 0.00012 and told["standard_error"] == 25.5106 and told["x"] == 0.3333333
    # A coefficient of nothing has the digits of its error.
    nothing = estimate_table(("a", 3e-17, 0.5, 50), keys=("group",))
    assert vouched(nothing)["estimate"].iloc[0] == 0.0


@pytest.mark.parametrize(
    ("p_value", "told"), [(0.04999996, 0.05), (0.049999, 0.049999), (1.23456e-8, 1.235e-8), (1e-310, 0.0), (1.0, 1.0)]
)
def test_p_values(p_value: float, told: float) -> None:
    assert float(vouched_p(p_value)) == told
    assert vouched_p([p_value, p_value]).tolist() == [told, told]


def test_stars_follow_the_p_value_that_is_told() -> None:
    assert [stars(p) for p in (0.0499999, 0.05 - 1e-12, math.nan)] == ["*", "", ""]


def test_attributes_and_other_columns_stay() -> None:
    table = estimate_table((2024, "a", 1 / 3, 0.1, 50), keys=("wave", "group"))
    table = described(table, source="kilde")
    told = vouched(table)
    assert about(told) == about(table) and told["n"].tolist() == [50] and table["estimate"].iloc[0] == 1 / 3
    assert vouched(table.iloc[:0]).empty


def test_noise_of_the_last_bits_is_told_nowhere() -> None:
    rng = np.random.default_rng(7)
    # Half of them on halves of a printed digit, as shares of few persons are.
    values = np.concatenate([rng.uniform(1, 100, 500), rng.integers(2, 200, 500) / 2])
    rows = [(f"g{i}", value, value / 50, 50) for i, value in enumerate(values)]
    one = estimate_table(*rows, keys=("category",))
    noise = 1 + rng.uniform(-1e-13, 1e-13, len(one))
    other = one.assign(**{name: one[name] * noise for name in ("estimate", "standard_error", "ci_low", "ci_high")})
    assert (one["estimate"] != other["estimate"]).mean() > 0.9
    for told in (numbers_csv, lambda table: [nb_number(value) for value in table["estimate"]]):
        assert told(vouched(one)) == told(vouched(other))


def test_what_is_shown_said_and_written_is_vouched_for() -> None:
    # Equal but for the last bits: the first in the table's order stands first.
    table = estimate_table(("b", 54.5 * (1 - 2e-15), 1 / 3, 50), ("a", 54.5, 1 / 3, 50), keys=("category",))
    table["wave"] = 2024
    assert pick(table, "b").value == 54.5 and pick(table, "b").standard_error == 0.3333333
    assert ranked(table) == "b (55) og a (55)"
    assert highest(table) == lowest(table) == "b (55)"
    assert set(exhibit("fig-1", table, title="t", rows="category").table["estimate"]) == {54.5}
    assert set(supplement("text", table).table["standard_error"]) == {0.3333333}


def test_processors_differ_in_all_digits_and_agree_in_those_told() -> None:
    if not can_be_told():
        pytest.skip("this machine can't be told to be another: no x86-64 with AVX2")
    found = []
    for processor in (OLD, NEW):
        paths = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
        environment = os.environ | processor.variables | {"PYTHONPATH": paths}
        done = subprocess.run([sys.executable, "-c", MODELS], env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-2000:]
        found.append(json.loads(done.stdout))
        assert processor.differences(found[-1]["used"]) == []
    one, other = found
    assert one["told"] == other["told"]
    # Means are added in a fixed order; the models' linear algebra is the library's.
    assert one["all"]["mean"] == other["all"]["mean"]
    assert one["all"]["regression"] != other["all"]["regression"]


def test_a_kernel_that_is_not_used_is_told() -> None:
    used = {"kernels": {"numpy.libs": "Zen"}, "threads": {"numpy.libs": 4}, "simd": ["AVX2"], "exp": ""}
    assert OLD.differences(used) == [
        "numpy.libs on Zen", "numpy.libs with 4 threads", "numpy with AVX2"
    ]  # fmt: skip
    assert NEW.differences({"kernels": {}, "threads": {}, "simd": ["AVX2"], "exp": ""}) == ["no OpenBLAS found"]


def test_all_numbers_of_an_array_are_rounded_as_each() -> None:
    values = np.array([[1 / 3, 200 / 3], [np.nan, 0.0]])
    each = [[vouched_number(value) for value in row] for row in values]
    assert np.array_equal(vouched_numbers(values), np.array(each), equal_nan=True)
