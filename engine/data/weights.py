"""Weights that make the respondents of a wave stand for all who were invited."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from engine.errors import ReportError

# Employees at the office, left ends of the classes. The report weights by office size without printing its
# classes: these cut points are our assumption.
CUT_POINTS = (0.0, 20.0, 40.0, 70.0, 110.0, np.inf)
SIZE_CLASSES = ("0–19", "20–39", "40–69", "70–109", "110+")


def size_class(office_size: pd.Series) -> pd.Series:
    """Class of office size.

    Parameters
    ----------
    office_size : pandas.Series, shape (persons,)
        Employees at the office.

    Returns
    -------
    pandas.Series of ordered categories, shape (persons,)
        `SIZE_CLASSES`; missing where the size is.
    """
    sizes = office_size.astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    classes = pd.cut(sizes, list(CUT_POINTS), right=False, labels=list(SIZE_CLASSES))
    return pd.Series(classes, index=office_size.index, name="size_class")


def poststratification_weights(
    respondents: pd.DataFrame, frame: pd.DataFrame, by: Sequence[str] = ("sector", "size_class")
) -> pd.Series:
    """Weight the respondents of one wave so that their cells have the shares of the frame.

    Parameters
    ----------
    respondents : pandas.DataFrame, shape (n, columns)
        All who answered in the wave, with the variables of `by`.
    frame : pandas.DataFrame, shape (N, columns)
        All who were invited, with the same.
    by : sequence of str
        Variables whose cells are the post-strata. `size_class` is made of `office_size` where missing.

    Returns
    -------
    pandas.Series of float, shape (n,)
        `weight`, on the respondents' index, (N_cell / n_cell) · (n / N): mean 1.

    Raises
    ------
    ReportError
        A variable is missing for some rows, a cell of the frame has no respondent, or one of the respondents
        does not exist in the frame.

    Notes
    -----
    Holt and Smith (1979), Post stratification, JRSS A 142: 33–46. Equal to the weights of R
    `survey::postStratify`, scaled to mean 1.
    """
    answered, invited = _cells(respondents, by, "respondents"), _cells(frame, by, "frame")
    in_frame, in_sample = invited.value_counts(), answered.value_counts()
    for cells, others, what in (
        (in_frame, in_sample, "cells of the frame without a respondent"),
        (in_sample, in_frame, "cells of respondents that the frame does not have"),
    ):
        lacking = int((~cells.index.isin(others.index)).sum())
        if lacking:
            raise ReportError(
                f"the wave cannot be weighted: {what}", " × ".join(by), lacking,
                "check the frame, or merge classes in engine/data/weights.py",
            )  # fmt: skip
    ratio = in_frame / in_sample * (len(respondents) / len(frame))
    return answered.map(ratio).astype(float).rename("weight")


def _cells(table: pd.DataFrame, by: Sequence[str], name: str) -> pd.Series:
    """Name each row's cell; the same cell has the same name in every table."""
    cells = pd.Series("", index=table.index, dtype="str")
    for variable in by:
        made = variable == "size_class" and variable not in table
        column = size_class(table["office_size"]) if made else table[variable]
        blank = int(column.isna().sum())
        if blank:
            raise ReportError(
                f"{variable} is missing for some of the {name}", "weights", blank, "complete the frame"
            )
        # A code is the same code whether it is stored as 1 or as 1.0.
        column = column.astype(float) if pd.api.types.is_numeric_dtype(column) else column
        cells = cells + "|" + column.astype("str")
    return cells
