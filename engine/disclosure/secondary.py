"""What of a survey's table may be told: threshold, dominance, complements and differences, row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .complements import Persons, person_keys
from .dominance import SMALLEST_NUMERATOR
from .release import COMPLEMENT, DIFFERENCE, DOMINANCE, ESTIMATE, NUMBER, Cell, Release
from .rules import hide, hide_number, minimum_persons

ID = "respondent_id"
RELEASE = "release"


@dataclass(frozen=True)
class Behind:
    """Who is behind a row of a table that is being made; never leaves the estimators.

    Attributes
    ----------
    persons, answering : ndarray of uint64
        Keys of the persons, and of those of them who have the answer; ascending.
    whole : bool
        Whether the row is a total of others.
    dominated : bool
        Whether one or two persons make most of the estimate.
    exact : bool
        Whether all weigh the same.
    """

    persons: Persons
    answering: Persons
    whole: bool
    dominated: bool
    exact: bool


def keys_of(frame: pd.DataFrame, number: int = 0) -> Persons:
    """Keys of a frame's persons: the same in every frame of one survey.

    Parameters
    ----------
    frame : pandas.DataFrame
        Respondents.
    number : int
        Tells several frames apart whose persons have no id.

    Returns
    -------
    ndarray of uint64, shape (persons,)
    """
    if ID in frame:
        return person_keys(frame["wave"].to_numpy(), frame[ID].to_numpy())
    return person_keys(np.full(len(frame), number), np.arange(len(frame)))


def settle_tables(
    table: pd.DataFrame, behind: Sequence[Behind], question: str, frame: pd.DataFrame, differ: bool
) -> pd.DataFrame:
    """Hide what one or two persons dominate, what gives a hidden row back, and differences of few persons.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates of one variable, through `disclosure.protect`.
    behind : sequence of Behind
        Who is behind the same rows.
    question : str
        The variable.
    frame : pandas.DataFrame
        The respondents; carries what was shown before.
    differ : bool
        Whether answers differ at all.

    Returns
    -------
    pandas.DataFrame
        The same rows, more of them hidden.
    """
    table = hide(table, np.array([one.dominated for one in behind], dtype=bool), DOMINANCE)
    cells = _cells(table, [(one.persons, one.whole) for one in behind])
    _release(frame).settle(question, cells, minimum_persons() if differ else 0, exact=_is_exact(frame))
    for reason in (COMPLEMENT, DIFFERENCE):
        table = hide(table, _chosen(cells, reason, ESTIMATE), reason)
        table = hide_number(table, _chosen(cells, reason, NUMBER), reason)
    return table


def settle_shares(table: pd.DataFrame, behind: Sequence[Behind], question: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Hide unweighted shares that one or two persons' answers make, or all but one or two, and what gives them back.

    Where all weigh the same, share and number of persons give the number of those who have the answer. Weights that the
    reader does not know leave no such number: docs/disclosure.md.

    Parameters
    ----------
    table, behind, question, frame
        As in `settle_tables`, of shares.

    Returns
    -------
    pandas.DataFrame
        The same rows, more of them hidden. Nobody and everybody are shown.
    """
    exact = np.array([one.exact for one in behind], dtype=bool)
    known = exact & (~table["suppressed"] & table["n"].notna()).to_numpy(dtype=bool)
    wholes = _cells(table, [(one.persons, one.whole) for one in behind])
    answers = _cells(table, [(one.answering, one.whole) for one in behind])
    told = [cell for cell, counted in zip(answers, exact, strict=True) if counted and len(cell.persons)]
    for cell in told:
        if not cell.reason and 0 < len(cell.persons) < SMALLEST_NUMERATOR:
            cell.reason = DOMINANCE
    release, about = _release(frame), (question, "answers")
    # A share and its number of persons give those who have the answer, and so those who have not.
    release.settle(about, [cell for cell, shown in zip(wholes, known, strict=True) if shown], 0, exact=True)
    release.settle(about, told, SMALLEST_NUMERATOR, exact=True)
    for reason in (DOMINANCE, COMPLEMENT, DIFFERENCE):
        table = hide(table, _chosen(answers, reason, ESTIMATE), DOMINANCE if reason == DIFFERENCE else reason)
    return table


def told_numbers(
    table: pd.DataFrame, who: Sequence[tuple[Persons, bool]], question: str, frame: pd.DataFrame
) -> tuple[np.ndarray, str]:
    """Numbers of persons that would give a hidden row's number back.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates that can't be added up, such as curves.
    who : sequence of (ndarray of uint64, bool)
        Keys of the persons behind each row, and whether it is a total.
    question, frame
        As in `settle_tables`.

    Returns
    -------
    tuple of (ndarray of bool, shape (estimates,), str)
        Rows whose `n` must be hidden, and the reason.
    """
    cells = _cells(table, who)
    _release(frame).settle((question, "numbers"), cells, 0, exact=True)
    return _chosen(cells, COMPLEMENT, ESTIMATE), COMPLEMENT


def _cells(table: pd.DataFrame, who: Sequence[tuple[Persons, bool]]) -> list[Cell]:
    reasons = np.where(table["suppressed"].to_numpy(dtype=bool), table["reason"].to_numpy(dtype=object), "")
    return [Cell(persons, str(reason), whole=whole) for (persons, whole), reason in zip(who, reasons, strict=True)]


def _chosen(cells: Sequence[Cell], reason: str, what: str) -> np.ndarray:
    return np.array([cell.reason == reason and cell.what == what for cell in cells], dtype=bool)


def _release(frame: pd.DataFrame) -> Release:
    """What was shown of the frame's survey; nothing, where frames are made by hand or have no ids."""
    found = frame.attrs.get(RELEASE)
    return found if isinstance(found, Release) and ID in frame else Release()


def _is_exact(frame: pd.DataFrame) -> bool:
    """Whether weights are all alike, so that a share gives the number of persons."""
    weight = frame["weight"].to_numpy(dtype=float)
    return len(weight) == 0 or bool((weight == weight[0]).all())
