"""What a site has beside its pages: search index, page for wrong addresses, map for search engines."""

from __future__ import annotations

import subprocess
import sys
from html import escape
from pathlib import Path

from engine.errors import ReportError
from press.book import StagedBook, StagedChapter

from .pages import render_page

LOST = "Adressen finnes ikke i denne boken. Gå til [forsiden]({front}), eller søk øverst på siden."


def finish_site(book: StagedBook, out: Path) -> None:
    """Add what belongs to the site as a whole."""
    lost = StagedChapter("404.md", "Siden finnes ikke", "", "", LOST.format(front=(book.address or "/") + "index.html"))
    (out / "404.html").write_text(render_page(book, lost), encoding="utf-8")
    if book.address:
        (out / "sitemap.xml").write_text(sitemap(book), encoding="utf-8")
    index_words(out)


def sitemap(book: StagedBook) -> str:
    """List the pages' addresses for search engines."""
    date = f"<lastmod>{book.build_date.isoformat()}</lastmod>" if book.build_date else ""
    pages = "".join(f"<url><loc>{escape(book.address + c.page)}</loc>{date}</url>\n" for c in book.chapters)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{pages}</urlset>\n'
    )


def index_words(out: Path) -> None:
    """Make the search index with pagefind: files beside the pages that a browser fetches, without a server of ours."""
    command = [sys.executable, "-m", "pagefind", "--site", str(out), "--output-subdir", "pagefind"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise ReportError(f"the search index can't be made: {last}", where="pagefind", remedy="run make setup again")
    # Ready-made search pages that ours does not use.
    for unused in (out / "pagefind").glob("pagefind-*ui.*"):
        unused.unlink()
