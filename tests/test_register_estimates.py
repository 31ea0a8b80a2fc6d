"""Shares of a full count, regressions from cells, robustness, words."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from fake_register import expected_persons, fake_tables, store_register

from engine.disclosure.secondary import settle_categories
from engine.estimates.cells import CLUSTERED, ROBUST
from engine.estimates.models import stars
from engine.exhibits.exhibit import exhibit
from engine.register.flow import sample_flow
from engine.register.register import open_register
from engine.register.regressions import (
    SPECIFICATIONS,
    STARS,
    V1,
    V3,
    fit,
    make_design,
    register_regression,
    register_regressions,
)
from engine.register.robustness import (
    absorbed,
    average_marginal_effects,
    conclusions,
    recipients_only,
    state_benefit_only,
)
from engine.register.shares import (
    register_by,
    register_count,
    register_dialogues,
    register_older,
    register_series,
    register_share,
)
from engine.table import rows
from engine.words.effects import kept
from engine.words.lookup import nb
from engine.words.orders import highest, spread
from engine.words.phrases import compare
from engine.words.trends import trend

GROUPS = {1: "standardinnsats", 2: "situasjonsbestemt innsats", 3: "spesielt tilpasset innsats"}


@pytest.fixture(scope="module")
def tables():
    return fake_tables(5000, seed=3)


@pytest.fixture(scope="module")
def register(tables, tmp_path_factory):
    root = tmp_path_factory.mktemp("register")
    store_register(root, tables)
    return open_register(root)


@pytest.fixture(scope="module")
def persons(tables):
    return expected_persons(tables)


def test_shares_are_those_of_the_persons(register, persons):
    table = register_share(register, "partial_work", total=True).set_index("service_group")["estimate"]
    for code, name in GROUPS.items():
        assert table[name] == pytest.approx(100 * persons[persons["service_group"] == code]["partial_work"].mean())
    assert table["totalt"] == pytest.approx(100 * persons["partial_work"].mean())


def test_shares_of_a_categorical_variable_add_up_and_have_no_interval(register):
    table = register_share(register, ["gender", "activity"])
    sums = table.groupby(["service_group", "variable"])["estimate"].sum()
    assert np.allclose(sums, 100)
    assert table[["standard_error", "ci_low", "ci_high"]].isna().all().all()
    assert set(table["n"]) == set(register_count(register)["estimate"])


def test_within_and_by_restrict_the_persons(register, persons):
    chosen = persons[persons["medical_treatment"] == 1]
    table = register_count(register, within={"medical_treatment": 1}, total=True, among="i behandling")
    assert table.set_index("service_group")["estimate"]["totalt"] == len(chosen)
    assert table["population"].iloc[0].startswith("i behandling, under 30 år")
    by = register_by(register, "has_children", "gender")
    assert [name.partition(",")[0] for name in by["population"].unique()] == ["kvinner", "menn"]


def hidden(counts: np.ndarray, whole: float) -> list[bool]:
    return [reason != "" for reason in settle_categories(counts, whole, 10)]


def test_a_small_numerator_is_hidden_and_not_given_back():
    assert hidden(np.array([500.0, 4.0, 40.0]), 544) == [False, True, True]
    # What is hidden together would follow, too: 9 persons.
    assert hidden(np.array([500.0, 4.0, 5.0]), 509) == [True, True, True]
    assert hidden(np.array([500.0, 4.0, 6.0]), 510) == [False, True, True]
    assert hidden(np.array([500.0, 0.0]), 500) == [False, False]
    assert hidden(np.array([4.0]), 500) == [True]
    assert hidden(np.array([496.0]), 500) == [True]
    assert hidden(np.array([5.0]), 7) == [True]
    assert hidden(np.array([40.0]), 80) == [False]


def test_series_has_shares_and_numbers_of_each_february(register):
    table = register_series(register)
    counts = table[table["measure"] == "count"].set_index(["wave", "service_group"])["estimate"]
    february = register_count(register, sample="february", total=True).set_index("service_group")["estimate"]
    for name in [*GROUPS.values(), "totalt"]:
        assert counts[2021, name] == february[name]
    shares = table[table["measure"] == "share_pct"].set_index(["wave", "service_group"])["estimate"]
    assert shares[2020, "totalt"] == pytest.approx(100 * counts[2020, "totalt"] / 3100)
    assert register_older(register).set_index("wave")["estimate"][2021] == pytest.approx(100 * 900 / 9200)


def test_dialogues_are_counted_once_each(register, tables, persons):
    contact = tables["contact"]
    inside = pd.Series(False, index=contact.index)
    for first, last in (("2021-01-30", "2021-02-28"), ("2021-03-02", "2021-03-31"), ("2021-04-01", "2021-04-30")):
        inside |= pd.to_datetime(contact["contact_date"]).between(first, last)
    own = contact[inside & (contact["contact_type"] == 3) & contact["person_id"].isin(persons["person_id"])]
    table = register_dialogues(register).set_index("value")
    assert table.loc["startet av veileder", "estimate"] == pytest.approx(100 * own["opened_by"].mean())
    assert table.loc["svartid i døgn", "estimate"] == pytest.approx(own["reply_days"].mean())


@pytest.mark.parametrize("identifier", SPECIFICATIONS)
def test_cells_are_the_persons(register, identifier):
    """Persons counted cell by cell are those of the sample, with the outcomes that they have."""
    for column in SPECIFICATIONS[identifier].columns:
        design = make_design(register, SPECIFICATIONS[identifier], column)
        people = register._engine.collect(register._samples["panel"])
        people = people[people["service_group"].isin(column.groups)]
        assert (design.total, design.positive.sum()) == (len(people), people[SPECIFICATIONS[identifier].outcome].sum())
        matrix, outcome, county = design.each()
        assert matrix.shape == (len(people), design.matrix.shape[1])
        by_county = people.groupby("county_merged")[SPECIFICATIONS[identifier].outcome].sum()
        assert np.bincount(county, outcome)[by_county.index].tolist() == by_county.tolist()


def test_the_articles_tables_have_its_rows(register):
    rows = {name: register_regression(register, name) for name in SPECIFICATIONS}
    for table in rows.values():
        assert table["outcome"].nunique() == 2
        assert table.set_index(["outcome", "term"]).index.is_unique
    first = {
        name: set(table.loc[table["outcome"] != "spesielt tilpasset innsats", "term"]) for name, table in rows.items()
    }
    second = {
        name: set(table.loc[table["outcome"] == "spesielt tilpasset innsats", "term"]) for name, table in rows.items()
    }
    partly, treated, measure = "delvis ledige og delvis permitterte", "medisinsk behandling", "arbeidsmarkedstiltak"
    assert [name for name in rows if partly in first[name]] == ["tbl-v1", "tbl-v3", "tbl-v4"]
    assert [name for name in rows if treated in second[name]] == ["tbl-v1", "tbl-v3", "tbl-v4"]
    assert [name for name in rows if measure in first[name] & second[name]] == ["tbl-v3", "tbl-v4"]
    assert [name for name in rows if "standardinnsats" in first[name]] == ["tbl-v3"]
    assert rows["tbl-v3"]["outcome"].iloc[0] == "standard- og situasjonsbestemt innsats"
    assert rows["tbl-v4"]["outcome"].iloc[0] == "situasjonsbestemt innsats"
    bases = rows["tbl-v1"][rows["tbl-v1"]["measure"] == "base"]["term"]
    assert set(bases) == {"kjønn: menn", "alder: 20–24 år", "fødeland: Norge", "utdanningsnivå: videregående utdanning",
                          "fylke: Oslo", "varighet: 6–13 måneder"}  # fmt: skip


def test_a_term_stands_at_the_same_place_in_both_columns(register):
    table = register_regression(register, "tbl-v1")
    order = list(dict.fromkeys(table["term"]))
    durations = [label for label in order if label.startswith("varighet")]
    places = [order.index(label) for label in durations]
    assert places == list(range(places[0], places[0] + len(places)))
    assert durations.index("varighet: 14–25 måneder") + 1 == durations.index("varighet: over 25 måneder")


@pytest.mark.parametrize(("p", "text"), [(0.009, "***"), (0.01, "**"), (0.049, "**"), (0.05, "*"), (0.1, "")])
def test_stars_at_one_five_and_ten_per_cent(p, text):
    assert stars(p, STARS) == text


def test_absorbed_counties_give_the_same_coefficients(register):
    design = make_design(register, V1, V1.columns[1])
    found, full = absorbed(design), fit(design)
    places = {row.label: row.place for row in design.rows if row.place is not None}
    assert not any(label.startswith("fylke") for label in found.design.labels)
    for label, value in zip(found.design.labels, found.params, strict=True):
        assert value == pytest.approx(full.params[places[label]], abs=1e-10)


def test_marginal_effects_of_dummies_equal_statsmodels(register):
    design = make_design(register, V1, V1.columns[1])
    matrix, outcome, _ = design.each()
    # statsmodels moves one dummy at a time; only those that are alone in their variable are the same thing.
    alone = [places[0] for places in design.places.values() if len(places) == 1]
    theirs = sm.Logit(outcome, matrix).fit(disp=0, method="newton", maxiter=200).get_margeff(dummy=True, at="overall")
    ours = average_marginal_effects(design)
    labels = {row.place: row.label for row in design.rows}
    assert len(alone) >= 4
    for place in alone:
        assert ours.estimates[labels[place]] == pytest.approx(theirs.margeff[place - 1], rel=1e-6)
        assert ours.p_values[labels[place]] == pytest.approx(theirs.pvalues[place - 1], rel=1e-4)


def test_clustered_errors_differ_from_classical_and_estimates_do_not(register):
    design = make_design(register, V3, V3.columns[0])
    one, other = fit(design), fit(design, CLUSTERED)
    assert (one.params == other.params).all()
    assert np.abs(one.errors / other.errors - 1).max() > 0.05
    assert np.abs(fit(design, ROBUST).errors / one.errors - 1).max() < 0.2


def test_conclusions_are_counted_by_variant(register):
    table = conclusions(register)
    stands, of = (table[table["measure"] == name]["estimate"].to_numpy() for name in ("conclusions", "conclusions_of"))
    assert len(of) and (stands <= of).all()
    # Coefficients are no persons: publishing reads `n` as persons, and few of them as a disclosure.
    assert table["n"].isna().all()
    assert kept(table, "fylkene").split(" av ")[0] == kept(table, "fylkene").split(" av ")[1]
    assert nb(rows(table, "fylkene", "moved_points")["estimate"].max(), digits=1) == "0,0"
    assert table.groupby("variant")["model"].nunique()["bare mottakere av arbeidsavklaringspenger"] == 4


def test_recipients_only_has_no_term_of_what_all_have(register):
    table = recipients_only(register, "tbl-v1")
    recipients = table[table["sample"] != "alle"]
    assert "arbeidsavklaringspenger" in set(table["term"]) - set(recipients["term"])
    assert recipients["n"].max() < table[table["sample"] == "alle"]["n"].max()


def test_state_benefit_only_holds_all_columns_each_with_those_who_have_one_and_with_all(register):
    table = state_benefit_only(register)
    assert table["population"].nunique() == 8 and set(table["measure"]) == {"coef"}
    for _, column in table.groupby("population"):
        everyone, some = (column[column["sample"] == name] for name in ("alle", "bare mottakere av statlig ytelse"))
        assert set(some["term"]) <= set(everyone["term"])
        # The benefit itself is still told: some of them have one benefit and some another.
        assert {"arbeidsavklaringspenger", "dagpenger"} & set(some["term"])
        assert some["n"].max() < everyone["n"].max()


def test_words_of_full_counts(register):
    series = register_series(register)
    assert trend(series, "totalt", "count", start=2020, end=2021).startswith("økte ")
    assert trend(series, "totalt", "count", start=2021, end=2021).startswith("var ")
    shares = register_share(register, "activity")
    first, second = GROUPS[1], GROUPS[2]
    word = compare(shares, first, second, "ingen aktivitet", digits=5)
    assert {word, compare(shares, second, first, "ingen aktivitet", digits=5)} == {"høyere enn", "lavere enn"}
    assert compare(shares, first, first, "ingen aktivitet") == "lik"
    assert highest(shares, first).startswith("arbeidsrettet aktivitet (")
    assert spread(pd.concat(register_regressions(register)), "r2", ends=True, digits=3).startswith("fra 0,0")


def test_flow_and_regressions_become_exhibits(register):
    table = sample_flow(register.flow)
    flow = exhibit("tbl-k2", table, kind="table", rows="rule", columns="direction", panels="part", title="Flyt")
    assert "én telling per person, type og måned" in flow.markdown()
    assert "Antall svar" not in flow.markdown()
    table = exhibit("tbl-v2", register_regression(register, "tbl-v2"), kind="regression", digits=3, title="V",
                    stars=(0.10, 0.05, 0.01))  # fmt: skip
    assert "klassiske standardfeil" in table.note and "p < 0,10" in table.note
    assert "stars_robust" in table.csv()
    assert table.number == "Tabell\u00a0V2"
    series = exhibit("fig-k1", register_series(register), kind="lines", series="service_group", panels="unit",
                     own_axes=True, title="t", digits=1)  # fmt: skip
    assert "Antall personer" in series.numbers() and "95 % KI" not in series.numbers()
