"""environment.yml, requirements.lock and pyproject.toml state the same."""

import re
import tomllib

import yaml

from press.project import ROOT

CONDA_NAME = {"matplotlib": "matplotlib-base", "duckdb": "python-duckdb"}
NOT_PYTHON = {"python", "quarto", "pandoc", "pip"}


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def locked():
    text = (ROOT / "requirements.lock").read_text()
    return {normal(m[1]): m[2] for m in re.finditer(r"^([\w.\-]+)==([^\s\\]+)", text, re.M)}


def wanted():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = project["dependencies"] + project["optional-dependencies"]["dev"]
    return {normal(re.split(r"[<>=\[; ]", name)[0]) for name in names}


def conda():
    found = {}
    for entry in yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]:
        for line in entry["pip"] if isinstance(entry, dict) else [entry]:
            name, _, version = re.sub(r"==?|(?=[<>])", " ", line, count=1).partition(" ")
            found[normal(name)] = version.strip()
    return found


def test_conda_states_the_locked_version_of_everything_wanted():
    environment, lock = conda(), locked()
    for name in sorted(wanted()):
        assert environment.get(normal(CONDA_NAME.get(name, name))) == lock[name], name
    back = {conda_name: name for name, conda_name in CONDA_NAME.items()}
    assert {back.get(name, name) for name in environment} - NOT_PYTHON == wanted()


def test_conda_brings_quarto_in_the_supported_range():
    assert conda()["quarto"] == ">=1.7,<1.10"


def test_every_locked_package_has_hashes_and_no_address():
    text = (ROOT / "requirements.lock").read_text()
    packages = re.split(r"(?m)^(?=[\w.\-]+==)", text)
    assert packages[0] == "" and all("--hash=sha256:" in package for package in packages[1:])
    assert "://" not in text and "--index" not in text and "--find-links" not in text
