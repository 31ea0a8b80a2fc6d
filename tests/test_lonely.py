"""An estimate whose wave has one sampled unit has no error, and is a word instead of a number."""

from __future__ import annotations

import numpy as np
import pytest

from engine.disclosure.rules import COMPLEMENT, DIFFERENCE, DOMINANCE, FREEDOM, LONELY, THRESHOLD
from engine.estimates.totals import paired, total
from engine.estimates.weighted import mean, share
from engine.exhibits.exhibit import exhibit
from engine.words.lookup import nb
from press.made.lists import REASONS_NB
from tests.frames import persons

ONE_OFFICE = persons(y=np.arange(24.0) % 5, yes=np.arange(24) % 2 * 1.0, office_id=[7] * 24)


@pytest.mark.parametrize(
    "table",
    [mean(ONE_OFFICE, "y", clusters="office_id"), total(ONE_OFFICE, "y", clusters="office_id"),
     share(ONE_OFFICE, "yes", clusters="office_id")],
    ids=["mean", "total", "share"],
)  # fmt: skip
def test_one_office_as_cluster_gives_a_word(table) -> None:
    assert table["suppressed"].all() and table[["estimate", "n"]].isna().all(axis=None)
    assert nb(table, "veiledere") == "skjult"
    shown = exhibit("fig-s1", table, rows="population", series="measure", title="Snitt")
    assert "én eneste enhet" in shown.note and "færre enn" not in shown.note


def test_every_reason_has_its_words_on_the_page_of_hidden_numbers() -> None:
    named = (THRESHOLD, COMPLEMENT, DOMINANCE, FREEDOM, DIFFERENCE, LONELY)
    assert set(REASONS_NB) == set(named)


def test_several_offices_and_persons_give_numbers() -> None:
    assert not mean(ONE_OFFICE, "y")["suppressed"].any()
    two = ONE_OFFICE.assign(office_id=[7, 8] * 12)
    assert not mean(two, "y", clusters="office_id")["suppressed"].any()


def test_the_same_persons_answers_are_not_independent() -> None:
    # Each says one more on the first scale: the difference is sure, whatever the answers' own spread.
    frame = persons(y=np.arange(20.0) % 5 + 1, x=np.arange(20.0) % 5)
    row = paired(frame, "y", "x").iloc[0]
    assert (row["estimate"], row["standard_error"], row["item"]) == (1.0, 0.0, "y minus x")


def test_who_answered_one_of_the_two_is_left_out() -> None:
    row = paired(persons(y=[3.0, 5.0, np.nan] * 12, x=[1.0, np.nan, 4.0] * 12), "y", "x").iloc[0]
    assert (row["estimate"], row["n"]) == (2.0, 12)
