"""The wheels of a deposit: the very files that the lock accepts for this Python and this system."""

from __future__ import annotations

import re
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

from engine.errors import ReportError

LOCK = "requirements.txt"


# Names of times when wheels told the year instead of the version of the C library.
YEARS = {"manylinux1": 5, "manylinux2010": 12, "manylinux2014": 17}


def platform_name(wheels: Sequence[Path]) -> str:
    """Python and system that some wheels are for, in words: `CPython 3.11 on linux-x86_64, glibc 2.28 or newer`."""
    name = {"cpython": "CPython", "pypy": "PyPy"}.get(sys.implementation.name, sys.implementation.name)
    needed = max((least for wheel in wheels if (least := _glibc(wheel))), default=0)
    library = f", glibc 2.{needed} or newer" if needed else ""
    return f"{name} {python_version()} on {sysconfig.get_platform()}{library}"


def python_version() -> str:
    """Python that runs this: `3.11`."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def _glibc(wheel: Path) -> int:
    """Oldest glibc 2.x that a wheel takes; 0 when it has no compiled part, or is for another system."""
    tags = wheel.stem.rpartition("-")[2].split(".")
    found = [int(match[1]) for tag in tags if (match := re.match(r"manylinux_2_(\d+)_", tag))]
    return min(
        found + [minor for tag in tags for name, minor in YEARS.items() if tag.startswith(f"{name}_")], default=0
    )


def fetch_wheels(lock: Path, folder: Path, source: Path | None = None) -> list[Path]:
    """Fetch the wheels of a lock file."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "download", "--quiet",
               "--require-hashes", "--no-deps", "--only-binary=:all:", "--dest", str(folder)]  # fmt: skip
    command += ["--requirement", str(lock)]
    if source:
        command += ["--no-index", "--find-links", str(source)]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        told = [line.removeprefix("ERROR: ") for line in done.stderr.splitlines() if line.startswith("ERROR: ")]
        remedy = "look after the network, or give --wheels with a folder that has them"
        raise ReportError(f"the wheels can't be fetched: {(told or ['pip said nothing'])[-1]}", lock.name, None, remedy)
    return sorted(folder.glob("*.whl"))
