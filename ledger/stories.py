"""Where print contradicts itself, told as short stories: what is printed, and the arithmetic that speaks against it."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd

from engine.words.numbers import nb_list, nb_number

from .comparison import Ledger
from .contradictions import proofs, read_article
from .labels import exhibit_nb, row_nb
from .published import REPORT, read_values
from .verdicts import CONTRADICTED

# Table 2: columns of the age groups, and the column of all that they should add up to.
AGES, EVERYONE, PERSONS = ("unge", "over30", "begge"), "all", "tbl-2/n/n/"
HALF = Decimal("0.5")


def total_column(values: dict[str, Decimal]) -> dict[str, tuple[Decimal, Decimal, Decimal]]:
    """Rows of table 2 whose printed total the age columns can't give: printed, and the least and most they can give.

    The total is the mean of the columns by their printed numbers of persons; each share may be rounded by half a point.
    """
    persons = {age: values[f"{PERSONS}{age}"] for age in AGES}
    found = {}
    for identifier, total in values.items():
        row, _, column = identifier.rpartition("/")
        if not row.startswith("tbl-2/") or column != EVERYONE or row.endswith(("/sum", "/n", "/totalt")):
            continue
        shares = {age: values[f"{row}/{age}"] for age in AGES if f"{row}/{age}" in values}
        if len(shares) == len(AGES):
            mean = sum((shares[age] * persons[age] for age in AGES), Decimal(0)) / sum(persons.values())
            if abs(mean - total) >= 2 * HALF:
                found[row] = (total, mean - HALF, mean + HALF)
    return found


def printed_numbers() -> dict[str, Decimal]:
    """The report's printed numbers by id."""
    values = read_values(REPORT.folder)
    return {str(row["id"]): Decimal(row["value"]) for row in values.to_dict("records") if row["value"]}


def report_stories_nb(ledger: Ledger) -> str:
    """The report's contradictions, table 2's column first, then each proof once with the numbers that it speaks of."""
    rows = ledger.values[ledger.values["status"] == CONTRADICTED]
    others = rows[~rows["exhibit"].isin(["tbl-1", "tbl-2"])]
    told = [_column_nb(), *(_story_nb(part) for _, part in others.groupby("reason_nb", sort=False))]
    claims = ledger.claims[ledger.claims["status"] == CONTRADICTED]
    told += [_paragraph(f"{exhibit_nb(claim['exhibit'])}, i ord", f"«{claim['statement_nb']}»", claim["reason_nb"])
             for claim in claims.to_dict("records")]  # fmt: skip
    return "\n\n".join(told)


def _column_nb() -> str:
    values = printed_numbers()
    wrong = total_column(values)
    printed = nb_list([nb_number(float(values[f"{PERSONS}{age}"])) for age in AGES])
    row, (total, low, high) = max(wrong.items(), key=lambda item: max(item[1][1] - item[1][0], item[1][0] - item[1][2]))
    shares = nb_list([nb_number(float(values[f"{row}/{age}"])) for age in AGES])
    return _paragraph(
        "Tabell 2, kolonnen «totalt»",
        f"{nb_number(len(wrong))} andeler i kolonnen kan ikke komme av de tre alderskolonnene.",
        f"Kolonnene gjelder {printed} personer, og snittet over alle må ligge mellom dem etter antallet. Lengst "
        f"unna er raden der alderskolonnene er {shares} prosent: De gir {nb_number(float(low), 1)} til "
        f"{nb_number(float(high), 1)}, og {nb_number(float(total))} er trykt. Kolonnen må bygge på et annet utvalg "
        "eller en annen vekting.",
    )


def _story_nb(part: pd.DataFrame) -> str:
    first = part.iloc[0].to_dict()
    numbers = [nb_number(float(row["published"]), int(row["digits"] or 0)) for row in part.to_dict("records")]
    what = nb_list(list(dict.fromkeys(row_nb(row) for row in part.to_dict("records"))))
    return _paragraph(exhibit_nb(first["exhibit"]), f"{nb_list(numbers)} er trykt for {what}.", first["reason_nb"])


def article_stories_nb(ledger: Ledger) -> str:
    """The article's contradictions, proved from its own printed numbers, and findings that they speak against."""
    told = [_paragraph(said, arithmetic + ".", f"*Slik bør det leses:* {reading}.")
            for said, arithmetic, reading in proofs(read_article())]  # fmt: skip
    claims = ledger.claims[ledger.claims["status"] == CONTRADICTED]
    told += [_paragraph(f"{exhibit_nb(claim['exhibit'])}, i ord", f"«{claim['statement_nb']}»", claim["reason_nb"])
             for claim in claims.to_dict("records")]  # fmt: skip
    return "\n\n".join(told)


def _paragraph(title: str, *sentences: str) -> str:
    end = "" if title[-1] in ".?!" else "."
    return f"**{title}{end}** " + " ".join(sentences)
