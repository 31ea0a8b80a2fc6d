"""The synthetic twin: raw survey files that give back what was published."""

from __future__ import annotations

from pathlib import Path

DEFAULT_SEED = 20250301


def ensure_twin(root: str | Path, seed: int = DEFAULT_SEED) -> Path:
    """Make sure that a data root holds the current twin; generate it where it is missing or out of date.

    Parameters
    ----------
    root : str or Path
        Folder of the raw files; made when missing.
    seed : int
        Seed of the random draws. The same seed and recipe give the same bytes.

    Returns
    -------
    Path
        The folder, with `survey_<year>.parquet`, `frame_<year>.parquet` and `dataset.json`.

    Raises
    ------
    ReportError
        The folder holds other data than a twin, or no data could be made that meet every target.

    Notes
    -----
    Two processes may do this at once: both write the same bytes, and each file appears whole.
    """
    # The generator needs numpy and pandas; who only asks for the seed should not wait for them.
    from .files import install, is_current

    root = Path(root)
    if not is_current(root, seed):
        from .generate import generate

        install(root, generate(seed), seed)
    return root
