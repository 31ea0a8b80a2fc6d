"""Alternative texts of a whole book: no two are alike, and no number stands in them that the exhibit's data lacks."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from typing import Any

from engine.errors import ReportError
from engine.words.numbers import MINUS, NARROW_NO_BREAK_SPACE, nb_number

# A number as `engine.words.numbers` writes it: narrow space between thousands, decimal comma, true minus.
NUMBER = re.compile(rf"(?<![\w,]){MINUS}?\d+(?:{NARROW_NO_BREAK_SPACE}\d{{3}})*(?:,\d+)?(?![\w])")
INTERVAL = "95"
MOST_DIGITS = 4


def check_alternatives(records: Iterable[Mapping[str, Any]]) -> None:
    """Refuse a book whose alternative texts are alike or tell what the data does not."""
    seen: dict[str, str] = {}
    faults = []
    for record in records:
        if not record["alt"]:
            continue
        if record["alt"] in seen:
            faults.append(f"{record['id']} says the same as {seen[record['alt']]}")
        seen.setdefault(record["alt"], record["id"])
        if unknown := strangers(record):
            faults.append(f"{record['id']} tells {len(unknown)} numbers that its data lacks")
    if faults:
        raise ReportError(
            "; ".join(faults[:8]), where="alternative texts", count=len(faults),
            remedy="give the exhibits different groups or units, or mend engine/exhibits/alt_text.py",
        )  # fmt: skip


def strangers(record: Mapping[str, Any]) -> list[str]:
    """Numbers of an alternative text that are neither an estimate, nor part of a label, nor a count of rows."""
    rows = list(csv.DictReader(io.StringIO(record["csv"])))
    known = {INTERVAL}
    labels = [record.get("unit") or ""]
    for row in rows:
        for name, cell in row.items():
            try:
                value = float(cell or "nan")
            except ValueError:
                labels.append(cell)
                continue
            if name in ("estimate", "x") or "estimate" not in row:
                known |= {nb_number(value, digits) for digits in range(MOST_DIGITS)}
            else:
                labels.append(cell)
    known |= {found for label in set(labels) for found in re.findall(r"\d+", label)}
    known |= {nb_number(float(found)) for found in set(known) if found.isdigit()}
    # «høyest …, lavest …, blant 12 rader, 2 skjult» counts rows of the data.
    text = re.sub(r"blant \d+ rader(?:, \d+ skjult)?|, \d+ skjult", "", record["alt"])
    return [found for found in NUMBER.findall(text) if found not in known and found.lstrip(MINUS) not in known]
