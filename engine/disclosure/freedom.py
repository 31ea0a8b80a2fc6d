"""Degrees of freedom: whether a model rests on enough persons for its coefficients, and each term on enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .release import COMPLEMENT, FREEDOM, THRESHOLD
from .rules import hide, minimum_persons

if TYPE_CHECKING:
    from engine.estimates.formulas import Design

# ACRO's safe_dof_threshold: docs/disclosure.md says where it stands.
FEWEST = 10


def lacks_freedom(units: float, columns: int) -> bool:
    """Tell whether a model of as many coefficients as `columns` leaves too few degrees of freedom.

    A model with as many coefficients as persons prints their answers. Of a model of groups, the units are the groups.
    """
    return units - columns < FEWEST


def hidden_columns(design: Design) -> dict[int, str]:
    """Columns of a design whose coefficients must not be shown, each with the reason.

    Parameters
    ----------
    design : Design
        Of a fitted model.

    Returns
    -------
    dict of int to str
        A dummy that too few persons have, or lack, is hidden; where a variable's base is that small, all its dummies
        and the constant. A regression goes through the means, so one hidden coefficient would follow from the others:
        then the smallest other dummy is hidden with it, or the constant.
    """
    limit = minimum_persons()
    persons = len(design.matrix)
    found: dict[int, str] = {}
    sizes: dict[int, int] = {}
    constant = design.constant
    for term, columns in zip(design.terms, design.columns_of, strict=True):
        block = design.matrix[:, columns]
        if not np.isin(block, (0.0, 1.0)).all():
            continue
        having = block.sum(axis=0)
        sizes |= {column: int(count) for column, count in zip(columns, having, strict=True)}
        found |= {column: THRESHOLD for column, count in zip(columns, having, strict=True) if count < limit}
        if persons - having.sum() < limit:
            found |= dict.fromkeys(columns, THRESHOLD)
            if term.name in design.levels and constant is not None:
                found[constant] = THRESHOLD
    if len(found) == 1:
        others = [column for column in sizes if column not in found]
        second = min(others, key=lambda column: sizes[column], default=constant)
        if second is not None:
            found[second] = COMPLEMENT
    return found


def persons_at(design: Design, variable: str, value: float | str) -> int:
    """Count the persons of a model who have a value of a variable of few values; all of them where it has many."""
    columns = [c for t, cs in zip(design.terms, design.columns_of, strict=True) if t.name == variable for c in cs]
    block = design.matrix[:, columns]
    if isinstance(value, str):
        levels = design.levels[variable]
        at = levels.index(value) - 1
        return int((block.sum(axis=1) == 0).sum() if at < 0 else block[:, at].sum())
    return int((block == value).all(axis=1).sum()) if np.isin(block, (0.0, 1.0)).all() else len(block)


def hidden_prediction(design: Design, variable: str, value: float | str) -> str:
    """Why the prediction at a value must not be shown; empty where it may be."""
    if persons_at(design, variable, value) < minimum_persons():
        return THRESHOLD
    terms = zip(design.terms, design.columns_of, strict=True)
    own = [column for term, columns in terms if term.name == variable for column in columns]
    if isinstance(value, str):
        at = design.levels[variable].index(value) - 1
        own = own[at : at + 1] if at >= 0 else []
    # A coefficient that is hidden would be the difference of two predictions.
    return COMPLEMENT if set(own) & set(hidden_columns(design)) else ""


def hide_unfree(table: pd.DataFrame, units: np.ndarray, columns: int) -> pd.DataFrame:
    """Hide rows of models with too few degrees of freedom.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates with `suppressed`.
    units : ndarray, shape (estimates,)
        Persons behind each row's model; unknown ones are hidden already.
    columns : int
        Coefficients of the model.

    Returns
    -------
    pandas.DataFrame
        The same rows, more of them hidden.
    """
    return hide(table, np.asarray(units - columns < FEWEST, dtype=bool), FREEDOM)
