"""Pages about the book itself: the press fills their places once the chapters have run, and no kernel is needed.

A page's text says `{{< include /_made/NAME.md >}}` for a block and `{{< var made.NAME >}}` for a number or a word: both
are Quarto's own shortcodes, so that an editor and plain Quarto know them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from engine.data.survey import Survey, open_survey
from engine.errors import ReportError
from engine.words.numbers import nb_number
from ledger.comparison import Ledger, open_ledger
from ledger.pages import all_rows_nb, claims_nb, counts_nb, downloads, findings_nb, missed_nb, stars_nb, within_nb
from ledger.published import ARTICLE, REPORT, covered, read_findings
from ledger.stories import article_stories_nb, report_stories_nb
from press.made.lists import codebook_nb, collect, suppressed_nb
from press.project import is_executed

from ..edition import Edition
from ..kept import keep
from ..notebook import dumps, to_notebook
from ..project import ROOT, Chapter, digest, is_made
from ..runs import DOWNLOADS, Run, emitted, forget_old
from .access import statement_nb
from .lists import lists_nb
from .twin import TwinPage, assumptions_nb, edition_nb, open_page, overlap_nb, sources_nb

PLACE = re.compile(r"\{\{<\s*(?:include\s+/_made/(?P<block>[\w-]+)\.md|var\s+made\.(?P<word>[\w-]+))\s*>\}\}")
LEDGER_PAGE = "etterproving"
CODE = ("engine", "ledger", "twin", "press/made")


@dataclass(frozen=True)
class Material:
    """What the pages are made of; each part is opened when a page asks for it."""

    edition: Edition
    runs: tuple[Run, ...]

    @cached_property
    def notebooks(self) -> list[Path]:
        """The executed chapters."""
        return [run.output for run in self.runs]

    @cached_property
    def survey(self) -> Survey:
        """The edition's data."""
        return open_survey(self.edition.year, self.edition.data)

    @cached_property
    def ledger(self) -> Ledger:
        """Published numbers against those of the runs."""
        return open_ledger(self.notebooks, self.survey, self.edition.data)

    @cached_property
    def report(self) -> Ledger:
        """The ledger of the survey report."""
        return self.ledger.part("rapport")

    @cached_property
    def article(self) -> Ledger:
        """The ledger of the register article."""
        return self.ledger.part("kalsto")

    @cached_property
    def twin(self) -> TwinPage:
        """Targets and choices of the synthetic twin."""
        return open_page(self.survey, self.notebooks)


BLOCKS: Mapping[str, Callable[[Material], str]] = {
    "rapport-motsigelser": lambda made: report_stories_nb(made.report),
    "rapport-styrker": lambda made: findings_nb(made.report),
    "rapport-funn": lambda made: claims_nb(made.report),
    "rapport-avvik": lambda made: missed_nb(made.report),
    "rapport-innenfor": lambda made: within_nb(made.report),
    "rapport-stjerner-ulike": lambda made: stars_nb(made.report),
    "rapport-tall": lambda made: counts_nb(made.report),
    "rapport-alle": lambda made: all_rows_nb(made.report),
    "artikkel-motsigelser": lambda made: article_stories_nb(made.article),
    "artikkel-styrker": lambda made: findings_nb(made.article),
    "artikkel-funn": lambda made: claims_nb(made.article),
    "artikkel-avvik": lambda made: missed_nb(made.article),
    "artikkel-innenfor": lambda made: within_nb(made.article),
    "artikkel-stjerner-ulike": lambda made: stars_nb(made.article),
    "artikkel-tall": lambda made: counts_nb(made.article),
    "artikkel-alle": lambda made: all_rows_nb(made.article),
    "skjult": lambda made: suppressed_nb(collect((run.chapter.slug, run.output) for run in made.runs)),
    "kodebok": lambda made: codebook_nb(made.survey, made.notebooks),
    "figurliste": lambda made: lists_nb(made.notebooks),
    "tilgjengelighet": lambda made: statement_nb(made.edition.project),
    "tvilling-utgave": lambda made: edition_nb(made.twin),
    "tvilling-kilder": lambda made: sources_nb(made.twin),
    "tvilling-naer": lambda made: overlap_nb(made.twin),
    "tvilling-valg": lambda made: assumptions_nb(made.twin),
}
WORDS: Mapping[str, Callable[[Material], int]] = {
    "rapport-trykte": lambda made: len(made.report.values),
    "rapport-provde": lambda made: made.report.compared,
    "rapport-ikke": lambda made: len(made.report.unexplained),
    "rapport-holder": lambda made: made.report.held,
    "rapport-funn-provde": lambda made: made.report.tried,
    "rapport-stjerner-like": lambda made: made.report.stars[0],
    "rapport-stjerner": lambda made: made.report.stars[1],
    "rapport-delvis": lambda made: made.report.counted("in part"),
    "rapport-holder-ikke": lambda made: made.report.counted("fails"),
    "rapport-motsagt": lambda made: made.report.counted("contradicted in print"),
    "rapport-utsagn": lambda made: len(read_findings(REPORT.folder)),
    "rapport-dekket": lambda made: covered(REPORT),
    "artikkel-delvis": lambda made: made.article.counted("in part"),
    "artikkel-holder-ikke": lambda made: made.article.counted("fails"),
    "artikkel-motsagt": lambda made: made.article.counted("contradicted in print"),
    "artikkel-utsagn": lambda made: len(read_findings(ARTICLE.folder)),
    "artikkel-dekket": lambda made: covered(ARTICLE),
    "artikkel-trykte": lambda made: len(made.article.values),
    "artikkel-provde": lambda made: made.article.compared,
    "artikkel-ikke": lambda made: len(made.article.unexplained),
    "artikkel-holder": lambda made: made.article.held,
    "artikkel-funn-provde": lambda made: made.article.tried,
    "artikkel-stjerner-like": lambda made: made.article.stars[0],
    "artikkel-stjerner": lambda made: made.article.stars[1],
    "tvilling-maal": lambda made: len(made.twin.targets),
    "tvilling-maal-tall": lambda made: made.twin.numbers,
    "tvilling-maal-ord": lambda made: made.twin.findings,
    "tvilling-maal-valgt": lambda made: made.twin.assumed,
    "tvilling-startall": lambda made: made.twin.seed,
}


def make(edition: Edition, runs: list[Run]) -> list[Run]:
    """Write the pages about the book, those that nothing has changed for excepted."""
    wanted = [chapter for chapter in edition.chapters if is_made(chapter)]
    if not wanted:
        return runs
    material = Material(edition, tuple(runs))
    decisive = _decisive(edition, runs)
    made = {chapter.name: _page(chapter, material, decisive) for chapter in wanted}
    made |= {run.chapter.name: run for run in runs}
    return [made[chapter.name] for chapter in edition.chapters if chapter.name in made]


def _decisive(edition: Edition, runs: list[Run]) -> str:
    """Digest of all that pages are made of: what the runs emitted, not their sentences."""
    files = [path for room in CODE for path in sorted((ROOT / room).rglob("*.py"))]
    files += sorted((edition.project.root / "data").rglob("*.csv"))
    manifest = json.dumps(edition.manifest.files, default=vars, sort_keys=True)
    return digest(files, str(edition.year), manifest, *(f"{run.chapter.name} {emitted(run)}" for run in runs))


def _page(chapter: Chapter, material: Material, decisive: str) -> Run:
    key = digest([], chapter.text, decisive)
    edition = material.edition
    run = Run(chapter, chapter.text, key, edition.run_place(chapter, key))
    if not run.done:
        run.output.parent.mkdir(parents=True, exist_ok=True)
        page = to_notebook(_filled(chapter, material), chapter.name)
        if chapter.slug == LEDGER_PAGE:
            page.metadata[DOWNLOADS] = downloads(material.ledger, edition.manifest.kind)
        keep(run.output, dumps(page))
        forget_old(run)
    return run


def _filled(chapter: Chapter, material: Material) -> str:
    if is_executed(chapter.text):
        raise ReportError(
            "a page about the book has cells or inline expressions, which nothing executes", chapter.name,
            remedy="move them to a chapter of their own",
        )  # fmt: skip
    known = {*BLOCKS, *WORDS}
    unknown = [name for found in PLACE.finditer(chapter.text) if (name := found["block"] or found["word"]) not in known]
    if unknown:
        raise ReportError(
            f"places that the press can't fill: {', '.join(sorted(set(unknown)))}", chapter.name, len(unknown),
            remedy=f"take one of {', '.join(sorted(known))}",
        )  # fmt: skip

    def filled(place: re.Match[str]) -> str:
        if place["block"]:
            return BLOCKS[place["block"]](material).strip("\n")
        number = WORDS[place["word"]](material)
        # A seed is a name, without a space between thousands.
        return str(number) if place["word"].endswith("startall") else nb_number(number)

    return PLACE.sub(filled, chapter.text)
