"""The published rows: each has one class, each key and claim speaks of an exhibit that one chapter makes."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal

import pandas as pd
import pytest

from ledger.claims import STRENGTHS
from ledger.comparison import PUBLISHED, by_id
from ledger.labels import BESIDE
from ledger.published import SOURCES
from ledger.stories import printed_numbers, total_column
from ledger.verdicts import CONTRADICTED, KEY_COLUMNS, MISREAD, NOT_ESTIMATE, RULES, STEP
from press.project import Project

# Predicates that allow something: what, and why, stands beside the claim.
LIMITED = {"at_least", "all_below", "all_within", "small_spread", "sum_at_least", "prints_alike", "correlated",
           "steady", "same_order", "mostly_above", "mostly_lower", "groups_alike", "groups_alike_in", "nearer",
           "about_alike", "about_unchanged", "none_changed", "none_rose", "associated", "several_negative",
           "some_star", "widest_variable", "results_stand", "curve_above"}  # fmt: skip
MADE = re.compile(r'\b(?:exhibit|supplement)\("([a-z0-9+-]+)"')


def read(name):
    return pd.read_csv(PUBLISHED / f"{name}.csv", dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def made():
    """Exhibits and numbers in the text, as the chapters' cells name them, and how often."""
    return Counter(name for chapter in Project().chapters for name in MADE.findall(chapter.text))


def test_each_published_row_has_one_class():
    values, keys, verdicts = read("values"), read("keys"), read("verdicts")
    assert len(values) == 708 and values["id"].is_unique and keys["id"].is_unique and verdicts["id"].is_unique
    judged = verdicts.set_index("id")["status"]
    without = set(judged[judged == NOT_ESTIMATE].index)
    assert not set(values["id"]) - set(keys["id"]) - set(judged.index)
    assert not without & set(keys["id"])
    assert set(judged) == {NOT_ESTIMATE, CONTRADICTED, MISREAD}
    assert (verdicts[["reason", "reason_nb"]] != "").all(axis=None)
    assert not (values.set_index("id").loc[keys["id"], "value"] == "").any()


def test_keys_follow_the_rules(made):
    keys, values = read("keys"), read("values").set_index("id")
    assert set(keys["rule"]) <= set(RULES) and set(keys["x"]) <= {"", "first", "last"}
    stricter = keys[keys["digits"] != ""]
    assert all(int(row.digits) >= int(values.loc[row.id, "digits"]) for row in stricter.itertuples())
    assert not set(keys["exhibit"]) - set(made)
    steps = keys[keys[KEY_COLUMNS].apply(lambda column: column.str.contains(STEP)).any(axis=1)]
    assert len(steps) == 3


def test_claims_follow_the_rules(made):
    claims = read("claims")
    assert len(claims) >= 150 and claims["id"].is_unique and (claims["statement_nb"] != "").all()
    assert not set(claims["exhibit"]) - set(made)
    described = read("exhibits").set_index("id")["described_findings_nb"]
    assert not set(described[described != ""].index) - set(claims["exhibit"].str.rstrip(BESIDE))


def test_every_published_exhibit_is_made_once(made):
    assert {name: times for name, times in made.items() if times > 1} == {}
    pictures = [name for name in read("exhibits")["id"] if not name.startswith("text")]
    assert not set(pictures) - set(made)


def test_a_contradiction_of_table_2_is_what_the_printed_numbers_say():
    """The reason of a verdict, worked out again: age columns times printed numbers of persons."""
    values = read("values").set_index("id")["value"]
    persons = {"unge": 872, "over30": 1394, "begge": 1635}
    verdicts = read("verdicts")
    rows = verdicts[verdicts["id"].str.startswith("tbl-2/") & verdicts["reason"].str.startswith("Age columns")]
    assert len(rows) == 14
    for name in rows["id"].str.removesuffix("all"):
        mean = sum(Decimal(values[name + group]) * count for group, count in persons.items()) / 3901
        assert abs(mean - Decimal(values[name + "all"])) >= 1
    # All of them, and no other: a total that the columns can give is no contradiction, whatever the twin makes of it.
    assert set(rows["id"]) == {f"{row}/all" for row in total_column(printed_numbers())}


SOURCES_OF_FINDINGS = pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)


@SOURCES_OF_FINDINGS
def test_a_claim_is_as_strong_as_its_sentence_and_a_limit_has_a_reason(source):
    claims = by_id(source.folder / "claims.csv")
    findings = by_id(source.folder / "findings.csv")
    for claim in claims.values():
        assert claim["predicate"] in STRENGTHS[claim["strength"]], claim["id"]
        assert claim["finding"] in findings and claim["populations_nb"], claim["id"]
        assert claim["limit_nb"] or claim["predicate"] not in LIMITED, claim["id"]
    used = {claim["predicate"] for source in SOURCES for claim in by_id(source.folder / "claims.csv").values()}
    assert used == {name for predicates in STRENGTHS.values() for name in predicates}


@SOURCES_OF_FINDINGS
def test_every_finding_is_tried_or_says_why_not(source):
    claims = by_id(source.folder / "claims.csv")
    for finding in by_id(source.folder / "findings.csv").values():
        names = finding["claims"].split()
        assert set(names) <= set(claims), finding["id"]
        assert bool(names or finding["numbers"]) is not bool(finding["left_out"]), finding["id"]
        strengths = {claims[name]["strength"] for name in names}
        assert not names or finding["strength"] in strengths, finding["id"]
    named = {name for finding in by_id(source.folder / "findings.csv").values() for name in finding["claims"].split()}
    assert named == set(claims)
