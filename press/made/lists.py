"""Lists of figures and tables, from what the chapters' runs emitted."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from engine.disclosure.rules import minimum_persons
from engine.exhibits.numbers import csv_text, pipe_table
from engine.outputs import EXHIBIT_MIME, HIDDEN_MIME, exhibits_of, outputs_of
from engine.table import KEYS
from engine.words.numbers import nb_list, nb_number
from press.downloads import reference

HEADINGS = {"fig": "Figurer", "tbl": "Tabeller"}


def titles(notebooks: Iterable[Path]) -> dict[str, str]:
    """Read the titles of all exhibits."""
    records = [record for path in notebooks for record in exhibits_of(path)]
    return {record["id"]: record["title"] for record in records if record["title"]}


def lists_nb(notebooks: Iterable[Path]) -> str:
    """Write both lists in bokmål: a section each, a linked line an exhibit, as markdown."""
    found = titles(notebooks)
    parts = []
    for prefix, heading in HEADINGS.items():
        lines = [f"- {reference(name)}: {title}" for name, title in found.items() if name.startswith(prefix)]
        if lines:
            listed = "\n".join(lines)
            # Print puts its own list here, with page numbers.
            listed = f'::: {{.exhibit-list kind="{prefix}"}}\n{listed}\n:::'
            parts += [f"## {heading} {{#sec-liste-{heading.lower()}}}", listed]
    return "\n\n".join(parts)


FILE = "suppressed.csv"
COLUMNS = ["chapter", "exhibit", *KEYS, "what", "reason"]
WORDS = {"fig": "figur", "tbl": "tabell"}
REASONS_NB = {
    "threshold": "for få personer",
    "complement": "ville røpe noe annet som er skjult",
    "dominance": "én eller to personer står nesten alene bak",
    "degrees of freedom": "modellen har for få personer",
    "difference": "forskjellen fra et annet anslag er noen få personer",
}


def collect(notebooks: Iterable[tuple[str, Path]]) -> pd.DataFrame:
    """Read what executed chapters hide."""
    found: list[dict[str, Any]] = []
    for slug, path in notebooks:
        outputs = outputs_of(path)
        shown = [
            {"chapter": slug, "exhibit": data[EXHIBIT_MIME]["id"], **entry}
            for data in outputs if EXHIBIT_MIME in data for entry in data[EXHIBIT_MIME].get("hidden", [])
        ]  # fmt: skip
        told = [entry for data in outputs for entry in data.get(HIDDEN_MIME, [])]
        known = {tuple(row[key] for key in (*KEYS, "what")) for row in shown}
        found += shown
        found += [
            {"chapter": slug, "exhibit": "", **entry} for entry in told
            if tuple(entry[key] for key in (*KEYS, "what")) not in known
        ]  # fmt: skip
    return pd.DataFrame(found, columns=COLUMNS).drop_duplicates(ignore_index=True)


def suppressed_csv(table: pd.DataFrame) -> str:
    """Write the record as CSV: keys and reasons, never a value."""
    return csv_text(table)


def suppressed_nb(table: pd.DataFrame) -> str:
    """Tell in bokmål what an edition hides."""
    if table.empty:
        return f"I denne utgaven er ingen tall skjult: Alle anslag bygger på minst {minimum_persons()} personer."
    rows = []
    for (chapter, exhibit), part in table.groupby(["chapter", "exhibit"], sort=False):
        kinds = part["reason"].value_counts(sort=False)
        rows.append({
            "Kapittel": chapter, "Hvor": _place(str(exhibit)),
            "Skjulte anslag": int((part["what"] == "estimate").sum()),
            "Skjulte antall": int((part["what"] == "n").sum()),
            "Fordi": nb_list([f"{REASONS_NB.get(str(kind), str(kind))} ({nb_number(number)})"
                              for kind, number in kinds.items()]),
        })  # fmt: skip
    return pipe_table(pd.DataFrame(rows)) + f"\n\nHver rad, uten tallene: [{FILE}](../{FILE})."


def _place(exhibit: str) -> str:
    """An exhibit's number in words: «figur 16», «figur 16, tall bak teksten»; of a sentence «bare i teksten»."""
    kind, _, number = exhibit.removesuffix("+").partition("-")
    if kind not in WORDS:
        return "tall bak teksten" if exhibit else "bare i teksten"
    named = f"{WORDS[kind]} {number.lstrip('0').replace('-', ' ')}"
    return f"{named}, tall bak teksten" if exhibit.endswith("+") else named
