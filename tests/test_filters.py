"""The Lua filters alone: cross-references, exhibits, tables, callouts, and what Quarto would be given."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from press.renderers import PANDOC
from tests.sample_book import make_sample

HERE = "chapters/04-ressurser.ipynb"

# What the filter asks of Quarto, as Quarto's own Lua interface names it.
QUARTO = """quarto = {{ project = {{ directory = "{root}" }},
  doc = {{ input_file = "{root}/chapters/04-ressurser.ipynb" }} }}
local env = setmetatable({{}}, {{ __index = _G }})
return loadfile("{root}/theme/filters/exhibits.lua", "t", env)()
"""


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a sample book."""
    return make_sample(tmp_path_factory.mktemp("staged") / "book")


def run(book: Path, text: str, to: str = "html", page: str = HERE) -> tuple[str, str]:
    """Run the filters on a text as a page of the book; return what is written and what is said."""
    filters = book / "theme" / "filters"
    command = [str(PANDOC), "-t", to, "--wrap=none", f"-Mbook-root={book}", f"-Mbook-page={page}"]
    command += [f"--lua-filter={filters / name}" for name in ("exhibits.lua", "standalone.lua")]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
    return done.stdout, done.stderr


def run_as_quarto(book: Path, text: str, to: str = "html") -> str:
    """Run exhibits.lua where a `quarto` global exists, as it does in Quarto's pre-ast step."""
    wrapper = book.parent / "as-quarto.lua"
    wrapper.write_text(QUARTO.format(root=book), encoding="utf-8")
    command = [str(PANDOC), "-t", to, "--wrap=none", "--lua-filter", str(wrapper)]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize(
    ("written", "page", "expected"),
    [
        ("@fig-16", HERE, '<a href="#figur-16" class="crossref">Figur\u00a016</a>'),
        ("@fig-16", "chapters/05-tid.ipynb", '<a href="04-ressurser.html#figur-16" class="crossref">Figur\u00a016</a>'),
        ("@fig-16", "index.ipynb", '<a href="chapters/04-ressurser.html#figur-16" class="crossref">Figur\u00a016</a>'),
        ("[-@fig-16]", "index.ipynb", '<a href="chapters/04-ressurser.html#figur-16" class="crossref">16</a>'),
        ("@tbl-1", HERE, '<a href="#tabell-1" class="crossref">Tabell\u00a01</a>'),
        ("@sec-tid", HERE, '<a href="05-tid.html" class="crossref">kapittel\u00a05</a>'),
        ("@Sec-tid", HERE, '<a href="05-tid.html" class="crossref">Kapittel\u00a05</a>'),
        ("[-@sec-tid]", HERE, '<a href="05-tid.html" class="crossref">5</a>'),
        ("@sec-kort", HERE, '<a href="#sec-kort" class="crossref">avsnittet «Kort om tid»</a>'),
        ("[neste](05-tid.qmd#sec-x)", HERE, '<a href="05-tid.html#sec-x">neste</a>'),
        ("[forsiden](../index.qmd)", HERE, '<a href="../index.html">forsiden</a>'),
    ],
)
def test_cross_references_lead_to_their_page(book: Path, written: str, page: str, expected: str) -> None:
    html, said = run(book, written, page=page)
    assert html.strip() == f"<p>{expected}</p>"
    assert said == ""


def test_numbers_of_the_article_and_the_annexes_keep_their_letter(book: Path) -> None:
    chapter = book / "chapters" / "90-vedlegg.qmd"
    chapter.write_text(
        "---\ntitle: Vedlegg 2 Regresjoner {#sec-v2}\n---\n\n```{python}\n#| label: figur-k3\nexhibit()\n```\n\n"
        "```{python}\n#| label: tabell-v1\n# ikke en overskrift {#sec-kommentar}\n```\n\n"
        "```{python}\n#| label: tabell-vedlegg-2\nexhibit()\n```\n",
        encoding="utf-8",
    )
    try:
        html, said = run(book, "@fig-k3, @tbl-v1, @sec-v2, @tbl-vedlegg-2, [-@tbl-vedlegg-2]")
        assert ">Vedleggstabell\u00a02</a>, " in html and '#tabell-vedlegg-2" class="crossref">2</a>' in html
        assert ">Figur\u00a0K3</a>, " in html and ">Tabell\u00a0V1</a>, " in html and ">vedlegg\u00a02</a>" in html
        assert said == ""
        assert "unknown cross-reference: sec-kommentar" in run(book, "@sec-kommentar")[1]
    finally:
        chapter.unlink()


def test_what_stands_in_an_absent_chapter_is_named_without_a_link(book: Path) -> None:
    absent = book / "_absent"
    absent.mkdir()
    (absent / "artikkel.qmd").write_text("# Artikkelen {#sec-art}\n\n```{python}\n#| label: figur-k9\n```\n")
    try:
        html, said = run(book, "@fig-k9, @sec-art, [-@fig-k9], @fig-16")
        assert said == "" and html.count("<a ") == 1 and "figur-16" in html
        for words in ("Figur\u00a0K9", "kapittelet «Artikkelen»", "K9"):
            assert f'<span class="crossref-absent">{words}</span>' in html
    finally:
        shutil.rmtree(absent)


def test_unknown_target_stays_visible_and_is_told(book: Path) -> None:
    html, said = run(book, "Se @fig-99.")
    assert "<strong>[ukjent kryssreferanse: fig-99]</strong>" in html
    assert "unknown cross-reference: fig-99" in said


def test_several_references_and_a_citation_in_one_bracket(book: Path) -> None:
    html, _ = run(book, "[@fig-16; @tbl-1; @strand2020]")
    assert html.index("figur-16") < html.index("tabell-1") < html.index('data-cites="strand2020"')
    assert "</a>, <a" in html and "</a> og <span" in html


def test_the_code_follows_its_outputs(book: Path) -> None:
    text = "::: {.cell}\n```{.python .cell-code}\nx = 1\n```\n\n::: {.cell-output}\nResultat\n:::\n:::"
    html, _ = run(book, text)
    assert html.index("Resultat") < html.index('<details class="code"><summary>Vis koden</summary>')
    quarto = run_as_quarto(book, text)
    assert quarto.index("Resultat") < quarto.index("cell-code")


def test_quarto_is_given_links_to_sources_and_one_id(book: Path) -> None:
    exhibit = "::: {.exhibit #figur-16}\n![Tittel](../figures/figur-16.svg)\n:::"
    text = f"@fig-16 og @fig-16\n\n::: {{#figur-16 .cell-output}}\n{exhibit}\n:::"
    html = run_as_quarto(book, "Se @sec-tid og [her](05-tid.qmd).")
    assert 'href="/chapters/05-tid.ipynb"' in html and html.count("05-tid.ipynb") == 2
    html = run_as_quarto(book, text)
    assert html.count('href="#figur-16"') == 2
    assert html.count('id="figur-16"') == 1 and '<figure id="figur-16" class="exhibit">' in html


def test_quarto_keeps_callouts_and_typst_figures_for_itself(book: Path) -> None:
    assert 'class="callout-note"' in run_as_quarto(book, "::: {.callout-note}\n## Tittel\n\nTekst\n:::")
    native = run_as_quarto(book, "::: {.exhibit #figur-16}\n![Tittel](a.svg){fig-alt='Ord'}\n:::", "native")
    assert "Figure" in native and '"figur-16"' in native


def test_exhibits_elsewhere_become_plain_figures(book: Path) -> None:
    numbers = "::: {.exhibit-numbers}\n1\n:::"
    text = f"::: {{.exhibit #figur-16}}\n![T](a.svg){{narrow=b.svg}}\n\n{numbers}\n:::"
    native = run_as_quarto(book, text, "native")
    assert "narrow" not in native and '"1"' not in native


def test_tables_have_scopes_and_a_scroll_region(book: Path) -> None:
    html, _ = run(book, "|  | A |\n|:--|--:|\n| x | 1 |\n| y | 2 |\n\n: Tekst")
    assert 'class="table-scroll" tabindex="0" role="region" aria-label="Tabell nr. 1 på siden"' in html
    assert html.count('scope="row"') == 2 and html.count('scope="col"') == 1
    assert "colgroup" not in html
    assert '<span class="only-heard">Rad</span>' in html


def test_first_column_with_gaps_is_no_header(book: Path) -> None:
    html, _ = run(book, "| A | B |\n|:--|--:|\n| x | 1 |\n|   | 2 |\n")
    assert 'scope="row"' not in html


@pytest.mark.parametrize("opening", ['::: {.callout-note title="Fakta"}\n', "::: {.callout-note}\n## Fakta\n\n"])
def test_callouts_are_fact_boxes(book: Path, opening: str) -> None:
    html, _ = run(book, opening + "Tekst\n:::")
    assert '<aside class="fact-box callout-note">' in html and "Fakta" in html and "<h2" not in html
    typst, _ = run(book, opening + "Tekst\n:::", "typst")
    assert "#fact-box(title: [Fakta])[" in typst


def test_long_tables_may_break_over_pages(book: Path) -> None:
    rows = "".join(f"| rad {number} | {number} |\n" for number in range(30))
    text = "::: {{.exhibit #tabell-1}}\n| A | B |\n|:--|--:|\n" + "{rows}\n: Tittel\n:::"
    assert "#together[" in run(book, text.format(rows="| a | 1 |\n"), "typst")[0]
    assert "#together[" not in run(book, text.format(rows=rows), "typst")[0]


CONDITIONAL = """::: {{.exhibit{} #figur-13}}
**Figur 13.** Tittel
:::

::: {{.if-asked exhibit="figur-16 figur-13"}}
Bare når spurt.
:::

Alltid.
"""


@pytest.mark.parametrize(("asked", "mark"), [(True, ""), (False, " .not-asked")])
def test_text_that_needs_an_exhibit_goes_where_the_edition_lacks_it(book: Path, asked: bool, mark: str) -> None:
    (book / "chapters" / "06-spurt.qmd").write_text(CONDITIONAL.format(mark), encoding="utf-8")
    try:
        out, _ = run(book, CONDITIONAL.format(mark), page="chapters/06-spurt.ipynb")
        elsewhere, _ = run(book, '::: {.if-asked exhibit="figur-13"}\nHer.\n:::\n\nAlltid.')
        quarto = run_as_quarto(book, CONDITIONAL.format(mark))
    finally:
        (book / "chapters" / "06-spurt.qmd").unlink()
    assert ("Bare når spurt." in out) == ("Her." in elsewhere) == ("Bare når spurt." in quarto) == asked
    assert "Alltid." in out and "Alltid." in elsewhere


@pytest.mark.parametrize(("said", "kept"), [("", True), ("<!-- not asked: tall-fig-30-i-teksten -->\n\n", False)])
def test_text_that_needs_numbers_without_a_figure_goes_where_the_edition_lacks_them(
    book: Path, said: str, kept: bool
) -> None:
    text = said + '::: {.if-asked exhibit="fig-30+"}\nBare når spurt.\n:::\n\nAlltid.'
    (book / "chapters" / "06-spurt.qmd").write_text(text, encoding="utf-8")
    try:
        out, _ = run(book, text, page="chapters/06-spurt.ipynb")
    finally:
        (book / "chapters" / "06-spurt.qmd").unlink()
    assert ("Bare når spurt." in out) == kept and "Alltid." in out


def test_in_print_a_term_stays_with_its_meaning_and_columns_start_left(book: Path) -> None:
    terms, _ = run(book, "Ord\n\n:   Det *betyr* noe.\n\nTo\n\n:   Andre ord.", "typst")
    assert "terms.item[Ord][Det #emph[betyr] noe.]," in terms.replace("\n", "")
    assert "#block[" in run(book, "Ord\n\n:   En.\n\n    To.", "typst")[0]
    assert "align: (left,right,)" in run(book, "| A | B |\n|---|--:|\n| a | 1 |\n", "typst")[0]


def test_key_figures_are_cards_on_the_web_and_a_grid_in_print(book: Path) -> None:
    card = "::: {.key-figure}\n[76]{.key-number} **brukere**\n\nFlere enn før.\n:::\n\n"
    text = "::: {.key-figures}\n" + card + card + ":::\n\n::: {.shortcuts}\n- [PDF](report.pdf)\n:::\n"
    html, typst = run(book, text)[0], run(book, text, "typst")[0]
    assert html.count('<div class="key-figure">') == 2 and '<span class="key-number">76</span>' in html
    assert "report.pdf" in html and "PDF" not in typst
    assert typst.count("#key-figures(") == 1 and typst.count("#key-number[76]") == 2


def test_a_heading_that_only_a_run_would_know_is_left_open(book: Path) -> None:
    chapter = book / "chapters" / "91-regnet.qmd"
    chapter.write_text("# 9 Regnet {#sec-regnet}\n\n## `{python} a(b)` i {#sec-regnet-del}\n", encoding="utf-8")
    try:
        assert "avsnittet «… i»" in run(book, "@sec-regnet-del")[0]
    finally:
        chapter.unlink()
