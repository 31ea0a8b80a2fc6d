"""Fixtures that several test files share."""

import sys

import pytest
from hypothesis import settings

from tests.processors import OLD, told
from twin import ensure_twin
from twin.register import ensure_register
from twin.register.files import alone

# The same examples every time, and no time limit: a busy machine must not fail a test of numbers.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")


@pytest.fixture(autouse=True)
def _drawings_are_closed():
    """What one test leaves open, pyplot would hand on to the next; a build takes it for a chapter's drawing."""
    yield
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot:
        pyplot.close("all")


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


@pytest.fixture(scope="session")
def unlike_root(tmp_path_factory):
    """Both twins once more, made as on the oldest processor: no SIMD, no FMA, and the kernel of BLAS for it."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if base.name.startswith("popen-") else base) / "unlike-twin"
    # A lock of its own: the process takes the folder's.
    with alone(folder / "lock"):
        made = told(OLD.start("-m", "tests.same_twin", "--make", str(folder)))
    assert OLD.differences(made) == []
    return folder
