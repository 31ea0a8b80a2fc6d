"""Files of the register and the manifest beside them."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq

from ..errors import ReportError
from ..manifest import FILE, KINDS, FileRecord, Manifest, digest

FOLDER = "register"


def has_register(root: Path) -> bool:
    """Tell whether a data root holds a register."""
    return (root / FOLDER / FILE).is_file()


def raw_files(folder: Path) -> list[Path]:
    """All parquet files of a register, in order."""
    return sorted(folder.rglob("*.parquet"))


def table_of(name: str) -> str:
    """Table that a file of the manifest belongs to: the first part of its path."""
    return name.split("/")[0].removesuffix(".parquet")


def write_register_manifest(
    folder: Path, kind: str, title: str, source: str, seed: int | None = None, recipe: str | None = None,
    created: str | None = None,
) -> Manifest:  # fmt: skip
    """Write `dataset.json` beside the raw tables; files are named by their path below the folder.

    Parameters
    ----------
    folder : Path
        `<data root>/register`.
    kind, title, source, seed, recipe, created
        As in `helpers.manifest.write_manifest`.

    Returns
    -------
    Manifest
        What was written.

    Raises
    ------
    ReportError
        The kind is unknown, or there is no parquet file.
    """
    if kind not in KINDS:
        raise ReportError("the kind of data is unknown", "--kind", remedy=f"take one of {', '.join(KINDS)}")
    paths = raw_files(folder)
    if not paths:
        raise ReportError("no raw table found", FOLDER, remedy="put the register's parquet files there")
    files = {
        path.relative_to(folder).as_posix(): FileRecord(digest(path), int(pq.read_metadata(path).num_rows))
        for path in paths
    }
    if created is None and kind == "real":
        created = date.today().isoformat()
    manifest = Manifest(kind, title, source, seed, recipe, created, files)
    fresh = folder / f".{FILE}.{os.getpid()}"
    fresh.write_text(json.dumps(asdict(manifest), ensure_ascii=False, indent=2) + "\n", encoding="utf-8", newline="\n")
    os.replace(fresh, folder / FILE)
    return manifest
