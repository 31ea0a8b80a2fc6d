"""Four checks of synthetic data: that it is labelled, discloses nothing, has its structure and is documented."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from engine.data.codebook import read_codebook
from engine.data.manifest import read_manifest
from tests import twin_results
from twin import DEFAULT_SEED
from twin.targets import read_targets

PROJECT = Path(__file__).resolve().parents[1]
TABLES = sorted((PROJECT / "data" / "twin").glob("*.csv"))
SOURCES = ("source", "share_source", "state_source", "of")
README = PROJECT / "data" / "twin" / "README.md"
# What the generator may read of the project: its recipe, the published numbers, the codebook, and code.
READS = ("data/twin/", "data/published/rapport/values.csv", "data/codebook/survey.csv")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def ids(name: str, column: str = "id") -> set[str]:
    return {row[column] for row in rows(PROJECT / "data" / "published" / "rapport" / f"{name}.csv")}


# Labelling


def test_manifest_and_files_say_that_they_are_synthetic(twin_root: Path) -> None:
    manifest = read_manifest(twin_root)
    assert manifest.kind == "synthetic"
    assert "syntetisk" in manifest.title.lower() and "syntetisk" in manifest.source.lower()
    for path in twin_root.glob("*.parquet"):
        told = pq.read_schema(path).metadata
        assert b"syntetisk" in told[b"datagrunnlag"], path.name
    assert {path.stem for path in twin_root.glob("*.parquet")} == {
        f"{kind}_{wave}" for kind in ("survey", "frame") for wave in (2022, 2023, 2024)
    }


# Disclosure: without microdata there is nothing to disclose, so the check is that none was read.


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_every_source_is_published_or_marked_as_our_assumption(path: Path) -> None:
    known = ids("values") | ids("exhibits") | {"assumption"}
    named = {
        (row.get("id", ""), source)
        for row in rows(path) for column in SOURCES for source in (row.get(column) or "").split(";") if source
    }  # fmt: skip
    assert [pair for pair in named if pair[1] not in known] == []
    if path.stem.endswith("_targets"):
        assert all(row["source"] for row in rows(path))


def test_the_generator_reads_nothing_but_its_recipe() -> None:
    """Every file that is opened while a twin's targets, frame and first answers are made is one of the few allowed."""
    code = (
        "import sys; opened = []\n"
        "sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == 'open' else None)\n"
        "import twin; import twin.generate as generate\n"
        "generate.draw_items = lambda *told: sys.exit(print('\\n'.join(opened)))\n"
        "generate.generate(twin.DEFAULT_SEED)\n"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=False)
    opened = {os.path.relpath(name, PROJECT) for name in run.stdout.splitlines() if name.startswith(str(PROJECT))}
    data = {name for name in opened if name.startswith(("data/", "_data/"))}
    assert data, run.stderr
    assert [name for name in sorted(data) if not name.startswith(READS)] == []


def test_the_generators_code_names_no_other_file() -> None:
    for path in sorted((PROJECT / "twin").glob("*.py")):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"read_(parquet|sav|dta|spss|excel|sas)|REPORT_DATA|urllib|requests|http", text), path.name
        # The file writer looks whether a folder holds other data than a twin, and the digests tell what it says.
        assert ("pyarrow" in text) == (path.name in ("files.py", "digests.py")), path.name


# Structure


def test_answers_keep_to_the_codebook(twin_root: Path) -> None:
    codebook = read_codebook()
    for path in twin_root.glob("survey_*.parquet"):
        for name, column in pd.read_parquet(path).items():
            variable = codebook[str(name)]
            if variable.codes:
                assert set(column.dropna()) <= {*variable.codes, *variable.missing}, name


def test_ids_are_no_office_numbers_of_nav(twin_root: Path) -> None:
    frame = pd.read_parquet(twin_root / "frame_2024.parquet")
    assert frame["office_id"].min() > 9999  # real ones have four digits


# Documentation


def test_the_readme_names_every_table_and_what_cannot_be_read() -> None:
    text = README.read_text(encoding="utf-8")
    for path in TABLES:
        assert path.stem in text, path.name
    for word in ("ever answered by anyone", "Assumptions", "nothing may be read from them", "second seed"):
        assert word in text, word


def test_every_assumption_carries_its_reason() -> None:
    for path in TABLES:
        if path.stem == "quotas" or path.stem.endswith("_targets"):
            # The README tells why of a model's coefficients, all of a term at once.
            bare = [row.get("id") or row.get("stage") for row in rows(path)
                    if row["source"] == "assumption" and not row["note"] and not row.get("model")]  # fmt: skip
            assert bare == [], path.name


def test_targets_are_told_apart() -> None:
    names = [target.name for target in read_targets()]
    assert len(names) == len(set(names))


def test_the_readme_is_made_of_the_tables_and_of_results() -> None:
    text = README.read_text(encoding="utf-8")
    assert text.count("<!-- made: ") == len(twin_results.parts())
    assert twin_results.rendered(text) == text, "PYTHONPATH=. python tests/twin_results.py"


def test_results_are_those_of_the_published_twins() -> None:
    """Another twin needs to be measured anew: `PYTHONPATH=. python tests/twin_results.py 7 FOLDER`."""
    marks = next(row for row in twin_results.saved() if row["measure"] == "mark")
    assert marks["published"] == twin_results.mark(DEFAULT_SEED)
    # Blank until the second seed is measured.
    assert marks["second"] in ("", twin_results.mark(twin_results.SECOND))


def test_what_came_out_is_what_the_sources_say() -> None:
    for row in twin_results.saved():
        for column in ("published", "second"):
            if not row[column]:
                continue
            if row["measure"].endswith("significantly negative one"):
                # Of a hundred variables one in forty lies so low by chance; the published twin has none.
                assert int(row[column]) <= (0 if column == "published" else 2)
            if row["measure"].startswith("correlation"):
                assert min(float(value) for value in row[column].split(" and ")) >= 0.5, row["measure"]
