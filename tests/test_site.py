"""What a site has beside its pages, and what its script does in a real browser."""

from __future__ import annotations

import functools
import http.server
import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.errors import ReportError
from press.book import read_staged
from press.pages import finish_site, index_words, render_pages, sitemap
from tests.sample_book import make_sample

CHROMIUM = shutil.which("chromium")
WIDTHS = (360, 1300)


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a sample book."""
    return make_sample(tmp_path_factory.mktemp("staged") / "book")


@pytest.fixture(scope="module")
def site(staged: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return its site."""
    out = tmp_path_factory.mktemp("site")
    render_pages(staged, out)
    finish_site(read_staged(staged), out)
    return out


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A plain file server that keeps its log to itself."""

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def served(site: Path) -> Iterator[str]:
    """Serve the site."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A headless Chromium."""
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine: install the package chromium to try the pages in a browser")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


def test_a_wrong_address_leads_back(site):
    text = (site / "404.html").read_text(encoding="utf-8")
    assert "Adressen finnes ikke" in text and 'href="/theme/book.css"' in text and 'href="/index.html"' in text


def test_no_address_no_map(site):
    assert not (site / "sitemap.xml").exists()


def test_the_map_has_every_page_of_a_published_book(staged):
    book = replace(read_staged(staged), address="https://statistikk.example/bok/")
    text = sitemap(book)
    assert all(f"<loc>https://statistikk.example/bok/{chapter.page}</loc>" in text for chapter in book.chapters)


def test_the_same_pages_give_the_same_index(site, tmp_path):
    again = tmp_path / "again"
    shutil.copytree(site, again, ignore=shutil.ignore_patterns("pagefind"))
    index_words(again)
    first, second = (sorted(p.relative_to(at) for p in (at / "pagefind").rglob("*")) for at in (site, again))
    assert first == second
    assert all((site / name).read_bytes() == (again / name).read_bytes() for name in first if (site / name).is_file())


def test_an_index_that_fails_is_told(tmp_path):
    with pytest.raises(ReportError, match="search index"):
        index_words(tmp_path / "nowhere")


def test_search_finds_a_word_and_leads_to_its_page(browser, served):
    page = browser.new_page()
    page.goto(f"{served}/index.html")
    page.keyboard.press("/")
    page.keyboard.type("portefølje")
    page.wait_for_selector("#treff li a")
    assert "har treff" in page.inner_text("#treff [role=status]")
    assert page.locator("#treff mark").count() > 0
    page.keyboard.press("Escape")
    assert page.locator("#treff").is_hidden()
    page.close()


def test_from_disk_the_page_is_whole_and_search_says_why_not(browser, site):
    page = browser.new_page()
    page.goto((site / "index.html").as_uri())
    page.fill("#sok", "portefølje")
    page.wait_for_selector("#treff:not([hidden])")
    assert "åpnet fra disken" in page.inner_text("#treff")
    page.close()


def test_nothing_is_fetched_from_elsewhere(browser, served):
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{served}/chapters/04-ressurser.html")
    page.fill("#sok", "tid")
    page.wait_for_selector("#treff li a")
    assert asked and all(url.startswith(served) for url in asked)
    page.close()


def test_the_reader_s_choice_of_dark_is_kept(browser, served):
    context = browser.new_context(color_scheme="light")
    page = context.new_page()
    page.goto(f"{served}/index.html")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("[data-look-switch]")
    page.goto(f"{served}/chapters/04-ressurser.html")
    assert page.get_attribute("[data-look-switch]", "aria-pressed") == "true"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    context.close()


def test_a_picture_opens_larger_and_closes_by_key(browser, served):
    page = browser.new_page()
    page.goto(f"{served}/chapters/04-ressurser.html")
    page.click(".zoom")
    assert page.locator("dialog.zoomed img").get_attribute("alt")
    page.keyboard.press("Escape")
    assert page.locator("dialog.zoomed").is_hidden()
    page.close()


def test_a_note_shows_where_it_is_referred_to(browser, served):
    page = browser.new_page()
    page.goto(f"{served}/chapters/05-tid.html")
    page.focus(".footnote-ref")
    assert "En annen fotnote" in page.inner_text(".note")
    page.keyboard.press("Escape")
    assert page.locator(".note").is_hidden()
    page.focus("a[data-note]")
    assert len(page.inner_text(".note")) > 20
    page.close()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["index.html", "chapters/04-ressurser.html", "chapters/05-tid.html", "404.html"])
def test_no_violation_of_wcag_and_no_sideways_scroll(browser, served, name, scheme, width):
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
    page = context.new_page()
    page.goto(f"{served}/{name}")
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}
    found = Axe().run(page, options=rules).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


def test_without_script_nothing_is_missing_but_search(browser, served):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{served}/chapters/04-ressurser.html")
    assert page.locator("[data-search]").is_hidden() and page.locator("[data-look-switch]").is_hidden()
    assert page.locator(".exhibit-picture img").first.is_visible()
    assert page.locator("details.exhibit-numbers").count() > 0
    context.close()
