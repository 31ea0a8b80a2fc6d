"""The codebook's page: every variable, whom it was asked of, how many gave no answer, and which exhibits use it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

import pandas as pd

from engine.data.codebook import Variable, clauses, holds
from engine.data.survey import Survey
from engine.disclosure.rules import minimum_persons
from engine.outputs import exhibits_of
from engine.words.numbers import nb_list, nb_percent
from engine.words.prose import literal
from press.downloads import reference, variable_anchor

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
        [_name(v, tell=not question or not same), _waves(survey, v), _links(used.get(v.name, []))] for v in variables
    ]
    table = [heads, ["-" * 30, "-" * 18, "-" * 26], *rows]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in table)]) + "\n"


def _name(variable: Variable, tell: bool) -> str:
    text = f"[{literal(variable.label)}]{{#{variable_anchor(variable.name)}}} `{variable.name}`"
    return f"{text}: {_answers(variable)}" if tell else text


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
