"""The two publications: where their printed numbers lie, and the same columns for both."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

FOLDER = Path(__file__).resolve().parent.parent / "data" / "published"
COLUMNS = ["id", "exhibit", "wave", "sector", "group", "category", "digits", "value", "significance", "note"]


@dataclass(frozen=True)
class Source:
    """One publication."""

    name: str
    title: str
    of_register: bool = False

    @property
    def folder(self) -> Path:
        """Where its files lie."""
        return FOLDER / self.name

    @property
    def not_reached(self) -> Path:
        """What the synthetic twin does not reach, with reasons; says nothing of real data."""
        return self.folder / "not_reached.csv"


REPORT = Source("rapport", "Rapporten")
ARTICLE = Source("kalsto", "Artikkelen", of_register=True)
SOURCES = (REPORT, ARTICLE)


def read_values(folder: Path) -> pd.DataFrame:
    """Read the printed numbers of a publication."""
    values = pd.read_csv(folder / "values.csv", dtype=str, keep_default_na=False)
    if "innsatsgruppe" not in values:
        return values[COLUMNS]
    bound = values["precision"] == "bound"
    upper = bound & values["note"].str.contains("upper bound", regex=False)
    flags = {"[approx]": values["precision"] == "approx", "[upper_bound]": upper, "[lower_bound]": bound & ~upper}
    for flag, chosen in flags.items():
        values.loc[chosen, "note"] += f" {flag}"
    what = values["category"].where(values["category"] != values["variable"], "").str.replace("_", " ")
    names = values["variable"].str.replace("_", " ")
    values["category"] = names.where(what == "", names + ": " + what)
    return values.assign(wave="", group=values["innsatsgruppe"], sector="")[COLUMNS]


def read_findings(folder: Path) -> pd.DataFrame:
    """Read the findings of a publication, sentence by sentence."""
    return pd.read_csv(folder / "findings.csv", dtype=str, keep_default_na=False)


def covered(source: Source) -> int:
    """How many of a publication's findings are tried, as claims or as printed numbers."""
    found = read_findings(source.folder)
    return int(((found["claims"] != "") | (found["numbers"] != "")).sum())
