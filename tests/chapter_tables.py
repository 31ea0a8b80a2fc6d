"""A chapter's exhibits without a kernel, as the ledger reads them."""

from __future__ import annotations

import pandas as pd

from engine.outputs import EXHIBIT_MIME
from ledger.comparison import read_estimates
from tests.chapter_cells import shown


def emitted_tables(name: str, year: int | None = None) -> dict[str, pd.DataFrame]:
    """Estimates by exhibit; the data root is REPORT_DATA's."""
    made = [value for value in shown(name, {"survey_year": year}) if hasattr(value, "_repr_mimebundle_")]
    bundles = [value._repr_mimebundle_() for value in made]
    records = [bundle[EXHIBIT_MIME] for bundle in bundles if EXHIBIT_MIME in bundle]
    return {record["id"]: read_estimates(record["csv"]) for record in records}
