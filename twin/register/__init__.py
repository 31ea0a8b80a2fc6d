"""The register twin: raw register files that give back what Kalstø's article prints."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

DEFAULT_SEED = 20211101


def ensure_register(
    root: str | Path,
    seed: int = DEFAULT_SEED,
    scale: int = 1,
    progress: Callable[[str], None] = lambda text: None,
) -> Path:
    """Make sure that a data root holds the current register twin; generate it where it is missing or out of date.

    Notes
    -----
    Of two processes the second waits, and finds the twin made.
    """
    from .files import FOLDER, alone, install, is_current

    root = Path(root)
    with alone(root):
        if not is_current(root, seed, scale):
            install(root, seed, scale, progress)
    return root / FOLDER


def ensure_both(root: str | Path, seed: int | None = None) -> Path:
    """Make sure that a data root holds both current twins: survey files, and the register below them.

    Parameters
    ----------
    root : str or Path
        Data root; made when missing.
    seed : int, optional
        Seed of both; the published twins' own when omitted.

    Returns
    -------
    Path
        The data root.

    Raises
    ------
    ReportError
        As `ensure_twin` and `ensure_register`.

    Notes
    -----
    The register is made in a process of its own, side by side with the survey.
    """
    from engine.errors import ReportError
    from twin import DEFAULT_SEED as SURVEY_SEED
    from twin import ensure_twin

    from .files import is_current

    root, own = Path(root), DEFAULT_SEED if seed is None else seed
    process = None
    if not is_current(root, own):
        command = [sys.executable, "-m", "twin.register", "--out", str(root.resolve()), "--seed", str(own)]
        # Matrices are small: more threads than one only wait for each other.
        alone = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        project = Path(__file__).resolve().parents[2]
        process = subprocess.Popen(
            command, cwd=project, env=alone, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
    try:
        ensure_twin(root, SURVEY_SEED if seed is None else seed)
    finally:
        said = process.communicate()[1] if process else ""
    for line in said.splitlines():
        if line.startswith("Warning:"):
            print(line, file=sys.stderr)
    if process and process.returncode:
        # Of what the process said, the last line is the error.
        raise ReportError(said.strip().rpartition("\n")[2] or "the register twin could not be made", str(root))
    return root
