"""The floors of the house: what may import what, held by import-linter."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from press.project import ROOT

LINTER = Path(sys.executable).with_name("lint-imports")
PLANTS = {
    "engine knows no press": ("engine/errors.py", "import press.project"),
    "engine knows no helpers": ("engine/errors.py", "import helpers"),
    "engine never names the twin": ("engine/data/manifest.py", "import twin"),
    "the ledger knows no press": ("ledger/claims.py", "import press.project"),
    "helpers know no ledger": ("helpers/__init__.py", "import ledger.claims"),
    "helpers know no press": ("helpers/__init__.py", "import press.project"),
    "the twin knows no estimates": ("twin/tables.py", "import engine.estimates.weighted"),
    "data knows no estimates": ("engine/data/persons.py", "import engine.estimates.weighted"),
    "estimates know no exhibits": ("engine/estimates/weighted.py", "import engine.exhibits.style"),
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(LINTER), "--no-cache", "--config", "pyproject.toml"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env={"PATH": "/usr/bin"})


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A copy of the code, without what is not code."""
    folder = tmp_path_factory.mktemp("house")
    for room in ("helpers", "engine", "ledger", "press", "twin"):
        shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_no_import_goes_against_the_floors(house):
    done = lint(house)
    assert done.returncode == 0, done.stdout[-2000:]


def test_planted_imports_against_the_way_are_found(house):
    for file, line in PLANTS.values():
        with (house / file).open("a", encoding="utf-8") as text:
            text.write(f"\n{line}\n")
    done = lint(house)
    assert done.returncode == 1
    found = " ".join(done.stdout.split())
    for name, (file, line) in PLANTS.items():
        source, target = file.removesuffix(".py").replace("/__init__", "").replace("/", "."), line.split()[1]
        assert f"{source} -> {target} " in found, name


def touches_attrs(code: str) -> bool:
    """Whether code reads or sets what pandas carries along with a frame."""
    return any(isinstance(node, ast.Attribute) and node.attr == "attrs" for node in ast.walk(ast.parse(code)))


def test_only_the_tidy_table_touches_what_pandas_carries_along():
    """Whatever else a frame carried would be a memory; `About` is declared, and nothing changes it."""
    files = [path for room in ("helpers", "engine", "ledger", "press", "twin") for path in (ROOT / room).rglob("*.py")]
    touching = [path for path in files if touches_attrs(path.read_text(encoding="utf-8"))]
    assert touching == [ROOT / "engine/table.py"]
    chapters = [path.read_text(encoding="utf-8") for path in (ROOT / "chapters").glob("*.qmd")]
    assert not any(".attrs" in text for text in chapters)
    assert touches_attrs("frame.attrs['seen'] = 1") and not touches_attrs("attrs = dict(given)")
