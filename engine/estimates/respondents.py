"""Who was asked and who answered: response, how well they stand for each other, and how much hangs on that."""

from __future__ import annotations

import numpy as np
import pandas as pd

from engine.data.persons import POPULATIONS, size_class
from engine.data.survey import Survey
from engine.disclosure.rules import THRESHOLD, hide_for, inner_percentiles, minimum_persons, protect
from engine.disclosure.secondary import Cell, keys_of, settle, settle_counts
from engine.table import about, finish

from .weighted import Groups, answers, rows_of, settled, unweighted

INVITED, ANSWERED = "Invitert", "Svarte"
WITH_CASELOAD, WITHOUT_CASELOAD = "Har brukerportefølje", "Har ikke brukerportefølje"
RESPONSE_RATE = "Svarprosent"
# Ends of the spread: a single cell's weight would tell how many of a few persons answered.
LOW, HIGH = 5, 95
LOW_WEIGHT, HIGH_WEIGHT = f"{LOW}. prosentil", f"{HIGH}. prosentil"
# Two weights that differ by no more are one.
SAME = 1e-9
CORRECTION = "endelighetskorreksjon"
DESIGN_EFFECT, EFFECTIVE = "designeffekt", "effektivt antall svar"
AS_IN_BOOK, UNWEIGHTED, CLUSTERED, EVERYONE = (
    "slik boken regner", "uten vekter", "kontor som klynge", "alle med portefølje"
)  # fmt: skip


def response(survey: Survey) -> pd.DataFrame:
    """Count who was invited and who answered, per wave.

    Parameters
    ----------
    survey : Survey
        Opened waves.

    Returns
    -------
    pandas.DataFrame
        Tidy counts (`measure` count) and unweighted shares in per cent (`share_pct`), without intervals: they describe
        the sample and estimate nothing.

    Examples
    --------
    >>> counts = response(survey)
    >>> nb(counts, "Svarprosent", 2024)
    '34'
    """
    rows: list[dict[str, object]] = []
    reasons: list[str] = []
    for wave in survey.waves:
        invited = survey.invited[survey.invited["wave"] == wave]
        answered = survey.answered[survey.answered["wave"] == wave]
        caseload = answered["has_caseload"].astype(float)
        counts = {
            INVITED: len(invited),
            ANSWERED: len(answered),
            WITH_CASELOAD: int((caseload == 1).sum()),
            WITHOUT_CASELOAD: int((caseload == 0).sum()),
        }
        made = [_row(wave, "count", count, count, item=name) for name, count in counts.items()]
        made.append(_row(wave, "share_pct", 100 * len(answered) / len(invited), len(invited), item=RESPONSE_RATE))
        rate = 100 * counts[WITH_CASELOAD] / len(answered)
        made.append(_row(wave, "share_pct", rate, len(answered), item=WITH_CASELOAD))
        for name, frame in ((INVITED, invited), (ANSWERED, answered)):
            for sector, count in frame["sector"].value_counts(sort=False).items():
                rate = 100 * count / len(frame)
                made.append(_row(wave, "share_pct", rate, len(frame), item=name, sector=str(sector)))
        rows += made
        reasons += _reasons(made, invited, answered)
    return _table(rows, reasons, survey, "has_caseload", "sector")


def _reasons(rows: list[dict[str, object]], invited: pd.DataFrame, answered: pd.DataFrame) -> list[str]:
    """Why rows of one wave are hidden: all are counted, so a share gives its number of persons."""
    sectors = list(invited["sector"].dropna().unique())
    states = {WITH_CASELOAD: 1.0, WITHOUT_CASELOAD: 0.0}
    cells = [(sector, state) for sector in sectors for state in (*states, ANSWERED, INVITED)]
    caseload = answered["has_caseload"].astype(float)
    sizes = []
    for sector, state in cells:
        here, asked = answered["sector"] == sector, int((invited["sector"] == sector).sum())
        # Who left the question open is a number of persons of whom nothing is told: no cell to protect.
        sizes.append(
            int((here & (caseload == states[state])).sum()) if state in states
            else 0 if state == ANSWERED else asked - int(here.sum())
        )  # fmt: skip
    holds: dict[object, tuple[str, ...]] = {
        INVITED: (*states, ANSWERED, INVITED), ANSWERED: (*states, ANSWERED), RESPONSE_RATE: (*states, ANSWERED),
        WITH_CASELOAD: (WITH_CASELOAD,), WITHOUT_CASELOAD: (WITHOUT_CASELOAD,),
    }  # fmt: skip
    told = [
        [float(state in holds[row["item"]] and row.get("sector", sector) == sector) for sector, state in cells]
        for row in rows
    ]
    return settle_counts(np.array(told), np.array(sizes, dtype=float), minimum_persons())


def response_rates(survey: Survey) -> pd.DataFrame:
    """Share of the invited who answered, by the two variables that weights are made of and by county.

    Parameters
    ----------
    survey : Survey
        Opened waves.

    Returns
    -------
    pandas.DataFrame
        Tidy rows, measure `share_pct` (per cent, `n` invited), without intervals: everyone who was invited is counted.
        `value` is the employer, the class of office size («20–39 ansatte») or the county, `variable` which of them.
    """
    rows, reasons = [], []
    for wave in survey.waves:
        invited = survey.invited[survey.invited["wave"] == wave]
        classes = size_class(invited["office_size"]).cat.rename_categories(lambda name: f"{name} ansatte")
        county = about(survey.answered).label("nav_region")
        by = {"arbeidsgiver": invited["sector"], "kontorstørrelse": classes}
        by |= {county: invited["nav_region"]} if "nav_region" in invited else {}
        for variable, cells in by.items():
            found = invited["responded"].astype(float).groupby(cells, observed=True).agg(["mean", "size", "sum"])
            reasons += _reasons_of_rates(found["sum"].to_numpy(dtype=float), found["size"].to_numpy(dtype=float))
            rows += [
                _row(wave, "share_pct", 100 * rate, size, variable=variable, value=str(value))
                for value, rate, size, _ in found.itertuples()
            ]
    asked = [name for name in ("sector", "office_size", "nav_region") if name in survey.invited]
    return _table(rows, reasons, survey, *asked)


def finite_corrections(survey: Survey) -> pd.DataFrame:
    """How many times as large errors would be if all who were invited were all that the numbers speak of.

    Parameters
    ----------
    survey : Survey
        Opened waves.

    Returns
    -------
    pandas.DataFrame
        A row a wave, measure `factor`: √(1 − n/N), as R `svydesign(fpc = )` for equal weights. The book's errors are
        without it.
    """
    rows = []
    for wave in survey.waves:
        invited = survey.invited.loc[survey.invited["wave"] == wave, "responded"]
        rows.append(_row(wave, "factor", float(np.sqrt(1 - invited.mean())), int(invited.sum()), item=CORRECTION))
    return _table(rows, [], survey, "has_caseload")


def _reasons_of_rates(responded: np.ndarray, invited: np.ndarray) -> list[str]:
    """Why rates are hidden: all who were invited are counted, and all who answered are told elsewhere."""
    cells = np.concatenate([responded, invited - responded])
    each = np.eye(len(responded))
    everyone = np.concatenate([np.ones(len(responded)), np.zeros(len(responded))])
    told = np.hstack([each, np.zeros_like(each)])
    known = np.vstack([np.hstack([each, each])[invited >= minimum_persons()], everyone])
    return settle_counts(told, cells, minimum_persons(), known)


def weight_spread(survey: Survey) -> pd.DataFrame:
    """How unequal the weights are in each wave, and what that costs.

    Parameters
    ----------
    survey : Survey
        Opened waves.

    Returns
    -------
    pandas.DataFrame
        Tidy rows for each wave, over all who answered: measure `weight` (5th and 95th percentile), `design_effect`, and
        `count` (answers drawn with equal weights that would be as precise). A percentile that is the weight of fewer
        persons than the minimum is hidden: it names their employer and size of office.

    Notes
    -----
    Kish (1965), Survey Sampling, 11.7: the design effect of unequal weights is 1 plus their squared coefficient of
    variation, n·Σw² / (Σw)². It holds for outcomes that do not depend on the weights.
    """
    rows, reasons = [], []
    for wave in survey.waves:
        weight = survey.answered.loc[survey.answered["wave"] == wave, "weight"].to_numpy(dtype=float)
        persons = len(weight)
        effect = design_effect(weight)
        low, high = inner_percentiles(weight, LOW, HIGH)
        rows += [
            _row(wave, "weight", low, persons, item=LOW_WEIGHT),
            _row(wave, "weight", high, persons, item=HIGH_WEIGHT),
            _row(wave, "design_effect", effect, persons, item=DESIGN_EFFECT),
            _row(wave, "count", persons / effect, persons, item=EFFECTIVE),
        ]
        reasons += [_reason_of_weight(weight, low), _reason_of_weight(weight, high), "", ""]
    return _table(rows, reasons, survey, "sector", "office_size")


def _reason_of_weight(weight: np.ndarray, told: float) -> str:
    """Why a weight is hidden: few persons have it, or one between two weights that few have, so it names their cell."""
    # What lies between two weights is a mixture of both.
    below, above = weight[weight <= told * (1 + SAME)], weight[weight >= told * (1 - SAME)]
    around = below.max(initial=0.0), above.min(initial=np.inf)
    few = min(int(np.isclose(weight, each, rtol=SAME).sum()) for each in around)
    return THRESHOLD if few < minimum_persons() else ""


def design_effect(weight: np.ndarray) -> float:
    """Kish's design effect of unequal weights, shape (persons,): 1 where all are equal."""
    return float(len(weight) * (weight**2).sum() / weight.sum() ** 2)


def population_sizes(survey: Survey, *names: str) -> pd.DataFrame:
    """Count the persons of populations in each wave.

    Parameters
    ----------
    survey : Survey
        Opened waves.
    *names : str
        Some of `populations.POPULATIONS`.

    Returns
    -------
    pandas.DataFrame
        Tidy rows, measure `count`; `item` is the population's label.

    Raises
    ------
    ReportError
        A name is unknown, or the data lacks a variable of a definition.
    """
    rows, cells = [], []
    for name in names:
        members = survey.population(name)
        keys = keys_of(members)
        for wave in survey.waves:
            persons = np.unique(keys[(members["wave"] == wave).to_numpy()])
            cells.append(Cell(persons, THRESHOLD if 0 < len(persons) < minimum_persons() else ""))
            rows.append(_row(wave, "count", len(persons), len(persons), item=POPULATIONS[name].label))
    settle([cell for cell in cells if len(cell.persons)], minimum_persons(), exact=True)
    return _table(rows, [cell.reason for cell in cells], survey)


def sensitivity(survey: Survey, variable: str, by: str) -> pd.DataFrame:
    """Mean of a variable in the current wave under four choices of method.

    Parameters
    ----------
    survey : Survey
        Opened waves.
    variable : str
        Numeric.
    by : str
        Grouping variable; a row «totalt» is added.

    Returns
    -------
    pandas.DataFrame
        Tidy rows as `weighted.mean`; `method` is the choice: as in the book, without weights, with errors clustered
        by office, and among all with a caseload instead of counsellors only.
    """
    counsellors = survey.current(survey.counsellors)
    frames = {
        AS_IN_BOOK: counsellors, UNWEIGHTED: unweighted(counsellors), CLUSTERED: counsellors,
        EVERYONE: survey.current(survey.with_caseload),
    }  # fmt: skip
    rows, keys = [], {"measure": "mean", "wave": str(survey.year)}
    for choice, frame in frames.items():
        groups = Groups([by], by, "office_id" if choice == CLUSTERED else None, keys_of(frame))
        given = [("", answers(frame, variable))]
        rows += rows_of(frame, variable, given, groups, (), {**keys, "method": choice})
    return settled(rows, list(frames.values()), [by], variable)


def _row(wave: int, measure: str, estimate: float, n: int, **keys: str) -> dict[str, object]:
    return {"wave": wave, "measure": measure, "estimate": float(estimate), "n": int(n), **keys}


def _table(rows: list[dict[str, object]], reasons: list[str], survey: Survey, *variables: str) -> pd.DataFrame:
    table = protect(finish(pd.DataFrame(rows), about(survey.answered).estimated(*variables)))
    return hide_for(table, reasons) if reasons else table
