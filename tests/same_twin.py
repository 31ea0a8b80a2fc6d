"""Make both twins whole as on other processors, and compare their bytes: `make same-twin`.

    python -m tests.same_twin
    python -m tests.same_twin --seed 7 --jobs 2

Each is made by a fresh process, which tells the kernel of BLAS, the threads and the SIMD that it really computes with.
Exit status 1 when a byte differs, when the twin is not that of data/twin/digests.csv, or when a processor was not
what it was called. A minute of processor time for each.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from engine.data.manifest import read_manifest
from tests.processors import Processor, in_use, processors, told
from twin import DEFAULT_SEED, ensure_twin
from twin.digests import REGISTER, SURVEY, differing
from twin.register import DEFAULT_SEED as REGISTER_SEED
from twin.register import ensure_register


def made(folder: Path, seed: int | None) -> dict[str, Any]:
    """Make both twins below a folder.

    Returns
    -------
    dict
        What it was made with; and by twin the SHA-256 over its files' SHA-256, the files that are not the published
        ones, and seconds of processor time.
    """
    result = in_use()
    for twin, ensure, own in ((SURVEY, ensure_twin, DEFAULT_SEED), (REGISTER, ensure_register, REGISTER_SEED)):
        start = time.process_time()
        place = ensure(folder, seed or own)
        seconds = time.process_time() - start
        lines = [f"{name} {record.sha256}\n" for name, record in sorted(read_manifest(place).files.items())]
        digest = hashlib.sha256("".join(lines).encode()).hexdigest()[:16]
        result[twin] = {"bytes": digest, "differing": differing(twin, seed or own, place), "seconds": round(seconds)}
    return result


def on(processor: Processor, seed: int | None) -> dict[str, Any]:
    """Make both twins in a process of its own, as on a processor."""
    with tempfile.TemporaryDirectory() as folder:
        given = ["--seed", str(seed)] if seed else []
        result = told(processor.start("-m", "tests.same_twin", "--make", folder, *given))
    own = " ".join(dict.fromkeys(result["kernels"].values())) or "another BLAS"
    print(
        f"{processor.name:22} {own:12} {processor.threads} threads, SIMD {' '.join(result['simd']) or 'none':8} "
        + "  ".join(f"{twin} {result[twin]['bytes']} {result[twin]['seconds']} s" for twin in (SURVEY, REGISTER)),
        flush=True,
    )
    return result | {"wrong": processor.differences(result)}


def main() -> int:
    """Compare the twins of all processors; 0 where all bytes are the same and the published ones."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, help="of both twins; the published ones' own when omitted")
    parser.add_argument("--jobs", type=int, default=1, help="processes at the same time")
    parser.add_argument("--make", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.make:
        print(json.dumps(made(options.make, options.seed)))
        return 0
    with ThreadPoolExecutor(options.jobs) as pool:
        results = list(pool.map(lambda processor: on(processor, options.seed), processors()))
    problems = [f"not what was asked for: {what}" for result in results for what in result["wrong"]]
    for twin in (SURVEY, REGISTER):
        digests = {result[twin]["bytes"] for result in results}
        if len(digests) > 1:
            problems.append(f"{twin}: {len(digests)} different twins")
        files = sorted({name for result in results for name in result[twin]["differing"]})
        if files:
            problems.append(f"{twin}: not the published {', '.join(files[:3])} ({len(files)} files)")
    print("\n".join(problems) or f"{len(results)} processors, one twin: the published one")
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())
