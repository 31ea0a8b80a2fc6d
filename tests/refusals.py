"""What every case of bad input must show: one message, an error status, and no cell of the data."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from click.testing import CliRunner, Result

from press.cli import main

# What the bad cells hold. No other cell, count or file name has them, so a message with one of them has leaked.
NUMBER, WORD = 7654321, "hemmelig"


def report(*arguments: str) -> Result:
    """Run the command `report` in this process."""
    return CliRunner().invoke(main, list(arguments))


def assert_refused(done: Result, words: Sequence[str], root: Path) -> None:
    """One message with all the words, an error status, and no cell of the data."""
    told = done.output.replace(str(root), "")
    assert isinstance(done.exception, SystemExit), (told, done.exception)
    errors = [line for line in told.splitlines() if line.lower().startswith("error: ")]
    assert done.exit_code in (1, 2) and len(errors) == 1 and "Traceback" not in told, told
    assert [word for word in words if word not in told] == [], told
    assert str(NUMBER) not in told and WORD not in told.lower() and len(told) < 4000, told[:5000]
