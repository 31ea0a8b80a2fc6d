"""Command line of the twin: `python -m twin --out DIR --seed N`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from engine.errors import ReportError

from . import DEFAULT_SEED


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the twin's files to a folder and return the exit code; 1 where the targets cannot be met."""
    parser = argparse.ArgumentParser(
        prog="python -m twin",
        description="Generate the synthetic twin: raw survey files calibrated to the published numbers.",
        epilog="The same seed gives the same bytes. A folder that holds the current twin is left as it is.\n\n"
        "examples:\n  python -m twin\n  python -m twin --seed 7 --out another-twin",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    folder = Path("_data/twin")
    parser.add_argument("--out", type=Path, default=folder, metavar="DIR", help="folder (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, metavar="N", help="seed (default: %(default)s)")
    options = parser.parse_args(arguments)
    # Imported here so that --help answers at once.
    from .files import install, is_current
    from .generate import generate

    try:
        if is_current(options.out, options.seed):
            print(f"The current twin already lies in {options.out}.", file=sys.stderr)
            return 0
        twin = generate(options.seed, progress=lambda text: print(text, file=sys.stderr))
        install(options.out, twin, options.seed)
    except ReportError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Wrote the twin to {options.out}.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
