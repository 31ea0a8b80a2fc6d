"""Pipe tables in markdown, for the pages about the book itself."""

from __future__ import annotations

import pandas as pd

# A column gets the room of its usual cell, so that one long cell does not widen it; longer ones wrap.
NARROWEST, WIDEST = 18, 60


def pipe_table(table: pd.DataFrame) -> str:
    """Write a pipe table. In print, Pandoc gives columns the shares of the dashes under their heads."""
    body = [
        ["" if pd.isna(cell) else str(cell).replace("|", "\\|") for cell in row]
        for row in table.itertuples(index=False)
    ]
    head = [str(column) for column in table.columns]
    filled = [[len(row[at]) for row in [head, *body] if row[at]] for at in range(len(head))]
    dashes = [":" + "-" * min(max(sum(lengths) // len(lengths), NARROWEST), WIDEST) for lengths in filled]
    return "\n".join("| " + " | ".join(line) + " |" for line in [head, dashes, *body])
