"""`report publish`."""

from __future__ import annotations

from pathlib import Path

import click

from engine.errors import ReportError

from ..project import Project
from .options import DATA, YEAR, clear_errors, say


@click.command()
@click.option("--to", "folder", type=click.Path(path_type=Path), help="A folder; an earlier book there is replaced.")
@click.option("--branch", help="A git branch of this repository, for a host of pages.")
@click.option("--push", "remote", metavar="REMOTE", help="With --branch: push it there, without force.")
@click.option("--put", "address", metavar="URL", help="A story service that takes all files in one HTTP PUT.")
@click.option("--token-from", default="REPORT_TOKEN", show_default=True,
              help="With --put: environment variable that holds the token.")  # fmt: skip
@YEAR
@DATA
@click.option("--check", "only_check", is_flag=True, help="Only tell whether the book may be published.")
@clear_errors
def publish(
    folder: Path | None, branch: str | None, remote: str | None, address: str | None, token_from: str,
    year: int | None, data: Path | None, only_check: bool,
) -> None:  # fmt: skip
    """Publish the finished book in _book/<year>: to a folder, a git branch or a story service.

    Refuses a book that is incomplete or out of date, and one of real data built below the disclosure limit. Exit status
    0 means that it is published, and nothing else does.

    \b
    report publish --check
    report publish --to /srv/www/rapport
    report publish --branch gh-pages --push origin
    NADA_TOKEN=… report publish --put https://data.nav.no/quarto/update/ID --token-from NADA_TOKEN
    """
    from ..edition import open_edition
    from ..publishing.permission import permitted

    if sum(way is not None for way in (folder, branch, address)) + only_check != 1:
        raise ReportError("one way to publish is needed", "publish", remedy="give --to, --branch, --put or --check")
    if remote and not branch:
        raise ReportError("only a branch can be pushed", "--push", remedy="give --branch, too")
    project = Project()
    edition = open_edition(project, year, data)
    book = project.root / "_book" / str(edition.year)
    record = permitted(edition, book)
    say(f"the book for {record.year}, {record.kind} data, is complete and up to date")
    if folder:
        from press.publishing.targets import copy_book

        copy_book(book, folder)
        click.echo(f"published to {folder}")
    elif branch:
        from press.publishing.targets import commit_book, push_branch

        commit = commit_book(book, project.root, branch, f"Book for {record.year}, {record.kind} data")
        if remote:
            push_branch(project.root, branch, remote)
        click.echo(f"published to the branch {branch}{f' at {remote}' if remote else ''}, commit {commit[:12]}")
    elif address:
        from press.publishing.targets import put_book

        put_book(book, address, token_from, say)
        click.echo(f"published to {address}")
