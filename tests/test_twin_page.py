"""The page about the twin: its counts, its tables, and what it says where the data is real."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from chapter_tables import emitted_tables
from tiny_data import store_waves

from engine.data.survey import open_survey
from press.made.twin import (
    CHOSEN_NB,
    MEASURES_NB,
    STAGES_NB,
    TwinPage,
    assumptions_nb,
    edition_nb,
    open_page,
    overlap,
    overlap_nb,
    sources_nb,
)
from twin.tables import ASSUMPTION, read
from twin.targets import read_targets


@pytest.fixture(scope="module")
def page(twin_root: Path) -> TwinPage:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REPORT_DATA", str(twin_root))
        annexes = {name: table for number in (2, 3, 4) for name, table in emitted_tables(f"vedlegg-{number}").items()}
    return TwinPage(open_survey(None, twin_root), tuple(read_targets()), annexes)


def test_targets_are_counted_once(page: TwinPage) -> None:
    assert page.numbers + page.findings + page.assumed == len(read_targets())
    assert min(page.numbers, page.findings, page.assumed) > 0
    told = [int(line.split("|")[2]) for line in sources_nb(page).splitlines()[2:]]
    assert sum(told) == len(page.targets)


def test_all_that_we_chose_has_words() -> None:
    assert {row["name"] for row in read("settings")} == set(CHOSEN_NB)
    assert {row["stage"] for row in read("quotas") if row["source"] == ASSUMPTION} <= set(STAGES_NB)
    kinds = {"curve" if t.at else t.measure for t in read_targets() if t.source == ASSUMPTION}
    assert kinds <= set(MEASURES_NB)


def test_the_table_of_assumptions_holds_every_one(page: TwinPage) -> None:
    levels, single = assumptions_nb(page).split("\n\n")
    assert sum(int(line.split("|")[4]) for line in levels.splitlines()[2:]) == page.assumed
    assert len(single.splitlines()) == 2 + len(CHOSEN_NB) + sum(r["source"] == ASSUMPTION for r in read("quotas"))
    assert "_" not in levels  # labels, not names of columns


def test_the_twin_comes_near_the_annexes(page: TwinPage) -> None:
    table = overlap(page)
    assert table["table"].tolist() == ["Vedlegg 2", "Vedlegg 3", "Vedlegg 4"]
    assert (table["covered"] == 100).all()
    assert table["overlap"].between(90, 100).all()
    assert (table["stars"] > 65).all()
    assert overlap_nb(page).count("Vedlegg") == 3
    assert "bygger på tvillingen" in edition_nb(page)


def test_overlap_falls_with_the_distance(page: TwinPage) -> None:
    def moved(table: pd.DataFrame) -> pd.DataFrame:
        half = (table["ci_high"] - table["ci_low"]) / 2
        return table.assign(**{name: table[name] + half for name in ("estimate", "ci_low", "ci_high")})

    away = replace(page, annexes={name: moved(table) for name, table in page.annexes.items()})
    # Half a length away: half of each interval is common.
    assert overlap(away)["overlap"].mean() == pytest.approx(50, abs=4)


@pytest.mark.parametrize("year", [2022, 2023])
def test_an_edition_without_the_annexes_says_so(page: TwinPage, twin_root: Path, year: int) -> None:
    assert "ingenting å sammenligne" in overlap_nb(replace(page, survey=open_survey(year, twin_root)))


def test_real_data_is_not_called_the_twin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPORT_MINIMUM", "3")
    store_waves(tmp_path)
    page = open_page(open_survey(None, tmp_path), [])
    monkeypatch.setattr(type(page.survey), "is_synthetic", property(lambda self: False))
    assert "**ikke** på tvillingen" in edition_nb(page)
    assert "bare ut når" in overlap_nb(page)
