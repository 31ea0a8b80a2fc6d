"""Words for many categories at once: which fell, and whether they drew apart."""

from __future__ import annotations

from engine.words.shifts import decline, spread_change
from tests.frames import estimate_table

KEYS = ("wave", "category")
TABLE = estimate_table(
    (2022, "Oslo", 30.0, 1.0, 50), (2022, "Agder", 31.0, 1.0, 50), (2022, "Nordland", 32.0, 9.0, 50),
    (2024, "Oslo", 20.0, 1.0, 50), (2024, "Agder", 35.0, 1.0, 50), (2024, "Nordland", 25.0, 9.0, 50), keys=KEYS,
)  # fmt: skip


def test_only_clear_falls_are_named() -> None:
    assert decline(TABLE, 2022, 2024, where="i") == "gikk klart ned fra 2022 til 2024 i Oslo"
    rest = TABLE[TABLE["category"] != "Oslo"]
    assert decline(rest, 2022, 2024, where="i") == "gikk ikke klart ned i noen av dem fra 2022 til 2024"


def test_what_one_wave_did_not_ask_is_left_out() -> None:
    assert decline(TABLE[1:], 2022, 2024, where="i") == "gikk ikke klart ned i noen av dem fra 2022 til 2024"


def test_without_an_earlier_wave_nothing_is_compared() -> None:
    for table, start in ((TABLE, 2024), (TABLE[:0], 2022)):
        assert decline(table, start, 2024) == "kan ikke sammenlignes med en tidligere undersøkelse"
        assert spread_change(table, start, 2024) == "kan ikke sammenlignes"


def test_spread() -> None:
    assert spread_change(TABLE, 2022, 2024) == "er blitt større"
    assert spread_change(TABLE, 2024, 2022) == "er blitt mindre"
    assert spread_change(TABLE.assign(estimate=[1.0, 2, 3, 4, 5, 6.1]), 2022, 2024) == "er om lag som før"


def test_a_single_category_has_no_spread() -> None:
    one = TABLE[TABLE["category"] == "Oslo"]
    assert spread_change(one, 2022, 2024) == "kan ikke sammenlignes"
    hidden = TABLE.assign(estimate=[30.0, 31.0, 32.0, 20.0, float("nan"), float("nan")])
    assert spread_change(hidden, 2022, 2024) == "kan ikke sammenlignes"
