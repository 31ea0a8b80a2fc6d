"""Words for where an estimate lies: on its scale, among its neighbours, and how far neighbours lie apart."""

from __future__ import annotations

import numpy as np
import pandas as pd

from engine.table import NORMAL_975

from .lookup import NOT_ASKED, not_asked, pick, rows
from .numbers import HIDDEN
from .standings import above_or_below, sorted_by, without_total
from .words import difference

MIDDLE = 3.0
# Distances whose ratio lies below this are called alike: they are descriptions without a test.
ALIKE = 1.1


def on_scale(table: pd.DataFrame, *names: object, middle: float = MIDDLE) -> str:
    """Say where a mean lies on a scale from 1 to 5.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy means.
    *names : str or int
        Which mean (see `lookup.pick`).
    middle : float
        The scale's middle.

    Returns
    -------
    str
        «over midten av skalaen» or «under …» where the 95 % interval leaves the middle out, else «om lag midt på
        skalaen»; «skjult» and «ikke spurt» as in `lookup.nb`.
    """
    if not_asked(table, *names):
        return NOT_ASKED
    found = pick(table, *names)
    if not np.isfinite(found.value):
        return HIDDEN
    if abs(found.value - middle) < NORMAL_975 * found.standard_error:
        return "om lag midt på skalaen"
    return f"{'over' if found.value > middle else 'under'} midten av skalaen"


def placed(
    table: pd.DataFrame, one: object, *names: object, over: str = "category", noun: str = "", than: str = "enn for"
) -> str:
    """Tell above and below which of its neighbours one estimate lies.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates.
    one : str
        The estimate.
    *names : str or int
        Further names that leave one estimate a neighbour.
    over : str
        The key that tells them apart; a total is left out.
    noun : str
        What the neighbours are called together, to say «høyere enn for alle gruppene» instead of a list.
    than : str
        Words before the neighbours.

    Returns
    -------
    str
        `høyere enn for A og B, og om lag som for C`; clear is a 95 % interval of the difference without 0, with the
        estimates taken as independent. Answers of the same persons mostly go together, so that is on the safe side.
    """
    if not_asked(table, one, *names):
        return NOT_ASKED
    mine = set(rows(table, one, *names)[over])
    others = [name for name in without_total(rows(table, *names)[over]) if name not in mine]
    own = pick(table, one, *names)
    verdicts = {name: above_or_below(difference(pick(table, name, *names), own)) for name in others}
    found = {verdict for verdict in verdicts.values() if verdict}
    like = "som" + than.removeprefix("enn")
    words = {"above": f"høyere {than}", "below": f"lavere {than}", "about": f"om lag {like}"}
    if noun and len(found) == 1:
        return f"{words[found.pop()]} alle {noun}"
    return sorted_by(verdicts.__getitem__, others, list(words.values()), "")


def wider(table: pd.DataFrame, one: object, other: object, *names: object) -> str:
    """Compare how far the highest and the lowest estimate of two groups lie apart.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates of both groups.
    one, other : str or int
        The groups.
    *names : str or int
        Further names of the estimates.

    Returns
    -------
    str
        «større enn», «mindre enn» or, within a tenth, «om lag like stor som»: about the distance of `one`.
    """
    if not_asked(table, one, *names) or not_asked(table, other, *names):
        return NOT_ASKED
    first, second = (float(np.ptp(rows(table, group, *names)["estimate"].dropna())) for group in (one, other))
    if max(first, second) < ALIKE * min(first, second):
        return "om lag like stor som"
    return "større enn" if first > second else "mindre enn"
