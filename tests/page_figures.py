"""Measure how heavy and how quick the pages of a built book are: `python tests/page_figures.py _book/2024`.

Prints a table: requests and kilobytes that a first visit takes, milliseconds to the first and the largest paint, and
how much the layout shifts (Google's Web Vitals, read from the browser's own performance entries), from a local server.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from browser import opened, served

PAGES = (
    "index.html",
    "chapters/04-ressurser-og-tid.html",
    "chapters/artikkel-aktivitet-og-samhandling.html",
    "chapters/kodebok.html",
    "chapters/etterproving.html",
)
SIZES = {"phone": (360, 780), "desktop": (1300, 900)}
WATCH = """() => {
  window.vitals = { paint: 0, shift: 0 };
  new PerformanceObserver((list) => list.getEntries().forEach((entry) => { window.vitals.paint = entry.startTime; }))
    .observe({ type: "largest-contentful-paint", buffered: true });
  new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
    if (!entry.hadRecentInput) window.vitals.shift += entry.value;
  })).observe({ type: "layout-shift", buffered: true });
}"""
READ = """() => ({ ...window.vitals,
  first: (performance.getEntriesByName("first-contentful-paint")[0] || { startTime: 0 }).startTime })"""
SETTLE_MS = 1000


def figures(page: Any, address: str) -> dict[str, float]:
    """Open a page as on a first visit, scroll to its end and read what the browser noted."""
    sizes: list[int] = []
    page.on("requestfinished", lambda request: sizes.append(_bytes(request)))
    page.add_init_script(f"({WATCH})()")
    page.goto(address, wait_until="load")
    page.wait_for_timeout(SETTLE_MS)
    first_view = sum(sizes), len(sizes)
    found = page.evaluate(READ)
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    page.wait_for_timeout(SETTLE_MS)
    shift = page.evaluate(READ)["shift"]
    return {"kB": first_view[0] / 1000, "requests": first_view[1], "whole": sum(sizes) / 1000} | {
        "first": found["first"], "largest": found["paint"], "shift": shift}  # fmt: skip


def _bytes(request: Any) -> int:
    sizes = request.sizes()
    return int(sizes["responseBodySize"] + sizes["responseHeadersSize"])


def main(site: Path) -> None:
    """Print the table of a book."""
    print("| page | window | requests | kB | kB, whole page | first paint, ms | largest paint, ms | layout shift |")
    print("|:--|:--|--:|--:|--:|--:|--:|--:|")
    with served(site) as address, opened() as browser:
        for name in PAGES:
            for size, (width, height) in SIZES.items():
                context = browser.new_context(viewport={"width": width, "height": height})
                f = figures(context.new_page(), f"{address}/{name}")
                context.close()
                print(
                    f"| {name} | {size} | {f['requests']:.0f} | {f['kB']:.0f} | {f['whole']:.0f} | {f['first']:.0f} | "
                    f"{f['largest']:.0f} | {f['shift']:.3f} |"
                )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
