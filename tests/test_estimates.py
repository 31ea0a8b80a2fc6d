"""Weighted means and shares, against sums on paper and laws that any data must obey."""

from __future__ import annotations

import io
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.data.survey import open_survey
from engine.errors import ReportError
from engine.estimates.curves import curve
from engine.estimates.weighted import battery, mean, share
from engine.exhibits.exhibit import exhibit
from engine.table import NUMBERS, About, about, described, keys_in
from engine.words.lookup import nb
from tests.frames import everything_told, persons, repeat

AGES = ["unge", "eldre"]


def ages(*answers: object) -> pd.Categorical:
    return pd.Categorical(answers, AGES, ordered=True)


def only(table: pd.DataFrame, **keys: object) -> pd.Series:
    for key, value in keys.items():
        table = table[table[key] == value]
    assert len(table) == 1
    return table.iloc[0]


def test_weighted_mean_and_its_error() -> None:
    # Ten persons of 2 with weight 1, ten of 6 with weight 3: (20 + 180) / 40 = 5.
    # Influence w(y − 5)/40: −3/40 and +3/40, mean 0; 20 · (3/40)² · 20/19.
    frame = persons(y=[2] * 10 + [6] * 10, weight=[1.0] * 10 + [3.0] * 10)
    row = only(mean(frame, "y"))
    assert row["estimate"] == pytest.approx(5)
    error = math.sqrt(20 * (3 / 40) ** 2 * 20 / 19)
    assert row["standard_error"] == pytest.approx(error)
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((5 - 1.959964 * error, 5 + 1.959964 * error), abs=1e-6)
    assert row["n"] == 20
    assert (row["measure"], row["population"]) == ("mean", "veiledere")
    assert "wave" not in row


def test_a_domain_keeps_the_whole_wave_as_sampled() -> None:
    # Group unge: 1, 3 (ten of each): mean 2, influence ∓1/20; the other 20 count as sampled with influence 0.
    # 20 · (1/20)² · 40/39.
    frame = persons(y=[1, 3, 7, 7] * 10, age_group_followed=ages(*(["unge"] * 2 + ["eldre"] * 2) * 10))
    table = mean(frame, "y", "age_group_followed")
    assert table["age_group_followed"].tolist() == AGES
    assert only(table, age_group_followed="unge")["standard_error"] == pytest.approx(math.sqrt(20 / 400 * 40 / 39))
    assert only(table, age_group_followed="eldre")["standard_error"] == 0


def test_waves_are_strata_and_only_those_of_the_domain_count() -> None:
    # In 2024: 0 and 2 (ten of each), mean 1, influence ∓1/20; 20 · 1/400 · 20/19, whatever 2022 holds.
    frame = persons(y=[0, 2, 50] * 10, wave=[2024, 2024, 2022] * 10)
    table = mean(frame, "y", by="wave")
    assert table["wave"].tolist() == [2022, 2024]
    assert only(table, wave=2024)["standard_error"] == pytest.approx(math.sqrt(1 / 19))
    assert only(table, wave=2022)["estimate"] == 50


def test_a_wave_with_one_person_does_not_spoil_the_others() -> None:
    frame = persons(y=[0, 2] * 10 + [50], wave=[2024] * 20 + [2022])
    table = mean(frame, "y", by="wave")
    assert only(table, wave=2024)["standard_error"] == pytest.approx(math.sqrt(1 / 19))
    assert only(table, wave=2022)["suppressed"]


def test_clusters() -> None:
    # Offices a (0, 0), b (2, 2), c (1, 1), five times over as one office each: mean 1.
    # Cluster totals of influence (y − 1)/30: −10/30, +10/30, 0: 2 · (1/3)² · 3/2 = 1/3.
    frame = repeat(persons(y=[0, 0, 2, 2, 1, 1], office_id=[1, 1, 2, 2, 3, 3]), 5)
    assert only(mean(frame, "y", clusters="office_id"))["standard_error"] == pytest.approx(math.sqrt(1 / 3))
    assert only(mean(frame, "y"))["standard_error"] == pytest.approx(math.sqrt(20 / 900 * 30 / 29))


def test_total_stands_last_and_covers_all_who_answered() -> None:
    frame = repeat(persons(y=[1.0, 2.0, 6.0, np.nan], age_group_followed=ages("unge", "eldre", None, "unge")), 12)
    table = mean(frame, "y", "age_group_followed", total="age_group_followed")
    assert table["age_group_followed"].tolist() == ["unge", "eldre", "totalt"]
    assert table["estimate"].tolist() == pytest.approx([1, 2, 3])  # the total has those of no group too: 9/3
    assert table["n"].tolist() == [12, 12, 36]


def test_keys_of_the_table_are_columns_with_their_own_names() -> None:
    frame = repeat(persons(y=[1, 2], sector=["statlig", "kommunal"], nav_region=["Oslo", "Agder"]), 10)
    table = mean(frame, "y", ["sector", "nav_region"])
    assert list(table) == ["population", "sector", "nav_region", "measure", *NUMBERS, "suppressed", "reason"]
    assert list(zip(table["sector"], table["nav_region"], strict=True)) == [
        ("kommunal", "Agder"), ("kommunal", "Oslo"), ("statlig", "Agder"), ("statlig", "Oslo"),
    ]  # fmt: skip
    assert table["suppressed"].tolist() == [False, True, True, False]
    assert about(table) == About("Undersøkelsen", 2024, variables=("y", "sector", "nav_region"), finished=True)


def test_within_gives_one_row_per_binary_variable() -> None:
    frame = repeat(persons(y=[1, 3, 8], aap=[1.0, 1.0, np.nan], social=[0.0, 1.0, 1.0]), 10)
    frame = described(frame, labels={"aap": "mottakere av AAP"})
    table = mean(frame, "y", within=["aap", "social"])
    assert table["within"].tolist() == ["mottakere av AAP", "social"]
    assert table["estimate"].tolist() == pytest.approx([2, 5.5])


def test_populations_beside_each_other() -> None:
    one, two = persons("jobbspesialister", y=[1] * 10), persons("SYFO-veiledere", y=[4] * 10)
    table = mean([one, two], "y", by="wave")
    assert table["population"].tolist() == ["jobbspesialister", "SYFO-veiledere"]
    assert table["estimate"].tolist() == [1, 4]


def test_waves_that_did_not_ask_have_no_row() -> None:
    frame = repeat(persons(y=[1, 2], aap=[1.0, 1.0], wave=[2023, 2024]), 10)
    frame = described(frame, waves_asked={"y": (2023, 2024), "aap": (2024,)})
    assert mean(frame, "y", by="wave")["wave"].tolist() == [2023, 2024]
    assert mean(frame, "y", by="wave", within=["aap"])["wave"].tolist() == [2024]
    assert share(frame, "aap", by="wave")["wave"].tolist() == [2024]


def test_shares_of_categories_and_of_a_yes() -> None:
    # Weights 1, 1, 2 for unge, eldre, eldre: 25 and 75 per cent; one did not answer.
    frame = repeat(persons(age_group_followed=ages("unge", "eldre", "eldre", None), weight=[1.0, 1, 2, 9]), 10)
    table = share(frame, "age_group_followed")
    assert table["answer"].tolist() == AGES
    assert table["estimate"].tolist() == pytest.approx([25, 75])
    assert table["n"].tolist() == [30, 30]
    assert set(table["measure"]) == {"share_pct"}
    yes = share(repeat(persons(leader=[1.0, 0, 0, np.nan]), 10), "leader")
    assert only(yes)["estimate"] == pytest.approx(100 / 3)


def test_a_category_without_answers_has_share_zero_but_is_no_group() -> None:
    frame = repeat(persons(age_group_followed=ages("eldre"), y=[1]), 10)
    assert share(frame, "age_group_followed")["estimate"].tolist() == [0, 100]
    assert mean(frame, "y", "age_group_followed")["age_group_followed"].tolist() == ["eldre"]


def test_few_persons_are_hidden_and_none_are_no_error() -> None:
    frame = persons(y=[5.0] * 9 + [np.nan] * 5, sector=["statlig"] * 9 + ["kommunal"] * 5)
    table = mean(frame, "y", "sector", total="sector")
    assert table["suppressed"].all()
    assert table["estimate"].isna().all()


def test_each_variable_is_a_column_of_its_own_name() -> None:
    frame = persons(y=[1.0, 2.0] * 200, role=ages(*["unge", "unge", "eldre", "eldre"] * 100),
                    nav_region=["Oslo", "Agder"] * 200, yes=[1.0] * 400)  # fmt: skip
    table = mean(frame, "y", ["nav_region", "role"], total="role", within=["yes"])
    assert list(table.columns[:5]) == ["population", "nav_region", "role", "within", "measure"]
    assert len(table) == 2 * 3 and "wave" not in table
    of_two = share(frame, "role", "nav_region")
    assert keys_in(of_two) == ["population", "nav_region", "answer", "measure"]
    items = battery(frame, ["y", "yes"], ["nav_region", "role"])
    assert keys_in(items) == ["population", "nav_region", "role", "item", "measure"]
    assert keys_in(mean([frame, frame], "y", "nav_region")) == ["population", "nav_region", "measure"]


@pytest.mark.parametrize("name", ["n", "item", "measure", "reason"])
def test_a_variable_named_as_a_column_of_all_tables_is_refused(name: str) -> None:
    frame = repeat(persons(y=[1.0], **{name: ["a"]}), 20)
    with pytest.raises(ReportError, match=rf"«{name}» is a column of every table .*frame.rename"):
        mean(frame, "y", name)
    with pytest.raises(ReportError, match="or stands twice"):
        mean(frame, "y", ["wave", "wave"])


@pytest.mark.parametrize("keep", [1.0, 0.15])
def test_two_variables_of_any_kind_go_from_estimate_to_picture_and_file(twin_root, keep: float) -> None:
    survey = open_survey(2024, twin_root)
    now = survey.current(survey.counsellors)
    now = described(now[np.random.default_rng(1).random(len(now)) < keep], about(now))
    by = ["nav_region", "experience"]
    means, shares = mean(now, "caseload", by), share(now, "cross_agency", by)
    drawn = {
        "dots": (means, {"rows": "nav_region", "series": "experience"}),
        "bars": (shares, {"rows": "nav_region", "series": "experience"}),
        "table": (means, {"rows": "nav_region", "columns": "experience"}),
        "curves": (curve(now, "caseload", by=by, at=[20, 60, 120]), {"panels": "nav_region", "series": "experience",
                                                                     "rows": "ansatte"}),
        "lines": (mean(now, "caseload", [*by, "wave"]), {"panels": "nav_region", "series": "experience"}),
    }  # fmt: skip
    assert means["suppressed"].any() or keep == 1.0
    for kind, (table, columns) in drawn.items():
        made = exhibit("fig-s1", table, kind=kind, title="t", unit="u", **columns)
        assert len(made.svg()) > 1000 or kind == "table"
        back = pd.read_csv(io.StringIO(made.csv()), keep_default_na=False)
        assert back[by].to_numpy().tolist() == table[by].astype(str).to_numpy().tolist()
        assert "| Nav-fylke | " in made.numbers()
    assert nb(means, "Oslo", "7 år eller mer") != "skjult" or keep < 1
    with pytest.raises(ReportError, match=r"the rows differ in nav_region and experience .*write rows="):
        exhibit("fig-s1", means, title="t", series="")


answers = st.lists(st.tuples(st.floats(-50, 50), st.floats(0.1, 5), st.sampled_from(AGES)), min_size=12, max_size=30)


def frame_of(rows: list[tuple[float, float, str]]) -> pd.DataFrame:
    y, weight, age = zip(*rows, strict=True)
    return persons(y=y, weight=weight, age_group_followed=ages(*age))


@settings(max_examples=30)
@given(answers, st.floats(0.01, 100))
@everything_told()
def test_the_scale_of_the_weights_does_not_matter(rows: list[tuple[float, float, str]], factor: float) -> None:
    frame = frame_of(rows)
    before, after = mean(frame, "y"), mean(frame.assign(weight=frame["weight"] * factor), "y")
    for column in ("estimate", "standard_error", "ci_low", "ci_high"):
        assert after[column].item() == pytest.approx(before[column].item(), abs=1e-9)
    assert before["ci_low"].item() <= before["estimate"].item() <= before["ci_high"].item()
    assert min(frame["y"]) - 1e-9 <= before["estimate"].item() <= max(frame["y"]) + 1e-9


@settings(max_examples=30)
@given(answers, st.randoms(use_true_random=False))
@everything_told()
def test_the_order_of_persons_does_not_matter(rows: list[tuple[float, float, str]], random: object) -> None:
    moved = list(rows)
    random.shuffle(moved)  # type: ignore[attr-defined]
    one, two = mean(frame_of(rows), "y"), mean(frame_of(moved), "y")
    assert two["estimate"].item() == pytest.approx(one["estimate"].item(), abs=1e-9)
    assert two["standard_error"].item() == pytest.approx(one["standard_error"].item(), abs=1e-9)


@settings(max_examples=30)
@given(answers, st.integers(0, 11))
@everything_told()
def test_two_halves_of_a_person_weigh_as_much(rows: list[tuple[float, float, str]], which: int) -> None:
    y, weight, age = rows[which]
    split = [*rows[:which], (y, weight / 2, age), (y, weight / 2, age), *rows[which + 1 :]]
    before, after = mean(frame_of(rows), "y"), mean(frame_of(split), "y")
    assert after["estimate"].item() == pytest.approx(before["estimate"].item(), abs=1e-9)
    assert after["n"].item() == before["n"].item() + 1


@settings(max_examples=30)
@given(answers)
@everything_told()
def test_shares_sum_to_a_hundred_and_equal_the_mean_of_a_yes(rows: list[tuple[float, float, str]]) -> None:
    frame = frame_of(rows)
    table = share(frame, "age_group_followed")
    assert table["estimate"].sum() == pytest.approx(100)
    assert table["standard_error"].iloc[0] == pytest.approx(table["standard_error"].iloc[1], abs=1e-9)
    yes = mean(frame.assign(young=100.0 * (frame["age_group_followed"] == "unge")), "young")
    assert table["estimate"].iloc[0] == pytest.approx(yes["estimate"].item())


def test_a_variable_that_no_wave_asked_gives_an_empty_table() -> None:
    frame = persons(y=[1.0] * 12, weight=[1.0] * 12)
    frame = described(frame, labels={"later": "senere", "y": "y"}, waves_asked={"y": (2024,)})
    for by, key in (((), []), ("wave", ["wave"])):
        table = mean(frame, "later", by=by)
        assert table.empty and list(table) == [*key, *mean(frame, "y")]
    assert share(frame, "later", by="wave").empty
    assert mean(frame, "y", within=["later"]).empty
    assert len(mean(frame, "y", by="wave")) == 1
    with pytest.raises(ReportError, match="no variable is called «misspelt»"):
        mean(frame, "misspelt")


def test_an_item_that_nobody_was_asked_leaves_the_others_waves_whole() -> None:
    """Its empty table once turned waves into 2022.0, and a share of it would give all rows the key of its answers."""
    frame = persons(wave=[2022] * 40, youth_contact_group=["unge", "begge"] * 20, asked=[1, 2, 3, 4] * 10)
    frame = described(frame.assign(unasked=float("nan")), about(frame), waves_asked={"unasked": [], "asked": [2022]})
    table = battery(frame, ["unasked", "asked"], by=["youth_contact_group", "wave"])
    assert list(table["wave"].map(str).unique()) == ["2022"] and len(table) == 2
    assert "answer" not in table
