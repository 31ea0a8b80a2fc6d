"""A step of every stage fails on real-kind data with marked values: no mark leaves the data root."""

from __future__ import annotations

import re
import shutil
import struct
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

# Imported before any step is made to fail: what takes a function's name at its import would keep the failing one.
import press.pages  # noqa: F401
from engine.data.codebook import read_codebook
from engine.data.manifest import write_manifest
from press.cli import main
from press.project import ROOT, Project
from tests.fake_survey import store_fake
from tests.one_chapter import make_project

ID, OFFICE, NUMBER = 7_310_000_000, 8_420_000_000, 912_300_000
# A mark with or without spaces between its thousands; what is computed of many of them looks different.
MARK = re.compile(
    rb"7[\s.,]?310[\s.,]?0\d\d[\s.,]?\d{3}|8[\s.,]?420[\s.,]?000[\s.,]?\d{3}|912[\s.,]?30\d[\s.,]?\d{3}|MERKET"
)
GOOD = """
```{python}
#| label: oppsett
#| include: false
from helpers import *
survey = open_survey(survey_year)
time = mean(survey.counsellors, "time_users", by=["sector", "wave"])
```

```{python}
#| label: figur-16
exhibit("fig-16", time, rows="sector", title="Tid", unit="poeng")
```
"""
# Whatever a library may do with rows on its way down.
LOUD = """
import logging, os, sys, warnings
rows = survey.answered[["respondent_id", "office_id", "caseload"]].dropna().head()
print(rows); print(rows, file=sys.stderr); sys.__stdout__.write(str(rows)); sys.__stderr__.write(str(rows))
os.write(1, str(rows).encode()); os.write(2, str(rows).encode())
warnings.warn(str(rows)); logging.getLogger("papermill").error(str(rows)); logging.error(str(rows))
"""
ESTIMATE = GOOD.replace("time = mean(", LOUD + 'raise ValueError(f"could not convert {rows}")\ntime = mean(')
DRAW = GOOD.replace(
    'exhibit("fig-16"',
    LOUD
    + "import engine.exhibits.exhibit\n"
    + "def fail(*_): raise KeyError(survey.answered['respondent_id'].iloc[0])\n"
    + 'engine.exhibits.exhibit.to_svg = fail\nexhibit("fig-16"',
)
SENTENCE = GOOD + "\nFørst `{python} survey.answered['caseload'].map(lambda users: 1 / (users - users))` her.\n"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ids, offices and numbers that are marks."""
    root = tmp_path_factory.mktemp("marked") / "data"
    store_fake(root, (2024,), invited=900)
    people, frame = (pd.read_parquet(root / f"{stem}_2024.parquet") for stem in ("survey", "frame"))
    for table in (people, frame):
        table["respondent_id"] = ID + 7 * table["respondent_id"].astype("int64")
    frame["office_id"] = OFFICE + frame["office_id"]
    for variable in read_codebook():
        if variable.source == "survey" and variable.type in ("integer", "numeric") and variable.name in people:
            marked = people[variable.name].gt(0).to_numpy() & (np.arange(len(people)) % 2 == 0)
            people.loc[marked, variable.name] = NUMBER + np.flatnonzero(marked).astype(float)
    people.to_parquet(root / "survey_2024.parquet")
    frame.to_parquet(root / "frame_2024.parquet")
    write_manifest(root, "real", "Prøve", "en prøve", created="2025-01-02")
    return root


@pytest.fixture
def outside(tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """All the places that a run may write to but the data root: project, temporary files, home."""
    for variable, name in (("TMPDIR", "tmp"), ("HOME", "home"), ("IPYTHONDIR", "home/ipython")):
        (tmp_path / name).mkdir(parents=True, exist_ok=True)
        monkeypatch.setenv(variable, str(tmp_path / name))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    monkeypatch.setenv("REPORT_DATA", str(data))
    monkeypatch.delenv("REPORT_MINIMUM", raising=False)
    # The marks lie outside of what is plausible, which would be refused before any cell fails.
    codebook = pd.read_csv(ROOT / "data/codebook/survey.csv", dtype=str, keep_default_na=False)
    codebook.assign(range="").to_csv(tmp_path / "codebook.csv", index=False)
    monkeypatch.setattr("engine.data.survey.read_codebook", lambda: read_codebook(tmp_path / "codebook.csv"))
    return tmp_path


def project(monkeypatch: pytest.MonkeyPatch, root: Path, body: str) -> Project:
    made = make_project(root / "book", body)
    monkeypatch.setattr("press.cli.Project", lambda: made)
    return made


def told(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """Exit status of a command, and all that it and its processes wrote."""
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    written = capfd.readouterr()
    return int(ended.value.code or 0), written.out + written.err


def marks(folder: Path, said: str = "") -> list[str]:
    """Where marks are, as text or as the bytes of a number."""
    raw = [struct.pack(form, number + at) for number in (ID, OFFICE, NUMBER) for at in range(40) for form in "qd"]
    pieces = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*")
              if path.is_file() and not path.is_symlink()}  # fmt: skip
    pieces["what was said"] = said.encode()
    return [name for name, piece in pieces.items() if MARK.search(piece) or any(number in piece for number in raw)]


def test_marks_are_found(tmp_path: Path) -> None:
    for at, piece in enumerate((b"7310000042.0", b"8 420 000 017", b"912,300,008", struct.pack("q", ID), b"MERKET")):
        (tmp_path / str(at)).write_bytes(b"." + piece)
    assert sorted(marks(tmp_path)) == list("01234") and marks(tmp_path / "0", "91230") == []


def fails(*_: object, **__: object) -> None:
    """Fail as pandas would."""
    rows = {"respondent_id": ID + 14, "caseload": NUMBER}
    try:
        raise KeyError(str(rows))
    except KeyError as error:
        raise ValueError(f"could not convert string to float: 'MERKET {rows}'") from error


@pytest.mark.parametrize("kind", ["text", "codes"])
@pytest.mark.parametrize("command", ["check", "build"])
def test_broken_files(
    kind: str, command: str, data: Path, outside: Path, monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """A mark in every column: as text, or as a number that is no code."""
    broken = outside.parent / f"{outside.name}-broken"
    shutil.copytree(data, broken, ignore=shutil.ignore_patterns(".report-cache"))
    for stem in ("survey", "frame"):
        table = pd.read_parquet(broken / f"{stem}_2024.parquet")
        for at, name in enumerate(table.columns):
            values = table[name].astype(object)
            values.iloc[at % 7] = f"MERKET {name}" if kind == "text" else -NUMBER - at
            table[name] = values if kind == "text" else values.astype(float)
        table.to_csv(broken / f"{stem}_2024.csv", index=False)
        (broken / f"{stem}_2024.parquet").unlink()
    write_manifest(broken, "real", "Prøve", "en prøve", created="2025-01-02")
    capfd.readouterr()
    project(monkeypatch, outside, GOOD)
    status, said = told(capfd, command, "--data", str(broken))
    assert status == 1 and "survey_2024.csv" in said and "Traceback" not in said
    assert marks(outside, said) == []


@pytest.mark.parametrize("body", [ESTIMATE, DRAW, SENTENCE], ids=["estimate", "draw", "sentence"])
def test_a_cell_fails(
    body: str, data: Path, outside: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    project(monkeypatch, outside, body)
    status, said = told(capfd, "build", "--jobs", "1")
    assert status == 1 and "withheld" in said and "04-prove" in said and "Traceback" not in said, said[-900:]
    assert marks(outside, said) == []
    # Nor does a half-done notebook stay behind, not even in the cache.
    assert not [path for path in (data / ".report-cache").rglob("*.ipynb") if MARK.search(path.read_bytes())]


STEPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "load": ("engine.data.survey.open_wave", ("check",)),
    "check": ("press.inspection._counts", ("check",)),
    "plan": ("press.edition.plan", ("build",)),
    "stage": ("press.stage.workbook", ("build", "--jobs", "1")),
    "render": ("press.pages.render_page", ("build", "--jobs", "1", "--renderer", "pandoc")),
    "pdf": ("press.pdf.typst_source", ("build", "--jobs", "1", "--renderer", "pandoc")),
    "audit": ("press.audit.audit", ("audit",)),
    "publish": ("press.publishing.permission.permitted", ("publish", "--check")),
    "manifest": ("engine.data.manifest.write_manifest", ("manifest", "--kind", "real", "--source", "s", "--data")),
    "new wave": ("press.new_wave.inspect", ("new-wave", "2025", "--check", "--from")),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_step_fails(
    step: str, data: Path, outside: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    place, command = STEPS[step]
    made = project(monkeypatch, outside, GOOD)
    if step in ("audit", "publish"):
        (made.root / "_book/2024").mkdir(parents=True)
        (made.root / "_book/2024/index.html").write_text("x", encoding="utf-8")
    monkeypatch.setattr(place, fails)
    needs_folder = command[-1] in ("--data", "--from")
    status, said = told(capfd, *command, *([str(data)] if needs_folder else []))
    assert status == 1 and "ValueError: its words are withheld" in said and "Traceback" not in said
    assert re.search(r"\((?:press|helpers|engine)/[\w/]+\.py, line \d+\)|\(a library\)", said)
    assert marks(outside, said) == []


def test_on_the_twin_the_words_are_told(
    twin_root: Path, outside: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("REPORT_DATA")
    monkeypatch.setattr("press.inspection.describe", fails)
    with pytest.raises(ValueError, match="MERKET"):
        main(["check", "--data", str(twin_root)])


def test_the_cache_of_real_data_is_closed(
    data: Path, outside: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A finished build leaves runs and the staged book below the data root, which only the owner may enter."""
    cache = data / ".report-cache"
    cache.mkdir(exist_ok=True)
    cache.chmod(0o755)
    made = project(monkeypatch, outside, GOOD)
    status, said = told(capfd, "build", "--jobs", "1", "--renderer", "pandoc")
    assert status == 0 and "audited" in said, said
    assert cache.stat().st_mode & 0o777 == 0o700
    assert (cache / "staged/2024/_quarto.yml").is_file() and list((cache / "runs/2024").glob("*.ipynb"))
    assert not made.cache.exists() and not list((outside / "tmp").rglob("*.ipynb"))
    assert marks(outside, said) == []


def refuse(*_: object) -> None:
    raise PermissionError


def test_an_open_cache_that_cannot_be_closed_is_refused(
    data: Path, outside: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (data / ".report-cache").mkdir(exist_ok=True)
    (data / ".report-cache").chmod(0o755)
    project(monkeypatch, outside, GOOD)
    monkeypatch.setattr(Path, "chmod", refuse)
    status, said = told(capfd, "build")
    assert status == 1 and "open to other users" in said


