"""Full counts."""

from __future__ import annotations

import numpy as np

from engine.disclosure.secondary import settle_categories, settle_counts

EACH = np.eye(4)


def test_a_small_cell_is_hidden_in_rows_and_columns() -> None:
    # Two groups, yes and no: 4 of group one said yes; group totals and the yes of all are told.
    cells = np.array([4.0, 500, 60, 800])
    told = np.vstack([EACH[[0, 2]], EACH[0] + EACH[2]])  # yes in both groups, yes of all
    known = np.array([[1.0, 1, 0, 0], [0, 0, 1, 1], [1, 1, 1, 1]])
    assert settle_counts(told, cells, 10, known) == ["threshold", "complement", ""]
    # The larger of the two is the total's: without the total nothing follows.
    assert settle_counts(told[:2], cells, 10, known) == ["threshold", ""]
    # The few who said no follow from group and yes.
    cells = np.array([500.0, 4, 60, 800])
    assert settle_counts(told[:2], cells, 10, known) == ["complement", ""]


def test_a_group_is_not_given_back_by_the_total() -> None:
    told = np.vstack([np.eye(3), np.ones((1, 3))])
    assert settle_counts(told, np.array([500.0, 40, 6]), 10) == ["", "complement", "threshold", ""]
    assert settle_counts(told, np.array([500.0, 40, 0]), 10) == ["", "", "", ""]


def test_categories_that_the_table_leaves_out_count() -> None:
    assert settle_categories(np.array([90.0]), 94, 10) == ["complement"]
    assert settle_categories(np.array([90.0, 6.0]), np.inf, 10) == ["", "threshold"]
    assert settle_categories(np.array([5.0, 2.0]), 7, 10) == ["threshold"] * 2
