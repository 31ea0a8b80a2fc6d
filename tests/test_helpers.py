"""The names that a chapter's cell can say."""

import inspect

import pytest

import helpers

MOST = 40


def test_every_name_is_written_out_and_they_are_few() -> None:
    public = {name for name, value in vars(helpers).items() if not name.startswith("_") and not inspect.ismodule(value)}
    assert public - {"annotations"} == set(helpers.__all__)
    assert len(helpers.__all__) <= MOST
    assert all(getattr(helpers, name).__name__ == name for name in helpers.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="misspelt"):
        _ = helpers.misspelt
