"""Digests of all that the book computes: each exhibit's CSV and each computed paragraph, for the editions it holds.

    python tests/golden.py              hold the runs against tests/golden.csv, edition by edition
    python tests/golden.py --write      write tests/golden.csv anew, after a change that was meant
    python tests/golden.py --keep DIR   write what the digests are of, one text file each, to compare with `diff -r`

A change of layout, names or speed must change none of them. Runs that are kept are not executed again.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat

from engine.errors import ReportError
from engine.outputs import EXHIBIT_MIME
from press.edition import open_edition
from press.notebook import prose_text
from press.project import ROOT, Project
from press.runs import Run, execute_all

FILE = ROOT / "tests" / "golden.csv"
COLUMNS = ["year", "chapter", "kind", "id", "sha256"]


def runs_of(year: int) -> list[Run]:
    """Run an edition's chapters, or take the kept runs; those about the book itself are left out."""
    edition = open_edition(Project(), year, None)
    runs = edition.runs()
    failures = execute_all(runs, edition.year, edition.data, 2, True, lambda line: print(line, file=sys.stderr))
    if failures:
        raise ReportError("\n".join(map(str, failures)), where=f"edition {year}", count=len(failures))
    return runs


def computed(run: Run) -> Iterator[tuple[str, str, str]]:
    """Yield kind, id and text of all that a run computed for a page: tables as CSV, paragraphs as Markdown."""
    paragraphs = 0
    for cell in nbformat.read(run.output, as_version=4).cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if EXHIBIT_MIME in data:
                record = data[EXHIBIT_MIME]
                yield "exhibit", record["id"], record["csv"]
                yield "words", record["id"], json.dumps([record["title"], record["alt"]], ensure_ascii=False)
            elif prose_text(cell.source) is not None:
                paragraphs += 1
                yield "prose", f"{paragraphs:03d}", data["text/markdown"]


def digests(year: int, keep: Path | None = None) -> list[dict[str, str]]:
    """Digest all that an edition computes; the texts go to a folder, too, where one is given."""
    rows = []
    for run in runs_of(year):
        for kind, name, text in computed(run):
            rows.append(dict(zip(COLUMNS, [str(year), run.chapter.slug, kind, name, _digest(text)], strict=True)))
            if keep:
                place = keep / str(year) / run.chapter.slug
                place.mkdir(parents=True, exist_ok=True)
                (place / f"{kind}-{name}.txt").write_text(text, encoding="utf-8")
    return rows


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def editions() -> list[int]:
    """Editions that the file holds."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return sorted({int(row["year"]) for row in csv.DictReader(file)})


def differences(year: int, found: list[dict[str, str]]) -> list[str]:
    """Names of what an edition computes otherwise than the file says, or no longer, or anew."""
    with FILE.open(encoding="utf-8", newline="") as file:
        known = {tuple(row.values()) for row in csv.DictReader(file) if row["year"] == str(year)}
    names = {row[1:4] for row in known ^ {tuple(row.values()) for row in found}}
    return sorted(" ".join(name) for name in names)


def main() -> int:
    """Compare or write; the exit status is 1 when something differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write the digests instead of comparing them")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="also write the texts to this folder")
    parser.add_argument("--year", type=int, action="append", help="only this edition; may be given again")
    options = parser.parse_args()
    years = options.year or editions()
    found = {year: digests(year, options.keep) for year in years}
    if options.write:
        with FILE.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(row for rows in found.values() for row in rows)
        return 0
    wrong = {year: differences(year, rows) for year, rows in found.items()}
    for year, names in wrong.items():
        print(f"{year}: {len(names)} differ", *names, sep="\n  ")
    return 1 if any(wrong.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
