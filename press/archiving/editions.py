"""The editions of a deposit: each year's book, built from the deposit's own source and raw files, and its ledger."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from engine.data.files import find_waves
from engine.data.survey import open_survey
from engine.disclosure.rules import DEFAULT_MINIMUM, SETTING, minimum_persons
from engine.errors import ReportError
from ledger.comparison import open_ledger
from ledger.pages import write

from ..build import FORMATS, Order, build
from ..edition import open_edition
from ..project import Project
from ..publishing.targets import copy_book

# Pandoc and Typst lie among the wheels, Quarto doesn't: who unpacks the deposit must get the same bytes.
RENDERER = "pandoc"


def chosen_years(data: Path, wanted: tuple[int, ...]) -> list[int]:
    """Which editions the deposit holds."""
    if minimum_persons() != DEFAULT_MINIMUM:
        remedy = f"unset {SETTING}: who builds the book again has the default"
        raise ReportError("another disclosure limit than the default is set", SETTING, remedy=remedy)
    found = sorted(find_waves(data))
    unknown = sorted(set(wanted) - set(found))
    if unknown:
        remedy = "take some of " + ", ".join(map(str, found))
        raise ReportError(f"survey years unknown: {', '.join(map(str, unknown))}", "--year", len(unknown), remedy)
    return sorted(set(wanted)) or found


def make_edition(project: Project, data: Path, year: int, jobs: int, deposit: Path, say: Callable[[str], None]) -> None:
    """Build one year's book and ledger into a deposit: `book/<year>/`, `ledger/<year>.md` and `.csv`."""
    say(f"building the book of {year}")
    book = build(project, Order(year, None, FORMATS, RENDERER, data, jobs), lambda line: say(f"  {line}"))
    copy_book(book, deposit / "book" / str(year))
    edition = open_edition(project, year, data)
    ledger = open_ledger([run.output for run in edition.runs()], open_survey(year, data), data)
    # The tests of the project refuse such a ledger; a deposit shows it as it is.
    say(f"  ledger: {ledger.compared} numbers compared, {len(ledger.faults)} rows without an explanation")
    (deposit / "ledger").mkdir(exist_ok=True)
    for form, everything in (("md", False), ("csv", True)):
        # With the line end that the command adds, so that the two can be compared byte for byte.
        text = write(ledger, form, everything) + "\n"
        (deposit / "ledger" / f"{year}.{form}").write_text(text, encoding="utf-8", newline="\n")
