"""How the book reads, measured: words, reading ease and worn phrases, chapter by chapter.

    python tools/readability.py                 the runs that are kept of the newest edition; says which are missing
    python tools/readability.py --year 2023 03 04
    python tools/readability.py page.md         a rendered Markdown file instead

LIX (Björnsson 1968) is words a sentence and the per cent of words of more than six letters: 40 is a newspaper, 50 a
report. Numbers are computed when the book is, so only the text that a run has rendered can be measured.
"""

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat

from engine.errors import ReportError
from press.edition import open_edition
from press.notebook import prose_text
from press.project import Project

LIMIT = 45
# What an editor has counted too often, and how often the ten chapters together may say it.
WORN = {"om lag uendret": 8, "ikke klart forskjellig": 8, "viste en tendens til": 8}
MOST_TRIPLES = 4

NOT_ASKED = re.compile(r"\.not-asked #([\w-]+)")
IF_ASKED = re.compile(r'^::: \{\.if-asked exhibit="([^"]+)"\}\n(.*?)^:::$', re.S | re.M)
CODE = re.compile(r"^```.*?^```$", re.S | re.M)
# Marks of Markdown that are no words: attributes, references to sources and exhibits, footnote marks, fences of divs.
MARKS = re.compile(r"\{[#.][^}]*\}|\[[^\]]*@[^\]]*\]|\[\^[\w-]+\]:?|^:::.*$|^#+ .*$|[*`]", re.M)
WORD = re.compile(r"[^\W_]+(?:[-–,.][^\W_]+)*")
SENTENCE_END = re.compile(r"[.!?](?=\s|$)|:(?=\s+[A-ZÆØÅ«])", re.M)
TRIPLE = re.compile(r"\bfra [−\d][^.;()]{0,40}? til [−\d]")


@dataclass(frozen=True)
class Reading:
    """What one text measures."""

    name: str
    text: str

    @property
    def words(self) -> list[str]:
        """Words, and numbers as they are printed."""
        return WORD.findall(self.text)

    @property
    def sentences(self) -> int:
        """Ends of sentences; a colon is one where a capital follows."""
        return max(len(SENTENCE_END.findall(self.text)), 1)

    @property
    def lix(self) -> float:
        """Björnsson's reading ease."""
        words = self.words
        long = sum(len(word) > 6 for word in words)
        return len(words) / self.sentences + 100 * long / len(words) if words else 0.0

    @property
    def triples(self) -> int:
        """The most numbers «fra … til …» in one paragraph."""
        paragraphs = re.split(r"\n\s*\n|^- ", self.text, flags=re.M)
        return max(len(TRIPLE.findall(paragraph)) for paragraph in paragraphs)

    def worn(self, phrase: str) -> int:
        """How often a phrase stands in it."""
        return len(re.findall(rf"\b{phrase}", self.text, re.I))


def readable(text: str, hidden: frozenset[str] = frozenset()) -> str:
    """Markdown as a reader sees it: without code, marks, headings and what an edition does not ask for."""

    def shown(block: re.Match[str]) -> str:
        return "" if hidden & set(block[1].split()) else block[2]

    return MARKS.sub(" ", CODE.sub("", IF_ASKED.sub(shown, text)))


def of_notebook(path: Path, name: str) -> Reading:
    """Read the narrative of an executed notebook."""
    parts, hidden = [], set()
    for cell in nbformat.read(path, as_version=4).cells:
        for output in cell.get("outputs", []):
            markdown = output.get("data", {}).get("text/markdown", "")
            hidden |= set(NOT_ASKED.findall(markdown))
            if prose_text(cell.source) is not None:
                parts.append(markdown)
        if cell.cell_type == "markdown":
            parts.append(cell.source)
    return Reading(name, readable("\n\n".join(parts), frozenset(hidden)))


def kept_readings(year: int | None, wanted: list[str]) -> list[Reading]:
    """Read the newest kept run of each chapter; one that has none is named and left out."""
    edition = open_edition(Project(), year, None)
    readings = []
    for run in edition.runs():
        name = run.chapter.slug
        kept = sorted(run.output.parent.glob(f"{name}-*.ipynb"), key=lambda path: path.stat().st_mtime)
        if wanted and not any(name.startswith(start) for start in wanted):
            continue
        if kept:
            readings.append(of_notebook(kept[-1], name))
        else:
            print(f"{name}: no run is kept; say report run {name}", file=sys.stderr)
    return readings


def report(readings: list[Reading]) -> str:
    """Write the measures as a table, with what lies above its aim marked by a star."""
    lines = [f"{'chapter':34} {'words':>6} {'LIX':>5} {'triples':>8}  " + "  ".join(WORN)]
    totals = dict.fromkeys(WORN, 0)
    for one in readings:
        counts = {phrase: one.worn(phrase) for phrase in WORN}
        if one.name[:2].isdigit() or one.name.endswith(".md"):
            totals = {phrase: totals[phrase] + counts[phrase] for phrase in WORN}
        lix = f"{one.lix:.1f}{'*' if one.lix > LIMIT else ' '}"
        triples = f"{one.triples}{'*' if one.triples > MOST_TRIPLES else ' '}"
        told = "  ".join(f"{counts[phrase]:>{len(phrase)}}" for phrase in WORN)
        lines.append(f"{one.name[:34]:34} {len(one.words):>6} {lix:>6} {triples:>7}  {told}")
    told = "  ".join(f"{totals[p]:>{len(p)}}{'*' if totals[p] > WORN[p] else ''}" for p in WORN)
    words = sum(len(one.words) for one in readings)
    lines.append(f"{'all, and phrases of chapters 1–10':34} {words:>6} {'':14}  {told}")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Print the measures of kept runs, or of files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--year", type=int, help="survey year; the newest wave found when left out")
    parser.add_argument("names", nargs="*", metavar="CHAPTER", help="beginnings of chapters' names, or .md files")
    options = parser.parse_args(arguments)
    files = [Path(name) for name in options.names if name.endswith(".md")]
    readings = [Reading(path.name, readable(path.read_text())) for path in files]
    try:
        print(report(readings or kept_readings(options.year, options.names)))
    except ReportError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
