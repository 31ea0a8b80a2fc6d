"""Two small registers of the twin: users by month and group, and full-time equivalents by year."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .draws import normal, stream
from .exact import sine
from .tables import read

FIRST, ANCHOR, LAST = "2022-10", "2024-10", "2024-12"
# What a file says of itself, for whoever moves it away from its manifest.
MARK, MARKED = "datagrunnlag", "syntetisk"


def series_tables(seed: int) -> dict[str, pd.DataFrame]:
    """Make the registers behind figures 1 and 2.

    Notes
    -----
    A group runs from its start in October 2022 to its end in October 2024 and goes on so; a season of a year and a
    wobble, both nothing in the two Octobers, are laid over it. Full-time equivalents are the table's own.
    """
    months = [str(month) for month in pd.period_range(FIRST, LAST, freq="M")]
    anchor = months.index(ANCHOR)
    place = np.arange(len(months))
    tables = []
    for row in read("series_user_groups"):
        start, end = float(row["start"]), float(row["end"])
        season = float(row["season"]) * sine(2 * np.pi * place / 12)
        steps = normal(stream(seed, 0, f"series {row['group']}"), len(months), float(row["wobble"])).cumsum()
        # A bridge: the walk comes back to 0 at the anchor, and stays there in the months after it.
        bridge = np.where(place < anchor, steps - steps[0] - (steps[anchor] - steps[0]) * place / anchor, 0.0)
        level = (start + (end - start) * place / anchor) * (1 + season + bridge)
        tables.append(
            pd.DataFrame({"month": months, "group": int(row["group"]), "persons": np.round(level).astype(int)})
        )
    staff = pd.DataFrame(
        {name: float(row[name]) if name == "fte" else int(row[name]) for name in ("year", "employer", "part", "fte")}
        for row in read("series_staff")
    )
    users = pd.concat(tables, ignore_index=True)
    return {name: table.assign(**{MARK: MARKED}) for name, table in (("user_groups", users), ("staff", staff))}
