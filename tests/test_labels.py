"""Every file that leaves a page says what data it is from."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import pytest
from small_project import make_project

from engine.data.manifest import Manifest
from engine.errors import ReportError
from engine.exhibits.exhibit import exhibit
from engine.exhibits.numbers import supplement
from press.book import read_staged
from press.labels import Label, labelled_csv, labelled_svg, of_both
from press.notebook import dumps, to_notebook
from press.pdf import _variables
from press.project import Project
from press.runs import DOWNLOADS, Run
from press.stage import stage
from tests.frames import estimate_table

TWIN = Manifest("synthetic", "Syntetisk tvilling", "syntetiske data, kalibrert til en rapport", 1, None, None, {})
REAL = Manifest("real", "Undersøkelsen", "Arbeids- og velferdsdirektoratet", None, None, None, {})


def _csv(path: Path, manifest: Manifest) -> bool:
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    return rows[0][-1] == "data_kind" and all(row[-1] == manifest.kind for row in rows[1:])


def _workbook(path: Path, manifest: Manifest) -> bool:
    with zipfile.ZipFile(path) as book:
        words, core = (book.read(name).decode() for name in ("xl/sharedStrings.xml", "docProps/core.xml"))
    return "data_kind" in words and manifest.source in words and manifest.source in core


def _picture(path: Path, manifest: Manifest) -> bool:
    tree = ElementTree.parse(path)
    texts = [element.text or "" for element in tree.iter("{http://www.w3.org/2000/svg}text")]
    source = [element.text for element in tree.iter("{http://purl.org/dc/elements/1.1/}source")]
    return any(manifest.source[:20] in text for text in texts) and source == [manifest.source]


def _notebook(path: Path, manifest: Manifest) -> bool:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    return notebook.metadata["data_kind"] == manifest.kind and manifest.source in notebook.cells[-1].source


SAYS: dict[str, Callable[[Path, Manifest], bool]] = {
    ".csv": _csv, ".xlsx": _workbook, ".svg": _picture, ".ipynb": _notebook,
}  # fmt: skip


def shown() -> nbformat.NotebookNode:
    """An executed chapter: a figure, numbers beside the text, and a file of its own."""
    table = estimate_table((2022, "unge", 60.0, 1.0, 200), (2024, "unge", 55.0, 1.0, 200))
    made = [exhibit("fig-16", table, rows="group", title="Portefølje, 2024"), supplement("text-tid", table)]
    outputs = [nbformat.v4.new_output("display_data", one._repr_mimebundle_()) for one in made]
    cells = [nbformat.v4.new_markdown_cell("# 4 Prøve {#sec-prove}")]
    cells += [nbformat.v4.new_code_cell("show", outputs=[output]) for output in outputs]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata[DOWNLOADS] = {"etterproving.csv": "id,status\na,holds\n"}
    return notebook


@pytest.fixture(params=[TWIN, REAL], ids=["twin", "real"])
def staged(tmp_path, request):
    root = make_project(tmp_path / "project")
    project = Project(root)
    [chapter] = [one for one in project.chapters if one.slug == "04-prove"]
    (tmp_path / "run.ipynb").write_text(dumps(shown()), encoding="utf-8")
    (root / "notebooks").mkdir()
    project.notebook_path(chapter).write_text(dumps(to_notebook(chapter.text, chapter.name)), encoding="utf-8")
    run = Run(chapter, chapter.text, "key", tmp_path / "run.ipynb")
    stage(project, [run], 2024, request.param, tmp_path / "staged")
    return tmp_path / "staged", request.param


def test_no_download_is_without_it(staged):
    folder, manifest = staged
    files = [path for name in ("exhibits", "figures", "notebooks") for path in sorted((folder / name).iterdir())]
    files.append(folder / "suppressed.csv")
    names = {path.name for path in files}
    assert {"figur-16.csv", "figur-16.xlsx", "figur-16.svg", "figur-16-smal.svg", "tall-text-tid-i-teksten.csv",
            "tall-text-tid-i-teksten.xlsx", "etterproving.csv", "index.csv", "04-prove.ipynb"} <= names  # fmt: skip
    assert [path.name for path in files if not SAYS[path.suffix](path, manifest)] == []


def test_the_printed_book_says_it_too(staged):
    folder, manifest = staged
    kind = {"synthetic": "Syntetiske data", "real": "Virkelige data"}[manifest.kind]
    assert kind in _variables(read_staged(folder))["description-text"]


def test_a_column_that_is_there_is_kept():
    text = "id,data_kind\na,real\n"
    assert labelled_csv(text, Label("synthetic", "", "")) == text
    assert labelled_csv('a,b\n"x,y",\n', Label("synthetic", "", "")) == 'a,b,data_kind\n"x,y",,synthetic\n'


def test_what_rests_on_both_is_synthetic_only_where_both_are():
    assert of_both(TWIN, TWIN).kind == of_both(TWIN, None).kind == "synthetic"
    assert of_both(REAL, TWIN).kind == "real and synthetic"


def test_a_synthetic_source_is_called_so_whatever_its_name():
    assert Label("synthetic", "en modell", "").line == "Syntetiske data. Kilde: en modell."
    assert Label("real", "Nav", "").line == "Kilde: Nav."


def test_a_picture_grows_by_its_line_and_others_are_refused():
    table = estimate_table((2024, "unge", 55.0, 1.0, 200))
    before = exhibit("fig-16", table, rows="group", title="Portefølje").svg()
    heights = [float(ElementTree.fromstring(svg).attrib["height"].removesuffix("pt"))
               for svg in (before, labelled_svg(before, Label("real", "Nav & co", "")))]  # fmt: skip
    assert heights[1] - heights[0] == 18
    with pytest.raises(ReportError, match="no SVG of the book's own"):
        labelled_svg("<svg></svg>", Label("real", "Nav", ""))
