"""A small random raw register, and the same persons computed one by one in plain Python."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from engine.data.manifest import Manifest
from engine.register.raw import write_register_manifest

MONTHS = ("2019-02", "2020-02", "2021-02", "2021-03", "2021-04")
LASTS = (date(2021, 2, 28), date(2021, 3, 31), date(2021, 4, 30))
FIRSTS = (date(2021, 2, 1), date(2021, 3, 1), date(2021, 4, 1))
PARTITIONS = {
    "person_month": ("reference_month", None), "spell": ("registered_year", ("registered_from", "%Y")),
    "activity": ("from_year", ("from_date", "%Y")), "contact": ("contact_month", ("contact_date", "%Y-%m")),
    "meldekort": ("period_month", ("period_end", "%Y-%m")),
}  # fmt: skip
Tables = dict[str, pd.DataFrame]


def fake_tables(persons: int = 700, seed: int = 1) -> Tables:
    """Draw all raw tables: persons inside and outside of every rule."""
    rng = np.random.default_rng(seed)
    ids = rng.permutation(10 * persons)[:persons] + 1
    attributes = pd.DataFrame({
        "person_id": ids, "age_years": rng.integers(16, 32, persons), "service_group": rng.integers(1, 5, persons),
        "gender": rng.integers(1, 3, persons), "birth_region": rng.choice(6, persons, p=[.6, .1, .1, .1, .05, .05]) + 1,
        "education": rng.integers(1, 6, persons), "benefit": rng.integers(1, 5, persons),
        "county": rng.integers(1, 14, persons), "has_children": rng.integers(0, 2, persons),
    })  # fmt: skip
    present = {"2019-02": 0.4, "2020-02": 0.5, "2021-02": 0.95, "2021-03": 0.9, "2021-04": 0.9}
    months = []
    for month, share in present.items():
        there = attributes[rng.random(persons) < share].assign(reference_month=month)
        if month > "2021-02":
            # A later month may say something else; the sample keeps February's.
            there["service_group"] = rng.integers(1, 5, len(there))
        months.append(there)
    first = attributes.iloc[:30].assign(reference_month="2019-02")
    person_month = pd.concat([*months, first]).drop_duplicates(["person_id", "reference_month"], ignore_index=True)
    known = person_month["person_id"].unique()
    return {
        "person_month": person_month, "spell": _spells(rng, known), "activity": _activities(rng, known),
        "contact": _contacts(rng, known), "meldekort": _meldekort(rng, known), "population": _population(),
    }  # fmt: skip


def _spells(rng: np.random.Generator, ids: np.ndarray) -> pd.DataFrame:
    rows = []
    for person in ids:
        start = date(2015, 1, 1) + timedelta(days=int(rng.integers(0, 2100)))
        for left in range(int(rng.integers(1, 5)), 0, -1):
            end = start + timedelta(days=int(rng.integers(1, 200)))
            last = left == 1 or end >= date(2021, 2, 1)
            rows.append((person, min(start, date(2021, 4, 30)), None if last else end))
            if last:
                break
            start = end + timedelta(days=int(rng.choice([0, 5, 30, 31, 32, 33, 90])))
    return pd.DataFrame(rows, columns=["person_id", "registered_from", "registered_to"])


def _days(rng: np.random.Generator, count: int, start: date, end: date) -> list[date]:
    return [start + timedelta(days=int(day)) for day in rng.integers(0, (end - start).days + 1, count)]


def _activities(rng: np.random.Generator, ids: np.ndarray) -> pd.DataFrame:
    count = 2 * len(ids)
    frame = pd.DataFrame({
        "activity_id": rng.permutation(count) + 1, "person_id": rng.choice(ids, count),
        "activity_type": rng.integers(1, 9, count), "status": rng.integers(1, 5, count),
        "from_date": _days(rng, count, date(2020, 10, 1), date(2021, 4, 30)),
    })  # fmt: skip
    ends = [min(day + timedelta(days=int(rng.integers(0, 120))), date(2021, 4, 30)) for day in frame["from_date"]]
    frame["to_date"] = [end if status > 2 else None for end, status in zip(ends, frame["status"], strict=True)]
    return frame


def _contacts(rng: np.random.Generator, ids: np.ndarray) -> pd.DataFrame:
    count = 3 * len(ids)
    form = rng.integers(1, 4, count)
    dialogue = form == 3
    return pd.DataFrame({
        "contact_id": rng.permutation(count) + 1, "person_id": rng.choice(ids, count), "contact_type": form,
        "status": np.where(dialogue, np.nan, rng.choice([1, 3, 4], count)),
        "contact_date": _days(rng, count, date(2021, 1, 15), date(2021, 4, 30)),
        "opened_by": np.where(dialogue, rng.integers(0, 2, count), np.nan),
        "reply_days": np.where(dialogue & (rng.random(count) < 0.8), np.round(rng.exponential(1.0, count), 2), np.nan),
    })  # fmt: skip


def _meldekort(rng: np.random.Generator, ids: np.ndarray) -> pd.DataFrame:
    ends = [date(2021, 2, 7) + timedelta(days=14 * i) for i in range(6)]
    rows = [(person, end) for person in ids for end in ends if rng.random() < 0.4]
    frame = pd.DataFrame(rows, columns=["person_id", "period_end"])
    return frame.assign(status=rng.integers(1, 5, len(frame)), hours_worked=rng.integers(0, 70, len(frame)) / 2)


def _population() -> pd.DataFrame:
    years = [2019, 2020, 2021]
    return pd.DataFrame({
        "year": years, "population_18_29": [3000, 3100, 3200], "population_30_66": [9000, 9100, 9200],
        "registered_30_66": [700, 800, 900],
    })  # fmt: skip


def store_register(root: Path, tables: Mapping[str, pd.DataFrame], kind: str = "synthetic") -> Manifest:
    """Write tables as `<root>/register`, partitioned as the real ones."""
    folder = root / "register"
    whole = {"person_id", "activity_id", "contact_id"}
    for name, table in tables.items():
        typed = table.copy()
        for column in typed:
            if typed[column].map(lambda cell: isinstance(cell, date)).any():
                # A part without any date has the column's type, too.
                typed[column] = typed[column].astype(pd.ArrowDtype(pa.date32()))
            elif column in whole or name == "population":
                typed[column] = typed[column].astype("int64")
            elif column in ("status", "opened_by"):
                typed[column] = typed[column].astype("Int8")
            elif pd.api.types.is_integer_dtype(typed[column]):
                typed[column] = typed[column].astype("int16")
        if name == "population":
            folder.mkdir(parents=True, exist_ok=True)
            typed.to_parquet(folder / "population.parquet", index=False)
            continue
        key, made_of = PARTITIONS[name]
        parts = typed[key] if made_of is None else pd.to_datetime(typed[made_of[0]]).dt.strftime(made_of[1])
        for value, part in typed.groupby(parts):
            path = folder / name / f"{key}={value}" / "part-0.parquet"
            path.parent.mkdir(parents=True)
            part.drop(columns=key, errors="ignore").to_parquet(path, index=False)
    return write_register_manifest(folder, kind, "Tilfeldig register", "tilfeldige personer")


def expected_persons(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The panel's persons by the definitions, person by person, without any of the pipeline's code."""
    months = {month: part.set_index("person_id") for month, part in tables["person_month"].groupby("reference_month")}
    groups = {
        name: dict(list(tables[name].groupby("person_id"))) for name in ("activity", "contact", "meldekort", "spell")
    }
    empty = pd.DataFrame(columns=["person_id"])
    rows = []
    for person, row in months["2021-02"].iterrows():
        if row["age_years"] >= 30 or row["service_group"] == 4:
            continue
        if person not in months["2021-03"].index or person not in months["2021-04"].index:
            continue
        own = {name: found.get(person, empty) for name, found in groups.items()}
        found = _did(own["activity"]) | _met(own["contact"]) | _worked(own["meldekort"]) | _lasted(own["spell"])
        rows.append({"person_id": person, "service_group": row["service_group"], "county": row["county"]} | found)
    return pd.DataFrame(rows).sort_values("person_id", ignore_index=True)


def _did(events: pd.DataFrame) -> dict[str, int]:
    names = ["medical_treatment", "labour_market_measure", "applied_for_job", "job_search_agreement", "own_activity",
             "current_job", "group_activity", "self_funded_education"]  # fmt: skip
    found = {name: set() for name in names}
    for event in events.itertuples():
        for k, last in enumerate(LASTS):
            start = last - timedelta(days=29)
            over = event.to_date is None or pd.isna(event.to_date)
            if event.from_date > last or event.status not in (2, 3) or (not over and event.to_date < start):
                continue
            if event.activity_type in (3, 5) and (event.status != 3 or over or event.to_date > last):
                continue
            found[names[event.activity_type - 1]].add(k)
    return {name: int(bool(months)) for name, months in found.items()} | {
        "measure_months": len(found["labour_market_measure"])
    }


def _met(events: pd.DataFrame) -> dict[str, int]:
    found = {1: set(), 2: set(), 3: set()}
    for event in events.itertuples():
        for k, last in enumerate(LASTS):
            inside = last - timedelta(days=29) <= event.contact_date <= last
            if inside and (event.contact_type == 3 or event.status == 3):
                found[event.contact_type].add(k)
    return {
        "meeting": int(bool(found[1])), "conversation": int(bool(found[2])), "dialogue_months": len(found[3]),
        "meeting_months": len(found[1] | found[2]), "interaction_count": sum(map(len, found.values())),
    }  # fmt: skip


def _worked(cards: pd.DataFrame) -> dict[str, int]:
    status = []
    for first, last in zip(FIRSTS, LASTS, strict=True):
        ending = [card for card in cards.itertuples() if first <= card.period_end <= last]
        status.append(max(ending, key=lambda card: card.period_end).status if ending else 0)
    return {
        "partly_at_work": int(status[0] in (2, 3)), "fully_laid_off": int(status[0] == 4),
        "partial_work": int(bool({2, 3} & set(status))),
    }  # fmt: skip


def _lasted(spells: pd.DataFrame) -> dict[str, int]:
    start, end = None, None
    for spell in sorted(spells.itertuples(), key=lambda spell: spell.registered_from):
        if start is None or (spell.registered_from - end).days > 31:
            start = spell.registered_from
        end = spell.registered_to
    return {"duration_months": 12 * (2021 - start.year) + 4 - start.month + 1}
