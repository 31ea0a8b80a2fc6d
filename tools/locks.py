"""The locks, and what the metadata of the packages in them say: licence and requirements.

Some packages are not installed by every supported Python on Linux: one is only for Python 3.12, another only for macOS.
What is written from the metadata of packages must be the same on every machine, so these packages' stand in
`elsewhere.json`, which `python tools/locks.py` writes anew.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution, distributions
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from packaging.markers import Marker
from packaging.utils import canonicalize_name

from engine.data.storage import write_whole
from engine.errors import ReportError
from press.project import ROOT

RUN, DEVELOPMENT = ROOT / "requirements.txt", ROOT / "requirements-dev.txt"
PYTHONS = ("3.11", "3.12", "3.13")
FILE = Path(__file__).with_name("elsewhere.json")
# `sys.platform`, and uv's word for it.
PLACES = [(python, "linux", "linux") for python in PYTHONS]
PLACES += [("3.11", "darwin", "macos"), ("3.11", "win32", "windows")]
BSD = "BSD-?"
# How packages write the same licence, to SPDX. A «BSD» without a number is decided by the licence's text.
WRITTEN = {
    "mit": "MIT", "mit license": "MIT", "apache-2.0": "Apache-2.0", "apache 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0", "apache license, version 2.0": "Apache-2.0",
    "bsd-3-clause": "BSD-3-Clause", "bsd 3-clause license": "BSD-3-Clause", "2-clause bsd": "BSD-2-Clause",
    "bsd 2-clause license": "BSD-2-Clause", "bsd": BSD, "bsd license": BSD, "isc license": "ISC",
    "isc license (iscl)": "ISC", "mpl-2.0": "MPL-2.0", "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "psfl": "PSF-2.0", "python software foundation license": "PSF-2.0", "mpl-2.0 and mit": "MPL-2.0 AND MIT",
}  # fmt: skip
# Words that stand in one licence's text alone.
WORDS = (
    ("Neither the name", "BSD-3-Clause"),
    ("names of its contributors may", "BSD-3-Clause"),
    ("Redistributions in binary form", "BSD-2-Clause"),
    ("Permission is hereby granted, free of charge", "MIT"),
)


@dataclass(frozen=True)
class Pin:
    """A package of a lock."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]
    development: bool
    text: str

    def wanted(self, python: str, platform: str = "linux") -> bool:
        """Whether it is installed on a Python («3.12») and platform (`sys.platform`)."""
        return not self.marker or Marker(self.marker).evaluate(environment(python, platform))


def environment(python: str, platform: str = "linux") -> dict[str, str]:
    """Describe CPython on a platform, as markers ask for it."""
    windows = platform == "win32"
    return {
        "python_version": python, "python_full_version": f"{python}.0", "implementation_version": f"{python}.0",
        "sys_platform": platform, "os_name": "nt" if windows else "posix",
        "platform_system": {"linux": "Linux", "darwin": "Darwin", "win32": "Windows"}[platform],
        "platform_machine": "AMD64" if windows else "x86_64", "platform_release": "", "platform_version": "",
        "implementation_name": "cpython", "platform_python_implementation": "CPython", "extra": "",
    }  # fmt: skip


def pins(text: str, development: bool = False) -> list[Pin]:
    """Read a lock's text."""
    found = []
    for block in re.split(r"(?m)^(?=[\w.\-]+==)", text):
        head = re.match(r"([\w.\-]+)==([^\s\\;]+)(?:\s*;\s*([^\\]+))?", block)
        if head:
            hashes = tuple(sorted(re.findall(r"--hash=sha256:([0-9a-f]{64})", block)))
            found.append(Pin(canonicalize_name(head[1]), head[2], (head[3] or "").strip(), hashes, development, block))
    return found


def read_locks() -> dict[str, Pin]:
    """Read both locks."""
    both = [*pins(RUN.read_text(encoding="utf-8")), *pins(DEVELOPMENT.read_text(encoding="utf-8"), True)]
    return {pin.name: pin for pin in sorted(both, key=lambda pin: pin.name)}


def licence(found: Distribution) -> str:
    """Find a package's licence in its metadata, and where these are vague in the licence's text."""
    about = found.metadata
    for text in about.get_all("License-Expression") or []:
        return str(text)
    field = [str(text) for text in about.get_all("License") or []]
    classifiers = [text.rpartition(" :: ")[2] for text in about.get_all("Classifier") or [] if text.startswith("Lic")]
    for text in [*field, *classifiers]:
        known = WRITTEN.get(text.strip().lower())
        if known and known != BSD:
            return known
    texts = field
    for file in sorted(map(str, found.files or [])):
        if re.search(r"dist-info/(licenses/)?(licen[sc]e|copying)[^/]*$", file, re.I):
            texts.append(Path(str(found.locate_file(file))).read_text(encoding="utf-8", errors="replace"))
    for words, name in WORDS:
        if any(words in " ".join(text.split()) for text in texts):
            return name
    raise ReportError(
        "a package's licence is not known", str(about["Name"]), remedy="add its name or words to tools/locks.py"
    )


def is_elsewhere(pin: Pin) -> bool:
    """Whether some supported Python on Linux goes without a package."""
    return not all(pin.wanted(python) for python in PYTHONS)


def stored_metadata(pin: Pin) -> tuple[str, list[str]]:
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
                found[canonicalize_name(package.metadata["Name"])] = {
                    "version": package.version, "licence": licence(package), "requires": package.requires or [],
                }  # fmt: skip
    return dict(sorted(found.items()))


def about(pin: Pin) -> tuple[str, list[str]]:
    """Tell a locked package's licence and requirements, the same on every supported Python."""
    if is_elsewhere(pin):
        return stored_metadata(pin)
    package = _installed(pin.name, pin.version)
    return licence(package), package.requires or []


def _installed(name: str, version: str) -> Distribution:
    try:
        found = distribution(name)
    except PackageNotFoundError:
        found = None
    if found is None or found.version != version:
        raise ReportError("a locked package is not installed", f"{name} {version}", remedy="run make setup")
    return found


if __name__ == "__main__":
    write_whole(FILE, json.dumps(describe(), indent=1) + "\n")
