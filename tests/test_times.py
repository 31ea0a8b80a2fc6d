"""Points in time: years and months on one axis."""

from __future__ import annotations

import pytest

from engine.data.times import is_month, month_nb, place, shown_times, time_nb


@pytest.mark.parametrize(
    ("time", "where", "short", "full"),
    [
        (2024, 2024.0, "2024", "2024"),
        ("2024", 2024.0, "2024", "2024"),
        ("2022-10", 2022.75, "okt. 2022", "oktober 2022"),
        ("2023-01", 2023.0, "jan. 2023", "januar 2023"),
        ("2024-12", 2024 + 11 / 12, "des. 2024", "desember 2024"),
    ],
)
def test_a_time_has_a_place_and_a_name(time: object, where: float, short: str, full: str) -> None:
    assert place(time) == pytest.approx(where)
    assert (time_nb(time), month_nb(time)) == (short, full)
    assert is_month(time) == ("-" in str(time))


@pytest.mark.parametrize("time", ["2022-13", "2022-00", "22", "oktober", "2022-1", ""])
def test_what_is_no_time_is_refused(time: str) -> None:
    with pytest.raises(ValueError, match="no point in time"):
        place(time)


def test_an_axis_names_its_ends_and_what_has_room_between() -> None:
    months = [f"{year}-{month:02d}" for year in (2022, 2023, 2024) for month in range(1, 13)][9:]
    # 27 months on 260 points: ten points a month; January 2023 stands 30 points from October 2022.
    assert shown_times(list(months), 260, 50) == ["2022-10", "2024-01", "2024-12"]
    assert shown_times(list(months), 260, 25) == ["2022-10", "2023-01", "2024-01", "2024-12"]
    assert shown_times([2022, 2023, 2024], 100, 30) == [2022, 2023, 2024]
    assert shown_times([2022, 2023, 2024], 50, 30) == [2022, 2024]
    assert shown_times([2022], 50, 30) == [2022]
