"""The whole way on a small book: run, stage, render, put in place; and what stops it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from click.testing import CliRunner
from pypdf import PdfReader
from small_project import CHAPTER, FRONT, make_project

from engine.data.manifest import write_manifest
from engine.errors import ReportError
from engine.outputs import SEALED
from press.build import Order, build
from press.cli import main
from press.edition import open_edition
from press.notebook import dumps, to_notebook
from press.project import ROOT, Project
from press.replace import alone
from press.runs import execute, execute_all
from press.stage import exhibits_of


@pytest.fixture
def project(tmp_path, twin_root, monkeypatch):
    """A book of three pages in a folder of its own; helpers, theme and twin are the real ones."""
    monkeypatch.setenv("REPORT_DATA", str(twin_root))
    return Project(make_project(tmp_path / "book"))


@pytest.fixture
def said():
    return []


def test_a_book_is_built_once_and_then_only_what_changed(project, said):
    target = build(project, Order(jobs=1), said.append)
    names = {str(path.relative_to(target)) for path in target.rglob("*") if path.is_file()}
    assert {
        "index.html",
        "chapters/04-prove.html",
        "report.pdf",
        "figures/figur-16.svg",
        "exhibits/figur-16.csv",
    } <= names
    page = (target / "chapters/04-prove.html").read_text(encoding="utf-8")
    table = pd.read_csv(target / "exhibits/figur-16.csv")
    young = table[(table["wave"] == 2024) & table["age_group_followed"].str.startswith("unge")]["estimate"].item()
    assert f"Unge: {young:.0f} brukere" in page and "Syntetiske data" in page
    assert "unsorted words" not in page and "survey_year = 2024" not in page
    assert 'href="referanser.html#ref-avd2024a"' in page or "ref-avd2024a" in page

    before = {path: path.read_bytes() for path in target.rglob("*") if path.is_file()}
    said.clear()
    build(project, Order(jobs=1), said.append)
    assert said == ["nothing changed; _book/2024 is up to date"]

    (project.root / "index.qmd").write_text(FRONT + "\nEn setning til.\n", encoding="utf-8")
    said.clear()
    build(project, Order(jobs=1), said.append)
    assert "ran index" in said and "ran 04-prove" not in said
    assert "En setning til" in (target / "index.html").read_text(encoding="utf-8")
    assert (target / "chapters/04-prove.html").read_bytes() == before[target / "chapters/04-prove.html"]


OWN = """
```{python}
#| label: figur-s3
import pandas as pd
import seaborn as sns
frame = pd.DataFrame({"gruppe": ["unge", "eldre"], "andel": [40.5, 59.5]})
ax = sns.barplot(frame, x="gruppe", y="andel")
exhibit("fig-s3", frame, figure=ax, title="Egen figur", alt="Unge er 40,5 og eldre 59,5 prosent.")
```

```{python}
#| label: figur-s4
exhibit("fig-s4", frame, figure=lambda ax: sns.barplot(frame, x="andel", y="gruppe", ax=ax), title="To bredder",
        alt="Liggende: unge er 40,5 prosent.")
```

```{python}
#| label: tabell-s1
table(frame, "tbl-s1", title="Egen tabell")
```

```{python}
table(frame.assign(andel=[12.25, 87.75]), title="Tabell uten nummer")
```

Se @fig-s3, @fig-s4 og @tbl-s1.
"""


def test_an_authors_own_figures_and_tables_reach_page_files_and_print(project, said):
    chapter = project.root / "chapters/04-prove.qmd"
    chapter.write_text(CHAPTER + OWN, encoding="utf-8")
    target = build(project, Order(jobs=1), said.append)
    page = (target / "chapters/04-prove.html").read_text(encoding="utf-8")
    for name in ("figur-s3", "figur-s4"):
        assert f'<figure id="{name}" class="exhibit">' in page and f'srcset="../figures/{name}-smal.svg"' in page
        assert (target / f"exhibits/{name}.csv").read_text(encoding="utf-8") == (
            "gruppe,andel,data_kind\nunge,40.5,synthetic\neldre,59.5,synthetic\n"
        )
        assert (target / f"exhibits/{name}.xlsx").is_file()
    wide, narrow = ((target / f"figures/figur-s3{end}.svg").read_bytes() for end in ("", "-smal"))
    assert wide == narrow != b""
    assert (target / "figures/figur-s4.svg").read_bytes() != (target / "figures/figur-s4-smal.svg").read_bytes()
    assert 'alt="Unge er 40,5 og eldre 59,5 prosent."' in page and "<td>40,5</td>" in page and "<td>87,8</td>" in page
    assert "exhibits/tabell-s1.csv" in page and (target / "exhibits/tabell-s1.xlsx").is_file()
    printed = " ".join(" ".join(sheet.extract_text() for sheet in PdfReader(target / "report.pdf").pages).split())
    for words in ("Figur S3", "Egen figur", "To bredder", "Egen tabell", "Tabell uten nummer", "87,8"):
        assert words in printed


def test_a_failing_cell_leaves_the_last_good_book_and_runs_the_others(project, said):
    target = build(project, Order(formats=("html",), jobs=1), said.append)
    before = (target / "chapters/04-prove.html").read_bytes()
    failing = CHAPTER.replace("exhibit(", "undefined_name(")
    (project.root / "chapters/04-prove.qmd").write_text(failing, encoding="utf-8")
    (project.root / "index.qmd").write_text(FRONT + "\nNy.\n", encoding="utf-8")
    said.clear()
    with pytest.raises(ReportError) as raised:
        build(project, Order(formats=("html",), jobs=1), said.append)
    assert "cell «figur-16»" in str(raised.value) and "NameError" in str(raised.value)
    assert "last good book is untouched" in str(raised.value)
    assert "ran index" in said and "FAILED 04-prove" in said
    assert (target / "chapters/04-prove.html").read_bytes() == before


def test_words_of_an_error_are_withheld_on_real_data(project, said, twin_root, tmp_path, monkeypatch):
    data = tmp_path / "real"
    shutil.copytree(twin_root, data)
    omitted = json.loads((data / "dataset.json").read_text())["omitted"]
    write_manifest(data, kind="real", title="t", source="s", omitted=omitted)
    failing = CHAPTER.replace(
        'exhibit("fig-16"', 'raise ValueError(survey.answered["respondent_id"].iloc[0])\nexhibit("fig-16"'
    )
    (project.root / "chapters/04-prove.qmd").write_text(failing, encoding="utf-8")
    with pytest.raises(ReportError) as raised:
        build(project, Order(formats=("html",), data=data, jobs=1), said.append)
    identifier = pd.read_parquet(data / "survey_2022.parquet")["respondent_id"].iloc[0]
    assert str(identifier) not in str(raised.value) and "withheld" in str(raised.value)
    assert not project.cache.exists() or not list(project.cache.rglob("*04-prove*"))
    assert (data / ".report-cache").stat().st_mode & 0o777 == 0o700


def test_an_unknown_cross_reference_stops_the_book(project, said):
    (project.root / "index.qmd").write_text(FRONT + "\nSe @fig-99.\n", encoding="utf-8")
    with pytest.raises(ReportError, match="fig-99"):
        build(project, Order(formats=("html",), jobs=1), said.append)
    assert not (project.root / "_book/2024").exists()


def test_one_chapter_goes_to_a_folder_of_its_own(project, said):
    folder = build(project, Order(chapter="4", jobs=1), said.append)
    assert (folder / "chapters/04-prove.html").is_file() and not (project.root / "_book/2024").exists()
    assert [line for line in said if line.startswith("ran ")] == ["ran 04-prove"], "no other chapter is run for it"


def test_an_earlier_year_has_only_its_waves(project, said):
    target = build(project, Order(year=2022, formats=("html",), jobs=1), said.append)
    assert set(pd.read_csv(target / "exhibits/figur-16.csv")["wave"]) == {2022}
    assert target.name == "2022"


def test_an_unknown_year_lists_those_found(project):
    with pytest.raises(ReportError, match="2022, 2023, 2024"):
        open_edition(project, 2019, None)


def test_a_folder_without_waves_is_told(project, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    shutil.copy(open_edition(project, None, None).data / "dataset.json", empty)
    with pytest.raises(ReportError, match="no survey wave"):
        open_edition(project, None, empty)


def test_quarto_must_be_there_when_asked_for(project, said, monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(ReportError, match="quarto"):
        build(project, Order(renderer="quarto"), said.append)


def test_quarto_renders_the_staged_book_when_there(project, said, monkeypatch, tmp_path):
    """A stand-in for the program shows what is asked of it; pages of the real one are checked elsewhere."""
    program = tmp_path / "bin" / "quarto"
    program.parent.mkdir()
    program.write_text(
        "#!/bin/sh\n"
        'if [ "$1" = --version ]; then echo 1.7.34; exit; fi\n'
        'mkdir -p "$2/_book" && echo page > "$2/_book/index.html" && echo "$@" > "$2/_book/said"\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    target = build(project, Order(formats=("html",), jobs=1), said.append)
    assert (target / "index.html").read_text() == "page\n"
    assert (target / "said").read_text().split()[0::2] == ["render", "--to", "--no-execute"]
    program.write_text('#!/bin/sh\nif [ "$1" = --version ]; then echo 1.7.35; exit; fi\nexit 0\n')
    with pytest.raises(ReportError, match="quarto render failed"):
        build(project, Order(formats=("html",), jobs=1), said.append)
    assert (target / "index.html").read_text() == "page\n"


def test_a_second_build_waits_for_the_first(tmp_path, said):
    code = (
        "import sys, time; from pathlib import Path; from press.replace import alone\n"
        "with alone(Path(sys.argv[1]), print): print('held', flush=True); sys.stdin.read()"
    )
    first = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert first.stdout.readline() == "held\n"

    def release(line):
        said.append(line)
        first.stdin.close()

    with alone(tmp_path, release):
        assert said == ["another build is at work; waiting for it"]
    first.wait()


def shown_in(cell: nbformat.NotebookNode) -> list[dict[str, object]]:
    """What a page takes of a cell's outputs."""
    found = [output.get("data", {}) for output in cell.get("outputs", [])]
    return [{kind: data[kind] for kind in SEALED if kind in data} for data in found if "text/markdown" in data]


def test_a_plain_papermill_run_gives_the_same_outputs(project, twin_root, tmp_path):
    """A reviewer's own papermill, with an ordinary kernel, shows what the build's forked kernel shows."""
    import papermill

    edition = open_edition(project, 2023, None)
    [run] = [run for run in edition.runs() if run.chapter.slug == "04-prove"]
    execute(run, 2023, edition.data, True)
    source, plain = tmp_path / "in.ipynb", tmp_path / "out.ipynb"
    source.write_text(dumps(to_notebook(run.text, run.chapter.name)), encoding="utf-8")
    papermill.execute_notebook(str(source), str(plain), {"survey_year": 2023}, cwd=str(ROOT), progress_bar=False)
    ours, theirs = (nbformat.read(path, as_version=4) for path in (run.output, plain))
    assert [cell.source for cell in ours.cells] == [cell.source for cell in theirs.cells]
    assert [shown_in(cell) for cell in ours.cells] == [shown_in(cell) for cell in theirs.cells]
    assert "stream" not in str([cell.get("outputs") for cell in ours.cells]), "what is printed is not kept"
    assert "Unge: 58 brukere" in json.dumps(ours.cells[-1].outputs, ensure_ascii=False)
    assert [record["id"] for record in exhibits_of(plain)] == ["fig-16"]


def test_nothing_is_run_twice(project):
    edition = open_edition(project, None, None)
    runs = [run for run in edition.runs() if run.chapter.slug == "index"]
    said = []
    assert execute_all(runs, 2024, edition.data, 1, True, said.append) == []
    assert execute_all(runs, 2024, edition.data, 1, True, said.append) == []
    assert said == ["ran index"]


def run_command(*arguments):
    return CliRunner().invoke(main, list(arguments))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["build", "--year", "2019"], "2022, 2023, 2024"),
        (["build", "--to", "docx"], "docx"),
        (["build", "--chapter", "77"], "chapters fit"),
        (["run", "04", "--year", "1999"], "2022, 2023, 2024"),
        (["check", "--data", "/nonexistent/data"], "data"),
    ],
)
def test_commands_say_one_clear_error(twin_root, monkeypatch, arguments, words):
    monkeypatch.setenv("REPORT_DATA", str(twin_root))
    done = run_command(*arguments)
    assert done.exit_code == 1 and done.output.count("error:") == 1 and words in done.output
    assert "Traceback" not in done.output


def damage(data: Path, what: str) -> str:
    """Spoil a copy of the twin; returns a word that the message must hold."""
    path = data / "survey_2024.parquet"
    table = pd.read_parquet(path)
    if what == "missing file":
        path.unlink()
        return "survey_2024"
    if what == "missing column":
        table, word = table.drop(columns="caseload"), "caseload"
    elif what == "unknown code":
        table.loc[table["age_group_followed"].notna(), "age_group_followed"] = 7
        word = "age_group_followed"
    elif what == "duplicate respondent":
        table, word = pd.concat([table, table.iloc[[0]]]), "respondent_id"
    table.to_parquet(path)
    return word


@pytest.mark.parametrize("what", ["missing file", "missing column", "unknown code", "duplicate respondent"])
@pytest.mark.parametrize("command", ["build", "check"])
def test_bad_files_stop_before_anything_is_made(twin_root, tmp_path, what, command):
    data = tmp_path / "data"
    shutil.copytree(twin_root, data)
    manifest = json.loads((data / "dataset.json").read_text())
    word = damage(data, what)
    if what != "missing file":
        write_manifest(data, kind="synthetic", title="t", source="s", omitted=manifest["omitted"])
    done = run_command(command, "--data", str(data))
    assert done.exit_code == 1 and word in done.output and "Traceback" not in done.output
    identifier = str(pd.read_parquet(twin_root / "survey_2024.parquet")["respondent_id"].iloc[0])
    assert identifier not in done.output.replace(str(data), "")


def test_commands_teach(twin_root, monkeypatch):
    for command in main.commands:
        done = run_command(command, "--help")
        assert done.exit_code == 0 and f"report {command}" in done.output, command


def test_check_and_twin_and_manifest(twin_root, tmp_path, monkeypatch):
    done = run_command("check", "--data", str(twin_root))
    assert done.exit_code == 0 and "2024: 13970 invited, 4819 answered" in done.output
    copy = tmp_path / "copy"
    shutil.copytree(twin_root, copy)
    done = run_command("manifest", "--data", str(copy), "--kind", "real", "--source", "Nav")
    assert done.exit_code == 0 and json.loads((copy / "dataset.json").read_text())["kind"] == "real"
