"""The article's rows, findings and contradictions."""

import pandas as pd
import pytest

from ledger.claims import PREDICATES, all_below, all_raise, steady, strongest
from ledger.comparison import Ledger, check_claims, compare_values
from ledger.contradictions import STARRED, contradictions_nb, inflation, needs_more, proofs, read_article
from ledger.pages import rows_nb, stars_nb, write
from ledger.published import ARTICLE, REPORT, read_values
from ledger.verdicts import KEY_COLUMNS, NOT_ESTIMATE, RULES, Finder


def read(name):
    return pd.read_csv(ARTICLE.folder / f"{name}.csv", dtype=str, keep_default_na=False)


def test_every_row_has_a_key_or_a_verdict():
    values, keys, verdicts = read("values"), read("keys"), read("verdicts")
    assert len(values) == 532 and values["id"].is_unique and keys["id"].is_unique and verdicts["id"].is_unique
    assert set(values["id"]) == set(keys["id"]) | set(verdicts["id"])
    assert set(keys["rule"]) <= set(RULES)
    assert (verdicts[["reason", "reason_nb"]] != "").all().all()


def test_reference_rows_have_no_number_and_no_key():
    values, keys = read("values"), read("keys")
    references = values[values["is_reference"] == "true"]
    assert (references["value"] == "").all() and not set(references["id"]) & set(keys["id"])
    verdicts = read("verdicts").set_index("id")["status"]
    assert set(verdicts[references["id"]]) == {NOT_ESTIMATE}


def test_every_claim_has_a_predicate_and_contradictions_have_a_proof():
    claims = read("claims")
    assert claims["id"].is_unique and set(claims["predicate"]) <= set(PREDICATES)
    contradicted = claims["contradicted_by"] != ""
    assert (claims.loc[contradicted, "proof_nb"] != "").all() and contradicted.sum() == 9


def test_the_articles_columns_become_the_reports():
    values = read_values(ARTICLE.folder).set_index("id")
    assert list(read_values(REPORT.folder)) == ["id", *values.columns]
    assert set(values["wave"]) == {""}
    assert "[approx]" in values.loc["fig-k6/all/digital_dialog", "note"]
    assert "[lower_bound]" in values.loc["fig-k3/standard/aktivitet=arbeidsrettet", "note"]
    assert "[upper_bound]" in values.loc["fig-k4/spesielt_tilpasset/aktivitet=medisinsk_behandling", "note"]


def frame(rows):
    keys = {**dict.fromkeys(KEY_COLUMNS, ""), "measure": "coef", "standard_error": 0.01, "ci_low": 0.0, "ci_high": 0.0}
    return pd.DataFrame([{**keys, "n": 50.0, "p_value": 0.001, "stars": "***", **row} for row in rows])


TABLE = frame([
    {"outcome": "b", "term": "x", "estimate": 0.3}, {"outcome": "b", "term": "y", "estimate": -0.2},
    {"outcome": "b", "term": "z", "estimate": 0.01, "p_value": 0.5, "stars": ""},
    {"outcome": "b", "term": "fylke: Oslo", "estimate": 0.4},
    {"outcome": "b", "term": "fylke: Viken", "estimate": -0.4},
])  # fmt: skip


def test_predicates_on_coefficients():
    raises, lowers, no_star = (PREDICATES[name] for name in ("raises", "lowers", "no_star"))
    assert raises(TABLE, "b", "x") and not raises(TABLE, "b", "z") and not raises(TABLE, "b", "y")
    assert lowers(TABLE, "b", "y") and not lowers(TABLE, "b", "x")
    assert no_star(TABLE, "b", "z") and not no_star(TABLE, "b", "x")
    assert strongest(TABLE, "x+y", "b") and not strongest(TABLE, "x+z", "b")
    assert all_raise(TABLE, "b", "fylke", "Viken") and not all_raise(TABLE, "b", "fylke", "Oslo")
    with pytest.raises(KeyError):
        raises(TABLE, "b", "borte")


def test_predicates_on_counts():
    table = frame(
        [{"wave": str(year), "measure": "count", "estimate": 100.0 + year - 2011} for year in range(2011, 2016)]
    )
    assert steady(table, "2011", "2015", "5", "count") and not steady(table, "2011", "2015", "3", "count")
    assert (
        all_below(table, "105", "count") and not all_below(table, "104", "count") and not all_below(table, "1", "share")
    )


def test_a_key_may_be_a_sum():
    finder = Finder({"f": TABLE.assign(estimate=TABLE["estimate"].astype(float))})
    key = {"exhibit": "f", **dict.fromkeys(KEY_COLUMNS, ""), "group": "x + y"}
    assert finder.number(key, "0") == pytest.approx(0.1)
    assert finder.number({**key, "group": "x + borte"}, "0") is None


def test_contradicted_stars_are_told_but_the_number_stands():
    estimates = {"tbl-v4": frame([{"outcome": "situasjonsbestemt innsats", "term": "utdanningsnivå: grunnskole",
                                   "estimate": 0.0102, "stars": ""}])}  # fmt: skip
    years = list(range(2000, 2100))
    values = compare_values(estimates, years, ARTICLE.folder).assign(source="kalsto")
    row = values.set_index("id").loc["tbl-v4/situasjonsbestemt/utdanning=grunnskole"]
    assert (row["status"], row["stars_doubtful"]) == ("reproduced", True)
    claims = check_claims(estimates, years, ARTICLE.folder).assign(source="kalsto")
    ledger = Ledger(2024, values, claims)
    assert "| 0,010 | \\*\\*\\* | ingen | 0,010 kan ha t" in stars_nb(ledger)
    assert "| Tabell V4 | utdanningsnivå: grunnskole, situasjonsbestemt | 0,01 | 0,010 |" in rows_nb(ledger)
    assert "## kalsto" in write(ledger, "md") and "## rapport" not in write(ledger, "md")


def test_proofs_come_from_print_alone():
    article = read_article()
    assert article.mean("tbl-v3", "spesielt_tilpasset") == pytest.approx(73.6, abs=0.1)
    assert article.mean("tbl-v3", "standard_og_situasjonsbestemt") == pytest.approx(82.7, abs=0.2)
    assert article.mean("tbl-v4", "situasjonsbestemt") == pytest.approx(36.5, abs=0.1)
    assert article.mean("tbl-v4", "situasjonsbestemt", ("standard", "situasjonsbestemt")) == pytest.approx(
        32.2, abs=0.3
    )
    many = {identifier: needs_more(article, identifier) for identifier in STARRED}
    assert sum(many.values()) == 3
    assert all(inflation(article, identifier) > 3 for identifier, more in many.items() if not more)
    assert len(proofs(article)) == 5 + len(STARRED)
    assert "35\u202f953" in contradictions_nb() and "1,02" in contradictions_nb()
