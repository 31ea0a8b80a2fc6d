"""The tidy table of estimates: its columns, and putting tables together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields

import pandas as pd

TOTAL = "totalt"
KEYS = ["wave", "population", "group", "sector", "category", "measure"]
COLUMNS = [*KEYS, "estimate", "standard_error", "ci_low", "ci_high", "n"]
# Which key of the tidy table a variable fills; every other variable fills `category`.
KEY_OF = {"wave": "wave", "sector": "sector", "age_group_followed": "group"}


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
    variables : tuple of str
        What a table was estimated from.
    terms : tuple of (str, str, list of str)
        Of a regression: label, base category and other categories of each categorical term.
    absent : str
        Why a table is empty, for the reader.
    headings : mapping of str to str
        Words for columns that differ from the usual ones.
    counted : str
        What `n` counts; persons who answered («svar») when left out.
    errors : str
        How a regression's standard errors were estimated.
    """

    source: str = "ukjent"
    survey_year: int | None = None
    population: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    waves_asked: Mapping[str, Collection[int]] | None = None
    variables: tuple[str, ...] = ()
    terms: Sequence[tuple[str, str, list[str]]] = ()
    absent: str = ""
    headings: Mapping[str, str] = field(default_factory=dict)
    counted: str = "svar"
    errors: str = "robuste (HC1)"


def about(frame: pd.DataFrame) -> About:
    """Read what a frame or a table carries beside its cells."""
    known = {each.name for each in fields(About)}
    return About(**{str(name): value for name, value in frame.attrs.items() if name in known})


def used_variables(tables: Iterable[pd.DataFrame]) -> tuple[str, ...]:
    """Name the variables that tables were made of, each once, for the codebook's page.

    Parameters
    ----------
    tables : iterable of pandas.DataFrame
        Tidy estimates; an estimator leaves in `.attrs["variables"]` what it used.

    Returns
    -------
    tuple of str
        In order of first use.
    """
    return tuple(dict.fromkeys(name for table in tables for name in table.attrs.get("variables", ())))


def stack(*tables: pd.DataFrame, **keys: str) -> pd.DataFrame:
    """Put tables of estimates below each other.

    Parameters
    ----------
    *tables : pandas.DataFrame
        Tidy estimates; what none of one table's columns is, is empty in its rows.
    **keys : str
        Keys of the tidy table that all rows take.

    Returns
    -------
    pandas.DataFrame
        The rows in order, with the first table's `.attrs` and the variables of all.
    """
    filled = [table for table in tables if len(table)] or [tables[0]]
    result = pd.concat(filled, ignore_index=True)
    result[KEYS] = result[KEYS].astype(object).where(result[KEYS].notna(), "")
    if "reason" in result:
        result["reason"] = result["reason"].fillna("")
    result = result.assign(**keys)
    result.attrs = {**tables[0].attrs, "variables": used_variables(tables)}
    return result
