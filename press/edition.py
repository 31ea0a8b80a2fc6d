"""An edition: a year of the book, on a data root."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from engine.data.files import find_waves
from engine.data.manifest import DEFAULT_ROOT, FILE, SERIES, SETTING, Manifest, data_root, read_manifest, verify
from engine.data.registers import FILES as SERIES_FILES
from engine.disclosure.rules import minimum_persons
from engine.errors import ReportError, raise_together
from engine.register.raw import FOLDER, has_register, raw_files

from .project import Chapter, Project
from .runs import Run, lacks_data, place, plan


@dataclass(frozen=True)
class Edition:
    """A year of the book on a data root."""

    project: Project
    year: int
    data: Path
    manifest: Manifest

    @property
    def cache(self) -> Path:
        """Kept runs: in the project for synthetic data, under the data root, closed to others, for real data."""
        if self.manifest.kind == "synthetic":
            return self.project.cache
        folder = self.data / ".report-cache"
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.stat().st_mode & 0o077:
            try:
                folder.chmod(0o700)
            except PermissionError:
                raise ReportError(
                    "the cache of real data is open to other users", folder.name, 1, "close it: chmod 700"
                ) from None
        return folder

    @property
    def register(self) -> Manifest | None:
        """What the register is, where the data root holds one."""
        return read_manifest(self.data / FOLDER, f"{FOLDER}/{FILE}") if has_register(self.data) else None

    @property
    def explain(self) -> bool:
        """Whether words of errors may be shown."""
        return self.manifest.kind == "synthetic"

    @property
    def chapters(self) -> list[Chapter]:
        """Chapters of this edition: all but those whose raw data the data root does not hold."""
        return [chapter for chapter in self.project.chapters if not lacks_data(chapter, self.data)]

    def runs(self, chapters: list[Chapter] | None = None) -> list[Run]:
        """Plan the runs of some chapters, or of all; pages about the book itself have none."""
        wanted = self.chapters if chapters is None else chapters
        return plan(self.project, wanted, self.year, self.data, self.cache)

    def run_place(self, chapter: Chapter, key: str) -> Path:
        """Where a chapter's notebook is kept."""
        return place(self.cache, self.year, chapter, key)


def data_at_hand(data: Path | None) -> Path:
    """Choose the data root as `data_root` does; where none is named, the synthetic twin is made when it is missing."""
    if not data and not os.environ.get(SETTING):
        # Generating needs much that reading does not, so it is imported only where it may be needed.
        from twin.register import ensure_both

        ensure_both(DEFAULT_ROOT)
    return data_root(data)


def open_edition(project: Project, year: int | None, data: Path | None) -> Edition:
    """Find data and year.

    Parameters
    ----------
    project : Project
        The source.
    year : int or None
        Survey year; None for the newest wave.
    data : Path or None
        Data root.

    Returns
    -------
    Edition

    Raises
    ------
    ReportError
        For an unknown year (the years found are listed), a missing or changed data file, or a REPORT_MINIMUM that is no
        limit.
    """
    minimum_persons()
    # A kernel works in another folder than the command.
    root = data_at_hand(data).resolve()
    manifest = read_manifest(root)
    waves = find_waves(root)
    found = sorted(waves)
    if not found:
        raise ReportError(
            "no survey wave found", where=str(data or "data root"), remedy="put survey_<year> and frame_<year> there"
        )
    chosen = found[-1] if year is None else year
    if chosen not in found:
        raise ReportError(
            f"survey year {chosen} is unknown", where="data root", count=len(found),
            remedy="take one of " + ", ".join(map(str, found)),
        )  # fmt: skip
    _verify_all(root, manifest, [path for wave in waves.values() for path in (wave.survey, wave.frame)])
    return Edition(project, chosen, root, manifest)


def _verify_all(root: Path, manifest: Manifest, waves: list[Path]) -> None:
    """Compare all files with both manifests: kept runs and a book in place are known by these alone."""
    problems = []
    paths = [*waves, *(path for name in SERIES_FILES if (path := root / SERIES / f"{name}.csv").is_file())]
    checks = [(root, manifest, paths)]
    if has_register(root):
        folder = root / FOLDER
        checks.append((folder, read_manifest(folder, f"{FOLDER}/{FILE}"), raw_files(folder)))
    for folder, told, found in checks:
        try:
            verify(folder, told, found)
        except ReportError as error:
            problems.append(error)
    raise_together(problems, "data root")
