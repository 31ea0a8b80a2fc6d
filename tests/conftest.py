"""Fixtures that several test files share."""

import pytest
from hypothesis import settings

from twin import ensure_twin
from twin.register import ensure_register

# The same examples every time, and no time limit: a busy machine must not fail a test of numbers.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")


@pytest.fixture(scope="session")
def twin_root(tmp_path_factory):
    """The synthetic twin, made once for all test processes."""
    base = tmp_path_factory.getbasetemp()
    # With several processes each has a folder of its own below one that they share.
    shared = base.parent if base.name.startswith("popen-") else base
    return ensure_twin(shared / "twin")


@pytest.fixture(scope="session")
def register_root(tmp_path_factory):
    """A data root with the register twin, made once for all test processes."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if base.name.startswith("popen-") else base
    return ensure_register(shared / "register-twin").parent
