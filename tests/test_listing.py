"""Lists of numbers in words."""

from __future__ import annotations

import numpy as np

from engine.estimates.curves import share_curve
from engine.words.listing import by_wave, curve_ends
from tests.frames import estimate_table, persons, repeat

KEYS = ("wave", "category", "measure")
COUNTS = estimate_table(
    (2022, "Svarte", "count", 5629.0, np.nan, 5629),
    (2024, "Svarte", "count", 4819.0, np.nan, 4819),
    (2024, "Svarprosent", "share_pct", 34.4, np.nan, 14000),
    keys=KEYS,
)


def test_a_number_for_each_wave() -> None:
    assert by_wave(COUNTS, "Svarte", unit="personer") == "5\u202f629\u00a0personer i 2022 og 4\u202f819 i 2024"
    assert by_wave(COUNTS, "Svarprosent", digits=1) == "34,4 i 2024"
    assert by_wave(COUNTS.iloc[:0], "Svarte") == "ikke spurt"


def test_ends_of_a_curve() -> None:
    frame = repeat(persons(office_size=[10.0, 10, 20, 20, 30, 30, 30, 30], y=[0.0, 1, 0, 1, 1, 1, 1, 0]), 5)
    table = share_curve(frame, "y", at=[10, 30])
    assert curve_ends(table, "y") == "fra 50\u00a0prosent ved kontor med 10 ansatte til 75 ved kontor med 30"
    assert curve_ends(table.iloc[:0], "y") == "ikke spurt"
    assert curve_ends(table.assign(estimate=np.nan)) == "skjult"
