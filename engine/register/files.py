"""Files of the register and the manifest beside them."""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from engine.data.manifest import FILE, KINDS, FileRecord, Manifest, check_rows, digest
from engine.data.storage import write_whole
from engine.errors import ReportError

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


def part_schema(folder: Path, path: Path) -> pq.FileMetaData:
    """Read what a parquet file says of itself."""
    try:
        return pq.read_metadata(path)
    except (OSError, ValueError):
        where = f"{FOLDER}/{path.relative_to(folder).as_posix()}"
        raise ReportError("the file can't be read as parquet", where, 1, "export it again") from None


def rows_of(folder: Path, manifest: Manifest) -> list[ReportError]:
    """Tell which files of a register have another number of rows than the manifest says."""
    rows: dict[str, int] = {}
    for path in raw_files(folder):
        with contextlib.suppress(ReportError):
            # What can't be read is told by the check of the parts.
            rows[path.relative_to(folder).as_posix()] = int(part_schema(folder, path).num_rows)
    return check_rows(manifest, rows)


def check_parts(folder: Path, paths: Sequence[Path]) -> list[ReportError]:
    """Tell which files of a register can't be read, or have other columns than the table's other files."""
    problems: list[ReportError] = []
    forms: dict[str, dict[Path, tuple[tuple[str, str], ...]]] = {}
    for path in paths:
        try:
            schema = part_schema(folder, path).schema.to_arrow_schema()
        except ReportError as error:
            problems.append(error)
            continue
        form = tuple(sorted((field.name, str(field.type)) for field in schema if not pa.types.is_null(field.type)))
        forms.setdefault(table_of(path.relative_to(folder).as_posix()), {})[path] = form
    for parts in forms.values():
        usual = dict(Counter(parts.values()).most_common(1)[0][0])
        for path, form in parts.items():
            own = dict(form)
            shared = own.keys() & usual.keys()
            other = sorted(name for name in shared if _family(own[name]) != _family(usual[name]))
            other += sorted(set(own) ^ set(usual))
            if other:
                what = f"columns differ from those of the table's other files: {', '.join(other)}"
                where = f"{FOLDER}/{path.relative_to(folder).as_posix()}"
                problems.append(ReportError(what, where, len(other), "export it again, as the others"))
    return problems


def _family(kind: str) -> str:
    """Type without its width, which may differ from file to file."""
    return "number" if kind.startswith(("int", "uint", "float", "double", "half")) else kind


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
        As in `engine.data.manifest.write_manifest`.

    Returns
    -------
    Manifest
        What was written.

    Raises
    ------
    ReportError
        The kind is unknown, there is no parquet file, or one can't be read.
    """
    if kind not in KINDS:
        raise ReportError("the kind of data is unknown", "--kind", remedy=f"take one of {', '.join(KINDS)}")
    paths = raw_files(folder)
    if not paths:
        raise ReportError("no raw table found", FOLDER, remedy="put the register's parquet files there")
    files = {
        path.relative_to(folder).as_posix(): FileRecord(digest(path), int(part_schema(folder, path).num_rows))
        for path in paths
    }
    if created is None and kind == "real":
        created = date.today().isoformat()
    manifest = Manifest(kind, title, source, seed, recipe, created, files)
    write_whole(folder / FILE, json.dumps(asdict(manifest), ensure_ascii=False, indent=2) + "\n")
    return manifest
