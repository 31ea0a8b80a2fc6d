"""B3: all weighted means and shares of the report: ours, a loop over R `survey` calls, a loop over `svy`.

The chapters' own calls of `mean` and `share` are recorded by executing their cells (nothing is drawn), then replayed.
The others get what they need as files: a call's outcome, domain and grouping variables, with weights and waves. Their
programs read it all first, make one design for each population, and time the loop over the calls alone: no start, no
reading, no making of designs. Estimates and standard errors are compared. Ours are tables through disclosure control,
which the others do not have; so the estimates are timed without it, too.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rows import Row
from turns import in_turn, seconds

import helpers
from engine.estimates import weighted as estimates
from engine.estimates.weighted import Groups
from engine.estimates.weighted import Row as Estimate
from engine.table import TOTAL
from press.notebook import prose_text, to_notebook
from press.project import ROOT, Chapter, Project

HERE = Path(__file__).resolve().parent
# `svy` brings polars and more, which the book does not need: it lives in an environment of its own (see the Makefile).
SVY = Path(os.environ.get("BENCH_SVY", ROOT / "_cache" / "svy" / "bin" / "python"))
Call = tuple[Callable[..., pd.DataFrame], tuple[Any, ...], dict[str, Any]]


@dataclass
class Table:
    """One call of `ratios`: what it was given, and what it gave."""

    frame: pd.DataFrame
    outcome: np.ndarray
    groups: Groups
    domain: np.ndarray
    rows: list[Estimate]
    again: Callable[[], object]


def recorded(chapters: Sequence[Chapter]) -> tuple[list[Call], list[Table]]:
    """Execute chapters' cells and give their calls of `mean` and `share`, and the tables these were made of."""
    calls: list[Call] = []
    tables: list[Table] = []
    real = {"mean": estimates.mean, "share": estimates.share}
    made = estimates.ratios

    def watched(name: str) -> Callable[..., pd.DataFrame]:
        def call(*args: Any, **named: Any) -> pd.DataFrame:
            calls.append((real[name], args, named))
            return real[name](*args, **named)

        return call

    def table(
        frame: pd.DataFrame, parts: tuple[np.ndarray, np.ndarray], groups: Groups, domain: np.ndarray, *rest: Any
    ) -> list[Estimate]:
        rows = made(frame, parts, groups, domain, *rest)
        again = partial(made, frame, parts, groups, domain, *rest)
        # Of means and shares the base is everyone.
        tables.append(Table(frame, parts[0], groups, domain, rows, again))
        return rows

    try:
        _put({name: watched(name) for name in real}, table)
        for chapter in chapters:
            if "open_survey(" in chapter.text:
                _execute(to_notebook(chapter.text, chapter.name))
    finally:
        _put(real, made)
    return calls, [one for one in tables if one.rows]


def _put(functions: dict[str, Any], made: Any) -> None:
    """Put functions where chapters and other estimators find them."""
    for name, function in functions.items():
        setattr(helpers, name, function)
        setattr(estimates, name, function)
    estimates.ratios = made


def _execute(notebook: Any) -> None:
    names: dict[str, Any] = {}
    for cell in notebook.cells:
        if cell.cell_type == "code" and prose_text(cell.source) is None:
            exec(compile(cell.source, "cell", "exec"), names)


def export(tables: list[Table], folder: Path) -> None:
    """Write populations, and for each table its outcome and keys, as files that R and `svy` read."""
    frames: dict[int, pd.DataFrame] = {}
    places: dict[int, int] = {}
    tasks = []
    for number, one in enumerate(tables):
        place = places.setdefault(id(one.frame), len(places))
        if place not in frames:
            frames[place] = pd.DataFrame(
                {"w": one.frame["weight"].to_numpy(dtype=float), "s": one.frame["wave"].to_numpy()}
            )
        frame = frames[place]
        columns = {f"y{number}": np.where(one.domain, one.outcome, np.nan)}
        groups = one.groups
        names = [*groups.by, *([groups.clusters] if groups.clusters else [])]
        columns |= {
            f"k_{name}": one.frame[name].astype(object).to_numpy() for name in names if f"k_{name}" not in frame
        }
        frames[place] = pd.concat([frame, pd.DataFrame(columns)], axis=1)
        tasks.append(
            {"number": number, "frame": place, "by": ";".join(f"k_{name}" for name in groups.by),
             "total": f"k_{groups.total}" if groups.total else "",
             "clusters": f"k_{groups.clusters}" if groups.clusters else ""}
        )  # fmt: skip
    for place, frame in frames.items():
        frame.to_csv(folder / f"frame_{place}.csv", index=False)
    pd.DataFrame(tasks).to_csv(folder / "tasks.csv", index=False)


def difference(tables: list[Table], found: Path) -> tuple[int, float]:
    """Compare another's estimates with ours: how many were compared, and the largest difference over ours' size."""
    theirs = pd.read_csv(
        found, keep_default_na=False, na_values={"estimate": ["NA", ""], "se": ["NA", ""]}, dtype={"key": str}
    )
    told = {(int(row.number), str(row.key)): (row.estimate, row.se) for row in theirs.itertuples()}
    count, worst = 0, 0.0
    for number, one in enumerate(tables):
        groups = one.groups
        for row in one.rows:
            if row.n < 2 or np.isnan(row.estimate):
                continue
            values = [(name, row.keys[name]) for name in groups.by]
            key = "|".join("" if name == groups.total and value == TOTAL else str(value) for name, value in values)
            if (number, key) in told:
                estimate, error = told[number, key]
                count += 1
                worst = max(worst, abs(estimate - row.estimate) / max(1.0, abs(row.estimate)))
                worst = max(worst, abs(error - row.standard_error) / max(1.0, row.standard_error))
    return count, worst


def measure(repeats: int) -> list[Row]:
    """Estimate everything in turn."""
    calls, tables = recorded(Project().chapters)
    made = sum(len(one.rows) for one in tables)

    def ours() -> float:
        return seconds(lambda: [function(*args, **named) for function, args, named in calls])

    def alone() -> float:
        return seconds(lambda: [one.again() for one in tables])

    ways: dict[str, Callable[[], float]] = {"ours": ours, "estimates alone": alone}
    rows = []
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        export(tables, folder)
        commands = {
            "R survey": ["Rscript", str(HERE / "estimates.R"), name]
            if _answers("Rscript", "-e", "library(survey)")
            else [],
            "svy": [str(SVY), str(HERE / "estimates_svy.py"), name] if _answers(str(SVY), "-c", "import svy") else [],
        }

        def other(command: list[str]) -> float:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                raise RuntimeError(f"{command[1]}: {done.stderr.strip()[-300:]}")
            return float(done.stdout.split()[-1])

        for one, command in commands.items():
            if command:
                ways[one] = lambda command=command: other(command)
        found = in_turn(ways, repeats)
        for one, command in commands.items():
            for way, title in (("ours", "B3: against"), ("estimates alone", "B3: without disclosure control, against")):
                if not command:
                    rows.append(Row(f"{title} {one}", found[way], np.nan, "s", np.nan, f"skipped: {one} is absent"))
                    continue
                count, worst = difference(tables, folder / f"{one.split()[0]}.csv")
                note = (
                    f"{len(calls)} calls, {made} estimates; {count} compared, largest difference {worst:.0e}; aim 10 ×"
                )
                rows.append(Row(f"{title} {one}", found[way], found[one], "s", found[one] / found[way], note))
    return rows


def _answers(program: str, *arguments: str) -> bool:
    return bool(shutil.which(program)) and subprocess.run([program, *arguments], capture_output=True).returncode == 0


if __name__ == "__main__":
    for row in measure(int(sys.argv[1]) if len(sys.argv) > 1 else 5):
        print(json.dumps(row.__dict__, ensure_ascii=False))
