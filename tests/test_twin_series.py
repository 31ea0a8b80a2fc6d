"""The twin's two small registers: what the text says of them, and nothing that two runs would make differently."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.twin_survey import PUBLISHED
from twin import DEFAULT_SEED
from twin.series import series_tables


@pytest.fixture(scope="module")
def users() -> pd.DataFrame:
    """Return persons by month (rows) and group."""
    table = series_tables(DEFAULT_SEED)["user_groups"]
    return table.pivot(index="month", columns="group", values="persons")


@pytest.fixture(scope="module")
def staff() -> pd.DataFrame:
    """Return full-time equivalents by year (rows), employer and part."""
    table = series_tables(DEFAULT_SEED)["staff"]
    return table.pivot(index="year", columns=["employer", "part"], values="fte")


def test_the_same_seed_gives_the_same_series() -> None:
    for name, table in series_tables(DEFAULT_SEED).items():
        assert table.equals(series_tables(DEFAULT_SEED)[name])
    assert not series_tables(1)["user_groups"].equals(series_tables(DEFAULT_SEED)["user_groups"])


def test_the_youth_guarantee_begins_and_ends_as_printed(users: pd.DataFrame) -> None:
    first = float(PUBLISHED["fig-01/ungdomsgarantien/2022-10"]["value"])
    later = float(PUBLISHED["fig-01/ungdomsgarantien/2024-10"]["value"])
    assert abs(users.loc["2022-10", 1] - first) < 500
    assert later < users.loc["2024-10", 1] < later + 1000


def test_groups_rise_as_the_text_says(users: pd.DataFrame) -> None:
    assert (users.index[0], users.index[-1], len(users)) == ("2022-10", "2024-12", 27)
    change = users.loc["2024-10"] / users.loc["2022-10"] - 1
    assert (change[[1, 2, 4, 5, 6]] > 0.05).all()
    assert abs(change[3]) < 0.01
    # No month is a jump that a reader would ask about.
    assert (users.pct_change().dropna().abs() < 0.06).all().all()


def test_staff_is_as_printed(staff: pd.DataFrame) -> None:
    state, municipal = staff[1].sum(axis=1), staff[2][1]
    assert abs(state[2020] - float(PUBLISHED["fig-02/statlig/2020"]["value"])) < 50
    assert abs(state[2024] - float(PUBLISHED["fig-02/statlig/2024"]["value"])) < 50
    nearly = float(PUBLISHED["fig-02/diff_kommunal_statlig/2024"]["value"])
    assert nearly - 50 < municipal[2024] - state[2024] < nearly
    assert abs(municipal[2020] / state[2020] - 1) < 0.01
    assert state[2021] > state[2020] and state[2023] < state[2022]
    ordinary = staff[1][1]
    assert 0.95 * ordinary[2020] < ordinary[2024] < ordinary[2020]
    growth = municipal.diff()
    assert growth[2021] > 0 and growth[[2023, 2024]].min() > growth[[2021, 2022]].max()
