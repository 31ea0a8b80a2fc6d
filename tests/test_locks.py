"""The locks are complete: what any locked package requires is locked, on every supported Python, and fits."""

import ast
import re
import sys
import tomllib
from collections import defaultdict
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions

import pytest
from locks import DEVELOPMENT, FILE, PYTHONS, RUN, environment, is_elsewhere, licence, pins, read_locks
from locks import about as described
from locks import stored_metadata as about
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from press.project import ROOT

LOCKS = read_locks()
REQUIRES = {name: [Requirement(text) for text in described(pin)[1]] for name, pin in LOCKS.items()}
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())
PROJECT = SETTINGS["project"]
RUNS = [Requirement(text) for text in [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["setup"]]]
DEVELOPS = [Requirement(text) for text in PROJECT["optional-dependencies"]["dev"]]


def unmet(locked, asked, python, platform):
    """Requirements that a lock does not meet, its packages' extras that are asked for included."""
    here = {name: pin for name, pin in locked.items() if pin.wanted(python, platform)}
    place = environment(python, platform)
    extras, told, todo = defaultdict(set), [], [("the project", requirement) for requirement in asked]
    todo += [(name, requirement) for name in here for requirement in wanted(name, "", place)]
    while todo:
        by, requirement = todo.pop()
        name = canonicalize_name(requirement.name)
        if name not in here or not requirement.specifier.contains(here[name].version, prereleases=True):
            told.append(f"{by} requires {requirement}")
            continue
        for extra in requirement.extras - extras[name]:
            extras[name].add(extra)
            todo += [(name, more) for more in wanted(name, extra, place)]
    return told


def wanted(name, extra, place):
    """What a package requires in an environment, for one of its extras or none."""
    found = [requirement for requirement in REQUIRES[name] if requirement.marker is not None]
    always = [requirement for requirement in REQUIRES[name] if requirement.marker is None and not extra]
    return always + [requirement for requirement in found if requirement.marker.evaluate(place | {"extra": extra})]


@pytest.mark.parametrize("platform", ["linux", "darwin"])
@pytest.mark.parametrize("python", PYTHONS)
def test_every_requirement_is_met_inside_the_lock(python, platform):
    run = {name: pin for name, pin in LOCKS.items() if not pin.development}
    assert unmet(run, RUNS, python, platform) == []
    assert unmet(LOCKS, RUNS + DEVELOPS, python, platform) == []


def test_an_unmet_requirement_is_told():
    # The extra that one package asks of another: coverage[toml], jsonschema[format-nongpl].
    for name in ("coverage", "webcolors", "aiohttp", "numpy"):
        left = {other: pin for other, pin in LOCKS.items() if other != name}
        assert any(name in text for text in unmet(left, RUNS + DEVELOPS, "3.12", "linux")), name
    old = LOCKS | {"coverage": replace(LOCKS["coverage"], version="7.0")}
    assert unmet(old, RUNS, "3.11", "linux") == ["pytest-cov requires coverage[toml]>=7.10.6"]


def test_every_installed_package_is_for_all_supported_pythons():
    for name, pin in LOCKS.items():
        if not is_elsewhere(pin):
            range_ = SpecifierSet(distribution(name).metadata["Requires-Python"] or "")
            assert all(python in range_ for python in PYTHONS), name
    assert PROJECT["requires-python"] == f">={PYTHONS[0]}"


def test_the_two_locks_share_no_package():
    run, development = (pins(lock.read_text()) for lock in (RUN, DEVELOPMENT))
    names = [pin.name for pin in [*run, *development]]
    assert len(names) == len(set(names)) and len(run) > 120 and len(development) > 15
    assert not {canonicalize_name(requirement.name) for requirement in RUNS} & {pin.name for pin in development}


def test_no_test_tool_is_in_the_lock_of_who_reads():
    run = {pin.name for pin in pins(RUN.read_text())}
    assert not run & {"pytest", "coverage", "hypothesis", "mypy", "ruff", "playwright", "rocrate"}


# Pages are tried in a browser by tests and on request; Spark is in no lock.
ON_REQUEST = {("press/archiving/crate.py", "rocrate")}


def test_what_a_build_imports_is_in_the_lock_of_who_reads():
    carriers = packages_distributions()
    run = {pin.name for pin in pins(RUN.read_text())}
    own = {path.name for path in ROOT.iterdir()} | set(sys.stdlib_module_names) | {"pyspark"}
    asked = set()
    for room in {package.partition(".")[0] for package in SETTINGS["tool"]["setuptools"]["packages"]}:
        for path in (ROOT / room).rglob("*.py"):
            place = path.relative_to(ROOT).as_posix()
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
                asked |= {(place, name.split(".")[0]) for name in names if name.split(".")[0] not in own}
    assert len(asked) > 100 and asked >= ON_REQUEST
    for place, name in sorted(asked - ON_REQUEST):
        assert {canonicalize_name(carrier) for carrier in carriers.get(name, [])} & run, f"{place} imports {name}"


@pytest.mark.parametrize("lock", [RUN, DEVELOPMENT], ids=lambda lock: lock.name)
def test_every_locked_package_has_hashes_and_no_address(lock):
    text = lock.read_text()
    packages = re.split(r"(?m)^(?=[\w.\-]+==)", text)
    assert packages[0] == "" and all("--hash=sha256:" in package for package in packages[1:])
    assert "://" not in text and "--index" not in text and "--find-links" not in text
    # Dependabot reads no larger file.
    assert len(text) < 500_000 and lock.suffix == ".txt"


def test_packages_of_other_machines_are_described_and_truly():
    described_there = [pin for pin in LOCKS.values() if is_elsewhere(pin)]
    assert {"aiohttp", "overrides", "appnope"} <= {pin.name for pin in described_there} and FILE.is_file()
    for pin in described_there:
        spdx, requires = about(pin)
        assert spdx
        try:
            found = distribution(pin.name)
        except PackageNotFoundError:
            continue
        assert (found.version, licence(found), found.requires or []) == (pin.version, spdx, requires)
