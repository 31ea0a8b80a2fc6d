"""Change within offices: offices as a panel over the waves."""

from __future__ import annotations

import numpy as np
import pandas as pd

from engine.disclosure.rules import hide_unfree, protect
from engine.table import COLUMNS, about, finish

from .design import Floats
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
        Tidy rows, measure `change`, in the variable's unit: `group` is «alle svar» or «innen samme kontor», `wave` the
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
    table = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=COLUMNS)
    offices = table.pop("offices").to_numpy(dtype=float) if "offices" in table else np.zeros(0)
    what = about(frame).estimated(variable, "office_id")
    made = finish(table, what, measure="change", population=about(frame).population)
    return hide_unfree(protect(made), offices, len(waves))


def _changes(panel: pd.DataFrame, waves: list[int], within: bool) -> pd.DataFrame:
    # A second of import time that only this page should cost.
    from linearmodels.panel import PanelOLS

    if within:
        several = panel.groupby("office_id")["mean"].transform("size") > 1
        panel = panel[several]
    persons = panel.groupby("wave")["persons"].sum()
    rows = pd.DataFrame({
        "wave": waves[1:], "group": SAME_OFFICES if within else ALL_ANSWERS,
        "estimate": np.nan, "standard_error": np.nan, "offices": panel.index.get_level_values("office_id").nunique(),
        "n": [int(persons.get(waves[0], 0) + persons.get(year, 0)) for year in waves[1:]],
    })  # fmt: skip
    if panel.index.get_level_values("office_id").nunique() <= len(waves):
        return rows
    wave = panel.index.get_level_values("wave")
    later = {str(year): np.asarray(wave == year, dtype=float) for year in waves[1:]}
    columns: dict[str, Floats] = later if within else {"constant": np.ones(len(panel)), **later}
    model = PanelOLS(
        panel["mean"], pd.DataFrame(columns, index=panel.index), weights=panel["weight"], entity_effects=within
    )
    fit = model.fit(cov_type="clustered", cluster_entity=True, debiased=True)
    return rows.assign(
        estimate=[float(fit.params[name]) for name in later],
        standard_error=[float(fit.std_errors[name]) for name in later],
    )
