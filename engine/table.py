"""The tidy table of estimates: its columns, what it carries beside its cells, finding rows, putting tables together.

A row is one estimate. Its keys are columns named after what they hold, as in pandas: `by=["nav_region"]` gives a column
`nav_region`. A column that a table does not have is not there. Beside the grouping variables there are

- `population` (who the rows are) and `measure` (`mean`, `share_pct`, `count`, `coef` …), in every table; `wave`, the
  year or month, where estimates are told apart by it;
- `item`, the label of an item of a battery or of one of several variables; `answer`, a category of what `share` asks
  about; `within`, the label of the domain that `within=` names;
- `term` and `outcome` of a model's coefficients, `outcome` and `value` of its predictions;
- `variable` and `value` where each row is a category of another variable (response rates, the register's shares).

Numbers are `estimate`, `standard_error`, `ci_low`, `ci_high` and `n`; `MARKS` are what else stands beside them. Every
other column is a key.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from engine.errors import ReportError
from engine.vouched import vouched

TOTAL = "totalt"
NUMBERS = ("estimate", "standard_error", "ci_low", "ci_high", "n")
# Columns that are no keys: of curves and models, what is hidden, a label of a picture, and what only estimators need.
MARKS = (
    "x", "p_value", "stars", "standard_error_robust", "p_value_robust", "stars_robust", "suppressed", "reason",
    "label", "level", "quantile", "closed", "few", "link",
)  # fmt: skip
# Keys that the tables name themselves; a grouping variable may have none of these names.
OWN_KEYS = ("population", "measure", "item", "answer", "within")
COLUMNS = ("population", "measure", *NUMBERS)
# qnorm(0.975), as R's confint uses it; scipy would cost its import for one constant.
NORMAL_975 = 1.959963984540054
PROBABILITY = "probability"
_KEY = "about"


@dataclass(frozen=True)
class About:
    """What a frame of persons or a table of estimates carries beside its cells.

    Attributes
    ----------
    source : str
        What stands behind «Kilde:».
    survey_year : int or None
        The edition's current wave.
    population : str
        Who the rows are, in bokmål.
    labels : mapping of str to str
        Bokmål label of each variable of the codebook.
    waves_asked : mapping of str to collection of int, optional
        Waves that asked a variable; None where the frame does not say.
    scales : mapping of str to mapping of int to str
        Items on a scale: their codes with labels.
    variables : tuple of str
        What a table was estimated from.
    terms : sequence of (str, str, list of str)
        Of a regression: label, base category and other categories of each categorical term.
    absent : str
        Why a table is empty, for the reader.
    headings : mapping of str to str
        Words for columns that differ from the usual ones.
    counted : str
        What `n` counts; where it is not persons who answered («svar»), everyone is counted.
    unit : str
        What an estimate is; `PROBABILITY` makes a coefficient percentage points.
    errors : str
        How a regression's standard errors were estimated.
    finished : bool
        Whether the rows are estimates; a frame of persons' never are, and no page shows it.
    """

    source: str = "ukjent"
    survey_year: int | None = None
    population: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    waves_asked: Mapping[str, Collection[int]] | None = None
    scales: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    variables: tuple[str, ...] = ()
    terms: Sequence[tuple[str, str, list[str]]] = ()
    absent: str = ""
    headings: Mapping[str, str] = field(default_factory=dict)
    counted: str = "svar"
    unit: str = ""
    errors: str = "robuste (HC1)"
    finished: bool = False

    def __post_init__(self) -> None:
        """Close the mappings, so that frames can share them."""
        for name in ("labels", "waves_asked", "scales", "headings"):
            given = getattr(self, name)
            if given is not None and not isinstance(given, MappingProxyType):
                object.__setattr__(self, name, MappingProxyType(dict(given)))

    def __deepcopy__(self, memo: object) -> About:
        """Return itself, which nothing can change: pandas copies what frames carry at every step."""
        return self

    def label(self, variable: str) -> str:
        """Name a variable in bokmål; by its own name where the codebook does not have it."""
        return self.labels.get(variable, variable)

    def estimated(self, *variables: str) -> About:
        """What a table that is estimated from persons carries."""
        return About(self.source, self.survey_year, labels=self.labels, variables=tuple(dict.fromkeys(variables)))


def about(frame: pd.DataFrame) -> About:
    """Read what a frame or a table carries beside its cells."""
    found = frame.attrs.get(_KEY)
    return found if isinstance(found, About) else About()


def is_estimated(frame: pd.DataFrame | pd.Series) -> bool:
    """Whether a frame, or a column, is what an estimator returned or was made of one."""
    found = frame.attrs.get(_KEY)
    return isinstance(found, About) and found.finished


def described(frame: pd.DataFrame, what: About | None = None, **changes: Any) -> pd.DataFrame:
    """Let a frame carry something else.

    Parameters
    ----------
    frame : pandas.DataFrame
        Persons or estimates.
    what : About, optional
        What it shall carry, such as `about(table)` of the table it was made of; what it has when left out.
    **changes
        Attributes of `About` that differ.

    Returns
    -------
    pandas.DataFrame
        The same cells; the frame given is left as it is.
    """
    frame = frame.copy(deep=False)
    frame.attrs = {_KEY: replace(about(frame) if what is None else what, **changes)}
    return frame


def finish(
    table: pd.DataFrame, what: About, *more: str, z: float | pd.Series = NORMAL_975, **keys: Any
) -> pd.DataFrame:
    """Put rows of estimates into the tidy form.

    Parameters
    ----------
    table : pandas.DataFrame
        Rows with their keys, `estimate` and some of the other numbers.
    what : About
        What the table carries.
    *more : str
        Further columns that are kept.
    z : float or Series, optional
        Quantile of the interval estimate ∓ z · standard_error, where the rows have none.
    **keys
        Columns that are the same in all rows.

    Returns
    -------
    pandas.DataFrame
        Keys, numbers and `more`; numbers that are missing are NaN.
    """
    table = table.assign(**{name: "" for name in ("population", "measure") if name not in table} | keys)
    for key in keys_in(table):
        if table[key].isna().any():
            table[key] = table[key].astype(object).where(table[key].notna(), "")
    for name in ("estimate", "standard_error", "n"):
        if name not in table:
            table[name] = float("nan")
    if "ci_low" not in table:
        table["ci_low"] = table["estimate"] - z * table["standard_error"]
        table["ci_high"] = table["estimate"] + z * table["standard_error"]
    return described(table[[*keys_in(table), *NUMBERS, *more]], what, finished=True)


def keys_in(table: pd.DataFrame) -> list[str]:
    """Name the columns that tell a table's rows apart: `wave` and `population` first, `measure` last."""
    place = {"wave": 0, "population": 1, "measure": 3}
    found = [str(name) for name in table if name not in NUMBERS and name not in MARKS]
    return sorted(found, key=lambda name: place.get(name, 2))


def open_key(table: pd.DataFrame, *taken: str, where: str = "over") -> str:
    """Name the one key that tells rows apart, beside those that are taken.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates.
    *taken : str
        Keys that something else tells apart.
    where : str
        The argument that would name it, for the error.

    Returns
    -------
    str
        The key of several values; `item` where others have several, too; `population` or `wave` only where no other
        has. Of one row its `item`, `answer` or last key.

    Raises
    ------
    ReportError
        Several keys tell the rows apart.
    """
    free = [key for key in keys_in(table) if key not in (*taken, "measure")]
    several = [key for key in free if table[key].nunique() > 1]
    for last in ("population", "wave"):
        several = [key for key in several if key != last or several == [last]]
    if "item" in several:
        return "item"
    if "value" in several:
        # Categories belong to their variable, so it tells nothing apart that they do not.
        several = [key for key in several if key != "variable"]
    if len(several) > 1:
        what = f"the rows differ in {' and '.join(several)}"
        raise ReportError(what, where, remedy=f'write {where}="{several[0]}", or name one of the others\' values')
    first = [key for key in ("item", "answer", *reversed(free)) if key in free]
    return (several or first or [""])[0]


def used_variables(tables: Iterable[pd.DataFrame]) -> tuple[str, ...]:
    """Name the variables that tables were estimated from, each once, in order of first use."""
    return tuple(dict.fromkeys(name for table in tables for name in about(table).variables))


def stack(*tables: pd.DataFrame, **keys: str) -> pd.DataFrame:
    """Put tables of estimates below each other.

    Parameters
    ----------
    *tables : pandas.DataFrame
        Tidy estimates; what none of one table's columns is, is empty in its rows.
    **keys : str
        Keys that all rows take.

    Returns
    -------
    pandas.DataFrame
        The rows in order; carries what the first table does, and the variables of all.

    Examples
    --------
    >>> level = stack(mean(now, "caseload").assign(item="brukere"), mean(now, "time_users").assign(item="tid"))
    >>> ranked(level, digits=1)
    'brukere (76,3) og tid (3,7)'
    """
    filled = [table for table in tables if len(table)] or [tables[0]]
    result = pd.concat(filled, ignore_index=True)
    names = keys_in(result)
    result[names] = result[names].astype(object).where(result[names].notna(), "")
    if "reason" in result:
        result["reason"] = result["reason"].fillna("")
    labels = {name: label for table in tables for name, label in about(table).labels.items()}
    return described(result.assign(**keys), about(tables[0]), variables=used_variables(tables), labels=labels)


@dataclass(frozen=True)
class Estimate:
    """One estimate with its interval.

    Attributes
    ----------
    value, standard_error, ci_low, ci_high : float
        In the unit of the table; NaN where suppressed.
    n : float
        Persons behind it; NaN where suppressed.
    """

    value: float
    standard_error: float
    ci_low: float
    ci_high: float
    n: float


def rows(table: pd.DataFrame, *names: object) -> pd.DataFrame:
    """Rows of a table whose keys hold every name given.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates.
    *names : str or int
        Values of any key (`2024`, `"statlig"`), or the beginning of one (`"unge"` for «unge (under 30 år)»).

    Returns
    -------
    pandas.DataFrame
        The rows that match, possibly none, their numbers rounded to the digits that can be vouched for.
    """
    return vouched(matching(table, *names))


def matching(table: pd.DataFrame, *names: object) -> pd.DataFrame:
    """Rows as in `rows`, with all their digits."""
    keys = table[keys_in(table)].to_numpy(dtype=str)
    chosen = np.ones(len(table), dtype=bool)
    for name in map(str, names):
        chosen &= _fits(keys, name).any(axis=1)
    return table[chosen]


def pick(table: pd.DataFrame, *names: object) -> Estimate:
    """Give the one estimate that the names point to.

    Parameters
    ----------
    table, *names
        As in `rows`.

    Returns
    -------
    Estimate
        The estimate and its interval.

    Raises
    ------
    ReportError
        When the names point to no row or to several; a name that fits nothing is told with the nearest that do.
    """
    found = rows(table, *names)
    if len(found) != 1:
        raise unfound(table, names, len(found))
    row = found.iloc[0]
    return Estimate(*(float(row[name]) for name in ("estimate", "standard_error", "ci_low", "ci_high", "n")))


def key_of(table: pd.DataFrame, name: object) -> str:
    """Name the key of a table that a name fits, the population last; empty where it fits none."""
    return next(iter(_keys_of(table, name)), "")


def _keys_of(table: pd.DataFrame, name: object) -> list[str]:
    names = [*(key for key in keys_in(table) if key != "population"), "population"]
    fitting = _fits(table[names].to_numpy(dtype=str), str(name))
    return [key for key, column in zip(names, fitting.T, strict=True) if column.any()]


def unfound(table: pd.DataFrame, names: Sequence[object], count: int) -> ReportError:
    """Make the error of names that do not point to what was wanted, with the nearest of a name that fits nothing."""
    lost = [str(name) for name in names if not key_of(table, name)]
    remedy = _nearest(table, lost[0]) if lost else _differing(table, names) if count else ""
    return ReportError(
        f"{list(names)} point to {count} estimates, not to one", "names in a sentence or a finding",
        remedy=remedy or f"no row has all of them; take other values of {', '.join(keys_in(table))}",
    )  # fmt: skip


def misnamed(table: pd.DataFrame, names: Sequence[object]) -> ReportError | None:
    """Make the error of a name that fits no key, where there is one: it is misspelt, not hidden or not asked."""
    asked = [about(table).label(variable) for variable in about(table).variables]
    lost = [name for name in names if isinstance(name, str) and not key_of(table, name)
            and not any(label.startswith(name) for label in asked)]  # fmt: skip
    return unfound(table, lost, 0) if lost else None


def _nearest(table: pd.DataFrame, lost: str) -> str:
    known = sorted({value for key in keys_in(table) for value in table[key].astype(str)} - {""})
    # Names are mostly beginnings, so it is those that are held against each other.
    starts = {value[: len(lost)]: value for value in known}
    near = [starts[start] for start in get_close_matches(lost, starts, n=3)]
    return f"«{lost}» fits no key" + (f"; nearest: {', '.join(near)}" if near else "")


def _differing(table: pd.DataFrame, names: Sequence[object]) -> str:
    """Say in which keys the rows found differ, and which names fit several keys."""
    found = matching(table, *names)
    open_ones = [key for key in keys_in(found) if found[key].nunique() > 1]
    parts = [f"{key} ({', '.join(map(str, dict.fromkeys(found[key])))})" for key in open_ones]
    many = {str(name): fitting for name in names if len(fitting := _keys_of(table, name)) > 1}
    remedy = f"they differ in {' and '.join(parts)}: name one of each" if parts else "the table has rows twice"
    return remedy + "".join(f"; «{name}» fits {' and '.join(keys)}" for name, keys in many.items())


def _fits(keys: np.ndarray, name: str) -> np.ndarray:
    """Cells that are a name; where none is, those that begin with it."""
    exact = keys == name
    return np.asarray(exact if exact.any() else np.char.startswith(keys, name))
