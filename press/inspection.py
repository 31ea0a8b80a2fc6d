"""What the raw data are, without making a book: `report check` and `report register`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pandas as pd

from engine.data.storage import write_whole
from engine.data.survey import Survey, open_survey
from engine.disclosure.rules import DEFAULT_MINIMUM, minimum_persons
from engine.estimates.registers import open_series
from engine.register.flow import sample_flow
from engine.register.raw import has_register
from engine.register.register import open_register
from engine.register.regressions import SPECIFICATIONS, register_regression
from engine.words.numbers import nb_number
from press.edition import data_at_hand
from press.options import DATA, YEAR, clear_errors, say


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
    for line in describe(year, data):
        say(line)
    click.echo("the raw files follow the codebook")


POPULATIONS = ("with_caseload", "counsellors")


def describe(year: int | None, data: Path | None) -> Iterator[str]:
    """Read the data as a build would and describe it in counts."""
    root = data_at_hand(data)
    survey = open_survey(year, root)
    yield f"{survey.manifest.kind} data, waves {', '.join(map(str, survey.waves))}"
    for wave in survey.waves:
        yield f"{wave}: {_counts(survey, wave)}"
    yield from _gaps(survey)
    series = open_series(survey.year, root)
    for name in ("user_groups", "staff"):
        table = getattr(series, name)
        told = f"to {table['wave'].astype(str).max()}" if len(table) else "not in the data; its figure says so"
        yield f"series {name}: {told}"
    if has_register(root):
        register = open_register(root)
        yield f"register, {register.period}: {int(register.flow['rows_out'].iloc[-1])} persons"
    else:
        yield "register: not in the data; the article's exhibits say so"
    limit = minimum_persons()
    if limit < DEFAULT_MINIMUM:
        yield (
            f"REPORT_MINIMUM is {limit}: a book built now shows estimates of fewer than {DEFAULT_MINIMUM} persons, and "
            "report publish will refuse it"
        )


def _counts(survey: Survey, wave: int) -> str:
    persons = {"invited": survey.invited, "answered": survey.answered}
    persons |= {name: survey.population(name) for name in POPULATIONS}
    rows = {name: int((table["wave"] == wave).sum()) for name, table in persons.items()}
    weights = survey.answered.loc[survey.answered["wave"] == wave, "weight"]
    offices = int(survey.invited.loc[survey.invited["wave"] == wave, "office_id"].nunique())
    told = [f"{count} {name.replace('_', ' ')}" for name, count in rows.items()]
    told.append(f"response {100 * rows['answered'] / rows['invited']:.0f} %")
    told.append(f"weights {weights.min():.2f} to {weights.max():.2f}")
    return ", ".join([*told, f"{offices} offices"])


def _gaps(survey: Survey) -> Iterator[str]:
    """Items that the newest wave asked and nobody answered, and what the manifest leaves out."""
    now = survey.answered[survey.answered["wave"] == survey.year]
    empty = [v.name for v in survey.codebook if v.source == "survey" and survey.asked(v.name, survey.year)
             and v.name in now and now[v.name].isna().all()]  # fmt: skip
    if empty:
        yield f"nobody answered in {survey.year}: {', '.join(empty)}"
    if survey.manifest.omitted:
        yield f"left out on purpose: {', '.join(survey.manifest.omitted)}"
    if survey.unused_columns:
        yield f"{survey.unused_columns} columns are not in the codebook and are not read"


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
    for line in run(data, engine, memory, out, say):
        click.echo(line)


def run(data: Path | None, engine: str, memory: str, out: Path | None, say: Callable[[str], None]) -> Iterator[str]:
    """Open the register, fit V1–V4, and write the tables."""
    started = time.perf_counter()
    say(f"opening the register with {engine} …")
    register = open_register(data_at_hand(data), engine, memory)
    say(f"checked, cut and put together in {_seconds(started)}")
    flow = sample_flow(register.flow)
    yield from _flow_lines(flow)
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


def _flow_lines(flow: pd.DataFrame) -> Iterator[str]:
    """Two lines of the table are one rule: what goes in, and what comes out."""
    for (_, into), (_, out) in zip(flow[::2].iterrows(), flow[1::2].iterrows(), strict=True):
        counts = " → ".join(nb_number(float(row["estimate"])) for row in (into, out))
        yield f"{into['part']}: {into['rule']}: {counts}"


def _columns(table: pd.DataFrame) -> str:
    told = []
    for name, rows in table.groupby("outcome", sort=False):
        found = rows.set_index("measure")["estimate"]
        told.append(f"{name}, N = {nb_number(float(found['n']))}, R² = {nb_number(float(found['r2']), 3)}")
    return "; ".join(told)


def _seconds(started: float) -> str:
    return f"{time.perf_counter() - started:.1f} s"
