"""The ledger as text: CSV, markdown or HTML, and the blocks of its page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from engine.exhibits.numbers import pipe_table
from engine.words.numbers import nb_number

from .comparison import Ledger
from .labels import GROUPS_NB, STATUS_NB, STRENGTH_NB, exhibit_nb, ours_nb, printed_nb, row_nb
from .outcomes import FAILS, HIDDEN, HOLDS, IN_PART
from .published import SOURCES
from .verdicts import AWAITS, CONTRADICTED, MISREAD, NOT_ESTIMATE, REPRODUCED, WITHIN

# Downloads of the page: every row, whatever its status.
ROWS, CLAIMS = "etterproving-tall.csv", "etterproving-funn.csv"


def write(ledger: Ledger, form: str, everything: bool = False) -> str:
    """Write the ledger.

    Parameters
    ----------
    ledger : Ledger
        Compared numbers and claims.
    form : {"csv", "md", "html"}
        csv and html hold the rows; md opens with the counts.
    everything : bool
        Whether rows that are reproduced or await their chapter are written too.

    Returns
    -------
    str
        The text.
    """
    rows = _chosen(ledger, everything)
    if form == "csv":
        return _csv(rows)
    if form == "html":
        return str(rows.to_html(index=False, na_rep=""))
    parts = {source.name: ledger.part(source.name) for source in SOURCES}
    return "\n\n".join(f"## {name}\n\n{_section(part, everything)}" for name, part in parts.items() if len(part.values))


def _csv(table: pd.DataFrame) -> str:
    return table.to_csv(index=False, lineterminator="\n", float_format="%.10g")


def downloads(ledger: Ledger, kind: str) -> dict[str, str]:
    """Files beside the page by name: every number and every finding, each row saying what data it rests on."""
    tables = {ROWS: ledger.values, CLAIMS: ledger.claims}
    return {name: _csv(table.assign(data_kind=kind)) for name, table in tables.items()}


def _chosen(ledger: Ledger, everything: bool) -> pd.DataFrame:
    return ledger.values if everything else ledger.values[~ledger.values["status"].isin([REPRODUCED, AWAITS])]


def _section(ledger: Ledger, everything: bool) -> str:
    """One publication: counts, stars, rows that a reader looks for, findings that do not hold."""
    counts = ledger.claims["status"].value_counts()
    agree, readable = ledger.stars
    parts = [
        pipe_table(ledger.summary().reset_index()),
        "claims: " + ", ".join(f"{count} {status}" for status, count in counts.items()),
        f"stars: {agree} of {readable} coefficients agree",
        pipe_table(_chosen(ledger, everything)[["id", "published", "recomputed", "status", "reason"]]),
    ]
    failed = ledger.failed_claims
    if len(failed):
        parts.append(pipe_table(failed[["id", "status", "statement_nb", "reason"]]))
    return "\n\n".join(parts)


def findings_nb(ledger: Ledger) -> str:
    """Table of the findings by the strength of their sentences and what they came to, in bokmål, as markdown."""
    shown = [HOLDS, IN_PART, FAILS, HIDDEN, CONTRADICTED]
    judged = ledger.claims[ledger.claims["status"].isin(shown)]
    table = pd.crosstab(judged["strength"], judged["status"], margins=True, margins_name="i alt")
    columns = [name for name in shown if name in table]
    table = table.reindex([*(name for name in STRENGTH_NB if name in table.index), "i alt"])[columns]
    table.index = [{**STRENGTH_NB, "i alt": "I alt"}[str(name)] for name in table.index]
    table.columns = [STATUS_NB[name].capitalize() for name in columns]
    return _table(table.reset_index(names="Utsagnets styrke"), list(table.columns))


def counts_nb(ledger: Ledger) -> str:
    """Table of rows by exhibit and status, in bokmål, as markdown."""
    table = ledger.summary()
    table.columns = [STATUS_NB.get(str(name), str(name)).capitalize() for name in table.columns]
    table.index = [exhibit_nb(str(name)) for name in table.index]
    return _fold(_table(table.reset_index(names="Eksponat"), list(table.columns)), "Vis antallet etter eksponat")


def missed_nb(ledger: Ledger) -> str:
    """The numbers that did not come back, each reason once with its numbers, in bokmål."""
    return _by_reason(pd.concat([ledger.unexplained, ledger.values[ledger.values["status"] == MISREAD]]))


def within_nb(ledger: Ledger) -> str:
    """The numbers that are as the text says, if not to the digit, folded, in bokmål."""
    rows = ledger.values[ledger.values["status"] == WITHIN]
    return _fold(_rows_table(rows), "Vis tallene innenfor utsagnet") if len(rows) else ""


def all_rows_nb(ledger: Ledger) -> str:
    """Where all rows are: folded here, and as a file."""
    rows = ledger.values[~ledger.values["status"].isin([AWAITS, NOT_ESTIMATE])]
    lines = _rows_table(rows, status=True)
    return _fold(lines, "Vis alle tall som er prøvd")


def _by_reason(rows: pd.DataFrame) -> str:
    parts = [f"{reason}\n\n{_rows_table(part)}" for reason, part in rows.groupby("reason_nb", sort=False)]
    return "\n\n".join(parts) or "Ingen."


def _rows_table(rows: pd.DataFrame, status: bool = False) -> str:
    lines = []
    for row in rows.to_dict("records"):
        line = [f"{exhibit_nb(row['exhibit'])}: {row_nb(row)}", printed_nb(row), ours_nb(row)]
        lines.append([*line, STATUS_NB[row["status"]]] if status else line)
    columns = ["Hva", "Trykt", "Vårt", *(["Resultat"] if status else [])]
    return _table(pd.DataFrame(lines, columns=columns), ["Trykt", "Vårt"])


def claims_nb(ledger: Ledger) -> str:
    """The findings that do not hold, each reason once with its findings, and folded below them all, in bokmål."""
    failed = ledger.failed_claims
    order = failed.sort_values("status", key=lambda names: names.map({FAILS: 0, IN_PART: 1}), kind="stable")
    parts = []
    for (status, reason), part in order.groupby(["status", "reason_nb"], sort=False):
        lines = "\n".join(f"- {_said(claim)}" for claim in part.to_dict("records"))
        parts.append(f"**{STATUS_NB[str(status)].capitalize()}.** {reason}:\n\n{lines}")
    return ("\n\n".join(parts) or "Ingen.") + "\n\n" + _all_claims(ledger)


def _all_claims(ledger: Ledger) -> str:
    made = ledger.claims[ledger.claims["status"] != AWAITS]
    lines = [
        [_said(claim), STRENGTH_NB[claim["strength"]], STATUS_NB[claim["status"]]] for claim in made.to_dict("records")
    ]
    return _fold(pipe_table(pd.DataFrame(lines, columns=["Funn", "Styrke", "Resultat"])), "Vis alle funn i ord")


def _said(claim: Mapping[Any, Any]) -> str:
    return f"{exhibit_nb(claim['exhibit'])}: {claim['statement_nb']}"


def stars_nb(ledger: Ledger) -> str:
    """Table of the coefficients whose stars differ, and the reasons that are known, in bokmål."""
    both = ledger.values.dropna(subset="stars_recomputed")
    readable = both[~both["stars_doubtful"] | (both["stars_reason_nb"] != "")]
    differ = readable[readable["stars_published"] != readable["stars_recomputed"]]
    lines = [
        [f"{exhibit_nb(row['exhibit'])}: {row['label']}, {GROUPS_NB.get(row['group'], row['group'])}",
         nb_number(float(row["published"]), 3), _stars_text(row["stars_published"]),
         _stars_text(row["stars_recomputed"])]
        for row in differ.to_dict("records")
    ]  # fmt: skip
    table = _table(pd.DataFrame(lines, columns=["Hva", "Koeffisient", "Trykt", "Vårt"]), ["Koeffisient"])
    reasons = [f"- {exhibit_nb(row['exhibit'])}, {row['label']}: {row['stars_reason_nb']}"
               for row in differ.to_dict("records") if row["stars_reason_nb"]]  # fmt: skip
    told = "Disse er bevist umulige av det trykte selv:\n\n" + "\n".join(reasons) + "\n\n" if reasons else ""
    return told + _fold(table, "Vis koeffisientene der stjernene skiller seg") if lines else "Ingen."


def _stars_text(stars: str) -> str:
    return "\\*" * len(stars) or "ingen"


def _table(table: pd.DataFrame, numbers: list[str]) -> str:
    return pipe_table(table, right=numbers) if len(table) else "Ingen."


def _fold(text: str, title: str) -> str:
    """Keep a long table folded; print leaves it out, and the download has it."""
    return f'::: {{.exhibit-numbers title="{title}"}}\n{text}\n:::'


