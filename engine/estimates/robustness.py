"""How much a result hangs on choices of method: weights, clustering, and who is counted."""

from __future__ import annotations

import pandas as pd

from engine.data.survey import Survey
from engine.table import stack

from .weighted import mean, unweighted

AS_IN_BOOK, UNWEIGHTED, CLUSTERED, EVERYONE = (
    "slik boken regner", "uten vekter", "kontor som klynge", "alle med portefølje"
)  # fmt: skip


def sensitivity(survey: Survey, variable: str, by: str) -> pd.DataFrame:
    """Mean of a variable in the current wave under four choices.

    Parameters
    ----------
    survey : Survey
        Opened waves.
    variable : str
        Numeric.
    by : str
        Grouping variable that fills another key than `category`; a row «totalt» is added.

    Returns
    -------
    pandas.DataFrame
        Tidy rows as `estimates.mean`; `category` is the choice: as in the book, without weights, with errors clustered
        by office, and among all with a caseload instead of counsellors only.
    """
    counsellors = survey.current(survey.counsellors)
    everyone = survey.current(survey.with_caseload)
    choices = {
        AS_IN_BOOK: mean(counsellors, variable, by, total=by),
        UNWEIGHTED: mean(unweighted(counsellors), variable, by, total=by),
        CLUSTERED: mean(counsellors, variable, by, total=by, clusters="office_id"),
        EVERYONE: mean(everyone, variable, by, total=by),
    }
    return stack(*(table.assign(category=name) for name, table in choices.items()), wave=str(survey.year))
