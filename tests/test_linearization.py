"""Variance by linearisation, against sums worked out on paper."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from engine.estimates.linearized import linearized_covariance
from engine.table import NORMAL_975

values = st.lists(st.integers(-100, 100), min_size=2, max_size=12)


def test_the_quantile_is_the_normal_one() -> None:
    assert norm.ppf(0.975) == NORMAL_975


def test_one_stratum() -> None:
    # 1, 2, 6 around 3: 4 + 1 + 9 = 14, times 3/2.
    assert linearized_covariance([1, 2, 6]) == pytest.approx(np.array([[21.0]]))


def test_strata_have_their_own_means_and_factors() -> None:
    # {1, 3}: 2 · 2 = 4; {0, 3, 6}: 18 · 3/2 = 27.
    found = linearized_covariance([1, 0, 3, 3, 6], strata=["b", "a", "b", "a", "a"])
    assert found == pytest.approx(np.array([[31.0]]))


def test_clusters_are_summed_first() -> None:
    # Totals 3, 3, 9 around 5: 4 + 4 + 16 = 24, times 3/2.
    assert linearized_covariance([1, 2, 3, 4, 5], clusters=[7, 7, 8, 9, 9]) == pytest.approx(np.array([[36.0]]))


def test_a_cluster_number_used_in_two_strata_is_two_clusters() -> None:
    # Stratum a: totals 1, 3; stratum b: totals 5, 9. 2·2 + 2·8 = 20.
    found = linearized_covariance([1, 3, 5, 9], strata=["a", "a", "b", "b"], clusters=[1, 2, 1, 2])
    assert found == pytest.approx(np.array([[20.0]]))


def test_several_estimates_covary() -> None:
    # (1, 2), (3, 0): centred (−1, 1), (1, −1); times 2/1.
    assert linearized_covariance([[1, 2], [3, 0]]) == pytest.approx(np.array([[4.0, -4.0], [-4.0, 4.0]]))


def test_a_stratum_with_one_person_has_no_variance() -> None:
    assert np.isnan(linearized_covariance([1, 2, 3], strata=[0, 0, 1])).all()


@given(values, st.integers(1, 10))
def test_scale_and_shift(influence: list[int], factor: int) -> None:
    base = linearized_covariance(influence)
    assert linearized_covariance(np.multiply(influence, factor)) == pytest.approx(base * factor**2)
    assert linearized_covariance(np.add(influence, 5)) == pytest.approx(base, abs=1e-9)


@given(values, st.randoms(use_true_random=False))
def test_order_does_not_matter(influence: list[int], random: object) -> None:
    strata = [k % 2 for k in range(len(influence))]
    pairs = list(zip(influence, strata, strict=True))
    random.shuffle(pairs)  # type: ignore[attr-defined]
    moved = linearized_covariance([p[0] for p in pairs], [p[1] for p in pairs])
    assert moved == pytest.approx(linearized_covariance(influence, strata), abs=1e-9, nan_ok=True)


@given(values)
def test_each_person_a_cluster_is_no_clustering(influence: list[int]) -> None:
    clustered = linearized_covariance(influence, clusters=np.arange(len(influence)))
    assert clustered == pytest.approx(linearized_covariance(influence))
