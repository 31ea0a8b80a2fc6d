"""Outlines give a page's references the same targets as the whole book."""

import json

from sample_book import FIGURE, make_sample

from press.book import read_staged
from press.pages import render_page
from press.stage import OUTLINES, outline, write_outline


def _outlined(root):
    for path in [root / "index.ipynb", *(root / "chapters").glob("*.ipynb")]:
        write_outline(root, path.relative_to(root).as_posix())
    return root


def test_an_outline_holds_headings_anchors_labels_and_fences_only():
    cells = [
        {"cell_type": "raw", "source": '---\ntitle: "4 Tid {#sec-tid}"\n---'},
        {"cell_type": "markdown", "source": ["## Portefølje {#sec-portefolje}\n", "\n", "Ord om tid."]},
        {
            "cell_type": "code",
            "source": "#| label: figur-16\nexhibit(x)",
            "outputs": [{"data": {"text/markdown": FIGURE}}],
        },
    ]
    told = outline(json.dumps({"cells": cells})).splitlines()
    assert told[:5] == [
        "---",
        'title: "4 Tid {#sec-tid}"',
        "---",
        "## Portefølje {#sec-portefolje}",
        "#| label: figur-16",
    ]
    assert told[5] == "::: {.exhibit #figur-16}" and len(told) == 6


def test_pages_are_the_same_with_outlines_and_without_and_kept_until_something_changes(tmp_path, monkeypatch):
    root, keep = make_sample(tmp_path / "book"), tmp_path / "pages"
    page = read_staged(root).chapters[2]
    without = render_page(read_staged(root), page, keep)
    assert not keep.exists()
    _outlined(root)
    assert render_page(read_staged(root), page, keep) == without
    made = []
    monkeypatch.setattr("press.pages.convert", lambda text, *_: made.append(text) or "new")
    assert render_page(read_staged(root), page, keep) == without and made == []
    # Where another chapter's heading changes, a reference to it may; where a sentence does, none can.
    outlined = root / OUTLINES / "chapters" / "04-ressurser.ipynb"
    outlined.write_text(outlined.read_text(encoding="utf-8") + "## Nytt {#sec-nytt}\n", encoding="utf-8")
    assert render_page(read_staged(root), page, keep) == "new"


def test_the_kept_page_does_not_depend_on_the_folder(tmp_path):
    pages = []
    for name in ("one", "another"):
        root = _outlined(make_sample(tmp_path / name))
        book = read_staged(root)
        pages.append(render_page(book, book.chapters[2], tmp_path / "pages"))
    assert pages[0] == pages[1] and len(list((tmp_path / "pages").iterdir())) == 1
