"""Every estimator on the edge cases of tests/edge_frames.py, against R (tests/r/edge.R; `make oracle` renews them).

What R refuses or warns that it can't tell is NaN here, too: neither a number nor a warning. Nothing is hidden for being
few in these tests, but for what not even the lowest setting would show.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import edge_frames
import numpy as np
import pandas as pd
import pytest

from engine.data.persons import poststratification_weights
from engine.disclosure.rules import FLOOR
from engine.errors import ReportError
from engine.estimates.curves import curve, share_curve
from engine.estimates.models import fit, margins
from engine.estimates.office_panel import office_changes
from engine.estimates.respondents import HIGH, LOW, design_effect
from engine.estimates.totals import paired, ratio, total
from engine.estimates.weighted import mean, share, unweighted
from engine.table import keys_in
from engine.words.verdict import between
from press.project import ROOT
from tests.frames import nothing_hidden, unrounded

REFERENCE = pd.read_csv(ROOT / "tests/r/edge.csv", dtype={"row": str, "frames": str}, keep_default_na=False)
REFERENCE["value"] = REFERENCE["value"].replace("NA", "nan").astype(float)
QUANTITIES = ["estimate", "standard_error", "ci_low", "ci_high", "p_value", "n"]
# Estimates by iteration; everything else is a closed form.
ITERATED = {"mixed model": 1e-5, "logistic share curve": 1e-8}
CLOSED = 1e-8
# A variance between offices of 0 is found as a very small one by iteration.
SMALLEST = {"mellom kontor": 1.0, "standardavvik mellom kontor": 1.0}
Found = Iterator[tuple[str, Any]]


def by_row(table: pd.DataFrame, *keys: str) -> Found:
    """Rows of a tidy table, named by some of its keys."""
    for _, row in table.iterrows():
        yield " ".join(f"{row[key]:g}" if key == "x" else str(row[key]) for key in keys), row


def differences(frame: pd.DataFrame) -> Found:
    for name, table, ends in (
        ("waves", mean(frame, "y", "wave"), sorted(frame["wave"].unique())[:2]),
        ("groups", mean(frame, "y", ["group", "wave"]).query("wave == 2024"), ["a", "b"]),
    ):
        if all((table[keys_in(table)] == end).any(axis=None) for end in ends) and len(ends) == 2:
            change = between(*(unrounded(table, end) for end in ends))
            # A difference without an error says nothing, see `verdict.Verdict`.
            known = change.known
            yield name, {"estimate": change.value if known else np.nan,
                         "standard_error": change.error if known else np.nan}  # fmt: skip


def coefficients(frame: pd.DataFrame, made: Callable[[], pd.DataFrame]) -> Found:
    try:
        table = made()
    except ReportError:
        yield "refused", {"estimate": np.nan}
    else:
        yield from by_row(table, "term")


def predictions(frame: pd.DataFrame) -> Found:
    try:
        models = fit("y ~ x + group", frame)
    except ReportError:
        return
    for name, row in by_row(margins(models, "x", edge_frames.VALUES), "x"):
        yield f"x {name}", row
    yield from by_row(margins(models, "group"), "value")


def turning(frame: pd.DataFrame) -> Found:
    try:
        models = fit("y ~ x + I(x**2)", frame)
    except ReportError:
        yield "refused", {"estimate": np.nan}
    else:
        yield from by_row(models.turning_point("x"), "term")


def weights(frame: pd.DataFrame) -> Found:
    weight = frame["weight"].to_numpy()
    yield "design effect", {"estimate": design_effect(weight)}
    for percent in (LOW, HIGH):
        yield f"quantile {percent / 100:g}", {"estimate": np.percentile(weight, percent)}


def pairs(frame: pd.DataFrame) -> Found:
    for wave, row in by_row(paired(frame, "y", "x", "wave"), "wave"):
        yield f"wave {wave}", row
    yield "offices", paired(frame, "y", "x", clusters="office_id").iloc[0]


SUMS: dict[str, Callable[..., pd.DataFrame]] = {
    "total": lambda frame, **options: total(frame, "y", **options),
    "ratio": lambda frame, **options: ratio(frame, "y", "x", **options),
}


def summed(made: Callable[..., pd.DataFrame]) -> dict[str, Callable[[pd.DataFrame], Found]]:
    """Ways to ask for a total or a ratio, named as R's rows are."""
    return {
        "": lambda f: (("all", row) for _, row in by_row(made(f))),
        ", clustered": lambda f: (("all", row) for _, row in by_row(made(f, clusters="office_id"))),
        " within": lambda f: by_row(made(f, within=["yes"]), "within"),
        " by group and wave": lambda f: by_row(made(f, by=["group", "wave"]), "group", "wave"),
        " by group, clustered": lambda f: by_row(made(f, by="group", clusters="office_id"), "group"),
    }


ESTIMATORS: dict[str, Callable[[pd.DataFrame], Found]] = {
    "mean": lambda f: (("all", row) for _, row in by_row(mean(f, "y"))),
    "mean, unweighted": lambda f: (("all", row) for _, row in by_row(mean(unweighted(f), "y"))),
    "mean, clustered": lambda f: (("all", row) for _, row in by_row(mean(f, "y", clusters="office_id"))),
    "mean by group": lambda f: by_row(mean(f, "y", "group"), "group"),
    "mean by group, clustered": lambda f: by_row(mean(f, "y", "group", clusters="office_id"), "group"),
    "mean by group and wave": lambda f: by_row(mean(f, "y", ["group", "wave"]), "group", "wave"),
    "mean within": lambda f: by_row(mean(f, "y", within=["yes"]), "within"),
    "share of yes": lambda f: by_row(share(f, "yes", "wave"), "wave"),
    "share of levels": lambda f: by_row(share(f, "level"), "answer"),
    **{f"{kind}{name}": estimator for kind, made in SUMS.items() for name, estimator in summed(made).items()},
    "paired": pairs,
    "difference": differences,
    "curve": lambda f: ((f"all {x}", row) for x, row in by_row(curve(f, "y", "size", at=edge_frames.SIZES), "x")),
    "curve by group": lambda f: by_row(curve(f, "y", "size", "group", at=edge_frames.SIZES), "group", "x"),
    "share curve": lambda f: (
        (f"all {x}", row) for x, row in by_row(share_curve(f, "yes", "size", at=edge_frames.SIZES, model="linear"), "x")
    ),
    "logistic share curve": lambda f: (
        (f"all {x}", row) for x, row in by_row(share_curve(f, "yes", "size", at=edge_frames.SIZES, model="logit"), "x")
    ),
    "bounded share curve": lambda f: (
        (f"all {x}", row) for x, row in by_row(share_curve(f, "yes", "size", at=edge_frames.SIZES), "x")
    ),
    "regression": lambda f: coefficients(f, lambda: fit("y ~ x + group", f).table),
    "margins": predictions,
    "turning point": turning,
    "mixed model": lambda f: coefficients(f, lambda: fit("y ~ x", f, groups="office_id").table),
    "change": lambda f: by_row(office_changes(f, "y"), "sample"),
    "weights": weights,
}


@pytest.fixture
def shown() -> Iterator[None]:
    """Estimators without disclosure control: what is hidden for being few can't be compared."""
    with nothing_hidden():
        yield


def test_r_saw_these_frames() -> None:
    assert set(REFERENCE["frames"]) == {edge_frames.digest()}, "the frames have changed: run make oracle"
    assert set(REFERENCE["case"]) == {*edge_frames.CASES, *edge_frames.CELLS}
    assert set(REFERENCE["estimator"]) == {*ESTIMATORS, "post-stratification"}
    assert REFERENCE["versions"].str.fullmatch(r"R [\d.]+, survey [\d.]+, lme4 [\d.]+").all()


@pytest.mark.parametrize("estimator", ESTIMATORS)
@pytest.mark.parametrize("case", edge_frames.CASES)
def test_an_estimator_equals_r(shown, case, estimator):
    reference = REFERENCE[(REFERENCE["case"] == case) & (REFERENCE["estimator"] == estimator)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = dict(ESTIMATORS[estimator](edge_frames.people(case)))
    wrong = []
    for row, quantity, theirs in reference[["row", "quantity", "value"]].itertuples(index=False):
        own = found.get(row, {})
        ours = float(own.get(quantity, np.nan))
        if np.isnan(theirs):
            # Fewer persons than the floor are hidden under every setting.
            agrees = np.isnan(ours) or float(own.get("n", FLOOR)) < FLOOR
        else:
            # An error far below the last digit of its estimate is rounding.
            scale = max(abs(theirs), 1e-5 * abs(float(own.get("estimate", np.nan))), SMALLEST.get(row, 1e-6))
            agrees = abs(ours - theirs) <= ITERATED.get(estimator, CLOSED) * scale
        if not agrees:
            wrong.append(f"{row}, {quantity}: ours {ours!r}, R {theirs!r}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("case", edge_frames.CELLS)
def test_weights_equal_post_stratify(case):
    reference = REFERENCE[REFERENCE["case"] == case]
    frame = edge_frames.invited(case).rename(columns={"size": "office_size"})
    found = poststratification_weights(frame[frame["answered"] == 1], frame)
    np.testing.assert_allclose(found, reference["value"], rtol=1e-12)


@pytest.mark.parametrize("case", edge_frames.CASES)
def test_too_few_persons_show_nothing(case):
    table = mean(edge_frames.people(case), "y", ["group", "wave"])
    few = ~(table["n"] >= FLOOR)
    assert table.loc[few, ["estimate", "standard_error", "ci_low", "ci_high", "n"]].isna().all(axis=None)
