"""Person-months: a row for everyone registered on a month's last day."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from .dates import MONTHS, PANEL, last_day, month
from .history import ages_at
from .regressions import People
from .sources import GROUPS, fact
from .spells import Table, covers

COLUMNS = {
    "person_id": pa.int64(), "age_years": pa.int16(), "service_group": pa.int8(), "gender": pa.int8(),
    "birth_region": pa.int8(), "education": pa.int8(), "benefit": pa.int8(), "county": pa.int8(),
    "has_children": pa.int8(),
}  # fmt: skip


def person_months(
    people: People, spells: Table, identity: np.ndarray, rng: np.random.Generator
) -> dict[str, dict[str, np.ndarray]]:
    """Make the rows of each month."""
    tables = {}
    for text in MONTHS:
        date = int(last_day(month(text)))
        rows = covers(spells, date)
        table = {name: people[name][rows] for name in COLUMNS if name not in ("person_id", "age_years")}
        table["person_id"], table["age_years"] = identity[rows], ages_at(people, rows, date)
        if text in PANEL[1:]:
            # The article takes what held in February: what holds later must differ for some.
            changed = rng.random((2, len(rows))) < fact("changed_later").share
            table["service_group"] = np.where(
                changed[0] & (table["service_group"] <= GROUPS[-1]),
                1 + table["service_group"] % GROUPS[-1],
                table["service_group"],
            )
            table["benefit"] = np.where(changed[1], 1 + table["benefit"] % 4, table["benefit"])
        order = np.argsort(table["person_id"], kind="stable")
        tables[text] = {name: table[name][order] for name in COLUMNS}
    return tables
