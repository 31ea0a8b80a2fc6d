"""Tables that describe persons: several questions in rows, groups of persons in columns, with sums and numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from engine.disclosure.secondary import keys_of
from engine.table import TOTAL, about, described, stack

from .weighted import Groups, battery, mean, outcomes, rows_of, settled, share, waves_asked

SUM, PERSONS, EVERYONE = "sum", "N", "total sektor"
ABSENT = "Undersøkelsen i denne utgaven stilte ikke alle spørsmålene som tabellen bygger på."
# Beginning of a row's label that names its block.
SPLIT = ": "


def row_profile(frame: pd.DataFrame, items: Sequence[str], by: str) -> pd.DataFrame:
    """How those who have each of several roles divide on groups, and how many have it.

    Parameters
    ----------
    frame : pandas.DataFrame
        Respondents of one wave; `estimates.unweighted` where they shall be described as they are.
    items : sequence of str
        Binary variables, one row each, several of which a person may have.
    by : str
        Variable whose categories are the columns.

    Returns
    -------
    pandas.DataFrame
        Tidy rows, `item` and `by`: measures `row_share_pct` (groups within the item), `row_sum_pct`, `share_pct` (of
        all, no group) and `n`; the last rows are everyone («total sektor») and «N». Items that the wave did not ask
        have no rows.
    """
    who = {about(frame).label(item): frame[frame[item] == 1] for item in _asked(frame, items)} | {EVERYONE: frame}
    rows = []
    for number, (label, part) in enumerate(who.items()):
        groups = Groups(["wave"], None, None, keys_of(part, number))
        rows += rows_of(part, by, outcomes(part, by), groups, (), {"item": label, "measure": "share_pct"})
    within = _named(settled(rows, list(who.values()), ["wave"], by), by).assign(measure="row_share_pct")
    sums = within.groupby("item", as_index=False, sort=False).agg(
        {"wave": "first", "population": "first", "estimate": _whole, "n": _whole}
    )
    sums = sums.assign(**{by: SUM}, measure="row_sum_pct", suppressed=sums["estimate"].isna())
    of_all = battery(frame, _asked(frame, items), "wave")
    return described(stack(within, sums, of_all, _persons(frame, by)), variables=tuple(dict.fromkeys([*items, by])))


def column_profile(frame: pd.DataFrame, blocks: Mapping[str, str | Sequence[str]], by: str) -> pd.DataFrame:
    """What groups of persons answered to blocks of questions, with each block's sums.

    Parameters
    ----------
    frame : pandas.DataFrame
        Respondents of one wave; `estimates.unweighted` where they shall be described as they are.
    blocks : mapping
        Name of the block to a categorical variable, or to the binary items of a question with several answers.
    by : str
        Variable whose categories are the columns, beside a total.

    Returns
    -------
    pandas.DataFrame
        Tidy rows, `by` and `item` «block: answer»: measures `share_pct` and `column_sum_pct` (above 100 where several
        answers were allowed); below them «N», and the groups' shares of all. Without rows where the wave did not ask
        one of the blocks.
    """
    parts = []
    for name, block in blocks.items():
        if isinstance(block, str):
            table = share(frame, block, [by, "wave"], total=by).rename(columns={"answer": "item"})
        else:
            table = battery(frame, block, [by, "wave"], total=by)
        if table.empty:
            # Half a table would look like the whole one.
            return described(table, absent=ABSENT)
        sums = table.groupby(by, as_index=False, sort=False).agg(
            {"wave": "first", "population": "first", "estimate": _whole, "n": _fewest}
        )
        sums = sums.assign(item=SUM, measure="column_sum_pct", suppressed=sums["estimate"].isna())
        both = stack(table, sums)
        parts.append(both.assign(item=name + SPLIT + both["item"].astype(str)))
    groups = _named(share(frame, by, "wave"), by).assign(item=TOTAL, measure="row_share_pct")
    everyone = share(frame.assign(one=1.0), "one", "wave").assign(**{by: TOTAL}, item=TOTAL)
    everyone["measure"] = "row_share_pct"
    used = [name for block in blocks.values() for name in ([block] if isinstance(block, str) else block)]
    return described(stack(*parts, _persons(frame, by), groups, everyone), variables=tuple(dict.fromkeys([*used, by])))


def _asked(frame: pd.DataFrame, items: Sequence[str]) -> list[str]:
    """Items that some wave of the frame asked; all where the frame doesn't say."""
    waves = set(frame["wave"])
    asked = {item: waves_asked(frame, [item]) for item in items}
    return [item for item, known in asked.items() if known is None or known & waves]


def _named(shares: pd.DataFrame, by: str) -> pd.DataFrame:
    """Shares of a variable's categories as columns of the table, not as answers."""
    return described(shares.rename(columns={"answer": by}), about(shares))


def _persons(frame: pd.DataFrame, by: str) -> pd.DataFrame:
    """Numbers of persons in each group and in all."""
    counted = mean(frame.assign(one=1.0), "one", [by, "wave"], total=by)
    return counted.assign(item=PERSONS, measure="n", estimate=counted["n"])


def _whole(values: pd.Series) -> float:
    """Sum that is hidden where a part is: it would give the part away."""
    return float(values.sum(skipna=False))


def _fewest(values: pd.Series) -> float:
    return float(values.min(skipna=False))
