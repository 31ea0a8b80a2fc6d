"""`report new-wave`."""

from __future__ import annotations

from pathlib import Path

import click

from engine.errors import ReportError

from .options import clear_errors, say


@click.command("new-wave")
@click.argument("year", type=click.IntRange(1990, 2100))
@click.option("--from", "data", type=click.Path(path_type=Path, file_okay=False), required=True,
              help="Folder with survey_<year> and frame_<year>.")  # fmt: skip
@click.option("--when", default="", help="When people answered, as pages shall say it. Default: the year.")
@click.option("--dropped", multiple=True, metavar="NAME", help="A missing item that was indeed not asked.")
@click.option("--code", "codes", multiple=True, metavar="NAME:CODE=LABEL", help="What a new or renamed code is called.")
@click.option("--check", "only_check", is_flag=True, help="Tell what is found and write nothing.")
@clear_errors
def new_wave(
    year: int, data: Path, when: str, dropped: tuple[str, ...], codes: tuple[str, ...], only_check: bool
) -> None:
    """Compare a new wave's files with the codebook and add the one row that the wave needs.

    Tells in one report what is missing, new or renamed. When nothing is left to mend or decide, a row in
    data/codebook/waves.csv describes the wave, and the book for that year builds. The data is read, never changed.

    \b
    report new-wave 2025 --from /secure/surveys --check
    report new-wave 2025 --from /secure/surveys --when "oktober 2025"
    report new-wave 2025 --from /secure/surveys --dropped act_planned --code "nav_region:13=Troms"
    """
    from engine.data.codebook import WAVES, parse_code, read_codebook

    from ..new_wave import Decisions, add_entry, inspect

    codebook = read_codebook()
    for name in dropped:
        codebook[name]
    decided = dict(parse_code(code) for code in codes)
    for name, _ in decided:
        codebook[name]
    report = inspect(data, year, when or str(year), codebook, Decisions(dropped, decided))
    click.echo(report.text)
    if report.stops:
        raise ReportError(
            "the wave can't be added yet", f"wave {year}", len(report.stops),
            "mend the files or decide with --dropped and --code, as told above; nothing was written",
        )  # fmt: skip
    if only_check:
        say("nothing was written")
        return
    click.echo("\n" + add_entry(WAVES, report.entry), nl=False)
    say(
        "\nnext: put the files beside the other waves, then\n"
        '  report manifest --data DIR --kind real --source "…"\n  report check --data DIR\n'
        f"  report build --data DIR --year {year}"
    )
