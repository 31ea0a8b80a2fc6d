"""The accessibility statement, written from the results of the last check."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from engine.data.registers import day_nb
from engine.errors import ReportError
from engine.words.numbers import nb_list, nb_number

from ..project import ROOT, Project

FOLDER = ROOT / "data" / "access"
WIDTHS = (360, 1300)
LOOKS = ("light", "dark")
NEVER = "Boken er ikke kontrollert ennå."
RULES_NB = {
    "reflow": "siden må rulles sidelengs",
    "unreached": "noe på siden nås ikke med tastatur",
    "unseen": "det synes ikke hva tastaturet har valgt",
    "menu": "kapittellisten nås ikke med tastatur",
    "search": "treffene i søket nås ikke med tastatur",
    "table": "en bred tabell kan ikke rulles med tastatur",
}


@dataclass(frozen=True)
class Result:
    """What one check of one page found.

    Attributes
    ----------
    page : str
        Address in the book.
    check : str
        `axe`, `sideways` (the page must not scroll sideways) or `keyboard`.
    look : str
        `light` or `dark`.
    width : int
        Of the window, in CSS pixels.
    tried : int
        Rules that axe found something to apply to; keys pressed; 1 for `sideways`.
    violations : int
        Elements that break a rule, are not reached by keyboard or whose focus is not seen; pages that scroll sideways.
    rules : str
        Names of what was broken, with a space between.
    """

    page: str
    check: str
    look: str
    width: int
    tried: int
    violations: int
    rules: str


def missing_pages(results: Iterable[Result], project: Project) -> list[str]:
    """Pages of the book that the results say nothing of."""
    checked = {result.page for result in results}
    return [page for page in current_pages(project) if page not in checked]


def current_pages(project: Project) -> list[str]:
    """Addresses of the pages that the book has now, the one for wrong addresses among them."""
    return [*(f"{chapter.name}.html" for chapter in project.chapters), "404.html"]


def statement_nb(project: Project, folder: Path = FOLDER) -> str:
    """Write what was checked, how, and what was found."""
    if not (folder / "results.csv").is_file():
        return NEVER
    results, about = read_results(folder)
    missing = missing_pages(results, project)
    broken = [result for result in results if result.violations]
    return "\n\n".join([_status(broken, missing), _method(results, about), _table(results), *_faults(broken)])


def _status(broken: list[Result], missing: list[str]) -> str:
    heading = "## Status {#sec-tilgjengelighet-status}\n\n"
    unknown = (
        f" {nb_number(len(missing))} av sidene er kommet til etter kontrollen og er ikke prøvd ennå." if missing else ""
    )
    if broken:
        pages = nb_number(len({result.page for result in broken}))
        return f"{heading}Kontrollen fant brudd på kravene på {pages} sider. De står under.{unknown}"
    return (
        f"{heading}Kontrollen fant ingen brudd på kravene i WCAG på nivå AA.{unknown} "
        "En maskin finner bare en del av hindringene. At den ikke fant noen, betyr ikke at det ikke finnes noen."
    )


def _method(results: list[Result], about: dict[str, str]) -> str:
    day = datetime.date.fromisoformat(about["date"])
    pages = nb_number(len({result.page for result in results}))
    widths = nb_list([f"{nb_number(width)} punkter" for width in WIDTHS])
    pressed = nb_number(sum(result.tried for result in results if result.check == "keyboard"))
    return (
        "## Slik ble den prøvd {#sec-tilgjengelighet-prove}\n\n"
        f"Alle de {pages} sidene ble åpnet i nettleseren Chromium (versjon {about['chromium']}) den {day_nb(day)}, "
        f"i utgaven for {about['survey_year']}, med lyst og mørkt utseende og i to "
        f"bredder: {widths}, som er en telefon og en skjerm. "
        f"Programmet axe-core (versjon {about['axe']}) prøvde reglene for WCAG 2.1 på nivå A og AA. "
        f"Deretter ble sidene gått gjennom med bare tastatur, {pressed} tastetrykk i alt: Alt som kan brukes, skal "
        "kunne nås, og det skal synes hvor man er."
    )


def _table(results: list[Result]) -> str:
    names = {"axe": "Regler i axe", "sideways": "Sidelengs rulling", "keyboard": "Tastatur"}
    looks = dict(zip(LOOKS, ("lyst", "mørkt"), strict=True))
    lines = ["| Prøve | Utseende | Bredde | Sider | Brudd |", "|:--|:--|--:|--:|--:|"]
    for check, name in names.items():
        for look, look_nb in looks.items():
            for width in WIDTHS:
                found = [r for r in results if (r.check, r.look, r.width) == (check, look, width)]
                if found:
                    count = nb_number(sum(result.violations for result in found))
                    lines.append(f"| {name} | {look_nb} | {nb_number(width)} | {nb_number(len(found))} | {count} |")
    return "\n".join(lines)


def _faults(broken: list[Result]) -> list[str]:
    found = {(result.page, rule) for result in broken for rule in result.rules.split()}
    if not found:
        return []
    lines = [f"- {page}: {RULES_NB.get(rule, f'regelen *{rule}* i axe')}" for page, rule in sorted(found)]
    return ["## Det som ikke holder {#sec-tilgjengelighet-brudd}", "\n".join(lines)]


def write_results(results: Iterable[Result], about: dict[str, str], folder: Path = FOLDER) -> None:
    """Write `results.csv` (one row a check) and `about.csv` (what was checked with what, and of which date)."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "results.csv", "w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, [field.name for field in fields(Result)], lineterminator="\n")
        table.writeheader()
        table.writerows(asdict(result) for result in results)
    with open(folder / "about.csv", "w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(("what", "value"))
        lines.writerows(sorted(about.items()))


def read_results(folder: Path = FOLDER) -> tuple[list[Result], dict[str, str]]:
    """Read what `write_results` wrote."""
    try:
        with open(folder / "results.csv", encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        with open(folder / "about.csv", encoding="utf-8", newline="") as file:
            about = {row["what"]: row["value"] for row in csv.DictReader(file)}
    except FileNotFoundError:
        raise ReportError("the book was never checked", "data/access", remedy="run make access") from None
    return [
        Result(
            page=row["page"],
            check=row["check"],
            look=row["look"],
            width=int(row["width"]),
            tried=int(row["tried"]),
            violations=int(row["violations"]),
            rules=row["rules"],
        )
        for row in rows
    ], about
