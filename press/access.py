"""Accessibility of a built book, measured: axe on every page, and a walk through it by keyboard."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from engine.errors import ReportError

from .browser import opened, served
from .project import ROOT

FOLDER = ROOT / "data" / "access"
WIDTHS = (360, 1300)
LOOKS = ("light", "dark")
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice")
FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex='0']"
SEARCHED = "veileder"
# What the Tab key has reached is kept by the page itself: one question at the end instead of one a step. A focus that
# is seen has an outline.
RECORDER = """() => {
  window.walked = [];
  document.addEventListener("focusin", (event) => {
    const style = getComputedStyle(event.target);
    const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
    window.walked.push({ element: event.target, seen });
  });
}"""
REACHABLE = """(selector) => [...document.querySelectorAll(selector)].filter((element) =>
  element.checkVisibility({ visibilityProperty: true }) && element.tabIndex >= 0 && !element.disabled).length"""
MISSED = """(selector) => {
  const reached = new Set(window.walked.map((step) => step.element));
  return [...document.querySelectorAll(selector)].filter((element) =>
    element.checkVisibility({ visibilityProperty: true }) && element.tabIndex >= 0 && !reached.has(element)).length;
}"""
UNREACHED_TABLES = """() => [...document.querySelectorAll(".table-scroll")].filter((element) =>
  element.checkVisibility() && element.scrollWidth > element.clientWidth && element.tabIndex < 0).length"""


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


def check_site(site: Path, say: Callable[[str], None]) -> tuple[list[Result], dict[str, str]]:
    """Check every page of a built book.

    Parameters
    ----------
    site : Path
        Folder of the book's pages.
    say : callable
        Takes lines of progress.

    Returns
    -------
    tuple of list of Result and dict
        The results in the order of the pages' names, and the versions of `axe` and `chromium`.

    Raises
    ------
    ReportError
        When the folder holds no pages, or there is no browser.
    """
    pages = page_names(site)
    if not pages:
        raise ReportError("no pages there", where=str(site.name), remedy="run report build first")
    results: list[Result] = []
    with served(site) as address, opened() as browser:
        versions = {"chromium": browser.version}
        for name in pages:
            for width in WIDTHS:
                for look in LOOKS:
                    context = browser.new_context(color_scheme=look, viewport={"width": width, "height": 900})
                    page = context.new_page()
                    page.goto(f"{address}/{name}")
                    results.append(_axe(page, name, look, width, versions))
                    wide = page.evaluate("document.documentElement.scrollWidth") > width
                    results.append(Result(name, "sideways", look, width, 1, int(wide), "reflow" if wide else ""))
                    if look == LOOKS[0]:
                        results.append(walk(page, name, look, width))
                    context.close()
            say(f"checked {name}")
    return results, versions


def page_names(site: Path) -> list[str]:
    """Addresses of a book's pages, in order."""
    return sorted(str(path.relative_to(site)) for path in site.rglob("*.html") if "pagefind" not in path.parts)


def _axe(page: Any, name: str, look: str, width: int, versions: dict[str, str]) -> Result:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"runOnly": list(RULES), "resultTypes": ["violations"]}).response
    versions["axe"] = found["testEngine"]["version"]
    broken = found["violations"]
    tried = len(found["passes"]) + len(broken) + len(found["incomplete"])
    count = sum(len(rule["nodes"]) for rule in broken)
    return Result(name, "axe", look, width, tried, count, " ".join(sorted(rule["id"] for rule in broken)))


def walk(page: Any, name: str, look: str, width: int) -> Result:
    """Go through a page by keyboard alone: open the menu, step through all there is, read where the focus was.

    Parameters
    ----------
    page : playwright.sync_api.Page
        An opened page.
    name, look, width
        As in `Result`.

    Returns
    -------
    Result
        `search`: no hit that the keyboard comes to; `unreached`: what can be operated and has no place in the order of
        the keys; `unseen`: reached without a visible focus; `menu`: chapters that the keyboard cannot come to;
        `table`: a table that scrolls and cannot be scrolled.
    """
    page.evaluate(RECORDER)
    menu = page.locator(".chapters-narrow > summary")
    if menu.is_visible():
        menu.focus()
        page.keyboard.press("Enter")
    menu_closed = int(page.locator(".chapter-list a:visible").count() == 0)
    presses = page.evaluate(REACHABLE, FOCUSABLE) + 3
    page.locator(".skip-link").focus()
    for _ in range(presses):
        page.keyboard.press("Tab")
    counts = {
        "menu": menu_closed,
        "table": page.evaluate(UNREACHED_TABLES),
        "unreached": page.evaluate(MISSED, FOCUSABLE),
        "unseen": page.evaluate("window.walked.filter((step) => !step.seen).length"),
        "search": int(not _search_works(page)),
    }
    broken = [rule for rule, count in counts.items() if count]
    return Result(name, "keyboard", look, width, presses, sum(counts.values()), " ".join(broken))


def _search_works(page: Any) -> bool:
    """Whether the slash key leads to the field and the Tab key from there to a hit."""
    page.keyboard.press("/")
    page.keyboard.type(SEARCHED)
    try:
        page.wait_for_selector("#treff li a", timeout=10_000)
    except Exception:  # Playwright's own error: nothing was found in time
        return False
    for _ in range(3):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('#treff li') !== null"):
            return True
    return False


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
    """Read what `write_results` wrote.

    Raises
    ------
    ReportError
        When the book was never checked.
    """
    try:
        with open(folder / "results.csv", encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        with open(folder / "about.csv", encoding="utf-8", newline="") as file:
            about = {row["what"]: row["value"] for row in csv.DictReader(file)}
    except FileNotFoundError:
        raise ReportError("the book was never checked", "data/access", remedy="run report access") from None
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
