"""The design of a register regression: dummies of categories, counted cell by cell."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engine.errors import ReportError
from engine.estimates.compressed import Compressed, Floats

from .register import PANEL, Register
from .specifications import ModelColumn, Specification, Term

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
    """Cells of persons who are alike in all terms.

    Attributes
    ----------
    matrix : ndarray, shape (cells, columns)
        Dummies, the constant first.
    persons : ndarray of int, shape (cells,)
        How many persons each cell stands for.
    positive : ndarray of int, shape (cells,)
        How many of them have the outcome.
    county : ndarray of int, shape (cells,)
        County as in the tables, for clusters and absorbed effects.
    rows : list of Row
        The table's rows in order.
    terms : dict of str to list of int
        Design columns of each variable.
    """

    matrix: Floats
    persons: NDArray[np.int64]
    positive: NDArray[np.int64]
    county: NDArray[np.int64]
    rows: list[Row]
    terms: dict[str, list[int]]

    @property
    def total(self) -> int:
        """Persons in all."""
        return int(self.persons.sum())

    @cached_property
    def cells(self) -> Compressed:
        """The persons as regressions take them; an outcome of 0 and 1 is its own square."""
        persons, positive = self.persons.astype(float), self.positive.astype(float)
        return Compressed(self.matrix, persons, positive, positive, self.county)

    def each(self) -> tuple[Floats, Floats, NDArray[np.int64]]:
        """Matrix, outcome and county person by person, for what can't take cells: tests and benchmarks."""
        outcome = np.tile([1.0, 0.0], len(self.persons))
        times = np.column_stack([self.positive, self.persons - self.positive]).ravel()
        cell = np.repeat(np.repeat(np.arange(len(self.persons)), 2), times)
        return self.matrix[cell], np.repeat(outcome, times), self.county[cell]


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
    names = dict.fromkeys([*(term.variable for term in terms), "county_merged"])
    among = {"service_group": column.groups, **({only[0]: (only[1],)} if only else {})}
    cells = register.cells(list(names), PANEL, outcome=specification.outcome, among=among)
    where = f"{specification.outcome}, {column.label}"
    if cells.empty:
        raise ReportError("nobody is in a regression", where, remedy="look at the sample's flow table")
    persons, positive = (cells[name].to_numpy(dtype=np.int64) for name in ("persons", "positive"))
    columns, rows = [np.ones(len(cells))], [Row(CONSTANT, CONSTANT, 0, float(persons.sum()))]
    places: dict[str, list[int]] = {}
    for term in terms:
        places[term.variable] = _add(register, cells, persons, term, columns, rows)
    matrix = np.column_stack(columns)
    if np.linalg.matrix_rank(matrix.T @ (persons[:, None] * matrix)) < matrix.shape[1]:
        raise ReportError("terms of a regression say the same", where, remedy="leave one of them out")
    return Design(matrix, persons, positive, cells["county_merged"].to_numpy(dtype=np.int64), rows, places)


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
