"""Accessibility of a built book, measured: axe on every page, and a walk through it by keyboard.

    make access                          the newest edition; exit status 1 on a violation
    python tools/access.py --year 2023

Every page, light and dark, as wide as a phone and a screen: axe with the rules of WCAG 2.1 AA, sideways scrolling, and
a walk by keyboard. Needs Chromium. Writes data/access/, from which the accessibility statement is made.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from browser import opened, served

from engine.errors import ReportError
from press.edition import open_edition
from press.made.access import LOOKS, WIDTHS, Result, write_results
from press.project import Project

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


def check_site(site: Path, say: Callable[[str], None]) -> tuple[list[Result], dict[str, str]]:
    """Check every page of a built book."""
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
    """Go through a page by keyboard alone: open the menu, step through all there is, read where the focus was."""
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


def main() -> int:
    """Check an edition's pages and write the results; the exit status is 1 when one breaks a rule."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--year", type=int, help="survey year; default: the newest")
    project = Project()
    edition = open_edition(project, parser.parse_args().year, None)
    try:
        results, versions = check_site(project.root / "_book" / str(edition.year), print)
    except ReportError as error:
        print(error, file=sys.stderr)
        return 1
    write_results(results, versions | {"date": project.date, "survey_year": str(edition.year)})
    broken = [result for result in results if result.violations]
    for result in broken:
        print(f"{result.page} ({result.check}, {result.look}, {result.width}): {result.rules}", file=sys.stderr)
    print(f"{len(results)} checks of {len({result.page for result in results})} pages, {len(broken)} with violations")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
