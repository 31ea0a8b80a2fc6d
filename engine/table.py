"""The tidy table of estimates: its columns, and putting tables together."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

TOTAL = "totalt"
KEYS = ["wave", "population", "group", "sector", "category", "measure"]
COLUMNS = [*KEYS, "estimate", "standard_error", "ci_low", "ci_high", "n"]
# Which key of the tidy table a variable fills; every other variable fills `category`.
KEY_OF = {"wave": "wave", "sector": "sector", "age_group_followed": "group"}


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
