"""The register's pipeline against the same persons computed one by one, and what it says of broken files."""

from __future__ import annotations

import os
import stat
from datetime import date

import numpy as np
import pandas as pd
import pytest
from fake_register import expected_persons, fake_tables, store_register

from engine.errors import ReportError
from engine.register.raw import Month, read_register_codebook
from engine.register.register import FEBRUARY, open_register, panel_months


@pytest.fixture(scope="module")
def tables():
    return fake_tables()


@pytest.fixture(scope="module")
def register(tables, tmp_path_factory):
    root = tmp_path_factory.mktemp("register")
    store_register(root, tables)
    return open_register(root)


@pytest.fixture(scope="module")
def expected(tables):
    return expected_persons(tables)


COMPUTED = [
    "medical_treatment", "labour_market_measure", "applied_for_job", "job_search_agreement", "own_activity",
    "current_job", "group_activity", "self_funded_education", "measure_months", "meeting", "conversation",
    "dialogue_months", "meeting_months", "interaction_count", "partly_at_work", "fully_laid_off", "partial_work",
    "duration_months", "service_group", "county",
]  # fmt: skip


@pytest.mark.parametrize("name", COMPUTED)
def test_every_person_is_computed_as_the_definitions_say(register, expected, name):
    found = register._engine.collect(register._samples["panel"]).sort_values("person_id")
    assert found["person_id"].tolist() == expected["person_id"].tolist()
    assert found[name].tolist() == expected[name].tolist()
    assert expected[name].nunique() > 1


def test_derived_categories_follow_from_the_person(register):
    found = register._engine.collect(register._samples["panel"])
    types = ["labour_market_measure", "applied_for_job", "job_search_agreement", "own_activity", "current_job",
             "group_activity", "self_funded_education", "partial_work"]  # fmt: skip
    directed = found[types].max(axis=1)
    assert (found["work_directed_activity"] == directed).all()
    assert (found["no_activity"] == ((directed == 0) & (found["medical_treatment"] == 0))).all()
    both = found["medical_treatment"].eq(1) & directed.eq(1)
    assert (found["activity_combination"].eq(1) == both).all()
    assert (found["activity"].eq(3) == found["no_activity"].eq(1)).all()
    assert (found["job_search"] == found[["applied_for_job", "job_search_agreement"]].max(axis=1)).all()
    assert (found["measure_all_months"].eq(1) == found["measure_months"].eq(3)).all()
    edges = pd.cut(found["duration_months"], [-1, 2, 5, 13, 25, 37, 49, 999], labels=False)
    assert (found["duration_group"] == edges).all()
    assert (found["duration_merged"] == edges.clip(upper=4)).all()
    assert (found["age_group"] == pd.cut(found["age_years"], [0, 19, 24, 29], labels=False) + 1).all()
    assert (found["birth_region_merged"] == found["birth_region"].clip(upper=5)).all()
    assert (found["education_merged"] == found["education"].map({1: 1, 2: 2, 3: 3, 4: 3, 5: 4})).all()
    moved = {code: code for code in range(1, 13)} | {3: 4, 4: 3, 13: 12}
    assert (found["county_merged"] == found["county"].map(moved)).all()
    assert (found["work_status"] == 1 + found["partly_at_work"] + 2 * found["fully_laid_off"]).all()


def test_merged_labels_name_the_same_counties_in_another_order():
    codebook = read_register_codebook()
    merged, county = codebook["county_merged"].codes, codebook["county"].codes
    assert merged[3] == county[4] == "Møre og Romsdal"
    assert merged[4] == county[3] == "Nordland"
    assert [merged[code] for code in (1, 2, *range(5, 12))] == [county[code] for code in (1, 2, *range(5, 12))]


def test_flow_counts_go_on_from_rule_to_rule(register, tables):
    sample = register.flow[register.flow["part"] == "Utvalget"]
    assert sample["rows_in"].iloc[0] == len(tables["person_month"])
    assert (sample["rows_in"].to_numpy()[1:] == sample["rows_out"].to_numpy()[:-1]).all()
    # Each rule leaves somebody out, so that a rule that does nothing is seen.
    assert (sample["rows_out"] < sample["rows_in"]).all()
    persons = register.flow[register.flow["part"] == "Personene"]
    assert set(persons["rows_out"]) == {sample["rows_out"].iloc[-1]}


def test_february_has_everyone_who_left_later(register):
    february = register.cells(["service_group"], FEBRUARY)["persons"].sum()
    flow = register.flow.set_index("name")["rows_out"]
    assert february == flow["followed_up"]
    assert register.series_cells().groupby("reference_month")["persons"].sum()["2021-02"] == february


def test_a_person_without_a_spell_is_lost(tables, tmp_path):
    lost = expected_persons(tables)["person_id"].iloc[:3]
    store_register(tmp_path, {**tables, "spell": tables["spell"][~tables["spell"]["person_id"].isin(lost)]})
    flow = open_register(tmp_path).flow.set_index("name")
    assert flow.loc["with_duration", "rows_in"] - flow.loc["with_duration", "rows_out"] == 3


def test_opening_again_gives_the_same_object_until_the_files_change(tables, tmp_path):
    store_register(tmp_path, tables)
    first = open_register(tmp_path)
    assert open_register(tmp_path) is first
    store_register(tmp_path / "b", fake_tables(seed=2))
    assert open_register(tmp_path / "b") is not first


def test_it_tells_months_and_kind_only(register):
    assert repr(register) == "Register(februar–april 2021, synthetic data)"
    assert [str(month) for month in register.series] == ["2019-02", "2020-02", "2021-02"]


def test_windows_are_thirty_days_and_end_with_the_month():
    assert Month(2021, 2).window_start == date(2021, 1, 30)
    assert Month(2021, 4).window_start == date(2021, 4, 1)
    assert Month(2021, 12).next == Month(2022, 1)


def test_the_newest_february_with_two_months_after_it_is_the_panel():
    months = [Month(2020, 2), Month(2020, 3), Month(2020, 4), Month(2021, 2), Month(2021, 3)]
    assert panel_months(months)[0] == Month(2020, 2)
    with pytest.raises(ReportError, match="February"):
        panel_months(months[3:])


def changed(tables, name, **columns):
    return {**tables, name: tables[name].assign(**columns)}


def first_as(column, value):
    return [value, *column.iloc[1:]]


def broken_codes(tables):
    return changed(tables, "person_month", county=first_as(tables["person_month"]["county"], 14))


def broken_end(tables):
    spell = tables["spell"]
    return changed(tables, "spell", registered_to=[start if i else date(2010, 1, 1) for i, start in
                                                   enumerate(spell["registered_from"])])  # fmt: skip


def broken_extract(tables):
    return changed(tables, "meldekort", period_end=first_as(tables["meldekort"]["period_end"], date(2021, 6, 1)))


def broken_person(tables):
    return changed(tables, "activity", person_id=first_as(tables["activity"]["person_id"], 999999))


def broken_overlap(tables):
    return {**tables, "spell": pd.concat([tables["spell"], tables["spell"].iloc[:1].assign(
        registered_from=date(2014, 1, 1), registered_to=date(2021, 1, 1))])}  # fmt: skip


def broken_open_spell(tables):
    return {**tables, "spell": pd.concat([tables["spell"], tables["spell"].iloc[:1].assign(
        registered_from=date(2014, 1, 1), registered_to=None)])}  # fmt: skip


def broken_double(tables):
    return {**tables, "contact": pd.concat([tables["contact"], tables["contact"].iloc[:1]])}


def broken_blank(tables):
    return changed(tables, "activity", status=first_as(tables["activity"]["status"], np.nan))


def broken_negative(tables):
    return changed(tables, "meldekort", hours_worked=first_as(tables["meldekort"]["hours_worked"], -1.0))


def broken_column(tables):
    return {**tables, "meldekort": tables["meldekort"].drop(columns="hours_worked")}


def broken_type(tables):
    return changed(tables, "spell", registered_to=tables["spell"]["registered_to"].astype(str))


def broken_table(tables):
    return {name: table for name, table in tables.items() if name != "contact"}


BROKEN = {
    broken_codes: "codes that the codebook does not have (person_month, column county; 1)",
    broken_end: "ends before the start (spell, columns registered_from and registered_to; 1)",
    broken_extract: "dates after the extract (meldekort, column period_end; 1)",
    broken_person: "rows of persons who are in no month (activity, person_id; 1)",
    broken_overlap: "spells that overlap",
    broken_open_spell: "spells that overlap",
    broken_double: "rows that stand there twice (contact, contact_id; 1)",
    broken_blank: "blank cells (activity, column status; 1)",
    broken_negative: "negative numbers (meldekort, column hours_worked; 1)",
    broken_column: "missing columns: hours_worked (meldekort; 1)",
    broken_type: "a column of another type than date (spell, column registered_to)",
    broken_table: "missing tables: contact (register; 1)",
}


@pytest.mark.parametrize(("breaking", "message"), BROKEN.items(), ids=lambda case: getattr(case, "__name__", ""))
def test_broken_files_are_told_by_rule_and_count(tables, tmp_path, breaking, message):
    store_register(tmp_path, breaking(tables))
    with pytest.raises(ReportError) as caught:
        open_register(tmp_path)
    assert message in str(caught.value)
    assert "999999" not in str(caught.value)


def test_what_is_only_planned_may_lie_ahead(tables, tmp_path):
    contact = tables["contact"]
    ahead = contact.iloc[:1].assign(contact_id=10**6, contact_type=1, status=1, contact_date=date(2021, 9, 20),
                                    opened_by=np.nan, reply_days=np.nan)  # fmt: skip
    store_register(tmp_path, {**tables, "contact": pd.concat([contact, ahead])})
    assert open_register(tmp_path).period == "februar–april 2021"


def test_a_changed_file_is_refused(tables, tmp_path):
    store_register(tmp_path, tables)
    path = tmp_path / "register" / "population.parquet"
    pd.read_parquet(path).assign(population_18_29=1).to_parquet(path)
    with pytest.raises(ReportError, match=r"has changed since the manifest was written \(population.parquet\)"):
        open_register(tmp_path)


def test_no_register_is_told(tmp_path):
    with pytest.raises(ReportError, match="no register"):
        open_register(tmp_path)


def test_nothing_is_written_outside_of_the_data_root(tables, tmp_path):
    store_register(tmp_path, tables)
    open_register(tmp_path)
    os.chmod(tmp_path / "register", stat.S_IRUSR | stat.S_IXUSR)
    assert {path.name for path in tmp_path.iterdir()} <= {"register", ".report-cache"}


def test_a_book_without_a_register_is_without_the_chapter_about_it(tables, tmp_path):
    from press.project import Project
    from press.runs import lacks_data

    lacking = [chapter.slug for chapter in Project().chapters if lacks_data(chapter, tmp_path)]
    assert lacking == ["artikkel-aktivitet-og-samhandling"]
    store_register(tmp_path, tables)
    assert not any(lacks_data(chapter, tmp_path) for chapter in Project().chapters)
