"""The example of each name that a cell can say gives what its docstring shows, and the reference shows it, too."""

from __future__ import annotations

import doctest
from pathlib import Path
from typing import Any

import pytest
import reference

import helpers
from engine.words import choices, english

SAID = [getattr(helpers, name) for name in helpers.__all__] + [english.en, english.en_trend]
SAID += [choices.by_change, choices.by_contrast, choices.by_coefficient, choices.by_slope]


@pytest.fixture(scope="module")
def names(twin_root: Path) -> dict[str, Any]:
    survey = helpers.open_survey(2024, twin_root)
    return {made.__name__: made for made in SAID} | reference.spoken_of(survey)


@pytest.mark.parametrize("function", SAID, ids=lambda function: function.__name__)
def test_an_example_is_true(
    function: Any, names: dict[str, Any], twin_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPORT_DATA", str(twin_root))
    monkeypatch.delenv("REPORT_MINIMUM", raising=False)
    [found] = doctest.DocTestFinder(recurse=False).find(function, function.__name__, globs=dict(names))
    assert found.examples, "no example"
    told: list[str] = []
    result = doctest.DocTestRunner(verbose=False).run(found, out=told.append)
    assert result.failed == 0, "".join(told)


def test_the_reference_is_what_the_docstrings_say(
    names: dict[str, Any], twin_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPORT_DATA", str(twin_root))
    text, pictures = reference.page(names["survey"])
    assert text == reference.PAGE.read_text(encoding="utf-8"), "write it anew: make reference"
    assert pictures == {path.name: path.read_text(encoding="utf-8") for path in reference.PICTURES.iterdir()}
    assert all(f"### `{name}`" in text for name in helpers.__all__)
    # What is estimated or shown gives a sentence, a number or a picture: no example only runs.
    assert len(pictures) >= 8
