"""Every predicate on paper numbers: once where the finding holds, once where it does not."""

from __future__ import annotations

from statistics import NormalDist

import pandas as pd
import pytest

from ledger.claims import PREDICATES, STRENGTHS, judge
from ledger.outcomes import ABSENT, FAILS, HIDDEN, HOLDS, IN_PART


def table(*rows, error=1.0):
    """Rows given as dicts; every estimate has the same standard error unless its row says otherwise."""
    records = []
    for row in rows:
        record = {"population": "", "measure": "", "standard_error": error, "x": float("nan"), "p_value": float("nan")}
        record |= row
        half = 1.96 * record["standard_error"]
        records.append(record | {"ci_low": record["estimate"] - half, "ci_high": record["estimate"] + half, "n": 100.0})
    return pd.DataFrame(records)


def series(*values, wave="2024", group="g", categories="abcdefgh"):
    return [
        {"wave": wave, "group": group, "category": category, "estimate": float(value)}
        for category, value in zip(categories, values, strict=False)
    ]


def waves(**by_wave):
    """One series a wave: `w2022=[1, 2]`."""
    return table(*(row for wave, values in by_wave.items() for row in series(*values, wave=wave[1:])))


def groups(**by_group):
    return table(*(row for group, values in by_group.items() for row in series(*values, group=group)))


def curves(p_value=0.001, **by_group):
    return table(*(
        {"wave": "2024", "group": group, "x": float(x), "estimate": float(value), "p_value": p_value}
        for group, values in by_group.items() for x, value in enumerate(values)
    ))  # fmt: skip


def wave_curves(**by_wave):
    return table(*(
        {"wave": wave[1:], "x": float(x), "estimate": float(value), "p_value": 0.001}
        for wave, values in by_wave.items() for x, value in enumerate(values)
    ))  # fmt: skip


def coefficients(p_value, **by_outcome):
    return table(*(
        {"outcome": name, "term": "term", "measure": "coef", "estimate": value, "p_value": p_value,
         "standard_error": abs(value) / NormalDist().inv_cdf(1 - p_value / 2)}
        for name, value in by_outcome.items()
    ))  # fmt: skip


UP, DOWN, FLAT = waves(w2022=[10], w2024=[20]), waves(w2022=[20], w2024=[10]), waves(w2022=[10], w2024=[10.5])
LITTLE_DOWN = waves(w2022=[10.5], w2024=[10])
TENDING, TENDING_DOWN = waves(w2022=[10], w2024=[12]), waves(w2022=[12], w2024=[10])
SOME, THREE = groups(one=[12], two=[10]), groups(one=[20], two=[15], three=[5])
TIME = table(
    *({"wave": wave, "group": "unge", "category": what, "measure": "mean", "estimate": 0.0, "standard_error": error}
      for what, error in (("tid", 0.1), ("load", 1.0)) for wave in ("2022", "2024")),
    {"wave": "2024", "group": "load", "category": "tid", "measure": "coef", "estimate": 0.0, "standard_error": 0.01},
)  # fmt: skip
RELATED = table(*({"category": "a", "group": "b", "measure": what, "estimate": 0.0} for what in ("r2", "coef")))
INSIDE = table(
    *({"population": "inne", "group": group, "category": "x", "estimate": 0.0} for group in ("unge (30)", "begge")),
    *({"population": "alle", "group": "x", "category": name, "estimate": 0.0} for name in ("unge", "begge, ikke")),
)
FAR, NEAR = groups(one=[20], two=[10]), groups(one=[10.5], two=[10])
RISING, FALLING = curves(one=[1, 2, 4]), curves(one=[4, 2, 1])
UNSURE = curves(p_value=0.5, one=[4, 2, 1])
STEP = ("2022", "2024")
CASES = {
    "rises": [(UP, STEP, True), (FLAT, STEP, False)],
    "not_rises": [(DOWN, STEP, True), (UP, STEP, False)],
    "falls": [(DOWN, STEP, True), (FLAT, STEP, False)],
    "goes_up": [(FLAT, STEP, True), (DOWN, STEP, False)],
    "goes_down": [(LITTLE_DOWN, STEP, True), (FLAT, STEP, False)],
    "tends_up": [(TENDING, STEP, True), (UP, STEP, False), (FLAT, STEP, False)],
    "tends_down": [(TENDING_DOWN, STEP, True), (DOWN, STEP, False), (LITTLE_DOWN, STEP, False)],
    "somewhat_up": [(TENDING, STEP, True), (UP, STEP, True), (FLAT, STEP, False)],
    "somewhat_down": [(TENDING_DOWN, STEP, True), (DOWN, STEP, True), (LITTLE_DOWN, STEP, False)],
    "unchanged": [(FLAT, STEP, True), (TENDING, STEP, False), (UP, STEP, False)],
    "about_unchanged": [(TENDING, STEP, True), (UP, STEP, False)],
    "alike": [(NEAR, ("one", "two"), True), (SOME, ("one", "two"), False), (FAR, ("one", "two"), False)],
    "about_alike": [(SOME, ("one", "two"), True), (FAR, ("one", "two"), False)],
    "higher_than_all": [(THREE, ("one", "two+three"), True), (THREE, ("two", "one+three"), False)],
    "lower_than_all": [(THREE, ("three", "one+two"), True), (THREE, ("two", "one+three"), False)],
    "somewhat_higher": [(SOME, ("one", "two"), True), (NEAR, ("one", "two"), False)],
    "somewhat_higher_than_all": [(THREE, ("one", "two+three"), True), (THREE, ("two", "one+three"), False)],
    "somewhat_lower_than_all": [(THREE, ("three", "one+two"), True), (THREE, ("two", "one+three"), False)],
    "below_in_each": [
        (groups(one=[1, 1], two=[9, 9]), ("one", "two", "a+b"), True),
        (groups(one=[1, 9], two=[9, 9]), ("one", "two", "a+b"), False),
    ],
    "nearer": [
        (groups(one=[10], two=[10.5], three=[20]), ("one", "two", "three"), True),
        (groups(one=[10], two=[16], three=[20]), ("one", "two", "three"), False),
    ],
    "groups_alike": [(NEAR, ("one+two",), True), (THREE, ("one+two+three",), False)],
    "groups_alike_in": [
        (groups(one=[1, 1], two=[1, 1]), ("a+b", "one+two"), True),
        (groups(one=[1, 1], two=[1, 9]), ("a+b", "one+two"), False),
    ],
    "none_differ": [
        (groups(one=[5, 5], two=[4, 6]), ("one", "two"), True),
        (groups(one=[5, 5], two=[4, 16]), ("one", "two"), False),
    ],
    "none_changed": [
        (waves(w2022=[1, 1], w2024=[2, 1]), (*STEP, "a+b"), True),
        (waves(w2022=[1, 1], w2024=[9, 1]), (*STEP, "a+b"), False),
    ],
    "none_rose": [
        (waves(w2022=[9, 1], w2024=[1, 2]), (*STEP, "a+b"), True),
        (waves(w2022=[9, 1], w2024=[1, 9]), (*STEP, "a+b"), False),
    ],
    "varies": [(groups(g=[1, 9]), ("g",), True), (groups(g=[1, 2]), ("g",), False)],
    "varies_little": [(groups(g=[1, 2]), ("g",), True), (groups(g=[1, 9]), ("g",), False)],
    "bottom_group": [(THREE, ("three", "a"), True), (NEAR, ("two", "a"), False), (THREE, ("two", "a"), False)],
    "top_group": [(THREE, ("one", "a"), True), (NEAR, ("one", "a"), False), (THREE, ("two", "a"), False)],
    "curve_higher": [
        (curves(one=[2, 2], two=[1, 2]), ("one", "two"), True), (curves(one=[2, 2], two=[1, 2]), ("two", "one"), False),
    ],
    "curve_between": [
        (curves(one=[2, 2], two=[1, 2]), ("one", "two"), True), (curves(one=[2, 9], two=[1, 2]), ("one", "two"), False),
    ],
    "curves_fall": [
        (curves(one=[3, 1], two=[2, 1]), ("2024",), True), (curves(one=[3, 1], two=[1, 2]), ("2024",), False),
        (curves(p_value=0.06, one=[3, 1], two=[2, 1]), ("2024",), False),
    ],
    "curve_falls_from_left": [
        (FALLING, ("one",), True), (curves(one=[4, 5, 1]), ("one",), False), (UNSURE, ("one",), False),
    ],
    "curve_tends_down_from_left": [
        (curves(p_value=0.2, one=[4, 2, 1]), ("one",), True), (curves(p_value=0.2, one=[4, 5, 1]), ("one",), False),
        (FALLING, ("one",), False), (UNSURE, ("one",), False),
    ],
    "rises_more": [
        (curves(one=[1, 9], two=[1, 2]), ("one", "two"), True), (curves(one=[1, 9], two=[1, 2]), ("two", "one"), False),
    ],
    "falls_beyond": [
        (TIME.assign(estimate=[3.0, 2.2, 50.0, 60.0, -0.1]), (*STEP, "unge", "tid", "load"), False),
        (TIME.assign(estimate=[9.0, 1.0, 50.0, 60.0, -0.1]), (*STEP, "unge", "tid", "load"), True),
    ],
    "coef_tends_down": [
        (coefficients(0.2, a=-1.5), ("term",), True), (coefficients(0.6, a=-0.5), ("term",), False),
        (coefficients(0.01, a=-3.0), ("term",), False), (coefficients(0.2, a=1.5), ("term",), False),
    ],
    "coef_somewhat_down": [
        (coefficients(0.01, a=-3.0), ("term",), True), (coefficients(0.6, a=-0.5), ("term",), False),
    ],
    "several_negative": [
        (pd.concat([coefficients(0.01, a=-1.0, b=-1.0), coefficients(0.5, c=-1.0)]), ("term",), True),
        (pd.concat([coefficients(0.01, a=-1.0), coefficients(0.5, b=-1.0, c=-1.0)]), ("term",), False),
        (pd.concat([coefficients(0.01, a=-1.0, b=-1.0), coefficients(0.5, c=1.0)]), ("term",), False),
    ],
    "associated": [
        (groups(one=[1, 2, 3, 4], two=[1, 2, 4, 3]), ("one", "two"), True),
        (groups(one=[1, 2, 3, 4], two=[2, 4, 1, 3]), ("one", "two"), False),
    ],
    "same_order": [
        (groups(one=[1, 2, 3], two=[4, 5, 6]), ("0.7", "one", "two"), True),
        (groups(one=[1, 2, 3], two=[4, 6, 5]), ("0.7", "one", "two"), False),
    ],
    "no_clear_order": [
        (groups(one=[1, 2, 3, 4], two=[2, 1, 4, 3]), ("one", "two"), True),
        (groups(one=[1, 2, 3, 4, 5], two=[9, 8, 7, 6, 5]), ("one", "two"), False),
    ],
    "all_within": [(RISING, ("1", "4", "one"), True), (RISING, ("1", "3", "one"), False)],
    "sum_at_least": [(groups(g=[3, 1]), ("4", "a+b", "g"), True), (groups(g=[3, 1]), ("5", "a+b", "g"), False)],
    "prints_alike": [(NEAR, ("one", "two", "-1"), True), (NEAR, ("one", "two", "1"), False)],
    "correlated": [
        (RELATED.assign(estimate=[0.3, 1.0]), ("0.5", "a"), True),
        (RELATED.assign(estimate=[0.2, 1.0]), ("0.5", "a"), False),
        (RELATED.assign(estimate=[0.3, -1.0]), ("0.5", "a"), False),
    ],
    "steepest_step": [
        (waves(w2022=[1], w2023=[2], w2024=[9]), ("2023", "2024"), True),
        (waves(w2022=[1], w2023=[9], w2024=[10]), ("2023", "2024"), False),
    ],
    "accelerates": [
        (waves(w2022=[1], w2023=[2], w2024=[9]), ("2022", "2023", "2024"), True),
        (waves(w2022=[1], w2023=[9], w2024=[10]), ("2022", "2023", "2024"), False),
    ],
    "set_above": [(THREE, ("one+two", "three"), True), (THREE, ("one+three", "two"), False)],
    "gap_wider_for": [
        (groups(one=[9, 2], two=[1, 1]), ("a", "b", "one", "two"), True),
        (groups(one=[9, 2], two=[1, 1]), ("b", "a", "one", "two"), False),
    ],
    "nearer_to": [(THREE, ("one", "two", "three"), True), (THREE, ("one", "three", "two"), False)],
    "lower_throughout": [
        (groups(one=[1, 2], two=[1, 3]), ("a", "b"), True), (groups(one=[1, 2], two=[3, 1]), ("a", "b"), False),
    ],
    "closer_in": [
        (INSIDE.assign(estimate=[5.0, 4.5, 5.0, 3.0]), ("inne", "unge (30)", "begge", "begge, ikke", "x"), True),
        (INSIDE.assign(estimate=[5.0, 2.5, 5.0, 3.0]), ("inne", "unge (30)", "begge", "begge, ikke", "x"), False),
    ],
    "spread_unchanged": [
        (waves(w2022=[1, 3], w2024=[1, 4]), STEP, True), (waves(w2022=[1, 3], w2024=[1, 9]), STEP, False),
    ],
    "higher": [(FAR, ("one", "two"), True), (NEAR, ("one", "two"), False)],
    "above": [(NEAR, ("one", "two"), True), (NEAR, ("two", "one"), False)],
    "at_least": [(NEAR, ("10", "two"), True), (NEAR, ("10.1", "two"), False)],
    "highest": [(groups(g=[1, 3, 2]), ("b", "g"), True), (groups(g=[1, 3, 2]), ("c", "g"), False)],
    "lowest": [(groups(g=[1, 3, 2]), ("a", "g"), True), (groups(g=[1, 3, 2]), ("c", "g"), False)],
    "grows_most": [
        (waves(w2022=[1, 1, 1], w2024=[5, 4, 2]), ("a+b", *STEP), True),
        (waves(w2022=[1, 1, 1], w2024=[5, 2, 4]), ("a+b", *STEP), False),
    ],
    "grows_more": [
        (waves(w2022=[1, 1], w2024=[5, 4]), ("a", "b", *STEP), True),
        (waves(w2022=[1, 1], w2024=[5, 6]), ("a", "b", *STEP), False),
    ],
    "mostly_before": [
        (waves(w2022=[0], w2023=[6], w2024=[10]), ("2022", "2023", "2024"), True),
        (waves(w2022=[0], w2023=[4], w2024=[10]), ("2022", "2023", "2024"), False),
    ],
    "spread_rises": [
        (waves(w2022=[1, 2], w2024=[1, 3]), STEP, True), (waves(w2022=[1, 3], w2024=[1, 2]), STEP, False),
    ],
    "spread_falls": [
        (waves(w2022=[1, 3], w2024=[1, 2]), STEP, True), (waves(w2022=[1, 2], w2024=[1, 3]), STEP, False),
    ],
    "nears_others": [
        (waves(w2022=[1, 9, 9], w2024=[5, 9, 9]), ("a", *STEP), True),
        (waves(w2022=[5, 9, 9], w2024=[1, 9, 9]), ("a", *STEP), False),
    ],
    "curve_rises": [(RISING, ("one",), True), (FALLING, ("one",), False)],
    "curve_flat": [(UNSURE, ("one",), True), (RISING, ("one",), False)],
    "curve_above": [
        (wave_curves(w2022=[1, 1, 1], w2024=[9, 9, 1]), STEP, True),
        (wave_curves(w2022=[1, 1, 1], w2024=[9, 1, 1]), STEP, False),
    ],
    "curve_slightly_above": [
        (wave_curves(w2022=[1, 1], w2024=[1, 1.1]), STEP, True),
        (wave_curves(w2022=[1, 1], w2024=[1, 0.9]), STEP, False),
    ],
    "curve_steeper": [
        (wave_curves(w2022=[1, 2], w2024=[1, 3]), STEP, True), (wave_curves(w2022=[1, 3], w2024=[1, 2]), STEP, False),
    ],
    "curve_falls": [(FALLING, ("one",), True), (UNSURE, ("one",), False)],
    "curve_drops_most": [
        (curves(one=[9, 1], two=[2, 1]), ("one", "2024"), True),
        (curves(one=[9, 1], two=[2, 1]), ("two", "2024"), False),
    ],
    "curve_falls_more_right": [
        (wave_curves(w2022=[5, 5], w2024=[4, 1]), STEP, True), (wave_curves(w2022=[5, 5], w2024=[1, 4]), STEP, False),
    ],
    "increasing": [(RISING, ("one",), True), (curves(one=[1, 3, 2]), ("one",), False)],
    "flattens": [(curves(one=[9, 2, 1]), ("one",), True), (curves(one=[9, 8, 1]), ("one",), False)],
    "range_larger": [
        (curves(one=[1, 9], two=[1, 2]), ("one", "two"), True), (curves(one=[1, 9], two=[1, 2]), ("two", "one"), False),
    ],
    "coef_positive": [
        (coefficients(0.01, a=1.0, b=2.0), ("term",), True), (coefficients(0.01, a=1.0, b=-2.0), ("term",), False),
    ],
    "coef_negative": [(coefficients(0.01, a=-1.0), ("term",), True), (coefficients(0.06, a=-1.0), ("term",), False)],
    "coef_none": [(coefficients(0.06, a=1.0), ("term",), True), (coefficients(0.04, a=1.0), ("term",), False)],
    "coef_largest": [
        (coefficients(0.5, a=-2.0, b=1.0), ("a", "term"), True),
        (coefficients(0.5, a=-2.0, b=1.0), ("b", "term"), False),
    ],
    "among_highest": [(groups(g=[3, 1, 2]), ("a+c", "g"), True), (groups(g=[3, 1, 2]), ("a+b", "g"), False)],
    "among_lowest": [(groups(g=[3, 1, 2]), ("b+c", "g"), True), (groups(g=[3, 1, 2]), ("a+b", "g"), False)],
    "among_top": [(groups(g=[3, 1, 2]), ("c", "2", "g"), True), (groups(g=[3, 1, 2]), ("b", "2", "g"), False)],
    "ordered_as": [(groups(g=[3, 1, 2]), ("a+c+b", "g"), True), (groups(g=[3, 1, 2]), ("a+b+c", "g"), False)],
    "small_spread": [(groups(g=[3, 1]), ("2.1", "g"), True), (groups(g=[3, 1]), ("2", "g"), False)],
    "wider_spread": [
        (groups(one=[3, 1], two=[2, 1]), ("one", "two"), True), (groups(one=[3, 1], two=[2, 1]), ("two", "one"), False),
    ],
    "falls_most": [
        (waves(w2022=[5, 5, 5], w2024=[1, 2, 4]), ("a+b", *STEP), True),
        (waves(w2022=[5, 5, 5], w2024=[1, 4, 2]), ("a+b", *STEP), False),
    ],
    "mostly_lower": [
        (waves(w2022=[5, 5, 5, 5], w2024=[4, 4, 4, 6]), STEP, True),
        (waves(w2022=[5, 5, 5, 5], w2024=[4, 4, 6, 6]), STEP, False),
    ],
    "mostly_above": [
        (groups(one=[5, 5, 5, 5], two=[4, 4, 4, 6]), ("one", "two"), True),
        (groups(one=[5, 5, 5, 5], two=[4, 4, 6, 6]), ("one", "two"), False),
    ],
    "widest_gap": [
        (groups(one=[9, 8, 5], two=[1, 1, 1]), ("a+b", "one", "two"), True),
        (groups(one=[9, 5, 8], two=[1, 1, 1]), ("a+b", "one", "two"), False),
    ],
    "wider_on_average": [
        (groups(one=[9, 4, 5], two=[1, 1, 1]), ("a+b", "one", "two"), True),
        (groups(one=[5, 4, 9], two=[1, 1, 1]), ("a+b", "one", "two"), False),
    ],
    "below_line": [
        (groups(one=[1, 1, 3], two=[1, 2, 3]), ("b", "one", "two"), True),
        (groups(one=[1, 3, 3], two=[1, 2, 3]), ("b", "one", "two"), False),
    ],
    "above_line": [
        (groups(one=[1, 3, 3], two=[1, 2, 3]), ("b", "one", "two"), True),
        (groups(one=[1, 1, 3], two=[1, 2, 3]), ("b", "one", "two"), False),
    ],
}


# The register's predicates have theirs in test_ledger_article.py.
OF_REGISTER = {"steady", "all_below", "raises", "lowers", "no_star", "strongest", "all_raise", "some_star", "top_count",
               "bottom_count", "widest_variable", "results_stand"}  # fmt: skip


def test_every_predicate_has_its_case():
    assert set(CASES) == set(PREDICATES) - OF_REGISTER
    assert all({expected for *_, expected in cases} == {True, False} for cases in CASES.values())
    assert all(predicate.__doc__ for predicate in PREDICATES.values())
    assert sum(map(len, STRENGTHS.values())) == len(PREDICATES), "a predicate of two strengths"


@pytest.mark.parametrize("name", CASES)
def test_predicate(name):
    for estimates, arguments, expected in CASES[name]:
        assert (judge(name, estimates, list(arguments)).status == HOLDS) is expected


@pytest.mark.parametrize("name", CASES)
def test_of_what_is_hidden_nothing_is_said(name):
    """No finding fails, or holds, because an estimate that it speaks of is hidden; the numbers are never NaN for it."""
    for estimates, arguments, _ in CASES[name]:
        hidden = estimates.assign(**dict.fromkeys(["estimate", "standard_error", "ci_low", "ci_high"], float("nan")))
        assert judge(name, hidden, list(arguments)).status == HIDDEN


@pytest.mark.parametrize(
    ("name", "estimates", "status"),
    [
        ("rises", UP, HOLDS), ("rises", TENDING, IN_PART), ("rises", FLAT, IN_PART), ("rises", DOWN, FAILS),
        ("tends_up", TENDING, HOLDS), ("tends_up", UP, IN_PART), ("tends_up", FLAT, IN_PART), ("tends_up", DOWN, FAILS),
        ("somewhat_up", UP, HOLDS), ("somewhat_up", FLAT, IN_PART), ("somewhat_up", TENDING_DOWN, FAILS),
        ("unchanged", FLAT, HOLDS), ("unchanged", TENDING, IN_PART), ("unchanged", UP, FAILS),
        ("not_rises", DOWN, HOLDS), ("not_rises", TENDING, IN_PART), ("not_rises", UP, FAILS),
    ],
)  # fmt: skip
def test_a_finding_is_as_strong_as_its_sentence(name, estimates, status):
    found = judge(name, estimates, list(STEP))
    assert found.status == status
    assert bool(found.reason and found.reason_nb) is (status != HOLDS)


def test_names_that_point_to_nothing_or_to_several_are_told():
    for name, arguments in (
        ("curve_rises", ("three",)), ("curve_rises", ("2024",)), ("coef_none", ("other",)),
        ("ordered_as", ("a+b", "other")),
    ):  # fmt: skip
        estimates = coefficients(0.5, a=1.0) if name == "coef_none" else curves(one=[1, 2], two=[1, 2])
        assert judge(name, estimates, list(arguments)) is ABSENT
