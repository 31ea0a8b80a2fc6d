"""The article's regressions: linear probability models with classical and robust errors."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import t

from ..compressed import CLASSICAL, ROBUST, Floats, least_squares
from ..counts import settle_categories
from ..disclosure import hide_for, minimum_persons
from ..freedom import lacks_freedom
from ..release import COMPLEMENT, FREEDOM
from ..tidy import COLUMNS, KEYS
from ..vouched import vouched_p
from .design import CONSTANT, Design, make_design
from .register import Register
from .specifications import SPECIFICATIONS, ModelColumn

R2, PERSONS = "R²", "N"
# The thresholds below the article's tables.
STARS = ((0.01, "***"), (0.05, "**"), (0.10, "*"))
BASE = "base"
EXTRA = ("p_value", "stars", "standard_error_robust", "p_value_robust", "stars_robust")


@dataclass(frozen=True)
class Fit:
    """A fitted linear probability model.

    Attributes
    ----------
    design : Design
        Its cells.
    params, standard_errors, p_values : ndarray, shape (columns,)
        Of the coefficients, in the design's order.
    r2 : float
        Share of the variance explained.
    """

    design: Design
    params: Floats
    standard_errors: Floats
    p_values: Floats
    r2: float


def stars(p_value: float) -> str:
    """Write the stars of a p-value: 10, 5 and 1 per cent."""
    told = float(vouched_p(p_value))
    return next((text for threshold, text in STARS if told < threshold), "")


def fit(design: Design, errors: str = CLASSICAL) -> Fit:
    """Fit ordinary least squares to the persons, from their cells.

    Parameters
    ----------
    design : Design
        Cells; what comes out is exactly the persons' own regression (`helpers.compressed`).
    errors : {"classical", "robust", "clustered"}
        Classical errors; HC1; or clustered by county.

    Returns
    -------
    Fit

    Notes
    -----
    n − k degrees of freedom, t distribution: linearmodels' `IV2SLS` on the persons with `debiased=True`. Classical
    errors are those of R's `lm`; robust ones R's `sandwich::vcovHC(type = "HC1")`.
    """
    found = least_squares(design.cells, errors)
    return Fit(design, found.params, found.standard_errors, found.p_values, found.r2)


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
        Tidy rows in the article's order: `category` is the table's column, `group` the term («fødeland: Norge»);
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
    finished = finish(table)
    finished.attrs = {**register.about, "errors": "klassiske"}
    return finished


def register_regressions(register: Register) -> list[pd.DataFrame]:
    """Estimate V1, V2, V3 and V4; see `register_regression`."""
    return [register_regression(register, identifier) for identifier in SPECIFICATIONS]


def coefficients(classical: Fit, robust: Fit, column: ModelColumn) -> pd.DataFrame:
    """Write a fitted model as rows of its table; see `register_regression`."""
    design = classical.design
    rows: list[dict[str, Any]] = []
    for row, few in zip(design.rows, _few(design), strict=True):
        measure = BASE if row.place is None else "constant" if row.label == CONSTANT else "coef"
        rows.append({"group": row.label, "measure": measure, "n": row.persons, "few": few})
        if row.place is not None:
            rows[-1] |= {
                "estimate": classical.params[row.place], "standard_error": classical.standard_errors[row.place],
                "p_value": classical.p_values[row.place], "stars": stars(float(classical.p_values[row.place])),
                "standard_error_robust": robust.standard_errors[row.place],
                "p_value_robust": robust.p_values[row.place], "stars_robust": stars(float(robust.p_values[row.place])),
            }  # fmt: skip
    few_in_all = FREEDOM if lacks_freedom(design.total, design.matrix.shape[1]) else ""
    for name, measure, value in ((R2, "r2", classical.r2), (PERSONS, "n", float(design.total))):
        rows.append({"group": name, "measure": measure, "estimate": value, "n": float(design.total), "few": few_in_all})
    return pd.DataFrame(rows).assign(category=column.label, freedom=float(design.total - len(classical.params)))


def _few(design: Design) -> list[str]:
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
    order = list(tables[0]["group"])
    for table in tables[1:]:
        at = 0
        for label in table["group"]:
            if label in order:
                at = order.index(label) + 1
                continue
            # Behind what only the first column has of the same variable.
            while at < len(order) and _variable(order[at]) == _variable(label) and ": " in label:
                at += 1
            order.insert(at, label)
            at += 1
    together = pd.concat(tables, ignore_index=True)
    return together.iloc[together["group"].map(order.index).argsort(kind="stable")].reset_index(drop=True)


def _variable(label: str) -> str:
    return label.partition(": ")[0]


def finish(table: pd.DataFrame) -> pd.DataFrame:
    """Put rows of coefficients into the tidy form: intervals, empty keys, hidden rows."""
    table = table.copy()
    for key in KEYS:
        table[key] = table[key].fillna("") if key in table else ""
    for name in ("stars", "stars_robust"):
        table[name] = table[name].fillna("")
    # The quantile of the p-values' distribution, so that an interval leaves out 0 exactly where 5 per cent say so.
    half = t.ppf(0.975, table["freedom"]) * table["standard_error"]
    table["ci_low"], table["ci_high"] = table["estimate"] - half, table["estimate"] + half
    few = table.pop("few")
    return hide_for(table[[*COLUMNS, *EXTRA]].assign(suppressed=False, reason=""), few)
