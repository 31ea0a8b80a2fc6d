"""What the tests of bad input share: the command in this process, and what every refusal must look like."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from press.cli import main

# What the bad cells hold. No other cell, count or file name has them, so a message with one of them has leaked.
NUMBER, WORD = 7654321, "hemmelig"


@dataclass(frozen=True)
class Case:
    """One way to spoil the input, and what the message must say of it.

    `kind` is the format of the raw files, `command` what is called.
    """

    name: str
    spoil: Callable[[Path], object]
    words: Sequence[str]
    kind: str = "csv"
    command: Sequence[str] = field(default=("check",))


def named(cases: Sequence[Case]) -> pytest.MarkDecorator:
    """Run a test for each case, under the case's name."""
    assert len({case.name for case in cases}) == len(cases)
    return pytest.mark.parametrize("case", cases, ids=[case.name for case in cases])


def report(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def contents(folder: Path) -> dict[Path, bytes]:
    """Bytes of all files below a folder."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def assert_refused(done: Result, words: Sequence[str], root: Path) -> None:
    """One message with all the words, an error status, and no cell of the data."""
    told = done.output.replace(str(root), "")
    assert isinstance(done.exception, SystemExit), (told, done.exception)
    assert done.exit_code in (1, 2) and len(re.findall("^error: ", told, re.M | re.I)) == 1, told
    assert "Traceback" not in told, told
    assert [word for word in words if word not in told] == [], told
    assert str(NUMBER) not in told and WORD not in told.lower(), told[:3000]
    assert len(told[told.lower().index("error: ") :]) < 1500, told[:3000]
