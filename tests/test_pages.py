"""The web pages of the sample book."""

from __future__ import annotations

import html.parser
import json
import re
import shutil
import subprocess
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from engine.errors import ReportError
from press.book import Register, notebook_markdown, read_staged
from press.chrome import english_chapters
from press.pages import render_page, render_pages
from press.project import ROOT
from tests.sample_book import ALT, code, make_sample, prose, raw, shown, write_notebook

VOID = {"meta", "link", "img", "source", "br", "hr", "col", "input"}
CHROMIUM = shutil.which("chromium")


class Page(html.parser.HTMLParser):
    """What a page links to and names, and whether its tags match."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.ids: Counter[str] = Counter()
        self.addresses: list[str] = []
        self.tags: list[str] = []
        self.all_tags: Counter[str] = Counter()
        self.feed(path.read_text(encoding="utf-8"))
        assert self.tags == [], path

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note ids and addresses."""
        values = dict(attrs)
        self.all_tags[tag] += 1
        if tag not in VOID:
            self.tags.append(tag)
        if values.get("id"):
            self.ids[str(values["id"])] += 1
        self.addresses += [str(values[name]) for name in ("href", "src", "srcset") if values.get(name)]

    def handle_endtag(self, tag: str) -> None:
        """Match the tag."""
        if tag not in VOID:
            assert self.tags.pop() == tag


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a sample book."""
    return make_sample(tmp_path_factory.mktemp("staged") / "book")


@pytest.fixture(scope="module")
def site(staged: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return its site."""
    out = tmp_path_factory.mktemp("site")
    render_pages(staged, out)
    return out


def text(site: Path, name: str) -> str:
    """Read a page."""
    return (site / name).read_text(encoding="utf-8")


def test_pages_lie_where_quarto_puts_them(staged: Path, tmp_path: Path) -> None:
    written = render_pages(staged, tmp_path, jobs=1)
    names = [str(path.relative_to(tmp_path)) for path in written]
    assert names == ["index.html", "chapters/04-ressurser.html", "chapters/05-tid.html", "chapters/referanser.html"]


def test_same_book_same_bytes(staged: Path, site: Path, tmp_path: Path) -> None:
    render_pages(staged, tmp_path, jobs=3)
    files = [path.relative_to(site) for path in sorted(site.rglob("*")) if path.is_file()]
    assert files == [path.relative_to(tmp_path) for path in sorted(tmp_path.rglob("*")) if path.is_file()]
    assert all((site / name).read_bytes() == (tmp_path / name).read_bytes() for name in files)


def test_every_address_leads_somewhere_inside_the_site(site: Path) -> None:
    pages = {path: Page(path) for path in site.rglob("*.html")}
    for path, page in pages.items():
        assert max(page.ids.values()) == 1, (path, page.ids.most_common(2))
        assert page.all_tags["script"] == 1 and page.all_tags["h1"] == 1
        for address in page.addresses:
            if address.startswith("https://"):
                continue
            place, _, anchor = address.partition("#")
            target = (path.parent / place).resolve() if place else path
            assert target.is_file(), (path, address)
            assert not anchor or target not in pages or anchor in pages[target].ids, (path, address)
    for address in re.findall(r'url\("([^"]+)"\)', text(site, "theme/book.css")):
        assert (site / "theme" / address).is_file()


def test_every_page_says_what_it_rests_on(site: Path) -> None:
    for path in site.rglob("*.html"):
        page = path.read_text(encoding="utf-8")
        assert "<strong>Syntetiske data.</strong> Tallene er fra oppdiktede personer som er laget for" in page
        assert "Tallene er laget for å prøve metoden" in page
        assert "Undersøkelsesår 2024 · Syntetiske data · Versjon 0.1.0 · 1. mars 2025" in page
        assert '<html lang="nb"' in page and 'href="#innhold">Hopp til innholdet' in page


def test_a_page_of_the_register_names_the_register(staged: Path) -> None:
    book = replace(read_staged(staged), register=Register("synthetic", "Oppdiktet register", ("chapters/05-tid",)))
    pages = {chapter.page: render_page(book, chapter) for chapter in book.chapters}
    notice = re.compile(r'class="data-notice".*?</aside>', re.S)
    assert "Oppdiktet register" in notice.findall(pages["chapters/05-tid.html"])[0]
    assert "Oppdiktet register" not in notice.findall(pages["index.html"])[0]
    assert book.synthetic_title() == f"{book.data_title}. Oppdiktet register"
    real = replace(book, register=replace(book.register, kind="real"))
    assert not notice.findall(render_page(real, book.chapters[2])) and real.synthetic_title() == book.data_title


def test_real_data_has_no_synthetic_notice(staged: Path, tmp_path: Path) -> None:
    book = tmp_path / "real"
    shutil.copytree(staged, book)
    settings = yaml.safe_load((book / "_quarto.yml").read_text(encoding="utf-8"))
    settings["report"]["data_kind"] = "real"
    (book / "_quarto.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    render_pages(book, tmp_path / "site")
    page = text(tmp_path / "site", "index.html")
    assert "Syntetiske" not in page and "Virkelige data" in page


def test_exhibit_has_alternative_text_narrow_picture_and_numbers(site: Path) -> None:
    page = text(site, "chapters/04-ressurser.html")
    figure = re.search(r'<figure id="figur-16" class="exhibit">.*?</figure>', page, re.S)
    assert figure
    alt = re.search(r'alt="([^"]*)"', figure.group())
    assert alt and html.unescape(alt.group(1)) == ALT
    source = 'srcset="../figures/figur-16-smal.svg" width="427" height="173">'
    assert f'<source media="(max-width: 600px)" {source}' in figure.group()
    assert '<details class="exhibit-numbers"><summary>Vis tallene</summary>' in figure.group()
    assert figure.group().count("<figcaption") == 1
    assert "skjult" not in page and "from helpers" not in page


def test_code_is_folded_or_left_out(site: Path) -> None:
    page = text(site, "chapters/04-ressurser.html")
    assert page.count('<details class="code">') == 1
    assert "&quot;fig-16&quot;" in page and "tbl-1&quot;" not in page


def test_citations_lead_to_the_one_reference_list(site: Path) -> None:
    page = text(site, "chapters/05-tid.html")
    link = re.search(r'<a\b[^>]*href="referanser.html#ref-avd2024b"[^>]*>AVD 2024b</a>', page)
    # The reference itself, for a note where it is cited.
    assert link and 'data-note="' in link[0]
    assert 'id="refs"' not in page
    references = text(site, "chapters/referanser.html")
    assert "AVD (2024a)" in references and "Roy A. Nielsen og Jon Helgheim Holte (2020)" in references


def test_titles_and_navigation(site: Path) -> None:
    page = text(site, "chapters/04-ressurser.html")
    assert "<title>4 Ressurser og tid i oppfølgingen – Oppfølging av unge ved Nav-kontorene</title>" in page
    assert '<h1 id="sec-ressurser">4 Ressurser og tid i oppfølgingen</h1>' in page
    assert '<a href="04-ressurser.html" aria-current="page">4 Ressurser' in page
    assert '<a class="previous" rel="prev" href="../index.html"><span>Forrige</span> Om boken</a>' in page
    assert '<li class="part">Vedlegg</li>' in page
    assert 'href="#toc-' not in page and '<a href="#sec-kort" id="toc-sec-kort">Kort om tid</a>' in page
    front = text(site, "index.html")
    assert "<h1>Oppfølging av unge ved Nav-kontorene</h1>" in front
    assert "Kari Nordmann, Ola Hansen<br>1. mars 2025" in front


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("Se @fig-99.", "unknown cross-reference: fig-99"),
        ("Se @ukjent2020.", "ukjent2020"),
        ("::: {.callout-note}\nTekst", "Pandoc"),
    ],
)
def test_a_faulty_chapter_is_named(staged: Path, tmp_path: Path, body: str, message: str) -> None:
    book = tmp_path / "faulty"
    shutil.copytree(staged, book)
    write_notebook(book / "chapters" / "05-tid.ipynb", raw("---\ntitle: 5 Tid {#sec-tid}\n---"), prose(body))
    with pytest.raises(ReportError, match=message) as raised:
        render_pages(book, tmp_path / "site")
    assert "chapters/05-tid.ipynb" in str(raised.value)


def test_cells_as_quarto_writes_them(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    stream = {"output_type": "stream", "name": "stderr", "text": ["advarsel\n"]}
    plain = {"output_type": "execute_result", "data": {"text/plain": ["1 ``` 2"]}}
    table = {"output_type": "display_data", "data": {"text/html": "<b>x</b>"}}
    write_notebook(
        path,
        code("#| echo: false\n#| warning: false\nx", stream, plain),
        code("#| output: false\ny = '```'", shown("skjult")),
        code("z", stream, table),
        code("#| include: false\nw", shown("borte")),
        code("#| echo: false\nq"),
    )
    markdown = notebook_markdown(path)
    assert "::: {.cell-output}\n````\n1 ``` 2\n````\n:::" in markdown
    assert "```` {.python .cell-code}\ny = '```'\n````" in markdown
    assert "skjult" not in markdown and "borte" not in markdown and "\nq" not in markdown
    assert markdown.count("advarsel") == 1 and "``` {=html}\n<b>x</b>\n```" in markdown
    assert ".cell-code" not in notebook_markdown(path, echo=False)


@pytest.mark.parametrize(
    "output",
    [
        {"output_type": "error", "ename": "ValueError", "evalue": "hemmelig 42", "traceback": []},
        {"output_type": "display_data", "data": {"image/png": "AAAA", "text/plain": "<Figure>"}},
    ],
)
def test_failed_and_unshowable_cells_are_refused(tmp_path: Path, output: dict[str, object]) -> None:
    write_notebook(tmp_path / "a.ipynb", prose("Tekst"), code("x", output))
    with pytest.raises(ReportError, match=r"a\.ipynb, cell 2") as raised:
        notebook_markdown(tmp_path / "a.ipynb")
    assert "hemmelig" not in str(raised.value)


def test_a_broken_staged_book_is_told(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match=r"_quarto\.yml"):
        read_staged(tmp_path)
    (tmp_path / "_quarto.yml").write_text("- 1", encoding="utf-8")
    with pytest.raises(ReportError, match="no settings"):
        read_staged(tmp_path)
    settings = {"book": {"chapters": ["a.ipynb", {"file": "b.ipynb"}], "author": {"name": "Kari"}}}
    (tmp_path / "_quarto.yml").write_text(json.dumps(settings), encoding="utf-8")
    with pytest.raises(ReportError, match=r"missing.*a\.ipynb"):
        read_staged(tmp_path)
    (tmp_path / "a.ipynb").write_text("{", encoding="utf-8")
    with pytest.raises(ReportError, match="no notebook"):
        read_staged(tmp_path)
    write_notebook(tmp_path / "a.ipynb", raw("---\ntitle: [\n---"))
    with pytest.raises(ReportError, match="front matter"):
        read_staged(tmp_path)
    write_notebook(tmp_path / "a.ipynb", prose("# Tittel {#sec-a}\n\nTekst"))
    write_notebook(tmp_path / "b.ipynb", prose("Tekst"))
    book = read_staged(tmp_path)
    assert [(chapter.title, chapter.identifier) for chapter in book.chapters] == [("Tittel", "sec-a"), ("b", "")]
    assert book.authors == ("Kari",) and book.date_text == "" and book.footer == ""


def test_colours_of_text_stand_out() -> None:
    css = (Path(__file__).parent.parent / "theme" / "book.css").read_text(encoding="utf-8")
    by_system, by_choice = ':root:has(> .book-page):not([data-look="light"]) {', ':root[data-look="dark"] {'
    system, choice = ("".join(css.split(start)[1].split("}")[0].split()) for start in (by_system, by_choice))
    assert system == choice
    for block in (css.split(":root {")[1], css.split(by_system)[1]):
        colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block.split("}")[0]))
        on_paper = [name for name in colours if name in ("text", "muted", "accent", "link") or name.startswith("code-")]
        for name in on_paper:
            assert min(contrast(colours[name], colours["paper"]), contrast(colours[name], colours["tint"])) >= 4.5, name
        assert contrast(colours["text"], colours["notice"]) >= 4.5
        assert contrast(colours["focus"], colours["paper"]) >= 3


def contrast(one: str, other: str) -> float:
    """WCAG 2.1 contrast ratio of two colours."""

    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.skipif(CHROMIUM is None, reason="needs chromium")
@pytest.mark.parametrize("width", [320, 360, 768, 1440])
def test_no_page_scrolls_sideways(site: Path, tmp_path: Path, width: int) -> None:
    pages = sorted(site.rglob("*.html"))
    frames = "".join(f'<iframe src="{page.as_uri()}" style="width:{width}px;height:600px"></iframe>' for page in pages)
    script = (
        "onload=()=>{document.title=[...document.querySelectorAll('iframe')].map(f=>{"
        "f.contentDocument.querySelectorAll('details').forEach(d=>d.open=true);"
        "const e=f.contentDocument.scrollingElement;return e.scrollWidth-e.clientWidth}).join()}"
    )
    probe = tmp_path / "probe.html"
    probe.write_text(f"<!DOCTYPE html><title>-</title>{frames}<script>{script}</script>", encoding="utf-8")
    command = [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files"]
    command += [
        f"--user-data-dir={tmp_path / 'profile'}",
        "--window-size=1600,900",
        "--virtual-time-budget=5000",
        "--dump-dom",
        probe.as_uri(),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert f"<title>{','.join('0' for _ in pages)}</title>" in done.stdout


def test_a_page_in_english_is_english_around_its_text(staged: Path) -> None:
    book = read_staged(staged)
    foreign = replace(book.chapters[2], language="en", source="chapters/summary-in-english.ipynb")
    book = replace(book, chapters=(*book.chapters[:2], foreign, *book.chapters[3:]))
    page, other = render_page(book, foreign), render_page(book, book.chapters[1])
    assert '<html lang="en"' in page and "Skip to the content" in page and 'content="en_GB"' in page
    assert '<a href="../index.html" lang="nb" hreflang="nb">Norsk</a>' in page
    assert "<strong>Synthetic data.</strong> The figures come from invented people" in page
    assert ">Summary in English</a></li>" in page and ">Summary (in Norwegian)</a></li>" in page
    assert '<a href="summary-in-english.html" lang="en" hreflang="en">English</a>' in other
    assert "Hopp til innholdet" in other and "Skip to the content" not in other


def test_every_chapter_has_a_title_in_english() -> None:
    settings = yaml.safe_load((ROOT / "_quarto.yml").read_text(encoding="utf-8"))["book"]["chapters"]
    parts = {entry["part"] for entry in settings if isinstance(entry, dict)}
    listed = [entry["chapters"] if isinstance(entry, dict) else [entry] for entry in settings]
    named = {Path(name).stem for names in listed for name in names}
    assert sorted((parts | named) - set(english_chapters())) == []
