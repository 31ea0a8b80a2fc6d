"""Set up the virtual environment from the locks. `make` calls this; so do CI, the workflow and the guides, by `make`.

    python3 tools/setup.py               what a reader needs: packages of requirements.txt, this project
    python3 tools/setup.py --dev         on top of it: tests, lint, browser, from requirements-dev.txt
    python3 tools/setup.py --fetch DIR   fetch the wheels of either lock into a folder (with --dev: of the second)
    python3 tools/setup.py --wheels DIR  set up from such a folder, without a network

Exactly the locked wheels are installed: nothing is resolved, so a newer release of anything changes nothing, and
nothing is built, so no compiler is needed. The locked uv does it, in half of pip's time; where it can't be had, pip.
The ready mark is written last: a set-up that was interrupted starts anew. Standard library only.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)
RUN, DEVELOPMENT = "requirements.txt", "requirements-dev.txt"
# The same for pip and uv. Without --no-deps pip resolves again, and an extra that one package asks of another then
# fails the day that a newer release of the other appears.
RULES = ("--require-hashes", "--no-deps", "--only-binary", ":all:")
# What installers say that tells how far they are. Pip names each package: every twentieth is told.
PROGRESS = re.compile(r"Downloading \S+ \(|Prepared|Installed|Installing collected")
NAMED = re.compile(r"Collecting |Processing ")
UV_BLOCK = re.compile(r"^uv==.*\n(?:[ \t].*\n)*", re.M)


class Failed(Exception):
    """A step of the set-up failed; the message says which and why."""


def say(text: str) -> None:
    """Tell how far the set-up is."""
    print(text, flush=True)


def run(command: list[str], extra: dict[str, str] | None = None) -> None:
    """Run a command, tell its progress, and show its last words when it fails."""
    lines: list[str] = []
    named = 0
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        env=os.environ | (extra or {}),
    ) as process:  # fmt: skip
        assert process.stdout is not None
        for line in map(str.strip, process.stdout):
            lines.append(line)
            named += bool(NAMED.match(line))
            if PROGRESS.match(line) or (NAMED.match(line) and named % 20 == 0):
                say(f"    {line[:100]}" if PROGRESS.match(line) else f"    {named} packages fetched")
    if process.returncode:
        raise Failed("\n".join(["", *lines[-15:], f"failed: {' '.join(command[:6])} …"]))


def install_call(installer: list[str], locks: list[Path], wheels: Path | None) -> list[str]:
    """Write the one call that installs packages, here and everywhere."""
    source = ["--no-index", "--find-links", str(wheels)] if wheels else []
    return [*installer, *RULES, *source, *(part for lock in locks for part in ("-r", str(lock)))]


def pip(python: Path) -> list[str]:
    """Pip's command as far as `install`. Like uv it leaves compiling to the first import of what is imported."""
    return [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--no-compile"]


def uv(python: Path) -> list[str]:
    """Uv's command as far as `install`."""
    return [str(python.with_name("uv")), "pip", "install", "--python", str(python)]


def index_of_pip(python: Path) -> dict[str, str]:
    """Tell uv the registry and the certificates that pip was told of: an internal mirror serves both."""
    listed = subprocess.run([str(python), "-m", "pip", "config", "list"], capture_output=True, text=True, check=False)
    found = dict(re.findall(r"^(?:global|user|site|install|:env:)\.(index-url|cert)='(.*)'$", listed.stdout, re.M))
    names = {"index-url": "UV_DEFAULT_INDEX", "cert": "SSL_CERT_FILE"}
    return {names[key]: value for key, value in found.items() if names[key] not in os.environ}


@contextmanager
def part_of(lock: Path, only_uv: bool) -> Iterator[Path]:
    """Give a lock's lines about uv, or all others, as a file of its own."""
    text = lock.read_text(encoding="utf-8")
    kept = "".join(UV_BLOCK.findall(text)) if only_uv else UV_BLOCK.sub("", text)
    with tempfile.TemporaryDirectory() as folder:
        part = Path(folder, "part.txt")
        part.write_text(kept, encoding="utf-8")
        yield part


def has_uv(python: Path, lock: Path, wheels: Path | None) -> bool:
    """Whether the locked uv is in the environment now, and starts."""
    try:
        with part_of(lock, only_uv=True) as part:
            run(install_call(pip(python), [part], wheels))
        run([str(python.with_name("uv")), "--version"])
    except (Failed, OSError):
        say("    uv can't be had here; pip installs, which takes longer")
        return False
    return True


def install(python: Path, lock: Path, wheels: Path | None, with_uv: bool) -> None:
    """Install a lock's packages into the environment of a Python, all of them or an error."""
    if with_uv:
        try:
            return run(install_call(uv(python), [lock], wheels), index_of_pip(python))
        except Failed as error:
            say(f"{error}\n    uv failed; pip tries again, which takes longer")
    with part_of(lock, only_uv=False) as part:
        run(install_call(pip(python), [part], wheels))


def fetch(python: Path, lock: Path, folder: Path) -> None:
    """Fetch a lock's wheels for this Python and machine into a folder."""
    download = [str(python), "-m", "pip", "download", "--disable-pip-version-check", "--dest", str(folder)]
    run(install_call(download, [lock], None))


def install_project(python: Path) -> None:
    """Install this project itself, editable: built by the locked setuptools, and nothing is fetched."""
    run([*pip(python), "--no-index", "--no-deps", "--no-build-isolation", "--editable", str(ROOT)])


def check(python: Path) -> None:
    """Let pip confirm that every installed package finds what it requires."""
    run([str(python), "-m", "pip", "--disable-pip-version-check", "check"])


def make_environment(venv: Path) -> None:
    """Make an empty environment in place of what is there."""
    try:
        run([sys.executable, "-m", "venv", "--clear", str(venv)])
    except Failed as error:
        raise Failed(f"{error}\nOn Debian and Ubuntu: apt-get install python3-venv") from error


def set_up(venv: Path, development: bool, wheels: Path | None, only_pip: bool) -> None:
    """Do all steps of one of the two set-ups, and write its mark last."""
    python, lock = venv / "bin" / "python", ROOT / RUN
    if development and not (venv / ".ready").is_file():
        raise Failed(f"{venv} is not set up: first without --dev")
    if not development:
        say(f"{venv}: Python {sys.version.split()[0]}")
        make_environment(venv)
    wanted = ROOT / DEVELOPMENT if development else lock
    say(f"up to {len(re.findall('^[a-z].*==', wanted.read_text(encoding='utf-8'), re.M))} packages of {wanted.name}")
    with_uv = not only_pip and has_uv(python, lock, wheels)
    install(python, wanted, wheels, with_uv)
    if not development:
        install_project(python)
    check(python)
    (venv / (".ready-dev" if development else ".ready")).touch()


def main() -> int:
    """Set up; the exit status."""
    if sys.version_info < OLDEST:
        told = f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}; say make PYTHON=/path/to/python"
        print(told, file=sys.stderr)
        return 1
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dev", action="store_true", help="what development needs, on top of a finished set-up")
    parser.add_argument("--venv", type=Path, default=ROOT / ".venv", help="the environment's folder")
    parser.add_argument("--wheels", type=Path, help="take wheels from this folder, and nothing from a network")
    parser.add_argument("--fetch", type=Path, help="set up nothing; fetch wheels into this folder")
    parser.add_argument("--pip", action="store_true", help="install with pip from the start")
    options = parser.parse_args()
    started = time.monotonic()
    try:
        if options.fetch:
            fetch(Path(sys.executable), ROOT / (DEVELOPMENT if options.dev else RUN), options.fetch)
        else:
            set_up(options.venv.absolute(), options.dev, options.wheels and options.wheels.absolute(), options.pip)
    except Failed as error:
        print(error, file=sys.stderr)
        return 1
    say(f"ready after {time.monotonic() - started:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
