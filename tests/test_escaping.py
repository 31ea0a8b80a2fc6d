"""Words of the data are words: none of them is run, linked, fetched or computed, wherever a book shows it."""

from __future__ import annotations

import base64
import csv
import io
import re
from html import unescape

import pandas as pd
import pytest

from engine.exhibits.exhibit import exhibit
from engine.exhibits.numbers import csv_text, numbers_table
from engine.table import COLUMNS, About, described
from engine.words.prose import inert, literal, prose
from press.renderers import MARKDOWN, convert

EVIL = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "@fig-16",
    "{{< include /etc/passwd >}}",
    "{{< env HOME >}}",
    "`<b>x</b>`{=html}",
    "```{=html}",
    "[klikk](https://x.example/)",
    "![bilde](https://x.example/a.png)",
    "*ikke* _kursiv_ **fet**",
    "a | b | c",
    "$x^2$ H~2~O &lt;b&gt; \\\\ #let x",
    "![[x]]",
]
SAFE_TAGS = re.compile(r"</?(?:p|table|thead|tbody|tr|td|th|colgroup|col)\b[^>]*>")


def page(text: str) -> str:
    return convert(text, {"from": MARKDOWN, "to": "html5", "wrap": "none"}, "prøve")


def estimates(*names: str) -> pd.DataFrame:
    """A table of estimates with a row for each name."""
    keys = {"wave": "2024", "measure": "mean", "n": 50.0, "suppressed": False, "reason": ""}
    numbers = dict.fromkeys(["estimate", "standard_error", "ci_low", "ci_high"], 1.0)
    return pd.DataFrame([dict.fromkeys(COLUMNS, "") | keys | numbers | {"category": name} for name in names])


def shown(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", html)).strip()


@pytest.mark.parametrize("word", EVIL)
def test_a_word_of_the_data_is_shown_as_it_is(word: str) -> None:
    html = page(literal(word))
    assert shown(html) == " ".join(word.split()) and SAFE_TAGS.sub("", html).count("<") == 0
    assert "{{<" not in literal(word), "Quarto would run it before anything else reads it"


@pytest.mark.parametrize("word", EVIL)
def test_a_label_in_the_numbers_of_a_page_is_a_word(word: str) -> None:
    html = page(numbers_table(estimates(word, "b"), 1))
    assert SAFE_TAGS.sub("", html).count("<") == 0 and " ".join(word.split()) in shown(html)


@pytest.mark.parametrize("word", EVIL)
def test_a_sentence_runs_nothing_that_its_values_say(word: str) -> None:
    html = page(prose("Her: `{python} word`.", {"word": word}).text)
    assert "<script" not in html and "onerror=alert" not in re.sub(r"&[a-z]+;", "", html).replace("src=x onerror", "")
    assert "<b>" not in html and "{{<" not in inert(word)


@pytest.mark.parametrize("word", ["=HYPERLINK(1)", "+1", "-2+3", "@SUM(A1)", "\t=1"])
def test_no_cell_begins_a_formula(word: str) -> None:
    table = pd.DataFrame({"category": [word, "b"], "estimate": [-0.5, 1.0]})
    [_, first, second] = csv.reader(io.StringIO(csv_text(table)))
    assert first == [f"'{word}", "-0.5"] and second == ["b", "1"]


def test_a_source_and_an_alternative_text_stay_in_their_place() -> None:
    evil = "Nav {{< env HOME >}} <script>alert(1)</script>"
    table = estimates("a", "b")
    made = exhibit("fig-s1", described(table, About(source=evil)), title="Prøve", rows="category", unit="prosent")
    text = re.sub(r"data:image/svg[^)]*", "", made.markdown())
    assert "{{<" not in text and "<script" not in page(text)
    assert b"<script" not in base64.b64encode(made.svg().encode())
