"""The staged book: executed notebooks as a Quarto book that nothing needs to execute again."""

from __future__ import annotations

import base64
import copy
import csv
import io
import json
import re
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import nbformat
import yaml

from engine.data.codebook import read_codebook
from engine.data.manifest import Manifest
from engine.errors import ReportError
from engine.outputs import EXHIBIT_MIME as MIME
from engine.outputs import exhibits_of
from engine.words.numbers import MINUS, NARROW_NO_BREAK_SPACE, nb_list, nb_number
from engine.words.prose import literal
from press.book import joined
from press.downloads import english_titles, exhibit_index, title_en, variable_anchor, workbook
from press.failures import refuse_drawings
from press.gate import REFUSED, refuse_bare
from press.labels import Label, label_of, labelled_csv, labelled_notebook, labelled_svg, of_both
from press.made.lists import HIDDEN_FILE as HIDDEN
from press.made.lists import collect, suppressed_csv
from press.notebook import dumps, prose_text
from press.project import Project
from press.runs import DOWNLOADS, Run, reads_register

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
    both = of_both(manifest, register)
    index = labelled_csv(exhibit_index(shown, english_titles()), both)
    (folder / "exhibits" / "index.csv").write_text(index, encoding="utf-8")
    hidden = collect((run.chapter.slug, run.output) for run in runs)
    (folder / HIDDEN).write_text(labelled_csv(suppressed_csv(hidden), both), encoding="utf-8")
    for run in runs:
        stage_chapter(project, run, names, folder, label_for(run, manifest, register))
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


def label_for(run: Run, manifest: Manifest, register: Manifest | None) -> Label:
    """Say which data a chapter's files are from."""
    return label_of(register if register and reads_register(run.chapter) else manifest)


def stage_chapter(project: Project, run: Run, names: set[str], folder: Path, label: Label) -> None:
    """Write one chapter of a staged book: its notebook, pictures, numbers, and the notebook to run oneself."""
    notebook = nbformat.read(run.output, as_version=4)
    described = CODEBOOK_PAGE if CODEBOOK_PAGE in names else ""
    refuse_bare(run.chapter, notebook)
    refuse_drawings(run.chapter, notebook)
    notebook.metadata.pop(REFUSED, None)
    for name, text in notebook.metadata.pop(DOWNLOADS, {}).items():
        (folder / "exhibits" / name).write_text(labelled_csv(text, label), encoding="utf-8")
    staged = _staged(notebook, folder, run.chapter.name.count("/"), described, label)
    (folder / f"{run.chapter.name}.ipynb").write_text(dumps(staged), encoding="utf-8")
    write_outline(folder, f"{run.chapter.name}.ipynb")
    own = project.notebook_path(run.chapter)
    if own.is_file():
        text = labelled_notebook(own.read_text(encoding="utf-8"), label)
        (folder / "notebooks" / own.name).write_text(text, encoding="utf-8")


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


def _staged(
    notebook: nbformat.NotebookNode, folder: Path, depth: int, described: str, label: Label
) -> nbformat.NotebookNode:
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
        cell.outputs = [output for output in cell.outputs if "text/markdown" in output.get("data", {})]
        for output in cell.outputs:
            if MIME in output.get("data", {}):
                _stage_exhibit(output, folder, "../" * depth, described, label)
        cells.append(cell)
    notebook.cells = cells
    return notebook


def _stage_exhibit(output: nbformat.NotebookNode, folder: Path, up: str, described: str, label: Label) -> None:
    record = output.data.pop(MIME)
    anchor = record["anchor"]
    markdown = output.data["text/markdown"]
    found = PICTURE.search(markdown)
    if found:
        wide = base64.b64decode(found.group(1)).decode("utf-8")
        for name, picture in ((anchor, wide), (f"{anchor}-smal", record["svg_narrow"])):
            (folder / "figures" / f"{name}.svg").write_text(labelled_svg(picture, label), encoding="utf-8")
        place = f'({up}figures/{anchor}.svg){{narrow="{up}figures/{anchor}-smal.svg" '
        markdown = markdown[: found.start()] + place + markdown[found.end() :]
    numbers = labelled_csv(record["csv"], label)
    (folder / "exhibits" / f"{anchor}.csv").write_text(numbers, encoding="utf-8")
    # The id's own number, without what a page makes of it.
    english = title_en(record["id"], record["csv"], english_titles())
    book = workbook(numbers, record["id"], record["title"], record.get("note", ""), english, label.line)
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


OUTLINES = "_outline"
# What theme/filters/exhibits.lua looks for when it scans a chapter; it needs fences to know what is code.
FRONT_MATTER = re.compile(r"\A\s*---\n.*?\n---[^\n]*\n?", re.S)
SECTION = re.compile(r"^#+\s[^\n]*\{[^{}\n]*#(sec-[\w-]+)[^{}\n]*\}", re.M)
FENCED = re.compile(r"^\s*```.*?^\s*```[^\n]*$", re.M | re.S)
OUTLINED = re.compile(r"^\s*```|^#\|\s*label:|^#+\s|\{[^{}]*#(?:figur|tabell)-[\w-]+[^{}]*\}")


def write_outline(folder: Path, source: str) -> None:
    """Write the outline of a staged chapter to `_outline/`, under the chapter's own name."""
    target = folder / OUTLINES / source
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(outline((folder / source).read_text(encoding="utf-8")), encoding="utf-8")


def outline(notebook: str) -> str:
    """Give of a notebook's text the front matter, headings, labels, fences and anchors of exhibits."""
    parts: list[str] = []
    for cell in json.loads(notebook)["cells"]:
        parts.append(joined(cell.get("source", "")))
        for output in cell.get("outputs", []):
            if "text/markdown" in output.get("data", {}):
                parts.append(joined(output["data"]["text/markdown"]))
    text = "\n".join(parts)
    front = FRONT_MATTER.match(text)
    kept = [front.group(0).rstrip("\n")] if front else []
    kept += [line for line in text[front.end() if front else 0 :].split("\n") if OUTLINED.search(line)]
    return "\n".join(kept) + "\n"


def check_sections(folder: Path, sources: list[str]) -> None:
    """Refuse two sections of one id: a reference could not tell which one is meant."""
    found: dict[str, list[str]] = {}
    for source in sources:
        text = FENCED.sub("", (folder / OUTLINES / source).read_text(encoding="utf-8"))
        for name in SECTION.findall(text):
            found.setdefault(name, []).append(source.removesuffix(".ipynb"))
    twice = {name: places for name, places in found.items() if len(places) > 1}
    if twice:
        where = ", ".join(sorted({place for places in twice.values() for place in places}))
        what = f"ids of sections used twice: {', '.join(sorted(twice))}"
        raise ReportError(what, where, len(twice), "mend the chapter's text and build again")


# A number as `engine.words.numbers` writes it: narrow space between thousands, decimal comma, true minus.
NUMBER = re.compile(rf"(?<![\w,]){MINUS}?\d+(?:{NARROW_NO_BREAK_SPACE}\d{{3}})*(?:,\d+)?(?![\w])")
INTERVAL = "95"
MOST_DIGITS = 4


def check_alternatives(records: Iterable[Mapping[str, Any]]) -> None:
    """Refuse a book whose alternative texts are alike or tell what the data does not."""
    seen: dict[str, str] = {}
    faults = []
    for record in records:
        if not record["alt"]:
            continue
        if record["alt"] in seen:
            faults.append(f"{record['id']} says the same as {seen[record['alt']]}")
        seen.setdefault(record["alt"], record["id"])
        if unknown := unknown_numbers(record):
            faults.append(f"{record['id']} tells {len(unknown)} numbers that its data lacks")
    if faults:
        raise ReportError(
            "; ".join(faults[:8]), where="alternative texts", count=len(faults),
            remedy="give the exhibits different groups or units, or mend engine/exhibits/alt_text.py",
        )  # fmt: skip


def unknown_numbers(record: Mapping[str, Any]) -> list[str]:
    """Numbers of an alternative text that are neither an estimate, nor part of a label, nor a count of rows."""
    rows = list(csv.DictReader(io.StringIO(record["csv"])))
    known = {INTERVAL}
    labels = [record.get("unit") or ""]
    for row in rows:
        for name, cell in row.items():
            try:
                value = float(cell or "nan")
            except ValueError:
                labels.append(cell)
                continue
            if name in ("estimate", "x") or "estimate" not in row:
                known |= {nb_number(value, digits) for digits in range(MOST_DIGITS)}
            else:
                labels.append(cell)
    known |= {found for label in set(labels) for found in re.findall(r"\d+", label)}
    known |= {nb_number(float(found)) for found in set(known) if found.isdigit()}
    # «høyest …, lavest …, blant 12 rader, 2 skjult» counts rows of the data.
    text = re.sub(r"blant \d+ rader(?:, \d+ skjult)?|, \d+ skjult", "", record["alt"])
    return [found for found in NUMBER.findall(text) if found not in known and found.lstrip(MINUS) not in known]
