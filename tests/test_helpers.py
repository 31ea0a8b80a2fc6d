"""The names that a chapter's cell can say."""

import inspect

import pytest

import helpers
import helpers.register


@pytest.mark.parametrize("face", [helpers, helpers.register])
def test_every_name_is_written_out(face) -> None:
    public = {name for name, value in vars(face).items() if not name.startswith("_") and not inspect.ismodule(value)}
    assert public - {"annotations"} == set(face.__all__)
    for name in face.__all__:
        value = getattr(face, name)
        assert name.isupper() or value.__name__ == name


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="misspelt"):
        _ = helpers.misspelt
