"""The staged book: executed notebooks as a Quarto book that nothing needs to execute again."""

from __future__ import annotations

import base64
import copy
import re
import shutil
from pathlib import Path
from typing import Any

import nbformat
import yaml

from engine.data.codebook import read_codebook
from engine.data.manifest import Manifest
from engine.outputs import EXHIBIT_MIME as MIME
from engine.outputs import exhibits_of
from engine.words.numbers import nb_list
from engine.words.prose import literal
from press.alternatives import check_alternatives
from press.downloads import english_titles, exhibit_index, title_en, variable_anchor
from press.made.lists import FILE as HIDDEN
from press.made.lists import collect, suppressed_csv
from press.outline import check_sections, write_outline

from .downloads import workbook
from .failures import refuse_pictures
from .notebook import dumps, prose_text
from .project import Project
from .runs import Run, reads_register

PICTURE = re.compile(r"\(data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)\)\{")
NUMBERS_END = re.compile(r"((?:\n:::)+\n)\Z")
COPIED = ("theme", "references.bib")
VERSION = "0.1.0"
CODEBOOK_PAGE = "chapters/kodebok"
KINDS_NB = {"synthetic": "syntetiske data", "real": "mikrodata"}


def stage(
    project: Project,
    runs: list[Run],
    year: int,
    manifest: Manifest,
    folder: Path,
    quarto: str = "",
    register: Manifest | None = None,
) -> None:
    """Write the staged book."""
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("figures", "exhibits", "chapters", "notebooks"):
        (folder / name).mkdir(parents=True)
    for name in COPIED:
        source = project.root / name
        if source.is_dir():
            shutil.copytree(source, folder / name)
        else:
            shutil.copy2(source, folder / name)
    names = {run.chapter.name for run in runs}
    shown = [record for run in runs for record in exhibits_of(run.output) if record["title"]]
    check_alternatives(shown)
    (folder / "exhibits" / "index.csv").write_text(exhibit_index(shown, english_titles()), encoding="utf-8")
    hidden = collect((run.chapter.slug, run.output) for run in runs)
    (folder / HIDDEN).write_text(suppressed_csv(hidden), encoding="utf-8")
    for run in runs:
        stage_chapter(project, run, names, folder)
    check_sections(folder, [f"{run.chapter.name}.ipynb" for run in runs])
    _stage_absent(project, names, folder / "_absent")
    settings = staged_settings(project.settings, names, year, manifest, project.date, quarto)
    if register:
        pages = [run.chapter.name for run in runs if reads_register(run.chapter)]
        settings["report"]["register"] = {"kind": register.kind, "title": register.title, "pages": pages}
    (folder / "_quarto.yml").write_text(yaml.safe_dump(settings, allow_unicode=True, sort_keys=False), encoding="utf-8")


def _stage_absent(project: Project, names: set[str], folder: Path) -> None:
    """Lay the sources of chapters that are not staged aside: a reference to them is then named, without a link."""
    absent = [chapter.path for chapter in project.chapters if chapter.name not in names]
    if absent:
        folder.mkdir()
    for source in absent:
        shutil.copyfile(source, folder / source.name)


def stage_chapter(project: Project, run: Run, names: set[str], folder: Path) -> None:
    """Write one chapter of a staged book: its notebook, pictures, numbers, and the notebook to run oneself."""
    notebook = nbformat.read(run.output, as_version=4)
    described = CODEBOOK_PAGE if CODEBOOK_PAGE in names else ""
    refuse_pictures(run.chapter, notebook)
    staged = _staged(notebook, folder, run.chapter.name.count("/"), described)
    (folder / f"{run.chapter.name}.ipynb").write_text(dumps(staged), encoding="utf-8")
    write_outline(folder, f"{run.chapter.name}.ipynb")
    own = project.notebook_path(run.chapter)
    if own.is_file():
        shutil.copyfile(own, folder / "notebooks" / own.name)


def staged_settings(
    settings: dict[str, Any], names: set[str], year: int, manifest: Manifest, date: str, quarto: str
) -> dict[str, Any]:
    """Settings of the staged book: the source's, with notebooks for chapters and what the data is."""
    staged = copy.deepcopy(settings)
    chapters = staged["book"]["chapters"]
    notebooks = [_as_notebook(entry, names) for entry in chapters]
    staged["book"]["chapters"] = [entry for entry in notebooks if entry]
    staged["execute"] = {"enabled": False}
    staged["report"] = {
        "survey_year": year,
        "data_kind": manifest.kind,
        "data_title": manifest.title,
        "version": VERSION,
        "build_date": date,
    }
    staged["book"]["date"] = date
    staged["book"]["page-footer"] = f"Undersøkelsesår {year} · {KINDS_NB[manifest.kind]} · versjon {VERSION} · {date}"
    # What is rendered is what is listed: the root's patterns name .qmd files.
    staged["project"].pop("render", None)
    staged["project"]["output-dir"] = "_book"
    if quarto and tuple(int(part) for part in quarto.split(".")[:2]) >= (1, 9):
        staged["format"]["typst"] = {"toc": True}
    return staged


def _as_notebook(entry: Any, names: set[str]) -> Any:
    """Entry of the chapter list with .ipynb for .qmd; None where nothing of it is staged."""
    if isinstance(entry, str):
        name = entry.removesuffix(".qmd")
        return f"{name}.ipynb" if name in names else None
    chapters = [kept for kept in (_as_notebook(chapter, names) for chapter in entry["chapters"]) if kept]
    return {**entry, "chapters": chapters} if chapters else None


def _staged(notebook: nbformat.NotebookNode, folder: Path, depth: int, described: str) -> nbformat.NotebookNode:
    """Narrative becomes markdown again, pictures become files, parameters are hidden."""
    cells = []
    for cell in notebook.cells:
        if cell.cell_type != "code":
            cells.append(cell)
            continue
        if prose_text(cell.source) is not None:
            text = "".join(output.data["text/markdown"] for output in cell.outputs if "data" in output)
            cells.append(nbformat.v4.new_markdown_cell(text, id=cell.id))
            continue
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.source = "#| include: false\n" + cell.source
        # What a cell or a library prints has no place in a page, and from real data it could be rows.
        cell.outputs = [output for output in cell.outputs if output.output_type != "stream"]
        for output in cell.outputs:
            if MIME in output.get("data", {}):
                _stage_exhibit(output, folder, "../" * depth, described)
        cells.append(cell)
    notebook.cells = cells
    return notebook


def _stage_exhibit(output: nbformat.NotebookNode, folder: Path, up: str, described: str) -> None:
    record = output.data.pop(MIME)
    anchor = record["anchor"]
    markdown = output.data["text/markdown"]
    found = PICTURE.search(markdown)
    if found:
        (folder / "figures" / f"{anchor}.svg").write_bytes(base64.b64decode(found.group(1)))
        (folder / "figures" / f"{anchor}-smal.svg").write_text(record["svg_narrow"], encoding="utf-8")
        place = f'({up}figures/{anchor}.svg){{narrow="{up}figures/{anchor}-smal.svg" '
        markdown = markdown[: found.start()] + place + markdown[found.end() :]
    (folder / "exhibits" / f"{anchor}.csv").write_text(record["csv"], encoding="utf-8")
    # The id's own number, without what a page makes of it.
    english = title_en(record["id"], record["csv"], english_titles())
    book = workbook(record["csv"], record["id"], record["title"], record.get("note", ""), english)
    (folder / "exhibits" / f"{anchor}.xlsx").write_bytes(book)
    link = f"\n\nLast ned tallene: [CSV]({up}exhibits/{anchor}.csv), [Excel]({up}exhibits/{anchor}.xlsx)"
    more = link + _variables_line(record["variables"], f"{up}{described}.qmd") if described else link
    markdown = NUMBERS_END.sub(lambda end: more + end.group(1), markdown)
    output.data = nbformat.NotebookNode({"text/markdown": markdown})


def _variables_line(names: list[str], page: str) -> str:
    """Links from an exhibit to the page that describes its variables."""
    labels = read_codebook().labels
    known = [name for name in names if name in labels and name != "wave"]
    links = [f"[{literal(labels[name])}]({page}#{variable_anchor(name)})" for name in known]
    return f"\n\nVariabler: {nb_list(links)}." if links else ""
