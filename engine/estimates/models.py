"""The report's regressions: which terms each has, and fitted models that a chapter can show and predict from."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.disclosure.rules import inner_percentiles
from engine.table import COLUMNS, stack

from .design import parse
from .regressions import Fit, coefficients, fit_ols, predicted_means, turning_point
from .weighted import waves_asked

ASIDE = re.compile(r" \([^()]*\)$")
USERS = ["users_immigrants", "users_longterm", "users_new", "users_aap", "users_social"]
# Outcomes of annexes 2, 3 and 4, in the order of their columns.
COMPETENCE_WORK = [
    "comp_leadership", "comp_guidance", "comp_labour_market", "comp_participation", "comp_local_services"
]  # fmt: skip
COMPETENCE_NEEDS = [
    "need_work_guidance", "need_education", "need_labour_market", "need_administration", "need_inclusion",
    "need_collaboration", "need_participation", "need_none",
]  # fmt: skip
PLACE_ACCESS = ["place_total", "place_challenges_mean"]
# Terms of annexes 2 and 3.
COMPETENCE_TERMS = ["time_competence_pos", "age_group_followed", *USERS, "experience", "sector", "office_size"]
# Figure 38 merges two classes of experience.
NEEDS_BY_EXPERIENCE_TERMS = ["experience3" if term == "experience" else term for term in COMPETENCE_TERMS]
# Annex 4. Nav-fylke has one row in print: the number of the category, in alphabetical order.
PLACE_TERMS = ["task_sector", "age_group_followed", *USERS, "caseload", "code(nav_region)", "office_size"]
# Footnote 22: the areas of the youth unit, controlled for office size and Nav-fylke.
COORDINATION_TERMS = [
    "unit_work", "unit_aap", "unit_social", "unit_kvp", "unit_sick", "unit_other", "office_size", "nav_region"
]  # fmt: skip
# Figure 28: the terms that the chapter names, individual ones first.
TIME_TERMS = [
    "caseload", "caseload**2", "own_safe_priority", "experience", "other_duties", "sector", "age_group_followed",
    "users_aap", "users_social", "users_immigrants", "users_new", "users_longterm", "office_size",
    "office_priority_comp",
]  # fmt: skip
MOST_USERS = "mer enn halvparten av brukerne er"
TIME_LEVELS = {"kjennetegn ved veilederen": TIME_TERMS[:-2], "kjennetegn ved kontoret": TIME_TERMS[-2:]}
RANGE = "range"
POINTS = 21


@dataclass(frozen=True)
class Models:
    """Models of several outcomes on the same terms; none where an edition did not ask for what they need.

    Attributes
    ----------
    fits : dict of str to Fit
        By outcome.
    frame : pandas.DataFrame
        The respondents.
    """

    fits: dict[str, Fit]
    frame: pd.DataFrame

    def __repr__(self) -> str:
        """Tell the outcomes; never a row."""
        return f"Models({', '.join(self.fits) or 'not asked'})"

    @property
    def table(self) -> pd.DataFrame:
        """Coefficients as tidy rows, see `regressions.regression`; the groups of users are under one heading."""
        if not self.fits:
            return self._nothing()
        table = coefficients(self.fits, self.frame)
        labels = self.frame.attrs.get("labels", {})
        users = [str(labels.get(name, name)) for name in USERS]
        here = [label for label in users if (table["group"] == label).any()]
        # Yes or no each, so the heading has no base.
        table.attrs["terms"] = [*table.attrs["terms"], *([(MOST_USERS, "", here)] if here else [])]
        return table

    def margins(
        self, variable: str, at: Sequence[float | str] | str | None = None, *, percent: bool = False
    ) -> pd.DataFrame:
        """Predictive margins over the values of a variable.

        Parameters
        ----------
        variable : str
            One of the models' variables.
        at : sequence, "range", optional
            Its values; "range" takes 21 from the 2nd to the 98th percentile of persons; left out: all categories, or
            1 and 0.
        percent : bool
            Whether the outcomes are 0/1 and predictions are wanted in per cent.

        Returns
        -------
        pandas.DataFrame
            See `regressions.predicted_means`; without rows where there are no models.
        """
        if not self.fits:
            return self._nothing()
        if isinstance(at, str):
            if at != RANGE:
                raise ValueError(f"«{at}» is no choice of values; give them, or «{RANGE}»")
            low, high = inner_percentiles(self.frame[variable].to_numpy(dtype=float), 2, 98)
            at = [float(point) for point in np.linspace(low, high, POINTS)]
        return predicted_means(self.fits, self.frame, variable, at, percent=percent)

    def margins_among(self, variables: Sequence[str], *, percent: bool = False) -> pd.DataFrame:
        """Predictive margins when everyone has one of several characteristics, one after the other.

        Parameters
        ----------
        variables : sequence of str
            Yes/no variables of the models.
        percent : bool
            As in `margins`.

        Returns
        -------
        pandas.DataFrame
            As `margins`, for «yes» only; `group` is the variable's label.
        """
        if not self.fits:
            return self._nothing()
        labels = self.frame.attrs.get("labels", {})
        tables = [self.margins(name, [1.0], percent=percent) for name in variables]
        named = [table.assign(group=labels.get(name, name)) for name, table in zip(variables, tables, strict=True)]
        # A characteristic is no point on an axis.
        return stack(*named).assign(x=np.nan)

    def turning_point(self, variable: str) -> pd.DataFrame:
        """Where the curve of a variable and its square turns in the first model; see `regressions.turning_point`."""
        if not self.fits:
            return self._nothing()
        return turning_point(next(iter(self.fits.values())), self.frame, variable)

    def _nothing(self) -> pd.DataFrame:
        table = pd.DataFrame(columns=[*COLUMNS, "suppressed", "reason", "x", "p_value", "stars"])
        table.attrs = {key: self.frame.attrs[key] for key in ("source", "survey_year") if key in self.frame.attrs}
        return table


def fit_models(
    frame: pd.DataFrame, outcomes: str | Sequence[str], terms: Sequence[str], *, office_intercept: bool = False
) -> Models:
    """Fit the same terms to several outcomes.

    Parameters
    ----------
    frame : pandas.DataFrame, shape (persons, variables)
        Respondents, as a rule of one wave.
    outcomes : str or sequence of str
        Numeric or 0/1 variables.
    terms : sequence of str
        See `design.design`; none with `office_intercept` gives the empty model.
    office_intercept : bool
        Random intercept for the office, by REML and without weights; else weighted OLS with robust errors.

    Returns
    -------
    Models
        Without fits where none of the frame's waves asked for all that the models need.

    Raises
    ------
    ReportError
        Nobody answered everything, or terms say the same.
    """
    names = [outcomes] if isinstance(outcomes, str) else list(outcomes)
    asked = waves_asked(frame, [*names, *(parse(term).name for term in terms)])
    if asked is not None and not asked & set(frame["wave"]):
        return Models({}, frame)
    if office_intercept:
        from .mixed import fit_mixed

        return Models({name: fit_mixed(frame, name, terms) for name in names}, frame)
    return Models({name: fit_ols(frame, name, terms) for name in names}, frame)


def named_terms(models: Models, levels: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Coefficients of a model with what a picture needs: variable and base in the row's name, and a heading.

    Parameters
    ----------
    models : Models
        With one outcome.
    levels : mapping of str to sequence of str
        Heading to the variables below it.

    Returns
    -------
    pandas.DataFrame
        The coefficients, headings in order, with the columns `term` (`tid i Nav: 1–3 år, mot under 1 år`) and `level`.
        Without the constant, and without squares, whose unit no axis could share.
    """
    table = models.table
    if table.empty:
        return table.assign(term="", level="")
    headings = {label: (name, base) for name, base, below in table.attrs["terms"] for label in below}
    design = next(iter(models.fits.values())).design
    parts = []
    for level, variables in levels.items():
        for term, columns in zip(design.terms, design.columns_of, strict=True):
            if term.name in variables and term.power == 1:
                part = table[table["group"].isin([design.labels[column] for column in columns])]
                named = [_with_heading(label, *headings.get(label, ("", ""))) for label in part["group"]]
                parts.append(part.assign(term=named, level=level))
    result = pd.concat(parts, ignore_index=True)
    result.attrs = table.attrs
    return result


def _with_heading(label: str, heading: str, base: str) -> str:
    told = f"{heading}: {label}" if heading else label
    return f"{told}, mot {ASIDE.sub('', base)}" if base else told
