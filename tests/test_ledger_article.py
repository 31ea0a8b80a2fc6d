"""The article's rows, findings and contradictions."""

import pandas as pd
import pytest

from ledger.claims import PREDICATES, judge
from ledger.comparison import Ledger, check_claims, compare_values
from ledger.contradictions import STARRED, inflation, needs_more, proofs, read_article
from ledger.outcomes import HOLDS
from ledger.pages import all_rows_nb, stars_nb, write
from ledger.published import ARTICLE, REPORT, read_values
from ledger.stories import article_stories_nb
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


def holds(table, predicate, *arguments):
    return judge(predicate, table, list(arguments)).status == HOLDS


def test_predicates_on_coefficients():
    assert holds(TABLE, "raises", "b", "x") and not holds(TABLE, "raises", "b", "z")
    assert not holds(TABLE, "raises", "b", "y")
    assert holds(TABLE, "lowers", "b", "y") and not holds(TABLE, "lowers", "b", "x")
    assert holds(TABLE, "no_star", "b", "z") and not holds(TABLE, "no_star", "b", "x")
    assert holds(TABLE, "strongest", "x+y", "b") and not holds(TABLE, "strongest", "x+z", "b")
    assert holds(TABLE, "all_raise", "b", "fylke", "Viken") and not holds(TABLE, "all_raise", "b", "fylke", "Oslo")
    assert holds(TABLE, "some_star", "2", "b", "fylke") and not holds(TABLE, "some_star", "3", "b", "fylke")
    assert holds(TABLE, "widest_variable", "fylke", "b") and not holds(TABLE, "widest_variable", "x", "b")
    assert judge("raises", TABLE, ["b", "borte"]).status == "hidden"


def test_results_stand_when_signs_stars_and_sizes_do():
    names = ["1", "0.03", "alle", "bare", ""]
    both = pd.concat([TABLE.assign(sample="alle"), TABLE.assign(sample="bare")], ignore_index=True)
    assert holds(both, "results_stand", *names)
    for column, value in (("estimate", -0.3), ("estimate", 0.34), ("stars", "")):
        other = both.copy()
        other.loc[len(TABLE), column] = value
        assert not holds(other, "results_stand", *names)
        assert holds(other, "results_stand", "0.75", *names[1:])


def test_predicates_on_counts():
    table = frame(
        [{"wave": str(year), "measure": "count", "estimate": 100.0 + year - 2011} for year in range(2011, 2016)]
        + [{"wave": "2016", "measure": "count", "estimate": 110.0}]
    )
    assert holds(table, "steady", "2011", "2015", "2016", "count")
    assert not holds(table.replace({"estimate": {110.0: 105.0}}), "steady", "2011", "2015", "2016", "count")
    assert holds(table, "all_below", "111", "count") and not holds(table, "all_below", "110", "count")
    groups = frame([{"group": name, "measure": "count", "estimate": size} for name, size in (("x", 9.0), ("y", 5.0))])
    assert holds(groups, "top_count", "x", "count") and not holds(groups, "top_count", "y", "count")
    assert holds(groups, "bottom_count", "y", "count") and not holds(groups, "bottom_count", "x", "count")


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
    assert "| 0,010 | \\*\\*\\* | ingen |" in stars_nb(ledger) and ": 0,010 kan ha t" in stars_nb(ledger)
    assert "| Tabell V4: utdanningsnivå: grunnskole, situasjonsbestemt | 0,01 | 0,010 |" in all_rows_nb(ledger)
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
    told = article_stories_nb(Ledger(2024, pd.DataFrame(), pd.DataFrame({"status": []})))
    assert "35\u202f953" in told and "1,02" in told
