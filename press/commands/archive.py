"""`report archive`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from ..project import Project
from .options import DATA, clear_errors, say


@click.command()
@click.option("--to", type=click.Path(path_type=Path, file_okay=False), help="Folder for the file. Default: _archive.")
@click.option("--year", "years", type=int, multiple=True, help="Only this year's book; may be repeated. Default: all.")
@click.option("--wheels", type=click.Path(path_type=Path, file_okay=False, exists=True),
              help="Folder that has the wheels. Default: the package index is asked.")  # fmt: skip
@DATA
@click.option("--jobs", type=click.IntRange(1), default=min(os.cpu_count() or 1, 4), help="Parallel processes.")
@clear_errors
def archive(to: Path | None, years: tuple[int, ...], wheels: Path | None, data: Path | None, jobs: int) -> None:
    """Write one deposit file for a research archive: all that makes the report, and the report.

    Source at the newest commit, wheels of the lock file for this Python and system, raw files of the synthetic twin,
    each year's book and ledger, digests of all files, and an RO-Crate. Whoever unpacks it makes the same bytes again
    with make, without a network. Same commit, Python and system: same bytes.

    Refuses uncommitted changes and real data. Books are built anew, from the deposit's own files: allow some minutes.

    \b
    report archive
    report archive --to /srv/deposits --jobs 4
    report archive --wheels wheelhouse
    """
    from ..archiving.deposit import Order
    from ..archiving.deposit import archive as write_archive

    project = Project()
    click.echo(write_archive(project, Order(to or project.root / "_archive", years, data, wheels, jobs), say))
