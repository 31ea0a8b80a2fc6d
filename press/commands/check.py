"""`report check`."""

from __future__ import annotations

from pathlib import Path

import click

from .options import DATA, YEAR, clear_errors, say


@click.command()
@DATA
@YEAR
@clear_errors
def check(data: Path | None, year: int | None) -> None:
    """Read the raw files as a build would and say what is wrong with them, without making anything.

    Everything that is wrong is told in one message, by file, column, rule and count, never with a value. When nothing
    is, the counts to compare with what is known of the data are told: who was invited, answered and is counted.

    \b
    report check --data /secure/surveys
    """
    from ..data_check import describe

    for line in describe(year, data):
        say(line)
    click.echo("the raw files follow the codebook")
