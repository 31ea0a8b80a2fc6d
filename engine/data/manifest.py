"""The manifest beside the raw files: what the data is, where it comes from, and the digest of each file."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from engine.errors import ReportError, raise_together

from .files import find_waves, forbidden, not_a_file, read_table
from .storage import write_whole

FILE = "dataset.json"
# Folder of the small registers beside the waves.
SERIES = "series"
KINDS = ("synthetic", "real")
SETTING = "REPORT_DATA"
# Where the synthetic twin lies once it has been made; a data root like any other.
DEFAULT_ROOT = Path(__file__).resolve().parents[2] / "_data" / "twin"
REMEDY = 'look why; if it is meant, run report manifest --data DIR --kind real --source "..."'


@dataclass(frozen=True)
class FileRecord:
    """Digest and number of rows of one raw file."""

    sha256: str
    rows: int


@dataclass(frozen=True)
class Manifest:
    """What `dataset.json` says.

    Attributes
    ----------
    kind : {"synthetic", "real"}
        Whether anyone ever answered this.
    title, source : str
        What pages call the data, and what stands behind «Kilde:».
    seed : int or None
        Of a twin.
    recipe : str or None
        Digest of all that decides a twin besides its seed.
    created : str or None
        ISO date.
    files : dict of str to FileRecord
        By file name.
    omitted : tuple of str
        Variables of the codebook that the files leave out on purpose.
    """

    kind: str
    title: str
    source: str
    seed: int | None
    recipe: str | None
    created: str | None
    files: dict[str, FileRecord]
    omitted: tuple[str, ...] = ()

    @property
    def is_synthetic(self) -> bool:
        """Whether the data is generated."""
        return self.kind == "synthetic"


def data_root(data: Path | str | None = None) -> Path:
    """Choose the folder of the raw files.

    Parameters
    ----------
    data : Path or str, optional
        The folder; else the setting REPORT_DATA; else the twin's.

    Returns
    -------
    Path
        An existing folder.

    Raises
    ------
    ReportError
        The folder does not exist, or no data is named and the twin has not been made.
    """
    chosen = data or os.environ.get(SETTING)
    root = Path(chosen or DEFAULT_ROOT)
    if not chosen and not (root / FILE).is_file():
        raise ReportError(
            "no data is named, and the synthetic twin has not been made", "_data/twin",
            remedy=f"run report twin, or give --data or {SETTING}",
        )  # fmt: skip
    if not root.is_dir():
        raise ReportError("the data root is no folder", str(root), remedy=f"give another --data or {SETTING}")
    return root


def read_manifest(root: Path, where: str = FILE) -> Manifest:
    """Read `dataset.json`.

    Parameters
    ----------
    root : Path
        The data root.
    where : str
        How a message calls the manifest.

    Returns
    -------
    Manifest
        What it says.

    Raises
    ------
    ReportError
        It is missing, is not JSON, or lacks a key.
    """
    path = root / FILE
    if not path.is_file():
        raise ReportError(
            "the manifest is missing",
            where,
            remedy='run report manifest --data DIR --kind real --source "..."',
        )
    try:
        stored = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_once)
        manifest = _from_json(stored)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        raise ReportError("the manifest can't be read", where, remedy=REMEDY) from None
    if manifest.kind not in KINDS:
        raise ReportError(f"the manifest's kind is none of {', '.join(KINDS)}", where, remedy=REMEDY)
    return manifest


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse an object with a key that stands there twice: the last one would win, and real data become synthetic."""
    twice = sorted({key for key, _ in pairs if [name for name, _ in pairs].count(key) > 1}) if len(pairs) < 50 else []
    found = dict(pairs)
    if len(found) < len(pairs):
        named = f": {', '.join(twice[:5])}" if twice else ""
        count = len(pairs) - len(found)
        raise ReportError(f"keys of the manifest that stand there twice{named}", FILE, count, "keep one of each")
    return found


def check_rows(manifest: Manifest, rows: Mapping[str, int]) -> list[ReportError]:
    """Tell which files have another number of rows than the manifest says; files by name, as it names them."""
    other = [name for name, count in rows.items() if name in manifest.files and manifest.files[name].rows != count]
    return [ReportError("another number of rows than the manifest says", name, 1, REMEDY) for name in other]


def _from_json(stored: dict[str, Any]) -> Manifest:
    files = {
        name: FileRecord(str(record["sha256"]), record["rows"]) for name, record in stored["files"].items()
    }
    # A truth value is a whole number to Python.
    if not all(type(record.rows) is int and record.rows >= 0 for record in files.values()):
        raise TypeError
    omitted = stored.get("omitted", [])
    words = [stored[key] for key in ("kind", "title", "source")]
    # A text would be taken for the list of its letters.
    if not isinstance(omitted, list) or not all(isinstance(word, str) for word in (*words, *omitted)):
        raise TypeError
    kind, title, source = words
    return Manifest(
        kind, title, source, stored.get("seed"), stored.get("recipe"), stored.get("created"), files, tuple(omitted)
    )


def write_manifest(
    root: Path,
    kind: str,
    title: str,
    source: str,
    seed: int | None = None,
    recipe: str | None = None,
    omitted: Sequence[str] = (),
    created: str | None = None,
) -> Manifest:
    """Write `dataset.json` for the waves in a folder.

    Parameters
    ----------
    root : Path
        The data root; every wave's two files must lie there.
    kind : {"synthetic", "real"}
        Whether anyone ever answered this.
    title, source : str
        What pages call the data, and what stands behind «Kilde:».
    seed, recipe
        Of a twin.
    omitted : sequence of str
        Variables of the codebook that the files leave out on purpose.
    created : str, optional
        ISO date. Left out it is today for real data, and nothing for a twin: its bytes must not depend on the
        day.

    Returns
    -------
    Manifest
        What was written.

    Raises
    ------
    ReportError
        The kind is unknown, there is no wave, or a file can't be read.
    """
    check_kind(kind)
    waves = find_waves(root)
    if not waves:
        raise ReportError(
            "no survey wave found", "data root", remedy="put survey_<year> and frame_<year> there"
        )
    paths = sorted(path for wave in waves.values() for path in (wave.survey, wave.frame))
    paths += sorted((root / SERIES).glob("*.csv"))
    files = {path.relative_to(root).as_posix(): FileRecord(digest(path), len(read_table(path))) for path in paths}
    return store(root, Manifest(kind, title, source, seed, recipe, created, files, tuple(omitted)))


def check_kind(kind: str) -> None:
    """Refuse a kind of data that there isn't."""
    if kind not in KINDS:
        raise ReportError("the kind of data is unknown", "--kind", remedy=f"take one of {', '.join(KINDS)}")


def store(folder: Path, manifest: Manifest) -> Manifest:
    """Write a manifest beside its files, real data with today's date where it has none, and return what was written."""
    if manifest.created is None and manifest.kind == "real":
        manifest = replace(manifest, created=date.today().isoformat())
    write_whole(folder / FILE, json.dumps(asdict(manifest), ensure_ascii=False, indent=2) + "\n")
    return manifest


def digest(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal; a ReportError where there is none, or it may not be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except PermissionError:
        raise forbidden(path) from None
    except (FileNotFoundError, IsADirectoryError):
        raise not_a_file(path, path.name) from None


def verify(root: Path, manifest: Manifest, paths: Iterable[Path]) -> None:
    """Compare the files with the manifest.

    Parameters
    ----------
    root : Path
        The data root.
    manifest : Manifest
        What was written beside the files.
    paths : iterable of Path
        The files that will be read; only their digests are computed.

    Raises
    ------
    ReportError
        A file of the manifest is gone, a file to be read is not in it, or has changed since; all are listed.
    """
    absent = [name for name in manifest.files if not (root / name).is_file()]
    problems = [
        not_a_file(root / name, name)
        if (root / name).is_dir()
        else ReportError("a file of the manifest is missing", name, remedy=REMEDY)
        for name in absent
    ]
    for path in paths:
        name = path.relative_to(root).as_posix()
        if name in absent:
            continue
        record = manifest.files.get(name)
        if record is None:
            problems.append(ReportError("a file is not in the manifest", name, remedy=REMEDY))
        elif record.sha256 != digest(path):
            problems.append(
                ReportError("a file has changed since the manifest was written", name, remedy=REMEDY)
            )
    raise_together(problems, FILE)
