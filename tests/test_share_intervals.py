"""Intervals of shares near 0 and 100, and curves that would leave them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from engine.estimates.curves import share_curve
from engine.estimates.linearized import outside
from engine.estimates.weighted import mean, share
from engine.exhibits.exhibit import exhibit
from engine.exhibits.numbers import numbers_csv
from engine.words.effects import slope
from tests.frames import persons

SIZES = [10.0, 20, 30, 40, 50, 60, 70, 80]


def yes(count: int, of: int) -> np.ndarray:
    return np.array([1.0] * count + [0.0] * (of - count))


def test_a_small_share_has_an_interval_between_nobody_and_everybody() -> None:
    # 3 of 200: p = 0,015, s² = p(1 − p)/199; half the interval of the logit is 1.96 s/(p(1 − p)).
    row = share(persons(y=yes(3, 200), weight=1 + np.arange(200) % 2), "y").iloc[0]
    p, s = row["estimate"] / 100, row["standard_error"] / 100
    ends = [100 / (1 + math.exp(-(math.log(p / (1 - p)) + side * 1.959963985 * s / (p * (1 - p))))) for side in (-1, 1)]
    assert p - 1.96 * s < 0
    assert (row["ci_low"], row["ci_high"]) == pytest.approx(tuple(ends))
    assert 0 < row["ci_low"] < row["estimate"] < row["ci_high"] < 100


def test_a_large_share_is_one_less_a_small_one() -> None:
    weight = 1 + np.arange(200) % 2
    small, large = (share(persons(y=y, weight=weight), "y").iloc[0] for y in (yes(3, 200), 1 - yes(3, 200)))
    assert large["ci_high"] == pytest.approx(100 - small["ci_low"])
    assert large["ci_low"] == pytest.approx(100 - small["ci_high"])


def test_elsewhere_the_interval_is_the_reports() -> None:
    row = share(persons(y=yes(60, 200)), "y").iloc[0]
    half = 1.959963984540054 * row["standard_error"]
    assert (row["ci_low"], row["ci_high"]) == (row["estimate"] - half, row["estimate"] + half)


def test_nobody_and_everybody_and_means_are_left_as_they_are() -> None:
    table = share(persons(y=yes(0, 50)), "y")
    assert table[["estimate", "ci_low", "ci_high"]].iloc[0].tolist() == [0.0, 0.0, 0.0]
    assert mean(persons(y=yes(3, 200), weight=1 + np.arange(200) % 2), "y")["ci_low"].iloc[0] < 0


def falling(steep: bool) -> dict[str, list[float]]:
    """Ten persons at each of eight sizes: how many say yes."""
    many = [10, 9, 1, 0, 0, 0, 0, 0] if steep else [8, 6, 4, 3, 2, 1, 1, 1]
    answers = [1.0 if k < count else 0.0 for count in many for k in range(10)]
    return {"office_size": [size for size in SIZES for _ in range(10)], "y": answers}


def test_a_curve_whose_line_leaves_is_logistic_and_says_so() -> None:
    frame = persons(**falling(steep=True))
    table, line, logit = (share_curve(frame, "y", at=SIZES, model=model) for model in ("bounded", "linear", "logit"))
    assert outside(line["estimate"].to_numpy()).any()
    assert table["estimate"].tolist() == logit["estimate"].tolist() and set(table["link"]) == {"logit"}
    assert not outside(*table[["estimate", "ci_low", "ci_high"]].to_numpy().T).any()
    assert slope(table) == slope(logit)
    shown = exhibit("fig-s1", table, kind="curves", series="item", rows="ansatte", unit="prosent", title="Andel")
    assert "Kurven er logistisk, siden en lineær ville gått utenfor 0–100 prosent." in shown.note
    assert ",logit," in numbers_csv(table).splitlines()[1]


def test_a_band_alone_is_cut_and_the_line_stays() -> None:
    frame = persons(**falling(steep=False))
    table, line = (share_curve(frame, "y", at=SIZES, model=model) for model in ("bounded", "linear"))
    assert (line["ci_low"] < 0).any() and not outside(line["estimate"].to_numpy()).any()
    assert table["estimate"].tolist() == line["estimate"].tolist()
    assert table["ci_low"].tolist() == np.maximum(line["ci_low"], 0).tolist()
    assert "link" not in table


def test_of_several_curves_the_logistic_one_is_named() -> None:
    both = {"steep": falling(True), "flat": falling(False)}
    frame = persons(
        **{name: [value for part in both.values() for value in part[name]] for name in ("office_size", "y")},
        group=[name for name in both for _ in range(80)],
    )
    table = share_curve(frame, "y", by="group", at=SIZES)
    assert table.groupby("group")["link"].first().to_dict() == {"flat": "linear", "steep": "logit"}
    shown = exhibit("fig-s1", table, kind="curves", series="group", rows="ansatte", unit="prosent", title="Andel")
    assert "Kurven for steep er logistisk" in shown.note
