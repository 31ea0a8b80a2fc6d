"""A reader counts persons back from shares and their standard errors, as files print them: none is found.

Of n persons k said yes; with weights that are not too unequal (SE / (s (1 − s)))² is about 1/k + 1/(n − k). Both sides
of every share that is told are tried on the twin thinned to 15 and to 6 per cent, for each edition.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import engine.estimates.weighted
from engine.data.survey import Survey, open_survey
from engine.disclosure.rules import DOMINANCE, SMALLEST_NUMERATOR
from engine.disclosure.secondary import Behind
from engine.estimates.respondents import HIGH_WEIGHT, LOW_WEIGHT, weight_spread
from engine.estimates.weighted import mean, share
from engine.exhibits.numbers import numbers_csv
from engine.table import about, described
from engine.vouched import vouched
from tests.frames import persons

GROUPS: tuple[list[str], ...] = (["sector", "wave"], ["age_group_followed", "wave"], ["nav_region", "wave"])
ASKED = ("task_sector", "cross_agency", "youth_unit", "users_immigrants", "users_aap", "users_social", "role_other",
         "innsats_standard", "innsats_special", "innsats_none")  # fmt: skip
SETTLE = engine.estimates.weighted.settle_shares
# Behind each table that was made: who answered yes, and who answered.
Truth = list[tuple[pd.DataFrame, list[tuple[int, int]]]]


def thinned(survey: Survey, part: float) -> pd.DataFrame:
    chosen = np.random.default_rng(int(1000 * part)).random(len(survey.counsellors)) < part
    return described(survey.counsellors[chosen].reset_index(drop=True), about(survey.counsellors))


def guessed(row: pd.Series) -> tuple[int, int] | None:
    """The fewer who said yes or who said no, as the standard error tells; None where it tells nothing sharp."""
    share_of_one, error, persons_in = row["estimate"] / 100, row["standard_error"] / 100, row["n"]
    if not (0 < share_of_one < 1 and error > 0):
        return None
    told = (error / (share_of_one * (1 - share_of_one))) ** 2
    few = next((few for few in range(1, 8) if told > 1 / (few + 0.5) + 1 / max(persons_in - few, 1)), 0)
    return (few, int(share_of_one > 0.5)) if few else None


def tables(frame: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Questions of two and of more answers, by each grouping."""
    for name in ASKED:
        for by in GROUPS:
            if name in frame:
                yield share(frame, name, by, total=by[0])
                yield mean(frame, name, by) if frame[name].dtype != "category" else share(frame, name)


def attack(
    frame: pd.DataFrame, settle: Callable[[pd.DataFrame, Sequence[Behind]], pd.DataFrame], patch: pytest.MonkeyPatch
) -> tuple[int, int]:
    """How many sets of one or two persons are told, and how many of them the standard error counts right."""
    truth: Truth = []

    def kept(table: pd.DataFrame, behind: Sequence[Behind]) -> pd.DataFrame:
        done = settle(table, behind)
        truth.append((done, [(len(one.answering), len(one.persons)) for one in behind]))
        return done

    patch.setattr(engine.estimates.weighted, "settle_shares", kept)
    for _ in tables(frame):
        pass
    patch.undo()
    there = counted = 0
    for table, numbers in truth:
        printed = pd.read_csv(io.StringIO(numbers_csv(vouched(table))))
        per_cent = 1 if (table["measure"] == "share_pct").any() else 100
        printed[["estimate", "standard_error"]] *= per_cent
        for (_, row), (yes, of) in zip(printed.iterrows(), numbers, strict=True):
            fewest = min(yes, of - yes)
            if row["suppressed"] or not 0 < fewest < SMALLEST_NUMERATOR:
                continue
            there += 1
            found = guessed(row)
            counted += found is not None and found[0] == fewest
    return there, counted


@pytest.mark.parametrize("part", [0.15, 0.06])
@pytest.mark.parametrize("year", [2022, 2023, 2024])
def test_no_set_of_one_or_two_is_told(twin_root: Path, year: int, part: float, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = thinned(open_survey(year, twin_root), part)
    assert attack(frame, SETTLE, monkeypatch) == (0, 0)


def test_without_the_rule_the_attack_finds_them(twin_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise the test above would prove nothing."""
    frame = thinned(open_survey(2024, twin_root), 0.06)
    there, counted = attack(frame, lambda table, _: table, monkeypatch)
    assert there > 30 and counted > 0.8 * there


def weighing(yes: int, of: int) -> pd.DataFrame:
    weight = 1 + 0.3 * np.sin(np.arange(of))
    told = [1.0] * yes + [0.0] * (of - yes)
    return persons(weight=weight, wave=[2024] * of, many=told, caseload=[5.0, *[7.0] * (of - 1)])


@pytest.mark.parametrize("estimator", [share, mean])
@pytest.mark.parametrize(("yes", "hidden"), [(0, False), (1, True), (2, True), (3, False), (57, False), (58, True),
                                             (59, True), (60, False)])  # fmt: skip
def test_both_sides_of_a_weighted_share(estimator: Callable[..., pd.DataFrame], yes: int, hidden: bool) -> None:
    table = estimator(weighing(yes, 60), "many", "wave")
    assert table["suppressed"].tolist() == [hidden]
    assert table["reason"].tolist() == [DOMINANCE if hidden else ""]


def test_the_other_answer_does_not_give_a_hidden_one_back() -> None:
    frame = weighing(1, 60)
    frame = described(frame.assign(many=pd.Categorical(np.where(frame["many"] == 1, "ja", "nei"))), about(frame))
    assert share(frame, "many", "wave")["suppressed"].all()


def test_a_weight_of_few_is_no_percentile(twin_root: Path) -> None:
    survey = open_survey(2024, twin_root)
    whole = weight_spread(survey).set_index(["wave", "item"])
    assert not whole["suppressed"].any()
    answered = survey.answered[survey.answered["wave"] == 2024]
    weight = answered["weight"].to_numpy().copy()
    low = whole.loc[(2024, LOW_WEIGHT), "estimate"]
    of_it = np.flatnonzero(np.isclose(weight, low))
    # Each of the cell weighs a little more than the one before: the percentile is then nearly one person's.
    weight[of_it] += 1e-6 * np.arange(len(of_it))
    few: Any = SimpleNamespace(waves=[2024], answered=described(answered.assign(weight=weight), about(answered)))
    spread = weight_spread(few).set_index(["wave", "item"])
    assert spread.loc[(2024, LOW_WEIGHT), "suppressed"] and not spread.loc[(2024, HIGH_WEIGHT), "suppressed"]
