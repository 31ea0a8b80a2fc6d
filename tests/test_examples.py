"""The example of each name that tells something says what its docstring shows."""

from __future__ import annotations

import doctest

import numpy as np
import pandas as pd
import pytest

import helpers
from engine.table import described
from engine.words import english, findings
from tests.frames import estimate_table

OLD, YOUNG, BOTH = "de over 30 år", "unge (under 30 år)", "begge aldersgrupper"
KEYS = ("wave", "group", "category")


def tables() -> dict[str, object]:
    """Tables that the examples speak of."""
    caseload = estimate_table(
        *((wave, group, value, 1.0, 200) for group, values in (
            (YOUNG, (60.0, 58.0, 54.9)), (OLD, (84.0, 90.0, 95.0)), (BOTH, (70.0, 74.0, 78.0)),
            ("totalt", (69.0, 74.0, 76.0)),
        ) for wave, value in zip((2022, 2023, 2024), values, strict=True)),
    )  # fmt: skip
    caseload = described(caseload, survey_year=2024)
    values = {
        (2022, YOUNG): (3.1, 2.9, 2.0), (2024, YOUNG): (3.1, 2.4, 2.0), (2024, OLD): (3.0, 1.9, 2.1),
    }  # fmt: skip
    areas = estimate_table(
        *((*key, name, value, 0.1, 200) for key, row in values.items()
          for name, value in zip(("avtalte møter", "telefon", "e-post"), row, strict=True)), keys=KEYS,
    )  # fmt: skip
    model = estimate_table(
        ("tid", "antall brukere", "coef", -0.30, 0.1, 200), ("tid", "sektor", "coef", 0.05, 0.1, 200),
        keys=("category", "group", "measure"),
    ).assign(p_value=[0.003, 0.6])  # fmt: skip
    line = [estimate_table(*((2024, group, value, 0.1, 200) for value in (3.0, 2.8, 2.5))) for group in (YOUNG, OLD)]
    lines = pd.concat([part.assign(x=np.arange(3.0), p_value=p) for part, p in zip(line, (0.01, 0.4), strict=True)])
    return {"caseload": caseload, "areas": areas, "model": model, "lines": lines}


TOLD = [getattr(helpers, name) for name in helpers.__all__] + [english.en, english.en_trend]
TOLD += [findings.by_change, findings.by_contrast, findings.by_coefficient, findings.by_slope]
TOLD = [function for function in TOLD if function.__module__.startswith("engine.words.")]


@pytest.mark.parametrize("function", TOLD, ids=lambda function: function.__name__)
def test_an_example_is_true(function) -> None:
    names = {made.__name__: made for made in TOLD} | tables()
    [found] = doctest.DocTestFinder(recurse=False).find(function, function.__name__, globs=names)
    assert found.examples, "no example"
    told: list[str] = []
    result = doctest.DocTestRunner(verbose=False).run(found, out=told.append)
    assert result.failed == 0, "".join(told)
