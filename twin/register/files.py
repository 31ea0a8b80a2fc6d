"""The register twin on disk: written piece by piece beside its place, then put there as a whole."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import pyarrow.parquet as pq

from engine.data.manifest import FILE, FileRecord, Manifest, digest, read_manifest
from engine.errors import ReportError
from twin.digests import REGISTER, compare

from .sources import recipe

FOLDER = "register"
TITLE = "Syntetisk tvilling av registerdata om unge, februar 2011 til april 2021"
SOURCE = "syntetiske data, kalibrert til Kalstøs artikkel"
# Part of the recipe: a clock would give other bytes every day.
CREATED = "2025-03-01"
# Every file says what it is, also when someone moves it away from its manifest.
MARK = {b"datagrunnlag": "syntetisk: laget av en modell, ingen har vært registrert slik".encode()}


def scaled_recipe(scale: int) -> str:
    """Return the digest of all that decides the files but the seed."""
    return recipe() if scale == 1 else f"{recipe()}-x{scale}"


def is_current(root: Path, seed: int, scale: int = 1) -> bool:
    """Tell whether `<root>/register` holds, undamaged, the twin of this seed, scale and recipe.

    Raises
    ------
    ReportError
        The folder holds register files that are no twin: they would be overwritten.
    """
    folder = root / FOLDER
    if not folder.is_dir():
        return False
    try:
        manifest = read_manifest(folder)
    except ReportError:
        if any(folder.rglob("*.parquet")):
            raise _foreign(folder) from None
        return False
    if not manifest.is_synthetic:
        raise _foreign(folder)
    if (manifest.seed, manifest.recipe) != (seed, scaled_recipe(scale)):
        return False
    return all(
        (folder / name).is_file() and digest(folder / name) == record.sha256 for name, record in manifest.files.items()
    )


def _foreign(folder: Path) -> ReportError:
    return ReportError(
        "the folder for the register twin holds other register files",
        where=str(folder),
        remedy="Give the twin a folder of its own.",
    )


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """Let one process at a time make the twin of a folder; the others wait and find it made."""
    key = hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:16]
    with (Path(tempfile.gettempdir()) / f"register-twin-{os.getuid()}-{key}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def install(
    root: Path, seed: int, scale: int = 1, progress: Callable[[str], None] = lambda text: None
) -> None:
    """Generate the twin beside its place and move it there in one step."""
    # The generator needs much that telling whether the twin is current does not.
    from .generate import generate

    root.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{FOLDER}-", dir=root))
    try:
        files: dict[str, FileRecord] = {}
        for piece in generate(seed, scale, progress):
            name = f"{piece.table}/{piece.partition}/part-{piece.number}.parquet"
            path = temporary / (name if piece.partition else f"{piece.table}.parquet")
            path.parent.mkdir(parents=True, exist_ok=True)
            table = piece.columns.replace_schema_metadata(MARK)
            pq.write_table(table, path, compression="snappy", version="2.6", use_dictionary=True)
            files[str(path.relative_to(temporary))] = FileRecord(digest(path), table.num_rows)
        made = dict(sorted(files.items()))
        manifest = Manifest("synthetic", TITLE, SOURCE, seed, scaled_recipe(scale), CREATED, made)
        text = json.dumps(asdict(manifest), ensure_ascii=False, indent=2) + "\n"
        (temporary / FILE).write_text(text, encoding="utf-8", newline="\n")
        old = root / f"{temporary.name}-old"
        if (root / FOLDER).exists():
            os.replace(root / FOLDER, old)
        os.replace(temporary, root / FOLDER)
        shutil.rmtree(old, ignore_errors=True)
        if scale == 1:
            compare(REGISTER, seed, root / FOLDER)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
