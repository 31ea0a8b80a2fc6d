"""How far two curves of the same shares lie apart, in words."""

from __future__ import annotations

import numpy as np
import pandas as pd

from engine.table import KEYS

from .lookup import NOT_ASKED, rows
from .numbers import HIDDEN, NO_BREAK_SPACE, nb_number


def farthest(linear: pd.DataFrame, logit: pd.DataFrame, *names: object, key: str = "category") -> str:
    """Name the point where a linear and a logistic curve lie farthest apart.

    Parameters
    ----------
    linear, logit : pandas.DataFrame
        Results of `curves.share_curve` for the same curves and points.
    *names : str or int
        Which curves (see `lookup.rows`); all when left out.
    key : str
        The key that tells the curves apart.

    Returns
    -------
    str
        `2,4 prosentpoeng (begge aldersgrupper, 196 ansatte)`; «skjult» where no point has both.
    """
    if linear.empty or logit.empty:
        return NOT_ASKED
    on = [*(name for name in KEYS if name != "measure"), "x"]
    both = rows(linear, *names).merge(rows(logit, *names), on=on, suffixes=("", "_logit"))
    gaps = (both["estimate"] - both["estimate_logit"]).abs().to_numpy(dtype=float)
    if np.isnan(gaps).all():
        return HIDDEN
    place = both.iloc[int(np.nanargmax(gaps))]
    where = f"{place[key]}, {nb_number(float(place['x']))}{NO_BREAK_SPACE}ansatte"
    return f"{nb_number(float(np.nanmax(gaps)), 1)} prosentpoeng ({where})"
