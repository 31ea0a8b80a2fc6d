"""A deposit: gathered in a folder beside its place, packed, and put there as a whole."""

from __future__ import annotations

import os
import shutil
import tarfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml

from engine.data.files import find_waves
from engine.data.manifest import FILE, Manifest, data_root, digest, read_manifest
from engine.data.storage import scratch
from engine.data.survey import open_survey
from engine.disclosure.rules import DEFAULT_MINIMUM, SETTING, minimum_persons
from engine.errors import ReportError
from engine.register.raw import FOLDER, has_register
from ledger.comparison import open_ledger
from ledger.pages import write
from press.archiving.crate import Contents, describe
from press.archiving.source import LOCK, Commit, export, fetch_wheels, head, platform_name, python_version
from press.build import FORMATS, build
from press.build import Order as BookOrder
from press.edition import open_edition
from press.project import Project
from press.publishing.targets import copy_book
from twin.files import is_current
from twin.register.files import is_current as is_current_register

NAME = "etterprovbar-rapport"
MANIFEST, CRATE = "manifest.sha256", "ro-crate-metadata.json"
TEMPLATES = Path(__file__).parent / "deposit"


@dataclass(frozen=True)
class Order:
    """What is to be deposited."""

    to: Path
    years: tuple[int, ...] = ()
    data: Path | None = None
    wheels: Path | None = None
    jobs: int = 2


def archive(project: Project, order: Order, say: Callable[[str], None]) -> Path:
    """Write one file for a research archive.

    Notes
    -----
    Not compressed: wheels and PDFs are already, and compressors of different versions give different bytes.
    """
    started = time.monotonic()
    if find_spec("rocrate") is None:
        raise ReportError("the package rocrate is not installed", "the development packages", remedy="say make archive")
    commit = head(project.root)
    data = data_root(order.data)
    refuse_unless_twin(data)
    years = chosen_years(data, order.years)
    say(f"commit {commit.short} of {commit.date}; books of {', '.join(map(str, years))}")
    order.to.mkdir(parents=True, exist_ok=True)
    with scratch(order.to, ".deposit-") as work:
        name = f"{NAME}-{_citation(project.root)['version']}-{commit.short}"
        _gather(project, order, commit, data, years, work / name, say)
        packed = pack(work / name, work / f"{name}.tar", commit.seconds)
        target = order.to / packed.name
        os.replace(packed, target)
    size = target.stat().st_size / 1e6
    say(f"{target.name}: {size:.1f} MB, {time.monotonic() - started:.0f} s, SHA-256 {digest(target)}")
    return target


def _gather(
    project: Project, order: Order, commit: Commit, data: Path, years: list[int], deposit: Path,
    say: Callable[[str], None],
) -> None:  # fmt: skip
    """Fill the deposit's folder: first what can be missing, then what takes long."""
    (deposit / "wheels").mkdir(parents=True)
    count = export(project.root, commit, deposit / "source")
    raw = copy_raw(data, deposit / "data")
    say(f"{count} files of source, {len(raw)} raw files; fetching the wheels")
    wheels = fetch_wheels(deposit / "source" / LOCK, deposit / "wheels", order.wheels)
    say(
        f"{len(wheels)} wheels, {sum(path.stat().st_size for path in wheels) / 1e6:.1f} MB, for {platform_name(wheels)}"
    )
    # Books are built elsewhere, from nothing but the deposit's own files: no cache, no change, no ignored file.
    build_folder = deposit.parent / "build"
    shutil.copytree(deposit / "source", build_folder)
    for year in years:
        make_edition(Project(build_folder), deposit / "data", year, order.jobs, deposit, say)
    shutil.rmtree(build_folder)
    manifest = refuse_unless_twin(deposit / "data")
    _write_about(Contents(deposit, commit, _citation(deposit / "source"), manifest, years, wheels))


def _citation(root: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    return found


def _write_about(contents: Contents) -> None:
    """Write what a deposit says of itself; the manifest comes last, over all of it."""
    deposit = contents.folder
    for name in ("CITATION.cff", "LICENSE"):
        shutil.copyfile(deposit / "source" / name, deposit / name)
    words = {
        "title": contents.citation["title"], "version": contents.citation["version"], "commit": contents.commit.name,
        "date": contents.commit.date, "wheels": len(contents.wheels), "platform": platform_name(contents.wheels),
        "years": " ".join(map(str, contents.years)), "first": contents.years[0],
        "lock": LOCK, "python": f"python{python_version()}",
    }  # fmt: skip
    for template in sorted(TEMPLATES.iterdir()):
        text = template.read_text(encoding="utf-8")
        for word, value in words.items():
            text = text.replace(f"@{word}@", str(value))
        (deposit / template.name).write_text(text, encoding="utf-8", newline="\n")
    (deposit / CRATE).write_text(describe(contents), encoding="utf-8", newline="\n")
    lines = [f"{digest(deposit / name)}  {name}\n" for name in file_names(deposit)]
    (deposit / MANIFEST).write_text("".join(lines), encoding="utf-8", newline="\n")


def file_names(folder: Path) -> list[str]:
    """List all files below a folder, as sorted relative paths."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def pack(folder: Path, target: Path, seconds: int) -> Path:
    """Pack a folder so that the same files give the same bytes, whoever packs them and when."""
    with tarfile.open(target, "w", format=tarfile.PAX_FORMAT) as packed:
        for name in file_names(folder):
            path = folder / name
            member = tarfile.TarInfo(f"{folder.name}/{name}")
            member.size, member.mtime = path.stat().st_size, seconds
            member.mode = 0o755 if path.stat().st_mode & 0o100 else 0o644
            with path.open("rb") as content:
                packed.addfile(member, content)
    return target


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
    book = build(project, BookOrder(year, None, FORMATS, RENDERER, data, jobs), lambda line: say(f"  {line}"))
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


def refuse_unless_twin(data: Path) -> Manifest:
    """Make sure that a data root holds the synthetic twin, as this commit's generator makes it."""
    survey = read_manifest(data)
    register = read_manifest(data / FOLDER, f"{FOLDER}/{FILE}") if has_register(data) else None
    if not all(manifest.is_synthetic for manifest in (survey, register) if manifest):
        remedy = "unset REPORT_DATA, or give --data with the synthetic twin"
        raise ReportError("the data root is real, and real data never goes into an archive", "data root", 1, remedy)
    # The label alone is not believed: files must be marked, and have the digests and recipe of the generator.
    generated = survey.seed is not None and is_current(data, survey.seed)
    if register:
        generated = generated and register.seed is not None and is_current_register(data, register.seed)
    if not generated:
        remedy = "make it anew: report twin; only the twin goes into an archive"
        raise ReportError("the data is not the twin that this source generates", "data root", remedy=remedy)
    return survey


def copy_raw(data: Path, folder: Path) -> list[Path]:
    """Copy the files that the manifests name, and the manifests; nothing else that may lie there."""
    names = [FILE, *read_manifest(data).files]
    if has_register(data):
        names += [f"{FOLDER}/{name}" for name in (FILE, *read_manifest(data / FOLDER).files)]
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(data / name, folder / name)
    return [folder / name for name in names]
