"""A new wave, end to end on a copy of the project: one new item, one dropped, a Nav-fylke with a new name."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from engine.data.codebook import Codebook, LaterWave, add_wave, parse_code, read_codebook, read_later_waves
from engine.errors import ReportError
from press.new_wave import Decisions, add_entry, inspect
from press.project import ROOT

DROPPED, NEW, REGION = "comp_guidance", "use_ai", 7
CODE = {("nav_region", 13): "Troms"}


def tables(twin_root):
    """Next year's files, from the twin's newest: a new item, a dropped one, and one Nav-fylke under a new number."""
    survey = pd.read_parquet(twin_root / "survey_2024.parquet")
    frame = pd.read_parquet(twin_root / "frame_2024.parquet")
    survey = survey.drop(columns=DROPPED)
    item = np.where(survey["has_caseload"] == 1, 1 + np.arange(len(survey)) % 5, np.nan)
    survey = pd.concat([survey, pd.Series(item, index=survey.index, name=NEW)], axis=1)
    frame["nav_region"] = frame["nav_region"].replace(REGION, 13)
    return survey, frame


@pytest.fixture(scope="module")
def wave(twin_root, tmp_path_factory):
    folder = tmp_path_factory.mktemp("wave")
    survey, frame = tables(twin_root)
    survey.to_parquet(folder / "survey_2025.parquet")
    frame.to_parquet(folder / "frame_2025.parquet")
    return folder


@pytest.fixture(scope="module")
def codebook():
    return read_codebook()


def changed(folder, target, stem, change):
    """Copy a wave with one file changed."""
    shutil.copytree(folder, target)
    path = target / f"{stem}_2025.parquet"
    change(pd.read_parquet(path)).to_parquet(path)
    return target


def test_one_report_tells_what_is_missing_new_and_renamed(wave, codebook):
    report = inspect(wave, 2025, "2025", codebook, Decisions())
    notes, stops = "\n".join(report.notes), "\n".join(report.stops)
    assert f"not asked: {DROPPED} ({codebook[DROPPED].label})" in notes
    assert f"new in survey_2025.parquet: {NEW}" in notes
    assert (
        len(report.stops) == 1 and "column nav_region: code 13" in stops and "nobody has 7 = Troms og Finnmark" in stops
    )
    assert "compared with 2024" in report.text and stops in report.text


def test_what_is_decided_goes_into_one_row(wave, codebook, tmp_path):
    report = inspect(wave, 2025, "oktober 2025", codebook, Decisions(codes=CODE))
    assert report.stops == []
    entry = report.entry
    assert (entry.wave, entry.like, entry.asked_again) == (2025, 2024, ()) and DROPPED in entry.not_asked
    file = tmp_path / "waves.csv"
    added = [
        line for line in add_entry(file, entry).splitlines() if line.startswith("+") and not line.startswith("+++")
    ]
    assert added == [f"+2025,oktober 2025,2024,{';'.join(entry.not_asked)},,nav_region:13=Troms"]
    assert read_later_waves(file) == [entry]
    with pytest.raises(ReportError, match="describes no wave"):
        add_entry(file, entry)
        read_later_waves(file)


def test_the_row_describes_the_wave_and_no_other(codebook):
    later = LaterWave(2025, "oktober 2025", 2024, (DROPPED,), (), CODE)
    described = Codebook(add_wave(codebook.variables, later))
    assert described["caseload"].waves == (*codebook["caseload"].waves, 2025)
    assert described[DROPPED].waves == codebook[DROPPED].waves
    assert described["nav_region"].codes[13] == "Troms" and described["wave"].codes[2025] == "oktober 2025"
    assert [v for v in described if 2024 not in v.waves] == [v for v in codebook if 2024 not in v.waves]


@pytest.mark.parametrize(
    "later, words",
    [
        (LaterWave(2025, "", 2024, ("comp_sistems",)), "does not have: comp_sistems"),
        (LaterWave(2030, "", 2029), "no variable was asked in 2029"),
    ],
)
def test_a_row_that_is_wrong_is_told(codebook, later, words):
    with pytest.raises(ReportError, match=words):
        add_wave(codebook.variables, later)


@pytest.mark.parametrize("row", ["2025,,2026,,,", "x,,2024,,,", "2025,,2024,,,region=1", "2025"])
def test_a_broken_row_is_told_with_its_line(tmp_path, row):
    file = tmp_path / "waves.csv"
    file.write_text(f"wave,when,like,not_asked,asked_again,codes\n{row}\n")
    with pytest.raises(ReportError, match="line 2"):
        read_later_waves(file)


def test_a_renamed_column_is_not_taken_for_a_dropped_one(wave, codebook, tmp_path):
    folder = changed(wave, tmp_path / "w", "survey", lambda t: t.rename(columns={"caseload": "case_load"}))
    [stop] = inspect(folder, 2025, "2025", codebook, Decisions(codes=CODE)).stops
    assert "missing in survey_2025.parquet: caseload" in stop and "nearest name: case_load" in stop
    decided = inspect(folder, 2025, "2025", codebook, Decisions(("caseload",), CODE))
    assert not [line for line in decided.stops if "nearest" in line]


def test_what_no_wave_can_do_without_stops(wave, codebook, tmp_path):
    folder = changed(wave, tmp_path / "w", "frame", lambda t: t.drop(columns="office_size"))
    stops = inspect(folder, 2025, "2025", codebook, Decisions(codes=CODE)).stops
    assert "office_size" in stops[0] and "can do without" in stops[0]


def test_names_instead_of_codes_are_told_with_the_nearest(wave, codebook, tmp_path):
    labels = codebook["nav_region"].codes | {13: "Troms Finnmark"}

    def named(table):
        table["nav_region"] = table["nav_region"].map(labels)
        table.loc[table.index[:2], "nav_region"] = "Lite sted"
        return table

    [stop] = inspect(changed(wave, tmp_path / "w", "frame", named), 2025, "2025", codebook, Decisions()).stops
    assert "«Troms Finnmark» (nearest: «Troms og Finnmark»)" in stop and "Lite sted" not in stop


def test_a_code_that_few_share_is_counted_only(wave, codebook, tmp_path):
    def rare(table):
        table.loc[table.index[:3], "nav_region"] = 77
        return table

    folder = changed(wave, tmp_path / "w", "frame", rare)
    [stop] = inspect(folder, 2025, "2025", codebook, Decisions(codes=CODE)).stops
    assert "a code is not in the codebook (3 persons)" in stop and "77" not in stop


def test_a_new_name_in_an_spss_file_is_told(wave, codebook, tmp_path):
    shutil.copytree(wave, tmp_path / "w")
    frame = pd.read_parquet(tmp_path / "w/frame_2025.parquet").replace({"nav_region": {13: REGION}})
    (tmp_path / "w/frame_2025.parquet").unlink()
    labels = {**codebook["nav_region"].codes, REGION: "Troms"}
    pyreadstat.write_sav(frame, str(tmp_path / "w/frame_2025.sav"), variable_value_labels={"nav_region": labels})
    report = inspect(tmp_path / "w", 2025, "2025", codebook, Decisions())
    [note] = [line for line in report.notes if "nav_region" in line]
    assert "code 7 is «Troms» in the file and «Troms og Finnmark» in the codebook" in note and report.stops == []


def test_what_a_build_would_refuse_is_told_here(wave, codebook, tmp_path):
    folder = changed(wave, tmp_path / "w", "survey", lambda t: pd.concat([t, t.iloc[:2]]))
    [stop] = inspect(folder, 2025, "2025", codebook, Decisions(codes=CODE)).stops
    assert "stand there twice" in stop


def test_wrong_years_and_folders_are_told(wave, codebook, tmp_path):
    for folder, year, words in (
        (wave, 2026, r"missing \(found: 2025\)"),
        (wave, 2024, "already"),
        (wave, 2020, "before"),
        (tmp_path / "none", 2025, "no folder"),
    ):
        with pytest.raises(ReportError, match=words):
            inspect(folder, year, "", codebook, Decisions())
    with pytest.raises(ReportError, match="no code with a label"):
        parse_code("nav_region=Troms")


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the project, whose codebook may be written to."""
    root = tmp_path_factory.mktemp("project") / "report"
    kept_out = shutil.ignore_patterns(
        ".git", "_book", "_cache", "_data", ".venv", "__pycache__", "*.egg-info", "tests", ".*"
    )
    shutil.copytree(ROOT, root, ignore=kept_out)
    return root


def report(root: Path, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run the command of a copy."""
    done = subprocess.run(
        [sys.executable, "-m", "press.cli", *arguments],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        env={key: value for key, value in os.environ.items() if not key.startswith("REPORT_")}
        | {"PYTHONPATH": str(root)},
    )
    assert not check or done.returncode == 0, done.stderr
    return done


def test_the_book_for_the_new_year_builds(copy, wave, twin_root, tmp_path):
    data = tmp_path / "data"
    shutil.copytree(twin_root, data)
    for path in wave.iterdir():
        shutil.copy(path, data)
    files = {path: path.read_bytes() for path in [*wave.iterdir(), *data.glob("*.parquet")]}

    refused = report(copy, "new-wave", "2025", "--from", str(wave), check=False)
    assert refused.returncode == 1 and "can't be added yet" in refused.stderr and "Troms og Finnmark" in refused.stdout
    entry = copy / "data/codebook/waves.csv"
    assert entry.read_text().count("\n") == 1
    looked = report(copy, "new-wave", "2025", "--from", str(wave), "--code", "nav_region:13=Troms", "--check")
    assert "nothing was written" in looked.stderr and entry.read_text().count("\n") == 1
    done = report(
        copy, "new-wave", "2025", "--from", str(wave), "--code", "nav_region:13=Troms", "--when", "oktober 2025"
    )
    assert "+2025,oktober 2025,2024," in done.stdout and entry.read_text().count("\n") == 2
    again = report(copy, "new-wave", "2025", "--from", str(wave), check=False)
    assert again.returncode == 1 and "describes 2025 already" in again.stderr

    report(copy, "manifest", "--data", str(data), "--kind", "synthetic", "--source", "en prøve")
    assert "2025:" in report(copy, "check", "--data", str(data)).stderr
    report(copy, "build", "--data", str(data), "--to", "html", "--renderer", "pandoc", "--jobs", "2")
    page = (copy / "_book/2025/chapters/04-ressurser-og-tid.html").read_text(encoding="utf-8")
    assert "2022–2025" in page
    by_county = pd.read_csv(copy / "_book/2025/exhibits/figur-7.csv")
    assert by_county.loc[by_county["wave"] == 2025, "nav_region"].str.contains("^Troms$").any()
    assert "2025" in (copy / "_book/2025/chapters/kodebok.html").read_text(encoding="utf-8")
    report(copy, "publish", "--check", "--data", str(data))
    assert {path: path.read_bytes() for path in files} == files, "the data is never touched"


def test_a_wave_of_the_codebook_that_is_asked_again_is_told(codebook, wave, tmp_path):
    older = [v.name for v in codebook if v.source == "survey" and 2024 not in v.waves]
    assert older == [], "every item was asked in 2024: this test takes one away"
    variables = codebook.variables | {"caseload": replace(codebook["caseload"], waves=(2022, 2023))}
    found = inspect(wave, 2025, "2025", Codebook(variables), Decisions(codes=CODE))
    assert found.entry.asked_again == ("caseload",) and any("asked again: caseload" in line for line in found.notes)
