"""Bad data, settings and commands, case by case, through the command `report`: one clear message that tells no cell.

Each case spoils tiny raw files in one way. The message must name the file, the place, the count and the remedy, the
exit status be an error, and the words and numbers planted in the bad cells stay where they are.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result
from tiny_data import frame_table, store, store_waves, survey_table

from helpers.manifest import digest
from press.cli import main

# What the bad cells hold. No other cell, count or file name has them, so a message with one of them has leaked.
NUMBER, WORD = 7654321, "hemmelig"


@dataclass(frozen=True)
class Case:
    """One way to spoil the data, and what the message must say of it.

    `kind` is the format of the raw files, `only` whether a single problem is told.
    """

    name: str
    spoil: Callable[[Path], object]
    words: Sequence[str]
    kind: str = "csv"
    command: Sequence[str] = field(default=("check",))


def named(cases: Sequence[Case]) -> pytest.MarkDecorator:
    """Run a test for each case, under the case's name."""
    assert len({case.name for case in cases}) == len(cases)
    return pytest.mark.parametrize("case", cases, ids=[case.name for case in cases])


def report(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def assert_refused(done: Result, words: Sequence[str], root: Path) -> None:
    """One message with all the words, an error status, and no cell of the data."""
    told = done.output.replace(str(root), "")
    assert isinstance(done.exception, SystemExit), (told, done.exception)
    assert done.exit_code in (1, 2) and told.lower().count("error:") == 1 and "Traceback" not in told, told
    assert [word for word in words if word not in told] == [], told
    assert str(NUMBER) not in told and WORD not in told.lower(), told


def restamp(root: Path) -> None:
    """Let the manifest fit the files as they are, so that it is the files themselves that are looked at."""
    path = root / "dataset.json"
    stored = json.loads(path.read_text(encoding="utf-8"))
    for name, record in stored["files"].items():
        if (root / name).is_file():
            record["sha256"] = digest(root / name)
    path.write_text(json.dumps(stored), encoding="utf-8")


def refuse(case: Case, root: Path, stamp: bool = True) -> None:
    store_waves(root, years=(2024,), kind=case.kind)
    case.spoil(root)
    if stamp:
        restamp(root)
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    assert_refused(report(*case.command, "--data", str(root)), case.words, root)
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before


def lines(name: str, change: Callable[[list[str]], list[str]]) -> Callable[[Path], object]:
    """Spoil the lines of a CSV file."""

    def spoil(root: Path) -> None:
        path = root / name
        path.write_text("\n".join(change(path.read_text(encoding="utf-8").splitlines())) + "\n", encoding="utf-8")

    return spoil


def content(name: str, change: Callable[[bytes], bytes]) -> Callable[[Path], object]:
    """Spoil the bytes of a file."""
    return lambda root: (root / name).write_bytes(change((root / name).read_bytes()))


def table(name: str, change: Callable[[pd.DataFrame], pd.DataFrame]) -> Callable[[Path], object]:
    """Spoil the table of a wave's file, `survey` or `frame`."""

    def spoil(root: Path) -> None:
        [path] = root.glob(f"{name}_2024.*")
        store(change(survey_table() if name == "survey" else frame_table()), path)

    return spoil


def put(column: str, *cells: object) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """Put cells into the first rows of a column."""

    def change(frame: pd.DataFrame) -> pd.DataFrame:
        found = frame[column].astype(object)
        found.iloc[: len(cells)] = list(cells)
        return frame.assign(**{column: found})

    return change


def folder_for_file(root: Path) -> None:
    (root / "survey_2024.csv").unlink()
    (root / "survey_2024.csv").mkdir()


def dangling_link(root: Path) -> None:
    (root / "survey_2024.csv").unlink()
    (root / "survey_2024.csv").symlink_to(root / "nowhere.csv")


def pack(root: Path) -> None:
    path = root / "survey_2024.csv"
    path.write_bytes(gzip.compress(path.read_bytes()))


def workbook_instead(root: Path) -> None:
    (root / "survey_2024.csv").rename(root / "survey_2024.xlsx")


UNREADABLE_CSV = ("survey_2024.csv", "can't be read as csv", "as many cells as the header, in UTF-8")
AGAIN = "export it again"
FILES = [
    Case("survey_missing", lambda root: (root / "survey_2024.csv").unlink(), ("survey_2024", "missing", "put it")),
    Case("frame_missing", lambda root: (root / "frame_2024.csv").unlink(), ("frame_2024", "missing", "put it")),
    Case("workbook_instead", workbook_instead, ("survey_2024", "missing", "parquet, csv, sav, dta")),
    *(
        Case(f"zero_bytes_{kind}", content(f"survey_2024.{kind}", lambda _: b""),
             (f"survey_2024.{kind}", "the file is empty", AGAIN), kind)
        for kind in ("csv", "parquet", "sav", "dta")
    ),
    Case("only_blank_lines", content("survey_2024.csv", lambda _: b"\n\n \n"), ("survey_2024.csv", "no rows", AGAIN)),
    Case("only_a_header", lines("survey_2024.csv", lambda text: text[:1]), ("survey_2024.csv", "no rows", AGAIN)),
    *(
        Case(f"truncated_{kind}", content(f"survey_2024.{kind}", lambda whole: whole[: len(whole) // 2]),
             (f"survey_2024.{kind}", f"can't be read as {kind}"), kind)
        for kind in ("parquet", "sav", "dta")
    ),
    Case("truncated_csv", content("survey_2024.csv", lambda whole: whole[:-30]), UNREADABLE_CSV),
    Case("truncated_to_the_signature", content("survey_2024.parquet", lambda whole: whole[:4]),
         ("survey_2024.parquet", "can't be read", AGAIN), "parquet"),
    *(
        Case(f"corrupt_{kind}",
             content(f"survey_2024.{kind}", lambda whole: whole[:40] + b"\xff" * 160 + whole[200:]),
             (f"survey_2024.{kind}", f"can't be read as {kind}", AGAIN), kind)
        for kind in ("sav", "dta")
    ),
    Case("utf_16", content("survey_2024.csv", lambda whole: whole.decode().encode("utf-16")), UNREADABLE_CSV),
    Case("latin_1", content("survey_2024.csv", lambda whole: whole + f"{WORD}\xe6\n".encode("latin-1")),
         UNREADABLE_CSV),
    Case("nul_bytes", content("survey_2024.csv", lambda whole: whole + b"\0" * 64), ("survey_2024.csv",)),
    Case("delimited_by_bars", content("survey_2024.csv", lambda whole: whole.replace(b",", b"|")),
         ("survey_2024.csv", "comma, semicolon or tab")),
    Case("header_and_rows_delimited_differently",
         lines("survey_2024.csv", lambda text: [text[0].replace(",", ";"), *text[1:]]), UNREADABLE_CSV),
    Case("decimal_comma_between_commas",
         lines("survey_2024.csv", lambda text: [row.replace(".0", ",0") for row in text]), UNREADABLE_CSV),
    Case("unclosed_quote", lines("survey_2024.csv", lambda text: [text[0], '"' + text[1], *text[2:]]), UNREADABLE_CSV),
    Case("a_cell_too_many", lines("survey_2024.csv", lambda text: [*text[:5], text[5] + f",{WORD}", *text[6:]]),
         UNREADABLE_CSV),
    Case("two_header_rows",
         lines("survey_2024.csv", lambda text: [text[0], text[0].replace("caseload", WORD), *text[1:]]),
         ("survey_2024.csv", "column caseload; 1", "text where numbers belong", "export codes, not labels")),
    Case("rows_longer_than_the_header",
         lines("survey_2024.csv", lambda text: [text[0], *(row + "," for row in text[1:])]), UNREADABLE_CSV),
    Case("a_title_above_the_header", lines("survey_2024.csv", lambda text: [f"{WORD.title()} {NUMBER}", *text]),
         ("survey_2024.csv", "one single cell", "the first row holds the names")),
    Case("no_header", lines("survey_2024.csv", lambda text: [text[1], *text[2:]]), ("survey_2024.csv", "header")),
    Case("parquet_named_csv", lambda root: store(survey_table(), root / "a.parquet").replace(root / "survey_2024.csv"),
         ("survey_2024.csv", "can't be read as csv")),
    Case("csv_named_parquet", lambda root: store(survey_table(), root / "a.csv").replace(root / "survey_2024.parquet"),
         ("survey_2024.parquet", "can't be read as parquet", AGAIN), "parquet"),
    Case("packed", pack, UNREADABLE_CSV),
    Case("a_folder_in_its_place", folder_for_file, ("survey_2024.csv", "folder", "put")),
    Case("a_dangling_link", dangling_link, ("survey_2024.csv", "missing")),
]  # fmt: skip


@named(FILES)
def test_files(case: Case, tmp_path: Path) -> None:
    refuse(case, tmp_path)


@named(FILES)
def test_a_manifest_is_not_written_for_bad_files(case: Case, tmp_path: Path) -> None:
    """What `check` refuses in the files themselves, `manifest` refuses, too; the codebook it does not read."""
    store_waves(tmp_path, years=(2024,), kind=case.kind)
    case.spoil(tmp_path)
    before = (tmp_path / "dataset.json").read_bytes()
    done = report("manifest", "--data", str(tmp_path), "--kind", "real", "--source", "s")
    if done.exit_code:
        assert_refused(done, [case.words[0]], tmp_path)
        assert (tmp_path / "dataset.json").read_bytes() == before
    else:
        assert case.name in ("two_header_rows", "nul_bytes")


def test_files_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused as it is for one who lacks the right; the superuser, who may run this, has it always."""
    store_waves(tmp_path, years=(2024,), kind="csv")
    opened = Path.open

    def guarded(path: Path, *args: object, **kwargs: object) -> object:
        if path.name == "frame_2024.csv":
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *args, **kwargs)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", guarded)
    for command in (["check"], ["manifest", "--kind", "real", "--source", "s"]):
        done = report(*command, "--data", str(tmp_path))
        assert_refused(done, ("frame_2024.csv", "may not be read", "right"), tmp_path)
