"""What data a file is from, written into every file that leaves a page: CSV, workbook, picture, notebook."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from html import escape

import nbformat

from engine.data.manifest import Manifest
from engine.errors import ReportError
from engine.exhibits.style import FAMILY, MUTED, wrap
from press.notebook import dumps

COLUMN = "data_kind"
KINDS = {"synthetic": "Syntetiske data", "real": "Virkelige data"}
SIZE, LINE, MARGIN = 8.5, 12.0, 6.0
ROOT_TAG = re.compile(r'(<svg\b[^>]*?) width="([\d.]+)pt" height="([\d.]+)pt" viewBox="0 0 ([\d.]+) ([\d.]+)"')
# Outlines of a line would make a picture half as large again, so it is text; other typefaces are wider than the book's.
FONT, WIDER = f"'{FAMILY}', sans-serif", 0.8


@dataclass(frozen=True)
class Label:
    """What data something is from: its kind in one word, and its source and title in bokmål."""

    kind: str
    source: str
    title: str

    @property
    def line(self) -> str:
        """What a reader sees: «Kilde: syntetiske data, kalibrert til …»."""
        kind = KINDS.get(self.kind, self.kind)
        told = kind.lower() in self.source.lower() or self.kind == "real"
        return f"Kilde: {self.source}." if told else f"{kind}. Kilde: {self.source}."


def label_of(manifest: Manifest) -> Label:
    """Make the label of a data set."""
    return Label(manifest.kind, manifest.source, manifest.title)


def of_both(survey: Manifest, register: Manifest | None) -> Label:
    """Make the label of what rests on surveys and register: `synthetic` only where all of it is."""
    labels = [label_of(one) for one in (survey, register) if one]
    kinds = dict.fromkeys(label.kind for label in labels)
    return Label(" and ".join(kinds), "; ".join(dict.fromkeys(label.source for label in labels)), labels[0].title)


def labelled_csv(text: str, label: Label) -> str:
    """Add the column `data_kind`, last, to a CSV that does not have it."""
    rows = list(csv.reader(io.StringIO(text)))
    if not rows or COLUMN in rows[0]:
        return text
    buffer = io.StringIO()
    table = csv.writer(buffer, lineterminator="\n")
    table.writerow([*rows[0], COLUMN])
    table.writerows([*row, label.kind] for row in rows[1:])
    return buffer.getvalue()


def labelled_svg(text: str, label: Label) -> str:
    """Write the source below a picture and into its metadata."""
    found = ROOT_TAG.search(text)
    if found is None or "</cc:Work>" not in text:
        raise ReportError("a picture is no SVG of the book's own", "stage", remedy="let exhibit draw it, or figure=")
    width, height = float(found[4]), float(found[5])
    lines = wrap(label.line, WIDER * (width - 2 * MARGIN), SIZE).split("\n")
    whole = height + LINE * len(lines) + MARGIN
    head = f'{found[1]} width="{width:g}pt" height="{whole:g}pt" viewBox="0 0 {width:g} {whole:g}"'
    text = text[: found.start()] + head + text[found.end() :]
    said = f"<dc:source>{escape(label.source)}</dc:source>\n    <dc:description>{label.kind}</dc:description>\n   "
    text = text.replace("</cc:Work>", f" {said}</cc:Work>", 1)
    look = f'x="{MARGIN:g}" font-family="{FONT}" font-size="{SIZE}px" fill="{MUTED}"'
    words = "".join(
        f'  <text {look} y="{height + LINE * place:g}">{escape(line)}</text>\n' for place, line in enumerate(lines, 1)
    )
    paper = f'<rect x="0" y="{height:g}" width="{width:g}" height="{whole - height:g}" style="fill: #ffffff"/>'
    drawn = f' <g id="source">\n  {paper}\n{words} </g>\n'
    end = text.rindex("</svg>")
    return text[:end] + drawn + text[end:]


def labelled_notebook(text: str, label: Label) -> str:
    """Say at the end of a notebook which data the book's own numbers are from."""
    notebook = nbformat.reads(text, as_version=4)
    notebook.metadata[COLUMN] = label.kind
    said = f"*I boken er tallene fra: {label.title}. {label.line}*"
    notebook.cells.append(nbformat.v4.new_markdown_cell(said, id="data-kind"))
    return dumps(notebook)
