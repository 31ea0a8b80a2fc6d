"""Lists of figures and tables."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.outputs import EXHIBIT_MIME
from press.downloads import reference
from press.made.lists import lists_nb, titles


@pytest.fixture
def run(tmp_path: Path) -> Path:
    told = [("fig-07", "Syv"), ("fig-07+", ""), ("tbl-1", "Én"), ("fig-k1", "K")]
    outputs = [{"data": {EXHIBIT_MIME: {"id": name, "title": title}}} for name, title in told]
    path = tmp_path / "chapter.ipynb"
    path.write_text(json.dumps({"cells": [{"outputs": outputs}]}), encoding="utf-8")
    return path


def test_numbers_that_only_the_text_tells_are_on_no_list(run):
    assert titles([run]) == {"fig-07": "Syv", "tbl-1": "Én", "fig-k1": "K"}


def test_each_list_links_its_exhibits(run):
    assert lists_nb([run]) == (
        '## Figurer {#sec-liste-figurer}\n\n::: {.exhibit-list kind="fig"}\n- @fig-7: Syv\n- @fig-k1: K\n:::\n\n'
        '## Tabeller {#sec-liste-tabeller}\n\n::: {.exhibit-list kind="tbl"}\n- @tbl-1: Én\n:::'
    )


def test_a_reference_has_no_leading_zero():
    assert reference("fig-07") == "@fig-7" and reference("tbl-vedlegg-2") == "@tbl-vedlegg-2"
