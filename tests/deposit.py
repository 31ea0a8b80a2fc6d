"""Unpack a deposit as its readers do, without a network, and let it make its books and ledgers again.

    python tests/deposit.py
    python tests/deposit.py _archive/etterprovbar-rapport-0.1.0-0123456789ab.tar --year 2024 --keep

`make check` and `make same` run in a folder whose name has spaces, as another host, with an empty home. Where a network
namespace of one's own is permitted (Linux, root) there is no interface, not even the machine's own, and packets without
a way out are counted; elsewhere the package indexes are set to an address that answers nothing. Exit status 1 when a
byte differs, or something was to be sent.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tarfile
import tempfile
import time
from pathlib import Path

from same_bytes import ROOT, Surroundings, attempts, may

# Nothing listens there: who asks the network for a package fails at once.
SILENT = "http://127.0.0.1:9/simple"
OFFLINE = Surroundings(
    "offline", "deposit", 2, 0o022, {"PIP_INDEX_URL": SILENT, "UV_DEFAULT_INDEX": SILENT, "TZ": "Pacific/Kiritimati"},
    "hulda-maskin", offline=True,
)  # fmt: skip


def newest() -> Path:
    """The deposit written last."""
    found = sorted((ROOT / "_archive").glob("*.tar"), key=lambda path: path.stat().st_mtime)
    if not found:
        sys.exit("no deposit in _archive: make archive writes one")
    return found[-1]


def unpack(packed: Path, place: Path) -> Path:
    """Unpack a deposit; its top folder."""
    with tarfile.open(packed) as archive:
        archive.extractall(place, filter="data")
    [top] = [path for path in place.iterdir() if (path / "ro-crate-metadata.json").is_file()]
    return top


def main() -> int:
    """Unpack, make again, compare; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("deposit", type=Path, nargs="?", help="the file; default: the newest in _archive")
    parser.add_argument("--year", type=int, action="append", help="only this year's; may be repeated; default: all")
    parser.add_argument("--keep", action="store_true", help="keep what was unpacked")
    options = parser.parse_args()
    packed = options.deposit or newest()
    place = Path(tempfile.mkdtemp(prefix="deposit-")) / "et annet sted"
    place.mkdir()
    try:
        top = unpack(packed, place)
        print(f"{packed.name}: {packed.stat().st_size / 1e6:.1f} MB", flush=True)
        years = [f"YEARS={' '.join(map(str, options.year))}"] if options.year else []
        for step in ("check", "same"):
            started = time.monotonic()
            done = OFFLINE.run(["make", "--no-print-directory", "-C", top.name, step, *years], place)
            print(done.stdout, end="")
            print(f"make {step}: exit status {done.returncode}, {time.monotonic() - started:.0f} s", flush=True)
            if done.returncode:
                print(done.stderr[-3000:], file=sys.stderr)
                return 1
        sent = attempts(place) if may("--net") else 0
        print(f"network: none, {sent} attempts to send" if may("--net") else "network: an index that answers nothing")
        return 1 if sent else 0
    finally:
        if options.keep:
            print(f"kept in {place}")
        else:
            shutil.rmtree(place.parent, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
