"""Whether a figure of an author's own draws the frame beside it, or rows of something else."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

Floats = NDArray[np.float64]
# Fewer points than this can be chosen by hand; more than half must be numbers of the frame.
FEWEST, MOST = 5, 0.5
# How matplotlib says that a line has no marker, or no stroke.
NONE = ("None", "none", " ", "", None)
NEAR = 1e-5


def draws_other_rows(figure: Figure, frame: pd.DataFrame) -> bool:
    """Tell whether a cloud of points or a row of bars is made of numbers that the frame has not got.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Drawn.
    frame : pandas.DataFrame
        What it is said to show.

    Returns
    -------
    bool
        True where most points of a scatter, or heights (or widths) of bars, are none of the frame's numbers: it was
        drawn from rows that no estimator made, as a scatter of persons or a histogram is. Lines and areas are left
        aside, since what is fitted to estimates lies beside them.
    """
    numbers = frame.select_dtypes("number").to_numpy(dtype=float, na_value=np.nan).ravel()
    known = np.unique(numbers[np.isfinite(numbers)])
    return any(_strange(points, known) for points in _points(figure))


def _points(figure: Figure) -> Iterator[Floats]:
    """Points of each artist, shape (points, 2); bars by width and height."""
    for axes in figure.axes:
        for line in axes.lines:
            if line.get_marker() not in NONE and line.get_linestyle() in NONE:
                yield np.asarray(line.get_xydata(), dtype=float)
        for cloud in axes.collections:
            if isinstance(cloud, PathCollection):
                yield np.asarray(np.ma.filled(np.ma.asarray(cloud.get_offsets(), dtype=float), np.nan))
        bars = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
        yield np.array([(bar.get_width(), bar.get_height()) for bar in bars], dtype=float).reshape(-1, 2)


def _strange(points: Floats, known: Floats) -> bool:
    there = points[np.isfinite(points).all(axis=1)]
    if len(there) < FEWEST:
        return False
    return float((~_is_known(there, known).any(axis=1)).mean()) > MOST


def _is_known(values: Floats, known: Floats) -> NDArray[np.bool_]:
    """Which values are among the known ones, but for rounding."""
    if not len(known):
        return np.zeros(values.shape, dtype=bool)
    place = np.clip(np.searchsorted(known, values), 1, max(len(known) - 1, 1))
    near = [known[np.clip(place - back, 0, len(known) - 1)] for back in (0, 1)]
    return np.asarray(np.minimum(*(np.abs(values - each) for each in near)) <= NEAR * np.maximum(1, np.abs(values)))
