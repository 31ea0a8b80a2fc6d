"""Inline expressions in a notebook's prose."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from IPython.core import getipython

from engine.words.prose import prose


def test_expressions_become_their_values() -> None:
    text = prose("I `{python} year` var det `{python}  nb(x) ` og `kode`.", {"year": 2024, "nb": str, "x": 7})
    assert repr(text) == "I 2024 var det 7 og `kode`."
    assert text._repr_mimebundle_() == {"text/markdown": repr(text)}


def test_an_expression_may_run_over_lines() -> None:
    assert prose("a `{python} (1 +\n  2)` b", {}).text == "a 3 b"


def test_the_names_given_are_left_as_they_were() -> None:
    names = {"x": 1}
    prose("`{python} x`", names)
    assert names == {"x": 1}


def test_a_failing_expression_is_named() -> None:
    with pytest.raises(ValueError, match=r"`nb\(unknown\)` failed: NameError: name 'nb'") as raised:
        prose("Tall: `{python} nb(unknown)`", {})
    assert isinstance(raised.value.__cause__, NameError)


def test_the_notebooks_names_are_taken_when_none_are_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getipython, "get_ipython", lambda: SimpleNamespace(user_ns={"year": 2023}))
    assert prose("`{python} year`").text == "2023"
    monkeypatch.setattr(getipython, "get_ipython", lambda: None)
    with pytest.raises(ValueError, match="year"):
        prose("`{python} year`")
