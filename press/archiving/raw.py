"""The raw files of a deposit: the synthetic twin's, and never any others."""

from __future__ import annotations

import shutil
from pathlib import Path

from engine.data.manifest import FILE, Manifest, read_manifest
from engine.errors import ReportError
from engine.register.raw import FOLDER, has_register
from twin.files import is_current
from twin.register.files import is_current as is_current_register


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
