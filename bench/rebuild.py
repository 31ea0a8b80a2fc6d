"""B2: what a change costs: nothing, one sentence, one helper, one row of data; in a copy of the project.

Each is measured against a build from nothing of the same book. The sentence is measured twice: as `report build`, and
as `report preview`, from the saving of the file until a browser is given the new page.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import pandas as pd
from rows import Row
from turns import seconds

from engine.data.manifest import data_root, read_manifest, write_manifest
from press.project import ROOT

LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "_book", "_cache", "_data", "__pycache__", ".*_cache", ".coverage")
CHAPTER, PAGE = "chapters/05-oppfolging-av-unge.qmd", "chapters/05-oppfolging-av-unge.html"
HELPER = "engine/estimates/registers.py"
LIMIT_SECONDS = 600.0


class Copy:
    """A copy of the project and its data that may be changed."""

    def __init__(self, folder: Path) -> None:
        self.root, self.data, self.turn = folder / "project", folder / "data", 0
        shutil.copytree(ROOT, self.root, ignore=LEFT_OUT, symlinks=True)
        shutil.copytree(data_root(None), self.data, ignore=shutil.ignore_patterns(".*"))
        self.environment = os.environ | {"PYTHONPATH": str(self.root), "REPORT_DATA": str(self.data)}

    def build(self) -> int:
        """Run `report build` and give the number of chapters that it ran."""
        command = [sys.executable, "-m", "press.cli", "build"]
        done = subprocess.run(command, cwd=self.root, env=self.environment, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"report build failed: {done.stderr.strip()[-300:]}")
        return len(re.findall(r"^ran ", done.stderr, re.M))

    def nothing(self) -> None:
        """Change nothing."""

    def sentence(self) -> str:
        """Put a sentence that was never there at a chapter's end; gives its mark."""
        self.turn += 1
        path = self.root / CHAPTER
        text = path.read_text(encoding="utf-8").partition("\n\nSetningen ")[0].rstrip("\n")
        mark = f"Setningen prøve{'x' * self.turn} er ny."
        path.write_text(f"{text}\n\n{mark}\n", encoding="utf-8")
        return mark

    def helper(self) -> None:
        """Change a module of the helpers."""
        self.turn += 1
        path = self.root / HELPER
        text = path.read_text(encoding="utf-8").partition("\n_TURN = ")[0].rstrip("\n")
        path.write_text(f"{text}\n\n_TURN = {self.turn}\n", encoding="utf-8")

    def row(self) -> None:
        """Change the answer of one person in the newest wave."""
        path = sorted(self.data.glob("survey_*.parquet"))[-1]
        table = pd.read_parquet(path)
        place = table.index[table["caseload"] > 0][self.turn]
        table.loc[place, "caseload"] += 1
        self.turn += 1
        table.to_parquet(path, index=False)
        old = read_manifest(self.data)
        write_manifest(self.data, old.kind, old.title, old.source, old.seed, old.recipe, old.omitted, old.created)

    @contextmanager
    def preview(self) -> Iterator[str]:
        """Run `report preview` and give its address."""
        command = [sys.executable, "-m", "press.cli", "preview", "--no-browser", "--port", "0"]
        process = subprocess.Popen(command, cwd=self.root, env=self.environment, stderr=subprocess.PIPE, text=True)
        try:
            assert process.stderr is not None
            address = ""
            for line in process.stderr:
                if found := re.search(r"preview at (http\S+)", line):
                    address = found.group(1).rstrip("/")
                    break
            if not address:
                raise RuntimeError("report preview did not start")
            yield address
        finally:
            process.terminate()
            process.wait()


def shown(address: str) -> str:
    """Give the page as a browser is given it."""
    with urllib.request.urlopen(f"{address}/{PAGE}") as answer:
        return str(answer.read().decode())


def measure(repeats: int) -> list[Row]:
    """Build from nothing, then after each change."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        copy = Copy(Path(folder))
        chapters: list[int] = []
        whole = seconds(lambda: chapters.append(copy.build()))
        told = f"other: the book from nothing, {chapters[0]} chapters, measured once"
        rows = []
        for name, change, aim in (
            ("nothing", copy.nothing, "; aim 1 s"),
            ("one sentence, report build", copy.sentence, ""),
            (f"one helper ({HELPER})", copy.helper, ""),
            ("one row of data (newest wave)", copy.row, ""),
        ):
            took, ran = _built(copy, change, repeats)
            rows.append(Row(f"B2: {name}", took, whole, "s", whole / took, f"{ran} chapters run; {told}{aim}"))
        took = _previewed(copy, repeats)
        note = f"page visible; {told}; aim 3 s"
        rows.insert(2, Row("B2: one sentence, report preview", took, whole, "s", whole / took, note))
        return rows


def _built(copy: Copy, change: Callable[[], object], repeats: int) -> tuple[float, int]:
    took, ran = [], 0
    for _ in range(repeats):
        change()
        chapters: list[int] = []
        took.append(seconds(lambda: chapters.append(copy.build())))  # noqa: B023 - called at once
        ran = chapters[0]
    told = ", ".join(f"{one:.1f}" for one in took)
    print(f"  {change.__name__}: {told} s, {ran} chapters", file=sys.stderr, flush=True)
    return median(took), ran


def _previewed(copy: Copy, repeats: int) -> float:
    with copy.preview() as address:
        shown(address)
        took = [_seen(copy, address) for _ in range(repeats + 1)]
    # The first one may wait for the kernel that the opening of the page has asked for.
    print(f"  preview: {', '.join(f'{one:.2f}' for one in took)} s", file=sys.stderr, flush=True)
    return median(took[1:])


def _seen(copy: Copy, address: str) -> float:
    mark = copy.sentence()
    started = time.perf_counter()
    while mark not in shown(address):
        if time.perf_counter() - started > LIMIT_SECONDS:
            raise RuntimeError("the preview never showed the sentence")
        time.sleep(0.02)
    return time.perf_counter() - started


if __name__ == "__main__":
    for row in measure(int(sys.argv[1]) if len(sys.argv) > 1 else 5):
        print(row)
