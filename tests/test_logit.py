"""Logistic curves: equal to R, within 0 and 100, none where none exists; and how far they lie from linear ones."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from engine.estimates.curves import share_curve
from engine.words.effects import farthest
from press.project import ROOT
from tests.frames import persons, repeat

REFERENCE = pd.read_csv(ROOT / "tests/r/logit.csv")


def by_formula() -> pd.DataFrame:
    """The frame of tests/r/logit.R."""
    i = np.arange(240)
    size = 8 + (i * 53) % 187
    return persons(
        office_size=size.astype(float),
        weight=0.5 + (i % 7) / 4,
        wave=np.where(i % 3 == 0, 2022, 2024),
        y=((i * 37) % 101 < 15 + ((i * 53) % 187) / 4).astype(float),
    )


def test_curves_equal_svyglm() -> None:
    table = share_curve(by_formula(), "y", at=REFERENCE["x"], model="logit")
    for column in ("estimate", "standard_error", "ci_low", "ci_high"):
        assert table[column].tolist() == pytest.approx(REFERENCE[column].tolist(), rel=1e-8), column
    assert set(table["measure"]) == {"predicted_share_pct"} and table["n"].tolist() == [240] * 4
    assert 0 < table["p_value"].iloc[0] < 0.05


def test_groups_are_fitted_one_by_one_and_answers_may_be_missing() -> None:
    frame = by_formula()
    shuffled = frame.assign(sector="kommunal", y=1.0 - frame["y"])
    both = pd.concat([frame.assign(sector="statlig"), shuffled, frame.assign(sector="statlig", y=np.nan)])
    table = share_curve(both.reset_index(drop=True), "y", by="sector", at=[50, 100], model="logit")
    state, municipal = (table[table["sector"] == name]["estimate"].to_numpy() for name in ("statlig", "kommunal"))
    alone = share_curve(frame, "y", at=[50, 100], model="logit")["estimate"].to_numpy()
    assert state == pytest.approx(alone) and municipal == pytest.approx(100 - alone)


def test_three_sizes_give_their_own_shares_in_both_models() -> None:
    """Three sizes and three coefficients: both models pass through each size's share, so they agree there."""
    frame = repeat(persons(office_size=[10.0, 10, 20, 20, 30, 30, 30, 30], y=[0.0, 1, 0, 1, 1, 1, 1, 0]), 5)
    linear, logit = (share_curve(frame, "y", at=[10, 20, 30], model=model) for model in ("linear", "logit"))
    assert logit["estimate"].tolist() == pytest.approx([50, 50, 75])
    assert farthest(linear, logit).startswith("0,0 prosentpoeng")
    band = logit[["ci_low", "ci_high"]].to_numpy()
    assert (band > 0).all() and (band < 100).all()


@pytest.mark.parametrize(
    "answers",
    [[1.0] * 6, [0.0, 0, 0, 1, 1, 1]],
    ids=["all alike", "parted by size"],
)
def test_where_there_is_no_curve_nothing_is_claimed(answers: list[float]) -> None:
    frame = repeat(persons(office_size=[10.0, 20, 30, 40, 50, 60], y=answers), 5)
    linear, logit = (share_curve(frame, "y", at=[10, 60], model=model) for model in ("linear", "logit"))
    assert logit["estimate"].isna().all() and logit["n"].notna().all()
    assert farthest(linear, logit) == "skjult"


def test_farthest_names_curve_and_place() -> None:
    frame = by_formula()
    linear = share_curve(frame, "y", at=[10, 100])
    moved = linear.assign(estimate=linear["estimate"] + [1.0, -2.25])
    assert farthest(linear, moved) == "2,3 prosentpoeng (y, 100\u00a0ansatte)"
    assert farthest(linear.iloc[:0], moved) == "ikke spurt"


def test_an_unknown_model_is_refused() -> None:
    with pytest.raises(ValueError, match="probit is no model"):
        share_curve(by_formula(), "y", model="probit")
