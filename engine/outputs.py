"""What a cell's output says of itself to the press, beside its markdown, and the seal that says helpers made it."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

# An exhibit: id, title, alternative text, numbers.
EXHIBIT_MIME = "application/vnd.report.exhibit+json"
# Drawings of pyplot that stand open after a cell, by number in order of appearance.
OPEN_MIME = "application/vnd.report.drawings+json"
# What sentences would have told if it were not hidden: keys and reasons.
HIDDEN_MIME = "application/vnd.report.hidden+json"
# A table without a number: whether its rows are estimates.
TABLE_MIME = "application/vnd.report.table+json"
# A code over all of the above and the markdown, with a secret that the press gives to each kernel.
SEAL_MIME = "application/vnd.report.seal+json"
SEALED = ("text/markdown", EXHIBIT_MIME, TABLE_MIME, HIDDEN_MIME, OPEN_MIME)
_secrets: list[bytes] = []


def seal_with(secret: bytes) -> None:
    """Seal from now on what this process shows; without a secret, as in any other Jupyter, nothing is sealed."""
    _secrets[:] = [secret]


def sealed(bundle: Mapping[str, Any]) -> dict[str, Any]:
    """Add the seal to what is shown, for those who make what a page may show and for nobody else."""
    return {**bundle, SEAL_MIME: _seal(bundle, _secrets[0])} if _secrets else dict(bundle)


def unsealed(data: Mapping[str, Any], secret: bytes) -> dict[str, Any] | None:
    """Give of an output what its seal covers; None where it has none, or another."""
    told = {kind: data[kind] for kind in SEALED if kind in data}
    given = data.get(SEAL_MIME)
    return told if isinstance(given, str) and hmac.compare_digest(given, _seal(told, secret)) else None


def _seal(bundle: Mapping[str, Any], secret: bytes) -> str:
    text = json.dumps({kind: bundle[kind] for kind in SEALED if kind in bundle}, sort_keys=True)
    return hmac.new(secret, text.encode(), "sha256").hexdigest()


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
