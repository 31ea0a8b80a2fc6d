"""Words for what many categories did together between two waves: which fell, and whether they drew apart."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .lookup import not_asked, pick, rows
from .numbers import nb_list
from .words import NOT_COMPARABLE, difference

# Spread of a second wave over the first that we call larger.
WIDER = 1.1


def decline(table: pd.DataFrame, start: int, end: int, *names: object, where: str = "for") -> str:
    """Tell in a phrase that follows its subject for which categories something clearly fell between two waves.

    Parameters
    ----------
    table, start, end, *names, where
        As in `words.growth`.

    Returns
    -------
    str
        `gikk klart ned fra 2022 til 2024 i A og B`; `gikk ikke klart ned i noen av dem fra …` where there are none;
        without an earlier wave that is said.
    """
    if start == end or table.empty:
        return "kan ikke sammenlignes med en tidligere undersøkelse"
    found = []
    for category in dict.fromkeys(rows(table, *names)["category"]):
        if any(not_asked(table, wave, category, *names) for wave in (start, end)):
            continue
        step = difference(pick(table, start, category, *names), pick(table, end, category, *names))
        if step.clear and step.value < 0:
            found.append(str(category))
    if not found:
        return f"gikk ikke klart ned {where} noen av dem fra {start} til {end}"
    return f"gikk klart ned fra {start} til {end} {where} {nb_list(found)}"


def spread_change(table: pd.DataFrame, start: int, end: int, *names: object) -> str:
    """Say whether the estimates of the categories lie further apart in the second wave.

    Parameters
    ----------
    table, start, end, *names
        As in `decline`.

    Returns
    -------
    str
        «er blitt større», «er blitt mindre» or «er om lag som før», by standard deviations between the categories that
        differ by more than a tenth; «kan ikke sammenlignes» without an earlier wave or without two categories.

    Notes
    -----
    Part of the spread is chance: fewer answers in a category spread it, too. It is a description, not a test.
    """
    if start == end or table.empty:
        return NOT_COMPARABLE
    first, second = (float(rows(table, wave, *names)["estimate"].std()) for wave in (start, end))
    # One category alone, or all but one hidden, has no spread.
    if not np.isfinite([first, second]).all():
        return NOT_COMPARABLE
    if second > WIDER * first:
        return "er blitt større"
    return "er blitt mindre" if first > WIDER * second else "er om lag som før"
