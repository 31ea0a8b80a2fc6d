"""What a chapter's run rests on: no more than it can reach, and no less."""

import ast
import json

import pytest

from press.project import ROOMS, ROOT, Project, data_digests, is_executed, reached_files

CELL = "```{python}\nfrom helpers import *\n%s\n```\n"
NOTHING_ELSE = (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.FunctionDef, ast.ClassDef)


def _names(text):
    return {path.relative_to(ROOT).as_posix() for path in reached_files(text)}


def test_words_alone_rest_on_no_helper():
    assert not is_executed("# Ordliste\n\nmean og share\n")
    assert reached_files("# Ordliste\n\nmean og share\n") == []


def test_a_chapter_rests_on_what_it_names_and_on_what_that_imports():
    plain = _names(CELL % "open_survey(2024)")
    series = _names(CELL % "from engine.estimates.registers import open_series")
    assert {
        "helpers/__init__.py", "engine/data/survey.py", "engine/data/persons.py", "engine/errors.py",
        "engine/words/prose.py", "engine/exhibits/style.py",
    } <= plain  # fmt: skip
    assert "engine/estimates/registers.py" not in plain and "engine/estimates/mixed.py" not in plain
    assert "engine/estimates/registers.py" in series
    assert "engine/estimates/mixed.py" in _names(CELL % "fit(1)")
    register = _names(CELL % "from engine.register.register import open_register")
    assert "engine/register/engines.py" in register


def test_a_module_that_is_imported_does_nothing_but_define_names():
    # A chapter imports all helpers with a star; only so may it leave those it does not name out of its key.
    for path in (path for room in ROOMS for path in (ROOT / room).rglob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            told = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            typing = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
            assert told or typing or isinstance(node, NOTHING_ELSE), f"{path.name}: {ast.unparse(node)[:60]}"


def test_all_that_a_chapter_of_the_book_imports_is_found():
    article = next(c for c in Project().chapters if "open_register(" in c.text)
    assert {*(ROOT / "engine/register").glob("*.py")} <= {*reached_files(article.text)}


@pytest.fixture
def data(tmp_path):
    names = ["survey_2022.parquet", "frame_2022.parquet", "survey_2024.parquet", "series/staff.csv"]
    manifest = {"kind": "real", "files": {name: {"sha256": name, "rows": 1} for name in names}}
    (tmp_path / "dataset.json").write_text(json.dumps(manifest), encoding="utf-8")
    return tmp_path


def test_a_chapter_rests_on_the_raw_files_that_it_opens(data):
    survey = data_digests(CELL % "open_survey(2024)", 2024, data)
    assert "survey_2024" in survey and "survey_2022" in survey and "staff" not in survey
    assert "survey_2024" not in data_digests(CELL % "open_survey(2022)", 2022, data)
    assert "staff" in data_digests(CELL % "open_series(2024)", 2024, data)
    assert data_digests(CELL % "open_register()", 2024, data) == ""
    assert data_digests("Bare ord.", 2024, data) == ""
