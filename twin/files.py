"""The twin on disk: parquet files marked as synthetic, and the manifest beside them."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from engine.data.codebook import read_codebook
from engine.data.manifest import SERIES, digest, read_manifest, write_manifest
from engine.errors import ReportError

from .digests import SURVEY, compare
from .series import series_tables
from .tables import recipe

if TYPE_CHECKING:
    from .generate import Twin

MANIFEST = "dataset.json"
TITLE = "Syntetisk tvilling av veilederundersøkelsene 2022–2024"
SOURCE = "syntetiske data, kalibrert til Nav-rapport 3/2025"
# Part of the recipe: a clock would give other bytes every day. Report 3/2025 came out around this day.
CREATED = "2025-03-01"
# Every file says what it is, also when someone moves it away from its manifest.
MARK = b"datagrunnlag"
MARKED = "syntetisk: laget av en modell, ingen har svart dette"


def is_current(root: Path, seed: int) -> bool:
    """Tell whether a folder holds, undamaged, the twin of this seed and of the recipe as it is now.

    Raises
    ------
    ReportError
        The folder holds survey files that are no twin: they would be overwritten.
    """
    _refuse_other_data(root)
    try:
        manifest = read_manifest(root)
    except ReportError:
        return False
    if (manifest.seed, manifest.recipe) != (seed, recipe()):
        return False
    return all(
        (root / name).is_file() and digest(root / name) == record.sha256 for name, record in manifest.files.items()
    )


def _refuse_other_data(root: Path) -> None:
    files = [*root.glob("survey_*"), *root.glob("frame_*"), *root.glob("series/*")]
    foreign = [path for path in files if not _is_marked(path)]
    if foreign:
        raise ReportError(
            "the folder for the twin holds other survey files",
            where=str(root),
            count=len(foreign),
            remedy="Give the twin a folder of its own.",
        )


def _is_marked(path: Path) -> bool:
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", errors="replace") as file:
            return MARK.decode() in file.readline()
    try:
        return MARK in (pq.read_schema(path).metadata or {})
    except (pa.ArrowInvalid, OSError):
        return False


def install(root: Path, twin: Twin, seed: int) -> None:
    """Write the twin into a folder, file by file and each as a whole; the manifest comes last.

    Two processes may install at once: they write the same bytes, so any mixture of files is the same twin.
    """
    root.mkdir(parents=True, exist_ok=True)
    _refuse_other_data(root)
    # Beside the folder, on the same disk: only then is moving a file in one indivisible step.
    temporary = Path(tempfile.mkdtemp(prefix=f".{root.name}-", dir=root.parent))
    try:
        for stem, table in twin.tables.items():
            path = temporary / f"{stem}.parquet"
            pq.write_table(to_arrow(table), path, compression="snappy", version="2.6", use_dictionary=True)
        (temporary / SERIES).mkdir()
        (root / SERIES).mkdir(exist_ok=True)
        series = {f"{SERIES}/{name}.csv": table for name, table in series_tables(seed).items()}
        for name, table in series.items():
            table.to_csv(temporary / name, index=False, lineterminator="\n")
        write_manifest(
            temporary,
            kind="synthetic",
            title=TITLE,
            source=SOURCE,
            seed=seed,
            recipe=recipe(),
            omitted=omitted(twin),
            created=CREATED,
        )
        for stem in twin.tables:
            os.replace(temporary / f"{stem}.parquet", root / f"{stem}.parquet")
        for name in series:
            os.replace(temporary / name, root / name)
        os.replace(temporary / MANIFEST, root / MANIFEST)
        compare(SURVEY, seed, root)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def to_arrow(table: pd.DataFrame) -> pa.Table:
    """Turn whole-number codes with NaN into 32-bit integers with blanks, marked as synthetic."""
    arrays = {name: pa.array(table[name].astype("Int32")) for name in table}
    return pa.table(arrays).replace_schema_metadata({MARK: MARKED.encode()})


def omitted(twin: Twin) -> list[str]:
    """List the variables that the codebook says were asked and that no file has, in codebook order."""
    made = {name for table in twin.tables.values() for name in table}
    asked = [variable.name for variable in read_codebook() if variable.source == "survey"]
    return [name for name in asked if name not in made]
