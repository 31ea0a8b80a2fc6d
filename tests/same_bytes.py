"""Build the whole book twice, in surroundings as unlike as this machine allows, and compare the bytes.

    python tests/same_bytes.py
    python tests/same_bytes.py --year 2023 --data _data/twin --keep

Two clones of the commit checked out, each from an empty cache. Between the builds differ: folder, number of processes,
host, account, home, folder for temporary files, language, clock's zone, umask, the seed of Python's hashes, and the
processor as far as numbers know it (`processors.py`): kernel and threads of BLAS, levels of SIMD, fused operations. The
second one finds no network interface, not even the machine's own. Another host and account and the lack of a network
need root. Exit status 1 when one byte differs, something was sent, a kernel named was not used, or
`sha256sum -c manifest.sha256` does not hold.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from processors import NEW, OLD, Processor, can_be_told

ROOT = Path(__file__).resolve().parent.parent
NOBODY = 65534
IS_ROOT = os.geteuid() == 0
# The kernel counts, for each network namespace, the packets that had no way out.
COUNTED = 'sent=$1; shift; "$@"; status=$?; cat /proc/net/snmp /proc/net/snmp6 > "$sent"; exit $status'


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
    offline: bool = False
    processor: Processor | None = None

    def run(self, command: list[str], place: Path) -> subprocess.CompletedProcess[str]:
        """Run a command in these surroundings, with home and folder for temporary files of its own.

        Parameters
        ----------
        command : list of str
            Program and arguments.
        place : Path
            Folder that everything belongs to; given to the account. Gets the file `sent` when offline.

        Returns
        -------
        subprocess.CompletedProcess
        """
        own = {"HOME": str(place / "home"), "TMPDIR": str(place / "temporary")}
        for folder in own.values():
            Path(folder).mkdir(exist_ok=True)
        if self.account is not None and may_become(self.account):
            subprocess.run(["chown", "-R", f"{self.account}:{self.account}", str(place)], check=True)
            command = [*becoming(self.account), *command]
        if self.offline and may("--net"):
            command = ["unshare", "--net", "sh", "-c", COUNTED, "sh", str(place / "sent"), *command]
        if self.host and may("--uts"):
            renamed = 'hostname "$1"; shift; exec "$@"'
            command = ["unshare", "--uts", "sh", "-c", renamed, "sh", self.host, *command]
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "REPORT_"))}
        environment = kept | own | self.variables | self.told
        return subprocess.run(
            command, cwd=place, env=environment, umask=self.umask, capture_output=True, text=True, errors="replace",
            check=False,
        )  # fmt: skip

    @property
    def told(self) -> dict[str, str]:
        """Variables that tell the processor to be another one, where it can be told."""
        return self.processor.variables if self.processor and can_be_told() else {}

    def not_as_told(self, place: Path) -> list[str]:
        """What a process in these surroundings runs on that is not what it was told; arguments as in `run`."""
        if not self.told or self.processor is None:
            return []
        asked = self.run([sys.executable, str(ROOT / "tests" / "processors.py")], place)
        return self.processor.differences(json.loads(asked.stdout)) if not asked.returncode else [asked.stderr]


PLAIN = Surroundings(
    "plain", "a", 1, 0o022, {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1"}, processor=OLD
)  # fmt: skip
# The clock's zone is a day ahead, the language is none, and nobody else may read the files.
STRANGE = Surroundings(
    "strange", "b/somewhere else/æøå", 3, 0o077,
    {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "2", "COLUMNS": "40"},
    "hulda-maskin", NOBODY, offline=True, processor=NEW,
)  # fmt: skip


def becoming(account: int) -> list[str]:
    """How a command is started as another account."""
    return ["setpriv", f"--reuid={account}", f"--regid={account}", "--clear-groups"]


def may_become(account: int) -> bool:
    """Whether another account may be taken, and may read what a build needs and start this very Python."""
    started = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import press.build'], check=True)"
    tried = [*becoming(account), sys.executable, "-c", started]
    return IS_ROOT and not subprocess.run(tried, cwd=ROOT, capture_output=True, check=False).returncode


def may(namespace: str) -> bool:
    """Whether a process may have a namespace of its own, of the kind of an option of `unshare`."""
    return IS_ROOT and not subprocess.run(["unshare", namespace, "true"], capture_output=True, check=False).returncode


def attempts(place: Path) -> int:
    """How often something was to be sent by a command that was run offline, whether it failed aloud or not."""
    counted = (place / "sent").read_text()
    rows = [line.split() for line in counted.splitlines() if line.startswith("Ip:")]
    old = dict(zip(*rows, strict=True))["OutNoRoutes"]
    new = re.search(r"^Ip6OutNoRoutes\s+(\d+)", counted, re.M)
    return int(old) + int(new[1] if new else 0)


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
            wrong = where.not_as_told(place)
            if wrong:
                print(f"{where.name}: {', '.join(wrong)}", file=sys.stderr)
                return 1
            on = where.processor.kernel if where.told and where.processor else "this machine's kernel"
            print(f"building {where.name}, on {on} …", flush=True)
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
        sent = attempts(base / STRANGE.folder) if may("--net") else 0
        print(
            f"{sent} attempts to send" if may("--net") else "network: not tried, no namespace of one's own is permitted"
        )
        return 1 if wrong or sent or any(check.returncode for check in checks) else 0
    finally:
        if options.keep:
            print(f"kept in {base}")
        else:
            shutil.rmtree(base, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
