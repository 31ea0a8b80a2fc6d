"""The design of a register regression: dummies of categories, counted cell by cell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..errors import ReportError
from .register import PANEL, Register
from .specifications import ModelColumn, Specification, Term

Floats = NDArray[np.float64]
CONSTANT = "konstant"


@dataclass(frozen=True)
class Row:
    """One row of a regression table.

    Attributes
    ----------
    variable, label : str
        The variable's name, and the row's words: «fødeland: Norge», or «har barn».
    place : int or None
        Column of the design; none for what the others are compared with.
    persons : float
        Persons in the category.
    """

    variable: str
    label: str
    place: int | None
    persons: float


@dataclass(frozen=True)
class Design:
    """Cells of persons who are alike in outcome and terms.

    Attributes
    ----------
    matrix : ndarray, shape (cells, columns)
        Dummies, the constant first.
    outcome : ndarray, shape (cells,)
        0 or 1.
    persons : ndarray of int, shape (cells,)
        How many persons each cell stands for.
    county : ndarray of int, shape (cells,)
        County as in the tables, for clusters and absorbed effects.
    rows : list of Row
        The table's rows in order.
    terms : dict of str to list of int
        Design columns of each variable.
    """

    matrix: Floats
    outcome: Floats
    persons: NDArray[np.int64]
    county: NDArray[np.int64]
    rows: list[Row]
    terms: dict[str, list[int]]

    @property
    def total(self) -> int:
        """Persons in all."""
        return int(self.persons.sum())

    def each(self) -> tuple[Floats, Floats, NDArray[np.int64]]:
        """Matrix, outcome and county person by person: a cell repeated as often as it has persons."""
        return tuple(np.repeat(part, self.persons, axis=0) for part in (self.matrix, self.outcome, self.county))  # type: ignore[return-value]


def make_design(
    register: Register, specification: Specification, column: ModelColumn, only: tuple[str, int] | None = None
) -> Design:
    """Count the cells of one column of a table, and code them.

    Parameters
    ----------
    register : Register
        The opened register.
    specification : Specification
        Its outcome.
    column : ModelColumn
        Groups and terms.
    only : (str, int), optional
        A variable and the code that persons must have; a term of that variable falls out.

    Returns
    -------
    Design
        Categories without a person have no column.

    Raises
    ------
    ReportError
        There are no persons, or the terms say the same.
    """
    terms = [term for term in column.terms if only is None or term.variable != only[0]]
    names = [specification.outcome, *(term.variable for term in terms), "county_merged"]
    names += ["service_group"] + ([only[0]] if only else [])
    cells = register.cells(names, PANEL)
    cells = cells[cells["service_group"].isin(column.groups)]
    if only:
        cells = cells[cells[only[0]] == only[1]]
    # Cells that differ in what the model does not know are one.
    kept = list(dict.fromkeys([specification.outcome, *(term.variable for term in terms), "county_merged"]))
    cells = cells.groupby(kept)["persons"].sum().reset_index()
    where = f"{specification.outcome}, {column.label}"
    if cells.empty:
        raise ReportError("nobody is in a regression", where, remedy="look at the sample's flow table")
    persons = cells["persons"].to_numpy(dtype=np.int64)
    columns, rows = [np.ones(len(cells))], [Row(CONSTANT, CONSTANT, 0, float(persons.sum()))]
    places: dict[str, list[int]] = {}
    for term in terms:
        places[term.variable] = _add(register, cells, persons, term, columns, rows)
    matrix = np.column_stack(columns)
    if np.linalg.matrix_rank(matrix.T @ (persons[:, None] * matrix)) < matrix.shape[1]:
        raise ReportError("terms of a regression say the same", where, remedy="leave one of them out")
    outcome = cells[specification.outcome].to_numpy(dtype=float)
    return Design(matrix, outcome, persons, cells["county_merged"].to_numpy(dtype=np.int64), rows, places)


def _add(
    register: Register,
    cells: pd.DataFrame,
    persons: NDArray[np.int64],
    term: Term,
    columns: list[Floats],
    rows: list[Row],
) -> list[int]:
    """Add a term's dummies to `columns` and its rows to `rows`; gives the dummies' places."""
    variable = register.codebook[term.variable]
    codes = cells[term.variable].to_numpy()
    places = []
    for code, label in variable.codes.items():
        chosen = codes == code
        count = float(persons[chosen].sum())
        if not count or (variable.type == "binary" and code == term.reference):
            continue
        place = None if code == term.reference else len(columns)
        if place is not None:
            columns.append(chosen.astype(float))
            places.append(place)
        words = variable.label if variable.type == "binary" else f"{variable.label}: {label}"
        rows.append(Row(term.variable, words, place, count))
    return places
