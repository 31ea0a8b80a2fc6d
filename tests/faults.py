"""Faults of the machine while a book is built, and what stands afterwards.

    python tests/faults.py                     20 kills and all other faults on a book of three pages; a few minutes
    python tests/faults.py --quick             what the tests run
    python tests/faults.py --book --kills 20   kills at moments of the whole book's build; an hour

Each line of the table is a fault: what was done, whether the book in place was a complete one afterwards (every file as
its record says), and whether the next build succeeded without cleaning by hand. At the end everything in the project's
folder and in the folder for temporary files is counted: nothing may be left but sources, cache and book. Exit status 1
when one fault was not survived. Full disks and read-only folders need root, in a namespace of their own; where that is
not permitted, the system's limit on the size of a file stands in.
"""

from __future__ import annotations

import argparse
import ctypes
import errno
import fcntl
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from engine.errors import ReportError
from press.build import Order, build
from press.options import clear_errors
from press.project import ROOT, Project
from press.record import differences, read_record
from press.runs import KEPT_PER_CHAPTER

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNS, MS_RDONLY, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 0x20000, 1, 32, 4096, 16384, 1 << 18
PR_SET_CHILD_SUBREAPER = 36
NOBODY = 65534
DECADE_SECONDS = 10 * 365 * 86400
MARK = "Utgave nummer {} av prøven."
ENDING_SECONDS = 8.0
PIPE_BYTES = 1 << 20


@dataclass
class Outcome:
    """A fault and what stood afterwards.

    Attributes
    ----------
    fault : str
        What was done.
    complete : bool
        The book in place was complete, right after the fault.
    recovered : bool
        The next build succeeded without cleaning by hand.
    told : str
        What the build said when it could, or what stood in place.
    """

    fault: str
    complete: bool
    recovered: bool
    told: str

    @property
    def survived(self) -> bool:
        """Whether nothing was lost."""
        return self.complete and self.recovered


class Bench:
    """A project that is built again and again, with something going wrong."""

    def __init__(self, root: Path, data: Path, year: int, formats: tuple[str, ...]) -> None:
        self.root, self.data, self.year, self.formats = root, data, year, formats
        self.edition = 0
        self.quick, self.length = False, 0.0
        # A pipe: what a build says must not depend on the disk that is being filled, nor on a limit on files' sizes.
        self.heard, self.said = os.pipe()
        fcntl.fcntl(self.said, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        os.set_blocking(self.heard, False)
        self.words = ""

    @property
    def book(self) -> Path:
        """Folder of the book."""
        return self.root / "_book" / str(self.year)

    @property
    def numbers(self) -> set[int]:
        """Numbers of the editions found in the book in place."""
        page = (self.book / "index.html").read_text(encoding="utf-8")
        return {int(number) for number in re.findall(MARK.format(r"(\d+)"), page)}

    def renew(self) -> None:
        """Change the source, and forget the runs: the next build goes the whole way and makes another book."""
        self.edition += 1
        front = self.root / "index.qmd"
        text = front.read_text(encoding="utf-8").partition("\nUtgave nummer")[0]
        front.write_text(f"{text}\n{MARK.format(self.edition)}\n", encoding="utf-8")
        shutil.rmtree(self.root / "_cache" / "runs", ignore_errors=True)

    def start(self, before: Callable[[], None] = lambda: None, year: int | None = None) -> int:
        """Build in a forked process group of its own, as the command does; `before` is called in it first."""
        self._hear()
        pid = os.fork()
        if pid:
            return pid
        code = 2
        try:
            os.setpgid(0, 0)
            os.dup2(self.said, 1)
            os.dup2(self.said, 2)
            before()
            order = Order(year or self.year, None, self.formats, "pandoc", self.data, 2)
            try:
                clear_errors(lambda: build(Project(self.root), order, lambda line: None) and None)()
                code = 0
            except SystemExit as end:
                code = int(str(end.code))
        except BaseException as error:
            os.write(2, f"Traceback: {type(error).__name__}: {error}".encode(errors="replace"))
        finally:
            os._exit(code)

    def finish(self, pid: int) -> int:
        """Wait for a build; its exit status."""
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        self.words = self._hear()
        return status

    def _hear(self) -> str:
        """Everything that was said since the last time."""
        with suppress(BlockingIOError):
            return os.read(self.heard, PIPE_BYTES).decode(errors="replace").strip()
        return ""

    def run(self, before: Callable[[], None] = lambda: None) -> int:
        """Build and wait."""
        return self.finish(self.start(before))

    def seconds(self) -> float:
        """How long a build takes that goes the whole way; measured once."""
        if not self.length:
            self.renew()
            started = time.monotonic()
            assert self.run() == 0, self.words
            self.length = time.monotonic() - started
        return self.length

    @property
    def complete(self) -> bool:
        """Whether the book in place has every file as its record says, and nothing else."""
        try:
            return not any(differences(self.book, read_record(self.book)).values())
        except (ReportError, OSError):
            return False

    def litter(self) -> list[str]:
        """Everything beside sources, cache and books, in the project and in the folder for temporary files."""
        runs = self.root / "_cache" / "runs"
        found = [path for path in (self.root / "_book").glob("*") if not path.name.isdigit()]
        found += [path for path in runs.glob("*/*") if path.suffix not in (".ipynb", ".sha256")]
        kept = ("runs", "staged", "pages", ".lock")
        found += [path for path in (self.root / "_cache").glob("*") if path.name not in kept]
        return sorted(path.name for path in [*found, *Path(tempfile.gettempdir()).glob("*")])


def mend(bench: Bench, fault: str, told: str) -> Outcome:
    """Look at the book, then build again as if nothing had happened."""
    complete = bench.complete
    status = bench.run()
    recovered = not status and bench.complete and bench.numbers == {bench.edition}
    return Outcome(fault, complete, recovered, told if recovered else f"{told}; next build: {status} {bench.words}")


def orphans_end() -> bool:
    """Whether all processes of a killed build end by themselves; they have become children of this one."""
    deadline = time.monotonic() + ENDING_SECONDS
    while time.monotonic() < deadline:
        try:
            if not os.waitpid(-1, os.WNOHANG)[0]:
                time.sleep(0.02)
        except ChildProcessError:
            return True
    return False


def kills(bench: Bench, count: int, seed: int, group: bool = True) -> Iterator[Outcome]:
    """Kill -9 at random moments of a build that goes the whole way: all of the process group, or the leader alone."""
    LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1)
    draw = random.Random(seed)
    length = bench.seconds()
    number = 0
    while number < count:
        before = bench.numbers
        bench.renew()
        moment = draw.uniform(0, length)
        pid = bench.start()
        time.sleep(moment)
        os.kill(-pid if group else pid, signal.SIGKILL)
        killed = bench.finish(pid) < 0
        ended = orphans_end()
        stands = bench.numbers if bench.complete else set()
        whole = stands in (before, {bench.edition})
        told = ("the old book" if stands == before else "the new book" if whole else "no complete book") + " in place"
        what = f"kill -9 {'of all' if group else 'of the leader'} {number + 1}, after {moment:.2f} of {length:.2f} s"
        outcome = mend(bench, what, told if ended else f"{told}; processes live on")
        outcome = Outcome(what, outcome.complete and whole, outcome.recovered and ended, outcome.told)
        # A build that was faster than the first one had nothing left to be killed.
        number += killed
        if killed or not outcome.survived:
            yield outcome


def refused(bench: Bench, fault: str, status: int) -> Outcome:
    """Outcome of a build that could not succeed: it must have failed with one clear message."""
    words = bench.words
    clear = status == 1 and words.count("error:") == 1 and "Traceback" not in words
    if bench.quick:
        # The next fault's own build shows that nothing of this one is in its way.
        return Outcome(fault, bench.complete, clear, words)
    outcome = mend(bench, fault, words.partition("\n")[0][:150])
    return outcome if clear else Outcome(fault, outcome.complete, False, f"status {status}: {words[-400:]}")


@contextmanager
def full(bench: Bench, room: int) -> Iterator[None]:
    """Leave some bytes of room on the disk that project and temporary files lie on."""
    ballast = bench.root.parent / "ballast"
    free = os.statvfs(bench.root)
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(1, free.f_bavail * free.f_frsize - room))
    try:
        yield
    finally:
        ballast.unlink()


def full_disks(bench: Bench, shares: list[float]) -> Iterator[Outcome]:
    """A disk that is full from the start, and ones that get full on the way."""
    # What a build needs beyond the book in place, which the new one must not replace before it is complete.
    made = [*bench.book.rglob("*"), *(bench.root / "_cache").rglob("*")]
    need = sum(path.stat().st_size for path in made if path.is_file())
    for share in shares:
        bench.renew()
        shutil.rmtree(bench.root / "_cache")
        with full(bench, int(share * need)):
            status = bench.run()
        yield refused(bench, f"disk full at {share:.0%} of what a build needs", status)


def file_limits(bench: Bench, limits: list[int]) -> Iterator[Outcome]:
    """No file may be larger than a limit: the same errors as a full disk, without root."""
    for limit in limits:
        bench.renew()
        status = bench.run(lambda size=limit: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)))
        yield refused(bench, f"files of at most {limit} bytes", status)


def read_only(bench: Bench) -> Iterator[Outcome]:
    """The book's folder lies on a disk that can't be written."""
    folder = os.fsencode(bench.root / "_book")
    bench.renew()
    check(LIBC.mount(folder, folder, None, MS_BIND, None))
    check(LIBC.mount(folder, folder, None, MS_BIND | MS_REMOUNT | MS_RDONLY, None))
    status = bench.run()
    check(LIBC.umount(folder))
    yield refused(bench, "output folder read-only", status)


def another_account(bench: Bench) -> Iterator[Outcome]:
    """The build's account may write neither the project nor its home."""

    def become_nobody() -> None:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)

    bench.renew()
    yield refused(bench, "account without the right to write", bench.run(become_nobody))


def file_in_the_way(bench: Bench) -> Iterator[Outcome]:
    """A file lies where the books' folder should be."""
    bench.renew()
    kept = bench.root / "_kept"
    (bench.root / "_book").rename(kept)
    (bench.root / "_book").write_text("")
    status = bench.run()
    (bench.root / "_book").unlink()
    kept.rename(bench.root / "_book")
    yield refused(bench, "a file in the place of the output folder", status)


def several_builds(bench: Bench) -> Iterator[Outcome]:
    """Three builds at once: two of the same year and one of another."""
    bench.renew()
    builds = [bench.start(), bench.start(), bench.start(year=bench.year - 1)]
    statuses = [bench.finish(pid) for pid in builds]
    other = Bench(bench.root, bench.data, bench.year - 1, bench.formats)
    fine = statuses == [0, 0, 0] and other.complete and other.numbers == {bench.edition}
    outcome = mend(bench, "builds at once, two of the same year and one of another", f"exit statuses {statuses}")
    yield outcome if fine else Outcome(outcome.fault, False, outcome.recovered, f"{statuses} {bench.words}")


def clock_set_back(bench: Bench) -> Iterator[Outcome]:
    """All files of cache, book and source come from the future, and more runs are kept than are ever kept."""
    runs = bench.root / "_cache" / "runs" / str(bench.year)
    for run in list(runs.glob("*.ipynb")):
        for number in range(KEPT_PER_CHAPTER + 1):
            # Sixteen letters stand where the run's key is.
            shutil.copy(run, run.with_name(f"{run.stem[:-16]}{number:016x}.ipynb"))
    kept = list(runs.glob("*.ipynb"))
    bench.renew()
    runs.mkdir(parents=True, exist_ok=True)
    for path in kept:
        path.write_text("")
    future = time.time() + DECADE_SECONDS
    for path in bench.root.rglob("*"):
        if not path.is_symlink():
            os.utime(path, (future, future))
    status = bench.run()
    fine = not status and bench.numbers == {bench.edition}
    outcome = mend(bench, "clock set back by ten years, kept runs empty", f"exit status {status}")
    yield outcome if fine else Outcome(outcome.fault, outcome.complete, False, f"{outcome.told} {bench.words}")


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda content: content[: len(content) // 2],
    "filled with NULs": lambda content: b"\0" * len(content),
    "altered": lambda content: content.replace(b"e", b"a"),
    "emptied": lambda content: b"",
}


def damaged_caches(bench: Bench) -> Iterator[Outcome]:
    """Kept runs and pages, and the book in place, are not what was kept: the next build makes the same book anew."""
    for damage, spoil in DAMAGES.items():
        for place in ("runs", "pages", "book"):
            bench.renew()
            assert bench.run() == 0, bench.words
            before = {path: path.read_bytes() for path in bench.book.rglob("*") if path.is_file()}
            folder = bench.book if place == "book" else bench.root / "_cache" / place
            files = [path for path in folder.rglob("*") if path.is_file() and path.suffix in (".ipynb", ".html", "")]
            for path in files:
                if path.name != ".build-key":
                    path.write_bytes(spoil(path.read_bytes()))
            if place != "book":
                (bench.book / ".build-key").unlink()
            status = bench.run()
            same = before == {path: path.read_bytes() for path in bench.book.rglob("*") if path.is_file()}
            told = f"status {status}, {bench.words[:200]}"
            yield Outcome(f"{place} {damage}", bench.complete, not status and same, told)


def check(returned: int) -> None:
    """Raise the error of a call of the C library."""
    if returned:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def own_disks(place: Path, size: int) -> bool:
    """Put a small disk of one's own at a folder, seen by this process alone; false where that is not permitted."""
    try:
        check(LIBC.unshare(CLONE_NEWNS))
        check(LIBC.mount(None, b"/", None, MS_REC | MS_PRIVATE, None))
        check(LIBC.mount(b"none", os.fsencode(place), b"tmpfs", 0, f"size={size}".encode()))
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.EACCES, errno.ENOSYS):
            raise
        return False
    return True


def all_faults(bench: Bench, options: argparse.Namespace, disks: bool) -> Iterator[Outcome]:
    """Everything, one after the other, on one project."""
    yield from kills(bench, options.kills, options.seed)
    yield from kills(bench, options.leaders, options.seed + 1, group=False)
    if not options.book:
        if disks:
            yield from full_disks(bench, [float(share) for share in options.full.split(",")])
            yield from read_only(bench)
            yield from another_account(bench)
        if not (disks and bench.quick):
            yield from file_limits(bench, [int(limit) for limit in options.limits.split(",")])
        yield from file_in_the_way(bench)
        yield from several_builds(bench)
        yield from clock_set_back(bench)
        yield from damaged_caches(bench)
    litter = bench.litter()
    yield Outcome("litter after all of these", not litter, True, ", ".join(litter[:10]) or "none")


def main() -> int:
    """Run the faults and tell; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20, help="kills of the whole process group")
    parser.add_argument("--leaders", type=int, default=5, help="kills of the leading process alone")
    parser.add_argument("--full", default="0,0.2,0.4,0.6,0.8", help="room on the full disks, in parts of the need")
    parser.add_argument("--limits", default="0,1000,20000,60000", help="largest files, in bytes")
    parser.add_argument("--seed", type=int, default=2024, help="of the moments")
    parser.add_argument("--data", type=Path, default=ROOT / "_data" / "twin", help="data root")
    parser.add_argument("--book", action="store_true", help="kill builds of the whole book; no other faults")
    parser.add_argument("--html", action="store_true", help="pages only, no PDF")
    parser.add_argument("--quick", action="store_true", help="one of each, told in JSON, as the tests want it")
    options = parser.parse_args()
    if options.quick:
        options.kills, options.leaders, options.full, options.limits, options.html = 1, 1, "0.4", "20000", True
    from small_project import make_project

    from press.kernels import warm_up

    warm_up()
    base = Path(tempfile.mkdtemp(prefix="faults-"))
    base.chmod(0o755)
    disks = own_disks(base, 2**30)
    os.environ.update(HOME=str(base / "home"), TMPDIR=str(base / "temporary"))
    tempfile.tempdir = str(base / "temporary")
    outcomes = []
    try:
        for name in ("home", "temporary"):
            (base / name).mkdir()
        data = shutil.copytree(options.data, base / "data", ignore=None if options.book else only_surveys)
        if options.book:
            subprocess.run(["git", "clone", "--quiet", str(ROOT), str(base / "book")], check=True)
        else:
            make_project(base / "book")
        bench = Bench(base / "book", data, 2024, ("html",) if options.html else ("html", "pdf"))
        bench.quick = options.quick
        started = time.monotonic()
        for outcome in all_faults(bench, options, disks):
            outcomes.append(outcome)
            if not options.quick:
                mark = "survived" if outcome.survived else "LOST    "
                print(f"{time.monotonic() - started:6.0f} s  {mark}  {outcome.fault}: {outcome.told}", flush=True)
    finally:
        if disks:
            LIBC.umount2(os.fsencode(base), 2)
        shutil.rmtree(base, ignore_errors=True)
    if options.quick:
        print(json.dumps({"disks": disks, "outcomes": [asdict(outcome) for outcome in outcomes]}))
    else:
        print(f"{sum(outcome.survived for outcome in outcomes)} of {len(outcomes)} survived")
        if not disks:
            print("full disks and read-only folders were left out: no namespace of one's own is permitted here")
    return 0 if all(outcome.survived for outcome in outcomes) else 1


def only_surveys(folder: str, names: list[str]) -> set[str]:
    """For `copytree`: the register is of no use to the small book."""
    return {name for name in names if name == "register"}


if __name__ == "__main__":
    sys.exit(main())
