"""The register twin: raw register files that give back what Kalstø's article prints."""

from __future__ import annotations

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

    Parameters
    ----------
    root : str or Path
        Data root; the twin lies in its folder `register`.
    seed : int
        Seed of the random draws. The same seed and recipe give the same bytes.
    scale : int
        Copies of everyone, for load tests; 1 is the article's number of people.
    progress : callable
        Told in a few words what is done.

    Returns
    -------
    Path
        The folder `register`, with `dataset.json`.

    Raises
    ------
    ReportError
        The folder holds other data than a twin, or no people could be made that meet every target.

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
