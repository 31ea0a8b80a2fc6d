"""Models of few persons, and terms of few."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from engine.disclosure.rules import inner_percentiles
from engine.estimates.curves import curve
from engine.estimates.models import fit, margins
from engine.words.effects import associations, effect, effects, slope
from tests.frames import persons


@pytest.fixture(autouse=True)
def _no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REPORT_MINIMUM", raising=False)


def people(*sizes: int, extra: int = 0) -> pd.DataFrame:
    """Persons in groups a, b, c …, a yes that `extra` of them have, and an outcome."""
    rng = np.random.default_rng(3)
    count = sum(sizes)
    group = pd.Categorical(np.repeat(list("abcd")[: len(sizes)], sizes))
    frame = persons(y=rng.normal(3, 1, count), group=np.asarray(group), yes=(np.arange(count) % count < extra) * 1.0)
    frame["group"] = group
    return frame


def hidden(table: pd.DataFrame) -> dict[str, str]:
    names = table["term" if "term" in table else "value"]
    return {g: r for g, r in zip(names, table["reason"], strict=True) if r}


def test_a_model_of_ten_more_persons_than_coefficients_is_shown_and_of_nine_not() -> None:
    rng = np.random.default_rng(2)
    for persons_in_all, shown in ((13, True), (12, False)):
        frame = persons(y=rng.normal(0, 1, persons_in_all), x=np.arange(persons_in_all) / 1.0)
        table = fit("y ~ x + I(x**2)", frame).table
        assert table["suppressed"].any() != shown
        if not shown:
            assert set(table["reason"]) == {"degrees of freedom"} and set(table["stars"]) == {""}
            assert table[["estimate", "standard_error", "p_value", "n"]].isna().all(axis=None)
            for made in (margins(fit("y ~ x + I(x**2)", frame), "x", [1, 2]),
                         fit("y ~ x + I(x**2)", frame).turning_point("x"), curve(frame, "y", "x")):  # fmt: skip
                assert set(made["reason"]) == {"degrees of freedom"} and made["estimate"].isna().all()


def test_a_category_of_few_is_hidden_with_the_smallest_other_one() -> None:
    table = fit("y ~ group", people(100, 50, 30, 5)).table
    assert hidden(table) == {"d": "threshold", "c": "complement"}
    predicted = margins(fit("y ~ group", people(100, 50, 30, 5)), "group")
    assert hidden(predicted) == {"d": "threshold", "c": "complement"}


def test_a_base_of_few_hides_its_variable_and_the_constant() -> None:
    table = fit("y ~ group + yes", people(5, 100, 50, extra=60)).table
    assert hidden(table) == {"b": "threshold", "c": "threshold", "konstant": "threshold"}
    assert table.set_index("term").loc["yes", "estimate"] == table.set_index("term").loc["yes", "estimate"]
    predicted = margins(fit("y ~ group + yes", people(5, 100, 50, extra=60)), "group")
    assert hidden(predicted) == {"a": "threshold", "b": "complement", "c": "complement"}


def test_a_yes_or_a_no_of_few_hides_itself_and_the_constant() -> None:
    for extra in (4, 96):
        table = fit("y ~ yes", people(100, extra=extra)).table
        assert hidden(table) == {"yes": "threshold", "konstant": "complement"}
        assert set(hidden(margins(fit("y ~ yes", people(100, extra=extra)), "yes"))) == {"ja", "nei"}


def test_words_say_nothing_of_a_hidden_coefficient() -> None:
    table = fit("y ~ yes", people(100, extra=4)).table
    assert slope(table, "yes") == "kan ikke vises" and effect(table, "yes") == "skjult"
    assert effects(table, ["yes"]) == "skjult" and associations(table, "yes") == "ikke sammenlignbar"


def test_ends_of_a_range_have_ten_persons_beyond() -> None:
    values = np.append(np.arange(99.0), np.nan)
    low, high = inner_percentiles(values, 2, 98)
    assert (values <= low).sum() >= 10 and (values >= high).sum() >= 10
    many = np.arange(1000.0)
    assert inner_percentiles(many, 2, 98) == tuple(np.percentile(many, [2, 98]))
    assert np.isnan(inner_percentiles(np.array([np.nan]), 2, 98)).all()
    assert inner_percentiles(np.arange(5.0), 2, 98) == (2.0, 2.0)


def test_a_hidden_curve_is_not_counted_by_the_others() -> None:
    frame = people(100, 40, 5).assign(office_size=np.arange(145.0) % 60)
    table = curve(frame, "y", by="group", total="group")
    found = table.drop_duplicates("group").set_index("group")
    assert found["suppressed"].to_dict() == {"a": False, "b": False, "c": True, "totalt": False}
    assert found["n"].isna().to_dict() == {"a": False, "b": True, "c": True, "totalt": False}
    assert found["reason"].to_dict() == {"a": "", "b": "complement", "c": "threshold", "totalt": ""}
