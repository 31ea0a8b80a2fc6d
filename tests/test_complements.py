"""What follows from what is shown."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.disclosure.secondary import partition, person_keys, reduced, too_small


def people(*numbers: int) -> np.ndarray:
    return np.array(sorted(numbers), dtype=np.uint64)


def test_persons_who_are_in_the_same_sets_are_one_part() -> None:
    cut = partition([people(1, 2, 3, 4, 5, 6), people(5, 6), people(6, 7)])
    assert cut.sizes.tolist() == [4, 1, 1, 1] and cut.members.sum(axis=1).tolist() == [3, 2, 2]
    assert (cut.members @ cut.sizes).tolist() == [6, 2, 2]
    assert partition([]).sizes.tolist() == []


def test_the_reduced_form_is_that_of_a_textbook() -> None:
    rows, pivots = reduced(np.array([[1.0, 1, 1], [1, 2, 3], [2, 3, 4]]))
    assert pivots == [0, 1] and np.allclose(rows, [[1, 0, -1], [0, 1, 2]])


def follows(limit: float, *sets: np.ndarray, protected: tuple[np.ndarray, ...] = ()) -> int | None:
    """Number of persons that too little rests on."""
    cut = partition([*sets, *protected])
    hidden = cut.members[len(sets) :] if protected else None
    found = too_small(cut.members[: len(sets)], cut.sizes, limit, hidden)
    return None if found is None else int(cut.sizes[found].sum())


EVERYONE = people(*range(100))


@pytest.mark.parametrize(
    ("shown", "persons"),
    [
        ([EVERYONE, people(*range(50)), people(*range(50, 100))], None),
        ([EVERYONE, people(*range(50)), people(*range(50, 96))], 4),  # the total less its parts
        ([EVERYONE, people(*range(97))], 3),  # one filter inside another
        ([people(*range(60)), people(*range(40, 100)), people(*range(40)), people(*range(66, 100))], 6),
        ([people(*range(8))], 8),
        # Overlapping groups: all of them and each, so what two have in common is there by addition.
        ([EVERYONE, people(*range(54)), people(*range(50, 100))], 4),
    ],
)
def test_a_sum_over_few_persons_is_found(shown: list[np.ndarray], persons: int | None) -> None:
    assert follows(10, *shown) == persons
    assert follows(10, *shown[::-1]) == persons


def test_two_small_parts_that_are_known_together_only_are_enough_persons() -> None:
    # Hidden groups of 6 and 7: what is left of the total are 13.
    assert follows(10, EVERYONE, people(*range(87))) is None
    assert follows(14, EVERYONE, people(*range(87))) == 13


def test_a_hidden_set_must_not_follow_however_large() -> None:
    dominated, rest = people(*range(40)), people(*range(40, 100))
    assert follows(10, EVERYONE, protected=(dominated,)) is None
    assert follows(10, EVERYONE, rest, protected=(dominated,)) == 40


def test_a_difference_of_two_rows_is_looked_at() -> None:
    # Sums over a+c and b+c, 12 and 13 persons; their difference rests on a and b, 5 persons.
    a, b, c = people(1, 2), people(3, 4, 5), people(*range(10, 20))
    assert follows(10, np.union1d(a, c), np.union1d(b, c)) == 5


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 30), min_size=2, max_size=6), st.data())
def test_what_is_found_can_be_added_up_and_what_is_not_cannot(sizes: list[int], data: st.DataObject) -> None:
    """Against brute force: solving for every union of parts with fewer than ten persons."""
    bits = st.lists(st.integers(0, 1), min_size=len(sizes), max_size=len(sizes))
    shown = np.array(data.draw(st.lists(bits, min_size=1, max_size=5)), dtype=float)
    order = np.argsort(-np.array(sizes), kind="stable")
    persons, rows = np.array(sizes, dtype=float)[order], shown[:, order]
    found = too_small(rows, persons, 10)
    parts = range(len(sizes))
    unions = [np.array([number >> k & 1 for k in parts], dtype=float) for number in range(1, 2 ** len(sizes))]
    rank = np.linalg.matrix_rank(rows)
    derivable = [u for u in unions if u @ persons < 10 and np.linalg.matrix_rank(np.vstack([rows, u])) == rank]
    if found is not None:
        assert 0 < persons[found].sum() < 10
        outside = rows[:, ~found]
        # Some combination of what is shown rests on these parts alone.
        assert np.linalg.matrix_rank(outside) < rank
    elif derivable:
        pytest.fail(f"{derivable[0]} of {persons} follows from {rows.tolist()}")


def test_keys_are_unique_and_waves_lie_apart() -> None:
    ids = np.array([1, 2, 3, 10**15, 10**15 + 1])
    keys = [person_keys(np.full(5, wave), ids) for wave in (2022, 2023)]
    assert len(np.unique(np.concatenate(keys))) == 10 and keys[0].max() < keys[1].min()
    assert (person_keys(np.full(5, 2022), ids) == keys[0]).all()
