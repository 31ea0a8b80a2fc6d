"""The names that a chapter's cell can say."""

from importlib import import_module

import pytest

import helpers


@pytest.mark.parametrize("name", helpers.__all__)
def test_every_name_is_what_it_says(name: str) -> None:
    value = getattr(helpers, name)
    assert value is getattr(import_module(f"helpers.{helpers._HOME[name]}"), name)
    assert name.isupper() or value.__name__ == name


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no name 'misspelt'"):
        _ = helpers.misspelt
