"""Bad settings, options and names given to the command `report`: one message that tells what may be given instead."""

from __future__ import annotations

from pathlib import Path

import pytest
from refusals import assert_refused, report
from tiny_data import store_waves


@pytest.fixture
def root(tmp_path: Path) -> Path:
    store_waves(tmp_path / "data")
    return tmp_path / "data"


SETTING_CASES: dict[str, tuple[list[str], dict[str, str], tuple[str, ...]]] = {
    "year-2019": (["check", "--year", "2019"], {}, ("survey year 2019 is unknown (data root; 2)", "one of 2023, 2024")),
    "year-in-words": (["check", "--year", "tjuefire"], {}, ("'--year'", "not a valid integer")),
    "minimum-in-words": (["check"], {"REPORT_MINIMUM": "ti"}, ("REPORT_MINIMUM", "whole number from 3")),
    "minimum-below-the-floor": (["check"], {"REPORT_MINIMUM": "2"}, ("REPORT_MINIMUM", "whole number from 3")),
    "minimum-negative": (["build"], {"REPORT_MINIMUM": "-10"}, ("REPORT_MINIMUM", "whole number from 3")),
    "minimum-with-decimals": (["build"], {"REPORT_MINIMUM": "10.5"}, ("REPORT_MINIMUM", "unset REPORT_MINIMUM")),
    "minimum-empty": (["build"], {"REPORT_MINIMUM": ""}, ("REPORT_MINIMUM", "unset REPORT_MINIMUM")),
    "jobs-0": (["build", "--jobs", "0"], {}, ("'--jobs'", "x>=1")),
    "jobs-in-words": (["build", "--jobs", "to"], {}, ("'--jobs'", "integer")),
    "format-unknown": (["build", "--to", "docx"], {}, ("«docx» (--to)", "take html, pdf")),
    "format-none": (["build", "--to", ","], {}, ("(--to)", "take html, pdf")),
    "renderer-unknown": (["build", "--renderer", "word"], {}, ("'--renderer'", "'auto', 'quarto', 'pandoc'")),
    "option-unknown": (["build", "--everything"], {}, ("--everything",)),
    "command-unknown": (["bild"], {}, ("bild",)),
    "chapter-unknown": (
        ["build", "--chapter", "77"], {}, ("0 chapters fit «77» (_quarto.yml; 0)", "04-ressurser-og-tid"),
    ),
    "chapter-empty": (["build", "--chapter", ""], {}, ("chapters fit «»", "take one of")),
    "chapter-in-small-digits": (["run", "²"], {}, ("0 chapters fit «²»", "take one of")),
    "kind-unknown": (["manifest", "--kind", "true", "--source", "x"], {}, ("'--kind'", "'real', 'synthetic'")),
    "ledger-form-unknown": (["ledger", "--format", "xml"], {}, ("'--format'", "'csv', 'md', 'html'")),
}  # fmt: skip


@pytest.mark.parametrize("case", SETTING_CASES)
def test_bad_settings(case: str, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments, settings, told = SETTING_CASES[case]
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    data = ["--data", str(root)] if arguments[0] in ("check", "build", "run", "manifest") else []
    assert_refused(report(*arguments, *data), told, root)


@pytest.mark.parametrize("how", ["option", "setting"])
def test_a_data_root_that_is_not_there(how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPORT_DATA", str(tmp_path / "none"))
    done = report("check", "--data", str(tmp_path / "none")) if how == "option" else report("check")
    assert_refused(done, ("the data root is no folder", "give another --data or REPORT_DATA"), tmp_path)


def test_a_file_in_the_place_of_the_data_root(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    assert_refused(report("check", "--data", str(tmp_path / "data")), ("is a file",), tmp_path)
