"""Bad data, settings and commands, case by case, through the command `report`: one clear message that tells no cell.

Each case spoils tiny raw files in one way. The message must name the file, the place, the count and the remedy, the
exit status be an error, and the words and numbers planted in the bad cells stay where they are.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from bad_input import NUMBER, WORD, Case, assert_refused, contents, named, report
from tiny_data import frame_table, store, store_waves, survey_table

from engine.data.manifest import digest


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
    before = contents(root)
    assert_refused(report(*case.command, "--data", str(root)), case.words, root)
    assert contents(root) == before


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


def test_a_data_root_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store_waves(tmp_path, years=(2024,), kind="csv")

    def closed(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "iterdir", closed)
        done = report("check", "--data", str(tmp_path))
    assert_refused(done, ("the data root may not be read", "ask for the right"), tmp_path)


def omit(*names: object) -> Callable[[Path], object]:
    return manifest_says(lambda stored: stored.update(omitted=[*stored["omitted"], *names]))


def manifest_says(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], object]:
    """Spoil what the manifest says."""

    def spoil(root: Path) -> None:
        path = root / "dataset.json"
        stored = json.loads(path.read_text(encoding="utf-8"))
        change(stored)
        path.write_text(json.dumps(stored), encoding="utf-8")

    return spoil


def rename(**names: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    return lambda frame: frame.rename(columns=names)


MISSING = "missing columns: "
ADD_COLUMNS = 'add them, or name them under "omitted" in dataset.json'
COLUMNS = [
    Case("one_missing", table("survey", lambda t: t.drop(columns="caseload")),
         (f"{MISSING}caseload (survey_2024.csv; 1)", ADD_COLUMNS)),
    Case("several_missing", table("frame", lambda t: t.drop(columns=["sector", "office_id"])),
         (f"{MISSING}office_id, sector (frame_2024.csv; 2)", ADD_COLUMNS)),
    Case("no_ids", table("survey", lambda t: t.drop(columns="respondent_id")),
         (f"{MISSING}respondent_id (survey_2024.csv; 1)",)),
    Case("misspelt", table("survey", rename(caseload="caselaod")), (f"{MISSING}caseload (survey_2024.csv; 1)",)),
    Case("in_capitals", table("survey", rename(caseload="CASELOAD")), (f"{MISSING}caseload (survey_2024.csv; 1)",)),
    Case("doubled", lines("survey_2024.csv", lambda text: [row + "," + row.split(",")[-1] for row in text]),
         ("columns of the same name: number 12, 13 (survey_2024.csv; 2)", "name each column once")),
    Case("two_without_a_name", lines("survey_2024.csv", lambda text: [row + ",," for row in text]),
         ("columns of the same name: number 13, 14 (survey_2024.csv; 2)",)),
    Case("of_the_other_file", lambda root: (root / "frame_2024.csv").replace(root / "survey_2024.csv")
         and store(frame_table(), root / "frame_2024.csv"), (MISSING, "survey_2024.csv; 11")),
    Case("essential_left_out", omit("has_caseload"),
         ("no dataset can leave out: has_caseload (dataset.json; 1)", "add them to the raw files")),
    Case("unknown_left_out", omit("caselaod"),
         ("omitted variables that the codebook does not have: caselaod (dataset.json; 1)", "correct the names")),
]  # fmt: skip


@named(COLUMNS)
def test_columns(case: Case, tmp_path: Path) -> None:
    refuse(case, tmp_path)


UNKNOWN = "codes that the codebook does not have"
TEXT, NOT_WHOLE = "text where numbers belong", "numbers that are not whole"
CODES = [
    Case("unknown", table("survey", put("age_group_followed", NUMBER, NUMBER)),
         (f"{UNKNOWN} (survey_2024.csv, column age_group_followed; 2)", "recode them", "data/codebook/survey.csv")),
    Case("out_of_range", table("frame", put("nav_region", 13)),
         (f"{UNKNOWN} (frame_2024.csv, column nav_region; 1)", "recode them")),
    Case("negative_code", table("survey", put("has_caseload", -1)),
         (f"{UNKNOWN} (survey_2024.csv, column has_caseload; 1)",)),
    Case("label_for_code", table("survey", put("has_caseload", WORD, WORD, WORD)),
         (f"{TEXT} (survey_2024.csv, column has_caseload; 3)", "export codes, not labels")),
    Case("misspelt_label", table("survey", put("age_group_followed", "Ugne " + WORD)),
         (f"{TEXT} (survey_2024.csv, column age_group_followed; 1)",)),
    Case("text_in_a_number", table("survey", put("caseload", f"ca. {NUMBER}")),
         (f"{TEXT} (survey_2024.csv, column caseload; 1)",)),
    Case("a_number_with_its_unit", table("survey", put("caseload", f"{NUMBER} brukere")),
         (f"{TEXT} (survey_2024.csv, column caseload; 1)",)),
    Case("thousands_with_a_space", table("survey", put("caseload", "1 234")),
         (f"{TEXT} (survey_2024.csv, column caseload; 1)",)),
    Case("dots_for_missing", table("survey", put("caseload", ".", ".")),
         (f"{TEXT} (survey_2024.csv, column caseload; 2)",)),
    Case("a_formula_s_error", table("survey", put("caseload", "#DIV/0!")),
         (f"{TEXT} (survey_2024.csv, column caseload; 1)",)),
    Case("negative_caseload", table("survey", put("caseload", -NUMBER)),
         ("negative numbers (survey_2024.csv, column caseload; 1)", "correct them")),
    Case("half_a_code", table("survey", put("sick_leave_work", 1.5)),
         (f"{NOT_WHOLE} (survey_2024.csv, column sick_leave_work; 1)", "export codes as whole numbers")),
    Case("infinite", table("survey", put("caseload", float("inf"))),
         (f"{NOT_WHOLE} (survey_2024.parquet, column caseload; 1)",), "parquet"),
    Case("dates", table("frame", lambda t: t.assign(sector=pd.Timestamp("2024-01-01"))),
         (f"{TEXT} (frame_2024.parquet, column sector; 40)",), "parquet"),
    Case("lists_in_cells", table("survey", lambda t: t.assign(caseload=[[NUMBER]] * 12)),
         (f"{TEXT} (survey_2024.parquet, column caseload; 12)",), "parquet"),
    Case("bytes_in_cells", table("survey", lambda t: t.assign(caseload=[b"\xff" + WORD.encode()] * 12)),
         ("cells hold bytes that are no text (survey_2024.parquet)", "export codes as numbers"), "parquet"),
    Case("labels_exported_to_stata", table("survey", lambda t: t.assign(caseload=WORD)),
         (f"{TEXT} (survey_2024.dta, column caseload; 12)",), "dta"),
    Case("labels_exported_to_spss", table("survey", lambda t: t.assign(caseload=WORD)),
         (f"{TEXT} (survey_2024.sav, column caseload; 12)",), "sav"),
    Case("answers_of_who_was_not_asked", table("survey", lambda t: t.assign(caseload=44)),
         ("answers from persons who were not asked (survey_2024.csv, column caseload, filter has_caseload==1; 2)",
          "blank the answers")),
    Case("several_at_once", table("survey", lambda t: put("has_caseload", 7)(put("role_kvp", WORD)(t))),
         ("several problems", f"{UNKNOWN} (survey_2024.csv, column has_caseload; 1)",
          f"{TEXT} (survey_2024.csv, column role_kvp; 1)", "(survey data; 2)")),
]  # fmt: skip


@named(CODES)
def test_codes(case: Case, tmp_path: Path) -> None:
    refuse(case, tmp_path)


TWICE, BLANK = "respondents that stand there twice", "blank cells where everyone needs a value"
KEYS = [
    Case("doubled_in_the_survey", table("survey", lambda t: pd.concat([t, t.head(2)])),
         (f"{TWICE} (survey_2024.csv, column respondent_id; 2)", "keep one row each")),
    Case("doubled_in_the_frame", table("frame", lambda t: pd.concat([t, t.tail(3)])),
         (f"{TWICE} (frame_2024.csv, column respondent_id; 3)",)),
    Case("same_person_in_two_offices", table("frame", lambda t: pd.concat([t, t.head(1).assign(office_id=NUMBER)])),
         (f"{TWICE} (frame_2024.csv, column respondent_id; 1)",)),
    Case("not_in_the_frame", table("survey", put("respondent_id", NUMBER)),
         ("respondents who are not in the frame (survey_2024.csv and frame_2024.csv, column respondent_id; 1)",
          "add them to the frame")),
    Case("nobody_in_the_frame", table("frame", lambda t: t.assign(respondent_id=t["respondent_id"] + NUMBER)),
         ("respondents who are not in the frame (survey_2024.csv and frame_2024.csv, column respondent_id; 12)",)),
    Case("blank_id", table("survey", put("respondent_id", None)),
         (f"{BLANK} (survey_2024.csv, column respondent_id; 1)", "fill them in")),
    Case("blank_office", table("frame", put("office_id", None, None)),
         (f"{BLANK} (frame_2024.csv, column office_id; 2)",)),
    Case("text_ids", table("survey", lambda t: t.assign(respondent_id=WORD + t["respondent_id"].astype(str))),
         (f"{TEXT} (survey_2024.csv, column respondent_id; 12)",)),
    Case("ids_with_decimals", table("frame", put("respondent_id", NUMBER + 0.5)),
         (f"{NOT_WHOLE} (frame_2024.csv, column respondent_id; 1)",)),
    Case("negative_id", table("frame", put("respondent_id", -NUMBER)),
         ("negative numbers (frame_2024.csv, column respondent_id; 1)",)),
]  # fmt: skip


@named(KEYS)
def test_keys(case: Case, tmp_path: Path) -> None:
    refuse(case, tmp_path)


def second(root: Path) -> None:
    store(survey_table(), root / "survey_2024.sav")


def no_waves(root: Path) -> None:
    for path in root.glob("*_2024.*"):
        path.unlink()


def to_names(**names: str) -> Callable[[Path], object]:
    """Rename the files `survey` and `frame` of the wave."""
    return lambda root: [(root / f"{old}_2024.csv").rename(root / new) for old, new in names.items()]


FOUND = "take one of 2024"
WAVES = [
    Case("before_the_first", str, ("survey year 2019 is unknown (data root; 1)", FOUND),
         command=("check", "--year", "2019")),
    Case("after_the_last", str, ("survey year 2031 is unknown (data root; 1)", FOUND),
         command=("check", "--year", "2031")),
    Case("zero", str, ("--year", "no year of four digits"), command=("check", "--year", "0")),
    Case("in_words", str, ("--year", "no year of four digits"), command=("check", "--year", "siste")),
    Case("two_years", str, ("--year", "no year of four digits"), command=("check", "--year", "2022-2024")),
    Case("two_files_for_one", second,
         ("two files for one wave (survey_2024.csv, survey_2024.sav; 2)", "keep one of them")),
    Case("none", no_waves, ("no survey wave found", "put survey_<year> and frame_<year> there")),
    Case("a_blank_in_the_names", to_names(survey="survey_2024 .csv", frame="frame_2024 .csv"),
         ("a file's name is nearly that of a wave («survey_2024 .csv»; 1)", "«frame_2024 .csv»; 1)", "rename it to")),
    Case("exported_again", lambda root: store(survey_table(), root / "survey_2024 (1).csv"),
         ("a file's name is nearly that of a wave («survey_2024 (1).csv»; 1)", "move it out of the data root")),
    Case("two_digits", to_names(survey="survey_24.csv", frame="frame_24.csv"), ("no survey wave found",)),
    Case("one_file_of_another_year", to_names(frame="frame_2023.csv"),
         ("several problems", "a file is missing (frame_2024)", "a file is missing (survey_2023)", "(data root; 2)")),
]  # fmt: skip


@named(WAVES)
def test_waves(case: Case, tmp_path: Path) -> None:
    refuse(case, tmp_path)


WEIGHTED = "wave 2024, sector × size_class"
WEIGHTS = [
    Case("a_cell_without_a_respondent",
         table("frame", lambda t: t.assign(office_size=[50] * 39 + [200], office_id=[*t["office_id"][:39], 99])),
         ("cells of the frame without a respondent", f"({WEIGHTED}; 1)", "merge classes")),
    Case("a_sector_without_a_respondent", table("frame", lambda t: t.assign(sector=[1] * 12 + [2] * 28)),
         ("cells of the frame without a respondent", WEIGHTED)),
    Case("unknown_size", table("frame", put("office_size", None)),
         (f"{BLANK} (frame_2024.csv, column office_size; 1)",)),
    Case("negative_size", table("frame", put("office_size", -NUMBER)),
         ("negative numbers (frame_2024.csv, column office_size; 1)",)),
    Case("unknown_sector", table("frame", put("sector", None)), (f"{BLANK} (frame_2024.csv, column sector; 1)",)),
    Case("a_third_sector", table("frame", put("sector", 3)), (f"{UNKNOWN} (frame_2024.csv, column sector; 1)",)),
    Case("size_in_words", table("frame", put("office_size", WORD)),
         (f"{TEXT} (frame_2024.csv, column office_size; 1)",)),
    Case("infinite_size", table("frame", put("office_size", float("inf"))),
         ("(frame_2024.parquet, column office_size; 1)",), "parquet"),
]  # fmt: skip


@named(WEIGHTS)
def test_weights(case: Case, tmp_path: Path) -> None:
    refuse(case, tmp_path)


def manifest_text(text: str, encoding: str = "utf-8") -> Callable[[Path], object]:
    return lambda root: (root / "dataset.json").write_text(text, encoding=encoding)


UNREAD = ("the manifest can't be read (dataset.json)", "report manifest")
MANIFESTS = [
    Case("missing", lambda root: (root / "dataset.json").unlink(),
         ("the manifest is missing (dataset.json)", "report manifest")),
    Case("empty", manifest_text(""), UNREAD),
    Case("broken", manifest_text('{"kind": "real", "title": "' + WORD), UNREAD),
    Case("a_list", manifest_text(f'["{WORD}"]'), UNREAD),
    Case("a_number", manifest_text(str(NUMBER)), UNREAD),
    Case("in_utf_16", manifest_text("{}", "utf-16"), UNREAD),
    Case("without_kind", manifest_says(lambda stored: stored.pop("kind")), UNREAD),
    Case("without_files", manifest_says(lambda stored: stored.pop("files")), UNREAD),
    Case("files_as_a_list", manifest_says(lambda stored: stored.update(files=["survey_2024.csv"])), UNREAD),
    Case("rows_in_words", manifest_says(lambda stored: stored["files"]["survey_2024.csv"].update(rows=WORD)), UNREAD),
    Case("omitted_as_text", manifest_says(lambda stored: stored.update(omitted="caseload")), UNREAD),
    Case("omitted_as_numbers", manifest_says(lambda stored: stored.update(omitted=[NUMBER])), UNREAD),
    Case("title_missing", manifest_says(lambda stored: stored.update(title=None)), UNREAD),
    Case("unknown_kind", manifest_says(lambda stored: stored.update(kind=WORD)),
         ("the manifest's kind is none of synthetic, real (dataset.json)", "report manifest")),
    Case("kind_as_a_list", manifest_says(lambda stored: stored.update(kind=["real"])), UNREAD),
    Case("another_digest", content("survey_2024.csv", lambda whole: whole.replace(b"30.0", b"31.0")),
         ("a file has changed since the manifest was written (survey_2024.csv)", "report manifest")),
    Case("a_file_that_it_lacks", manifest_says(lambda stored: stored["files"].pop("frame_2024.csv")),
         ("a file is not in the manifest (frame_2024.csv)", "report manifest")),
    Case("a_file_that_is_gone",
         manifest_says(lambda stored: stored["files"].update({"frame_2020.csv": {"sha256": "0", "rows": 1}})),
         ("a file of the manifest is missing (frame_2020.csv)",)),
]  # fmt: skip


@named(MANIFESTS)
def test_manifests(case: Case, tmp_path: Path) -> None:
    refuse(case, tmp_path, stamp=False)


def dialect(separator: str, decimal: str = ".", encoding: str = "utf-8", newline: str = "\n"):
    """Write the survey as another program would."""

    def write(root: Path) -> None:
        text = survey_table().to_csv(sep=separator, decimal=decimal, index=False, lineterminator=newline)
        (root / "survey_2024.csv").write_bytes(text.encode(encoding))

    return write


READ = {
    "byte_order_mark": dialect(",", encoding="utf-8-sig"),
    "semicolons_and_decimal_commas": dialect(";", ","),
    "tabs_and_decimal_commas": dialect("\t", ","),
    "windows_lines": dialect(";", ",", "utf-8-sig", "\r\n"),
    "an_extra_column": table("survey", lambda t: t.assign(comment=WORD)),
    "columns_in_another_order": table("survey", lambda t: t[t.columns[::-1]]),
    "blanks_around_the_names": table("survey", lambda t: t.rename(columns=lambda name: f" {name} ")),
    "rows_in_another_order": table("survey", lambda t: t.iloc[::-1]),
    "a_wave_not_asked_for": lambda root: store(survey_table(), root / "survey_24.csv"),
}


@pytest.mark.parametrize("name", READ)
def test_what_is_unambiguous_is_read_right(name: str, tmp_path: Path) -> None:
    """The counts are those of the plain files."""
    store_waves(tmp_path, years=(2024,), kind="csv")
    plain = report("check", "--data", str(tmp_path))
    READ[name](tmp_path)
    restamp(tmp_path)
    done = report("check", "--data", str(tmp_path), "--year", "2024 ")
    extra = "1 columns are not in the codebook and are not read\n" if name == "an_extra_column" else ""
    assert done.exit_code == 0 and done.output.replace(extra, "") == plain.output
    assert bool(extra) == (done.output != plain.output) and WORD not in done.output


def own(column: str, *cells: object) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """Give the survey a column of its own, of which the first cells say something else than the frame."""

    def change(frame: pd.DataFrame) -> pd.DataFrame:
        known = frame[["respondent_id"]].merge(frame_table(), on="respondent_id")
        right = known[column] if column in known else pd.Series([2024 if column == "wave" else 1.0] * len(frame))
        return put(column, *cells)(frame.assign(**{column: right.to_numpy()}))

    return change


def manifest(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], object]:
    """Spoil what the manifest says."""

    def spoil(root: Path) -> None:
        path = root / "dataset.json"
        stored = json.loads(path.read_text(encoding="utf-8"))
        change(stored)
        path.write_text(json.dumps(stored), encoding="utf-8")

    return spoil


def twice(root: Path) -> None:
    path = root / "dataset.json"
    path.write_text(path.read_text(encoding="utf-8").replace("{", '{"kind": "synthetic",', 1), encoding="utf-8")


UNREAD = ("the manifest can't be read",)
CONTRADICTIONS = [
    Case("an_office_of_two_sizes", table("frame", put("office_size", 11)),
         ("frame_2024.csv, column office_size; 1", "offices with more than one office_size", "give everyone")),
    Case("an_office_in_two_regions", table("frame", put("nav_region", 12)),
         ("frame_2024.csv, column nav_region; 1", "offices with more than one nav_region")),
    Case("offices_without_employees", table("frame", lambda frame: frame.assign(office_size=0)),
         ("frame_2024.csv, column office_size; 40", "outside of 1 to 2000", "plausible range")),
    Case("an_absurd_size", table("frame", lambda frame: frame.assign(office_size=10**12)),
         ("column office_size; 40", "outside of 1 to 2000", "widen the range in data/codebook/survey.csv")),
    Case("more_invited_than_employed", table("frame", lambda frame: frame.assign(office_size=1)),
         ("frame_2024.csv, column office_size; 12", "more than 2 invited for each employee")),
    Case("a_caseload_that_is_a_missing_code", table("survey", put("caseload", 9999, 999)),
         ("survey_2024.csv, column caseload; 2", "outside of 0 to 900", "add the missing code")),
    Case("nobody_answered",
         table("survey", lambda frame: frame.assign(**{name: None for name in frame.columns[1:]})),
         ("survey_2024.csv, column has_caseload; 12", "nobody answered the first question")),
    Case("another_sector_than_the_frame", table("survey", own("sector", 2, 1)),
         ("survey_2024.csv and frame_2024.csv, column sector; 2", "the two files say different things")),
    Case("another_office_than_the_frame", table("survey", own("office_id", NUMBER)),
         ("column office_id; 1", "the two files say different things")),
    Case("another_wave_than_the_name", table("survey", own("wave", 2022, 2022, 2022)),
         ("survey_2024.csv, column wave; 3", "another wave than the file's name says")),
    Case("other_weights", table("survey", own("weight", 9.0)),
         ("survey_2024.csv, column weight; 12", "not those of sector × size class")),
    Case("other_number_of_rows", manifest(lambda told: told["files"]["survey_2024.csv"].update(rows=5)),
         ("survey_2024.csv; 1", "another number of rows than the manifest says")),
    *(
        Case(f"rows_{name}", manifest(lambda told, n=rows: told["files"]["survey_2024.csv"].update(rows=n)), UNREAD)
        for name, rows in {"negative": -1, "as_words": "12", "truth": True, "decimal": 12.0}.items()
    ),
    Case("rows_beyond_all_numbers",
         content("dataset.json", lambda text: text.replace(b'"rows": 12', b'"rows": 1e400')), UNREAD),
    Case("a_manifest_nested_without_end",
         content("dataset.json", lambda text: b'{"a":' * 100_000 + b"1" + b"}" * 100_000), UNREAD),
    Case("a_key_twice", twice, ("keys of the manifest that stand there twice: kind", "dataset.json; 1", "keep one")),
    Case("omitted_that_is_derived", manifest(lambda told: told["omitted"].append("is_counsellor")),
         ("no part of the raw files: is_counsellor", "dataset.json; 1")),
    Case("digits_of_another_alphabet", table("survey", put("caseload", "\u0663\u0660")),
         ("survey_2024.csv, column caseload; 1", "text where numbers belong")),
]  # fmt: skip
NOT_STAMPED = ("a_key_twice", "a_manifest_nested_without_end", "rows_beyond_all_numbers")


@named(CONTRADICTIONS)
def test_data_that_contradicts_itself_is_refused_by_name_and_count(case: Case, tmp_path: Path) -> None:
    refuse(case, tmp_path / "data", stamp=case.name not in NOT_STAMPED)


def test_a_survey_that_repeats_its_frame_rightly_is_read(tmp_path: Path) -> None:
    root = tmp_path / "data"
    store_waves(root, years=(2024,), kind="csv")
    for column in ("sector", "office_id", "office_size", "wave"):
        table("survey", own(column))(root)
        restamp(root)
        done = report("check", "--data", str(root))
        assert done.exit_code == 0, (column, done.output)


def test_a_manifest_of_many_lost_files_is_one_message(tmp_path: Path) -> None:
    root = tmp_path / "data"
    store_waves(root, years=(2024,), kind="csv")
    record = {"sha256": "0" * 64, "rows": 1}
    manifest(lambda told: told["files"].update({f"series/{at}.csv": record for at in range(20_000)}))(root)
    done = report("check", "--data", str(root))
    assert done.exit_code == 1 and done.output.count("\n") < 60 and "and 19950 more" in done.output


def test_a_year_is_not_told_back() -> None:
    done = report("build", "--year", "9" * 400)
    assert done.exit_code == 2 and "9" * 5 not in done.output and "no year of four digits" in done.output
