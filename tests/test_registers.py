"""The registers behind figures 1 and 2: read, checked, cut at the edition's year, and told in words; points in time."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from engine.data.manifest import SERIES, read_manifest, write_manifest
from engine.data.registers import is_month, month_nb, place, shown_times, time_nb
from engine.errors import ReportError
from engine.estimates.registers import open_series
from engine.exhibits.exhibit import exhibit
from engine.table import about
from engine.words.lookup import waves_shown
from engine.words.numbers import NO_BREAK_SPACE
from engine.words.phrases import gap
from engine.words.trends import trend
from tests.fake_survey import store_fake

USERS = "month,group,persons\n2023-01,2,60000\n2022-10,2,40000\n2022-10,1,50100\n2024-10,1,58400\n2023-12,1,50600\n"
STAFF = (
    "year,employer,part,fte\n2020,1,1,5290\n2020,1,2,400\n2020,2,1,5680.5\n2024,2,1,6885\n2024,1,1,5140\n"
    "2024,1,2,560\n"
)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data root without registers."""
    root = tmp_path_factory.mktemp("plain")
    store_fake(root, (2024,), 400)
    return root


@pytest.fixture
def root(plain: Path) -> Path:
    """Return a data root with both registers."""
    return put(plain, USERS, STAFF)


def put(root: Path, users: str = USERS, staff: str = STAFF) -> Path:
    (root / SERIES).mkdir(exist_ok=True)
    (root / SERIES / "user_groups.csv").write_text(users, encoding="utf-8")
    (root / SERIES / "staff.csv").write_text(staff, encoding="utf-8")
    write_manifest(root, "synthetic", "prøve", "prøve", 1)
    return root


def test_registers_are_labelled_and_in_order(root: Path) -> None:
    series = open_series(data=root)
    users = series.user_groups
    assert list(users["wave"]) == ["2022-10", "2023-12", "2024-10", "2022-10", "2023-01"]
    assert list(dict.fromkeys(users["group"])) == [
        "unge i ungdomsgarantien", "mottakere av arbeidsavklaringspenger, 30 år og over"
    ]  # fmt: skip
    assert set(users["measure"]) == {"count"} and users["ci_low"].isna().all()
    staff = series.staff
    assert staff[["wave", "employer", "estimate"]].to_numpy().tolist() == [
        [2020, "statlig", 5690.0], [2020, "kommunal", 5680.5], [2024, "statlig", 5700.0], [2024, "kommunal", 6885.0]
    ]  # fmt: skip
    assert list(series.staff_parts["estimate"]) == [5290.0, 400.0, 5680.5, 5140.0, 560.0, 6885.0]
    assert about(users).source == "prøve"


def test_an_edition_ends_with_its_year(root: Path) -> None:
    series = open_series(2022, root)
    assert set(series.user_groups["wave"]) == {"2022-10"}
    assert set(series.staff["wave"]) == {2020}


def test_data_without_registers_gives_a_note(plain: Path, tmp_path: Path) -> None:
    store_fake(tmp_path, (2024,), 400)
    series = open_series(2024, tmp_path)
    assert series.user_groups.empty and series.staff.empty and series.staff_parts.empty
    shown = exhibit("fig-01", series.user_groups, kind="lines", series="group", title="Brukere").markdown()
    assert "Registertallene er ikke med" in shown and "not-asked" in shown
    assert trend(series.staff, "statlig") == "er ikke med i registertallene"
    assert gap(series.staff, "statlig", "kommunal", 2024) == "ikke sammenlignbare med"


@pytest.mark.parametrize(
    ("users", "staff", "message"),
    [
        (USERS + "2022-13,1,5\n", STAFF, "no month"),
        (USERS + "2022-12,9,4711\n", STAFF, "no categorical"),
        (USERS + "2022-12,1,-5\n", STAFF, "no integer"),
        (USERS + "2022-12,1,\n", STAFF, "no integer"),
        (USERS + "2022-10,1,4711\n", STAFF, "rows stand there twice"),
        (USERS.replace("persons", "people"), STAFF, "columns are missing: persons"),
        (USERS, STAFF + "20,1,1,4711\n", "no year"),
    ],
)
def test_what_goes_against_the_codebook_is_told_without_a_value(
    plain: Path, users: str, staff: str, message: str
) -> None:
    put(plain, users, staff)
    with pytest.raises(ReportError, match=message) as caught:
        open_series(data=plain)
    assert "4711" not in str(caught.value)


def test_a_register_that_changed_is_refused(root: Path) -> None:
    assert f"{SERIES}/staff.csv" in read_manifest(root).files
    (root / SERIES / "staff.csv").write_text(STAFF.replace("5290", "5291"), encoding="utf-8")
    with pytest.raises(ReportError, match=r"changed.*series/staff\.csv"):
        open_series(data=root)


def test_words_of_a_counted_series(root: Path) -> None:
    series = open_series(data=root)
    users, staff = series.user_groups, series.staff
    percent = f"{NO_BREAK_SPACE}prosent"
    assert trend(users, "unge", digits=-2) == (
        f"økte fra 50\u202f100 i oktober 2022 til 58\u202f400 i oktober 2024 (17{percent})"
    )
    # 1 per cent more is not called a rise; the edition may not reach the end that is asked for.
    assert trend(users, "unge", end="2023-12") == (
        "var om lag uendret, 50\u202f100 i oktober 2022 og 50\u202f600 i desember 2023"
    )
    assert trend(users, "mottakere", end="2024-10").endswith(f"60\u202f000 i januar 2023 (50{percent})")
    assert trend(staff, "statlig", digits=-2) == "holdt seg på 5\u202f700 fra 2020 til 2024"
    parts = series.staff_parts
    assert trend(parts, "ordinære", "statlig").startswith("gikk ned litt fra 5\u202f290 i 2020 til 5\u202f140")
    assert trend(users, "unge", start="2024-10") == "var 58\u202f400 i oktober 2024"
    assert gap(staff, "kommunal", "statlig", 2024, digits=-1) == "1\u202f190 flere enn"
    assert gap(staff, "statlig", "kommunal", 2024, digits=-1) == "1\u202f190 færre enn"
    assert gap(staff, "statlig", "kommunal", 2020) == "om lag like mange som"
    assert waves_shown(users)[0::len(waves_shown(users)) - 1] == ["2022-10", "2024-10"]


def test_a_hidden_count_is_not_compared(root: Path) -> None:
    put(root, USERS.replace("58400", "4"))
    assert trend(open_series(data=root).user_groups, "unge") == (
        "kan ikke sammenlignes over tid (50\u202f100 i oktober 2022 og skjult i oktober 2024)"
    )


def test_the_folded_table_shows_counts_alone(root: Path) -> None:
    users = open_series(data=root).user_groups
    lines = exhibit("fig-01", users, kind="lines", series="group", title="Brukere").numbers().split("\n")
    assert lines[0] == "| Måned | Gruppe | Antall |"
    assert lines[2] == "| okt. 2022 | unge i ungdomsgarantien | 50\u202f100 |"
    assert pd.Series(lines[2:]).str.count(r"\|").eq(4).all()


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
