"""All tables of weighted estimates by `svy`: `python bench/estimates_svy.py FOLDER`, in an environment that has it."""

from __future__ import annotations

import csv
import sys
import time
from pathlib import Path

import polars as pl
import svy

folder = Path(sys.argv[1])
with open(folder / "tasks.csv", encoding="utf-8", newline="") as file:
    tasks = list(csv.DictReader(file))
samples = {}
for task in tasks:
    cluster = task["clusters"]
    if (task["frame"], cluster) not in samples:
        frame = pl.read_csv(folder / f"frame_{task['frame']}.csv", infer_schema_length=None)
        design = svy.Design(stratum="s", wgt="w", **({"psu": cluster} if cluster else {}))
        samples[task["frame"], cluster] = svy.Sample(data=frame, design=design)

made = []
started = time.perf_counter()
for task in tasks:
    estimation = samples[task["frame"], task["clusters"]].estimation
    by = [name for name in task["by"].split(";") if name]
    outcome = f"y{task['number']}"
    made.append((task, by, estimation.mean(y=outcome, by=by or None, drop_nulls=True)))
    if task["total"]:
        rest = [name for name in by if name != task["total"]]
        made.append((task, by, estimation.mean(y=outcome, by=rest or None, drop_nulls=True)))
took = time.perf_counter() - started

with open(folder / "svy.csv", "w", encoding="utf-8", newline="") as file:
    writer = csv.writer(file)
    writer.writerow(["number", "key", "estimate", "se"])
    for task, by, result in made:
        for row in result.to_polars().to_dicts():
            key = "|".join("" if row.get(name) is None else str(row[name]) for name in by)
            writer.writerow([task["number"], key, repr(row["est"]), repr(row["se"])])
print(took)
