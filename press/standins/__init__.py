"""Definitions that stand in beside the ledger for exhibits that no chapter makes yet.

When a chapter makes an exhibit, its cell takes the definition over and the stand-in must go: the ledger refuses both.
"""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from helpers.errors import ReportError
from helpers.survey import Survey

from . import ch03, ch04, ch05, ch08, ch09, ch10, statements
from .registry import BESIDE, STANDINS, StandIn, estimate

__all__ = ["BESIDE", "STANDINS", "StandIn", "make_standins"]
_MODULES = (ch03, ch04, ch05, ch08, ch09, ch10, statements)


def make_standins(survey: Survey, emitted: Collection[str]) -> dict[str, pd.DataFrame]:
    """Make the estimates of all exhibits that no chapter's run emitted.

    Parameters
    ----------
    survey : Survey
        Opened waves.
    emitted : collection of str
        Exhibits that runs emitted.

    Returns
    -------
    dict
        Exhibit id to tidy estimates; without rows where the edition's wave did not ask for it.

    Raises
    ------
    ReportError
        An exhibit has both a chapter and a stand-in.
    """
    both = sorted(set(emitted) & set(STANDINS))
    if both:
        raise ReportError(
            f"defined twice, in a chapter and beside the ledger: {', '.join(both)}", "press/standins", len(both),
            "delete the stand-in: the chapter's cell is the definition",
        )  # fmt: skip
    return {name: estimate(standin, survey) for name, standin in STANDINS.items()}
