"""Chapters follow the syntax that Quarto's own tools (VS Code, JupyterLab, RStudio) read.

The rules are those of quarto-cli: `src/core/lib/break-quarto-md.ts` and `partition-cell-options.ts` for cells,
`src/core/execute-inline.ts` for inline expressions, `src/resources/schema/cell-*.yml` for the names of options.
"""

import re

import nbformat
import pytest
import yaml

from press.notebook import to_notebook
from press.project import ROOT, Project

# Of Quarto's cell options, those that a chapter here may use.
OPTIONS = {"label", "include", "tags", "echo", "output", "warning", "classes", "fig-cap", "fig-alt"}
CELL = re.compile(r"^```\{python\}\n(.*?)^```$", re.M | re.S)
INLINE = re.compile(r"(?:^|[^`])`\{python\}[ \t]([^`]+)`", re.M)
CHAPTERS = sorted({*(chapter.path for chapter in Project().chapters), ROOT / "report.qmd"})


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_is_read_alike_by_quarto_and_by_us(path):
    text = path.read_text(encoding="utf-8")
    cells = CELL.findall(text)
    fences = [line for line in text.splitlines() if line.lstrip().startswith(("```{", "~~~{"))]
    assert len(cells) == len([f for f in fences if "{python" in f]), "a cell opens at the line's start as ```{python}"
    for cell in cells:
        lines = cell.splitlines()
        count = next((n for n, line in enumerate(lines) if not line.startswith("#|")), len(lines))
        assert not any(line.startswith("#|") for line in lines[count:]), "options stand first in a cell"
        assert all(line.startswith("#| ") for line in lines[:count]), "options are #| and a space"
        options = yaml.safe_load("\n".join(line[3:] for line in lines[:count])) or {}
        assert set(options) <= OPTIONS
        assert "\n%" not in f"\n{cell}", "no magics: Quarto's other engines and ruff can't read them"
    prose = CELL.sub("", text)
    assert prose.count("`{python}") == len(INLINE.findall(prose)), "an inline expression is `{python} expression`"
    for expression in INLINE.findall(prose):
        assert "\n" not in expression, "an editor's inline expression ends on its line"
        compile(expression.strip(), path.name, "eval")


@pytest.mark.parametrize("chapter", Project().chapters, ids=lambda chapter: chapter.slug)
def test_its_notebook_is_one_that_jupyter_opens(chapter):
    notebook = to_notebook(chapter.text, chapter.name)
    nbformat.validate(notebook)
    assert notebook.metadata["kernelspec"]["name"] == "python3"
    tagged = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    if any(cell.cell_type == "code" for cell in notebook.cells):
        assert len(tagged) == 1, "papermill's and JupyterLab's parameter cell"
