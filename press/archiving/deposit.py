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

from engine.data.manifest import data_root, digest
from engine.data.storage import scratch
from engine.errors import ReportError

from ..project import Project
from .crate import Contents, describe
from .editions import chosen_years, make_edition
from .raw import copy_raw, refuse_unless_twin
from .source import Commit, export, head
from .wheels import LOCK, fetch_wheels, platform_name, python_version

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
    workshop = deposit.parent / "workshop"
    shutil.copytree(deposit / "source", workshop)
    for year in years:
        make_edition(Project(workshop), deposit / "data", year, order.jobs, deposit, say)
    shutil.rmtree(workshop)
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
