"""`report ledger`: one edition, or each of them, held against the published numbers and findings."""

from __future__ import annotations

import os

import click

from engine.data.files import find_waves
from engine.errors import ReportError
from ledger.comparison import Ledger, write_lists
from ledger.pages import write

from ..build import edition_ledger
from ..edition import Edition, open_edition
from ..project import Project
from .options import say


def compare(year: int | None, form: str, everything: bool, each: bool, accept: bool) -> None:
    """Write the ledgers of the editions asked for, and refuse what none of them explains."""
    newest = open_edition(Project(), year, None)
    years = sorted(find_waves(newest.data), reverse=True) if each else [newest.year]
    faults = []
    for one in years:
        edition = newest if one == newest.year else open_edition(Project(), one, newest.data)
        found = _ledger(edition, accept and one == years[0])
        click.echo(write(found, form, everything))
        faults += [f"{name} ({one})" for name in found.faults]
    if faults:
        raise ReportError(
            "published rows or claims without an explanation, listed but reached, or denied by a sentence: "
            + ", ".join(faults[:8]), where="ledger", count=len(faults),
            remedy="mend the estimate, give the row its proof in verdicts.csv, or run report ledger --accept",
        )  # fmt: skip


def _ledger(edition: Edition, accept: bool) -> Ledger:
    jobs = min(os.cpu_count() or 1, 4)
    found = edition_ledger(edition, jobs, say)
    if not accept or not edition.explain:
        return found
    for path in write_lists(found):
        say(f"{path.name} of {path.parent.name} written; read the change before you commit it")
    return edition_ledger(edition, jobs, say)
