"""Whether a book may be published: it is all there, it is of today's sources, and it discloses no one."""

from __future__ import annotations

import csv
from pathlib import Path

from engine.disclosure.rules import DEFAULT_MINIMUM, UNLINKED
from engine.errors import ReportError, raise_together
from press.audit.tables import few_persons
from press.record import BookRecord, differences, read_record

from ..build import Order, current_key, is_current
from ..edition import Edition

REMEDY = "run report build, and publish what it makes"


def permitted(edition: Edition, folder: Path) -> BookRecord:
    """Check a book before it leaves the house."""
    record = read_record(folder)
    problems = []
    if "html" not in record.formats or "index.html" not in record.files:
        problems.append(ReportError("the book has no pages", folder.name, remedy="run report build with html"))
    wanted = {f"{chapter.name}.html" for chapter in edition.chapters}
    for what, names in (*differences(folder, record).items(), ("not rendered", sorted(wanted - set(record.files)))):
        if names:
            shown = ", ".join(names[:5])
            problems.append(ReportError(f"files of the book are {what}: {shown}", folder.name, len(names), REMEDY))
    order = Order(edition.year, None, record.formats, record.renderer, edition.data)
    if not is_current(folder, current_key(edition, order)):
        what = "the book is out of date: text, code, data, settings or commit have changed since it was built"
        problems.append(ReportError(what, folder.name, remedy=REMEDY))
    if (record.year, record.kind) != (edition.year, edition.manifest.kind):
        what = f"the book is of {record.kind} data for {record.year}, not of {edition.manifest.kind} for {edition.year}"
        problems.append(ReportError(what, folder.name, remedy=REMEDY))
    if "real" in (record.kind, edition.manifest.kind):
        remedy = "keep the book where the data may be seen; see docs/disclosure.md"
        problems += [ReportError(UNLINKED, folder.name, remedy=remedy), *_disclosures(folder, record)]
    raise_together(problems, "publish")
    return record


def _disclosures(folder: Path, record: BookRecord) -> list[ReportError]:
    if record.minimum < DEFAULT_MINIMUM:
        what = f"real data built with estimates of down to {record.minimum} persons; {DEFAULT_MINIMUM} is the limit"
        return [ReportError(what, folder.name, remedy="unset REPORT_MINIMUM and run report build again")]
    small = []
    for path in sorted((folder / "exhibits").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            if few_persons(list(csv.reader(file)), DEFAULT_MINIMUM):
                small.append(path.stem)
    if small:
        what = f"exhibits show estimates of fewer than {DEFAULT_MINIMUM} persons: {', '.join(small[:5])}"
        return [ReportError(what, folder.name, len(small), "hide them in engine/disclosure/rules.py")]
    return []
