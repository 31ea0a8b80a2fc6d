"""Accessibility of the book: the results that were committed, the statement made of them, and the check itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from access import check_site, page_names
from browser import opened, program

from engine.errors import ReportError
from press.made.access import (
    NEVER,
    Result,
    current_pages,
    missing_pages,
    read_results,
    statement_nb,
    write_results,
)
from press.project import Project

ABOUT = {"axe": "4.10", "chromium": "140.0", "date": "2025-03-01", "survey_year": "2024"}
GOOD = """<!DOCTYPE html><html lang="nb"><head><title>Bok</title>
<style>:focus-visible { outline: 3px solid #000 }</style>
</head><body><a class="skip-link" href="#m">Hopp</a><nav><ul class="chapter-list"><li><a href="x.html">Ett</a></li></ul>
</nav><main id="m"><h1>Bok</h1><form data-search><label for="s">Søk</label><input id="s"></form><section id="treff">
</section></main><script>
const field = document.getElementById("s");
field.addEventListener("input", () => {
  document.getElementById("treff").innerHTML = '<ol><li><a href="x.html">Treff</a></li></ol>';
});
document.addEventListener("keydown", (event) => {
  if (event.key === "/") { event.preventDefault(); field.focus(); }
});
</script></body></html>"""


def test_the_committed_results_name_the_pages_of_the_book():
    results, about = read_results()
    assert missing_pages(results, Project()) == [], "run report build and make access, and commit data/access"
    assert set(ABOUT) <= set(about)
    assert {(r.check, r.look, r.width) for r in results if r.page == "index.html"} == {
        (check, look, width)
        for check in ("axe", "sideways", "keyboard")
        for look in ("light", "dark")
        for width in (360, 1300)
        if check != "keyboard" or look == "light"
    }


def test_the_committed_results_have_no_violation():
    broken = [result for result in read_results()[0] if result.violations]
    assert [(result.page, result.check, result.rules) for result in broken] == []


def results(rules: str = "") -> list[Result]:
    pages = current_pages(Project())
    return [Result(page, "axe", "light", 360, 40, int(bool(rules)), rules) for page in pages]


def test_what_is_written_is_read_back(tmp_path: Path):
    write_results(results("reflow"), ABOUT, tmp_path)
    assert read_results(tmp_path) == (results("reflow"), ABOUT)


def test_a_statement_without_violations(tmp_path: Path):
    write_results(results(), ABOUT, tmp_path)
    text = statement_nb(Project(), tmp_path)
    assert "ingen brudd" in text and "1. mars 2025" in text and "versjon 140.0" in text
    assert "kommet til" not in text and "Det som ikke holder" not in text
    assert f"| Regler i axe | lyst | 360 | {len(results())} | 0 |" in text


def test_a_statement_tells_violations_and_pages_not_tried(tmp_path: Path):
    write_results(results("unseen color-contrast")[:1], ABOUT, tmp_path)
    text = statement_nb(Project(), tmp_path)
    assert "fant brudd" in text and "kommet til etter kontrollen" in text
    assert "- index.html: det synes ikke hva tastaturet har valgt" in text
    assert "- index.html: regelen *color-contrast* i axe" in text


def test_a_book_never_checked(tmp_path: Path):
    assert statement_nb(Project(), tmp_path) == NEVER
    with pytest.raises(ReportError, match="make access"):
        read_results(tmp_path)


def test_no_pages_and_no_browser_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(ReportError, match="no pages"):
        check_site(tmp_path, print)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ReportError, match="no browser"), opened():
        pass


@pytest.fixture
def site(tmp_path: Path) -> Path:
    if program() is None:
        pytest.skip("no chromium on this machine: install the package chromium to try the pages in a browser")
    (tmp_path / "pagefind").mkdir()
    (tmp_path / "pagefind" / "not.html").write_text("", encoding="utf-8")
    (tmp_path / "index.html").write_text(GOOD, encoding="utf-8")
    return tmp_path


def test_a_good_page_has_no_violation(site: Path):
    assert page_names(site) == ["index.html"]
    found, versions = check_site(site, lambda line: None)
    assert [(result.check, result.rules) for result in found if result.violations] == []
    assert len(found) == 10 and all(versions.values())


def test_each_fault_is_found(site: Path):
    bad = GOOD.replace("outline: 3px solid #000", "outline: 0").replace('lang="nb"', "")
    bad = bad.replace("</main>", '<p style="width: 2000px">Bred</p></main>').replace("<ol><li>", "<p>")
    (site / "index.html").write_text(bad, encoding="utf-8")
    found = {rule for result in check_site(site, lambda line: None)[0] for rule in result.rules.split()}
    assert {"html-has-lang", "reflow", "unseen", "search"} <= found
