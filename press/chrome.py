"""Words of a page around its chapter, in the chapter's language."""

from __future__ import annotations

import csv
from functools import cache

from press.project import ROOT

TITLES = ROOT / "data" / "chapters_en.csv"
NORWEGIAN = {
    "skip": "Hopp til innholdet",
    "locale": "nb_NO",
    "search": "Søk",
    "search_help": "Treffene vises under feltet mens du skriver.",
    "hits": "Treff i boken",
    "dark": "Mørk",
    "chapters": "Kapitler",
    "on_this_page": "På denne siden",
    "turning": "Forrige og neste kapittel",
    "previous": "Forrige",
    "next": "Neste",
    "survey": "Undersøkelsen",
    "run": "Kjør dette kapitlet selv: last ned notatboken",
    "about_data": "Om dataene",
    "synthetic": "Syntetiske data.",
    "invented": "Tallene er fra oppdiktede personer som er laget for å ligne Navs tall. Ikke siter dem.",
    "more": "Les om dataene",
    "other_language": "English",
}
ENGLISH = {
    "skip": "Skip to the content",
    "locale": "en_GB",
    "search": "Search",
    "search_help": "Hits are shown below the field while you write.",
    "hits": "Hits in the book",
    "dark": "Dark",
    "chapters": "Chapters",
    "on_this_page": "On this page",
    "turning": "Previous and next chapter",
    "previous": "Previous",
    "next": "Next",
    "survey": "Survey of",
    "run": "Run this chapter yourself: download the notebook",
    "about_data": "About the data",
    "synthetic": "Synthetic data.",
    "invented": "The figures come from invented people, made to resemble Nav's own figures. Do not quote them.",
    "more": "Read about the data (in Norwegian)",
    "other_language": "Norsk",
}


def words(language: str) -> dict[str, str]:
    """Give the words of a page in a chapter's language; Norwegian where it has none of its own."""
    return ENGLISH if language.startswith("en") else NORWEGIAN


@cache
def english_chapters() -> dict[str, str]:
    """Titles of chapters in English, and of the book's parts, for the pages in English."""
    with open(TITLES, encoding="utf-8", newline="") as file:
        return {row["name"]: row["title_en"] for row in csv.DictReader(file)}
