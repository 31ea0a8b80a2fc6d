"""Response rates, spread of the weights and sizes of populations, counted by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from engine.estimates.respondents import (
    design_effect,
    finite_corrections,
    population_sizes,
    response_rates,
    weight_spread,
)
from engine.table import About, about, described


def small_survey() -> Any:
    """2024: 40 state and 60 municipal invited, every second and every third answered; offices of 10 and 80."""
    sector = ["statlig"] * 40 + ["kommunal"] * 60
    responded = [1.0, 0.0] * 20 + [1.0, 0.0, 0.0] * 20
    size = [10.0] * 40 + [10.0] * 30 + [80.0] * 30
    invited = pd.DataFrame({"wave": 2024, "sector": sector, "responded": responded, "office_size": size})
    answered = invited[invited["responded"] == 1].reset_index(drop=True)
    answered["weight"] = np.where(answered["sector"] == "statlig", 0.8, 1.2)
    answered = described(answered, About("Undersøkelsen", 2024, "alle"))
    few = answered.head(4)
    people = {"counsellors": answered, "intro_advisers": few}
    return SimpleNamespace(waves=[2024], invited=invited, answered=answered, population=people.__getitem__)


def test_response_rates_by_employer_and_office_size() -> None:
    table = response_rates(small_survey()).set_index("value")
    assert table.loc["statlig", "estimate"] == 50 and table.loc["kommunal", "estimate"] == pytest.approx(100 / 3)
    assert table.loc["0–19 ansatte", "estimate"] == pytest.approx(100 * 30 / 70)
    assert table.loc["70–109 ansatte", "estimate"] == pytest.approx(100 / 3)
    assert list(table["variable"]) == ["arbeidsgiver"] * 2 + ["kontorstørrelse"] * 2
    assert table.loc["statlig", "n"] == 40 and table["ci_low"].isna().all()
    assert about(table) == About("Undersøkelsen", 2024, variables=("sector", "office_size"), finished=True)


def test_response_rates_by_county() -> None:
    survey = small_survey()
    survey.invited["nav_region"] = pd.Categorical(["Agder"] * 50 + ["Oslo"] * 50, ["Agder", "Oslo"])
    table = response_rates(survey)
    county = table[table["variable"] == "nav_region"].set_index("value")["estimate"]
    assert county.to_dict() == (100 * survey.invited.groupby("nav_region", observed=True)["responded"].mean()).to_dict()
    assert about(table).variables == ("sector", "office_size", "nav_region")


def test_a_finite_population_would_make_errors_smaller() -> None:
    # 40 of 100 answered.
    row = finite_corrections(small_survey()).iloc[0]
    assert row["estimate"] == pytest.approx(0.6**0.5) and (row["measure"], row["n"]) == ("factor", 40)


def test_a_cell_with_few_invited_is_hidden() -> None:
    survey = small_survey()
    survey.invited.loc[[0, 1], "office_size"] = 200.0
    hidden = response_rates(survey).set_index("value").loc["110+ ansatte"]
    assert hidden["suppressed"] and np.isnan(hidden["estimate"])


def test_equal_weights_cost_nothing_and_unequal_ones_do() -> None:
    assert design_effect(np.full(7, 3.0)) == pytest.approx(1)
    # One plus the squared coefficient of variation: mean 2, variance 1.
    assert design_effect(np.array([1.0, 3.0])) == pytest.approx(1.25)


def test_spread_of_the_weights() -> None:
    table = weight_spread(small_survey()).set_index("item")["estimate"]
    assert table["5. prosentil"] == pytest.approx(0.8) and table["95. prosentil"] == pytest.approx(1.2)
    assert table["designeffekt"] == pytest.approx(1.04)
    assert table["effektivt antall svar"] == pytest.approx(40 / 1.04)


def test_sizes_of_populations() -> None:
    table = population_sizes(small_survey(), "counsellors", "intro_advisers").set_index("item")
    assert table.loc["veiledere", "estimate"] == 40 and table.loc["veiledere", "measure"] == "count"
    assert table.loc["programrådgivere", "suppressed"] and np.isnan(table.loc["programrådgivere", "estimate"])
