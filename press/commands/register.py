"""`report register`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pandas as pd

from engine.data.storage import write_whole
from engine.register.flow import sample_flow
from engine.register.register import open_register
from engine.register.regressions import SPECIFICATIONS, register_regression
from engine.words.numbers import nb_number
from press.commands.options import DATA, clear_errors, say
from press.edition import data_at_hand


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
    from press.commands.register import run

    for line in run(data, engine, memory, out, say):
        click.echo(line)


def run(data: Path | None, engine: str, memory: str, out: Path | None, say: Callable[[str], None]) -> Iterator[str]:
    """Open the register, fit V1–V4, and write the tables."""
    started = time.perf_counter()
    say(f"opening the register with {engine} …")
    register = open_register(data_at_hand(data), engine, memory)
    say(f"checked, cut and put together in {_seconds(started)}")
    flow = sample_flow(register.flow)
    yield from _told(flow)
    tables = {"flow": flow}
    for identifier in SPECIFICATIONS:
        started = time.perf_counter()
        tables[identifier] = register_regression(register, identifier)
        yield f"{identifier.removeprefix('tbl-').upper()}: {_columns(tables[identifier])}"
        say(f"fitted in {_seconds(started)}")
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for name, table in tables.items():
            write_whole(out / f"{name}.csv", str(table.to_csv(index=False, lineterminator="\n")))
        yield f"{len(tables)} tables written to {out}"


def _told(flow: pd.DataFrame) -> Iterator[str]:
    """Two lines of the table are one rule: what goes in, and what comes out."""
    for (_, into), (_, out) in zip(flow[::2].iterrows(), flow[1::2].iterrows(), strict=True):
        counts = " → ".join(nb_number(float(row["estimate"])) for row in (into, out))
        yield f"{into['sector']}: {into['category']}: {counts}"


def _columns(table: pd.DataFrame) -> str:
    told = []
    for name, rows in table.groupby("category", sort=False):
        found = rows.set_index("measure")["estimate"]
        told.append(f"{name}, N = {nb_number(float(found['n']))}, R² = {nb_number(float(found['r2']), 3)}")
    return "; ".join(told)


def _seconds(started: float) -> str:
    return f"{time.perf_counter() - started:.1f} s"
