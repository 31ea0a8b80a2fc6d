"""The record of what is hidden: in cells, in sentences, beside the book."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from engine.disclosure.record import drain, hidden_rows
from engine.exhibits.exhibit import exhibit
from engine.exhibits.numbers import supplement
from engine.outputs import EXHIBIT_MIME, HIDDEN_MIME
from engine.words.lookup import nb
from engine.words.prose import prose
from press.made.lists import COLUMNS, _place, collect, suppressed_csv, suppressed_nb
from tests.frames import estimate_table

SECRET = 61.2345


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> pd.DataFrame:
    monkeypatch.delenv("REPORT_MINIMUM", raising=False)
    drain()
    return estimate_table((2024, "unge", 35.5, 1.0, 120), (2024, "eldre", SECRET, 1.0, 7), keys=("wave", "group"))


def test_a_row_names_keys_and_reason_and_no_value(table: pd.DataFrame) -> None:
    [entry] = hidden_rows(table)
    assert (entry["wave"], entry["groups"]) == ("2024", "group: eldre")
    assert (entry["what"], entry["reason"]) == ("estimate", "threshold")
    assert "61" not in json.dumps(entry)
    only_number = table.assign(reason=["difference", "threshold"])
    assert [(e["what"], e["reason"]) for e in hidden_rows(only_number)] == [
        ("n", "difference"), ("estimate", "threshold")
    ]  # fmt: skip
    assert hidden_rows(table.drop(columns=["suppressed", "reason"])) == [] == hidden_rows(table.iloc[:0])
    assert "er skjult der det ville røpe" in exhibit("fig-16", only_number, title="t").note


def test_a_sentence_hands_over_what_it_asked_for(table: pd.DataFrame) -> None:
    told = prose("`{python} nb(t, 'unge')` og `{python} nb(t, 'eldre')`", {"nb": nb, "t": table})
    assert repr(told) == "36 og skjult"
    assert [entry["groups"] for entry in told._repr_mimebundle_()[HIDDEN_MIME]] == ["group: eldre"]
    assert drain() == []
    assert HIDDEN_MIME not in prose("`{python} nb(t, 'unge')`", {"nb": nb, "t": table})._repr_mimebundle_()


def notebook(path: Path, *bundles: dict[str, object]) -> tuple[str, Path]:
    cells = [{"outputs": [{"data": bundle} for bundle in bundles]}, {"source": "words"}]
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    return path.stem, path


def test_the_record_of_a_book(table: pd.DataFrame, tmp_path: Path) -> None:
    shown = exhibit("fig-16", table, title="Portefølje")._repr_mimebundle_()
    aside = supplement("fig-16+", table.assign(wave=2022))._repr_mimebundle_()
    told = prose("`{python} nb(t, 'eldre')`", {"nb": nb, "t": table})._repr_mimebundle_()
    other = prose("`{python} nb(t, 'eldre')`", {"nb": nb, "t": table.assign(sector="s")})._repr_mimebundle_()
    assert shown[EXHIBIT_MIME]["hidden"] and aside[EXHIBIT_MIME]["hidden"]
    record = collect([notebook(tmp_path / "04-tid.ipynb", told, shown, aside, other), notebook(tmp_path / "x.ipynb")])
    # What the figure hides is told once; what only a sentence would have told has no figure.
    assert record[["chapter", "exhibit", "wave", "groups"]].to_numpy().tolist() == [
        ["04-tid", "fig-16", "2024", "group: eldre"], ["04-tid", "fig-16+", "2022", "group: eldre"],
        ["04-tid", "", "2024", "group: eldre; sector: s"],
    ]  # fmt: skip
    text = suppressed_csv(record)
    assert text.splitlines()[0] == ",".join(COLUMNS) and str(SECRET) not in text and "61" not in text
    page = suppressed_nb(record)
    assert "| 04-tid | figur 16 | 1 | 0 | for få personer (1) |" in page and "| 04-tid | bare i teksten | 1 |" in page
    assert "| 04-tid | figur 16, tall bak teksten | 1 |" in page
    assert [_place(name) for name in ("text-unit", "tbl-vedlegg-2", "fig-k03")] == [
        "tall bak teksten", "tabell vedlegg 2", "figur k03"
    ]  # fmt: skip
    assert "ingen tall skjult" in suppressed_nb(collect([]))
