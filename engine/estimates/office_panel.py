"""Change within offices: offices as a panel over the waves."""

from __future__ import annotations

import numpy as np
import pandas as pd

from engine.disclosure.rules import hide_unfree, protect
from engine.table import about, finish

from .formulas import Design
from .models import Fit
from .weighted import waves_asked

ALL_ANSWERS, SAME_OFFICES = "alle svar", "innen samme kontor"


def office_means(frame: pd.DataFrame, variable: str) -> pd.DataFrame:
    """Weighted mean of a variable at each office in each wave.

    Parameters
    ----------
    frame : pandas.DataFrame, shape (persons, variables)
        Respondents with `weight`, `wave` and `office_id`.
    variable : str
        Numeric; who did not answer is left out.

    Returns
    -------
    pandas.DataFrame, shape (offices × waves, 3)
        Index `office_id`, `wave`; `mean`, `weight` (sum of the persons' weights) and `persons`. Nothing of it may be
        shown: an office can be one person.
    """
    known = frame[frame[variable].notna()]
    weight = known["weight"].to_numpy(dtype=float)
    parts = pd.DataFrame({
        "office_id": known["office_id"].to_numpy(), "wave": known["wave"].to_numpy(), "weight": weight,
        "total": weight * known[variable].to_numpy(dtype=float), "persons": 1,
    }).groupby(["office_id", "wave"]).sum()  # fmt: skip
    return parts.assign(mean=parts["total"] / parts["weight"])[["mean", "weight", "persons"]]


def office_changes(frame: pd.DataFrame, variable: str) -> pd.DataFrame:
    """Change from the first wave, among all answers and within the same offices.

    Parameters
    ----------
    frame, variable
        As in `office_means`; several waves.

    Returns
    -------
    pandas.DataFrame
        Tidy rows, measure `change`, in the variable's unit: `sample` is «alle svar» or «innen samme kontor», `wave` the
        later wave. Without rows where fewer than two waves asked.

    Notes
    -----
    linearmodels `PanelOLS` on the means of offices weighted by their answers; within offices with office effects.
    Errors clustered by office, small-sample corrected. Without office effects the change is the difference of the
    weighted means that the chapters show. An office that answered in one wave only adds nothing within offices.
    """
    asked = waves_asked(frame, [variable])
    panel = office_means(frame if asked is None else frame[frame["wave"].isin(asked)], variable)
    waves = sorted(panel.index.get_level_values("wave").unique())
    tables = [_changes(panel, waves, within) for within in (False, True)] if len(waves) > 1 else []
    table = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=["wave", "sample"])
    offices = table.pop("offices").to_numpy(dtype=float) if "offices" in table else np.zeros(0)
    what = about(frame).estimated(variable, "office_id")
    made = finish(table, what, measure="change", population=about(frame).population)
    return hide_unfree(protect(made), offices, len(waves))


def _changes(panel: pd.DataFrame, waves: list[int], within: bool) -> pd.DataFrame:
    panel = _compared(panel, within)
    persons = panel.groupby("wave")["persons"].sum()
    rows = pd.DataFrame({
        "wave": waves[1:], "sample": SAME_OFFICES if within else ALL_ANSWERS,
        "estimate": np.nan, "standard_error": np.nan, "offices": panel.index.get_level_values("office_id").nunique(),
        "n": [int(persons.get(waves[0], 0) + persons.get(year, 0)) for year in waves[1:]],
    })  # fmt: skip
    if panel.index.get_level_values("office_id").nunique() <= len(waves):
        return rows
    fit = _panel(panel, waves, within)
    # The constant of all answers stands before the changes.
    return rows.assign(estimate=fit.params[-len(rows) :], standard_error=fit.errors[-len(rows) :])


def office_models(frame: pd.DataFrame, variable: str) -> dict[str, Fit]:
    """Fit the two models behind `office_changes`, by their sample; each gives `.formula` and `.frame()`."""
    panel = office_means(frame, variable)
    waves = sorted(panel.index.get_level_values("wave").unique())
    return {name: _panel(_compared(panel, within), waves, within)
            for name, within in ((ALL_ANSWERS, False), (SAME_OFFICES, True))}  # fmt: skip


def _compared(panel: pd.DataFrame, within: bool) -> pd.DataFrame:
    """Offices that add something: within offices those of several waves."""
    return panel[panel.groupby("office_id")["mean"].transform("size") > 1] if within else panel


def _panel(panel: pd.DataFrame, waves: list[int], within: bool) -> Fit:
    """Offices' means on the later waves by linearmodels, within offices with their effects."""
    # A second of import time that only this page should cost.
    from linearmodels.panel import PanelOLS

    wave = panel.index.get_level_values("wave")
    later = {f"in_{year}": np.asarray(wave == year, dtype=float) for year in waves[1:]}
    formula = f"mean ~ {' + '.join([*([] if within else ['1']), *later, *(['EntityEffects'] if within else [])])}"
    rows = panel.assign(**later)
    found = PanelOLS.from_formula(formula, rows, weights=rows["weight"]).fit(
        cov_type="clustered", cluster_entity=True, debiased=True
    )
    params, covariance = (np.asarray(part, dtype=float) for part in (found.params, found.cov))
    names = [str(name) for name in found.params.index]
    design = Design(names, np.zeros((0, len(names))), [], [], {}, rows.drop(columns="persons").reset_index())
    p_values, weight = np.asarray(found.pvalues, dtype=float), rows["weight"].to_numpy(dtype=float)
    return Fit(formula, "panel", design, params, covariance, p_values, weight)
