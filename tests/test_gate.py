"""What helpers made reaches a page, and nothing else does: refused on real data, a warning on the twin."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from nbformat import NotebookNode

from engine.data.manifest import write_manifest
from engine.errors import ReportError
from engine.estimates.weighted import mean
from engine.exhibits.exhibit import exhibit, table
from engine.exhibits.numbers import supplement
from engine.outputs import EXHIBIT_MIME, SEAL_MIME, TABLE_MIME, seal_with, unsealed
from engine.table import about, described
from engine.words.lookup import nb
from engine.words.numbers import names
from engine.words.prose import prose
from press.gate import REFUSED, admit, problems, refuse_outputs
from press.notebook import PROSE_CLOSING, PROSE_OPENING
from press.project import Chapter
from press.runs import Run, execute
from tests.fake_survey import store_fake
from tests.frames import persons
from tests.one_chapter import make_project

SECRET = b"of this run"
PEOPLE = persons(weight=[1.0] * 40, wave=[2024] * 40, caseload=[float(n) for n in range(40)], sector=["a", "b"] * 20)
ESTIMATES = mean(PEOPLE, "caseload", "sector")


@pytest.fixture(autouse=True)
def _sealing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.outputs._secrets", [SECRET])


def bundle(made: object) -> dict[str, Any]:
    return dict(made._repr_mimebundle_())  # type: ignore[attr-defined]


def admitted(data: dict[str, Any] | None, source: str = "cell", **of: Any) -> NotebookNode:
    kind = {"output_type": "display_data", "data": data, "metadata": {"rows": [1, 2]}} | of
    if data is None:
        kind.pop("data"), kind.pop("metadata")
    cell = nbformat.v4.new_code_cell(source, outputs=[NotebookNode(kind)])
    book = nbformat.v4.new_notebook(cells=[cell])
    admit(book, SECRET)
    return book


def kept(book: NotebookNode) -> list[NotebookNode]:
    return list(book.cells[0].outputs)


def told(book: NotebookNode) -> list[str]:
    return [entry["what"] for entry in book.metadata.get(REFUSED, [])]


@pytest.mark.parametrize("made", [
    exhibit("fig-16", ESTIMATES, rows="sector", series="", title="t"), table(ESTIMATES, title="t"),
    supplement("fig-1+", ESTIMATES),
    table(ESTIMATES[["sector", "estimate"]].rename(columns={"estimate": "brukere"}), "tbl-s1", title="t"),
], ids=["exhibit", "table", "supplement", "a frame made of estimates"])  # fmt: skip
def test_what_helpers_made_of_estimates_goes_on(made: object) -> None:
    data = bundle(made)
    book = admitted({**data, "text/plain": "1 2 3", "text/html": "<p>1 2 3"})
    assert told(book) == []
    [output] = kept(book)
    assert set(output.data) == set(data) - {SEAL_MIME} and not output.metadata


@pytest.mark.parametrize(("data", "what"), [
    ({"text/html": '<table class="dataframe">'}, "frame"),
    ({"text/html": "<table><tr><td>1"}, "other"),
    ({"text/plain": "[1, 2, 3]"}, "other"),
    ({"text/plain": "sector\na 1.0\nb 2.0\nName: caseload, dtype: float64"}, "other"),
    ({"text/markdown": "| 1 | 2 |"}, "other"),
    ({"text/latex": "1"}, "other"),
    ({"application/json": [1]}, "other"),
    ({"image/png": "aaaa"}, "picture"),
    ({"image/svg+xml": "<svg/>"}, "picture"),
    ({"text/plain": "<Figure size 1x1>"}, "picture"),
])  # fmt: skip
def test_anything_else_is_dropped_and_named(data: dict[str, Any], what: str) -> None:
    book = admitted(data)
    assert kept(book) == [] and told(book) == [what]


def test_what_is_printed_is_dropped_and_what_libraries_warn_is_no_fault() -> None:
    printed = admitted(None, output_type="stream", name="stdout", text="1 2 3\n")
    warned = admitted(None, output_type="stream", name="stderr", text="1 2 3\n")
    assert kept(printed) == kept(warned) == [] and told(printed) == ["printed"] and told(warned) == []


def test_a_marker_without_the_seal_is_nothing() -> None:
    """Who knows the names of our kinds can show rows under them; the seal is over the words, too."""
    made = bundle(exhibit("fig-16", ESTIMATES, rows="sector", series="", title="t"))
    forged = [
        {kind: value for kind, value in made.items() if kind != SEAL_MIME},
        {**made, "text/markdown": "| 1 | 2 |"},
        {**made, EXHIBIT_MIME: {**made[EXHIBIT_MIME], "csv": "1,2"}},
        {**made, SEAL_MIME: "0" * 64},
        {**made, SEAL_MIME: 5},
        {**made, TABLE_MIME: {"estimated": True}},
        {**bundle(table(PEOPLE[["sector", "caseload"]])), TABLE_MIME: {"estimated": True}},
    ]
    for data in forged:
        book = admitted(data)
        assert kept(book) == [] and told(book) == ["other"], data.keys()
    seal_with(b"of another run")
    other = bundle(exhibit("fig-16", ESTIMATES, rows="sector", series="", title="t"))
    assert unsealed(other, SECRET) is None


@pytest.mark.parametrize("rows", [
    PEOPLE.head(3), PEOPLE.groupby("sector")["caseload"].mean().reset_index(),
    pd.DataFrame({"sector": ["a"], "caseload": [7.0]}), PEOPLE.sort_values("caseload").iloc[:5],
], ids=["head", "groupby", "by hand", "sorted"])  # fmt: skip
def test_rows_that_no_estimator_made_are_no_table_and_no_figure(rows: pd.DataFrame) -> None:
    shown = described(rows)
    own = exhibit("fig-s1", shown, figure=lambda ax: ax.plot([1, 2]), alt="En strek.", title="t")
    for made in (table(shown), table(shown, "tbl-s1", title="t"), own):
        assert told(admitted(bundle(made))) == ["not estimated"]


TWELVE = pd.concat([PEOPLE.assign(of=1000 * each) for each in range(12)])
MANY = mean(described(TWELVE, about(PEOPLE)), "caseload", "of")


@pytest.mark.parametrize(("draw", "fault"), [
    (lambda ax: ax.scatter(PEOPLE["caseload"] + 0.5, PEOPLE["caseload"] * 7 + 0.3), ["not estimated"]),
    (lambda ax: ax.plot(PEOPLE["caseload"] + 0.5, PEOPLE["caseload"] * 7 + 0.3, "o"), ["not estimated"]),
    (lambda ax: ax.hist(PEOPLE["caseload"], bins=7), ["not estimated"]),
    (lambda ax: ax.scatter(MANY["estimate"], range(len(MANY))), []),
    (lambda ax: ax.barh(MANY["of"].astype(str), MANY["estimate"]), []),
    (lambda ax: ax.plot(MANY["of"], MANY["ci_low"], "o"), []),
    (lambda ax: ax.plot(np.linspace(0, 1, 50), np.linspace(0, 3, 50)), []),
], ids=["scatter", "dots", "histogram", "estimates", "bars", "ends", "a line"])  # fmt: skip
def test_a_figure_draws_the_frame_beside_it(draw: Callable[[Axes], object], fault: list[str]) -> None:
    fig = Figure()
    draw(fig.subplots())
    for figure in (fig, lambda ax: draw(ax)):
        own = exhibit("fig-s1", MANY, figure=figure, alt="Noe.", title="t")
        assert told(admitted(bundle(own))) == fault


def test_prose_is_the_narrative_and_nothing_that_a_cell_puts_together() -> None:
    data = bundle(prose("1 2 3", {}))
    narrative = f"{PROSE_OPENING}Tekst{PROSE_CLOSING}"
    assert told(admitted(data, narrative)) == [] and len(kept(admitted(data, narrative))) == 1
    between = f'{PROSE_OPENING}a""" + str(rows) + r"""b{PROSE_CLOSING}'
    for source in ("prose(str(rows))", between):
        assert kept(admitted(data, source)) == [] and told(admitted(data, source)) == ["told"]


class Survey:
    """As a survey: persons, and what is known of the edition."""

    answered, year = PEOPLE, 2024


Survey.__module__ = "engine.data.survey"
NAMES = {"survey": Survey(), "now": PEOPLE, "by_sector": ESTIMATES, "nb": nb, "names": names, "year": 2024}
NAMES["In"] = [
    "", "now = survey.answered", "first, year = 2022, survey.year", "one = now['sector'].iloc[0]",
    "some = now['caseload'].tolist()", "said = nb(by_sector, 'a')", "both = (nb(by_sector, each) for each in 'ab')",
]  # fmt: skip
NAMES |= {"one": "a", "some": [1.0, 2.0], "said": "19", "year": 2024}


@pytest.mark.parametrize("expression", [
    "survey.answered['caseload'].head(5).tolist()", "now.head(2)", "now['caseload']", "now['caseload'].mean()", "some",
    "now['sector'].iloc[0]", "one", "str(now['caseload'].iloc[0])", "f\"{now['sector'].iloc[0]}\"", "None", "0.5",
    "now['caseload'].to_string()", "names(now['sector'].head(3))", "names(some)", "nb(now['caseload'].max())",
    "int(now['caseload'].iloc[3])", "now.to_html()", "names([row for row in now['sector']])", "one.upper()",
    "', '.join(now['sector'])", "True", "nb(now.iloc[0]['caseload'])", "max(now['sector'])",
])  # fmt: skip
def test_an_inline_value_that_no_helper_wrote(expression: str) -> None:
    data = bundle(prose(f"Her: `{{python}} {expression}`.", NAMES))
    assert told(admitted(data, f"{PROSE_OPENING}Tekst{PROSE_CLOSING}")) == ["inline"]


@pytest.mark.parametrize("expression", [
    "year", "survey.year", "nb(by_sector, 'a')", "nb(by_sector, 'a').partition(' (')[0]", "names(['a', 'b'])", "said",
    "names([nb(by_sector, name) for name in ('a', 'b')])", "len(now)", "nb(by_sector['estimate'].iloc[0], digits=1)",
])  # fmt: skip
def test_an_inline_value_of_helpers(expression: str) -> None:
    data = bundle(prose(f"Her: `{{python}} {expression}`.", NAMES))
    assert told(admitted(data, f"{PROSE_OPENING}Tekst{PROSE_CLOSING}")) == []


LEAKS = {
    "head": 'survey.answered[["sector", "office_size", "nav_region", "caseload"]].head(30)',
    "liste": 'survey.answered["caseload"].head(5).tolist()',
    "gruppe": 'survey.answered.groupby("office_id")["caseload"].mean()',
    "tabell": 'table(survey.counsellors[["sector", "caseload"]].head(3), title="t")',
    "figur": "import seaborn as sns\nsns.histplot(survey.answered['caseload'])",
    "vist": 'from IPython.display import HTML\ndisplay(HTML(survey.answered.head(2)[["caseload"]].to_html()))',
    "utskrift": 'print(survey.answered["caseload"].head(5))',
    "merke": f'display({{"{EXHIBIT_MIME}": {{}}, "text/markdown": str(survey.answered.head(2))}}, raw=True)',
    "prosa": 'prose(str(survey.answered["caseload"].head(2)))',
}
START = """
```{python}
#| label: oppsett
#| include: false
from helpers import *
survey = open_survey(survey_year)
time = mean(survey.counsellors, "time_users", by=["sector", "wave"])
print(survey.answered.head())
```

```{python}
#| label: figur-16
exhibit("fig-16", time, rows="sector", title="Tid", unit="poeng")
```

Tid: `{python} nb(time, "statlig", digits=1)`.
"""
BODY = START + "".join(f"\n```{{python}}\n#| label: {label}\n{code}\n```\n" for label, code in LEAKS.items())
BODY += "\nRader: `{python} survey.answered['caseload'].head(5).tolist()`.\n"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Path]:
    """A chapter that leaks in each cell, and real data."""
    root = tmp_path_factory.mktemp("gate")
    store_fake(root / "data", (2024,), invited=900)
    write_manifest(root / "data", "real", "Prøve", "en prøve", created="2025-01-02")
    project = make_project(root / "book", BODY)
    [chapter] = [chapter for chapter in project.chapters if chapter.slug == "04-prove"]
    return Run(chapter, chapter.text, "key", root / "runs" / "04-prove-key.ipynb"), root / "data"


def test_a_run_of_real_data_is_refused_whole_with_each_cell(run: tuple[Run, Path]) -> None:
    with pytest.raises(ReportError) as refused:
        execute(run[0], 2024, run[1], explain=False)
    for label in (*LEAKS, "Rader: "):
        assert f"chapters 04-prove, cell «{label}" in str(refused.value), label
    assert str(refused.value).count("chapters 04-prove, cell") == len(LEAKS) + 1
    assert "figur-16" not in str(refused.value) and not run[0].output.exists()


def test_on_the_twin_it_is_kept_without_what_is_refused(run: tuple[Run, Path]) -> None:
    execute(run[0], 2024, run[1], explain=True)
    book = nbformat.read(run[0].output, as_version=4)
    assert all(cell.outputs for cell in book.cells if "label: figur-16" in cell.source), "what helpers made is there"
    for cell in book.cells:
        if any(f"label: {label}\n" in cell.source for label in LEAKS if label != "tabell"):
            assert not any("text/markdown" in output.data for output in cell.outputs), cell.source
            assert not any(kind in str(cell.outputs) for kind in ("text/html", "text/plain", "image/")), cell.source
    found = problems(run[0].chapter, book.metadata)
    assert len(found) == len(LEAKS) + 1 and all(problem.remedy for problem in found)
    with pytest.raises(ReportError, match="several problems"):
        refuse_outputs(run[0].chapter, book)


def test_a_chapter_without_faults_is_not_refused() -> None:
    refuse_outputs(Chapter(Path(), "chapters/04-a"), nbformat.v4.new_notebook())
