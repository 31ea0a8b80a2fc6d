"""The design of a regression: columns made of variables, their bokmål names, and what they become at a value."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engine.errors import ReportError
from engine.table import about

Floats = NDArray[np.float64]
CONSTANT = "konstant"
SQUARED = "kvadrert"
TERM = re.compile(r"(?P<name>\w+)(?P<squared>\*\*2)?|code\((?P<coded>\w+)\)")


@dataclass(frozen=True)
class Term:
    """One term of a model.

    Attributes
    ----------
    name : str
        The variable.
    power : int
        1, or 2 for its square.
    coded : bool
        Whether a categorical variable enters as the number of its category, as the source's models take Nav-fylke.
    """

    name: str
    power: int = 1
    coded: bool = False


@dataclass(frozen=True)
class Design:
    """A model's columns for the persons who answered all of it.

    Attributes
    ----------
    labels : list of str
        Bokmål name of each column; the constant is last.
    matrix : ndarray, shape (persons, columns)
        The columns.
    rows : ndarray of bool, shape (persons in the frame,)
        Who answered everything.
    columns_of : list of list of int
        Columns of each term.
    """

    terms: list[Term]
    labels: list[str]
    matrix: Floats
    rows: NDArray[np.bool_]
    columns_of: list[list[int]]
    levels: dict[str, list[str]]

    @property
    def constant(self) -> int | None:
        """Column of the constant."""
        return self.labels.index(CONSTANT) if CONSTANT in self.labels else None

    def average(self, weight: Floats, variable: str, value: float | str) -> Floats:
        """Average row of the design when everyone has one value of a variable.

        Parameters
        ----------
        weight : ndarray, shape (persons in the design,)
            Weights of the average.
        variable : str
            One of the model's variables.
        value : float or str
            A number, or the label of a category.

        Returns
        -------
        ndarray, shape (columns,)
            The averages; those of the variable's terms are what the value makes them.
        """
        row = np.asarray(np.average(self.matrix, axis=0, weights=weight), dtype=float)
        touched = False
        for term, columns in zip(self.terms, self.columns_of, strict=True):
            if term.name != variable:
                continue
            touched = True
            if isinstance(value, str):
                row[columns] = [float(level == value) for level in self.levels[variable][1:]]
            else:
                row[columns] = float(value) ** term.power
        if not touched:
            raise ValueError(f"the model has no variable {variable}")
        return row


def parse(term: str) -> Term:
    """Read a term: `caseload`, `caseload**2` or `code(nav_region)`."""
    found = TERM.fullmatch(term)
    if found is None:
        raise ValueError(f"«{term}» is no term; write for instance caseload, caseload**2 or code(nav_region)")
    if found["coded"]:
        return Term(found["coded"], coded=True)
    return Term(found["name"], 2 if found["squared"] else 1)


def design(frame: pd.DataFrame, outcome: str, terms: Sequence[str]) -> Design:
    """Make the columns of a model.

    Parameters
    ----------
    frame : pandas.DataFrame, shape (persons, variables)
        Respondents; `about(frame).labels` names variables in bokmål.
    outcome : str
        The dependent variable; who did not answer it is left out.
    terms : sequence of str
        Variables. A categorical one gives a column a category that anyone has but the first, which is the base; other
        ones enter as they are, `**2` as their square, `code(…)` as the number of the category.

    Returns
    -------
    Design
        Columns of those who answered all of it, the constant last.

    Raises
    ------
    ReportError
        The frame lacks a variable, nobody answered everything, or the columns depend on each other.
    """
    parsed = [parse(term) for term in terms]
    lacking = sorted({name for name in [outcome, *(term.name for term in parsed)] if name not in frame})
    if lacking:
        raise ReportError(
            f"the data lacks {', '.join(lacking)}, which the regression needs", "survey data", len(lacking),
            "add the variable to the raw files, or leave out the exhibit",
        )  # fmt: skip
    rows = frame[[outcome, *dict.fromkeys(term.name for term in parsed)]].notna().all(axis=1).to_numpy()
    chosen = frame[rows]
    names: list[str] = []
    columns: list[Floats] = []
    columns_of: list[list[int]] = []
    levels: dict[str, list[str]] = {}
    for term in parsed:
        labels, made = _term(chosen, term, levels)
        columns_of.append(list(range(len(columns), len(columns) + len(made))))
        names += labels
        columns += made
    matrix = np.column_stack([*columns, np.ones(int(rows.sum()))])
    scale = np.sqrt((matrix**2).sum(axis=0))
    scaled = matrix / np.where(scale > 0, scale, 1.0)
    # The rank of the small cross product: columns that agree to eight digits say the same.
    if not rows.any() or np.linalg.matrix_rank(scaled.T @ scaled) < matrix.shape[1]:
        raise ReportError(
            "a regression cannot tell its terms apart: too few answers, or terms that say the same",
            f"{outcome} on {', '.join(terms)}", int(rows.sum()), "leave out a term",
        )  # fmt: skip
    return Design(parsed, [*names, CONSTANT], matrix, rows, columns_of, levels)


def _term(frame: pd.DataFrame, term: Term, levels: dict[str, list[str]]) -> tuple[list[str], list[Floats]]:
    column = frame[term.name]
    label = about(frame).label(term.name)
    if isinstance(column.dtype, pd.CategoricalDtype):
        if term.coded:
            return [label], [np.asarray(column.cat.codes.to_numpy() + 1, dtype=float)]
        # A category that nobody has (a county that is no more) would be a column of zeros.
        levels[term.name] = [str(level) for level in column.cat.remove_unused_categories().cat.categories]
        names = levels[term.name][1:]
        return names, [np.asarray(column == level, dtype=float) for level in names]
    values = np.asarray(column.to_numpy(dtype=float) ** term.power, dtype=float)
    return [f"{label}, {SQUARED}" if term.power == 2 else label], [values]
