"""Build one chapter with this Python and with others, and compare every CSV of it, byte by byte.

    .venv-3.13/bin/python tests/same_numbers.py .venv/bin/python
    .venv-3.13/bin/python tests/same_numbers.py .venv/bin/python .venv-3.12/bin/python --chapter 05

Each environment has been set up from the same locks. Exit status 1 when a file differs or none was written.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def numbers(python: str, chapter: str) -> dict[str, bytes]:
    """Build a chapter with a Python, and read the tables that its page offers.

    A book of one chapter holds other chapters' tables too where they lie finished, and what lies finished is each
    Python's own: only what the chapter's own page links to is compared.

    Parameters
    ----------
    python : str
        The program.
    chapter : str
        Number of the chapter.

    Returns
    -------
    dict of bytes
        CSV files by their path in the book.

    Raises
    ------
    SystemExit
        The build failed.
    """
    command = [python, "-m", "press.cli", "build", "--chapter", chapter]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{python}: {done.stderr[-3000:]}")
    folder = ROOT / done.stdout.strip().splitlines()[-1]
    (page,) = folder.glob(f"chapters/{chapter}-*.html")
    linked = sorted(set(re.findall(r'href="\.\./(exhibits/[^"]+\.csv)"', page.read_text(encoding="utf-8"))))
    return {name: (folder / name).read_bytes() for name in linked}


def differing(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    """Files that are not in both with the same bytes."""
    return sorted(name for name in one | other if one.get(name) != other.get(name))


def main() -> int:
    """Build and compare; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pythons", nargs="+", help="the other Pythons")
    parser.add_argument("--chapter", default="04")
    options = parser.parse_args()
    mine = numbers(sys.executable, options.chapter)
    failed = not mine
    for python in options.pythons:
        wrong = differing(mine, numbers(python, options.chapter))
        print(f"{python}: {len(wrong)} of {len(mine)} CSV files of chapter {options.chapter} differ", *wrong[:20])
        failed = failed or bool(wrong)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
