"""`report register`."""

from __future__ import annotations

from pathlib import Path

import click

from .options import DATA, clear_errors, say


@click.command()
@DATA
@click.option("--engine", default="duckdb", show_default=True, metavar="NAME",
              help="duckdb, or a Spark master: local[2], spark://host:port.")  # fmt: skip
@click.option("--memory", default="1GB", show_default=True, metavar="SIZE",
              help="Most memory the engine takes; on Spark each executor. The rest goes to disk.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Write the tables there as CSV.")
@clear_errors
def register(data: Path | None, engine: str, memory: str, out: Path | None) -> None:
    """Run the register's pipeline and V1–V4 alone, on the engine of your choice.

    Prints what goes in and comes out of each rule, and with --out writes flow.csv and tbl-v1.csv … tbl-v4.csv. All
    engines give the same counts. Small counts are hidden. Rows and cells stay in the engine: a cell can be one person.
    Spark needs Java 17 and `pip install '.[spark]'`.

    \b
    report register
    report register --data /secure/surveys --memory 4GB --out tables
    report register --engine 'local[2]'
    report register --engine spark://host:7077 --data /shared/surveys
    """
    from ..register_run import run

    for line in run(data, engine, memory, out, say):
        click.echo(line)
