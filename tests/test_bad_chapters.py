"""Bad chapters and settings of the book, case by case, through `report build`: one message, and the last good book.

One small book is built. Each case spoils its source in one way: the message must name the chapter, the place and the
remedy, the exit status be an error, and every byte of the book in place stay as it is.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest
from bad_input import NUMBER, WORD, Case, assert_refused, contents, named, report
from click.testing import Result
from tiny_data import OMITTED, store, store_waves, survey_table

import press.cli
import press.kernels
import press.runs
from engine.data.manifest import write_manifest
from engine.outputs import OPEN_MIME
from press.project import ROOT, Project

# Stands in no chapter but the bad one's cell, and in no message.
SECRET = f"{WORD}-4711"

CHAPTER = """# 4 Prøve {#sec-prove}

```{python}
#| tags: [parameters]
#| include: false
survey_year = None
```

```{python}
#| label: oppsett
#| include: false
from helpers import *

survey = open_survey(survey_year)
```

Se @sec-om og kilden [@avd2024a].
"""
FRONT = "# Om prøven {#sec-om}\n\nBare ord, se @sec-prove.\n"
REFERENCES = "# Referanser {#sec-referanser}\n\n::: {#refs}\n:::\n"
PLACE = "chapters/04-prove.qmd"


def build(root: Path) -> Result:
    return report("build", "--data", str(root / "data-root"), "--renderer", "pandoc", "--to", "html", "--jobs", "1")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A book of three pages, built; helpers and theme are the real ones, the data tiny."""
    root = tmp_path_factory.mktemp("book")
    (root / "chapters").mkdir()
    for name in ("theme", "data"):
        (root / name).symlink_to(ROOT / name)
    for name in ("references.bib", "requirements.txt", "CITATION.cff"):
        shutil.copy(ROOT / name, root / name)
    settings = (ROOT / "_quarto.yml").read_text(encoding="utf-8")
    head, tail = settings.split("  chapters:\n")[0], settings[settings.index("\nbibliography:") :]
    chapters = f"  chapters:\n    - index.qmd\n    - {PLACE}\n    - chapters/referanser.qmd\n"
    (root / "_quarto.yml").write_text(head + chapters + tail, encoding="utf-8")
    (root / "index.qmd").write_text(FRONT, encoding="utf-8")
    (root / PLACE).write_text(CHAPTER, encoding="utf-8")
    (root / "chapters/referanser.qmd").write_text(REFERENCES, encoding="utf-8")
    store_waves(root / "data-root", years=(2024,))
    write_manifest(root / "data-root", "synthetic", "Prøve", "en prøve", omitted=OMITTED)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(press.cli, "Project", lambda: Project(root))
        done = build(root)
        assert done.exit_code == 0, (done.output, done.exception)
        yield root


@pytest.fixture
def book(built: Path) -> Iterator[Path]:
    """The built book, whose source is as it was when the case is over."""
    sources = [*built.glob("*.*"), *built.glob("chapters/*"), *built.glob("data-root/*")]
    kept = {path: path.read_bytes() for path in sources if path.is_file()}
    yield built
    for name in ("b.bib", "chapters/_b.qmd", "chapters/_c.qmd"):
        (built / name).unlink(missing_ok=True)
    for path, content in kept.items():
        if path.is_dir():
            path.rmdir()
        path.write_bytes(content)


def refuse(case: Case, root: Path) -> None:
    case.spoil(root)
    book = root / "_book"
    before = contents(book)
    assert len(before) > 10
    assert_refused(build(root), case.words, root)
    assert contents(book) == before and [path.name for path in book.iterdir()] == ["2024"]
    assert [path.name for path in (root / "_cache" / "runs" / "2024").iterdir() if path.name.startswith(".")] == []


def text(more: str, place: str = PLACE) -> Callable[[Path], object]:
    """Add text to a chapter."""
    return lambda root: (root / place).write_text((root / place).read_text(encoding="utf-8") + more, encoding="utf-8")


def cell(code: str, label: str = "proven") -> Callable[[Path], object]:
    """Add a cell to the chapter."""
    return text(f"\n```{{python}}\n#| label: {label}\n{code}\n```\n")


def replaced(old: str, new: str, place: str = PLACE) -> Callable[[Path], object]:
    def spoil(root: Path) -> None:
        content = (root / place).read_text(encoding="utf-8")
        assert old in content
        (root / place).write_text(content.replace(old, new), encoding="utf-8")

    return spoil


def whole(content: str, place: str, encoding: str = "utf-8") -> Callable[[Path], object]:
    return lambda root: (root / place).write_text(content, encoding=encoding)


def folder_for(place: str) -> Callable[[Path], object]:
    def spoil(root: Path) -> None:
        (root / place).unlink()
        (root / place).mkdir()

    return spoil


CHAPTER_NAME = "chapters/04-prove"
SOURCES = [
    Case("bad_front_matter", replaced("# 4 Prøve", "---\ntitle: [Prøve\n---\n\n# 4 Prøve"),
         (CHAPTER_NAME, "line", "front matter is not valid YAML", "mend that line")),
    Case("unclosed_cell", text(f"\n```{{python}}\nx = '{SECRET}'\n"),
         (f"{CHAPTER_NAME}, line 19", "a fenced block is not closed", "end it with ```")),
    Case("label_twice", lambda root: (cell("1", "oppsett")(root), cell("2", "oppsett")(root)),
         (CHAPTER_NAME, "cell labels used twice: oppsett", "; 1)", "its own label")),
    Case("bad_cell_option", cell("#| tags: [a\n1"), (CHAPTER_NAME, "cell", "options", "YAML", "mend")),
    Case("tags_that_are_no_list", cell("#| tags: 5\n1"), (CHAPTER_NAME, "tags", "list")),
    Case("unknown_parameter", replaced("survey_year = None", "survey_yaer = None"),
         ("unknown parameters: survey_yaer", f"({CHAPTER_NAME}, parameters cell; 1)", "survey_year = None")),
    Case("two_parameter_cells", text("\n```{python}\n#| tags: [parameters]\nsurvey_year = 2022\n```\n"),
         (CHAPTER_NAME, "parameters", "; 2)")),
    Case("triple_quotes_in_prose", text('\nSe `{python} 1` """ her.\n'),
         (CHAPTER_NAME, "three double quotes", "write them as «»")),
    Case("include_missing", text("\n{{< include finnes-ikke.qmd >}}\n"),
         ("included file finnes-ikke.qmd is missing", "04-prove.qmd", "write it or mend the name")),
    Case("not_utf_8", whole(CHAPTER, PLACE, "latin-1"), ("04-prove.qmd", "UTF-8", "save")),
    Case("a_folder_in_its_place", folder_for(PLACE), ("chapters listed but not there", PLACE, "; 1)")),
    Case("include_in_a_circle", lambda root: (
        whole("{{< include _c.qmd >}}\n", "chapters/_b.qmd")(root),
        whole("{{< include _b.qmd >}}\n", "chapters/_c.qmd")(root),
        text("\n{{< include _b.qmd >}}\n")(root)),
         ("included file _b.qmd includes itself", "_c.qmd, line 1", "break the circle")),
    Case("include_of_the_data", text("\n{{< include ../data-root/dataset.json >}}\n"),
         ("included file ../data-root/dataset.json is no text of the book", "04-prove.qmd, line", ".qmd or .md")),
    Case("include_from_outside", text("\n{{< include ../../outside.qmd >}}\n"),
         ("included file ../../outside.qmd is no text of the book", "04-prove.qmd, line")),
    Case("shortcode", text("\nHer {{< env HOME >}}.\n"),
         ("a shortcode that is not read here (04-prove.qmd, line 19; 1)",)),
    Case("nul", text("\nHer\0.\n"), ("a NUL character (04-prove.qmd, line 19; 1)", "take it out")),
    Case("picture_missing", text("\n![](nope.png)\n"),
         ("a picture that no page would show (04-prove.qmd, line 19; 1)", "show it as an exhibit")),
    Case("shell", cell("!ls /"),
         (f"a command that is no Python (! or %) ({CHAPTER_NAME}, line 21; 1)", "write it in Python")),
    Case("magic", cell("x = 1\n%timeit x"), (f"a command that is no Python (! or %) ({CHAPTER_NAME}, line 22; 1)",)),
    Case("shell_into_a_name", cell("files = !ls"), (f"({CHAPTER_NAME}, line 21; 1)",)),
    Case("empty", whole("\n", PLACE), ("the chapter is empty (04-prove.qmd)", "take it off the list")),
    Case("open_front_matter", replaced("# 4 Prøve", "---\ntitle: Prøve\n\n# 4 Prøve"),
         ("the front matter has no end (04-prove.qmd, line 1)", "close it")),
    Case("chapter_missing", lambda root: (root / PLACE).unlink(),
         (f"chapters listed but not there: {PLACE} (_quarto.yml; 1)", "write the file or take it off the list")),
]  # fmt: skip
SETTINGS = [
    Case("not_there", lambda root: (root / "_quarto.yml").unlink(), ("settings are missing", "_quarto.yml", "copy")),
    Case("bad_yaml", whole("book:\n  title: [a\n  chapters:\n", "_quarto.yml"),
         ("not valid YAML (_quarto.yml, line 3)", "mend that line")),
    Case("empty", whole("", "_quarto.yml"), ("_quarto.yml", "book: chapters:", "list")),
    Case("a_list", whole("- a\n- b\n", "_quarto.yml"), ("_quarto.yml", "book: chapters:", "list")),
    Case("no_chapters", whole("book:\n  title: a\n", "_quarto.yml"), ("_quarto.yml", "book: chapters:", "list")),
    Case("chapters_as_text", whole("book:\n  chapters: index.qmd\n", "_quarto.yml"),
         ("_quarto.yml", "book: chapters:", "list")),
    Case("a_part_without_chapters", replaced("    - index.qmd", "    - index.qmd\n    - part: Del", "_quarto.yml"),
         ("_quarto.yml", "chapters:", "list")),
    Case("chapter_listed_twice", replaced("    - index.qmd", f"    - index.qmd\n    - {PLACE}", "_quarto.yml"),
         ("_quarto.yml", "twice", PLACE, "; 1)")),
    Case("not_utf_8", whole("book:\n  title: Prøve\n", "_quarto.yml", "latin-1"), ("_quarto.yml", "UTF-8", "save")),
    Case("chapter_from_outside", replaced("    - index.qmd", "    - index.qmd\n    - ../p/a.qmd", "_quarto.yml"),
         ("chapters listed from outside of the book: ../p/a.qmd (_quarto.yml; 1)", "put the file into the project")),
    Case("references_missing", lambda root: (root / "references.bib").unlink(), ("references.bib", "missing")),
    Case("references_broken", whole("@book{a, title = {x}\n@@@", "references.bib"), ("references.bib", "mend")),
    Case("lock_missing", lambda root: (root / "requirements.txt").unlink(),
         ("a file of the book is missing (requirements.txt; 1)", "copy it")),
    Case("references_as_a_folder", lambda root: (root / "references.bib").rename(root / "b.bib")
         and (root / "references.bib").mkdir(), ("a file of the book is missing (references.bib; 1)", "copy it")),
]  # fmt: skip
RENDERED = [
    Case("unknown_figure", text("\nSe @fig-99.\n"), (CHAPTER_NAME, "fig-99", "mend")),
    Case("unknown_section", text("\nSe @sec-finnes-ikke.\n"), (CHAPTER_NAME, "sec-finnes-ikke", "mend")),
    Case("unknown_citation", text("\nSom vist [@ingen2020].\n"), (CHAPTER_NAME, "ingen2020", "mend")),
    Case("id_twice_in_a_chapter", text("\n## En {#sec-en}\n\n## To {#sec-en}\n"), (CHAPTER_NAME, "sec-en")),
    Case("id_twice_in_the_book", text("\n## Igjen {#sec-om}\n"), ("sec-om", "mend")),
    Case("figure_as_last_line", cell("import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nfig"),
         ("chapters 04-prove, cell «proven»", "a figure that no page shows", "figure=fig, alt=")),
    Case("axes_as_last_line", cell("import seaborn as sns\nsns.scatterplot(x=[1, 2], y=[1, 2])"),
         ("chapters 04-prove, cell «proven»", "a figure that no page shows", "end the cell with exhibit(")),
    Case("figure_that_is_shown", cell("import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"),
         ("chapters 04-prove, cell «proven»", "a figure that no page shows")),
    Case("bare_frame", cell('mean(survey.answered, "caseload", "wave")'),
         ("a bare frame", "chapters 04-prove, cell «proven»", 'table(frame, title="…")')),
    Case("drawing_left_open", cell("import matplotlib.pyplot as plt\nplt.plot([1, 2])\nx = 1"),
         ("a drawing that no page shows", "chapters 04-prove, cell «proven»; 1)", "figure=fig, alt=", "close")),
    Case("drawings_left_open_in_a_cell_that_is_not_shown",
         cell("#| include: false\nimport seaborn as sns\nplot = sns.relplot(x=[1, 2], y=[1, 2])\nsns.relplot(x=[1])"
              "\nx = 1"), ("a drawing that no page shows", "chapters 04-prove, cell «proven»; 2)")),
    Case("unclosed_div", text("\n::: {.callout-note}\nEn merknad.\n"), (CHAPTER_NAME, "mend")),
]  # fmt: skip
DRAWN = """
import matplotlib.pyplot as plt
import pandas as pd
fig, ax = plt.subplots()
ax.plot([1, 2])
other = plt.figure()
"""
LATER = """
plt.close(other)
exhibit("fig-s1", pd.DataFrame({"a": ["b"], "c": [1]}), figure=fig, alt="En strek.", title="En strek")
"""
SECONDS = 2
CELL = "chapters 04-prove, cell «proven»"
CELLS = [
    Case("unknown_name", cell("finnes_ikke"), (CELL, "NameError", "mend the cell and build again")),
    Case("syntax", cell("x = (1"), (CELL, "SyntaxError", "mend the cell")),
    Case("inline_expression", text("\nVi ser at `{python} finnes_ikke` av dem svarte.\n"),
         ("chapters 04-prove, cell «Se @sec-om", "NameError", "mend the cell")),
    Case("unknown_year", cell("open_survey(1999)"), (CELL, "survey year 1999 is unknown", "take one of 2024")),
    Case("unknown_variable", cell('open_survey(survey_year).asked("finnes_ikke", 2024)'), (CELL, "finnes_ikke")),
    Case("own_figure_without_words", cell("import matplotlib.pyplot as plt\nimport pandas as pd\n"
         'exhibit("fig-s1", pd.DataFrame({"a": ["b"], "c": [1]}), figure=plt.figure(), title="t")'),
         (CELL, "no alternative text", "alt=")),
    Case("a_column_that_is_not_there",
         cell('exhibit("fig-s1", mean(survey.answered, "caseload"), title="t", rows="measur")'),
         (CELL, "no column «measur», which rows names", "did you mean «measure»?")),
    Case("needs_a_keyboard", cell("input('?')"), (CELL, "StdinNotImplementedError", "mend the cell")),
    Case("leaves_python", cell("import sys; sys.exit(3)"), (CELL, "SystemExit", "mend the cell")),
    Case("leaves_python_as_if_done", cell("import sys; sys.exit(0)"), (CELL, "SystemExit", "mend the cell")),
    Case("ends_never", cell("while True: pass"),
         (f"did not end within {SECONDS} seconds ({CELL}; 1)", "mend the cell")),
    Case("kills_its_kernel", cell("import os; os.kill(os.getpid(), 9)"),
         (f"a cell killed it, or memory did not suffice ({CELL}; 1)", "mend the cell")),
    Case("ends_its_kernel", cell("import os; os._exit(0)"),
         (f"a cell killed it, or memory did not suffice ({CELL}; 1)",)),
    Case("prints_without_end", cell(f"while True: print('{SECRET}')"),
         (CELL, "more than 5000 characters printed", "print less")),
    Case("prints_to_the_error_stream", cell("import sys; sys.stderr.write('x' * 6000)"),
         (CELL, "more than 5000 characters printed", "print less")),
]  # fmt: skip


@named(SOURCES)
def test_sources(case: Case, book: Path) -> None:
    refuse(case, book)


def test_a_byte_order_mark_is_no_part_of_a_chapter(book: Path) -> None:
    (book / PLACE).write_text(CHAPTER, encoding="utf-8-sig")
    assert "nothing changed" in build(book).output


@named(SETTINGS)
def test_settings_of_the_book(case: Case, book: Path) -> None:
    refuse(case, book)


@named(RENDERED)
def test_what_is_found_when_rendering(case: Case, book: Path) -> None:
    refuse(case, book)


@named(CELLS)
def test_cells(case: Case, book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Chapters run in forked processes, which have the limits as they are here."""
    monkeypatch.setattr(press.kernels, "PRINT_LIMIT", 5000)
    if any(f"{SECONDS} seconds" in word for word in case.words):
        # Only where it is what is tried: a loaded machine takes longer for any cell.
        monkeypatch.setattr(press.runs, "TIME_LIMIT_SECONDS", SECONDS)
    refuse(case, book)


def test_a_drawing_may_become_an_exhibit_in_a_later_cell(book: Path) -> None:
    cell(DRAWN.strip(), "tegnet")(book)
    cell(LATER.strip(), "figur-s1")(book)
    done = build(book)
    assert done.exit_code == 0, done.output
    assert (book / "_book/2024/figures/figur-s1.svg").is_file()
    staged = (book / "_cache/staged/2024/chapters/04-prove.ipynb").read_text(encoding="utf-8")
    assert OPEN_MIME not in staged and "figur-s1" in staged


def spoilt_survey(change: Callable[[pd.DataFrame], pd.DataFrame], stamp: bool = True) -> Callable[[Path], object]:
    """Write other answers; the manifest is written anew, as it is for an export that was wrong from the start."""

    def spoil(root: Path) -> None:
        data = root / "data-root"
        store(change(survey_table()), data / "survey_2024.parquet")
        if stamp:
            write_manifest(data, "real", "Prøve", "en prøve", omitted=OMITTED)

    return spoil


def lost_frame(root: Path) -> None:
    (root / "data-root" / "frame_2024.parquet").unlink()


SURVEY = "survey_2024.parquet"
DATA = [
    Case("text_in_numbers", spoilt_survey(lambda t: t.assign(caseload=WORD)),
         (f"text where numbers belong ({SURVEY}, column caseload; 12)", "export codes")),
    Case("unknown_codes", spoilt_survey(lambda t: t.assign(has_caseload=NUMBER)),
         (f"({SURVEY}, column has_caseload; 12)", "recode them")),
    Case("doubled_respondents", spoilt_survey(lambda t: pd.concat([t, t.head(2)])),
         (f"({SURVEY}, column respondent_id; 2)", "keep one row each")),
    Case("changed_since_the_manifest", spoilt_survey(lambda t: t.assign(caseload=NUMBER), stamp=False),
         (f"a file has changed since the manifest was written ({SURVEY})", "report manifest")),
    Case("lost_frame", lost_frame, ("a file is missing (frame_2024)", "put it there")),
    Case("broken_manifest", whole('{"kind": "' + WORD, "data-root/dataset.json"),
         ("the manifest can't be read (dataset.json)", "report manifest")),
]  # fmt: skip


@named(DATA)
def test_data(case: Case, book: Path) -> None:
    """Bad data are told by the build, too, and the book made of the good ones stays."""
    refuse(case, book)
