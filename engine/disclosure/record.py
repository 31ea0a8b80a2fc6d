"""The record of what is hidden, and why: keys and reasons, never a value."""

from __future__ import annotations

import pandas as pd

from engine.outputs import HIDDEN_MIME as MIME
from engine.table import about, keys_in

from .rules import COMPLEMENT, DIFFERENCE, DOMINANCE, ESTIMATE, FREEDOM, LONELY, NUMBER, THRESHOLD

__all__ = ["MIME", "drain", "hidden_rows", "note", "told_in_note"]

Entry = dict[str, str]
# Which estimate an entry is about: `groups` tells all keys that have no column of their own.
ENTRY_KEYS = ("wave", "population", "measure", "groups")
# What sentences asked for since the last cell that was shown.
_asked_for: dict[tuple[str, ...], Entry] = {}


def hidden_rows(table: pd.DataFrame) -> list[Entry]:
    """List what a table hides.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates with `suppressed` and `reason`.

    Returns
    -------
    list of dict
        One a hidden estimate or number of persons: `wave`, `population`, `measure`, `groups` (its other keys, as
        `sector: statlig; nav_region: Oslo`), `what` (`estimate` or `n`) and `reason` (see `rules`). A curve is one
        entry.
    """
    if "suppressed" not in table or table.empty:
        return []
    suppressed = table["suppressed"].to_numpy(dtype=bool)
    reason = table["reason"].fillna("") if "reason" in table else pd.Series("", index=table.index)
    found: dict[tuple[str, ...], Entry] = {}
    others = [key for key in keys_in(table) if key not in ENTRY_KEYS]
    for place in (suppressed | (reason != "").to_numpy()).nonzero()[0]:
        row = table.iloc[int(place)]
        entry = {key: str(row.get(key, "")) for key in ENTRY_KEYS}
        entry["groups"] = "; ".join(f"{key}: {row[key]}" for key in others if row[key] != "")
        entry["what"] = ESTIMATE if suppressed[place] else NUMBER
        # What is added up of hidden parts has no reason of its own.
        entry["reason"] = str(reason.iloc[int(place)]) or COMPLEMENT
        found.setdefault(tuple(entry.values()), entry)
    return list(found.values())


def note(table: pd.DataFrame) -> None:
    """Remember what of a table is hidden that a sentence asks for."""
    if "suppressed" in table and bool(table["suppressed"].any()):
        _asked_for.update({tuple(entry.values()): entry for entry in hidden_rows(table)})


def drain() -> list[Entry]:
    """Give what sentences asked for since the last call, and forget it."""
    found = list(_asked_for.values())
    _asked_for.clear()
    return found


def told_in_note(table: pd.DataFrame, minimum: int) -> str:
    """Say below an exhibit that something is hidden, and by which limit; empty where nothing is."""
    entries = hidden_rows(table)
    counted = about(table).counted
    reasons = {entry["reason"] for entry in entries if entry["what"] == ESTIMATE}
    parts = []
    if reasons & {THRESHOLD, COMPLEMENT, DIFFERENCE}:
        parts.append(f"Anslag som bygger på færre enn {minimum} {counted}, eller som ville røpe slike, er skjult.")
    if DOMINANCE in reasons:
        parts.append("Anslag som én eller to personer står nesten alene bak, er skjult.")
    if LONELY in reasons:
        parts.append("Anslag fra én eneste enhet i undersøkelsen, som ikke gir noen usikkerhet å regne ut, vises ikke.")
    if FREEDOM in reasons:
        parts.append(f"Modeller som bygger på for få {counted}, er skjult.")
    if any(entry["what"] == NUMBER for entry in entries):
        parts.append(f"Antall {counted} er skjult der det ville røpe hva noen få har svart.")
    return " ".join(parts)
