"""`report check`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from engine.data.survey import Survey, open_survey
from engine.disclosure.rules import DEFAULT_MINIMUM, minimum_persons
from engine.estimates.registers import open_series
from engine.register.raw import has_register
from press.commands.options import DATA, YEAR, clear_errors, say
from press.edition import data_at_hand


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
    from press.commands.check import describe

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
        from engine.register.register import open_register

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
