import pandas as pd
import pytest

from engine.errors import ReportError
from ledger.comparison import Ledger, check_claims, compare_values
from ledger.pages import CLAIMS, ROWS, all_rows_nb, claims_nb, counts_nb, downloads, findings_nb, missed_nb, write
from ledger.verdicts import AWAITS, CONTRADICTED, NOT_REPRODUCED, OUTSIDE, REPRODUCED, WITHIN, Finder, verdict

VALUES = """id,exhibit,chapter,wave,population,sector,group,category,measure,value,digits,significance,quote,note
a/1,fig-1,1,2024,v,all,all,Snitt,mean,76,0,,,
a/2,fig-1,1,2022,v,all,all,Snitt,mean,70,0,,,
a/3,fig-1,1,2024,v,all,all,Uten nøkkel,mean,1,0,,,
b/1,fig-2,1,2024,v,all,all,Annet,mean,1,0,,,
t/1,text,1,2024,v,all,all,Invitert,count,13800,0,,,[approx]
t/2,text,1,2024,v,all,all,Feil,count,947,0,,,
"""
KEYS = """id,exhibit,wave,population,group,sector,category,measure
a/1,fig-1,2024,,totalt,,,mean
a/2,fig-1,2022,,totalt,,,mean
t/1,text,2024,,,,Invitert,count
"""
VERDICTS = "id,status,reason,reason_nb\nt/2,contradicted in print,adds up to too much,for mye\n"
FINDINGS = """id,exhibit,statement_nb,strength,predicate,arguments
fig-1/01,fig-1,Opp,clear,rises,2022; 2024; totalt
fig-1/02,fig-1,Ned,clear,falls,2022; 2024; totalt
fig-9/01,fig-9,Borte,clear,rises,2022; 2024; totalt
"""


def table(rows):
    keys = {"wave": "", "population": "", "group": "", "sector": "", "category": "", "measure": "mean"}
    keys |= {"standard_error": 1.0, "ci_low": 0.0, "ci_high": 0.0, "n": 20.0}
    return pd.DataFrame([{**keys, **row} for row in rows])


@pytest.fixture
def folder(tmp_path):
    for name, text in (("values", VALUES), ("keys", KEYS), ("verdicts", VERDICTS), ("claims", FINDINGS)):
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def estimates():
    figure = table(
        [{"wave": "2024", "group": "totalt", "estimate": 75.5}, {"wave": "2022", "group": "totalt", "estimate": 69.4}]
    )
    text = table([{"wave": "2024", "category": "Invitert", "measure": "count", "estimate": 13849.0}])
    return {"fig-1": figure, "text": text}


def test_every_row_gets_its_verdict(folder, estimates):
    found = compare_values(estimates, [2022, 2024], folder).set_index("id")
    assert found["status"].to_dict() == {
        "a/1": REPRODUCED, "a/2": NOT_REPRODUCED, "a/3": NOT_REPRODUCED, "b/1": AWAITS, "t/1": WITHIN,
        "t/2": CONTRADICTED,
    }  # fmt: skip
    assert found.loc["a/1", "recomputed"] == 75.5
    assert found.loc["t/2", "reason_nb"] == "for mye"


def test_a_wave_that_the_edition_lacks_is_outside(folder, estimates):
    found = compare_values(estimates, [2024], folder).set_index("id")
    assert found.loc["a/2", "status"] == OUTSIDE


def test_an_id_that_no_row_has_is_refused(folder, estimates):
    (folder / "keys.csv").write_text(KEYS + "x/9,fig-1,2024,,totalt,,,mean\n", encoding="utf-8")
    with pytest.raises(ReportError, match="x/9"):
        compare_values(estimates, [2024], folder)


@pytest.mark.parametrize(
    ("published", "digits", "note", "recomputed", "status"),
    [
        ("76", 0, "", 75.5, REPRODUCED),
        ("76", 0, "", 76.49999, REPRODUCED),
        ("76", 0, "", 76.5, NOT_REPRODUCED),
        ("-0.27", 2, "", -0.265, REPRODUCED),
        ("3.5", 1, "[approx]", 3.55, WITHIN),
        ("3.5", 1, "[approx]", 3.56, NOT_REPRODUCED),
        ("80", 0, "[approx]", 84.9, WITHIN),
        ("80", 0, "[approx]", 85.1, NOT_REPRODUCED),
        ("13800", 0, "[approx]", 13851.0, NOT_REPRODUCED),
        ("1", 0, "", None, NOT_REPRODUCED),
        ("1", 0, "", float("nan"), NOT_REPRODUCED),
    ],
)
def test_verdict(published, digits, note, recomputed, status):
    assert verdict(published, digits, note, recomputed)[0] == status


@pytest.mark.parametrize(
    ("published", "digits", "note", "recomputed", "rule", "status"),
    [
        ("33", 0, "[approx]", 29.0, "worded", WITHIN),
        ("33", 0, "[approx]", 27.9, "worded", NOT_REPRODUCED),
        ("33", 0, "[approx]", 29.0, "", NOT_REPRODUCED),
        ("58000", 0, "[lower_bound]", 58700.0, "", WITHIN),
        ("58000", 0, "[lower_bound]", 57990.0, "", NOT_REPRODUCED),
        ("58000", 0, "[lower_bound]", 59001.0, "", NOT_REPRODUCED),
        ("1200", 0, "[approx] [upper_bound]", 1160.0, "", WITHIN),
        ("1200", 0, "[approx] [upper_bound]", 1201.0, "", NOT_REPRODUCED),
        ("-0.00", 2, "", -0.001, "", REPRODUCED),
        ("-0.00", 2, "", 0.001, "", NOT_REPRODUCED),
        ("0", 2, "", 0.004, "", REPRODUCED),
        ("0", 2, "", 0.4, "", NOT_REPRODUCED),
    ],
)
def test_verdict_of_statements_and_zeros(published, digits, note, recomputed, rule, status):
    assert verdict(published, digits, note, recomputed, rule)[0] == status


KEY = {"exhibit": "f", "wave": "", "population": "", "group": "", "sector": "", "category": "", "measure": ""}


@pytest.mark.parametrize(
    ("key", "number"),
    [
        ({"wave": "2022>2024", "group": "a"}, 4.0),
        ({"wave": "2024", "rule": "lowest"}, 5.0),
        ({"wave": "2024", "rule": "highest"}, 9.0),
        ({"wave": "2024", "rule": "each"}, 9.0),
        ({"wave": "2024", "rule": "any"}, 5.0),
        ({"wave": "2024"}, None),
        ({"wave": "2024", "group": "a", "column": "standard_error"}, 1.0),
        ({"wave": "2024", "x": "last"}, 9.0),
        ({"wave": "2024", "x": "first"}, 5.0),
        ({"group": "z"}, None),
        ({"wave": "2022>2024", "group": "z"}, None),
        ({"exhibit": "g"}, None),
    ],
)
def test_finding_a_number(key, number):
    rows = [("2022", "a", 1.0, 0.0), ("2024", "a", 5.0, 1.0), ("2024", "b", 9.0, 2.0)]
    finder = Finder({"f": table([{"wave": w, "group": g, "estimate": e, "x": x} for w, g, e, x in rows])})
    assert finder.number(KEY | key, "6") == number
    assert finder.stars(KEY | key) is None


def test_stars_are_counted_where_print_can_be_read(folder, estimates):
    estimates["fig-1"]["stars"] = ["***", ""]
    text = VALUES.replace("76,0,,,", "76,0,***,,").replace("70,0,,,", "70,0,**,,").replace(",fig-1,", ",tbl-1,")
    (folder / "values.csv").write_text(text, encoding="utf-8")
    values = compare_values(estimates, [2022, 2024], folder)
    assert Ledger(2024, values, pd.DataFrame()).stars == (1, 2)
    (folder / "values.csv").write_text(text.replace("70,0,**,,", "70,0,**,,[stars_lost]"), encoding="utf-8")
    assert Ledger(2024, compare_values(estimates, [2022, 2024], folder), pd.DataFrame()).stars == (1, 1)
    # A coefficient that the text tells has no stars in print, and none to disagree with.
    (folder / "values.csv").write_text(text.replace("a/2,tbl-1", "a/2,fig-1"), encoding="utf-8")
    assert Ledger(2024, compare_values(estimates, [2022, 2024], folder), pd.DataFrame()).stars == (1, 1)


def test_a_number_that_comes_back_is_reproduced_whatever_print_says(folder, estimates):
    more = "".join(f"a/{row},contradicted in print,why,hvorfor\n" for row in (1, 2))
    (folder / "verdicts.csv").write_text(VERDICTS + more, encoding="utf-8")
    found = compare_values(estimates, [2022, 2024], folder).set_index("id")
    assert (found.loc["a/1", "status"], found.loc["a/2", "status"]) == (REPRODUCED, CONTRADICTED)
    assert found.loc["a/2", "recomputed"] == 69.4


def test_a_claim_that_print_contradicts_is_not_tried(folder, estimates):
    text = FINDINGS.replace("arguments\n", "arguments,contradicted_by\n")
    text = text.replace("falls,2022; 2024; totalt", "falls,2022; 2024; totalt,hvorfor")
    (folder / "claims.csv").write_text(text, encoding="utf-8")
    assert list(check_claims(estimates, [2022, 2024], folder)["status"]) == ["holds", CONTRADICTED, AWAITS]


def test_of_what_is_not_there_nothing_is_said(folder, estimates):
    text = FINDINGS.replace("2022; 2024; totalt\nfig-9", "2022; 2024; Oslo\nfig-9")
    (folder / "claims.csv").write_text(text, encoding="utf-8")
    assert list(check_claims(estimates, [2022, 2024], folder)["status"])[1] == "hidden"


def test_claims_hold_fail_or_wait(folder, estimates):
    assert list(check_claims(estimates, [2022, 2024], folder)["status"]) == ["holds", "fails", AWAITS]
    assert list(check_claims(estimates, [2024], folder)["status"]) == [OUTSIDE, OUTSIDE, AWAITS]


@pytest.fixture
def ledger(folder, estimates):
    waves = [2022, 2024]
    values, claims = compare_values(estimates, waves, folder), check_claims(estimates, waves, folder)
    return Ledger(2024, values.assign(source="rapport"), claims.assign(source="rapport"))


def test_counts(ledger):
    assert list(ledger.unexplained["id"]) == ["a/2", "a/3"]
    assert list(ledger.failed_claims["id"]) == ["fig-1/02"]
    assert (ledger.compared, ledger.tried, ledger.held) == (5, 2, 1)
    assert ledger.summary().loc["fig-1", REPRODUCED] == 1
    assert "fig-2" not in ledger.summary().index


def test_texts(ledger):
    assert "a/2" in write(ledger, "md") and "a/1" not in write(ledger, "md")
    assert write(ledger, "csv", everything=True).count("\n") == 7
    assert "<table" in write(ledger, "html")
    assert "| Figur 1: Snitt, 2024 | 76 | 75,5 | gjenskapt |" in all_rows_nb(ledger)
    assert "Figur 1: Snitt, 2022 | 70 | 69,4 |" in missed_nb(ledger) and "75,5" not in missed_nb(ledger)
    assert "- Figur 1: Ned" in claims_nb(ledger).split(":::")[0] and "- Figur 1: Opp" not in claims_nb(ledger)
    assert "| klar forskjell | 1 | 1 |" in findings_nb(ledger)
    assert "Motsagt på trykk" in counts_nb(ledger) and "| Tekst |" in counts_nb(ledger)


def test_numbers_stand_to_the_right_and_counts_have_no_decimals(ledger):
    rule = all_rows_nb(ledger).splitlines()[2]
    assert [cell.strip("- ") for cell in rule.split("|")[1:-1]] == [":", ":", ":", ":"]
    assert [cell.strip().endswith(":") for cell in rule.split("|")[1:-1]] == [False, True, True, False]
    assert "13\u202f849 |" in all_rows_nb(ledger) and ",0 |" not in all_rows_nb(ledger)


def test_downloads_hold_every_row_and_say_what_data_they_rest_on(ledger):
    files = downloads(ledger, "synthetic")
    assert files[ROWS].count("\n") == 1 + len(ledger.values) and files[CLAIMS].count("\n") == 1 + len(ledger.claims)
    assert all(line.endswith(",synthetic") for text in files.values() for line in text.splitlines()[1:])


def test_no_sign_of_the_files_reaches_a_reader(ledger):
    ledger.values["category"] = "Ledelsen ~ Tid | erfaring + mer"
    told = all_rows_nb(ledger)
    assert "Ledelsen – Tid, erfaring og mer" in told and "~" not in told and "\\|" not in told


def test_names_of_a_key_are_values_of_different_columns_whatever_these_are_called() -> None:
    rows = [("totalt", "A"), ("totalt", "totalt"), ("unge", "totalt")]
    finder = Finder({"f": pd.DataFrame([
        {"age_group_followed": age, "item": item, "population": "", "measure": "mean", "estimate": float(at)}
        for at, (age, item) in enumerate(rows)])})  # fmt: skip
    assert finder.number({**KEY, "group": "totalt", "category": "totalt"}, "0") == 1.0
    assert finder.number({**KEY, "group": "totalt", "category": "A"}, "0") == 0.0
    assert finder.number({**KEY, "category": "totalt"}, "0") is None
