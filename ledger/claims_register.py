"""Predicates on full counts over years, and on coefficients of the article's regressions."""

from __future__ import annotations

import pandas as pd

from engine.words.lookup import pick, rows

JOINED = "+"
# The article mentions what has a star: 10 per cent.
LEVEL = 0.10


def steady(table: pd.DataFrame, start: str, end: str, limit: str, *names: str) -> bool:
    """Highest year lies less than so many per cent above the lowest from one year to another: «stabilt»."""
    years = [str(year) for year in range(int(start), int(end) + 1)]
    values = [pick(table, year, *names).value for year in years]
    return 100 * (max(values) / min(values) - 1) < float(limit)


def all_below(table: pd.DataFrame, limit: str, *names: str) -> bool:
    """Every row of these names lies below a limit: «få»; the limit is our reading."""
    found = rows(table, *names)
    return len(found) > 0 and bool((found["estimate"].astype(float) < float(limit)).all())


def _coefficient(table: pd.DataFrame, *names: str) -> tuple[float, float]:
    found = rows(table, *names)
    found = found[found["measure"] == "coef"]
    if len(found) != 1:
        raise KeyError(f"{list(names)} name {len(found)} coefficients")
    return float(found["estimate"].iloc[0]), float(found["p_value"].iloc[0])


def raises(table: pd.DataFrame, *names: str) -> bool:
    """A coefficient is above 0 and has a star."""
    value, p_value = _coefficient(table, *names)
    return value > 0 and p_value < LEVEL


def lowers(table: pd.DataFrame, *names: str) -> bool:
    """A coefficient is below 0 and has a star."""
    value, p_value = _coefficient(table, *names)
    return value < 0 and p_value < LEVEL


def no_star(table: pd.DataFrame, *names: str) -> bool:
    """A coefficient has no star."""
    return not _coefficient(table, *names)[1] < LEVEL


def _terms(table: pd.DataFrame, column: str, variable: str = "") -> pd.Series:
    found = rows(table, column)
    found = found[(found["measure"] == "coef") & found["group"].astype(str).str.startswith(variable)]
    return found.set_index("group")["estimate"].astype(float)


def strongest(table: pd.DataFrame, ones: str, column: str) -> bool:
    """The terms in `ones` (joined by +) have the largest coefficients of all but the counties, whatever their sign."""
    size = _terms(table, column).abs()
    chosen = ones.split(JOINED)
    others = size.drop(chosen)
    return bool(size[chosen].min() > others[~others.index.str.startswith("fylke: ")].max())


def all_raise(table: pd.DataFrame, column: str, variable: str, but: str) -> bool:
    """All categories of a variable have a coefficient above 0 and a star, but for those in `but` (joined by +)."""
    terms = [
        term
        for term in _terms(table, column, f"{variable}: ").index
        if term.partition(": ")[2] not in but.split(JOINED)
    ]
    return len(terms) > 0 and all(raises(table, column, term) for term in terms)


ALL = (steady, all_below, raises, lowers, no_star, strongest, all_raise)
