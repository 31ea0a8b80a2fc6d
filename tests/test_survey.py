"""The survey opened from tiny raw files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tiny_data import FORMATS, store_waves

from engine.data.manifest import digest
from engine.data.survey import Survey, open_survey
from engine.errors import ReportError
from engine.table import about


@pytest.fixture
def survey(tmp_path: Path) -> Survey:
    store_waves(tmp_path)
    return open_survey(2024, tmp_path)


def rewrite(root: Path, **keys: object) -> None:
    path = root / "dataset.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | keys), encoding="utf-8")


def test_what_it_tells_about_itself(survey: Survey) -> None:
    assert (survey.year, survey.waves, survey.first_and_current) == (2024, [2023, 2024], [2023, 2024])
    assert survey.year_label == "2024-undersøkelsen"
    assert not survey.is_synthetic
    assert survey.unused_columns == 0
    assert repr(survey) == "Survey(2024, waves 2023, 2024, real data)"


def test_an_earlier_year_loads_nothing_later(tmp_path: Path) -> None:
    store_waves(tmp_path)
    (tmp_path / "survey_2024.parquet").write_bytes(b"changed, but not asked for")
    survey = open_survey(2023, tmp_path)
    assert survey.waves == survey.first_and_current == [2023]
    assert set(survey.answered["wave"]) == set(survey.invited["wave"]) == {2023}


def test_words_and_frames_for_comparing_waves(tmp_path: Path) -> None:
    store_waves(tmp_path, years=(2022, 2023, 2024))
    survey = open_survey(2024, tmp_path)
    assert (survey.period, survey.compared_period) == ("2022–2024", "2022 og 2024")
    assert set(survey.compared(survey.answered)["wave"]) == {2022, 2024}
    first, second = survey.populations("job_specialists", "intro_advisers")
    assert (about(first).population, len(first)) == ("jobbspesialister", 3)
    assert about(second).population == "programrådgivere"
    alone = open_survey(2022, tmp_path)
    assert (alone.period, alone.compared_period, alone.first_and_current) == ("2022", "2022", [2022])


def test_no_year_is_the_newest(tmp_path: Path) -> None:
    store_waves(tmp_path)
    assert open_survey(data=tmp_path).year == 2024


def test_frames(survey: Survey) -> None:
    answered = survey.answered
    assert len(answered) == 24 and len(survey.invited) == 80
    assert len(survey.with_caseload) == 20 and len(survey.counsellors) == 8
    assert len(survey.population("job_specialists")) == 2
    assert answered["wave"].dtype.kind == "i" and answered["respondent_id"].dtype.kind == "i"
    age = answered["age_group_followed"]
    assert age.cat.ordered
    assert list(age.cat.categories) == ["unge (under 30 år)", "de over 30 år", "begge aldersgrupper"]
    assert age.iloc[:3].tolist() == list(age.cat.categories)
    assert age.isna().sum() == 2 * 3
    assert answered["caseload"].dtype == float
    assert answered.loc[answered["wave"] == 2024, "caseload"].isna().sum() == 3
    assert set(answered["role_kvp"].dropna()) == {0.0, 1.0}
    assert list(answered["sector"].cat.categories) == ["statlig", "kommunal"]
    assert survey.invited["responded"].sum() == 24
    assert about(answered).labels["users_aap"] == "mottakere av arbeidsavklaringspenger"
    assert about(answered).source == "en liten prøve"
    assert about(answered).survey_year == 2024
    assert about(survey.counsellors).population == "veiledere"
    assert about(survey.invited).population == "alle inviterte"


def test_an_item_of_one_wave(survey: Survey) -> None:
    by_wave = survey.answered.groupby("wave")["users_aap"].count()
    assert by_wave.to_dict() == {2023: 0, 2024: 9}
    assert survey.asked("users_aap", 2024) and not survey.asked("users_aap", 2023)
    assert not survey.asked("users_aap", 2022)
    assert (
        survey.asked("weight", 2023) and survey.asked("is_counsellor", 2024) and survey.asked("sector", 2024)
    )
    assert not survey.asked("time_users", 2024)
    assert not survey.asked("experience3", 2024)
    assert about(survey.answered).waves_asked["users_aap"] == (2024,)
    with pytest.raises(ReportError, match=r"no variable is called «users_app».*did you mean users_aap"):
        survey.asked("users_app", 2024)


def test_weights_are_made_over_all_who_answered(survey: Survey) -> None:
    answered, invited = survey.answered, survey.invited
    for wave in survey.waves:
        mine, frame = answered[answered["wave"] == wave], invited[invited["wave"] == wave]
        assert mine["weight"].mean() == pytest.approx(1, abs=1e-12)
        assert np.average(mine["sector"] == "statlig", weights=mine["weight"]) == pytest.approx(
            (frame["sector"] == "statlig").mean()
        )
    assert survey.with_caseload["weight"].mean() != pytest.approx(1, abs=1e-6)


def test_callers_cannot_spoil_each_other(survey: Survey) -> None:
    mine = survey.answered
    mine["weight"] = 0.0
    invited = survey.invited
    invited["responded"] = 5.0
    assert survey.answered["weight"].mean() == pytest.approx(1)
    assert survey.invited["responded"].max() == 1
    with pytest.raises(TypeError, match="does not support item assignment"):
        about(mine).labels["users_aap"] = "noe annet"


def test_four_formats_give_the_same_survey(tmp_path: Path) -> None:
    surveys = []
    for kind in FORMATS:
        store_waves(tmp_path / kind, kind=kind)
        surveys.append(open_survey(2024, tmp_path / kind))
    for other in surveys[1:]:
        pd.testing.assert_frame_equal(other.answered, surveys[0].answered)
        pd.testing.assert_frame_equal(other.invited, surveys[0].invited)


def test_columns_nobody_asks_for_are_counted(tmp_path: Path) -> None:
    extra = {
        "survey_2023": lambda t: t.assign(users_aap=1, mystery="x"),
        "frame_2024": lambda t: t.assign(sent="y"),
    }
    store_waves(tmp_path, changes=extra)
    survey = open_survey(2024, tmp_path)
    assert survey.unused_columns == 3
    assert "mystery" not in survey.answered and not survey.asked("users_aap", 2023)


def test_next_years_wave_tells_itself_what_it_asked(tmp_path: Path) -> None:
    store_waves(tmp_path, years=(2024, 2025), changes={"survey_2025": lambda t: t.assign(place_total=np.nan)})
    rewrite(
        tmp_path,
        omitted=[
            name
            for name in json.loads((tmp_path / "dataset.json").read_text(encoding="utf-8"))["omitted"]
            if name != "place_total"
        ],
    )
    with pytest.raises(ReportError, match=r"missing columns: place_total \(survey_2024"):
        open_survey(2024, tmp_path)
    store_waves(tmp_path / "new", years=(2025,))
    assert open_survey(2025, tmp_path / "new").asked("users_aap", 2025)


def test_an_unknown_year_lists_those_found(tmp_path: Path) -> None:
    store_waves(tmp_path)
    with pytest.raises(
        ReportError, match=r"survey year 2031 is unknown \(data root; 2\)\. take one of 2023, 2024"
    ):
        open_survey(2031, tmp_path)


def test_no_wave(tmp_path: Path) -> None:
    store_waves(tmp_path)
    for path in tmp_path.glob("*.parquet"):
        path.unlink()
    with pytest.raises(ReportError, match="no survey wave found"):
        open_survey(2024, tmp_path)


def test_changed_files_are_refused(tmp_path: Path) -> None:
    store_waves(tmp_path)
    rewrite(tmp_path, files={})
    with pytest.raises(ReportError, match="a file is not in the manifest"):
        open_survey(2024, tmp_path)


def test_the_list_of_variables_left_out_is_checked(tmp_path: Path) -> None:
    store_waves(tmp_path)
    rewrite(tmp_path, omitted=["sector", "nonsense"])
    with pytest.raises(ReportError) as caught:
        open_survey(2024, tmp_path)
    assert "omitted variables that the codebook does not have: nonsense (dataset.json; 1)" in str(
        caught.value
    )
    assert "variables that no dataset can leave out: sector (dataset.json; 1)" in str(caught.value)


def test_a_file_that_cannot_be_read_is_told_with_the_rest(tmp_path: Path) -> None:
    store_waves(tmp_path)
    broken = tmp_path / "frame_2023.parquet"
    broken.write_bytes(b"PAR1 and nothing more")
    files = json.loads((tmp_path / "dataset.json").read_text(encoding="utf-8"))["files"]
    files[broken.name]["sha256"] = digest(broken)
    rewrite(tmp_path, files=files)
    with pytest.raises(ReportError, match=r"can't be read as parquet \(frame_2023\.parquet\)"):
        open_survey(2024, tmp_path)


def test_a_wave_that_cannot_be_weighted(tmp_path: Path) -> None:
    def last_in_a_large_office(table: pd.DataFrame) -> pd.DataFrame:
        last = table.index < 39
        return table.assign(
            office_size=table["office_size"].where(last, 200), office_id=table["office_id"].where(last, 99)
        )

    store_waves(tmp_path, changes={"frame_2023": last_in_a_large_office})
    with pytest.raises(
        ReportError, match=r"cells of the frame without a respondent \(wave 2023, sector × size_class; 1\)"
    ):
        open_survey(2024, tmp_path)


def test_readers_are_told_what_the_edition_rests_on(tmp_path: Path) -> None:
    store_waves(tmp_path)
    rewrite(tmp_path, title="Navs undersøkelse")
    assert open_survey(2024, tmp_path).about_data == "Denne utgaven bygger på mikrodata: Navs undersøkelse."
    rewrite(tmp_path, kind="synthetic")
    assert "syntetisk tvilling" in open_survey(2024, tmp_path).about_data


def test_items_of_a_battery_in_the_codebook_s_order(survey: Survey) -> None:
    assert survey.items("age_group") == ["age_group_followed"]
    with pytest.raises(ReportError, match="no battery of variables is called «xyz»"):
        survey.items("xyz")


def test_the_current_wave_alone(survey: Survey) -> None:
    assert set(survey.current(survey.answered)["wave"]) == {survey.year}


def test_what_no_wave_asked_is_missing_for_everyone_and_defines_no_population(survey: Survey) -> None:
    assert survey.answered["open_comments"].isna().all() and not survey.asked("open_comments", 2024)
