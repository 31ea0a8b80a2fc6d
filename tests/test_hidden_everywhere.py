"""A whole book of real-kind data that forces each rule: nothing hidden is in any file of it."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine.data.manifest import write_manifest
from engine.data.survey import open_survey
from engine.disclosure.rules import COMPLEMENT, DEFAULT_MINIMUM, DIFFERENCE, DOMINANCE, FREEDOM, THRESHOLD
from engine.estimates.curves import curve
from engine.estimates.weighted import mean
from engine.exhibits.exhibit import GRIDS, KINDS, exhibit
from engine.vouched import vouched_number
from press.audit.readers import read
from press.build import Order, build
from tests.fake_survey import store_fake, without_ranges
from tests.frames import everything_told, persons
from tests.one_chapter import make_project

BODY = """
```{python}
#| label: oppsett
#| include: false
from helpers import *
from engine.estimates.weighted import unweighted
survey = open_survey(survey_year)
now = survey.current(survey.counsellors)
caseload = mean(now, "caseload", by=["nav_region", "wave"], total="nav_region")
meetings = mean(now, "act_planned", by=["nav_region", "wave"])
narrow = now[~(now["act_planned"] > 2000)]
```

Agder: `{python} nb(caseload, "Agder")`, Innlandet: `{python} nb(caseload, "Innlandet", digits=2)`, Oslo:
`{python} interval(meetings, "Oslo")`, høyest og lavest: `{python} highest(caseload, survey.year)`,
`{python} lowest(caseload, survey.year)`.
Agder `{python} trend(caseload, "Agder")`, rekkefølgen er `{python} ranked(caseload, survey.year, count=0)`.

```{python}
#| label: figur-16
exhibit("fig-16", caseload, rows="nav_region", series="", title="Portefølje", unit="brukere")
```

```{python}
#| label: figur-40
exhibit("fig-40", meetings, rows="nav_region", series="", kind="bars", title="Avtalte møter", unit="i uken", digits=1)
```

```{python}
#| label: tabell-1
exhibit("tbl-1", caseload, kind="table", rows="nav_region", columns="wave", title="Portefølje i tall")
```

```{python}
#| label: figur-17
by_size = curve(now[now["nav_region"] == "Innlandet"], "caseload", by="wave")
exhibit("fig-17", by_size, kind="curves", rows="antall ansatte", series="", title="I Innlandet", unit="brukere")
```

```{python}
#| label: tall
supplement("fig-17+", mean([now, narrow], "time_users", by="wave"))
```

```{python}
#| label: tabell-2
answers = share(unweighted(now), "task_sector", by=["sector", "wave"])
exhibit("tbl-2", answers, kind="table", rows="answer", columns="sector", title="Oppgaver")
```
"""
FRONT = """
{{< include /_made/skjult.md >}}

Se @sec-prove.
"""
AGDER, INNLANDET, OSLO = 1, 2, 5
OF_AGDER, OF_INNLANDET, LARGEST = 4321.0, 3717.0, 2983.0


def marked(root: Path) -> None:
    """Random answers, with five persons in Agder, eleven in Innlandet, and one who has nearly all meetings of Oslo."""
    store_fake(root, (2024,), invited=2600)
    people = pd.read_parquet(root / "survey_2024.parquet")
    region = people.merge(pd.read_parquet(root / "frame_2024.parquet"), on="respondent_id")["nav_region"].to_numpy()
    counsellor = (people["role_counsellor"] == 1) & (people["caseload"] > 0)
    for role in ("role_job_specialist", "role_kvp", "role_intro", "role_leader"):
        counsellor &= people[role] != 1
    for code, kept, value in ((AGDER, 5, OF_AGDER), (INNLANDET, 11, OF_INNLANDET)):
        here = np.flatnonzero((region == code) & counsellor)
        assert len(here) > kept
        people.loc[here[kept:], "caseload"] = -1.0
        people.loc[here[:kept], "caseload"] = value
    here = np.flatnonzero((region == OSLO) & counsellor)
    people.loc[here, "act_planned"] = 1.0
    people.loc[here[0], "act_planned"] = LARGEST
    people.loc[here[0], "time_users"] = 4.0
    two = np.flatnonzero(counsellor & (people["task_sector"] == 3))[:2]
    people.loc[people["task_sector"] == 3, "task_sector"] = 1.0
    people.loc[two, "task_sector"] = 3.0
    people.to_parquet(root / "survey_2024.parquet")
    write_manifest(root, "real", "Prøve", "en prøve", created="2025-01-02")


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The data root, and the book built on it with all formats."""
    root = tmp_path_factory.mktemp("hidden")
    marked(root / "data")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("REPORT_MINIMUM", raising=False)
        patch.setenv("REPORT_DATA", str(root / "data"))
        without_ranges(patch, root)
        said: list[str] = []
        made = build(make_project(root / "book", BODY, FRONT), Order(renderer="pandoc", jobs=1), said.append)
    assert [line for line in said if "not checked against each other" in line] == said[:1]
    return root / "data", made


def hidden_values(data: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """What the book would show of the three counties without control."""
    monkeypatch.setenv("REPORT_MINIMUM", "3")
    without_ranges(monkeypatch, data.parent)
    survey = open_survey(None, data)
    with everything_told():
        users, meetings = (
            mean(survey.counsellors, name, "nav_region").set_index("nav_region")["estimate"]
            for name in ("caseload", "act_planned")
        )
    return {"Agder": float(users["Agder"]), "Innlandet": float(users["Innlandet"]), "Oslo": float(meetings["Oslo"])}


def test_no_hidden_value_is_in_any_file(book: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    data, made = book
    found = hidden_values(data, monkeypatch)
    assert found["Agder"] == pytest.approx(OF_AGDER) and found["Innlandet"] == pytest.approx(OF_INNLANDET)
    files = [path for path in made.rglob("*") if path.is_file()]
    assert {".html", ".pdf", ".csv", ".xlsx", ".svg"} <= {path.suffix for path in files}
    # With any or no space between thousands, and any decimals.
    words = {name: re.compile(rf"(?<!\d){_spaced(found[name])}(?!\d)") for name in ("Agder", "Innlandet")}
    words |= {"Oslo": re.compile(rf"(?<!\d){found['Oslo']:.1f}".replace(".", "[.,]"))}
    words |= {"one answer": re.compile(rf"(?<!\d){_spaced(LARGEST)}(?!\d)")}
    assert words["Agder"].search("4 321,0") and words["Agder"].search(">4321<")
    pieces = [piece for path in files for piece in read(path.name, path.name, path.read_bytes())]
    texts = [(piece.place, text) for piece in pieces for text in (piece.text, *(" | ".join(row) for row in piece.rows))]
    caught = [(name, where) for where, text in texts for name, word in words.items() if word.search(text)]
    assert caught == []
    # As it would be written, and with more digits than are.
    told = [(name, number) for name, value in found.items() for number in (value, vouched_number(value))]
    forms = [(name, f"{number:.10g}".encode()) for name, number in told]
    raw = [(name, path.name) for path in files for name, form in forms if form in
           path.read_bytes() and path.suffix in (".html", ".csv", ".svg", ".json")]  # fmt: skip
    assert raw == []


def _spaced(value: float) -> str:
    digits = str(int(value))
    return rf"{digits[:-3]}[\s\u202f\u00a0]?{digits[-3:]}"


def test_each_rule_has_its_rows_in_the_record(book: tuple[Path, Path]) -> None:
    record = pd.read_csv(book[1] / "suppressed.csv", keep_default_na=False)
    record["nav_region"] = record["groups"].str.removeprefix("nav_region: ")
    of = {name: part for name, part in record.groupby("exhibit")}
    by_county = of["fig-16"].set_index("nav_region")["reason"].to_dict()
    assert by_county == {"Agder": THRESHOLD, "Innlandet": COMPLEMENT}
    assert of["fig-40"].set_index("nav_region")["reason"].to_dict() == {"Oslo": DOMINANCE}
    assert of["tbl-1"].set_index("nav_region")["reason"].to_dict() == by_county
    assert of["fig-17"]["reason"].tolist() == [FREEDOM]
    assert of["fig-17+"]["reason"].tolist() == [DIFFERENCE]
    assert {DOMINANCE, COMPLEMENT} <= set(of["tbl-2"]["reason"])
    front = re.sub(r"<[^>]+>", " ", (book[1] / "index.html").read_text(encoding="utf-8"))
    assert re.search(r"04-prove\s+figur 16\s+2\s+0\s+for få personer \(1\) og ville røpe noe annet", front)
    assert set(record["what"]) == {"estimate"} and not {"estimate", "n"} & set(record.columns)


def test_pages_and_files_say_that_something_is_hidden(book: tuple[Path, Path]) -> None:
    page = (book[1] / "chapters/04-prove.html").read_text(encoding="utf-8")
    assert re.search(r"Agder: skjult, Innlandet: skjult, Oslo:\s+skjult", page)
    assert f"færre enn {DEFAULT_MINIMUM} svar, eller som ville røpe slike, er skjult" in page
    assert "står nesten alene bak, er skjult" in page and "Modeller som bygger på for få svar" in page
    table = pd.read_csv(book[1] / "exhibits/figur-16.csv").set_index("nav_region")
    hidden = table[table["suppressed"]]
    assert sorted(hidden.index) == ["Agder", "Innlandet"]
    assert hidden[["estimate", "standard_error", "ci_low", "ci_high", "n"]].isna().all(axis=None)
    with zipfile.ZipFile(book[1] / "exhibits/figur-16.xlsx") as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    lines = {name: number for number, name in enumerate(table.index, start=2)}
    columns = pd.read_csv(book[1] / "exhibits/figur-16.csv", nrows=0).columns
    places = {name: chr(ord("A") + at) for at, name in enumerate(columns)}
    for name, line in lines.items():
        for column in ("estimate", "n"):
            assert (f'r="{places[column]}{line}"' in sheet) is (name not in hidden.index)
    assert "reason" not in table.columns


@pytest.mark.parametrize("kind", [*KINDS, *GRIDS])
def test_another_hidden_value_gives_the_same_bytes(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even the ends of an axis or an order may depend on what is hidden."""
    monkeypatch.delenv("REPORT_MINIMUM", raising=False)
    bundles = []
    for value in (1.0, 1e6):
        frame = persons(
            y=[10.0, 30.0] * 30 + [50.0, 70.0] * 30 + [value] * 7, office_size=np.arange(127.0) % 50,
            age_group_followed=["unge"] * 60 + ["begge"] * 60 + ["eldre"] * 7, respondent_id=np.arange(127),
        )  # fmt: skip
        table = mean(frame, "y", ["age_group_followed", "wave"])
        if kind == "curves":
            table = curve(frame, "y", by="age_group_followed")
        if kind == "regression":
            table = table.assign(measure="coef", p_value=0.5, outcome="y", sample="", term=table["age_group_followed"])
        rows, series = {"curves": ("x", ""), "lines": ("wave", "age_group_followed")}.get(
            kind, ("age_group_followed", "wave")
        )
        columns, number = "wave" if kind == "table" else "", "tbl-1" if kind in GRIDS else "fig-1"
        made = exhibit(number, table, kind=kind, title="t", rows=rows, series=series, columns=columns)
        bundles.append(made._repr_mimebundle_())
        assert made.table["suppressed"].any()
    assert bundles[0] == bundles[1]
