"""Sentences against findings on the same estimates: a pair that can't both be right is found."""

from __future__ import annotations

import nbformat
import pandas as pd
import pytest

from ledger.sentences import disagreements, sentences

CELL = """#| label: figur-1
caseload = mean(counsellors, "caseload", by=["group", "wave"])
exhibit("fig-1", ordered(caseload, "unge"), unit="brukere")"""
PROSE = '''prose(r"""
Porteføljen `{python} trend(caseload, "unge")`, og de over `{python} nb(caseload, "unge", year)` er få.
De unge ligger `{python} compare(caseload, "unge", "eldre", year)` de eldre.
Kurven `{python} slope(curves, over="group")`.
""")'''
CURVES = """curves = curve(counsellors, "caseload")
supplement("fig-1+", curves)"""


@pytest.fixture
def notebook(tmp_path):
    def write(trend, compare, slope, prose=PROSE):
        told = f"\nPorteføljen {trend}, og de over 12 er få.\nDe unge ligger {compare} de eldre.\nKurven {slope}.\n"
        output = nbformat.v4.new_output("display_data", data={"text/markdown": told})
        cells = [nbformat.v4.new_code_cell(text) for text in (CELL, CURVES)]
        cells.append(nbformat.v4.new_code_cell(prose, outputs=[output]))
        path = tmp_path / "kapittel.ipynb"
        nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
        return path

    return write


def estimates():
    keys = {"population": "", "sector": "", "category": "", "measure": "mean", "estimate": 1.0}
    figure = [{"wave": wave, "group": group, **keys} for group in ("unge", "eldre") for wave in ("2022", "2024")]
    curves = [{"wave": "2024", "group": group, **keys} for group in ("unge", "eldre") for _ in range(3)]
    return {"fig-1": pd.DataFrame(figure), "fig-1+": pd.DataFrame(curves)}


def claim(predicate, arguments, status, exhibit="fig-1"):
    one = {"id": "x", "exhibit": exhibit, "predicate": predicate, "arguments": arguments, "status": status}
    return pd.DataFrame([one])


CHANGE, HIGHER = "2022; 2024; unge", "unge; eldre; 2024"


@pytest.mark.parametrize(
    ("predicate", "arguments", "status", "words"),
    [
        ("rises", CHANGE, "holds", ("økte fra 1 i 2022 til 2 i 2024", "høyere enn", "avtar for unge")),
        ("rises", CHANGE, "in part", ("ser ut til å ha økt fra 1", "høyere enn", "avtar for unge")),
        ("unchanged", CHANGE, "holds", ("var om lag uendret på 1", "høyere enn", "avtar for unge")),
        ("higher", HIGHER, "holds", ("økte fra 1", "høyere enn", "avtar for unge")),
        ("higher", "eldre; unge; 2024", "holds", ("økte fra 1", "lavere enn", "avtar for unge")),
        ("higher", HIGHER, "hidden", ("økte fra 1", "om lag som", "avtar for unge")),
        ("rises", "2022; 2024; eldre", "holds", ("gikk ned fra 1", "høyere enn", "avtar for unge")),
    ],
)
def test_pairs_that_agree(notebook, predicate, arguments, status, words):
    assert disagreements([notebook(*words)], estimates(), claim(predicate, arguments, status)) == []


@pytest.mark.parametrize(
    ("predicate", "arguments", "status", "words"),
    [
        ("rises", CHANGE, "holds", ("ser ut til å ha økt fra 1", "høyere enn", "avtar for unge")),
        ("rises", CHANGE, "fails", ("økte fra 1", "høyere enn", "avtar for unge")),
        ("unchanged", CHANGE, "holds", ("viste en tendens til nedgang fra 1", "høyere enn", "avtar for unge")),
        ("higher", HIGHER, "holds", ("økte fra 1", "om lag som", "avtar for unge")),
        ("higher", HIGHER, "holds", ("økte fra 1", "lavere enn", "avtar for unge")),
    ],
)
def test_pairs_that_disagree(notebook, predicate, arguments, status, words):
    found = disagreements([notebook(*words)], estimates(), claim(predicate, arguments, status))
    assert len(found) == 1 and found[0].startswith(f"x {status}, but «")


def test_a_curve_called_flat_that_the_ledger_says_falls(notebook):
    """What the book and its ledger once said of the same curves."""
    path = notebook("økte fra 1", "høyere enn", "avtar for unge, og varierer lite for eldre")
    holds = [claim("curve_falls", f"{group}; 2024", "holds", "fig-1+") for group in ("unge", "eldre")]
    assert disagreements([path], estimates(), holds[0]) == []
    assert len(disagreements([path], estimates(), holds[1])) == 1


def test_sentences_are_read_with_what_they_are_about(notebook):
    found = list(sentences(notebook("økte fra 1", "høyere enn", "avtar for unge og eldre")))
    assert [(one.function, one.names) for one in found] == [
        ("trend", ("unge",)), ("compare", ("unge", "eldre", "newest")), ("slope", ("unge",)), ("slope", ("eldre",)),
    ]  # fmt: skip
    assert found[0].exhibits == ("fig-1", "fig-1+") and found[2].exhibits == ("fig-1+", "fig-1++")


def test_a_sentence_on_a_wave_that_is_not_known_is_left_alone(notebook):
    """`first` was once read as the edition's year, so a sentence on 2022 spoke for 2024."""
    words = ("økte fra 1", "lavere enn", "avtar for unge")
    holds = claim("higher", HIGHER, "holds")
    assert len(disagreements([notebook(*words)], estimates(), holds)) == 1
    earlier = PROSE.replace('"eldre", year', '"eldre", first')
    assert disagreements([notebook(*words, prose=earlier)], estimates(), holds) == []
