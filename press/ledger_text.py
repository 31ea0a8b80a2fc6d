"""The ledger as text: CSV, markdown or HTML."""

from __future__ import annotations

import pandas as pd

from helpers.numbers import nb_number

from .ledger import Ledger
from .verdicts import AWAITS, NOT_ESTIMATE, REPRODUCED

# A column gets the room of its usual cell, so that one long cell does not widen it; longer ones wrap.
NARROWEST, WIDEST = 15, 48

STATUS_NB = {
    "reproduced": "gjenskapt",
    "within the statement": "innenfor utsagnet",
    "contradicted in print": "motsagt på trykk",
    "not an estimate": "ikke et anslag",
    "not reproduced": "ikke gjenskapt",
    "outside this edition": "utenfor utgaven",
    "awaits its chapter": "venter på sitt kapittel",
    "holds": "holder",
    "fails": "holder ikke",
}


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
    rows = ledger.values if everything else ledger.values[~ledger.values["status"].isin([REPRODUCED, AWAITS])]
    if form == "csv":
        return rows.to_csv(index=False, lineterminator="\n", float_format="%.10g")
    if form == "html":
        return str(rows.to_html(index=False, na_rep=""))
    counts = ledger.claims["status"].value_counts()
    agree, readable = ledger.stars
    parts = [
        _pipe(ledger.summary().reset_index()),
        "claims: " + ", ".join(f"{count} {status}" for status, count in counts.items()),
        f"stars: {agree} of {readable} coefficients agree",
        _pipe(rows[["id", "published", "recomputed", "status", "reason"]]),
    ]
    failed = ledger.failed_claims
    if len(failed):
        parts.append(_pipe(failed[["id", "statement_nb"]]))
    return "\n\n".join(parts)


def _pipe(table: pd.DataFrame) -> str:
    """Write a pipe table. In print, Pandoc gives columns the shares of the dashes under their heads."""
    body = [
        ["" if pd.isna(cell) else str(cell).replace("|", "\\|") for cell in row]
        for row in table.itertuples(index=False)
    ]
    head = [str(column) for column in table.columns]
    filled = [[len(row[at]) for row in [head, *body] if row[at]] for at in range(len(head))]
    dashes = [":" + "-" * min(max(sum(lengths) // len(lengths), NARROWEST), WIDEST) for lengths in filled]
    return "\n".join("| " + " | ".join(line) + " |" for line in [head, dashes, *body])


def counts_nb(ledger: Ledger) -> str:
    """Table of rows by exhibit and status, in bokmål, as markdown."""
    table = ledger.summary().rename(columns=STATUS_NB).reset_index().rename(columns={"exhibit": "Eksponat"})
    table["Eksponat"] = table["Eksponat"].map(_exhibit_nb)
    return _pipe(table)


def rows_nb(ledger: Ledger) -> str:
    """Table of the numbers that did not come back, each with its reason, and folded below it all of them, in bokmål."""
    made = ledger.values[ledger.values["status"] != AWAITS]
    columns = ["Eksponat", "Hva", "Trykt", "Gjenskapt", "Dom", "Grunn"]
    lines = []
    for row in made.to_dict("records"):
        digits = int(row["digits"] or 0)
        printed = nb_number(float(row["published"]), digits) if row["published"] else ""
        ours = "" if pd.isna(row["recomputed"]) else nb_number(row["recomputed"], digits + 1)
        parts = [row["category"], "" if row["sector"] == "all" else row["sector"], row["wave"]]
        what = ", ".join(part for part in parts if part)
        lines.append([_exhibit_nb(row["exhibit"]), what, printed, ours, STATUS_NB[row["status"]], row["reason_nb"]])
    return _folded(pd.DataFrame(lines, columns=columns), (STATUS_NB[REPRODUCED], STATUS_NB[NOT_ESTIMATE]))


def claims_nb(ledger: Ledger) -> str:
    """Table of the findings in words that do not hold, and folded below it all of them, in bokmål."""
    made = ledger.claims[ledger.claims["status"] != AWAITS]
    lines = [
        [_exhibit_nb(claim["exhibit"]), claim["statement_nb"], STATUS_NB[claim["status"]], claim["reason_nb"]]
        for claim in made.to_dict("records")
    ]
    return _folded(pd.DataFrame(lines, columns=["Eksponat", "Funn", "Dom", "Grunn"]), (STATUS_NB["holds"],))


def _folded(table: pd.DataFrame, plain: tuple[str, ...]) -> str:
    """Show the rows that a reader looks for, and keep the others folded; print leaves the fold out."""
    shown = table[~table["Dom"].isin(plain)]
    fold = f'::: {{.exhibit-numbers title="Vis alle"}}\n{_pipe(table)}\n:::'
    return (_pipe(shown) if len(shown) else "Ingen.") + f"\n\n{fold}"


# Ends the id of estimates that the text gives beside an exhibit without showing them («ikke vist i figur»).
BESIDE = "+"
BESIDE_NB = " (ikke vist)"
TEXTS_NB = {
    "text": "Tekst",
    "text-position": "Tekst, stilling",
    "text-rating": "Tekst, samarbeid etter alder",
    "text-ukraine": "Tekst, flyktninger fra Ukraina",
    "text-unit": "Tekst, ungdomsenhet",
    "text-in-unit": "Tekst, i ungdomsenheten",
    "i alt": "I alt",
}


def _exhibit_nb(identifier: str) -> str:
    if identifier in TEXTS_NB:
        return TEXTS_NB[identifier]
    name, beside, _ = identifier.partition(BESIDE)
    prefix, _, number = name.partition("-")
    words = {"fig": "Figur", "tbl": "Tabell"}
    if number.startswith("vedlegg-"):
        return f"Vedlegg {number.removeprefix('vedlegg-')}"
    return f"{words.get(prefix, prefix)} {number.lstrip('0')}".strip() + (BESIDE_NB if beside else "")
