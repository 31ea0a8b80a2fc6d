"""Words for where an estimate lies turn with the estimates."""

from __future__ import annotations

import pytest

from engine.words.position import on_scale, placed, wider
from tests.frames import estimate_table

KEYS = ("wave", "category")
ITEMS = estimate_table(
    (2024, "alle", 3.7, 0.03, 50),
    (2024, "norsk", 3.6, 0.05, 50),
    (2024, "oppmøte", 2.9, 0.04, 50),
    (2024, "rus", 4.2, 0.03, 50),
    (2024, "få", 3.0, 0.1, 3),
    keys=KEYS,
)


@pytest.mark.parametrize(
    ("mean", "error", "words"),
    [
        (3.2, 0.1, "over midten av skalaen"),
        (2.8, 0.1, "under midten av skalaen"),
        (3.19, 0.1, "om lag midt på skalaen"),
        (2.81, 0.1, "om lag midt på skalaen"),
        (3.0, 0.1, "om lag midt på skalaen"),
    ],
)
def test_a_mean_on_its_scale(mean: float, error: float, words: str) -> None:
    assert on_scale(estimate_table((2024, "unge", mean, error, 50)), "unge") == words


def test_another_middle() -> None:
    assert on_scale(ITEMS, "alle", middle=3.9) == "under midten av skalaen"


def test_a_mean_that_is_hidden_or_was_not_asked() -> None:
    assert on_scale(ITEMS, "få", 2024) == "skjult"
    assert on_scale(ITEMS, "alle", 2022) == "ikke spurt"
    assert placed(ITEMS, "alle", 2022) == "ikke spurt"
    assert wider(ITEMS.iloc[:0], "alle", "rus") == "ikke spurt"


def test_neighbours_above_below_and_about() -> None:
    # 3.7 − 3.6 is 1.7 standard errors of the difference; a hidden neighbour is left out.
    assert placed(ITEMS, "alle", 2024) == "høyere enn for oppmøte, lavere enn for rus, og om lag som for norsk"
    assert placed(ITEMS, "oppmøte", 2024) == "lavere enn for alle, norsk og rus"


def test_all_neighbours_on_one_side_have_a_noun() -> None:
    assert placed(ITEMS, "oppmøte", 2024, noun="de andre gruppene") == "lavere enn for alle de andre gruppene"
    assert placed(ITEMS, "rus", 2024, noun="gruppene", than="enn blant") == "høyere enn blant alle gruppene"
    assert placed(ITEMS, "alle", 2024, noun="gruppene").startswith("høyere enn for oppmøte")


@pytest.mark.parametrize(
    ("ends", "word"), [((2.0, 4.0), "større enn"), ((2.0, 2.5), "mindre enn"), ((2.0, 3.05), "om lag like stor som")]
)
def test_distances(ends: tuple[float, float], word: str) -> None:
    table = estimate_table(
        (2024, "samlet", 3.0, 0.1, 50), (2024, "samlet", 4.0, 0.1, 50), (2024, "samlet", 3.5, 0.1, 2),
        (2024, "andre", ends[0], 0.1, 50), (2024, "andre", ends[1], 0.1, 50),
    )  # fmt: skip
    assert wider(table, "andre", "samlet", 2024) == word
