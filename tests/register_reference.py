"""The article's definitions once more, in plain pandas and as literally as possible."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

REFERENCE = [pd.Timestamp("2021-02-28"), pd.Timestamp("2021-03-31"), pd.Timestamp("2021-04-30")]
TYPES = {
    "medical_treatment": 1, "labour_market_measure": 2, "applied_for_job": 3, "job_search_agreement": 4,
    "own_activity": 5, "current_job": 6, "group_activity": 7, "self_funded_education": 8,
}  # fmt: skip
BOUNDS = [2, 5, 13, 25, 37, 49, 10_000]


def read(root: Path, table: str) -> pd.DataFrame:
    """Read a whole table, partitions included; a partition's value is no column."""
    files = sorted((root / table).rglob("*.parquet"))
    frame = pd.concat([pd.read_parquet(file, partitioning=None) for file in files], ignore_index=True)
    for column in frame:
        if column.startswith(("registered_", "from_", "to_", "contact_date", "period_end")):
            frame[column] = pd.to_datetime(frame[column])
    return frame


def read_month(root: Path, month: str) -> pd.DataFrame:
    files = sorted((root / "person_month" / f"reference_month={month}").glob("*.parquet"))
    return pd.concat([pd.read_parquet(file, partitioning=None) for file in files]).set_index("person_id")


def february(root: Path) -> pd.DataFrame:
    """The February 2021 sample."""
    people = read_month(root, "2021-02")
    people = people[(people["age_years"] < 30) & people["service_group"].isin([1, 2, 3])].copy()
    people["duration_february"] = duration(root, people.index, "2021-02")
    return people.join(employment(root, people.index))


def panel(root: Path) -> pd.DataFrame:
    """The panel with all that the definitions derive."""
    people = february(root)
    for month in ("2021-03", "2021-04"):
        people = people[people.index.isin(read_month(root, month).index)]
    people = people.copy()
    people["duration_months"] = duration(root, people.index, "2021-04")
    people["duration_group"] = pd.cut(people["duration_months"], BOUNDS, labels=False) + 1
    people["age_group"] = pd.cut(people["age_years"], [0, 19, 24, 29], labels=False) + 1
    people = people.join(activities(root, people.index)).join(contacts(root, people.index))
    kinds = [name for name in TYPES if name != "medical_treatment"]
    people["work_directed"] = people[kinds].any(axis=1) | people["partial_work"]
    people["no_activity"] = ~people["work_directed"] & ~people["medical_treatment"]
    return people


def duration(root: Path, index: pd.Index, month: str) -> pd.Series:
    """Calendar months, both ends counted, since the current run of spells began."""
    spells = read(root, "spell")
    spells = spells[spells["person_id"].isin(index)].sort_values(["person_id", "registered_from"])
    end = pd.Period(month).end_time.normalize()
    spells = spells[spells["registered_from"] <= end]
    before = spells.groupby("person_id")["registered_to"].shift()
    fresh = before.isna() | ((spells["registered_from"] - before).dt.days > 31)
    start = spells[fresh].groupby("person_id")["registered_from"].max().reindex(index)
    return (end.year - start.dt.year) * 12 + end.month - start.dt.month + 1


def employment(root: Path, index: pd.Index) -> pd.DataFrame:
    """Status of the last period that ends in each month; 1 neither, 2 partly, 3 fully laid off in February."""
    reports = read(root, "meldekort")
    reports["month"] = reports["period_end"].dt.to_period("M").astype(str)
    last = reports.sort_values("period_end").groupby(["person_id", "month"])["status"].last().unstack()
    last = last.reindex(index)
    partial = last[["2021-02", "2021-03", "2021-04"]].isin([2, 3])
    code = np.where(partial["2021-02"], 2, np.where(last["2021-02"] == 4, 3, 1))
    return pd.DataFrame({"employment": code, "partial_work": partial.any(axis=1)}, index=index)


def activities(root: Path, index: pd.Index) -> pd.DataFrame:
    events = read(root, "activity")
    found = {}
    for name, kind in TYPES.items():
        own = events[events["activity_type"] == kind]
        for number, date in enumerate(REFERENCE, 1):
            opens = date - pd.Timedelta(days=29)
            if kind in (3, 5):
                inside = (own["status"] == 3) & own["to_date"].between(opens, date) & (own["from_date"] <= date)
            else:
                inside = own["status"].isin([2, 3]) & (own["from_date"] <= date)
                inside &= own["to_date"].isna() | (own["to_date"] >= opens)
            found[f"{name}_{number}"] = index.isin(own.loc[inside, "person_id"])
    table = pd.DataFrame(found, index=index)
    for name in TYPES:
        table[name] = table[[f"{name}_{k}" for k in (1, 2, 3)]].any(axis=1)
    return table


def contacts(root: Path, index: pd.Index) -> pd.DataFrame:
    events = read(root, "contact")
    table = {}
    for number, date in enumerate(REFERENCE, 1):
        inside = events["contact_date"].between(date - pd.Timedelta(days=29), date)
        for name, kind, done in (("meeting", 1, True), ("conversation", 2, True), ("dialogue", 3, False)):
            own = inside & (events["contact_type"] == kind) & ((events["status"] == 3) | (not done))
            table[f"{name}_{number}"] = index.isin(events.loc[own, "person_id"])
    frame = pd.DataFrame(table, index=index)
    frame["interaction_count"] = frame.sum(axis=1)
    frame["dialogue_months"] = frame[[f"dialogue_{k}" for k in (1, 2, 3)]].sum(axis=1)
    met = np.column_stack([frame[f"meeting_{k}"] | frame[f"conversation_{k}"] for k in (1, 2, 3)])
    frame["contact_months"] = met.sum(axis=1)
    frame["dialogue"], frame["contact"] = frame["dialogue_months"] > 0, frame["contact_months"] > 0
    return frame
