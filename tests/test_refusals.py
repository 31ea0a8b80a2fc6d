"""What an author gets to read who asks an estimator for something it hasn't got: cell, fault and remedy, by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import helpers
from engine.errors import ReportError
from engine.estimates.respondents import population_sizes
from press.failures import failure
from press.project import Chapter
from tests.fake_survey import store_fake


@pytest.fixture(scope="module")
def cell(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Run a cell of a chapter of a small survey; give the error as the build tells it on real data, or the value."""
    root = tmp_path_factory.mktemp("refusals")
    store_fake(root, (2024,), invited=2600)
    survey = helpers.open_survey(2024, root)
    names = {**vars(helpers), "population_sizes": population_sizes, "survey": survey, "counsellors": survey.counsellors}
    chapter = Chapter(Path("chapters/04-ressurser-og-tid.qmd"), "chapters/04-ressurser-og-tid")

    def run(source: str) -> Any:
        try:
            return eval(source, dict(names))
        except Exception as error:
            return str(failure(chapter, f"#| label: figur-16\n{source}", type(error).__name__, str(error), False))

    return run


@pytest.mark.parametrize(
    ("source", "words", "remedy"),
    [
        ('share(counsellors, "caseload", "wave")', "«caseload» is a quantity, which has no share",
         'take mean(…, "caseload")'),
        ('share_curve(counsellors, "caseload")', "«caseload» is a quantity, which has no share",
         'take mean(…, "caseload")'),
        ('mean(counsellors, "nav_region", "wave")', "«nav_region» is a category, which has no mean",
         'take share(…, "nav_region")'),
        ('battery(counsellors, ["time_users", "sector"])', "«sector» is a category, which has no mean",
         'take share(…, "sector")'),
        ('mean(counsellors, "other_dutys", "wave")', "no variable is called «other_dutys»",
         "did you mean other_duties"),
        ('share(counsellors, "task_sektor", "wave")', "no variable is called «task_sektor»",
         "did you mean task_sector"),
        ('battery(counsellors, ["time_user", "time_mapping"])', "no variable is called «time_user»",
         "did you mean time_users"),
        ('curve(counsellors, "case_load")', "no variable is called «case_load»", "did you mean caseload"),
        ('curve(counsellors, "caseload", "ofice_size")', "no variable is called «ofice_size»",
         "did you mean office_size"),
        ('mean(counsellors, "caseload", by=["nav_regions", "wave"])', "no variable is called «nav_regions» (by)",
         "did you mean nav_region"),
        ('battery(counsellors, ["time_users"], by="secktor")', "no variable is called «secktor» (by)",
         "did you mean sector"),
        ('curve(counsellors, "caseload", by="waves")', "no variable is called «waves» (by)", "did you mean wave"),
        ('mean(counsellors, "caseload", by="sector", total="secktor")',
         "no grouping variable is called «secktor» (total)", "did you mean sector"),
        ('mean(counsellors, "caseload", within=["users_app"])', "no variable is called «users_app»",
         "did you mean users_aap"),
        ('mean(counsellors, "caseload", clusters="office")', "no variable is called «office» (clusters)", "office_"),
        ('survey.populations("counselors")', "no population is called «counselors»", "did you mean counsellors"),
        ('survey.population("answerd")', "no population is called «answerd»", "did you mean answered"),
        ('population_sizes(survey, "youth_counselors")', "no population is called «youth_counselors»",
         "did you mean youth_counsellors"),
        ('survey.items("tme_")', "no battery of variables is called «tme_»", "did you mean time_"),
        ('fit("time_users ~ caselod", counsellors)', "no variable is called «caselod» (time_users ~ caselod)",
         "did you mean caseload"),
        ('fit("sector ~ caseload", counsellors)', "«sector» is a category, which is no outcome", "make a yes or no"),
        ('fit("time_users ~ caseload", counsellors, groups="ofice_id")', "no variable is called «ofice_id»",
         "did you mean office_id"),
        ('margins(fit("time_users ~ caseload", counsellors), "caselod")',
         "no variable of the model is called «caselod» (margins)", "did you mean caseload"),
        ('margins(fit("time_users ~ caseload", counsellors), "caselod", "range")',
         "no variable of the model is called «caselod» (margins)", "did you mean caseload"),
        ('battery(counsellors, "time_users")', "battery takes a list of variables", 'battery(…, ["one", "other"])'),
        ('battery(counsellors, [])', "battery takes a list of variables", 'battery(…, ["one", "other"])'),
        ('mean(counsellors, ["time_users", "caseload"])', "an estimate is of one variable", "take battery("),
        ('mean(counsellors[["caseload"]], "caseload")', "no variable is called «weight»", "survey.csv"),
        ('highest(mean(counsellors, "caseload", "sector"), over="sectr")', "no key is called «sectr» (over)",
         "did you mean sector"),
        ('changes(mean(counsellors, "caseload", "wave"), over="wavs")', "no key is called «wavs» (over)",
         "did you mean wave"),
        ('slope(mean(counsellors, "caseload", "wave"), 2024)', "neither a curve nor a model's coefficients", "trend("),
        ('survey.asked("other_dutys", 2024)', "no variable is called «other_dutys»", "did you mean other_duties"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_cell_is_told_by_name_with_place_and_remedy(
    cell: Any, source: str, words: str, remedy: str
) -> None:
    told = cell(source)
    assert words in told and remedy in told
    assert "chapters 04-ressurser-og-tid, cell «figur-16»" in told and "mend the cell and build again" in told


def test_an_item_on_a_scale_gives_its_distribution(cell: Any) -> None:
    table = cell('share(counsellors, "time_users", "wave")')
    assert [*dict.fromkeys(table["answer"])] == ["i liten grad", "2", "3", "4", "i stor grad"]
    assert table.groupby("wave")["estimate"].sum().tolist() == pytest.approx([100.0] * table["wave"].nunique())
    top = cell('share(counsellors.dropna(subset="time_users").eval("top = time_users == 5"), "top", "wave")')
    assert table.loc[table["answer"] == "i stor grad", "estimate"].tolist() == pytest.approx(top["estimate"].tolist())
    # Its curves are those of the shares; who made a yes or no of it under its own name gets that.
    curves = cell('share_curve(counsellors, "time_users", by="wave")')
    assert set(curves["answer"]) == set(table["answer"])
    yes = cell('share(counsellors.assign(time_users=(counsellors["time_users"] > 3) * 1.0), "time_users", "wave")')
    assert "answer" not in yes


def test_the_error_names_no_answer(cell: Any) -> None:
    """Numpy's own words quote the first label that is no number."""
    told = cell('mean(counsellors, "nav_region")')
    assert not any(label in told for label in ("Agder", "Oslo", "Innlandet", "could not convert"))
    with pytest.raises(ReportError) as raised:
        helpers.mean(cell("counsellors"), "nav_region")
    assert raised.value.__cause__ is None and raised.value.__suppress_context__
