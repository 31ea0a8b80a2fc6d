"""Where the article contradicts itself, proved from its own printed numbers and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, sqrt
from pathlib import Path

import pandas as pd

from engine.words.numbers import nb_number

from .published import ARTICLE

STANDARD, SITUATIONAL, SPECIAL = "standard", "situasjonsbestemt", "spesielt_tilpasset"
POOLED = "standard_og_situasjonsbestemt"
GROUPS = {SITUATIONAL: (SITUATIONAL,), SPECIAL: (SPECIAL,), POOLED: (STANDARD, SITUATIONAL)}
# Categories of the regressions that merge several of table 1.
MERGED = {
    ("fodeland", "innvandrer_ikke_bosatt_eller_ukjent"): ("innvandrer_ikke_bosatt", "ukjent"),
    ("utdanning", "hoyere"): ("hoyere_inntil_4_ar", "hoyere_over_4_ar"),
    ("fylke", "ovrige_omrader_eller_ukjent"): ("ovrige_omrader", "ukjent"),
    ("varighet", "over_25_mnd"): ("26-37_mnd", "38-49_mnd", "over_49_mnd"),
}
# Quantiles of the normal distribution for one, two and three stars (10, 5 and 1 per cent).
NEEDED = {1: 1.645, 2: 1.960, 3: 2.576}
# Half of the last printed digit: of a share in per cent, and of a coefficient.
SHARE_HALF, COEFFICIENT_HALF = 0.5, 0.0005
TREATED = 59.0  # «i underkant av 60 prosent»
STANDARD_MEASURE = (0.0, 20.0)  # not printed


@dataclass(frozen=True)
class Article:
    """Printed numbers by id."""

    values: dict[str, float]
    stars: dict[str, str]

    def persons(self, groups: tuple[str, ...]) -> float:
        """Persons of some service groups in the three-month panel."""
        return sum(self.values[f"tbl-k1/{group}/antall"] for group in groups)

    def share(self, group: str, variable: str, category: str, measure_of_standard: float = 0.0) -> float:
        """Printed share in per cent of a category of the regressions."""
        special = {
            "medisinsk_behandling": TREATED, "standardinnsats": 100.0 * (group == STANDARD),
            "i_tiltak": measure_of_standard if group == STANDARD
            else self.values[f"fig-k4/{group}/aktivitet=arbeidsmarkedstiltak"],
        }  # fmt: skip
        if variable in special:
            return special[variable]
        parts = MERGED.get((variable, category), (category,))
        return sum(self.values[f"tbl-k1/{group}/{variable}={part}"] for part in parts)

    def mean(self, table: str, column: str, groups: tuple[str, ...] = (), measure_of_standard: float = 6.0) -> float:
        """Mean of a regression's outcome in per cent: a regression with a constant goes through the means."""
        groups = groups or GROUPS[column]
        total = self.values[f"{table}/{column}/konstant"]
        for identifier, value in self.values.items():
            start, _, category = identifier.partition("=")
            if not category or not start.startswith(f"{table}/{column}/"):
                continue
            variable = start.rpartition("/")[2]
            shares = [self.share(group, variable, category, measure_of_standard) for group in groups]
            weights = [self.persons((group,)) for group in groups]
            total += value * sum(s * w for s, w in zip(shares, weights, strict=True)) / (100 * sum(weights))
        return 100 * total

    def t_bound(self, identifier: str, reference: str, end: int = 1) -> float:
        """|t| of a printed coefficient whose dummy goes with no other term: the largest there can be.

        The variance of a dummy's coefficient is at least σ²(1/n + 1/n_reference), whatever the other terms are, with
        σ² = p(1 − p)(1 − R²). All printed numbers are taken at the ends of their rounding that make t large, or with
        `end` −1 at those that make it small.
        """
        table, column, what = identifier.split("/")
        variable, _, category = what.partition("=")
        size = [0.0, 0.0]
        for group in GROUPS[column]:
            persons = self.persons((group,))
            for at, name in enumerate((category, reference)):
                parts = len(MERGED.get((variable, name), (name,)))
                size[at] += persons * (self.share(group, variable, name) + end * parts * SHARE_HALF) / 100
        p = self.mean(table, column) / 100
        residual = p * (1 - p) * (1 - self.values[f"{table}/{column}/r2"] - end * COEFFICIENT_HALF)
        return (abs(self.values[identifier]) + end * COEFFICIENT_HALF) / sqrt(residual * (1 / size[0] + 1 / size[1]))


def read_article(folder: Path = ARTICLE.folder) -> Article:
    """Read the printed numbers."""
    table = pd.read_csv(folder / "values.csv", dtype=str, keep_default_na=False)
    printed = table[table["value"] != ""]
    values = {str(row["id"]): float(row["value"]) for row in printed.to_dict("records")}
    return Article(values, dict(zip(printed["id"], printed["significance"], strict=True)))


# Rows whose stars can't be what is printed, with their reference category.
STARRED = {
    "tbl-v4/situasjonsbestemt/utdanning=grunnskole": "videregaende",
    "tbl-v3/standard_og_situasjonsbestemt/fodeland=vest_europa_mv": "norge",
    "tbl-v3/standard_og_situasjonsbestemt/utdanning=hoyere": "videregaende",
    "tbl-v2/spesielt_tilpasset/fodeland=asia_afrika_amerika_mv": "norge",
    "tbl-v3/spesielt_tilpasset/utdanning=hoyere": "videregaende",
}


def needs_more(article: Article, identifier: str) -> bool:
    """Whether the printed stars need a larger t than the coefficient can have."""
    return article.t_bound(identifier, STARRED[identifier]) < NEEDED[len(article.stars[identifier])]


def inflation(article: Article, identifier: str) -> float:
    """How many times larger than its least possible value a variance must be for the coefficient to lose its stars."""
    lost = NEEDED[min(len(article.stars[identifier]) + 1, 3)]
    return (article.t_bound(identifier, STARRED[identifier], end=-1) / lost) ** 2


def proofs(article: Article) -> list[tuple[str, str, str]]:
    """What is printed, what the printed numbers give, and how to read it: in bokmål, every number computed."""
    low, high = (article.mean("tbl-v3", POOLED, measure_of_standard=share) for share in STANDARD_MEASURE)
    dialogue = (
        "«Rundt åtte av ti» bruker dialogen, med små forskjeller mellom gruppene",
        f"V3 og tabell 1 gir {_one(article.mean('tbl-v3', SPECIAL))} prosent i spesielt tilpasset innsats og "
        f"{_one(low)}–{_one(high)} i de to andre samlet",
        "Åtte av ti gjelder alle under ett, ikke spesielt tilpasset innsats",
    )
    meeting = {group: article.values[f"fig-k7/{group}/samtale_eller_mote"] for group in (STANDARD, SITUATIONAL)}
    both = article.persons((STANDARD, SITUATIONAL))
    mixed = sum(meeting[group] * article.persons((group,)) for group in meeting) / both
    caption = (
        "Overskriften til V4 nevner standardinnsats, kolonnen gjør det ikke",
        f"Med situasjonsbestemt innsats gir kolonnen {_one(article.mean('tbl-v4', SITUATIONAL))} prosent, "
        f"og teksten har {nb_number(meeting[SITUATIONAL])}; med standardinnsats i tillegg gir den "
        f"{_one(article.mean('tbl-v4', SITUATIONAL, (STANDARD, SITUATIONAL)))}, mens teksten gir {_one(mixed)}",
        "Kolonnen gjelder bare situasjonsbestemt innsats; overskriften er feil",
    )
    persons = article.persons((SPECIAL,))
    women, men = (article.values[f"tbl-k1/{SPECIAL}/kjonn={gender}"] for gender in ("kvinner", "menn"))
    least = [ceil(persons * (share - SHARE_HALF) / 100) for share in (women, men)]
    genders = (
        f"{nb_number(women)} prosent kvinner og {nb_number(men)} prosent menn i spesielt tilpasset innsats",
        f"Det krever minst {nb_number(least[0])} og {nb_number(least[1])} personer, {nb_number(sum(least))} i alt; "
        f"det er {nb_number(persons)}",
        "Én person for mye: Ett av tallene er avrundet feil",
    )
    parts = [article.values[f"fig-k5/spesielt_tilpasset_aap/{name}"]
             for name in ("medisinsk_og_arbeidsrettet", "kun_medisinsk", "kun_arbeidsrettet")]  # fmt: skip
    course = (
        "Andelene bare i behandling og bare i aktivitet sies å gjelde dem uten et parallelt løp",
        f"{' + '.join(nb_number(part) for part in parts)} = {nb_number(sum(parts))}",
        "Alle tre er andeler av alle mottakerne",
    )
    none = {group: article.values[f"fig-k3/{group}/aktivitet=ingen"] for group in (STANDARD, SITUATIONAL)}
    everyone = article.persons((STANDARD, SITUATIONAL, SPECIAL))
    without = none[STANDARD] * article.persons((STANDARD,)) + none[SITUATIONAL] * article.persons(
        (SITUATIONAL, SPECIAL)
    )
    heading = (
        "Overskriften sier at ti prosent står uten aktivitet",
        f"Med {nb_number(none[STANDARD])} prosent i standardinnsats blir det "
        f"{_one(without / everyone)} prosent av alle",
        "Ti prosent gjelder situasjonsbestemt og spesielt tilpasset innsats",
    )
    return [dialogue, caption, genders, course, heading, *(_star_proof(article, name) for name in STARRED)]


def _one(value: float) -> str:
    return nb_number(value, 1)


def _star_proof(article: Article, identifier: str) -> tuple[str, str, str]:
    table, column, what = identifier.split("/")
    printed = len(article.stars[identifier])
    many = needs_more(article, identifier)
    t = article.t_bound(identifier, STARRED[identifier], end=1 if many else -1)
    words = {SITUATIONAL: "situasjonsbestemt", SPECIAL: "spesielt tilpasset", POOLED: "standard- og situasjonsbestemt"}
    name = LABELS[what.partition("=")[2]]
    value = nb_number(article.values[identifier], 3)
    said = f"{table[4:].upper()}, {words[column]}, {name}: {value} med {COUNTS[printed]}"
    if many:
        return said, f"t er høyst {nb_number(t, 2)}; det trengs {nb_number(NEEDED[printed], 2)}", "For mange stjerner"
    times = nb_number(floor(inflation(article, identifier)))
    return (
        said,
        f"t er {nb_number(t, 1)} når kjennetegnet står for seg selv; "
        f"så få stjerner krever over {times} ganger så stor varians",
        "For få stjerner",
    )


COUNTS = {1: "én stjerne", 2: "to stjerner", 3: "tre stjerner"}
LABELS = {"grunnskole": "grunnskole", "vest_europa_mv": "Vest-Europa mv.", "hoyere": "høyere utdanning",
          "asia_afrika_amerika_mv": "Asia, Afrika, Amerika mv."}  # fmt: skip
