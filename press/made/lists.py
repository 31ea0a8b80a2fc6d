"""Lists of what a book holds: figures and tables, what is hidden in them, and the codebook's variables."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Any

import pandas as pd

from engine.data.codebook import Variable, clauses, holds
from engine.data.survey import Survey
from engine.disclosure.record import ENTRY_KEYS
from engine.disclosure.rules import minimum_persons
from engine.exhibits.numbers import csv_text, pipe_table
from engine.outputs import EXHIBIT_MIME, HIDDEN_MIME, exhibits_of, outputs_of
from engine.words.numbers import nb_list, nb_number, nb_percent
from engine.words.prose import literal
from press.downloads import reference, variable_anchor

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


HIDDEN_FILE = "suppressed.csv"
COLUMNS = ["chapter", "exhibit", *ENTRY_KEYS, "what", "reason"]
WORDS = {"fig": "figur", "tbl": "tabell"}
REASONS_NB = {
    "threshold": "for få personer",
    "complement": "ville røpe noe annet som er skjult",
    "dominance": "én eller to personer står nesten alene bak",
    "degrees of freedom": "modellen har for få personer",
    "one sampled unit": "bare én enhet å regne usikkerhet av",
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
        in_sentences = [entry for data in outputs for entry in data.get(HIDDEN_MIME, [])]
        known = {tuple(row[key] for key in (*ENTRY_KEYS, "what")) for row in shown}
        found += shown
        found += [
            {"chapter": slug, "exhibit": "", **entry} for entry in in_sentences
            if tuple(entry[key] for key in (*ENTRY_KEYS, "what")) not in known
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
    return pipe_table(pd.DataFrame(rows)) + f"\n\nHver rad, uten tallene: [{HIDDEN_FILE}](../{HIDDEN_FILE})."


def _place(exhibit: str) -> str:
    """An exhibit's number in words: «figur 16», «figur 16, tall bak teksten»; of a sentence «bare i teksten»."""
    kind, _, number = exhibit.removesuffix("+").partition("-")
    if kind not in WORDS:
        return "tall bak teksten" if exhibit else "bare i teksten"
    named = f"{WORDS[kind]} {number.lstrip('0').replace('-', ' ')}"
    return f"{named}, tall bak teksten" if exhibit.endswith("+") else named


SOURCES_NB = {
    "frame": ("Fra utvalgslisten", "Kjent for alle inviterte, også dem som ikke svarte."),
    "survey": ("Fra spørreskjemaet", "Spørsmålene er gjengitt med våre ord; ordlyden er ikke publisert."),
    "derived": ("Regnet ut av svarene", "Laget av variablene over, hver av én funksjon med sin kilde."),
}
TYPES_NB = {
    "integer": "et helt tall",
    "numeric": "et tall",
    "id": "et nummer uten mening",
    "text": "fri tekst, leses ikke",
}


def uses(notebooks: Iterable[Path]) -> dict[str, list[str]]:
    """Find which exhibits each variable is used by."""
    found: dict[str, list[str]] = {}
    for path in notebooks:
        for record in exhibits_of(path):
            if record["title"]:
                for name in record["variables"]:
                    found.setdefault(name, []).append(record["id"])
    return {name: list(dict.fromkeys(ids)) for name, ids in found.items()}


def unanswered(survey: Survey, variable: Variable) -> dict[int, float]:
    """Share without an answer among those who were asked."""
    shares = {}
    for wave in survey.waves:
        if not survey.asked(variable.name, wave):
            continue
        frame = survey.answered[survey.answered["wave"] == wave]
        asked = frame[holds(_codes(survey, frame, variable.filter), variable.filter)]
        enough = len(asked) >= minimum_persons()
        shares[wave] = 100.0 * float(asked[variable.name].isna().mean()) if enough else float("nan")
    return shares


def _codes(survey: Survey, frame: pd.DataFrame, rule: str) -> pd.DataFrame:
    """Columns of a rule as codes again: rules are written in codes, frames hold labels."""
    columns = {}
    for name, _, _ in clauses(rule):
        codes = {label: code for code, label in survey.codebook[name].codes.items()}
        labelled = isinstance(frame[name].dtype, pd.CategoricalDtype)
        columns[name] = frame[name].astype(object).map(codes).astype(float) if labelled else frame[name]
    return pd.DataFrame(columns, index=frame.index)


def codebook_nb(survey: Survey, notebooks: Iterable[Path]) -> str:
    """Write the page's tables in bokmål: a section per source, a part per question, a row per variable."""
    used = uses(notebooks)
    parts = []
    for source, (title, words) in SOURCES_NB.items():
        parts.append(f"## {title} {{#sec-kodebok-{source}}}\n\n{words}\n")
        variables = [variable for variable in survey.codebook if variable.source == source]
        for question, together in groupby(variables, key=lambda variable: variable.question):
            parts.append(_question(survey, question, list(together), used))
    return "::: {.codebook}\n" + "\n".join(parts) + "\n:::"


def _question(survey: Survey, question: str, variables: list[Variable], used: dict[str, list[str]]) -> str:
    first = variables[0]
    lines = [f"### {literal(question)} {{.unlisted}}\n"] if question else []
    same = all(variable.codes == first.codes and variable.type == first.type for variable in variables)
    if question:
        asked_of = nb_list(list(dict.fromkeys(literal(variable.asked_of) for variable in variables)))
        lines.append(f"Spurt av {asked_of}." + (f" Svar: {_answers(first)}." if same else "") + "\n")
    heads = ["Variabel", "Spurt i (uten svar)" if question else "Finnes i", "Brukt i"]
    rows = [
        [_name(v, not question or not same), _waves(survey, v), _links(used.get(v.name, []))] for v in variables
    ]
    table = [heads, ["-" * 30, "-" * 18, "-" * 26], *rows]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in table)]) + "\n"


def _name(variable: Variable, with_answers: bool) -> str:
    text = f"[{literal(variable.label)}]{{#{variable_anchor(variable.name)}}} `{variable.name}`"
    return f"{text}: {_answers(variable)}" if with_answers else text


def _answers(variable: Variable) -> str:
    if not variable.codes:
        return TYPES_NB[variable.type]
    return "; ".join(f"{code} = {literal(label)}" for code, label in variable.codes.items())


def _waves(survey: Survey, variable: Variable) -> str:
    waves = [wave for wave in survey.waves if wave in variable.waves]
    if not waves:
        return "ikke i denne utgaven"
    if variable.source != "survey":
        return nb_list([str(wave) for wave in waves])
    shares = unanswered(survey, variable)
    return ", ".join(
        f"{wave} ({nb_percent(shares[wave], 1)})" if wave in shares else f"{wave} (mangler)" for wave in waves
    )


def _links(identifiers: list[str]) -> str:
    return nb_list([reference(name) for name in identifiers]) if identifiers else "–"
