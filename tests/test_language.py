"""Typed numbers and words of direction are found in prose, and words that no dictionary knows."""

from __future__ import annotations

import pytest
from language import HELD, has_hunspell, misspelt, norwegian, typed, unused

from press.project import Project

TEXTS = norwegian(Project().chapters)


@pytest.mark.parametrize("slug", [slug for slug in TEXTS if slug.startswith(HELD)])
def test_a_held_chapter_types_no_number_and_no_direction(slug):
    assert [str(finding) for finding in typed(slug, TEXTS[slug])] == []


def test_each_exception_is_still_needed():
    assert unused(TEXTS) == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("Porteføljen økte i alle fylkene.", ["økte"]),
        ("Porteføljen økte til `{python} nb(x)` brukere.", ["økte"]),
        ("Det gjelder alle de fire gruppene og hver femte bruker.", ["fire", "hver femte"]),
        ("Halvparten er fornøyd, 12 prosent er det ikke.", ["Halvparten", "12"]),
        ("Flest brukere har Oslo, flere enn før.", ["Flest", "flere enn"]),
        # What the data choose, a source says or a definition fixes is no typed finding.
        ("Flest brukere har `{python} highest(x)`.", []),
        ("Porteføljen økte med fire, ifølge Nav-rapporten.", []),
        ("Hver femte arbeidet på tvers [@fossestol2020].", []),
        ("Brukere over 30 år, med et 95 prosent konfidensintervall.", []),
        ("`{python} choose(x, 'Flere enn 4', 'Færre enn 4')`", []),
        ("## Flere enn før {#sec-x}", []),
    ],
)
def test_what_is_typed(line, words):
    assert [finding.word for finding in typed("prøve", line)] == words


def test_code_is_no_prose_and_a_finding_names_its_line():
    text = "Ord.\n\n```{python}\nx = 12  # fire\n```\n\nDet sank."
    assert [str(finding) for finding in typed("prøve", text)] == ["prøve.qmd:7: «sank» in «Det sank.»"]


@pytest.mark.skipif(not has_hunspell(), reason="hunspell or its dictionary nb_NO is not here")
def test_spelling_knows_our_words_and_no_slips():
    text = "Ungdomsveilederne folgger opp `{python} xyzzy` «sitatt» [@strand2020] og AAP."
    assert misspelt(text) == ["folgger"]
