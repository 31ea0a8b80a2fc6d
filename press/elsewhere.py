"""What the metadata say of locked packages that not every supported Python on Linux installs.

One of them is only for Python 3.12, another only for macOS. What is written from the metadata of packages must be the
same on every machine, so these packages' stand in `elsewhere.json`. `python -m press.elsewhere` writes it anew.
"""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import Distribution, distributions
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from engine.data.storage import write_whole
from engine.errors import ReportError

from .licence import licence
from .locks import PYTHONS, Pin, normal, read_locks

FILE = Path(__file__).with_name("elsewhere.json")
# `sys.platform`, and uv's word for it.
PLACES = [(python, "linux", "linux") for python in PYTHONS]
PLACES += [("3.11", "darwin", "macos"), ("3.11", "win32", "windows")]


def is_elsewhere(pin: Pin) -> bool:
    """Whether some supported Python on Linux goes without a package."""
    return not all(pin.wanted(python) for python in PYTHONS)


def about(pin: Pin) -> tuple[str, list[str]]:
    """Tell a package's licence and requirements from the file."""
    stored: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    entry = stored.get(pin.name, {})
    if entry.get("version") != pin.version:
        raise ReportError("a locked package is not described", f"{pin.name} {pin.version}", remedy="run make parts")
    return entry["licence"], entry["requires"]


def _fetched(wanted: list[Pin], python: str, platform: str, folder: Path) -> list[Distribution]:
    """Install packages as on another machine, into a folder."""
    lock = folder / "wanted.txt"
    lock.write_text("".join(pin.text for pin in wanted), encoding="utf-8")
    rules = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "--quiet"]
    place = ["--python-version", python, "--python-platform", platform, "--target", str(folder / "packages")]
    subprocess.run([Path(sys.executable).with_name("uv"), "pip", "install", *rules, *place, "-r", lock], check=True)
    return list(distributions(path=[str(folder / "packages")]))


def describe() -> dict[str, dict[str, Any]]:
    """Fetch the packages that are elsewhere, and describe them."""
    left = [pin for pin in read_locks().values() if is_elsewhere(pin)]
    found: dict[str, dict[str, Any]] = {}
    for python, platform, word in PLACES:
        here = [pin for pin in left if pin.wanted(python, platform)]
        left = [pin for pin in left if pin not in here]
        with TemporaryDirectory() as folder:
            for package in _fetched(here, python, word, Path(folder)) if here else []:
                found[normal(package.metadata["Name"])] = {
                    "version": package.version, "licence": licence(package), "requires": package.requires or [],
                }  # fmt: skip
    return dict(sorted(found.items()))


if __name__ == "__main__":
    write_whole(FILE, json.dumps(describe(), indent=1) + "\n")
