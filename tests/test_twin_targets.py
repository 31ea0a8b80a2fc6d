"""The written twin gives back what was published, estimated from its files by code of the tests' own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.processors import threads
from tests.twin_models import derived, estimator
from tests.twin_survey import (
    COUNSELLORS,
    PUBLISHED,
    WAVES,
    change,
    curve,
    estimate,
    fits,
    half_up,
    mean,
    read,
    table,
)
from twin import ensure_twin

TARGETS = table("twin/survey_targets.csv") + table("twin/item_targets.csv")
UNGE, OVER30, BEGGE = "age_group_followed == 1", "age_group_followed == 2", "age_group_followed == 3"
STATE, MUNICIPAL = "sector == 1", "sector == 2"
SIGNIFICANT = 1.96


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """The models' matrices are small: with two threads of BLAS statsmodels' iterations take several times as long."""
    with threads(1):
        yield


@pytest.fixture(scope="module")
def root(twin_root: Path) -> Path:
    return twin_root


@pytest.fixture(scope="module")
def people(root: Path) -> pd.DataFrame:
    return read(root)[0]


@pytest.fixture(scope="module")
def invited(root: Path) -> pd.DataFrame:
    return read(root)[1]


def printed(identifier: str) -> int:
    return int(PUBLISHED[identifier]["value"])


def missed(people: pd.DataFrame) -> dict[str, float]:
    people = derived(people).copy()
    modelled = estimator(people)
    values = {
        row["id"]: modelled(row) if row.get("model") or row["measure"] == "icc" else estimate(people, row)
        for row in TARGETS
    }
    return {row["id"]: values[row["id"]] for row in TARGETS if not fits(values[row["id"]], row)}


def test_every_target_holds(people: pd.DataFrame) -> None:
    assert missed(people) == {}


def test_another_seed_meets_every_target_too(tmp_path: Path, people: pd.DataFrame) -> None:
    other = read(ensure_twin(tmp_path / "twin", 7))[0]
    assert missed(other) == {}
    assert not other["caseload"].equals(people["caseload"])


@pytest.mark.parametrize("wave", WAVES)
def test_numbers_of_persons(people: pd.DataFrame, invited: pd.DataFrame, wave: int) -> None:
    frame, answered = invited[invited["wave"] == wave], people[people["wave"] == wave]
    assert len(answered) == printed(f"text/answered/{wave}")
    assert half_up(100 * len(answered) / len(frame)) == printed(f"text/response-rate/{wave}")
    for part, row in ((frame, "gross-sample"), (answered, "net-sample")):
        assert half_up(100 * (part["sector"] == 1).mean()) == printed(f"text/{row}/statlig/{wave}")
    assert half_up(100 * (frame["sector"] == 2).mean()) == printed(f"text/gross-sample/kommunal/{wave}")
    answers = answered["has_caseload"].value_counts().to_dict()
    assert answers[1] == printed(f"text/with-caseload/{wave}" if wave < 2024 else "tbl-1/n/total")
    assert answers[0] == (printed(f"text/no-caseload/{wave}") if wave < 2024 else 918)
    assert answers.get(99, 0) == {2022: 5, 2023: 6, 2024: 0}[wave]


def test_about_13_800_are_invited_on_average(invited: pd.DataFrame) -> None:
    assert round(len(invited) / 3, -2) == printed("text/invited/2022")
    assert invited.groupby("wave").size().to_dict() == {2022: 13760, 2023: 13800, 2024: 13970}


def test_table_1(people: pd.DataFrame) -> None:
    users = people[(people["wave"] == 2024) & (people["has_caseload"] == 1)]
    assert users["sector"].value_counts().to_dict() == {1: printed("tbl-1/n/statlig"), 2: printed("tbl-1/n/kommunal")}
    for role, row in {
        "role_counsellor": "veileder_sosialkonsulent", "role_kvp": "veileder_kvp", "role_other": "annen_rolle",
        "role_intro": "programradgiver_intro", "role_job_specialist": "jobbspesialist",
    }.items():  # fmt: skip
        assert half_up(100 * users[role].mean()) == printed(f"tbl-1/{row}/total_rolle")
        assert half_up(100 * (users.loc[users[role] == 1, "sector"] == 1).mean()) == printed(f"tbl-1/{row}/statlig")


def test_totals_of_table_2_that_its_age_columns_contradict(people: pd.DataFrame) -> None:
    """The age columns and the numbers of persons hold; these printed totals cannot come from them."""
    sizes = {group: printed(f"tbl-2/n/n/{group}") for group in ("unge", "over30", "begge")}
    for row, total in (("sykefravaer/hovedsakelig", 13), ("oppgaver/kommunale", 26), ("innsats/uten_14a", 22)):
        assert printed(f"tbl-2/{row}/all") == total
        most = sum((printed(f"tbl-2/{row}/{group}") + 0.5) * size for group, size in sizes.items()) / sum(
            sizes.values()
        )
        assert most < total - 0.5
    # The totals of roles are table 1's too: they hold, and the column «begge» gives way.
    users = people[(people["wave"] == 2024) & (people["has_caseload"] == 1)]
    begge = users[users["age_group_followed"] == 3]
    for role, row in (("counsellor", "veileder"), ("job_specialist", "jobbspesialist"), ("other", "annen")):
        rest = printed(f"tbl-2/roller/{row}/all") * 39.01
        rest -= sum(printed(f"tbl-2/roller/{row}/{group}") * sizes[group] / 100 for group in ("unge", "over30"))
        assert abs(100 * rest / sizes["begge"] - printed(f"tbl-2/roller/{row}/begge")) > 3
        assert abs(begge[f"role_{role}"].mean() - rest / sizes["begge"]) < 0.03


def test_offices(invited: pd.DataFrame) -> None:
    sizes = invited.groupby(["office_id", "wave"]).size().unstack()
    assert sizes.shape == (265, 3)
    assert sizes.notna().all(axis=None)
    assert sizes.min(axis=None) >= 6
    assert 150 < sizes.max(axis=None) <= 250
    assert sizes[2024].mean() > 1.2 * sizes[2024].median()
    assert (sizes[2022] != sizes[2024]).mean() > 0.5
    assert np.corrcoef(sizes[2022], sizes[2024])[0, 1] > 0.95
    per_person = invited.merge(sizes.stack().rename("counted").reset_index(), on=["office_id", "wave"])
    assert (per_person["office_size"] == per_person["counted"]).all()
    assert (invited.groupby("office_id")["nav_region"].nunique() == 1).all()
    assert sorted(invited["nav_region"].unique()) == list(range(1, 13))
    oslo = invited[(invited["nav_region"] == 5) & (invited["wave"] == 2024)].groupby("office_id").size()
    assert oslo.median() > 2 * sizes[2024].median()


@pytest.mark.parametrize("wave", WAVES)
def test_fewer_answer_at_large_offices(people: pd.DataFrame, invited: pd.DataFrame, wave: int) -> None:
    frame = invited[invited["wave"] == wave]
    answered = frame["respondent_id"].isin(people.loc[people["wave"] == wave, "respondent_id"])
    small, large = frame["office_size"] < 40, frame["office_size"] >= 110
    assert 0.03 < answered[small].mean() - answered[large].mean() < 0.2


@pytest.mark.parametrize("wave", WAVES)
def test_caseloads_look_like_answers(people: pd.DataFrame, wave: int) -> None:
    inside = people[people["wave"] == wave]
    asked = inside["has_caseload"] == 1
    assert inside["caseload"].notna().equals(asked)
    assert 0.02 < (inside.loc[asked, "caseload"] == -1).mean() < 0.03
    answers = inside.query(COUNSELLORS)["caseload"]
    answers = answers[answers >= 0]
    assert (answers >= 1).all()
    assert 28 < answers.std() < 40
    assert answers.skew() > 0.4
    assert 0.7 < (answers % 5 == 0).mean() < 0.9
    assert 0.5 < (answers % 10 == 0).mean() < 0.7


def test_figure_3_sectors(people: pd.DataFrame) -> None:
    for wave in WAVES:
        shares = people[people["wave"] == wave].query(COUNSELLORS)
        parts = pd.crosstab(shares["sector"], shares["age_group_followed"], shares["weight"], aggfunc="sum")
        parts = parts.div(parts.sum(axis=1), axis=0)
        assert abs(parts.loc[1, 1] - parts.loc[2, 1]) < 0.03
        assert parts.loc[1, 2] > parts.loc[2, 2] + 0.1
        assert parts.loc[2, 3] > parts.loc[1, 3] + 0.1


def test_figure_16(people: pd.DataFrame) -> None:
    assert change(people, 2022, 2024) > SIGNIFICANT
    assert abs(change(people, 2022, 2024, UNGE)) < SIGNIFICANT
    assert 0 < change(people, 2022, 2023, UNGE) < SIGNIFICANT
    assert abs(change(people, 2022, 2024, BEGGE)) < SIGNIFICANT
    first, middle, last = (mean(people, wave, OVER30) for wave in WAVES)
    assert middle - first > last - middle
    assert mean(people, 2024, OVER30) > max(mean(people, 2024, UNGE), mean(people, 2024, BEGGE))


def test_figure_17(people: pd.DataFrame) -> None:
    first, middle, last = (mean(people, wave, STATE) for wave in WAVES)
    assert change(people, 2022, 2024, STATE) > SIGNIFICANT
    assert middle - first > last - middle
    assert change(people, 2022, 2023, MUNICIPAL) > SIGNIFICANT
    assert -SIGNIFICANT < change(people, 2023, 2024, MUNICIPAL) < 0
    for wave in WAVES:
        gaps = [mean(people, wave, f"{STATE} and {age}") - mean(people, wave, f"{MUNICIPAL} and {age}")
                for age in (UNGE, OVER30, BEGGE)]  # fmt: skip
        assert 0 < gaps[0] < min(gaps[1:])
    assert change(people, 2022, 2024, f"{STATE} and {BEGGE}") > SIGNIFICANT
    assert abs(change(people, 2022, 2024, f"{MUNICIPAL} and {BEGGE}")) < SIGNIFICANT
    assert change(people, 2023, 2024, f"{MUNICIPAL} and {BEGGE}") < -SIGNIFICANT


def test_figure_18(people: pd.DataFrame) -> None:
    for rule in ("", UNGE, OVER30):
        for wave in (2022, 2024):
            assert curve(people, wave, rule).joint() > 5.99
            assert curve(people, wave, rule).at(100, 20)[0] > 0
    assert curve(people, 2024, BEGGE).joint() < 5.99
    sizes = np.arange(10, 171, 5)
    old, new = curve(people, 2022, OVER30), curve(people, 2024, OVER30)
    apart = [new.at(x)[0] - 1.96 * new.at(x)[1] > old.at(x)[0] + 1.96 * old.at(x)[1] for x in sizes]
    assert np.mean(apart) > 0.6
    assert all(curve(people, 2024).at(x)[0] > curve(people, 2022).at(x)[0] for x in sizes)
    assert curve(people, 2024).at(110, 25)[0] > curve(people, 2022).at(110, 25)[0]


def test_figure_19(people: pd.DataFrame) -> None:
    means = {
        (age, wave): np.array([mean(people, wave, f"nav_region == {region} and {age}") for region in range(1, 13)])
        for age in (UNGE, OVER30) for wave in (2022, 2024)
    }  # fmt: skip
    unge, over30 = means[UNGE, 2024], means[OVER30, 2024]
    assert (unge.argmax() + 1, unge.argmin() + 1, over30.argmax() + 1, over30.argmin() + 1) == (12, 3, 5, 4)
    growth = over30 - means[OVER30, 2022]
    assert set(np.argsort(growth)[-5:] + 1) == {12, 9, 5, 7, 4}
    assert set(np.argsort(means[UNGE, 2022])[:3] + 1) == {7, 8, 1}
    assert np.ptp(over30) > np.ptp(means[OVER30, 2022]) + 2
    assert abs(np.ptp(unge) - np.ptp(means[UNGE, 2022])) < 5


def test_figure_20(people: pd.DataFrame) -> None:
    for group in ("immigrants", "longterm", "aap", "social"):
        rule = f"users_{group} == 1"
        assert change(people, 2022, 2024, f"{STATE} and {rule}") > SIGNIFICANT
        assert abs(change(people, 2022, 2024, f"{MUNICIPAL} and {rule}")) < SIGNIFICANT
        assert (change(people, 2022, 2024, rule) > SIGNIFICANT) == (group in ("longterm", "aap"))
    assert change(people, 2022, 2024, f"{MUNICIPAL} and users_immigrants == 1") < 0


def test_figure_21(people: pd.DataFrame) -> None:
    for tendency in ("intro_advisers", "specialists"):
        assert 0 < change(people, 2022, 2024, population=tendency) < SIGNIFICANT
    for unchanged in ("job_specialists", "kvp_counsellors"):
        assert abs(change(people, 2022, 2024, population=unchanged)) < SIGNIFICANT
    for wave in WAVES:
        groups = ("job_specialists", "intro_advisers", "kvp_counsellors", "sick_leave_counsellors")
        sizes = [mean(people, wave, population=name) for name in groups]
        assert sizes == sorted(sizes)
        assert sizes[3] > 2 * sizes[2]
