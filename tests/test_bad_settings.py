"""Bad settings and options, case by case: each names the option or variable and what it takes."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from bad_input import WORD, assert_refused, contents, report
from tiny_data import store_waves

import press.cli
from press.project import ROOT, Project


@dataclass(frozen=True)
class Setting:
    """A call of the command under some environment variables, and what its message must say."""

    name: str
    call: tuple[str, ...]
    words: tuple[str, ...]
    variables: Mapping[str, str] = field(default_factory=dict)
    with_data: bool = True


MINIMUM = ("not a whole number of at least 3 (environment variable REPORT_MINIMUM)", "unset REPORT_MINIMUM")
SLUGS = ("_quarto.yml", "take one of", "04-ressurser-og-tid")
SETTINGS = [
    *(
        Setting(f"{command}_minimum_{name}", (command,), MINIMUM, {"REPORT_MINIMUM": value})
        for command in ("check", "build")
        for name, value in {"in_words": "ti", "below_the_floor": "2", "negative": "-10", "with_decimals": "10.5",
                            "empty": "", "with_a_small_digit": "1²"}.items()
    ),
    Setting("no_jobs", ("build", "--jobs", "0"), ("'--jobs'", "x>=1")),
    Setting("negative_jobs", ("build", "--jobs", "-1"), ("'--jobs'", "x>=1")),
    Setting("jobs_in_words", ("build", "--jobs", "to"), ("'--jobs'", "integer")),
    Setting("unknown_format", ("build", "--to", "docx"), ("unknown format in «docx» (--to)", "take html, pdf")),
    Setting("no_format", ("build", "--to", ","), ("(--to)", "take html, pdf")),
    Setting("unknown_renderer", ("build", "--renderer", "word"), ("'--renderer'", "'auto', 'quarto', 'pandoc'")),
    Setting("unknown_option", ("build", "--everything"), ("No such option", "--everything")),
    Setting("unknown_command", ("bild",), ("No such command 'bild'",), with_data=False),
    Setting("build_unknown_chapter", ("build", "--chapter", "77"), ("0 chapters fit «77»", *SLUGS)),
    Setting("build_no_chapter", ("build", "--chapter", ""), ("chapters fit «»", *SLUGS)),
    Setting("run_unknown_chapter", ("run", "UKJENT"), ("0 chapters fit «UKJENT»", *SLUGS)),
    Setting("run_a_small_digit", ("run", "²"), ("0 chapters fit «²»", *SLUGS)),
    Setting("run_without_a_chapter", ("run",), ("Missing argument 'CHAPTER'",)),
    Setting("unknown_kind", ("manifest", "--kind", "true", "--source", "x"), ("'--kind'", "'real', 'synthetic'")),
    Setting("manifest_without_source", ("manifest", "--kind", "real"), ("Missing option '--source'",)),
    Setting("unknown_form", ("ledger", "--format", "xml"), ("'--format'", "'csv', 'md', 'html'"), with_data=False),
    Setting("seed_in_words", ("twin", "--seed", "to"), ("'--seed'", "integer"), with_data=False),
    Setting("build_of_an_unknown_year", ("build", "--year", "2019"),
            ("survey year 2019 is unknown (data root; 1)", "take one of 2024")),
    Setting("run_of_an_unknown_year", ("run", "04", "--year", "2019"),
            ("survey year 2019 is unknown (data root; 1)", "take one of 2024")),
]  # fmt: skip


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("settings") / "data"
    store_waves(root, years=(2024,))
    return root


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the book's list of chapters, so that nothing can be written into the real one."""
    root = tmp_path / "project"
    root.mkdir()
    for name in ("_quarto.yml", "index.qmd", "references.bib", "requirements.txt", "CITATION.cff"):
        shutil.copy(ROOT / name, root / name)
    for name in ("chapters", "report.qmd"):
        (root / name).symlink_to(ROOT / name)
    monkeypatch.setattr(press.cli, "Project", lambda: Project(root))
    return root


@pytest.mark.parametrize("case", SETTINGS, ids=lambda case: case.name)
def test_settings(case: Setting, data: Path, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in case.variables.items():
        monkeypatch.setenv(name, value)
    before = contents(data), contents(project)
    more = ("--data", str(data)) if case.with_data else ()
    assert_refused(report(*case.call, *more), case.words, project)
    assert (contents(data), contents(project)) == before


@pytest.mark.parametrize("call", [("run", "UKJENT"), ("build", "--chapter", "UKJENT")], ids=["run", "build"])
def test_an_unknown_chapter_is_refused_before_a_twin_is_made(
    call: tuple[str, ...], project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[object] = []
    monkeypatch.delenv("REPORT_DATA", raising=False)
    monkeypatch.setattr("twin.register.ensure_both", lambda *given: made.append(given))
    assert_refused(report(*call), ("0 chapters fit «UKJENT»", *SLUGS), project)
    assert made == []


@pytest.mark.parametrize("how", ["option", "variable"])
@pytest.mark.parametrize("command", ["check", "build"])
def test_a_data_root_that_is_not_there(
    how: str, command: str, tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = str(tmp_path / "none")
    monkeypatch.setenv("REPORT_DATA", nowhere if how == "variable" else WORD)
    done = report(command, *(["--data", nowhere] if how == "option" else []))
    assert_refused(done, ("none", "--data"), project)


def test_a_file_in_the_data_root_s_place(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    assert_refused(report("check", "--data", str(tmp_path / "data")), ("'--data'", "is a file"), tmp_path)
