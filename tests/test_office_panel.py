"""Change within offices: on paper, and against dummies for every office."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from engine.estimates.office_panel import office_changes, office_means
from engine.estimates.weighted import mean
from engine.table import about, described
from tests.frames import persons


def answers(rows: list[tuple[int, int, float, float]]) -> pd.DataFrame:
    """Persons given as (office, wave, y, weight)."""
    office, wave, y, weight = zip(*rows, strict=True)
    made = persons(office_id=office, y=y, wave=wave, weight=weight)
    return described(made, waves_asked={"y": (2022, 2024)}, labels={"y": "tid"})


@pytest.fixture
def random() -> pd.DataFrame:
    """Sixty offices, each with its own level and its own change; small ones leave early."""
    generator = np.random.default_rng(4)
    rows = []
    for office in range(60):
        level, change = generator.normal(50, 20), generator.normal(3, 2)
        for wave in (2022, 2024) if office % 5 else (2022,):
            for _ in range(2 + office % 4):
                y = level + change * (wave == 2024) + generator.normal(0, 5)
                rows.append((office, wave, y, float(generator.uniform(0.5, 2))))
    return answers(rows)


def test_nine_offices_are_too_few_to_be_told_from_persons() -> None:
    rows = [(office, wave, float(office), 1.0) for office in range(9) for wave in (2022, 2024)]
    table = office_changes(answers(rows * 12), "y")
    assert table["suppressed"].all() and set(table["reason"]) == {"degrees of freedom"} and table["n"].isna().all()


def test_an_office_that_left_moves_the_mean_but_no_office(monkeypatch) -> None:
    monkeypatch.setattr("engine.disclosure.rules.FEWEST", 0)
    # Eight offices stay at 10 or 20; one at 105 is gone in the second wave: 15 from (8 · 15 + 105) / 9 = 25.
    stay = [(office, wave, 10.0 + 10 * (office % 2), 1.0) for office in range(8) for wave in (2022, 2024)]
    rows = [*stay, (8, 2022, 105.0, 1.0)]
    table = office_changes(answers(rows * 12), "y").set_index("sample")["estimate"]
    assert table["alle svar"] == pytest.approx(15 - 25)
    assert table["innen samme kontor"] == pytest.approx(0, abs=1e-12)


def test_all_answers_change_as_the_chapters_means_do(random):
    means = mean(random, "y", "wave").set_index("wave")["estimate"]
    table = office_changes(random, "y").set_index("sample")
    assert table.loc["alle svar", "estimate"] == pytest.approx(means[2024] - means[2022], rel=1e-10)
    assert table.loc["alle svar", "n"] == len(random)


def test_within_offices_is_the_regression_with_a_dummy_for_every_office(random):
    panel = office_means(random, "y").reset_index()
    panel = panel[panel.groupby("office_id")["wave"].transform("size") > 1]
    columns = pd.get_dummies(panel["office_id"], dtype=float).assign(later=(panel["wave"] == 2024).astype(float))
    fit = sm.WLS(panel["mean"], columns, weights=panel["weight"]).fit()
    # The sandwich with offices as clusters; corrected for what is estimated, here the change alone beside the offices.
    scores = columns.mul(panel["weight"] * fit.resid, axis=0).groupby(panel["office_id"].to_numpy()).sum().to_numpy()
    bread = np.linalg.inv(columns.T.to_numpy() @ columns.mul(panel["weight"], axis=0).to_numpy())
    plain = (bread @ scores.T @ scores @ bread)[-1, -1]
    corrected = plain * len(panel) / (len(panel) - 1)
    row = office_changes(random, "y").set_index("sample").loc["innen samme kontor"]
    assert row["estimate"] == pytest.approx(fit.params["later"], rel=1e-10)
    assert row["standard_error"] == pytest.approx(np.sqrt(corrected), rel=1e-6)


def test_one_wave_alone_has_no_change() -> None:
    table = office_changes(answers([(office, 2024, 1.0, 1.0) for office in range(30)]), "y")
    assert table.empty and about(table).variables == ("y", "office_id")


def test_few_persons_or_offices_are_hidden(random):
    table = office_changes(random[random["office_id"].isin([1, 2])].head(9), "y")
    assert table["suppressed"].all() and table["estimate"].isna().all()
