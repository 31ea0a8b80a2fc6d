"""The published rows: each has one class, each key and claim speaks of an exhibit that one chapter makes."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal

import pandas as pd
import pytest

from ledger.claims import PREDICATES
from ledger.comparison import PUBLISHED
from ledger.pages import BESIDE
from ledger.verdicts import CONTRADICTED, KEY_COLUMNS, MISREAD, NOT_ESTIMATE, RULES, STEP
from press.project import Project

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
    assert set(claims["predicate"]) <= set(PREDICATES)
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
