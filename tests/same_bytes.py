"""Build the whole book twice, in surroundings as unlike as this machine allows, and compare the bytes.

    python tests/same_bytes.py
    python tests/same_bytes.py --year 2023 --data _data/twin --keep

Two clones of the commit checked out, each from an empty cache. Between the builds differ: folder, number of processes,
host, account, home, folder for temporary files, language, clock's zone, umask, and the seed of Python's hashes. Another
host and account need root. Exit status 1 when one byte differs, or `sha256sum -c manifest.sha256` does not hold.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOBODY = 65534
IS_ROOT = os.geteuid() == 0


@dataclass(frozen=True)
class Surroundings:
    """Where and as whom a book is built."""

    name: str
    folder: str
    jobs: int
    umask: int
    variables: dict[str, str] = field(default_factory=dict)
    host: str = ""
    account: int | None = None

    def run(self, command: list[str], place: Path) -> subprocess.CompletedProcess[str]:
        """Run a command in these surroundings, with home and folder for temporary files of its own.

        Parameters
        ----------
        command : list of str
            Program and arguments.
        place : Path
            Folder that everything belongs to; given to the account.

        Returns
        -------
        subprocess.CompletedProcess
        """
        own = {"HOME": str(place / "home"), "TMPDIR": str(place / "temporary")}
        for folder in own.values():
            Path(folder).mkdir(exist_ok=True)
        if self.account is not None and IS_ROOT:
            subprocess.run(["chown", "-R", f"{self.account}:{self.account}", str(place)], check=True)
        if self.host and can_rename_host():
            told = 'hostname "$1"; shift; exec "$@"'
            if self.account is not None:
                account = f"--reuid={self.account}", f"--regid={self.account}", "--clear-groups"
                command = ["setpriv", *account, *command]
            command = ["unshare", "--uts", "sh", "-c", told, "sh", self.host, *command]
        elif self.account is not None and IS_ROOT:
            account = f"--reuid={self.account}", f"--regid={self.account}", "--clear-groups"
            command = ["setpriv", *account, *command]
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "REPORT_"))}
        return subprocess.run(
            command, cwd=place, env=kept | own | self.variables, umask=self.umask, capture_output=True, text=True,
            errors="replace", check=False,
        )  # fmt: skip


PLAIN = Surroundings("plain", "a", 1, 0o022, {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1"})
# The clock's zone is a day ahead, the language is none, and nobody else may read the files.
STRANGE = Surroundings(
    "strange", "b/somewhere else/æøå", 3, 0o077,
    {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "2", "OMP_NUM_THREADS": "2", "COLUMNS": "40"},
    "hulda-maskin", NOBODY,
)  # fmt: skip


def can_rename_host() -> bool:
    """Whether a process may be given a host's name of its own."""
    return IS_ROOT and not subprocess.run(["unshare", "--uts", "true"], capture_output=True, check=False).returncode


def contents(folder: Path) -> dict[str, bytes]:
    """All files of a folder by their relative path."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def differing(one: Path, other: Path) -> list[str]:
    """Files that are not in both folders with the same bytes."""
    first, second = contents(one), contents(other)
    return sorted(name for name in first | second if first.get(name) != second.get(name))


def holds(book: Path) -> subprocess.CompletedProcess[str]:
    """Check a book's files as a reader would, with coreutils."""
    command = ["sha256sum", "--check", "--strict", "--quiet", "manifest.sha256"]
    return subprocess.run(command, cwd=book, capture_output=True, text=True, check=False)


def main() -> int:
    """Build and compare; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--year", type=int, help="survey year; default: the newest")
    parser.add_argument("--data", type=Path, default=ROOT / "_data" / "twin", help="data root")
    parser.add_argument("--keep", action="store_true", help="keep both books")
    options = parser.parse_args()
    base = Path(tempfile.mkdtemp(prefix="same-bytes-"))
    base.chmod(0o755)
    books = []
    try:
        for where in (PLAIN, STRANGE):
            place = base / where.folder
            place.mkdir(parents=True)
            source = place / "source"
            subprocess.run(["git", "clone", "--quiet", str(ROOT), str(source)], check=True)
            # The account that builds is not the one that cloned, which git would refuse.
            safe = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}
            os.environ.update(safe, PYTHONPATH=str(source), PYTHONDONTWRITEBYTECODE="1")
            data = shutil.copytree(options.data, place / "data")
            command = [sys.executable, "-m", "press.cli", "build", "--data", str(data), "--jobs", str(where.jobs)]
            print(f"building {where.name} …", flush=True)
            done = where.run(command + (["--year", str(options.year)] if options.year else []), place)
            if done.returncode:
                print(done.stderr[-3000:], file=sys.stderr)
                return 1
            books.append(source / done.stdout.strip().rpartition("source/")[2])
        wrong = differing(*books)
        kinds = Counter(Path(name).suffix or name for name in contents(books[0]))
        print("files:", ", ".join(f"{count} {kind}" for kind, count in kinds.most_common()))
        checks = [holds(book) for book in books]
        print(f"{len(wrong)} of {sum(kinds.values())} files differ", *wrong[:20])
        print("sha256sum -c:", ", ".join("holds" if not check.returncode else check.stderr for check in checks))
        return 1 if wrong or any(check.returncode for check in checks) else 0
    finally:
        if options.keep:
            print(f"kept in {base}")
        else:
            shutil.rmtree(base, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
