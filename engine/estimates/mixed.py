"""Linear mixed model with a random intercept for the office, by REML."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.optimize import brentq, minimize_scalar

from .design import Design, Floats, design
from .regressions import PERSONS, Fit, coefficients, fits_exactly, normal_p

BETWEEN, WITHIN, OFFICES = "mellom kontor", "mellom veiledere", "kontor"
# Largest root of variance between offices over variance within them: above it an office would explain 99 per cent.
LARGEST_RATIO = 10.0
# How far from the found optimum its slope is looked at, relative to it.
NEARBY = 1e-3


def fit_mixed(frame: pd.DataFrame, outcome: str, terms: Sequence[str], groups: str = "office_id") -> Fit:
    """Fit a model with a random intercept.

    Parameters
    ----------
    frame : pandas.DataFrame, shape (persons, variables)
        Respondents; their weights are not used, as in the source's model.
    outcome : str
        Numeric variable.
    terms : sequence of str
        Fixed part, see `design.design`; none gives the empty model.
    groups : str
        Variable whose values share an intercept.

    Returns
    -------
    Fit
        With unit weights; `extra` holds the shares of variance in per cent and the numbers of persons and offices.
        Coefficients and shares are NaN where there is one office, one person in each, or nothing but rounding to part.

    Notes
    -----
    With θ the ratio of the standard deviations between and within groups, the inverse of a group's covariance is
    I − θ²/(1 + nθ²)·J, so the REML criterion of lme4 (Bates et al. 2015, formulas 34–41) is a function of θ alone and
    needs only sums by group. Agrees with R `lme4::lmer` and, unlike a general optimiser, has no warnings to hush up.
    """
    made = design(frame, outcome, terms)
    response = frame.loc[made.rows, outcome].to_numpy(dtype=float)
    place = np.unique(frame.loc[made.rows, groups].to_numpy(), return_inverse=True)[1]
    # Columns of very different size (a square, a share) would cost digits: fitted on a common scale. So would an
    # outcome far from 0: the constant, which is last, takes its mean.
    scale, level = np.abs(made.matrix).max(axis=0), float(response.mean())
    if not _can_be_parted(response - level, made.matrix / scale, place):
        return _nothing(made, len(response), int(place.max() + 1))
    profile = _Profile(made.matrix / scale, response - level, place)
    found = minimize_scalar(
        lambda theta: profile.at(theta)[0], bounds=(0.0, LARGEST_RATIO), method="bounded", options={"xatol": 1e-9}
    )
    # The bounded search never tries its ends; a variance of 0 between groups is an answer too.
    theta = 0.0 if profile.at(0.0)[0] <= found.fun + 1e-10 else _polished(profile, float(found.x))
    _, params, covariance, variance = profile.at(theta)
    between = theta**2 / (1.0 + theta**2)
    extra = _extra(between, theta * float(np.sqrt(variance)), float(np.sqrt(variance)), len(response), profile.groups)
    params, covariance = params / scale, covariance / np.outer(scale, scale)
    params[-1] += level
    return Fit(made, np.ones(len(response)), params, covariance, normal_p(params, covariance), extra)


def _polished(profile: _Profile, theta: float) -> float:
    """Optimum by the criterion's slope: its values alone are too flat there for more than half of the digits."""
    low, high = (1.0 - NEARBY) * theta, (1.0 + NEARBY) * theta
    if profile.slope(low) * profile.slope(high) >= 0:
        return theta
    return float(brentq(profile.slope, low, high, xtol=1e-14))


def _can_be_parted(response: Floats, matrix: Floats, place: np.ndarray) -> bool:
    """Tell whether there is variance, and whether offices and persons can be told apart; lme4 refuses the same."""
    persons, groups = len(response), int(place.max() + 1)
    if groups < 2 or groups == persons or persons <= matrix.shape[1]:
        return False
    return not fits_exactly(response, np.asarray(np.linalg.lstsq(matrix, response)[0], dtype=float), matrix)


def _nothing(made: Design, persons: int, groups: int) -> Fit:
    unknown = np.full(made.matrix.shape[1], np.nan)
    extra = _extra(np.nan, np.nan, np.nan, persons, groups)
    return Fit(made, np.ones(persons), unknown, np.outer(unknown, unknown), unknown, extra)


def _extra(
    between: float, sd_between: float, sd_within: float, persons: int, groups: int
) -> dict[str, tuple[str, float]]:
    """Rows below the coefficients; `between` is the share of the variance that lies between offices."""
    return {
        BETWEEN: ("icc_pct", 100.0 * between),
        WITHIN: ("variance_share_pct", 100.0 * (1.0 - between)),
        "standardavvik mellom kontor": ("sd", sd_between),
        "standardavvik mellom veiledere": ("sd", sd_within),
        PERSONS: ("n", float(persons)),
        OFFICES: ("n", float(groups)),
    }


class _Profile:
    """REML criterion as a function of θ, from sums that are made once."""

    def __init__(self, matrix: Floats, response: Floats, place: np.ndarray) -> None:
        self.size = np.bincount(place).astype(float)
        self.groups = len(self.size)
        both = np.column_stack([matrix, response])
        self.cross = both.T @ both
        self.sums = np.column_stack([np.bincount(place, both[:, k]) for k in range(both.shape[1])])
        self.freedom = float(matrix.shape[0] - matrix.shape[1])

    def at(self, theta: float) -> tuple[float, Floats, Floats, float]:
        """Criterion, coefficients, their covariance, and the variance within groups."""
        shrink = theta**2 / (1.0 + self.size * theta**2)
        products = self.cross - (self.sums * shrink[:, None]).T @ self.sums
        inner, outer, square = products[:-1, :-1], products[:-1, -1], products[-1, -1]
        params = np.linalg.solve(inner, outer)
        variance = float(square - outer @ params) / self.freedom
        criterion = (
            self.freedom * np.log(variance)
            + float(np.log1p(self.size * theta**2).sum())
            + float(np.linalg.slogdet(inner)[1])
        )
        covariance = np.asarray(variance * np.linalg.inv(inner), dtype=float)
        return float(criterion), np.asarray(params, dtype=float), covariance, variance


    def slope(self, theta: float) -> float:
        """Derivative of the criterion by θ²."""
        rest = 1.0 + self.size * theta**2
        products = self.cross - (self.sums * (theta**2 / rest)[:, None]).T @ self.sums
        change = -(self.sums / rest[:, None] ** 2).T @ self.sums
        inner, outer = products[:-1, :-1], products[:-1, -1]
        # The sum of squares left over is v'Pv with v = (−params, 1).
        left = np.append(-np.linalg.solve(inner, outer), 1.0)
        squares = float(left @ products @ left)
        return float(
            self.freedom * (left @ change @ left) / squares
            + (self.size / rest).sum()
            + np.trace(np.linalg.solve(inner, change[:-1, :-1]))
        )


def multilevel(frame: pd.DataFrame, outcome: str, terms: Sequence[str], groups: str = "office_id") -> pd.DataFrame:
    """Coefficients of a model with a random intercept, as tidy rows.

    Parameters
    ----------
    frame, outcome, terms, groups
        As in `fit_mixed`.

    Returns
    -------
    pandas.DataFrame
        As `regressions.regression`, with the shares of variance (`icc_pct`, `variance_share_pct`) instead of R².
    """
    return coefficients({outcome: fit_mixed(frame, outcome, terms, groups)}, frame)
