"""Write docs/reference.md, what a cell can say: name by name from the docstrings of `helpers`, with examples that run.

    python tools/reference.py            `make reference`

The examples speak of the synthetic twin, and the words of small tables made here. What an example shows as a picture
lies in docs/reference/. A test holds the page against the docstrings.
"""

from __future__ import annotations

import ast
import doctest
import inspect
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import seaborn as sns

import helpers
from engine.data.survey import Survey
from engine.disclosure.rules import protect
from engine.exhibits.exhibit import Exhibit
from engine.exhibits.numbers import Supplement, numbers_table
from engine.exhibits.own import Frame
from engine.table import About, described, finish

ROOT = Path(__file__).resolve().parent.parent
PAGE, PICTURES = ROOT / "docs" / "reference.md", ROOT / "docs" / "reference"
OLD, YOUNG, BOTH = "de over 30 år", "unge (under 30 år)", "begge aldersgrupper"
WAYS = ("avtalte møter", "telefon", "e-post")
KEYS = ("wave", "age_group_followed", "item")
ROOMS = {
    "data": "Open", "estimates": "Estimate", "table": "Put together", "exhibits": "Show", "disclosure": "Hide",
    "words": "Say in words",
}  # fmt: skip
HEAD = """# What a cell can say

«Det en celle kan si»: the {count} names of `helpers`, which a chapter has by `from helpers import *`. Written by
`make reference` from their docstrings, which say more (`help(mean)`); a test executes every example. What one chapter
alone needs it imports from the engine's room by its full path.

In the examples `survey` is the edition of 2024 of the synthetic twin, `counsellors` is `survey.counsellors`, and `now`
those of the current wave. `caseload` (means by age group followed and wave), `areas` (means of three items), `model`
(coefficients) and `lines` (two curves) are small made-up tables of estimates.
"""


def tidy(*rows: tuple[object, ...], keys: tuple[str, ...] = ("wave", "age_group_followed")) -> pd.DataFrame:
    """Put (*keys, estimate, standard error, n) into a table of estimates."""
    table = pd.DataFrame(list(rows), columns=[*keys, "estimate", "standard_error", "n"])
    return protect(finish(table, About(survey_year=2024)))


def tables() -> dict[str, pd.DataFrame]:
    """Make the tables that the examples of words speak of."""
    levels = {YOUNG: (60.0, 58.0, 54.9), OLD: (84.0, 90.0, 95.0), BOTH: (70.0, 74.0, 78.0)}
    levels["totalt"] = (69.0, 74.0, 76.0)
    caseload = tidy(*((wave, group, value, 1.0, 200) for group, values in levels.items()
                      for wave, value in zip((2022, 2023, 2024), values, strict=True)))  # fmt: skip
    answers = {(2022, YOUNG): (3.1, 2.9, 2.0), (2024, YOUNG): (3.1, 2.4, 2.0), (2024, OLD): (3.0, 1.9, 2.1)}
    areas = tidy(*((*key, name, value, 0.1, 200) for key, row in answers.items()
                   for name, value in zip(WAYS, row, strict=True)), keys=KEYS)  # fmt: skip
    model = tidy(
        ("tid", "antall brukere", "coef", -0.30, 0.1, 200), ("tid", "sektor", "coef", 0.05, 0.1, 200),
        keys=("outcome", "term", "measure"),
    ).assign(p_value=[0.003, 0.6])  # fmt: skip
    line = [tidy(*((2024, group, value, 0.1, 200) for value in (3.0, 2.8, 2.5))) for group in (YOUNG, OLD)]
    lines = pd.concat([part.assign(x=np.arange(3.0), p_value=p) for part, p in zip(line, (0.01, 0.4), strict=True)])
    return {"caseload": caseload, "areas": areas, "model": model, "lines": described(lines, About(survey_year=2024))}


def spoken_of(survey: Survey) -> dict[str, Any]:
    """Name all that an example may speak of."""
    counsellors = survey.counsellors
    opened = {"survey": survey, "counsellors": counsellors, "now": survey.current(counsellors), "sns": sns}
    return {name: getattr(helpers, name) for name in helpers.__all__} | opened | tables()


def page(survey: Survey) -> tuple[str, dict[str, str]]:
    """Write the page; gives its text, and each picture by its file's name."""
    pictures: dict[str, str] = {}
    parts = [HEAD.format(count=len(helpers.__all__))]
    for room, heading in ROOMS.items():
        named = {name: getattr(helpers, name) for name in helpers.__all__}
        own = {name: said for name, said in named.items() if said.__module__.split(".")[1] == room}
        parts += [f"\n## {heading}\n", *(entry(name, said, spoken_of(survey), pictures) for name, said in own.items())]
    return "".join(parts), pictures


def entry(name: str, said: Callable[..., Any], names: dict[str, Any], pictures: dict[str, str]) -> str:
    """Write one name: how it is called, what it does, an example with what it gives, and its pictures."""
    doc = inspect.getdoc(said) or ""
    room = said.__module__.replace(".", "/") + ".py"
    lines, shown = [], []
    for example in doctest.DocTestParser().get_examples(doc):
        lines += [*example.source.rstrip("\n").splitlines(), *(f"# {line}" for line in example.want.splitlines())]
        shown += list(seen(name, example.source, names, pictures))
    code = "```python\n" + "\n".join(lines) + "\n```\n"
    head = f"\n### `{name}`\n\n`{name}{called(said)}`\n\n{doc.splitlines()[0]} ([{room}](../{room}))\n\n"
    return head + code + "".join(f"\n{each}\n" for each in shown)


def called(said: Callable[..., Any]) -> str:
    """Write the signature without types, which the docstring tells."""
    given = inspect.signature(said)
    plain = [one.replace(annotation=one.empty) for one in given.parameters.values()]
    return str(given.replace(parameters=plain, return_annotation=given.empty))


def seen(name: str, source: str, names: dict[str, Any], pictures: dict[str, str]) -> Iterator[str]:
    """Execute a line of an example; what it shows beside words."""
    *before, last = ast.parse(source).body
    exec(compile(ast.Module([*before], []), name, "exec"), names)
    if not isinstance(last, ast.Expr):
        exec(compile(ast.Module([last], []), name, "exec"), names)
        return
    made = eval(compile(ast.Expression(last.value), name, "eval"), names)
    if isinstance(made, Exhibit) and made.is_picture:
        file = f"{name}-{made.anchor}.svg"
        pictures[file] = made.svg()
        yield f"![{made.alt}](reference/{file})"
    elif isinstance(made, Supplement):
        yield numbers_table(made.table, made.digits)
    elif isinstance(made, Exhibit | Frame):
        yield pipe(made)


def pipe(made: Exhibit | Frame) -> str:
    """Write a table of the book as a table of a plain page."""
    heads = ["", *(re.sub("\u00ad", "", head.replace("|", "·")) for head in made.grid.heads)]
    rows = [[row.head, *(cell.text + cell.stars for cell in row.cells)] for _, rows in made.grid.groups for row in rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in [heads, ["---"] * len(heads), *rows])


def main() -> int:
    """Write page and pictures."""
    text, pictures = page(helpers.open_survey(2024))
    PAGE.write_text(text, encoding="utf-8")
    PICTURES.mkdir(exist_ok=True)
    for old in PICTURES.glob("*.svg"):
        old.unlink()
    for name, svg in pictures.items():
        (PICTURES / name).write_text(svg, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
