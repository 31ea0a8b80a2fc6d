"""Copy the twin's raw parquet files to CSV for R: `python tests/r/export.py TWIN_FOLDER OUT_FOLDER`."""

import json
import sys
from pathlib import Path

import pandas as pd

twin, out = map(Path, sys.argv[1:])
out.mkdir(parents=True, exist_ok=True)
for path in sorted(twin.glob("*.parquet")):
    pd.read_parquet(path).to_csv(out / f"{path.stem}.csv", index=False)
# The reference values name the twin that they were made from.
(out / "recipe.txt").write_text(json.loads((twin / "dataset.json").read_text())["recipe"] or "")
