"""An exhibit's numbers as a workbook."""

from __future__ import annotations

import csv
import datetime
import io
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from engine.errors import ReportError
from press.project import ROOT

# A fixed moment: the same numbers give the same bytes on any day.
MOMENT = datetime.datetime(2000, 1, 1)
ABOUT = ("Eksponat", "Tittel", "Title (English)", "Om tallene", "Data")


def workbook(csv: str, number: str, title: str, note: str, english: str = "", data: str = "") -> bytes:
    """Write an exhibit's numbers as XLSX."""
    import xlsxwriter

    table = pd.read_csv(io.StringIO(csv), keep_default_na=False, na_values={"estimate": [""], "n": [""]})
    buffer = io.BytesIO()
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, plain) as book:
        book.set_properties({"title": f"{number}. {title}", "created": MOMENT, "comments": data})
        head = book.add_format({"bold": True, "bottom": 1})
        sheet = book.add_worksheet("Tall")
        sheet.freeze_panes(1, 0)
        for place, name in enumerate(table):
            column = table[name]
            words = [str(value) for value in column]
            sheet.set_column(place, place, min(40, max(len(word) for word in [str(name), *words]) + 2))
            sheet.write_string(0, place, str(name), head)
            for line, value in enumerate(column, start=1):
                if isinstance(value, bool) or not isinstance(value, (int, float)):
                    sheet.write_string(line, place, str(value))
                elif math.isfinite(value):
                    sheet.write_number(line, place, value)
        about = book.add_worksheet("Om")
        about.set_column(0, 0, 16)
        about.set_column(1, 1, 100, book.add_format({"text_wrap": True}))
        for line, (name, text) in enumerate(zip(ABOUT, (number, title, english, note, data), strict=True)):
            about.write_string(line, 0, name, head)
            about.write_string(line, 1, text)
    return buffer.getvalue()


PATH = ROOT / "data" / "exhibits_en.csv"
COLUMNS = ("id", "file", "title_nb", "title_en", "unit")
MONTHS_EN = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def english_titles(path: Path = PATH) -> dict[str, str]:
    """Read the English titles."""
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = {row["id"]: row["title_en"].strip() for row in rows}
    faults = (len(rows) - len(found)) + sum(not title for title in found.values())
    if faults:
        raise ReportError("exhibits named twice or without a title", path.name, faults, "mend those lines")
    return found


def title_en(identifier: str, numbers: str, titles: Mapping[str, str]) -> str:
    """Write an exhibit's English title with the years of its estimates."""
    title = titles.get(identifier, "")
    period = period_en({row.get("wave") or "" for row in csv.DictReader(io.StringIO(numbers))})
    return f"{title}{'.' if '. ' in title else ','} {period}" if title and period else title


def period_en(waves: Iterable[str]) -> str:
    """Write years or months as a period."""
    times = sorted(wave for wave in set(waves) if wave.replace("-", "").isdigit())
    if not times:
        return ""
    first, last = times[0], times[-1]
    if first == last:
        return _time_en(first)
    if "-" not in first and len(times) == 2 and int(last) - int(first) > 1:
        return f"{first} and {last}"
    return f"{_time_en(first)}–{_time_en(last)}"


def _time_en(time: str) -> str:
    year, _, month = time.partition("-")
    return f"{MONTHS_EN[int(month) - 1]} {year}" if month else year


def exhibit_index(records: Iterable[Mapping[str, Any]], titles: Mapping[str, str]) -> str:
    """List all exhibits with their files and titles."""
    buffer = io.StringIO()
    table = csv.writer(buffer, lineterminator="\n")
    table.writerow(COLUMNS)
    for record in records:
        english = title_en(record["id"], record["csv"], titles)
        table.writerow([record["id"], f"{record['anchor']}.csv", record["title"], english, record.get("unit", "")])
    return buffer.getvalue()


def reference(identifier: str) -> str:
    """Cross-reference to an exhibit: `fig-07` is written `@fig-7`."""
    prefix, _, number = identifier.partition("-")
    return f"@{prefix}-{number.lstrip('0')}"


def variable_anchor(variable: str) -> str:
    """Id of a variable on the codebook's page."""
    return f"var-{variable.replace('_', '-')}"
