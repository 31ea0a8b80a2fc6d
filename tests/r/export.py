"""Copy the twin's raw parquet files to CSV for R: `python tests/r/export.py TWIN_FOLDER OUT_FOLDER`."""

import sys
from pathlib import Path

import pandas as pd

from engine.data.manifest import read_manifest
from twin.digests import mark

data, out = map(Path, sys.argv[1:])
out.mkdir(parents=True, exist_ok=True)
for path in sorted(data.glob("*.parquet")):
    pd.read_parquet(path).to_csv(out / f"{path.stem}.csv", index=False)
# The reference values name the twin that they were made from; other data has no name.
(out / "twin.txt").write_text(mark(data) if read_manifest(data).recipe else "")
