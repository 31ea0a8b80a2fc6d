"""The names that a chapter's cell can say."""

import pytest

import helpers


@pytest.mark.parametrize("name", helpers.__all__)
def test_every_name_is_what_it_says(name: str) -> None:
    assert getattr(helpers, name).__name__ == name


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no name 'misspelt'"):
        _ = helpers.misspelt
