"""The source of a deposit: a commit of a work tree without changes."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import sysconfig
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.errors import ReportError

SHOWN = 5


@dataclass(frozen=True)
class Commit:
    """A commit of the project."""

    name: str
    date: str
    seconds: int

    @property
    def short(self) -> str:
        """First twelve digits."""
        return self.name[:12]


def head(root: Path) -> Commit:
    """Name the commit that a work tree shows."""
    top = Path(_git(root, "rev-parse", "--show-toplevel").decode().rstrip("\n"))
    if top.resolve() != root.resolve():
        remedy = "say it in the project's own clone; an unpacked deposit has no history to make another one of"
        raise ReportError("the project's folder is not the top of its git repository", root.name, remedy=remedy)
    changed = _git(root, "status", "--porcelain").decode(errors="replace").splitlines()
    if changed:
        more = ", …" if len(changed) > SHOWN else ""
        what = f"the work tree has uncommitted changes: {', '.join(line[3:] for line in changed[:SHOWN])}{more}"
        raise ReportError(what, "git status", len(changed), "commit them, stash them or remove them")
    name, date, seconds = _git(root, "log", "-1", "--format=%H %cs %ct").decode().split()
    return Commit(name, date, int(seconds))


def export(root: Path, commit: Commit, folder: Path) -> int:
    """Write the files of a commit into a folder, as `git archive` gives them: `.git_archival.txt` filled in."""
    # Line ends as they are committed, whatever this account's git is set to.
    packed = _git(root, "-c", "core.autocrlf=false", "archive", "--format=tar", commit.name)
    count = 0
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        for member in archive:
            content = archive.extractfile(member) if member.isfile() else None
            if content is None and not member.isdir():
                raise ReportError("a file of the source is a link", member.name, 1, "put the file itself there")
            if content is not None:
                path = folder / member.name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content.read())
                path.chmod(0o755 if member.mode & 0o100 else 0o644)
                count += 1
    return count


def _git(root: Path, *arguments: str) -> bytes:
    try:
        done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, check=False)
    except OSError:
        raise ReportError("the program git is not installed", "PATH", remedy="install git") from None
    if done.returncode:
        last = (done.stderr.decode(errors="replace").strip().splitlines() or ["no message"])[-1]
        remedy = "a deposit is made of a commit: say it in a clone of the project"
        raise ReportError(f"git {arguments[0]} failed: {last}", root.name, remedy=remedy)
    return done.stdout


LOCK = "requirements.txt"


# Names of times when wheels named the year instead of the version of the C library.
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
        errors = [line.removeprefix("ERROR: ") for line in done.stderr.splitlines() if line.startswith("ERROR: ")]
        remedy = "look after the network, or give --wheels with a folder that has them"
        last = (errors or ["pip said nothing"])[-1]
        raise ReportError(f"the wheels can't be fetched: {last}", lock.name, None, remedy)
    return sorted(folder.glob("*.whl"))
