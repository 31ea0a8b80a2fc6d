"""Weighted totals, ratios of two variables' totals, and differences of two answers, with 95 % intervals."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from engine.data.survey import Survey
from engine.disclosure.secondary import keys_of
from engine.errors import ReportError
from engine.table import about, described

from .weighted import TOTAL_OF, Groups, answers, as_list, mean, rows_of, settled


def total(
    frame: pd.DataFrame,
    variable: str,
    by: str | Sequence[str] = (),
    *,
    total: str | None = None,
    within: Sequence[str] = (),
    clusters: str | None = None,
) -> pd.DataFrame:
    """Weighted total of a variable in each group, with a 95 % interval.

    Parameters
    ----------
    frame : pandas.DataFrame
        Respondents, one row each, with `weight` and `wave`. The survey's weights have mean 1, so that totals are of
        those who answered; `grossed(survey, frame)` makes them those of everyone who was invited.
    variable : str
        A numeric variable; of a yes or no the total is a number of persons. Missing answers add nothing.
    by, total, within, clusters
        As in `mean`.

    Returns
    -------
    pandas.DataFrame
        As `mean`, measure `total`, in the unit of the variable.

    Raises
    ------
    ReportError
        A name is unknown, or the variable is a category.

    Notes
    -----
    Equal to R `survey` 4.1 `svyby(~y, ~by, svydesign(ids=~1, strata=~wave, weights=~weight), svytotal, na.rm=TRUE)`:
    weights are known numbers, the number of members of a group is not. Totals add up, so what they hide is hidden as
    where all weigh the same.

    Examples
    --------
    >>> from engine.estimates.totals import grossed
    >>> users = total(grossed(survey, now), "caseload", by="age_group_followed")
    >>> print(highest(users))
    de over 30 år (305 169)
    """
    groups = Groups(as_list(by), total, clusters, keys_of(frame))
    rows = rows_of(frame, variable, [("", answers(frame, variable))], groups, within, {"measure": TOTAL_OF})
    return settled(rows, [frame], as_list(by), variable, *within)


def ratio(
    frame: pd.DataFrame,
    numerator: str,
    denominator: str,
    by: str | Sequence[str] = (),
    *,
    total: str | None = None,
    within: Sequence[str] = (),
    clusters: str | None = None,
) -> pd.DataFrame:
    """Weighted total of one variable over that of another in each group, with a 95 % interval.

    Parameters
    ----------
    frame : pandas.DataFrame
        Respondents, one row each, with `weight` and `wave`.
    numerator, denominator : str
        Numeric variables; who lacks an answer to one of them is left out.
    by, total, within, clusters
        As in `mean`.

    Returns
    -------
    pandas.DataFrame
        As `mean`, measure `ratio`, in units of the numerator for each of the denominator.

    Raises
    ------
    ReportError
        A name is unknown, or a variable is a category.

    Notes
    -----
    Equal to R `survey` 4.1 `svyby(~y, denominator=~x, by=~by, svydesign(…), svyratio, na.rm=TRUE)`. The ratio of totals
    is not the mean of persons' own ratios, which counts persons of few units as much as those of many.

    Examples
    --------
    >>> planned = ratio(now, "act_planned", "caseload")
    >>> nb(planned, "veiledere", digits=2)
    '0,17'
    """
    groups = Groups(as_list(by), total, clusters, keys_of(frame))
    given = [("", answers(frame, numerator))]
    rows = rows_of(frame, numerator, given, groups, within, {"measure": "ratio"}, base=denominator)
    return settled(rows, [frame], as_list(by), numerator, denominator, *within)


def paired(
    frame: pd.DataFrame, one: str, other: str, by: str | Sequence[str] = (), *, clusters: str | None = None
) -> pd.DataFrame:
    """Weighted mean of one answer less another of the same persons, with a 95 % interval.

    Parameters
    ----------
    frame : pandas.DataFrame
        Respondents, one row each, with `weight` and `wave`.
    one, other : str
        Numeric variables on one scale; who lacks an answer to one of them is left out.
    by, clusters
        As in `mean`.

    Returns
    -------
    pandas.DataFrame
        As `mean`; `item` is «one minus other».

    Notes
    -----
    The covariance of the two answers is in the error: equal to R `survey` 4.1
    `svycontrast(svymean(~y + x, design, na.rm=TRUE), c(1, -1))`.
    """
    label = about(frame).label
    less = described(frame.assign(**{one: answers(frame, one) - answers(frame, other)}), about(frame))
    table = mean(less, one, by, clusters=clusters).assign(item=f"{label(one)} minus {label(other)}")
    return described(table, variables=(one, other, *as_list(by)))


def grossed(survey: Survey, frame: pd.DataFrame) -> pd.DataFrame:
    """Let weights sum to those who were invited to each wave instead of to those who answered.

    Parameters
    ----------
    survey : Survey
        Opened waves.
    frame : pandas.DataFrame
        Respondents of it, with the survey's own weights: of mean 1 over all who answered in a wave.

    Returns
    -------
    pandas.DataFrame
        The same respondents; a weight is the number of invited persons that one stands for, as after R
        `survey::postStratify`.

    Raises
    ------
    ReportError
        A wave of the frame is none of the survey's.
    """
    factor = survey.invited["wave"].value_counts() / survey.answered["wave"].value_counts()
    scaled = frame["weight"] * frame["wave"].map(factor)
    if scaled.isna().any():
        raise ReportError("persons of a wave that the survey has not opened", "grossed", int(scaled.isna().sum()))
    return described(frame.assign(weight=scaled), about(frame))
