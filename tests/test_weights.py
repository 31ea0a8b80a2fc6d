"""Post-stratification weights."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from engine.data.weights import SIZE_CLASSES, poststratification_weights, size_class
from engine.errors import ReportError


def people(cells: dict[tuple[int, int], int]) -> pd.DataFrame:
    rows = [cell for cell, count in cells.items() for _ in range(count)]
    return pd.DataFrame(rows, columns=["sector", "office_size"])


def test_size_classes_are_closed_to_the_left() -> None:
    classes = size_class(pd.Series([1, 19, 20, 39, 40, 69, 70, 109, 110, 500, pd.NA], dtype="Int64"))
    names = SIZE_CLASSES
    expected = [names[0]] * 2 + [names[1]] * 2 + [names[2]] * 2 + [names[3]] * 2 + [names[4]] * 2
    assert classes.tolist()[:-1] == expected
    assert pd.isna(classes.iloc[-1])


def test_against_the_formula() -> None:
    frame = people({(1, 10): 30, (2, 10): 10, (1, 150): 20, (2, 150): 40})
    respondents = people({(1, 10): 20, (2, 10): 5, (1, 150): 5, (2, 150): 10})
    respondents.index = pd.RangeIndex(100, 140)
    weight = poststratification_weights(respondents, frame)
    assert weight.name == "weight" and weight.index.equals(respondents.index)
    assert weight.mean() == pytest.approx(1, abs=1e-12)
    by_cell = weight.groupby([respondents["sector"], respondents["office_size"]]).first()
    assert by_cell[(1, 10)] == pytest.approx(30 / 20 * 40 / 100)
    assert by_cell[(2, 150)] == pytest.approx(40 / 10 * 40 / 100)
    # The weighted shares are the frame's, which is what the weights are for.
    for sector in (1, 2):
        assert np.average(respondents["sector"] == sector, weights=weight) == pytest.approx(
            (frame["sector"] == sector).mean()
        )


def test_everyone_answering_weighs_one() -> None:
    frame = people({(1, 10): 3, (2, 45): 4})
    assert poststratification_weights(frame, frame).tolist() == [1.0] * 7


def test_other_cells() -> None:
    frame = people({(1, 10): 30, (2, 10): 10})
    assert poststratification_weights(frame.iloc[20:], frame, by=["sector"]).tolist() == pytest.approx(
        [1.5] * 10 + [0.5] * 10
    )
    assert poststratification_weights(frame.astype(float), frame).tolist() == pytest.approx([1.0] * 40)
    ready = frame.assign(size_class="all")
    assert poststratification_weights(ready, ready).tolist() == [1.0] * 40


def test_a_cell_nobody_answered_in() -> None:
    with pytest.raises(
        ReportError, match=r"cells of the frame without a respondent \(sector × size_class; 2\)"
    ):
        poststratification_weights(people({(1, 10): 2}), people({(1, 10): 4, (2, 10): 4, (2, 50): 1}))


def test_a_cell_nobody_was_invited_from() -> None:
    with pytest.raises(
        ReportError, match=r"respondents that the frame does not have \(sector × size_class; 1\)"
    ):
        poststratification_weights(people({(1, 10): 2, (2, 10): 1}), people({(1, 10): 4}))


def test_a_missing_cell_is_told_by_count() -> None:
    frame = people({(1, 10): 4})
    broken = frame.astype(float)
    broken.loc[0, "office_size"] = np.nan
    with pytest.raises(ReportError, match=r"size_class is missing for some of the frame \(weights; 1\)"):
        poststratification_weights(frame, broken)
