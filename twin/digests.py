"""Digests of the published twins: whoever makes a twin learns whether it is the same one.

`python -m twin.digests` makes the twins of all seeds in use and writes data/twin/digests.csv anew; `make same-twin`
makes them under unlike kernels of BLAS, levels of SIMD and numbers of threads.
"""

from __future__ import annotations

import csv
import hashlib
import sys
import tempfile
from pathlib import Path

from engine.data.manifest import read_manifest

from . import DEFAULT_SEED
from .register import DEFAULT_SEED as REGISTER_SEED
from .register import ensure_both
from .tables import DIGESTS

SURVEY, REGISTER = "survey", "register"
COLUMNS = ("twin", "seed", "file", "sha256")
# The published twins' seeds, then the one that tests hold beside them.
SEEDS = (None, 7)


def content(path: Path) -> str:
    """Return the SHA-256 of what a raw file says, whichever version of a library wrote it."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if path.suffix != ".parquet":
        return hashlib.sha256(path.read_bytes()).hexdigest()
    digest = hashlib.sha256()
    # Not read_table: it would take the folder's name for a column.
    table = pq.ParquetFile(path).read()
    for name in table.column_names:
        column = table[name]
        digest.update(f"{name} {column.type} {len(column)}\n".encode())
        days = column.cast(pa.int32()) if pa.types.is_date32(column.type) else column
        whole = days if pa.types.is_floating(column.type) else days.cast(pa.int64())
        for values in (column.is_null(), whole.fill_null(0)):
            digest.update(values.to_numpy().tobytes())
    return digest.hexdigest()


def contents(folder: Path) -> dict[str, str]:
    """Return the digest of each file that a folder's manifest names."""
    return {name: content(folder / name) for name in sorted(read_manifest(folder).files)}


def mark(folder: Path) -> str:
    """Return twelve characters for all that a twin's files say: what is made of it can be held to them."""
    lines = [f"{name} {digest}\n" for name, digest in contents(folder).items()]
    return hashlib.sha256("".join(lines).encode()).hexdigest()[:12]


def published(twin: str, seed: int) -> dict[str, str]:
    """Read the digests of `survey` or `register` with this seed by file; empty where the seed is not in use."""
    with DIGESTS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {row["file"]: row["sha256"] for row in rows if (row["twin"], row["seed"]) == (twin, str(seed))}


def differing(twin: str, seed: int, folder: Path) -> list[str]:
    """List the files that are not those of the published digests; none where the seed is not in use."""
    known = published(twin, seed)
    own = contents(folder) if known else {}
    return sorted(name for name in {*known, *own} if known.get(name) != own.get(name))


def compare(twin: str, seed: int, folder: Path) -> None:
    """Say on the error channel which files of a new twin are other ones than the published, and what to do."""
    names = differing(twin, seed, folder)
    if names:
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        print(
            f"Warning: the {twin} twin of seed {seed} is not the published one: {', '.join(names[:3])}{more} "
            f"(data/twin/digests.csv). If code or tables of the twin were changed on purpose, write the digests anew: "
            "python -m twin.digests. If not, this machine computes otherwise: make same-twin shows how.",
            file=sys.stderr,
        )


def main() -> None:
    """Make the twins of all seeds in use and write their digests."""
    rows = []
    for seed in SEEDS:
        with tempfile.TemporaryDirectory() as folder:
            root = ensure_both(folder, seed)
            for twin, own, place in ((SURVEY, DEFAULT_SEED, root), (REGISTER, REGISTER_SEED, root / REGISTER)):
                rows += [(twin, seed or own, name, digest) for name, digest in contents(place).items()]
    with DIGESTS.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([COLUMNS, *rows])
    print(f"Wrote {len(rows)} digests to {DIGESTS}.", file=sys.stderr)


if __name__ == "__main__":
    main()
