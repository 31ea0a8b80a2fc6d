"""The page about the synthetic twin: what it must give back, what we chose ourselves, and how near it comes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import pandas as pd

from engine.data.codebook import read_codebook
from engine.data.survey import Survey
from engine.words.numbers import nb_list, nb_number
from ledger.comparison import PUBLISHED, by_id, emitted_estimates
from ledger.verdicts import Finder
from twin import DEFAULT_SEED
from twin.tables import ASSUMPTION, published, read
from twin.targets import Target, read_targets

# How a target measures, in words.
MEASURES_NB = {
    "n": "antall personer",
    "share": "andel, prosent",
    "raw_share": "uvektet andel, prosent",
    "mean": "gjennomsnitt",
    "sd": "standardavvik",
    "coef": "koeffisient",
    "curve": "kurve etter kontorstørrelse",
}
# Single numbers that nobody printed.
CHOSEN_NB = {
    "office_size_min": "minste kontor, ansatte",
    "office_size_max": "største kontor, ansatte",
    "office_drift_sd": "hvor mye kontorene vokser eller krymper mellom undersøkelsene (standardavvik, log)",
    "office_state_sd": "hvor ulik andelen statlig ansatte er mellom kontorene (standardavvik, log-odds)",
    "response_per_employee": "hvor mye svarviljen faller for hver ansatt ved kontoret (log)",
    "response_office_sd": "hvor ulik svarviljen er mellom kontorene (standardavvik, log)",
    "caseload_missing_pct": "uten svar på porteføljestørrelse, prosent",
    "caseload_office_sd": "hvor ulik porteføljen er mellom kontorene (standardavvik, log)",
    "heap_exact_pct": "oppgir porteføljen nøyaktig, prosent",
    "heap_five_pct": "runder porteføljen til hele femmere, prosent",
    "general_share": "hvor mye av svarmønsteret som er felles for alle spørsmål (andel av variansen)",
    "leaving_pct": "forlater skjemaet underveis, prosent",
}
STAGES_NB = {
    "invited": "inviterte",
    "with_caseload": "med brukerportefølje",
    "without_caseload": "uten brukerportefølje",
    "counsellors": "veiledere",
}
ANNEXES = {
    "tbl-vedlegg-2": "Vedlegg 2",
    "tbl-vedlegg-3": "Vedlegg 3",
    "tbl-vedlegg-4": "Vedlegg 4",
}


@dataclass(frozen=True)
class TwinPage:
    """What the page says of the twin."""

    survey: Survey
    targets: tuple[Target, ...]
    annexes: Mapping[str, pd.DataFrame] = field(default_factory=dict)

    @property
    def seed(self) -> int:
        """Seed of the twin that the book uses."""
        return DEFAULT_SEED

    @property
    def assumed(self) -> int:
        """Targets that we chose ourselves."""
        return sum(target.source == ASSUMPTION for target in self.targets)

    @property
    def numbers(self) -> int:
        """Targets that stand on a published row."""
        return sum(target.source in _published_rows() for target in self.targets)

    @property
    def findings(self) -> int:
        """Targets that stand on what an exhibit's text says in words."""
        return len(self.targets) - self.assumed - self.numbers


def open_page(survey: Survey, notebooks: Iterable[Path]) -> TwinPage:
    """Read the twin's targets; arguments are the edition's data and its executed chapters."""
    estimates = emitted_estimates(notebooks)
    return TwinPage(survey, tuple(read_targets()), {name: estimates[name] for name in ANNEXES if name in estimates})


def _published_rows() -> set[str]:
    return set(pd.read_csv(PUBLISHED / "values.csv", dtype=str, usecols=["id"])["id"])


def edition_nb(page: TwinPage) -> str:
    """Say whether this edition rests on the twin, as a note in bokmål markdown."""
    if page.survey.is_synthetic:
        text = "Denne utgaven bygger på tvillingen. Ingen personer står bak tallene i den."
    else:
        text = (
            "Denne utgaven bygger **ikke** på tvillingen. "
            "Siden forteller om de oppdiktede dataene som følger med koden, og som ble brukt mens boken ble laget."
        )
    return f"::: {{.callout-note}}\n{text}\n:::\n"


def assumptions_nb(page: TwinPage) -> str:
    """Write what we chose ourselves as tables in bokmål, made from data/twin."""
    codebook = read_codebook()
    own = sorted((t for t in page.targets if t.source == ASSUMPTION), key=lambda t: (t.column, _kind(t)))
    levels = []
    for (column, kind), part in groupby(own, key=lambda t: (t.column, _kind(t))):
        targets = list(part)
        waves = nb_list([str(wave) for wave in sorted({wave for target in targets for wave in target.waves})])
        change = any(len(target.waves) > 1 or target.against for target in targets)
        what = MEASURES_NB[kind] + (" og forskjeller" if change else "")
        levels.append([codebook[column].label, what, waves, str(len(targets))])
    single = [[CHOSEN_NB[row["name"]], _written(row["value"])] for row in read("settings")]
    single += [
        [f"{STAGES_NB[row['stage']]} {row['wave']}" + ", statlig ansatte" * bool(row["sector"]), _written(row["value"])]
        for row in read("quotas")
        if row["source"] == ASSUMPTION
    ]
    heads = ["Variabel", "Hva vi har valgt", "År", "Antall mål"]
    return _pipe(heads, levels, [40, 30, 18, 12]) + "\n\n" + _pipe(["Størrelse", "Valgt"], single, [80, 20])


def _written(value: str) -> str:
    return nb_number(float(value), len(value.partition(".")[2]))


def _kind(target: Target) -> str:
    return "curve" if target.at else target.measure


def overlap(page: TwinPage) -> pd.DataFrame:
    """Compare the annexes' printed coefficients with the edition's intervals.

    Notes
    -----
    Overlap of intervals is Karr et al. (2006): the common part over each length, averaged. Nothing is printed of the
    published intervals, so ours is laid around the printed number too; with equal lengths the measure is
    1 − |difference| / length. Coefficients printed as 0 are left out (rounding hides all of them but the sign), and
    those that the print itself contradicts.
    """
    values, keys, judged = (by_id(PUBLISHED / f"{name}.csv") for name in ("values", "keys", "verdicts"))
    finder, rows = Finder(dict(page.annexes)), []
    for exhibit, name in ANNEXES.items():
        printed = {
            identifier: row for identifier, row in values.items()
            if row["exhibit"] == exhibit and row["measure"] == "coef" and row["value"] and identifier not in judged
            and published(identifier).value and keys.get(identifier, {}).get("wave") == str(page.survey.year)
        }  # fmt: skip
        if not printed or exhibit not in page.annexes:
            continue
        both = pd.DataFrame([_near(finder, keys[identifier], row) for identifier, row in printed.items()])
        rows.append({"table": name, "coefficients": len(both)} | (100 * both.mean()).to_dict())
    return pd.DataFrame(rows, columns=["table", "coefficients", "covered", "overlap", "stars"])


def _near(finder: Finder, key: dict[str, str], row: dict[str, str]) -> dict[str, float]:
    """Compare one printed coefficient with ours; NaN for stars that the print does not show clearly."""
    found = finder.rows(key)
    assert found is not None  # the exhibit is the finder's own
    ours, value = found.iloc[0], float(row["value"])
    distance, length = abs(value - ours["estimate"]), ours["ci_high"] - ours["ci_low"]
    legible = "[ocr_doubt]" not in row["note"]
    return {
        "covered": float(ours["ci_low"] <= value <= ours["ci_high"]),
        "overlap": max(0.0, 1 - distance / length),
        "stars": float(row["significance"] == ours["stars"]) if legible else float("nan"),
    }


def overlap_nb(page: TwinPage) -> str:
    """Write `overlap` as a table in bokmål; a sentence where the edition has nothing to compare."""
    if not page.survey.is_synthetic:
        return "Målene regnes bare ut når utgaven bygger på tvillingen.\n"
    table = overlap(page)
    if table.empty:
        return "Vedleggene gjelder et annet år enn denne utgaven, så her er det ingenting å sammenligne.\n"
    shares = ("covered", "overlap", "stars")
    lines = [
        [row["table"], nb_number(row["coefficients"]), *(nb_number(row[name], 1) for name in shares)]
        for row in table.to_dict("records")
    ]
    heads = ["Tabell", "Koeffisienter", "Dekket, prosent", "Overlapp, prosent", "Like stjerner, prosent"]
    return _pipe(heads, lines, [20, 20, 20, 20, 20])


def sources_nb(page: TwinPage) -> str:
    """Write how many targets each part of the source gave as a table in bokmål."""
    named = Counter("egne valg" if t.source == ASSUMPTION else _exhibit(t.source) for t in page.targets)
    order = sorted(named, key=lambda name: (name == "egne valg", name))
    return _pipe(["Kilde", "Antall mål"], [[name, str(named[name])] for name in order], [70, 30])


def _exhibit(source: str) -> str:
    head = source.split("/")[0]
    if head.startswith("tbl-vedlegg"):
        return f"vedlegg {head.rsplit('-', 1)[1]}"
    if head.startswith("tbl-"):
        return f"tabell {head.removeprefix('tbl-')}"
    return f"figur {head.removeprefix('fig-')}" if head.startswith("fig-") else "løpende tekst"


def _pipe(heads: list[str], rows: list[list[str]], widths: list[int]) -> str:
    table = [heads, ["-" * width for width in widths], *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in table)
