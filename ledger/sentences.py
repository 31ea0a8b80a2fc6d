"""Sentences of the chapters against findings on the same estimates: where the one says what the other denies.

A sentence's verdict is read off its word («økte», «høyere enn», «varierer lite») as the run wrote it; which estimates
it is about stands in its expression, `trend(caseload, "unge")`, and in the cell that shows `caseload` as an exhibit.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd

from engine.table import rows
from engine.words.prose import INLINE
from engine.words.verdict import CLEAR, TENDENCY, UNCHANGED

from .outcomes import FAILS, HOLDS, IN_PART

SHOWN = ("exhibit", "supplement")
# What the first words say: direction (0 of both) and how sure.
Word = tuple[int, str]
NOT_CLEAR = "not clear"
WORDS: Mapping[str, tuple[tuple[str, Word], ...]] = {
    "trend": (
        ("økte|steg", (1, CLEAR)), ("gikk ned|sank", (-1, CLEAR)),
        ("ser ut til å ha økt|viste en tendens til økning", (1, TENDENCY)),
        ("ser ut til å ha gått ned|viste en tendens til nedgang", (-1, TENDENCY)),
        ("var om lag uendret|holdt seg på|endret seg lite|var .+ (både i|begge ganger)", (0, UNCHANGED)),
    ),
    "compare": (
        ("høyere enn", (1, CLEAR)), ("lavere enn", (-1, CLEAR)), ("om lag som", (0, NOT_CLEAR)),
    ),
    "slope": (
        ("øker", (1, CLEAR)), ("avtar", (-1, CLEAR)), ("ser ut til å øke", (1, TENDENCY)),
        ("ser ut til å avta", (-1, TENDENCY)), ("varierer lite", (0, UNCHANGED)),
    ),
}  # fmt: skip
# Words that a claim's holding allows, by the kind of sentence. None is said where a word leaves both open.
UP, DOWN, TENDS_UP, TENDS_DOWN, FLAT = (1, CLEAR), (-1, CLEAR), (1, TENDENCY), (-1, TENDENCY), (0, UNCHANGED)
ALLOWED: Mapping[str, Mapping[str, set[Word]]] = {
    "trend": {
        "rises": {UP}, "falls": {DOWN}, "tends_up": {TENDS_UP}, "tends_down": {TENDS_DOWN}, "unchanged": {FLAT},
        "somewhat_up": {UP, TENDS_UP}, "somewhat_down": {DOWN, TENDS_DOWN},
        "about_unchanged": {FLAT, TENDS_UP, TENDS_DOWN}, "not_rises": {FLAT, DOWN, TENDS_DOWN},
    },
    "compare": {"higher": {UP}, "alike": {(0, NOT_CLEAR)}, "about_alike": {(0, NOT_CLEAR)}},
    "slope": {
        "curve_rises": {UP}, "curve_falls": {DOWN}, "curve_flat": {FLAT}, "curve_falls_from_left": {DOWN},
        "curve_tends_down_from_left": {TENDS_DOWN},
    },
}  # fmt: skip
# Holds only under a further condition: the word alone can deny it, not grant it.
FURTHER = {"curve_falls_from_left", "curve_tends_down_from_left", "alike"}


# Between the parts of a sentence on several curves, and between the items of one part.
PARTED = re.compile(r",? (?:og )?(?=(?:øker|avtar|varierer lite|ser ut til å)\b)")
LISTED = re.compile(r", | og ")
# The edition's year, as chapters call it.
YEAR, NEWEST = "year", "newest"
Place = frozenset[Any]


@dataclass(frozen=True)
class Sentence:
    """One inline expression: the words' function, where its table is shown, its names, and what it came to."""

    function: str
    exhibits: tuple[str, ...]
    names: tuple[str, ...]
    told: str

    @property
    def word(self) -> Word | None:
        """Direction and sureness that its words say; None for those that say neither."""
        return next((word for start, word in WORDS[self.function] if re.match(start, self.told)), None)


def disagreements(notebooks: Iterable[Path], estimates: Mapping[str, pd.DataFrame], claims: pd.DataFrame) -> list[str]:
    """Pairs of a claim and a sentence about the same estimates that can't both be right.

    Parameters
    ----------
    notebooks : iterable of Path
        Executed chapters.
    estimates : mapping
        Exhibit id to the estimates that they emitted.
    claims : pandas.DataFrame
        Findings with their status, as of `check_claims`.

    Returns
    -------
    list of str
        Claim, sentence and its words, one pair a string.
    """
    found = []
    for sentence in (one for path in notebooks for one in sentences(path)):
        for exhibit in sentence.exhibits:
            table = estimates.get(exhibit)
            if table is None or sentence.word is None:
                continue
            about = _spoken(sentence, table)
            for claim in claims[claims["exhibit"] == exhibit].to_dict("records"):
                told = _told(sentence, about, _claimed(sentence.function, claim, table))
                if told is not None and _denies(sentence.function, told, claim["predicate"], claim["status"]):
                    spoken = ", ".join(sentence.names)
                    found.append(f"{claim['id']} {claim['status']}, but «{sentence.told}» of {spoken}")
    return found


def sentences(path: Path) -> Iterator[Sentence]:
    """Read the inline expressions of an executed chapter that tell a change, a difference or a slope."""
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    trees = [_parsed(cell.source) for cell in cells]
    shown = dict(pair for tree in trees for pair in _shown(tree))
    for cell, tree in zip(cells, trees, strict=True):
        template = next((node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)
                         and isinstance(node.value, str) and INLINE.search(node.value)), None)  # fmt: skip
        text = "".join(output.data.get("text/markdown", "") for output in cell.outputs if "data" in output)
        if template is not None:
            yield from _told_in(template, text, shown)


def _parsed(source: str) -> ast.AST:
    try:
        return ast.parse(source)
    except SyntaxError:
        return ast.Module([], [])


def _shown(tree: ast.AST) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Names of tables, each with the exhibits of the cell that show it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SHOWN:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                for part in (name for table in node.args[1:] for name in ast.walk(table) if isinstance(name, ast.Name)):
                    yield part.id, (first.value, f"{first.value}+")


def _told_in(template: str, text: str, shown: Mapping[str, tuple[str, ...]]) -> Iterator[Sentence]:
    """Pair each expression of a template with what stands in its place in the text."""
    pieces = INLINE.split(template)
    pattern = "".join(f"(.*?){re.escape(part)}" if place else re.escape(part) for place, part in enumerate(pieces[::2]))
    told = re.fullmatch(r"\s*" + pattern + r"\s*", text, re.DOTALL)
    for expression, words in zip(pieces[1::2], told.groups() if told else (), strict=False):
        call = next(iter(getattr(_parsed(expression.strip()), "body", [])), None)
        one = getattr(call, "value", None)
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id in WORDS:
            yield from _sentence(one, words, shown)


def _sentence(call: ast.Call, told: str, shown: Mapping[str, tuple[str, ...]]) -> Iterator[Sentence]:
    asked = {keyword.arg for keyword in call.keywords}
    function = str(getattr(call.func, "id", ""))
    several = function == "slope" and "over" in asked and asked <= {"over", "noun"}
    plain = several or asked <= {"digits", "unit", "years", "again"}
    # Which wave another variable stands for is not known here.
    plain = plain and all(isinstance(one, ast.Constant) or ast.unparse(one) == YEAR for one in call.args[1:])
    if plain and isinstance(call.args[0], ast.Name):
        names = [str(getattr(name, "value", NEWEST)) for name in call.args[1:]]
        exhibits = shown.get(call.args[0].id, ())
        for items, words in _each(told) if "over" in asked else [("", told)]:
            for item in LISTED.split(items):
                yield Sentence(function, exhibits, (*names, *([item] if item else [])), words)


def _each(told: str) -> Iterator[tuple[str, str]]:
    """Part «avtar for A og B, og varierer lite for C» into items and their words."""
    for part in PARTED.split(told):
        words, _, items = part.partition(" for ")
        yield items, words


def _spoken(sentence: Sentence, table: pd.DataFrame) -> tuple[Place, ...]:
    """Rows that a sentence is about: from and to, one and the other, or a curve's."""
    waves = sorted(set(table["wave"].astype(str)) - {""}) if "wave" in table else []
    names = [waves[-1] if name == NEWEST and waves else name for name in sentence.names]
    if sentence.function == "trend":
        return tuple(_place(table, wave, *names) for wave in (waves[0], waves[-1])) if waves else ()
    if sentence.function == "compare":
        return tuple(_place(table, one, *names[2:]) for one in names[:2])
    return (_place(table, *names),)


def _claimed(function: str, claim: Mapping[Any, Any], table: pd.DataFrame) -> tuple[Place, ...]:
    """Rows that a claim of that kind is about; none where it is of another kind."""
    if claim["predicate"] not in ALLOWED[function]:
        return ()
    names = [part.strip() for part in claim["arguments"].split(";")]
    if function == "slope":
        return (_place(table, *names),)
    return tuple(_place(table, one, *names[2:]) for one in names[:2])


def _place(table: pd.DataFrame, *names: str) -> Place:
    return frozenset(rows(table, *names).index)


def _told(sentence: Sentence, about: tuple[Place, ...], claimed: tuple[Place, ...]) -> Word | None:
    """What the sentence says of the claim's rows; None where it is about others."""
    if not about or not all(about) or sentence.word is None:
        return None
    if about == claimed:
        return sentence.word
    sign, strength = sentence.word
    return (-sign, strength) if about == claimed[::-1] else None


def _denies(function: str, told: Word, predicate: str, status: str) -> bool:
    allowed = told in ALLOWED[function][predicate]
    return (status == HOLDS and not allowed) or (
        allowed and status in (IN_PART, FAILS) and predicate not in FURTHER
    )
