import re

import nbformat
import pytest
from language import SOURCE

from engine.errors import ReportError
from press.notebook import cell_options, dumps, prose_text, to_notebook
from press.project import Chapter, Project

CHAPTER = """---
title: "4 Tid"
---

```{python}
#| tags: [parameters]
#| include: false
survey_year = None
```

## Første del {#sec-en}

Uten tall.

```{python}
#| label: figur-1
x = 1
```

Med tall: `{python} x + 1`.

::: {.callout-note}
## Tittel i boks
Et tall til: `{python} x`.
:::

````markdown
```{python}
not_a_cell = True
```
````
"""


def test_cells_follow_the_text():
    notebook = to_notebook(CHAPTER, "kapittel")
    kinds = [cell.cell_type for cell in notebook.cells]
    assert kinds == ["raw", "code", "markdown", "markdown", "code", "code"]
    assert notebook.cells[0].source == '---\ntitle: "4 Tid"\n---'
    assert notebook.cells[1].metadata.tags == ["parameters"]
    assert notebook.cells[2].source == "## Første del {#sec-en}"
    assert notebook.cells[4].source == "#| label: figur-1\nx = 1"
    nbformat.validate(notebook)


def test_narrative_with_expressions_is_one_prose_cell_that_keeps_its_boxes_whole():
    text = prose_text(to_notebook(CHAPTER, "kapittel").cells[-1].source)
    assert text.startswith("Med tall: `{python} x + 1`.")
    assert "::: {.callout-note}\n## Tittel i boks" in text
    assert "not_a_cell" in text


def test_prose_text_of_an_ordinary_cell_is_none():
    assert prose_text("#| echo: false\nprose(table)") is None


def test_same_text_gives_same_bytes_and_no_outputs():
    first, second = (dumps(to_notebook(CHAPTER, "kapittel")) for _ in range(2))
    assert first == second
    assert '"outputs": []' in first and '"execution_count": null' in first


def test_a_double_label_is_refused_by_name():
    text = "```{python}\n#| label: figur-1\n1\n```\n\n```{python}\n#| label: figur-1\n2\n```\n"
    with pytest.raises(ReportError, match="figur-1"):
        to_notebook(text, "kapittel")


def test_an_open_fence_is_told_with_its_line():
    with pytest.raises(ReportError, match="line 3"):
        to_notebook("tekst\n\n```{python}\n1\n", "kapittel")


def test_bad_front_matter_is_told_with_its_line():
    with pytest.raises(ReportError, match="front matter"):
        to_notebook("---\ntitle: [\n---\ntekst\n", "kapittel")


def test_three_quotes_in_narrative_are_refused():
    with pytest.raises(ReportError, match="quotes"):
        to_notebook('Han sa """ja""" `{python} 1`.', "kapittel")


def test_options_are_read_until_the_first_line_of_code():
    assert cell_options("#| label: a\n#| echo: false\nx = 1\n#| label: b") == {"label": "a", "echo": False}
    assert cell_options("x = 1") == {}


def test_includes_are_put_in(tmp_path):
    (tmp_path / "report.qmd").write_text("innhold\n", encoding="utf-8")
    (tmp_path / "index.qmd").write_text("# A\n\n{{< include report.qmd >}}\n", encoding="utf-8")
    assert Chapter(tmp_path / "index.qmd", "index").text == "# A\n\ninnhold\n"


def test_a_missing_include_is_told(tmp_path):
    (tmp_path / "index.qmd").write_text("{{< include borte.qmd >}}\n", encoding="utf-8")
    with pytest.raises(ReportError, match=r"borte\.qmd"):
        _ = Chapter(tmp_path / "index.qmd", "index").text


@pytest.mark.parametrize("chapter", Project().chapters, ids=lambda chapter: chapter.slug)
def test_committed_notebooks_are_in_step(chapter):
    made = dumps(to_notebook(chapter.text, chapter.name))
    assert Project().notebook_path(chapter).read_text(encoding="utf-8") == made, "run: report notebooks"


@pytest.mark.parametrize("chapter", Project().chapters, ids=lambda chapter: chapter.slug)
def test_cells_are_short_and_hold_no_logic(chapter):
    for cell in to_notebook(chapter.text, chapter.name).cells:
        if cell.cell_type == "code" and prose_text(cell.source) is None:
            lines = [line for line in cell.source.splitlines() if not line.startswith("#|")]
            assert len(lines) <= 8, cell.source
            first_words = {line.split()[0] for line in lines if line.split()}
            assert not first_words & {"if", "for", "while", "def", "class", "%"}, cell.source


@pytest.mark.parametrize("chapter", Project().chapters, ids=lambda chapter: chapter.slug)
def test_no_estimate_is_typed_in_narrative(chapter):
    """Digits in narrative outside of expressions, references and what a source says would be typed numbers."""
    text = "\n".join(line for line in chapter.text.splitlines() if "`{python}" in line or not SOURCE.search(line))
    text = re.sub(r"^---\n.*?\n---\n", "", text, flags=re.S)
    text = re.sub(r"^```\{python\}.*?^```$", "", text, flags=re.S | re.M)
    # Nor are the address of a link and the number of a list's line.
    text = re.sub(r"`[^`]*`|\[?-?@[\w-]+\]?|\{[^}]*\}|^#+ .*$|\]\([^)]*\)|^\d+\. ", "", text, flags=re.M)
    # Fixed by definition, not estimated: age limit, level of the intervals, the guarantee's years, a scale.
    scale = r"from 1 \(to a small extent\) to 5 \(to a large extent\)"
    text = re.sub(rf"\b(over 30|under 30|95 prosent|95 per cent|2023|2024|2025)\b|{scale}", "", text)
    assert re.findall(r"\d+", text) == []
