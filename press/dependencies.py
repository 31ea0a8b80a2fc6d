"""What a chapter's run rests on: the helpers that it can reach, and the raw files that it opens."""

from __future__ import annotations

import ast
import json
import re
from functools import cache
from pathlib import Path

from engine.data.manifest import FILE

from .project import ROOT

FACE = ROOT / "helpers"
ROOMS = ("helpers", "engine")
WORD = re.compile(r"[A-Za-z_]\w*")
MODULE = re.compile(r"\b((?:helpers|engine)(?:\.\w+)+)")
YEAR = re.compile(r"_(\d{4})\.")
# Every kernel has these, whatever its chapter says: a notebook's narrative is a call of `prose`, figures have a style.
ALWAYS = ("engine/errors.py", "engine/words/prose.py", "engine/exhibits/style.py")


def is_executed(text: str) -> bool:
    """Whether a chapter has anything to execute."""
    return "{python}" in text


def reached_files(text: str) -> list[Path]:
    """Find the modules of `helpers` and `engine` that a chapter's code can reach.

    Notes
    -----
    A chapter imports all helpers with a star, and so runs every module; but a module of ours does nothing when it is
    imported except define names (a test holds them to that).
    """
    if not is_executed(text):
        return []
    faces = [FACE / "__init__.py", *(path for path in _faces() if f"helpers.{path.stem}" in text)]
    words = set(WORD.findall(text))
    homes = [_home(path, path.read_bytes()) for path in faces]
    todo = [ROOT / name for name in ALWAYS] + [home[word] for home in homes for word in words & home.keys()]
    for dotted in MODULE.findall(text):
        todo += [path for path in _absolute(dotted) if path.parent != FACE]
    found = set(faces)
    while todo:
        path = todo.pop()
        if path not in found:
            found.add(path)
            todo += _imported(path, path.read_bytes())
    return sorted(found)


def _faces() -> list[Path]:
    return [path for path in FACE.glob("*.py") if path.stem != "__init__"]


@cache
def _home(face: Path, source: bytes) -> dict[str, Path]:
    """Names that a face offers, and the module of each."""
    nodes = [node for node in ast.parse(source).body if isinstance(node, ast.ImportFrom)]
    return {alias.name: _absolute(f"{node.module}")[-1] for node in nodes if _absolute(f"{node.module}")
            for alias in node.names}  # fmt: skip


@cache
def _imported(path: Path, source: bytes) -> tuple[Path, ...]:
    """Modules of ours that a module imports, wherever it does."""
    files: list[Path] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                files += _absolute(alias.name)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            for alias in node.names:
                files += _absolute(f"{node.module}.{alias.name}")
        elif isinstance(node, ast.ImportFrom):
            home = path.parents[node.level - 1]
            for alias in node.names:
                files += _module(home, [*(node.module or "").split("."), alias.name])
    return tuple(files)


def _absolute(name: str) -> list[Path]:
    first, *rest = name.split(".")
    return _module(ROOT / first, rest) if first in ROOMS else []


def _module(home: Path, names: list[str]) -> list[Path]:
    """Files of a dotted name: its packages' own and its module's; what follows are names in it."""
    files = [home / "__init__.py"]
    for name in filter(None, names):
        if (home / name / "__init__.py").is_file():
            home = home / name
            files.append(home / "__init__.py")
        elif (home / f"{name}.py").is_file():
            return [*files, home / f"{name}.py"]
    return files


def data_digests(text: str, year: int, data: Path) -> str:
    """Tell what the raw files are that a chapter opens, from the manifest of the data root."""
    if not is_executed(text) or ("open_register(" in text and "open_survey(" not in text):
        return ""
    manifest = json.loads((data / FILE).read_text(encoding="utf-8"))
    series = "open_series(" in text
    manifest["files"] = {
        name: record
        for name, record in manifest["files"].items()
        if (series if name.startswith("series/") else not _later(name, year))
    }
    return json.dumps(manifest, sort_keys=True)


def _later(name: str, year: int) -> bool:
    found = YEAR.search(name)
    return found is not None and int(found.group(1)) > year
