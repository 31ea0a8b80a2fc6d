"""B6: what a person costs when the twin is made at 1 ×, 10 × and 100 × its size: seconds and peak memory.

The register twin has a scale (`python -m twin.register --scale K`). The survey twin has none: it is the persons who
were invited, and its answers are adjusted to the published numbers, which have one size.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from rows import Row

from press.project import ROOT

SCALES = (1, 10, 100)
# Once each: the largest takes minutes and the sizes differ tenfold.
RUN = (
    "import resource, sys; from twin.register.__main__ import main; code = main(sys.argv[1:]); "
    "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss); sys.exit(code)"
)


def generated(scale: int, folder: Path) -> tuple[float, float, int]:
    """Make one twin: seconds, peak memory in MiB, persons."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-c", RUN, "--out", str(folder), "--scale", str(scale)]
    started = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    took = time.perf_counter() - started
    return took, int(done.stdout.split()[-1]) / 1024, persons(folder)


def persons(folder: Path) -> int:
    """Persons in the register below a data root."""
    import duckdb

    found = duckdb.sql(
        f"select count(distinct person_id) from read_parquet('{folder}/register/person_month/**/*.parquet')"
    ).fetchall()
    return int(found[0][0])


def measure(repeats: int) -> list[Row]:
    """Make the register twin at each scale, once each."""
    rows: list[Row] = []
    first = (np.nan, np.nan)
    for scale in SCALES:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            took, memory, count = generated(scale, Path(folder))
        each = (1e6 * took / count, 1024 * memory / count)
        first = each if scale == 1 else first
        print(f"  {scale} ×: {count} persons, {took:.1f} s, {memory:.0f} MiB", file=sys.stderr, flush=True)
        told = f"{count} persons, {took:.1f} s, {memory:.0f} MiB at most; other: the same at 1 ×; once each"
        name = f"B6: register at {scale} ×"
        rows.append(Row(f"{name}, time", each[0], first[0], "s per million", first[0] / each[0], told))
        rows.append(Row(f"{name}, memory", each[1], first[1], "KiB per person", first[1] / each[1], told))
    return rows


if __name__ == "__main__":
    for row in measure(1):
        print(row)
