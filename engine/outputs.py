"""What a cell's output says of itself to the press, beside its markdown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

# An exhibit: id, title, alternative text, numbers.
EXHIBIT_MIME = "application/vnd.report.exhibit+json"
# Drawings of pyplot that stand open after a cell, by number in order of appearance.
OPEN_MIME = "application/vnd.report.drawings+json"
# What sentences would have told if it were not hidden: keys and reasons.
HIDDEN_MIME = "application/vnd.report.hidden+json"


def outputs_of(notebook: Path) -> list[dict[str, Any]]:
    """Read the outputs of an executed notebook's cells, in order: the data of each, by kind.

    Parameters
    ----------
    notebook : Path
        An executed .ipynb.

    Returns
    -------
    list of dict
        Streams and errors, which have no data, are left out.
    """
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return [output["data"] for cell in cells for output in cell.get("outputs", []) if "data" in output]


def exhibits_of(notebook: Path) -> list[dict[str, Any]]:
    """Read the exhibits that a run emitted.

    Parameters
    ----------
    notebook : Path
        An executed .ipynb.

    Returns
    -------
    list of dict
        id, anchor, title, alt, csv and the phone's picture of each.
    """
    return [dict(data[EXHIBIT_MIME]) for data in outputs_of(notebook) if EXHIBIT_MIME in data]
