"""The book's web pages: each staged chapter through Pandoc into theme/page.html."""

from __future__ import annotations

import hashlib
import json
import posixpath
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from html import escape
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml

from engine.errors import ReportError
from press.book import StagedBook, StagedChapter, read_staged
from press.chrome import english_chapters, words
from press.page_cache import kept
from press.renderers import MARKDOWN, convert
from press.stage import OUTLINES

ABOUT_DATA = "chapters/syntetisk-tvilling"
PICTURE = re.compile(r"figures/([\w-]+\.svg)")
COPIED = (
    ("figures", "*.svg"),
    ("exhibits", "*.csv"),
    ("exhibits", "*.xlsx"),
    ("notebooks", "*.ipynb"),
    (".", "suppressed.csv"),
    ("theme", "*.css"),
    ("theme", "*.js"),
    ("theme/fonts", "*.woff2"),
    ("theme/fonts", "LICENSE*"),
)


def render_pages(staged: Path, out: Path, jobs: int = 2, keep: Path | None = None) -> list[Path]:
    """Render a staged book as a site that needs no server, no script and no other site."""
    book = read_staged(staged)
    with ThreadPoolExecutor(max_workers=max(1, jobs)) as pool:
        pages = list(pool.map(lambda chapter: render_page(book, chapter, keep), book.chapters))
    written = []
    for chapter, page in zip(book.chapters, pages, strict=True):
        path = out / chapter.page
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page, encoding="utf-8")
        written.append(path)
    for folder, pattern in COPIED:
        for source in sorted((staged / folder).glob(pattern)):
            target = out / folder / source.name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    return written


def render_page(book: StagedBook, chapter: StagedChapter, keep: Path | None = None) -> str:
    """Render one page."""
    filters = book.root / "theme" / "filters"
    options: dict[str, Any] = {
        "from": MARKDOWN,
        "to": "html5",
        "standalone": True,
        "template": str(book.root / "theme" / "page.html"),
        "filters": [
            {"type": "lua", "path": str(filters / "exhibits.lua")},
            {"type": "citeproc"},
            {"type": "lua", "path": str(filters / "standalone.lua")},
        ],
        "metadata": {"book-root": str(book.root), "book-page": chapter.source},
        "variables": _variables(book, chapter),
        "table-of-contents": not chapter.is_front,
        "toc-depth": 3,
        "wrap": "preserve",
        "email-obfuscation": "none",
    }
    if book.references_page:
        references = "" if chapter.page == book.references_page else _relative(chapter, book.references_page)
        options["metadata"]["book-references"] = references
    text = _front_matter(book, chapter) + chapter.body
    # Of other chapters a page shows only where references lead: without outlines that would be all of them.
    folder = keep if (book.root / OUTLINES).is_dir() else None
    key = _decisive(book, chapter, text, options) if folder else b""
    return kept(folder, key, lambda: convert(text, options, chapter.source))


def _decisive(book: StagedBook, chapter: StagedChapter, text: str, options: dict[str, Any]) -> bytes:
    """All that decides a page: its text and options, Pandoc, and the files that Pandoc and the filters read."""
    read = [path for folder in (OUTLINES, "_absent") for path in sorted((book.root / folder).rglob("*"))]
    read += [path for path in sorted((book.root / "theme").rglob("*")) if path.suffix in (".html", ".lua", ".csl")]
    read += [book.root / name for name in book.bibliography]
    # The size of a picture stands in the page.
    read += [book.root / "figures" / name for name in sorted(set(PICTURE.findall(text)))]
    words = [version("pypandoc_binary"), chapter.source, json.dumps(options, sort_keys=True), text]
    words += [path.relative_to(book.root).as_posix() + file_digest(path) for path in read if path.is_file()]
    return "\0".join(words).replace(str(book.root), "").encode()


@cache
def _digest_of(path: Path, _when: int, _size: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def file_digest(path: Path) -> str:
    """SHA-256 of a file, read once while it stays the same."""
    stat = path.stat()
    return _digest_of(path, stat.st_mtime_ns, stat.st_size)


def _front_matter(book: StagedBook, chapter: StagedChapter) -> str:
    """What Pandoc must read as markdown: title and citations."""
    settings: dict[str, Any] = {"title": book.title if chapter.is_front else chapter.title, "lang": book.language}
    if chapter.is_front:
        settings |= {"subtitle": book.subtitle, "author": list(book.authors)}
    settings |= citation_settings(book)
    return "---\n" + yaml.safe_dump(settings, allow_unicode=True, sort_keys=True) + "---\n\n"


def citation_settings(book: StagedBook) -> dict[str, Any]:
    """Pandoc's metadata for citations."""
    files = [str(book.root / name) for name in book.bibliography]
    settings: dict[str, Any] = {"link-citations": True, "bibliography": files}
    if book.csl:
        settings["csl"] = str(book.root / book.csl)
    if book.references_page:
        settings["nocite"] = "@*"
    return settings


def _relative(chapter: StagedChapter, page: str) -> str:
    return posixpath.relpath(page, posixpath.dirname(chapter.page) or ".")


def _variables(book: StagedBook, chapter: StagedChapter) -> dict[str, Any]:
    variables: dict[str, Any] = {
        "base": "../" * chapter.page.count("/"),
        "book-title": escape(book.title),
        "pagetitle": escape(book.title if chapter.is_front else f"{plain(chapter.title)} – {book.title}"),
        "survey-year": escape(book.survey_year),
        "synthetic": escape(book.synthetic_title(chapter)),
        "footer": escape(book.footer),
        "chapter-list": "\n".join(_chapter_list(book, chapter)),
        "date-text": escape(book.date_text),
        "word": {name: escape(word) for name, word in words(chapter.language).items()},
    }
    variables |= _leading_elsewhere(book, chapter)
    if chapter.identifier:
        variables["title-id"] = escape(chapter.identifier)
    if chapter.language:
        variables["title-lang"] = escape(chapter.language)
    if chapter.is_front:
        variables["front-page"] = True
        variables["description-text"] = escape(book.subtitle)
    if book.address:
        variables["address"] = escape(book.address + chapter.page)
    if (book.root / chapter.notebook).is_file():
        variables["notebook"] = escape(chapter.notebook)
    if chapter not in book.chapters:
        # Shown wherever an address is wrong, so only full addresses lead anywhere.
        return variables | {"base": escape(book.address or "/")}
    place = book.chapters.index(chapter)
    if len(book.chapters) > 1:
        variables["turning"] = True
    for name, other in (("previous", place - 1), ("next", place + 1)):
        if 0 <= other < len(book.chapters):
            to = book.chapters[other]
            title, language = _title_in_list(book, to, chapter)
            href = escape(_relative(chapter, to.page))
            variables[name] = {"href": href, "title": escape(title), "lang": escape(language)}
    return variables


def _leading_elsewhere(book: StagedBook, chapter: StagedChapter) -> dict[str, str]:
    """Addresses of the page about the data, and of the page in the other language."""
    found = {}
    for other in book.chapters:
        if other.source.rsplit(".", 1)[0] == ABOUT_DATA:
            found["about-data"] = escape(_relative(chapter, other.page))
        if other.language and not chapter.language:
            found.setdefault("other-language", escape(_relative(chapter, other.page)))
            found.setdefault("other-lang", escape(other.language))
    if chapter.language and chapter in book.chapters:
        found |= {"other-language": escape(_relative(chapter, "index.html")), "other-lang": escape(book.language)}
    return found


def _title_in_list(book: StagedBook, chapter: StagedChapter, current: StagedChapter) -> tuple[str, str]:
    """Title of a chapter in the lists of a page, and its language where that is not the page's."""
    title = shown_title(book, chapter)
    if not current.language.startswith("en"):
        return title, chapter.language
    english = english_chapters().get(Path(chapter.source).stem, "")
    return (english, "") if english else (title, "" if chapter.language == current.language else book.language)


def plain(title: str) -> str:
    """Take the emphasis marks off a title."""
    return title.replace("*", "").replace("`", "")


def shown_title(book: StagedBook, chapter: StagedChapter) -> str:
    """Title of a chapter in lists of chapters."""
    return "Om boken" if chapter.is_front and chapter.title in (book.title, "index") else plain(chapter.title)


def _chapter_list(book: StagedBook, current: StagedChapter) -> Iterator[str]:
    yield '<ul class="chapter-list">'
    part = ""
    for chapter in book.chapters:
        if chapter.part != part:
            part = chapter.part
            shown = english_chapters().get(part, part) if current.language.startswith("en") else part
            if part:
                yield f'<li class="part">{escape(shown)}</li>'
        here = ' aria-current="page"' if chapter is current else ""
        href = escape(_relative(current, chapter.page))
        title, language = _title_in_list(book, chapter, current)
        spoken = f' lang="{escape(language)}"' if language else ""
        yield f'<li><a href="{href}"{spoken}{here}>{escape(title)}</a></li>'
    yield "</ul>"


NOT_FOUND = "Adressen finnes ikke i denne boken. Gå til [forsiden]({front}), eller søk øverst på siden."


def finish_site(book: StagedBook, out: Path) -> None:
    """Add what belongs to the site as a whole."""
    text = NOT_FOUND.format(front=(book.address or "/") + "index.html")
    page = StagedChapter("404.md", "Siden finnes ikke", "", "", text)
    (out / "404.html").write_text(render_page(book, page), encoding="utf-8")
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
    # Its languages come in any order.
    entry = out / "pagefind" / "pagefind-entry.json"
    entry.write_text(json.dumps(json.loads(entry.read_text(encoding="utf-8")), sort_keys=True), encoding="utf-8")
