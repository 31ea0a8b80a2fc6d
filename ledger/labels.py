"""Words of the ledger's rows in bokmål: exhibits, what a number is of, statuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from engine.words.numbers import nb_number

from .published import ARTICLE
from .verdicts import STEP, SUM

STATUS_NB = {
    "reproduced": "gjenskapt",
    "within the statement": "innenfor utsagnet",
    "contradicted in print": "motsagt på trykk",
    "misread in the scan": "feil i skanningen",
    "not an estimate": "ikke et anslag",
    "not reproduced": "ikke gjenskapt",
    "outside this edition": "utenfor utgaven",
    "awaits its chapter": "venter på sitt kapittel",
    "holds": "holder",
    "in part": "delvis",
    "fails": "holder ikke",
    "hidden": "skjult",
}
STRENGTH_NB = {
    "clear": "klar forskjell", "tendency": "tendens", "size": "størrelse", "order": "rekkefølge",
    "no difference": "ingen forskjell", "shape": "form",
}  # fmt: skip
GROUPS_NB = {
    "all": "alle", "standard": "standardinnsats", "situasjonsbestemt": "situasjonsbestemt",
    "spesielt_tilpasset": "spesielt tilpasset", "standard_og_situasjonsbestemt": "standard- og situasjonsbestemt",
    "situasjonsbestemt_og_spesielt_tilpasset": "situasjonsbestemt og spesielt tilpasset",
    "unge": "unge", "over30": "over 30", "begge": "begge aldersgrupper",
}  # fmt: skip
# Signs of the files, which no reader knows: an outcome's term, a part of those asked, a sum, a difference.
SIGNS = {" ~ ": " – ", " | ": ", ", SUM: " og ", STEP: "–"}
# Ends the id of estimates that the text gives beside an exhibit without showing them («ikke vist i figur»).
BESIDE = "+"
BESIDE_NB = " (ikke vist)"
TEXTS_NB = {
    "text": "Tekst",
    "text-position": "Tekst, stilling",
    "text-rating": "Tekst, samarbeid etter alder",
    "text-ukraine": "Tekst, flyktninger fra Ukraina",
    "text-unit": "Tekst, ungdomsenhet",
    "text-unit-size": "Tekst, ungdomsenhet etter kontorstørrelse",
    "text-low-threshold": "Tekst, lavterskeltiltak",
    "text-in-unit": "Tekst, i ungdomsenheten",
    "text-kontor": "Tekst, variasjon mellom kontor",
    "text-competence": "Tekst, kompetansearbeid",
    "text-time": "Tekst, tid og portefølje",
    "text-earliest": "Tekst, funn fra 2022",
    "text-recipients": "Tekst, bare mottakere av statlig ytelse",
    "fig-vedlegg-1": "Vedlegg 1",
    "i alt": "I alt",
}


def exhibit_nb(identifier: str) -> str:
    """An exhibit's name in the sources."""
    if identifier in TEXTS_NB:
        return TEXTS_NB[identifier]
    name, beside, _ = identifier.partition(BESIDE)
    prefix, _, number = name.partition("-")
    words = {"fig": "Figur", "tbl": "Tabell"}
    if number.startswith("vedlegg-"):
        return f"Vedlegg {number.removeprefix('vedlegg-')}"
    return f"{words.get(prefix, prefix)} {number.lstrip('0').upper()}".strip() + (BESIDE_NB if beside else "")


def row_nb(row: Mapping[Any, Any]) -> str:
    """What one published number is of."""
    name = str(row["label"] or row["category"]) if row["source"] == ARTICLE.name else str(row["category"])
    for sign, word in SIGNS.items():
        name = name.replace(sign, word)
    # The survey report's own label often is the group itself.
    group = GROUPS_NB.get(row["group"], str(row["group"]).replace("_", " "))
    parts = [name, "" if row["group"] == "all" else group, "" if row["sector"] == "all" else row["sector"], row["wave"]]
    return ", ".join(dict.fromkeys(part for part in parts if part))


def ours_nb(row: Mapping[Any, Any]) -> str:
    """Our number: one decimal more than print has, and none where it is a count."""
    number = row["recomputed"]
    if pd.isna(number):
        return ""
    return nb_number(number, 0 if float(number).is_integer() else int(row["digits"] or 0) + 1)


def printed_nb(row: Mapping[Any, Any]) -> str:
    """The printed number."""
    return nb_number(float(row["published"]), int(row["digits"] or 0)) if row["published"] else ""
