"""Command line of the register twin: `python -m twin.register --out DIR --seed N`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from engine.errors import ReportError

from . import DEFAULT_SEED, ensure_register


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the register twin below a folder and return the exit code; 1 where the targets cannot be met."""
    parser = argparse.ArgumentParser(
        prog="python -m twin.register",
        description="Generate the register twin: raw register files from which the article's numbers come out.",
        epilog="The same seed gives the same bytes. A folder that holds the current twin is left as it is.\n"
        "With --scale the files hold that many copies of everyone: for load tests only,\n"
        "since significance depends on the number of people.\n\n"
        "examples:\n  python -m twin.register\n  python -m twin.register --scale 10 --out large-twin",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    folder = Path("_data/twin")
    parser.add_argument(
        "--out", type=Path, default=folder, metavar="DIR", help="data root; files go to DIR/register (%(default)s)"
    )
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, metavar="N", help="seed (default: %(default)s)")
    parser.add_argument("--scale", type=int, default=1, metavar="K", help="copies of everyone (default: %(default)s)")
    options = parser.parse_args(arguments)
    if options.scale < 1:
        parser.error("--scale must be 1 or more")
    # Matrices are small: more threads than one only wait for each other. Read when numpy is first imported.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        made = ensure_register(
            options.out, options.seed, options.scale, progress=lambda text: print(text, file=sys.stderr)
        )
    except ReportError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"The register twin lies in {made}.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
