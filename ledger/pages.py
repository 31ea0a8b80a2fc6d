"""The ledger as text: CSV, markdown or HTML."""

from __future__ import annotations

import pandas as pd

from engine.exhibits.numbers import pipe_table
from engine.words.numbers import nb_number

from .comparison import Ledger
from .published import ARTICLE, SOURCES
from .verdicts import AWAITS, NOT_ESTIMATE, REPRODUCED

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
    rows = _chosen(ledger, everything)
    if form == "csv":
        return rows.to_csv(index=False, lineterminator="\n", float_format="%.10g")
    if form == "html":
        return str(rows.to_html(index=False, na_rep=""))
    parts = {source.name: ledger.part(source.name) for source in SOURCES}
    return "\n\n".join(f"## {name}\n\n{_section(part, everything)}" for name, part in parts.items() if len(part.values))


def _chosen(ledger: Ledger, everything: bool) -> pd.DataFrame:
    return ledger.values if everything else ledger.values[~ledger.values["status"].isin([REPRODUCED, AWAITS])]


def _section(ledger: Ledger, everything: bool) -> str:
    """One publication: counts, stars, rows that a reader looks for, findings that fail."""
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
        parts.append(pipe_table(failed[["id", "statement_nb"]]))
    return "\n\n".join(parts)


def counts_nb(ledger: Ledger) -> str:
    """Table of rows by exhibit and status, in bokmål, as markdown."""
    table = ledger.summary().rename(columns=STATUS_NB).reset_index().rename(columns={"exhibit": "Eksponat"})
    table["Eksponat"] = table["Eksponat"].map(_exhibit_nb)
    return pipe_table(table)


def rows_nb(ledger: Ledger) -> str:
    """Table of the numbers that did not come back, each with its reason, and folded below it all of them, in bokmål."""
    made = ledger.values[ledger.values["status"] != AWAITS]
    columns = ["Eksponat", "Hva", "Trykt", "Gjenskapt", "Dom", "Grunn"]
    lines = []
    for row in made.to_dict("records"):
        digits = int(row["digits"] or 0)
        printed = nb_number(float(row["published"]), digits) if row["published"] else ""
        whole = row["source"] == ARTICLE.name and float(row["recomputed"] or 0).is_integer()
        ours = "" if pd.isna(row["recomputed"]) else nb_number(row["recomputed"], 0 if whole else digits + 1)
        name = row["category"]
        if row["source"] == ARTICLE.name:
            name = f"{row['label'] or name}, {GROUPS_NB.get(row['group'], row['group'].replace('_', ' '))}"
        parts = [name, "" if row["sector"] == "all" else row["sector"], row["wave"]]
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
    fold = f'::: {{.exhibit-numbers title="Vis alle"}}\n{pipe_table(table)}\n:::'
    return (pipe_table(shown) if len(shown) else "Ingen.") + f"\n\n{fold}"


def stars_nb(ledger: Ledger) -> str:
    """Table of the coefficients whose stars differ, each with the reason where there is one, in bokmål."""
    both = ledger.values.dropna(subset="stars_recomputed")
    differ = both[both["stars_published"] != both["stars_recomputed"]]
    lines = [
        [_exhibit_nb(row["exhibit"]), f"{row['label']}, {GROUPS_NB.get(row['group'], row['group'])}",
         nb_number(float(row["published"]), 3), _stars_text(row["stars_published"]),
         _stars_text(row["stars_recomputed"]), row["stars_reason_nb"]]
        for row in differ.to_dict("records")
    ]  # fmt: skip
    columns = ["Eksponat", "Hva", "Koeffisient", "Trykte stjerner", "Våre", "Grunn"]
    return pipe_table(pd.DataFrame(lines, columns=columns)) if lines else "Ingen."


def _stars_text(stars: str) -> str:
    return "\\*" * len(stars) or "ingen"


GROUPS_NB = {
    "all": "alle", "standard": "standardinnsats", "situasjonsbestemt": "situasjonsbestemt",
    "spesielt_tilpasset": "spesielt tilpasset", "standard_og_situasjonsbestemt": "standard- og situasjonsbestemt",
    "situasjonsbestemt_og_spesielt_tilpasset": "situasjonsbestemt og spesielt tilpasset",
}  # fmt: skip
# Ends the id of estimates that the text gives beside an exhibit without showing them («ikke vist i figur»).
BESIDE = "+"
BESIDE_NB = " (ikke vist)"
TEXTS_NB = {
    "text": "Tekst",
    "text-position": "Tekst, stilling",
    "text-rating": "Tekst, samarbeid etter alder",
    "text-ukraine": "Tekst, flyktninger fra Ukraina",
    "text-unit": "Tekst, ungdomsenhet",
    "text-low-threshold": "Tekst, lavterskeltiltak",
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
    return f"{words.get(prefix, prefix)} {number.lstrip('0').upper()}".strip() + (BESIDE_NB if beside else "")
