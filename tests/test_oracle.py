"""Estimators against R `survey`, on the twin's files and on a frame made by hand; `make oracle` renews the values."""

import os

import numpy as np
import pandas as pd
import pytest

from engine.data.survey import open_survey
from engine.estimates.curves import curve
from engine.estimates.totals import grossed, ratio, total
from engine.estimates.weighted import mean, share
from press.project import ROOT
from tests.frames import everything_told
from twin.digests import mark

REFERENCE = pd.read_csv(
    ROOT / "tests/r/survey.csv", dtype={name: str for name in ("wave", "group", "sector", "category", "twin")}
).fillna({name: "" for name in ("wave", "group", "sector", "category")})
# Keys of the reference, and our columns of them; a share's categories are its answers.
OURS = {"wave": "wave", "group": "age_group_followed", "sector": "sector"}
NAMES = {("share by wave", "group"): "answer"}


@pytest.fixture(scope="module")
def counsellors(twin_root):
    assert set(REFERENCE["twin"]) == {mark(twin_root)}, "the twin has changed since R saw it: run make oracle"
    os.environ.pop("REPORT_DATA", None)
    return open_survey(2024, twin_root).counsellors


def assert_equal(call, ours):
    """Join on the keys that the call uses, and compare estimate and standard error to 1e-8."""
    reference = REFERENCE[REFERENCE["call"] == call]
    assert len(reference) > 0, call
    keys = [key for key in OURS if (reference[key] != "").any()]
    named = {key: ours[NAMES.get((call, key), OURS[key])].astype(str) for key in keys}
    joined = reference.merge(ours.assign(**named), on=keys, suffixes=("_r", ""))
    assert len(joined) == len(reference) == len(ours)
    for column in ("estimate", "standard_error"):
        difference = np.abs(joined[column] / joined[f"{column}_r"] - 1)
        assert difference.max() < 1e-8, (call, column, difference.max())


@pytest.mark.parametrize(
    ("call", "options"),
    [
        ("mean by group wave", {"by": ["age_group_followed", "wave"]}),
        ("mean by wave", {"by": "wave"}),
        ("mean by sector group wave", {"by": ["sector", "age_group_followed", "wave"]}),
        ("mean by group wave, clusters office", {"by": ["age_group_followed", "wave"], "clusters": "office_id"}),
        ("mean within users_immigrants by sector wave", {"by": ["sector", "wave"], "within": ["users_immigrants"]}),
    ],
)
def test_means_equal_svyby(counsellors, call, options):
    assert_equal(call, mean(counsellors, "caseload", **options))


@pytest.mark.parametrize(("clusters", "label"), [(None, ""), ("office_id", ", clusters office")])
def test_totals_and_ratios_equal_svytotal_and_svyratio(twin_root, clusters, label):
    survey = open_survey(2024, twin_root)
    people = grossed(survey, survey.counsellors)
    options = {"by": ["age_group_followed", "wave"], "clusters": clusters}
    assert_equal(f"total by group wave{label}", total(people, "caseload", **options))
    assert_equal(f"ratio by group wave{label}", ratio(people, "act_planned", "caseload", **options))


def test_totals_equal_the_mean_over_all(counsellors):
    table = mean(counsellors, "caseload", by=["age_group_followed", "wave"], total="age_group_followed")
    assert_equal("mean by wave", table[table["age_group_followed"] == "totalt"])


def test_shares_equal_svymean(counsellors):
    assert_equal("share by wave", share(counsellors, "age_group_followed", by="wave"))


def test_curves_equal_svyglm(counsellors):
    reference = REFERENCE[REFERENCE["call"] == "curve"]
    sizes = sorted(reference["x"].unique())
    ours = curve(counsellors[counsellors["wave"] != 2023], "caseload", by=["age_group_followed", "wave"], at=sizes)
    ours = ours.assign(wave=ours["wave"].astype(str), group=ours["age_group_followed"])
    joined = reference.merge(ours, on=["wave", "group", "x"], suffixes=("_r", ""))
    assert len(joined) == len(reference) == 30
    for column in ("estimate", "standard_error"):
        assert np.abs(joined[column] / joined[f"{column}_r"] - 1).max() < 1e-8


@everything_told()
def test_a_frame_made_by_hand(monkeypatch):
    """Equal values, one member in a domain, weights of very different size, a missing answer."""
    monkeypatch.setattr("engine.disclosure.rules.minimum_persons", lambda: 0)
    monkeypatch.setattr("engine.disclosure.rules.FLOOR", 0)
    frame = pd.DataFrame(
        {
            "wave": 2024,
            "group": list("aaabcccc"),
            "y": [4, 4, 4, 9, 1, 5, np.nan, 2],
            "weight": [1, 1, 1, 2, 0.001, 100, 1, 3],
        }
    )
    ours = mean(frame, "y", by="group").set_index("group")
    reference = REFERENCE[REFERENCE["call"] == "small frame"].set_index("group")
    assert np.allclose(ours["estimate"], reference["estimate"], rtol=1e-12, atol=0)
    assert np.allclose(ours["standard_error"], reference["standard_error"], rtol=1e-8, atol=1e-14)


def test_weights_equal_post_stratify(twin_root, counsellors):
    answered = open_survey(2024, twin_root).answered
    for _, row in REFERENCE[REFERENCE["call"] == "weight quantile"].iterrows():
        weights = np.sort(answered.loc[answered["wave"] == int(row["wave"]), "weight"])
        assert weights[int(np.ceil(row["x"] * len(weights))) - 1] == pytest.approx(row["estimate"], rel=1e-12)
