"""The command `report`."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path

import click

from engine.errors import ReportError
from press.options import DATA, YEAR, clear_errors, say
from press.project import Project

LATER = {
    "check": "press.inspection:check",
    "new-wave": "press.new_wave:new_wave",
    "register": "press.inspection:register",
}


class Commands(click.Group):
    """Commands of which some are imported when they are asked for: what they need takes seconds to import."""

    def list_commands(self, context: click.Context) -> list[str]:
        """All names, in the alphabet's order."""
        return sorted([*super().list_commands(context), *LATER])

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Find a command by its name."""
        if name not in LATER:
            return super().get_command(context, name)
        module, _, attribute = LATER[name].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Build, rerun and check a statistical report that proves itself.

    \b
    report build                     the book for the newest survey year, HTML and PDF
    report build --year 2023         the same book for 2023
    report run 04 --year 2022        one chapter's notebook, executed by papermill
    report ledger                    every published number against the recomputed one
    report preview                   see each saved sentence in the browser
    report new-wave 2025 --from DIR  what next year's files lack, and the entry that they need
    report register --memory 4GB     the register's pipeline and V1–V4 alone, also on Spark
    report publish --to DIR          the finished book to a folder, a branch or a story service
    report archive                   all of it in one file for a research archive
    """


@main.command()
@YEAR
@click.option("--chapter", metavar="N", help="Only this chapter, to a folder of its own; the book stays as it is.")
@click.option("--to", "formats", default="html,pdf", show_default=True, help="Formats: html, pdf or both.")
@click.option("--renderer", type=click.Choice(["auto", "quarto", "pandoc"]), default="auto", show_default=True,
              help="auto takes Quarto where it is installed, else Pandoc and Typst.")  # fmt: skip
@DATA
@click.option("--jobs", type=click.IntRange(1), default=min(os.cpu_count() or 1, 4), help="Parallel processes.")
@clear_errors
def build(year: int | None, chapter: str | None, formats: str, renderer: str, data: Path | None, jobs: int) -> None:
    """Run the chapters, render the book and put it in _book/<year>.

    Chapters that nothing has changed for are not run again. The book in place is replaced only by a complete one.

    \b
    report build
    report build --year 2023 --to html
    report build --chapter 04
    report build --data /secure/surveys
    """
    from .build import FORMATS, Order
    from .build import build as build_book

    wanted = tuple(dict.fromkeys(part.strip() for part in formats.split(",") if part.strip()))
    if not wanted or not set(wanted) <= set(FORMATS):
        raise ReportError(f"unknown format in «{formats}»", where="--to", remedy="take html, pdf or html,pdf")
    order = Order(year, chapter, wanted, renderer, data, jobs)
    click.echo(build_book(Project(), order, say))


@main.command()
@click.argument("chapter")
@YEAR
@DATA
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Where the executed notebook goes.")
@clear_errors
def run(chapter: str, year: int | None, data: Path | None, output: Path | None) -> None:
    """Execute one chapter's notebook with papermill and say where the result is.

    \b
    report run 04 --year 2023
    report run 04-ressurser-og-tid --output resultat.ipynb
    """
    from engine.data.storage import write_whole

    from .edition import open_edition
    from .project import is_made
    from .runs import execute

    project = Project()
    # Refused when unknown, before data are looked for or made.
    found = project.chapter(chapter)
    edition = open_edition(project, year, data)
    runs = edition.runs() if is_made(found) else edition.runs([found])
    for missing in [run for run in runs if not run.done]:
        execute(missing, edition.year, edition.data, edition.explain)
    if is_made(found):
        from .made.pages import make

        runs = make(edition, runs)
    [one] = [run for run in runs if run.chapter == found]
    if output:
        write_whole(output, one.output.read_text(encoding="utf-8"))
    click.echo(output or one.output)


@main.command()
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Where to. Default: _data/twin.")
@click.option("--seed", type=int, help="Another seed than the published twin's.")
@clear_errors
def twin(out: Path | None, seed: int | None) -> None:
    """Generate the synthetic twin: raw files that stand in for the confidential ones.

    \b
    report twin
    report twin --seed 7 --out another-twin
    """
    from twin.register import ensure_both

    click.echo(ensure_both(out or Project().root / "_data" / "twin", seed))


@main.command()
@YEAR
@click.option("--format", "form", type=click.Choice(["csv", "md", "html"]), default="md", show_default=True)
@click.option("--all", "everything", is_flag=True, help="Every row, also those reproduced and those not made yet.")
@click.option("--each", is_flag=True, help="Every edition of the data, the newest first.")
@click.option("--accept", is_flag=True, help="Write what the newest twin does not reach into not_reached.csv first.")
@clear_errors
def ledger(year: int | None, form: str, everything: bool, each: bool, accept: bool) -> None:
    """Compare every published number with the recomputed one; exit status 1 when one is unexplained.

    \b
    report ledger
    report ledger --each
    report ledger --format csv --all > ledger.csv
    """
    from engine.data.files import find_waves
    from ledger.pages import write

    from .build import accepted_ledger, edition_ledger
    from .edition import open_edition

    newest = open_edition(Project(), year, None)
    years = sorted(find_waves(newest.data), reverse=True) if each else [newest.year]
    jobs = min(os.cpu_count() or 1, 4)
    faults = []
    for one in years:
        edition = newest if one == newest.year else open_edition(Project(), one, newest.data)
        found = (accepted_ledger if accept and one == years[0] else edition_ledger)(edition, jobs, say)
        click.echo(write(found, form, everything))
        faults += [f"{name} ({one})" for name in found.faults]
    if faults:
        raise ReportError(
            "published rows or claims without an explanation, listed but reached, or denied by a sentence: "
            + ", ".join(faults[:8]), where="ledger", count=len(faults),
            remedy="mend the estimate, give the row its proof in verdicts.csv, or run report ledger --accept",
        )  # fmt: skip


@main.command()
@click.option("--check", "only_check", is_flag=True, help="Write nothing; exit status 1 when one is out of step.")
@clear_errors
def notebooks(only_check: bool) -> None:
    """Write notebooks/ from the chapters.

    \b
    report notebooks
    report notebooks --check
    """
    from engine.data.storage import write_whole

    from .notebook import dumps, to_notebook

    project = Project()
    stale = []
    for chapter in project.chapters:
        text = dumps(to_notebook(chapter.text, chapter.name))
        path = project.notebook_path(chapter)
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            stale.append(chapter.slug)
            if not only_check:
                path.parent.mkdir(exist_ok=True)
                write_whole(path, text)
    if only_check and stale:
        raise ReportError(
            f"out of step: {', '.join(stale)}", where="notebooks", count=len(stale), remedy="run report notebooks"
        )
    say(f"{len(stale)} notebooks written" if stale else "all notebooks are in step")


@main.command()
@click.option("--data", type=click.Path(path_type=Path, file_okay=False, exists=True), required=True)
@click.option("--kind", type=click.Choice(["real", "synthetic"]), required=True)
@click.option("--source", required=True, help="Where the data comes from, as the figures' source line shall say it.")
@click.option("--title", default="", help="What the data is called on the pages.")
@clear_errors
def manifest(data: Path, kind: str, source: str, title: str) -> None:
    """Write dataset.json beside raw files: what they are, and the digest of each.

    \b
    report manifest --data /secure/surveys --kind real --source "Navs undersøkelse blant veiledere"
    """
    from engine.data.manifest import write_manifest
    from engine.register.raw import FOLDER, write_register_manifest

    write_manifest(data, kind=kind, title=title or source, source=source)
    if (data / FOLDER).is_dir():
        write_register_manifest(data / FOLDER, kind=kind, title=title or source, source=source)
    click.echo(data / "dataset.json")


@main.command("audit")
@click.argument("book", type=click.Path(path_type=Path, file_okay=False), required=False)
@DATA
@clear_errors
def audit_book(book: Path | None, data: Path | None) -> None:
    """Search a finished book for what must not leave the data root.

    Looks into every page, picture, table, workbook, notebook and the PDF for rows and ids of persons (the data's own,
    too), eleven-digit numbers, local paths, names of accounts and machines, tracebacks and requests to other sites.
    What can't be searched is a finding. A book of real data is audited at the end of every build. Tells kinds, files
    and counts, never what was found.

    \b
    report audit
    report audit _book/2023 --data /secure/surveys
    """
    from .audit import refuse_unclean
    from .edition import open_edition

    project = Project()
    edition = open_edition(project, None, data)
    chosen = book or project.root / "_book" / str(edition.year)
    refuse_unclean(chosen, edition.data)
    click.echo(f"{chosen.name}: nothing found")


@main.command()
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
    from .archiving.deposit import Order
    from .archiving.deposit import archive as write_archive

    project = Project()
    click.echo(write_archive(project, Order(to or project.root / "_archive", years, data, wheels, jobs), say))


@main.command()
@YEAR
@click.option("--port", type=click.IntRange(0, 65535), help="Port on this machine; 0 for any. Default: from 4848 on.")
@click.option("--no-browser", is_flag=True, help="Only say the address.")
@DATA
@click.option("--jobs", type=click.IntRange(1), default=min(os.cpu_count() or 1, 4), help="Parallel processes.")
@clear_errors
def preview(year: int | None, port: int | None, no_browser: bool, data: Path | None, jobs: int) -> None:
    """Show the book in the browser, and each change as soon as it is saved.

    Watches chapters, theme, code and data. Runs again only what has changed (a changed sentence does not run its
    chapter again) and renders only that page. When a cell fails, its error stands here and the last good page stays.
    Only your account can see the preview: its first address holds a secret, which the browser keeps as a cookie. It
    makes no PDF and no search: `report build` does.

    \b
    report preview
    report preview --year 2023 --port 5000 --no-browser
    report preview --data /secure/surveys
    """
    from .preview.session import Options, Session

    Session(Project(), Options(year, data, port, not no_browser, jobs), say).run()


@main.command()
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
    from .edition import open_edition
    from .publishing.permission import permitted

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


if __name__ == "__main__":
    main()
