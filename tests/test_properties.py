"""Laws that every estimator obeys whatever the data: tried on frames that hypothesis makes, always the same ones.

Splitting a person of weight w into two of w/2 leaves every weighted point estimate as it is. It changes, and must
change, what counts persons: `n`; the standard errors of means, shares, curves and regressions (two independent answers
instead of one); the mixed model, which has no weights; the design effect. Errors by office stay where they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_data import FORMATS, store

from engine.data.codebook import read_codebook
from engine.data.files import read_table
from engine.data.persons import poststratification_weights
from engine.data.survey import labelled
from engine.errors import ReportError
from engine.estimates import cells
from engine.estimates.curves import curve, share_curve
from engine.estimates.models import fit, margins
from engine.estimates.office_panel import office_changes
from engine.estimates.respondents import design_effect
from engine.estimates.weighted import battery, mean, share, unweighted
from engine.table import described, keys_in
from engine.words.numbers import nb_number, round_half_up
from tests.frames import nothing_hidden, persons

LEVELS = ["low", "mid", "high"]
POINTS = ["estimate"]
NUMBERS = ["estimate", "standard_error", "ci_low", "ci_high"]
few = settings(max_examples=5)
many = settings(max_examples=100)


@pytest.fixture(autouse=True, scope="module")
def shown() -> Iterator[None]:
    """Small groups are shown: hidden numbers would obey every law."""
    with nothing_hidden():
        yield


@st.composite
def frames(draw: st.DrawFn) -> pd.DataFrame:
    """Thirty to forty-five persons: two waves, six offices, weights up to a thousand times each other's."""
    size = draw(st.integers(30, 45))
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    frame = persons(
        wave=rng.choice([2022, 2024], size), office_id=rng.integers(1, 7, size),
        weight=np.round(10.0 ** rng.uniform(-draw(st.integers(0, 2)), 1, size), 3),
        group=pd.Categorical(rng.choice(LEVELS, size), LEVELS, ordered=True),
        level=pd.Categorical(np.where(rng.random(size) < 0.1, None, rng.choice(LEVELS, size)), LEVELS, ordered=True),
        office_size=rng.choice([10.0, 25.0, 60.0, 90.0, 130.0], size), x=rng.integers(0, 6, size).astype(float),
        y=np.where(rng.random(size) < 0.1, np.nan, rng.integers(1, 60, size) / 4),
        yes=np.where(rng.random(size) < 0.1, np.nan, rng.integers(0, 2, size)),
    )  # fmt: skip
    return described(frame, labels={"x": "antall"})


def moved(frame: pd.DataFrame, changed: pd.DataFrame) -> pd.DataFrame:
    return changed.reset_index(drop=True)


def _margins(frame: pd.DataFrame) -> pd.DataFrame:
    return margins(fit("y ~ x + group", frame), "group")


def _curve(frame: pd.DataFrame) -> pd.DataFrame:
    return curve(frame, "y", by="wave", at=[20, 60, 100])


WEIGHTED: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "mean": lambda f: mean(f, "y", ["group", "wave"], total="group"),
    "mean within": lambda f: mean(f, "y", within=["yes"]),
    "mean, clustered": lambda f: mean(f, "y", "wave", clusters="office_id"),
    "share": lambda f: share(f, "level", "wave"),
    "share of yes": lambda f: share(f, "yes", "wave", total="wave"),
    "battery": lambda f: battery(f, ["y", "yes"], "wave"),
    "curve": _curve,
    "share curve": lambda f: share_curve(f, "level", at=[20, 60, 100], model="linear"),
    "logistic share curve": lambda f: share_curve(f, "yes", at=[20, 60, 100], model="logit"),
    "regression": lambda f: fit("y ~ x + group", f).table,
    "margins": _margins,
    "change": lambda f: office_changes(f, "y"),
}
UNWEIGHTED: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "unweighted mean": lambda f: mean(unweighted(f), "y", "wave"),
    "mixed model": lambda f: fit("y ~ x", f, groups="office_id").table,
}
ALL = {**WEIGHTED, **UNWEIGHTED}
# Errors by office are of offices' sums, which two halves of a person leave as they are.
SPLIT_KEEPS_ERRORS = ("mean, clustered", "change")


def same(estimator: Callable[[pd.DataFrame], pd.DataFrame], one: pd.DataFrame, other: pd.DataFrame, columns: list[str],
         measures: tuple[str, ...] = ()) -> None:  # fmt: skip
    """Both frames give the same rows and numbers, or are refused alike."""
    try:
        before = estimator(one)
    except ReportError:
        with pytest.raises(ReportError):
            estimator(other)
        return
    after = estimator(other)
    assert before[keys_in(before)].astype(str).equals(after[keys_in(after)].astype(str))
    chosen = ~before["measure"].isin(measures)
    here, there = (table.loc[chosen, columns].to_numpy(dtype=float) for table in (before, after))
    scale = np.nanmax(np.abs(before.loc[chosen, NUMBERS].to_numpy(dtype=float)), initial=1.0)
    np.testing.assert_allclose(there, here, rtol=1e-7, atol=1e-9 * scale)


@pytest.mark.parametrize("name", ALL)
@few
@given(frame=frames(), factor=st.sampled_from([1e-6, 0.5, 3.0, 1e5]))
def test_scaling_all_weights_changes_nothing(name: str, frame: pd.DataFrame, factor: float) -> None:
    same(ALL[name], frame, moved(frame, frame.assign(weight=frame["weight"] * factor)), NUMBERS)
    weight = frame["weight"].to_numpy()
    assert design_effect(weight * factor) == pytest.approx(design_effect(weight))


@pytest.mark.parametrize("name", ALL)
@few
@given(frame=frames(), seed=st.integers(0, 100))
def test_the_order_of_persons_changes_nothing(name: str, frame: pd.DataFrame, seed: int) -> None:
    same(ALL[name], frame, moved(frame, frame.sample(frac=1, random_state=seed)), [*NUMBERS, "n"])


def halved(frame: pd.DataFrame, person: int) -> pd.DataFrame:
    half = frame.iloc[[person]].assign(weight=frame["weight"].iloc[person] / 2)
    return moved(frame, pd.concat([frame.drop(index=person), half, half]))


@pytest.mark.parametrize("name", WEIGHTED)
@few
@given(frame=frames(), person=st.integers(0, 29))
def test_two_halves_of_a_person_give_the_same_points(name: str, frame: pd.DataFrame, person: int) -> None:
    columns = NUMBERS if name in SPLIT_KEEPS_ERRORS else POINTS
    same(WEIGHTED[name], frame, halved(frame, person), columns, measures=("n",))


def test_two_halves_of_a_person_are_two_answers() -> None:
    """Where splitting is not allowed: errors, numbers of persons, the mixed model and what has no weights."""
    frame = persons(y=[1.0, 2.0, 5.0, 9.0, 4.0, 7.0], x=[0.0, 1, 2, 3, 1, 5], office_id=[1, 1, 2, 2, 3, 3])
    split = halved(frame, 3)
    before, after = mean(frame, "y").iloc[0], mean(split, "y").iloc[0]
    assert after["estimate"] == pytest.approx(before["estimate"]) and after["n"] == before["n"] + 1
    assert after["standard_error"] < before["standard_error"]
    assert mean(unweighted(split), "y")["estimate"].iloc[0] > before["estimate"]
    assert not np.allclose(*(fit("y ~ 1", f, groups="office_id").table["estimate"] for f in (split, frame)))
    assert design_effect(split["weight"].to_numpy()) != design_effect(frame["weight"].to_numpy())


@few
@given(frame=frames())
def test_shares_of_all_categories_sum_to_a_hundred(frame: pd.DataFrame) -> None:
    table = share(frame, "level", "wave")
    known = table.dropna(subset="estimate")
    np.testing.assert_allclose(known.groupby("wave")["estimate"].sum(), 100.0, rtol=1e-12)
    assert known["estimate"].between(0, 100).all()
    curves = share_curve(frame, "level", at=[20, 60, 100], model="linear").dropna(subset="estimate")
    np.testing.assert_allclose(curves.groupby("x")["estimate"].sum(), 100.0, rtol=1e-9)


@few
@given(frame=frames())
def test_margins_of_groups_are_their_means(frame: pd.DataFrame) -> None:
    """A model of nothing but the groups predicts the groups' means."""
    known = moved(frame, frame.dropna(subset="y"))
    try:
        table = margins(fit("y ~ group", known), "group")
    except ReportError:
        return
    of_groups = mean(known, "y", "group").set_index("group")["estimate"]
    np.testing.assert_allclose(table.set_index("value")["estimate"], of_groups[list(table["value"])], rtol=1e-9)


@pytest.mark.parametrize("name", ALL)
@few
@given(frame=frames())
def test_intervals_hold_their_estimates(name: str, frame: pd.DataFrame) -> None:
    try:
        table = ALL[name](frame)
    except ReportError:
        return
    known = table.dropna(subset=["estimate", "ci_low"])
    assert (known["ci_low"] <= known["estimate"]).all() and (known["estimate"] <= known["ci_high"]).all()
    assert (known["standard_error"] >= 0).all()
    if name == "logistic share curve":
        assert known[["ci_low", "ci_high"]].stack().between(0, 100).all()


@few
@given(frame=frames())
def test_offices_means_give_the_change_of_all_answers(frame: pd.DataFrame) -> None:
    """A compressed frame (offices and waves) gives the row-level result."""
    waves = mean(frame, "y", "wave").set_index("wave")["estimate"]
    found = office_changes(frame, "y").set_index("sample")["estimate"]["alle svar"]
    assert found == pytest.approx(waves[2024] - waves[2022], rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(("errors", "options"), [
    ("classical", {"cov_type": "nonrobust"}), ("robust", {"cov_type": "HC1", "use_t": True}),
    ("clustered", {"cov_type": "cluster", "use_t": True}),
])  # fmt: skip
@few
@given(seed=st.integers(0, 10**6), rows=st.integers(60, 200))
def test_compressed_regressions_are_those_of_the_rows(errors: str, options: dict, seed: int, rows: int) -> None:
    rng = np.random.default_rng(seed)
    matrix = np.column_stack([np.ones(rows), rng.integers(0, 2, rows), rng.integers(0, 3, rows)]).astype(float)
    outcome, county = rng.integers(0, 5, rows).astype(float), rng.integers(0, 8, rows)
    found = cells.least_squares(cells.compress(matrix, outcome, county), errors)
    if errors == "clustered":
        options = {**options, "cov_kwds": {"groups": county, "df_correction": True}}
    fitted = sm.OLS(outcome, matrix).fit(**options)
    np.testing.assert_allclose(found.params, fitted.params, rtol=1e-9, atol=1e-10)
    np.testing.assert_allclose(found.standard_errors, fitted.bse, rtol=1e-9)
    np.testing.assert_allclose(found.r2, fitted.rsquared, rtol=1e-8, atol=1e-12)


@few
@given(seed=st.integers(0, 10**6), more=st.integers(2, 5))
def test_weights_carry_the_frames_shares(seed: int, more: int) -> None:
    rng = np.random.default_rng(seed)
    invited = pd.DataFrame({"sector": rng.integers(1, 3, 300), "office_size": rng.choice([5, 25, 60, 200], 300)})
    answered = pd.concat([invited.drop_duplicates(), invited[rng.random(300) < 0.3]], ignore_index=True)
    weight = poststratification_weights(answered, invited)
    assert weight.mean() == pytest.approx(1, abs=1e-12) and (weight > 0).all()
    carried = weight.groupby([answered["sector"], answered["office_size"]]).sum() / len(answered)
    np.testing.assert_allclose(carried, invited.value_counts(normalize=True).sort_index(), rtol=1e-12)
    larger = poststratification_weights(answered, pd.concat([invited] * more, ignore_index=True))
    np.testing.assert_allclose(larger, weight, rtol=1e-12)


numbers = st.floats(-1e7, 1e7).map(lambda value: float(f"{value:.9g}"))


@many
@given(value=numbers, digits=st.integers(-2, 4))
def test_rounding_is_idempotent_odd_and_near(value: float, digits: int) -> None:
    once = round_half_up(value, digits)
    assert round_half_up(float(once), digits) == once
    assert round_half_up(-value, digits) == -once
    assert abs(float(once) - value) <= 0.5 * 10.0**-digits * (1 + 1e-6)
    if digits >= 0:
        assert nb_number(float(once), digits) == nb_number(value, digits)


@many
@given(whole=st.integers(-500, 500), digits=st.integers(0, 3))
def test_halves_go_away_from_zero(whole: int, digits: int) -> None:
    """Built from whole numbers: (2k + 1) / 2 units, whose nearest float may lie on either side."""
    half = (2 * whole + 1) / 2 * 10.0**-digits
    away = whole + 1 if whole >= 0 else whole
    assert int(round_half_up(half, digits).scaleb(digits)) == away


@many
@given(one=numbers, other=numbers, digits=st.integers(0, 2))
def test_rounding_keeps_the_order(one: float, other: float, digits: int) -> None:
    low, high = sorted((one, other))
    assert round_half_up(low, digits) <= round_half_up(high, digits)


CODED = [v for v in read_codebook() if v.source == "survey" and v.codes and v.missing]


@settings(max_examples=6)
@given(variables=st.lists(st.sampled_from(CODED), min_size=1, max_size=8, unique_by=lambda v: v.name), data=st.data())
def test_codes_survive_every_format(variables: list, data: st.DataObject) -> None:
    """Codes, codes of no answer and blanks come back from each format, and get the same labels."""
    columns = {}
    for variable in variables:
        cells = st.lists(st.sampled_from([*variable.codes, *variable.missing, None]), min_size=6, max_size=6)
        columns[variable.name] = pd.array(data.draw(cells), dtype="Int64").to_numpy(dtype=float, na_value=np.nan)
    # A key that no double could hold stands beside them.
    original = pd.DataFrame({"respondent_id": np.arange(9_007_199, 9_007_205), **columns})
    codebook = read_codebook()
    with TemporaryDirectory() as folder:
        tables = {kind: read_table(store(original, Path(folder) / f"table.{kind}")) for kind in FORMATS}
    expected = labelled(original.astype(float), codebook)
    for kind, table in tables.items():
        assert list(table["respondent_id"]) == list(original["respondent_id"]), kind
        for name in columns:
            found = table[name].to_numpy(dtype=float, na_value=np.nan)
            np.testing.assert_array_equal(found, original[name].to_numpy(), err_msg=f"{kind} {name}")
        pd.testing.assert_frame_equal(labelled(table.astype("Float64").astype(float), codebook), expected)
