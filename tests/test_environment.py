"""environment.yml names what pyproject.toml asks for, in ranges that the locked versions lie in."""

import tomllib

import yaml
from locks import PYTHONS, read_locks
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from press.project import ROOT

CONDA_NAME = {"matplotlib": "matplotlib-base", "duckdb": "python-duckdb"}
NOT_LOCKED = {"python", "quarto", "pip"}
# conda-forge's quarto requires one release of each; the binding typst stands under pip.
QUARTO_BRINGS = {"pandoc", "typst", "deno", "deno-dom", "esbuild", "dart-sass", "sass"}
LOCKED = {name: pin.version for name, pin in read_locks().items()}


def wanted():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return {canonicalize_name(Requirement(text).name) for text in project["dependencies"]}


def parts():
    """What conda installs, and what pip does after it."""
    entries = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    [by_pip] = [entry["pip"] for entry in entries if isinstance(entry, dict)]
    conda = [Requirement(entry) for entry in entries if isinstance(entry, str)]
    return conda, [Requirement(entry) for entry in by_pip]


def test_conda_has_everything_that_the_report_asks_for_and_no_more():
    back = {conda: name for name, conda in CONDA_NAME.items()}
    conda, by_pip = parts()
    names = [back.get(canonicalize_name(entry.name), canonicalize_name(entry.name)) for entry in [*conda, *by_pip]]
    assert len(names) == len(set(names))
    assert set(names) == wanted() | NOT_LOCKED | {"setuptools"}


def test_the_locked_versions_lie_in_compatible_ranges():
    back = {conda: name for name, conda in CONDA_NAME.items()}
    for entry in [entry for several in parts() for entry in several]:
        name = back.get(canonicalize_name(entry.name), canonicalize_name(entry.name))
        if name in NOT_LOCKED:
            continue
        assert LOCKED[name] in entry.specifier, f"{entry}: {LOCKED[name]} is locked"
        operators = {part.operator for part in entry.specifier}
        assert operators == ({">="} if name == "setuptools" else {">=", "<"}), f"{entry} is no range"


def test_nothing_that_quarto_brings_is_asked_for():
    conda, _ = parts()
    assert not {canonicalize_name(entry.name) for entry in conda} & QUARTO_BRINGS


def test_conda_brings_quarto_and_python_in_the_supported_ranges():
    ranges = {entry.name: entry.specifier for entry in parts()[0]}
    assert str(ranges["quarto"]) in (">=1.7,<1.10", "<1.10,>=1.7")
    assert all(python in ranges["python"] for python in PYTHONS) and "3.10" not in ranges["python"]
