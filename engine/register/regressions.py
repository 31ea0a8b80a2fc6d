"""The article's regressions V1–V4: linear probability models of counted cells, with classical and robust errors."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engine.disclosure.rules import COMPLEMENT, FREEDOM, hide_for, lacks_freedom, minimum_persons
from engine.disclosure.secondary import settle_categories
from engine.errors import ReportError
from engine.estimates import models
from engine.estimates.cells import CLASSICAL, ROBUST, Compressed, Floats, least_squares
from engine.estimates.formulas import CONSTANT, Design, Term, variables
from engine.estimates.models import PERSONS, R2, Fit, tidy
from engine.table import PROBABILITY, About

from .register import PANEL, Register

STANDARD, SITUATIONAL, SPECIAL = 1, 2, 3
# The thresholds below the article's tables.
STARS = ((0.01, "***"), (0.05, "**"), (0.10, "*"))
BASE = "base"
EXTRA = ("p_value", "stars", "standard_error_robust", "p_value_robust", "stars_robust")
TERM = re.compile(r"C\((\w+), Treatment\((\d+)\)\)|(\w+)")


@dataclass(frozen=True)
class ModelColumn:
    """One column of a table: a regression among some service groups.

    Attributes
    ----------
    label : str
        Heading in bokmål.
    groups : tuple of int
        Service groups.
    formula : str
        In statsmodels' language; terms in the order of the rows, `Treatment` names what the others are compared with.
    """

    label: str
    groups: tuple[int, ...]
    formula: str

    @property
    def terms(self) -> dict[str, int]:
        """Variables with the code that the others are compared with; 0 of a yes or no."""
        found = [TERM.fullmatch(part) for part in self.formula.partition(" ~ ")[2].split(" + ")]
        return {term[1] or term[3]: int(term[2] or 0) for term in found if term}

    def without(self, variable: str) -> ModelColumn:
        """The same without a variable."""
        outcome, _, right = self.formula.partition(" ~ ")
        kept = [part for part in right.split(" + ") if variable not in re.findall(r"\w+", part)]
        return replace(self, formula=f"{outcome} ~ {' + '.join(kept)}")


@dataclass(frozen=True)
class Specification:
    """One table: an outcome and its columns."""

    outcome: str
    columns: tuple[ModelColumn, ...]


BACKGROUND = (
    "C(gender, Treatment(2)) + C(age_group, Treatment(2)) + C(birth_region_merged, Treatment(1))"
    " + C(education_merged, Treatment(2))"
)
COUNTY = "C(county_merged, Treatment(1))"


def _table(outcome: str, work: str, treatment: str = "", more: str = "", pooled: bool = False) -> Specification:
    """A table: standard and situational groups on ties to work, and those of reduced capacity on treatment."""
    ordinary = f"{BACKGROUND} + receives_unemployment_benefit + {COUNTY} + {work} + C(duration_merged, Treatment(2))"
    special = f"{BACKGROUND} + receives_aap + {COUNTY} + C(duration_group, Treatment(2))"
    groups = (STANDARD, SITUATIONAL) if pooled else (SITUATIONAL,)
    label = "standard- og situasjonsbestemt innsats" if pooled else "situasjonsbestemt innsats"
    also = " + standard_group" if pooled else ""
    return Specification(outcome, (
        ModelColumn(label, groups, f"{outcome} ~ {ordinary} + has_children{more}{also}"),
        ModelColumn("spesielt tilpasset innsats", (SPECIAL,), f"{outcome} ~ {special} + has_children{treatment}{more}"),
    ))  # fmt: skip


WORK, TREATMENT, MEASURE = "partly_at_work + fully_laid_off", " + medical_treatment", " + labour_market_measure"
V1 = _table("labour_market_measure", WORK, TREATMENT)
# Partial work counts as an activity, so V2 can't have it as a term.
V2 = _table("no_activity", "fully_laid_off")
V3 = _table("digital_dialogue", WORK, TREATMENT, MEASURE, pooled=True)
# The heading's column 1 is situasjonsbestemt only, whatever the caption says: inc-02.
V4 = _table("meeting_or_conversation", WORK, TREATMENT, MEASURE)
SPECIFICATIONS = {"tbl-v1": V1, "tbl-v2": V2, "tbl-v3": V3, "tbl-v4": V4}


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


@dataclass(frozen=True, repr=False, kw_only=True)
class CountedDesign(Design):
    """Cells of persons who are alike in all terms: the constant first, then dummies.

    Attributes
    ----------
    formula : str
        Of the persons' own regression.
    counts, positive, county : ndarray of int, shape (cells,)
        How many persons each cell stands for, how many of them have the outcome, and their county.
    rows : list of Row
        The table's rows in order.
    register, among
        Where the persons are, and the codes of which they must have one.
    """

    formula: str
    counts: NDArray[np.int64]
    positive: NDArray[np.int64]
    county: NDArray[np.int64]
    rows: list[Row]
    register: Register
    among: dict[str, tuple[int, ...]]

    @property
    def total(self) -> int:
        """Persons in all."""
        return int(self.counts.sum())

    @property
    def places(self) -> dict[str, list[int]]:
        """Columns of each variable."""
        return {term.name: columns for term, columns in zip(self.terms, self.columns_of, strict=True)}

    @cached_property
    def cells(self) -> Compressed:
        """The persons as regressions take them; an outcome of 0 and 1 is its own square."""
        counts, positive = self.counts.astype(float), self.positive.astype(float)
        return Compressed(self.matrix, counts, positive, positive, self.county)

    def each(self) -> tuple[Floats, Floats, NDArray[np.int64]]:
        """Matrix, outcome and county person by person, for what can't take cells: tests and benchmarks."""
        outcome = np.tile([1.0, 0.0], len(self.counts))
        times = np.column_stack([self.positive, self.counts - self.positive]).ravel()
        cell = np.repeat(np.repeat(np.arange(len(self.counts)), 2), times)
        return self.matrix[cell], np.repeat(outcome, times), self.county[cell]

    def people(self) -> pd.DataFrame:
        """Outcome, variables and county as codes, a row a person; see `Fit.frame` for who may see them."""
        names = [*variables(self.formula), "county_merged"]
        return self.register.persons(list(dict.fromkeys(names)), among=self.among)


def make_design(
    register: Register, specification: Specification, column: ModelColumn,
    only: tuple[str, tuple[int, ...]] | None = None,
) -> CountedDesign:
    """Count the cells of one column of a table, and code them."""
    column = column if only is None else column.without(only[0])
    terms = column.terms
    among = {"service_group": column.groups, **({only[0]: only[1]} if only else {})}
    cells = register.cells([*terms, "county_merged"], PANEL, outcome=specification.outcome, among=among)
    where = f"{specification.outcome}, {column.label}"
    if cells.empty:
        raise ReportError("nobody is in a regression", where, remedy="look at the sample's flow table")
    counts, positive, county = cells[["persons", "positive", "county_merged"]].to_numpy(dtype=np.int64).T
    columns, rows = [np.ones(len(cells))], [Row(CONSTANT, CONSTANT, 0, float(counts.sum()))]
    places = [_add(register, cells, name, base, columns, rows) for name, base in terms.items()]
    matrix = np.column_stack(columns)
    if np.linalg.matrix_rank(matrix.T @ (counts[:, None] * matrix)) < matrix.shape[1]:
        raise ReportError("terms of a regression say the same", where, remedy="leave one of them out")
    labels = [row.label for row in rows if row.place is not None]
    return CountedDesign(
        labels, matrix, [Term(name) for name in terms], places, {}, formula=column.formula,
        counts=counts, positive=positive, county=county, rows=rows, register=register, among=among,
    )  # fmt: skip


def _add(
    register: Register, cells: pd.DataFrame, name: str, base: int, columns: list[Floats], rows: list[Row]
) -> list[int]:
    """Add a term's dummies to `columns` and its rows to `rows`; gives the dummies' places."""
    variable, codes, counts = register.codebook[name], cells[name].to_numpy(), cells["persons"].to_numpy()
    places = []
    for code, label in variable.codes.items():
        chosen = codes == code
        count = float(counts[chosen].sum())
        if not count or (variable.type == "binary" and code == base):
            continue
        place = None if code == base else len(columns)
        if place is not None:
            columns.append(chosen.astype(float))
            places.append(place)
        words = variable.label if variable.type == "binary" else f"{variable.label}: {label}"
        rows.append(Row(name, words, place, count))
    return places


def fit(design: CountedDesign, errors: str = CLASSICAL) -> Fit:
    """Fit ordinary least squares to the persons, from their cells.

    Notes
    -----
    n − k degrees of freedom, t distribution: linearmodels' `IV2SLS` on the persons with `debiased=True`. Classical
    errors are those of R's `lm`; robust ones R's `sandwich::vcovHC(type = "HC1")`.
    """
    found = least_squares(design.cells, errors)
    extra = {R2: ("r2", found.r2), PERSONS: ("n", float(design.total))}
    return Fit(design.formula, errors, design, found.params, found.covariance, found.p_values,
               design.counts.astype(float), extra, found.degrees, design.people)  # fmt: skip


def register_models(register: Register, identifier: str, errors: str = CLASSICAL) -> list[Fit]:
    """Fit the columns of one of the article's tables, `tbl-v1` … `tbl-v4`; see `fit`."""
    specification = SPECIFICATIONS[identifier]
    return [fit(make_design(register, specification, column), errors) for column in specification.columns]


def register_regression(register: Register, identifier: str) -> pd.DataFrame:
    """Estimate one of the article's tables.

    Parameters
    ----------
    register : Register
        The opened register.
    identifier : str
        `tbl-v1` … `tbl-v4`.

    Returns
    -------
    pandas.DataFrame
        Tidy rows in the article's order: `outcome` is the table's column, `term` its row («fødeland: Norge»);
        measures `coef`, `base` (what the others of its variable are compared with, no estimate), `constant`, `r2` and
        `n`. Errors, intervals, `p_value` and `stars` are the classical ones, `standard_error_robust`,
        `p_value_robust` and `stars_robust` are HC1. `n` is the number of persons in the category; where it is too
        small, the row is hidden.

    Notes
    -----
    The article does not say which errors its stars rest on. Classical ones agree with more of them.
    """
    specification = SPECIFICATIONS[identifier]
    tables = []
    for column in specification.columns:
        design = make_design(register, specification, column)
        tables.append(coefficients(fit(design), fit(design, ROBUST), column))
    table = in_order(tables)
    table["population"] = f"under 30 år, registrert hele {register.period}"
    return finished(table, replace(register.about, errors="klassiske"))


def register_regressions(register: Register) -> list[pd.DataFrame]:
    """Estimate V1, V2, V3 and V4; see `register_regression`."""
    return [register_regression(register, identifier) for identifier in SPECIFICATIONS]


def coefficients(classical: Fit, robust: Fit, column: ModelColumn) -> pd.DataFrame:
    """Write a fitted model as rows of its table; see `register_regression`."""
    design = classical.design
    assert isinstance(design, CountedDesign)
    found, other = (models.coefficients(fitted, STARS, closed={}) for fitted in (classical, robust))
    for name in ("standard_error", "p_value", "stars"):
        found[f"{name}_robust"] = other[name]
    places, few = [row.place for row in design.rows], _few(design)
    columns = design.matrix.shape[1]
    table = found.iloc[[*(place or 0 for place in places), columns, columns + 1]].reset_index(drop=True)
    bases = [at for at, place in enumerate(places) if place is None]
    table.loc[bases, ["estimate", "standard_error", "p_value", "standard_error_robust", "p_value_robust"]] = np.nan
    table.loc[bases, ["stars", "stars_robust"]] = ""
    table.loc[bases, "measure"] = BASE
    table["term"] = [*(row.label for row in design.rows), R2, PERSONS]
    table["n"] = [*(row.persons for row in design.rows), float(design.total), float(design.total)]
    few_in_all = FREEDOM if lacks_freedom(design.total, columns) else ""
    return table.assign(closed=[*few, few_in_all, few_in_all], outcome=column.label)


def _few(design: CountedDesign) -> list[str]:
    """Why rows are hidden, variable by variable; empty for those that are shown."""
    if lacks_freedom(design.total, design.matrix.shape[1]):
        return [FREEDOM] * len(design.rows)
    hidden: list[str] = []
    for _, rows in groupby(design.rows, key=lambda row: row.variable):
        hidden += settle_categories(np.array([row.persons for row in rows]), float(design.total), minimum_persons())
    # A regression goes through the means: one hidden coefficient alone would follow from the others.
    if sum(reason != "" for reason in hidden) == 1:
        hidden[[row.label for row in design.rows].index(CONSTANT)] = COMPLEMENT
    return hidden


def in_order(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """Put a table's columns below each other so that a term stands at the same place for both."""
    order = list(tables[0]["term"])
    for table in tables[1:]:
        at = 0
        for label in table["term"]:
            if label in order:
                at = order.index(label) + 1
                continue
            # Behind what only the first column has of the same variable.
            while at < len(order) and _variable(order[at]) == _variable(label) and ": " in label:
                at += 1
            order.insert(at, label)
            at += 1
    together = pd.concat(tables, ignore_index=True)
    return together.iloc[together["term"].map(order.index).argsort(kind="stable")].reset_index(drop=True)


def _variable(label: str) -> str:
    return label.partition(": ")[0]


def finished(table: pd.DataFrame, what: About) -> pd.DataFrame:
    """Put rows of coefficients into the tidy form: intervals, empty keys, hidden rows."""
    closed = table["closed"]
    return hide_for(tidy(table.copy(), replace(what, unit=PROBABILITY)).assign(suppressed=False, reason=""), closed)
