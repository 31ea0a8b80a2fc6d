"""Formulas of models: patsy's language as statsmodels reads it, with the names of terms in bokmål."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import patsy
from numpy.typing import NDArray
from statsmodels.regression.linear_model import WLS

from engine.errors import ReportError, unknown
from engine.table import about

Floats = NDArray[np.float64]
CONSTANT = "konstant"
SQUARE = re.compile(r"I\((\w+) \*\* 2\)")


@dataclass(frozen=True)
class Term:
    """One term of a formula: its variable (of several, the term as patsy writes it) and its power."""

    name: str
    power: int = 1


@dataclass(frozen=True, repr=False)
class Design:
    """Columns of a model in the formula's order, the constant last.

    Attributes
    ----------
    labels : list of str
        Bokmål name of each column.
    matrix : ndarray, shape (persons, columns)
        As statsmodels reads the formula.
    terms, columns_of : list
        Terms, and the columns of each.
    levels : dict of str to list of str
        Categories of each categorical variable, the base first.
    known : pandas.DataFrame
        The persons.
    spec, order
        How patsy reads the formula of other persons, and where it puts the columns.
    """

    labels: list[str]
    matrix: Floats
    terms: list[Term]
    columns_of: list[list[int]]
    levels: dict[str, list[str]]
    known: pd.DataFrame = field(default_factory=pd.DataFrame)
    spec: Any = None
    order: Sequence[int] = ()

    @property
    def constant(self) -> int | None:
        """Place of the constant."""
        return self.labels.index(CONSTANT) if CONSTANT in self.labels else None

    def at(self, persons: pd.DataFrame) -> Floats:
        """Columns of the design for other persons, shape (persons, columns)."""
        [matrix] = patsy.build_design_matrices([self.spec], persons)
        return np.asarray(np.asarray(matrix, dtype=float)[:, self.order], dtype=float)

    def average(self, weight: Floats, variable: str, value: float | str) -> Floats:
        """Average row, shape (columns,), when everyone has one value of a variable: Stata's `margins`."""
        if variable not in self.known:
            raise unknown("variable of the model", variable, self.known.columns, "margins")
        same = pd.Series([value] * len(self.known), dtype=self.known[variable].dtype)
        rows = self.at(self.known.assign(**{variable: same}))
        return np.asarray(np.average(rows, axis=0, weights=weight), dtype=float)


def variables(formula: str) -> list[str]:
    """Name the variables of a formula, the outcome first; `ReportError` where it is none."""
    try:
        parsed = patsy.ModelDesc.from_formula(formula)
        factors = [factor for term in (*parsed.lhs_termlist, *parsed.rhs_termlist) for factor in term.factors]
        names = [name for factor in factors for name in _names(factor.code)]
    except (patsy.PatsyError, SyntaxError):
        names = []
    if not names or len(parsed.lhs_termlist) != 1:
        raise ReportError("this is no formula of a model", formula, remedy="write outcome ~ one + other + I(one**2)")
    return list(dict.fromkeys(names))


def _names(code: str) -> list[str]:
    """Variables of a factor: names that are no function's."""
    nodes = list(ast.walk(ast.parse(code)))
    functions = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    functions |= {id(node.value) for node in nodes if isinstance(node, ast.Attribute)}
    return [node.id for node in nodes if isinstance(node, ast.Name) and id(node) not in functions]


def complete(formula: str, frame: pd.DataFrame, *more: str) -> pd.DataFrame:
    """Give the persons without a gap in a formula's variables: those columns and `more`, categories that are in use."""
    names = variables(formula)
    known_names = [*frame.columns, *about(frame).labels]
    for name in (*names, *more):
        if name not in known_names:
            raise unknown("variable", name, known_names, formula, "names are in data/codebook/survey.csv")
    lacking = sorted(name for name in names if name not in frame)
    if lacking:
        raise ReportError(
            f"the data lacks {', '.join(lacking)}, which the regression needs", "survey data", len(lacking),
            "add the variable to the raw files, or leave out the exhibit",
        )  # fmt: skip
    rows = frame[names].notna().all(axis=1).to_numpy()
    known = pd.DataFrame({name: frame[name].to_numpy()[rows] for name in more})
    for name in names:
        column = frame[name][rows].reset_index(drop=True)
        if isinstance(column.dtype, pd.CategoricalDtype):
            # A category that nobody has (a county that is no more) would be a column of zeros.
            known[name] = column.cat.remove_unused_categories()
        else:
            known[name] = column.astype(float) if pd.api.types.is_numeric_dtype(column.dtype) else column
    if not pd.api.types.is_numeric_dtype(known[names[0]]):
        remedy = "make a yes or no of it: frame.assign(yes=(frame[…] == …) * 1.0)"
        raise ReportError(f"«{names[0]}» is a category, which is no outcome of a regression", formula, remedy=remedy)
    return known[[*names, *(name for name in more if name not in names)]]


def read(formula: str, known: pd.DataFrame, labels: Mapping[str, str]) -> tuple[WLS, Design]:
    """Let statsmodels read a formula; give its columns the formula's order, and names in bokmål."""
    if known.empty:
        raise _alike(formula, 0)
    model = WLS.from_formula(formula, known, weights=known.get("weight", 1.0), eval_env={"np": np})
    spec = model.data.model_spec
    terms: list[Term] = []
    names: list[str] = []
    order: list[int] = []
    columns_of: list[list[int]] = []
    levels: dict[str, list[str]] = {}
    for term in patsy.ModelDesc.from_formula(formula).rhs_termlist:
        if not term.factors:
            continue
        own = range(len(model.exog_names))[spec.term_slices[term]]
        columns_of.append(list(range(len(order), len(order) + len(own))))
        order += own
        found, told = _named(term, spec, labels, levels)
        terms.append(found)
        names += told or [model.exog_names[column] for column in own]
    constant = [column for column, name in enumerate(model.exog_names) if name == "Intercept"]
    order, names = [*order, *constant], [*names, *(CONSTANT for _ in constant)]
    matrix = np.asarray(model.exog[:, order], dtype=float)
    size = np.sqrt((matrix**2).sum(axis=0))
    scaled = matrix / np.where(size > 0, size, 1.0)
    # The rank of the small cross product: columns that agree to eight digits say the same.
    if np.linalg.matrix_rank(scaled.T @ scaled) < len(order):
        raise _alike(formula, len(matrix))
    return model, Design(names, matrix, terms, columns_of, levels, known, spec, order)


def _alike(formula: str, persons: int) -> ReportError:
    what = "a regression cannot tell its terms apart: too few answers, or terms that say the same"
    return ReportError(what, formula, persons, "leave out a term")


def _named(term: Any, spec: Any, labels: Mapping[str, str], levels: dict[str, list[str]]) -> tuple[Term, list[str]]:
    """A term and the bokmål names of its columns, none where patsy's must do; its categories go into `levels`."""
    if len(term.factors) > 1 or len(_names(term.factors[0].code)) != 1:
        return Term(term.name()), []
    factor = term.factors[0]
    [name] = _names(factor.code)
    if spec.factor_infos[factor].type == "categorical":
        coded = spec.term_codings[term][0].contrast_matrices[factor].matrix
        ordered = sorted(zip(coded.any(axis=1), spec.factor_infos[factor].categories, strict=True), key=lambda c: c[0])
        levels[name] = [str(level) for _, level in ordered]
        return Term(name), levels[name][1:]
    square = bool(SQUARE.fullmatch(factor.code))
    label = str(labels.get(name, name))
    if factor.code != name and not square:
        return Term(term.name()), []
    return Term(name, 2 if square else 1), [f"{label}, kvadrert" if square else label]


def scales(matrix: Floats) -> Floats:
    """A power of two near each column's size, shape (columns,), so that no unit costs digits, nor the scaling."""
    largest = np.abs(matrix).max(axis=0)
    return np.asarray(np.exp2(np.round(np.log2(np.where(largest > 0, largest, 1.0)))), dtype=float)
