"""Every predicate on paper numbers: once where the finding holds, once where it does not."""

from __future__ import annotations

import pandas as pd
import pytest

from ledger.claims import PREDICATES


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
        {"outcome": name, "term": "term", "measure": "coef", "estimate": value, "p_value": p_value}
        for name, value in by_outcome.items()
    ))  # fmt: skip


UP, DOWN, FLAT = waves(w2022=[10], w2024=[20]), waves(w2022=[20], w2024=[10]), waves(w2022=[10], w2024=[10.5])
LITTLE_DOWN = waves(w2022=[10.5], w2024=[10])
FAR, NEAR = groups(one=[20], two=[10]), groups(one=[10.5], two=[10])
RISING, FALLING = curves(one=[1, 2, 4]), curves(one=[4, 2, 1])
UNSURE = curves(p_value=0.5, one=[4, 2, 1])
STEP = ("2022", "2024")
CASES = {
    "rises": [(UP, STEP, True), (FLAT, STEP, False)],
    "goes_up": [(FLAT, STEP, True), (DOWN, STEP, False)],
    "not_rises": [(DOWN, STEP, True), (UP, STEP, False)],
    "falls": [(DOWN, STEP, True), (FLAT, STEP, False)],
    "goes_down": [(LITTLE_DOWN, STEP, True), (FLAT, STEP, False)],
    "unchanged": [(FLAT, STEP, True), (UP, STEP, False)],
    "tends_up": [(FLAT, STEP, True), (UP, STEP, False)],
    "tends_down": [(LITTLE_DOWN, STEP, True), (DOWN, STEP, False)],
    "higher": [(FAR, ("one", "two"), True), (NEAR, ("one", "two"), False)],
    "above": [(NEAR, ("one", "two"), True), (NEAR, ("two", "one"), False)],
    "alike": [(NEAR, ("one", "two"), True), (FAR, ("one", "two"), False)],
    "close": [(NEAR, ("one", "two", "1"), True), (NEAR, ("one", "two", "0.4"), False)],
    "at_least": [(NEAR, ("10", "two"), True), (NEAR, ("10.1", "two"), False)],
    "highest": [(groups(g=[1, 3, 2]), ("b", "g"), True), (groups(g=[1, 3, 2]), ("c", "g"), False)],
    "lowest": [(groups(g=[1, 3, 2]), ("a", "g"), True), (groups(g=[1, 3, 2]), ("c", "g"), False)],
    "top_group": [(FAR, ("one", "a"), True), (FAR, ("two", "a"), False)],
    "bottom_group": [(FAR, ("two", "a"), True), (FAR, ("one", "a"), False)],
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
    "spread_unchanged": [
        (waves(w2022=[1, 3], w2024=[1, 4]), STEP, True), (waves(w2022=[1, 3], w2024=[1, 30]), STEP, False),
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
    "curve_lower_right": [(UNSURE, ("one",), True), (RISING, ("one",), False)],
    "all_curves_fall": [
        (curves(one=[3, 1], two=[2, 1]), ("2024",), True), (curves(one=[3, 1], two=[1, 2]), ("2024",), False),
    ],
    "curve_drops_most": [
        (curves(one=[9, 1], two=[2, 1]), ("one", "2024"), True),
        (curves(one=[9, 1], two=[2, 1]), ("two", "2024"), False),
    ],
    "curve_falls_more_right": [
        (wave_curves(w2022=[5, 5], w2024=[4, 1]), STEP, True), (wave_curves(w2022=[5, 5], w2024=[1, 4]), STEP, False),
    ],
    "curve_higher": [
        (curves(one=[2, 2], two=[1, 2]), ("one", "two"), True), (curves(one=[2, 2], two=[1, 2]), ("two", "one"), False),
    ],
    "curve_close": [
        (curves(one=[2, 2], two=[1, 2]), ("one", "two", "1"), True),
        (curves(one=[2, 2], two=[1, 2]), ("one", "two", "0.4"), False),
    ],
    "curve_within": [(RISING, ("1", "4", "one"), True), (RISING, ("1", "3", "one"), False)],
    "increasing": [(RISING, ("one",), True), (curves(one=[1, 3, 2]), ("one",), False)],
    "flattens": [(curves(one=[9, 2, 1]), ("one",), True), (curves(one=[9, 8, 1]), ("one",), False)],
    "range_larger": [
        (curves(one=[1, 9], two=[1, 2]), ("one", "two"), True), (curves(one=[1, 9], two=[1, 2]), ("two", "one"), False),
    ],
    "coef_positive": [
        (coefficients(0.01, a=1.0, b=2.0), ("term",), True), (coefficients(0.01, a=1.0, b=-2.0), ("term",), False),
    ],
    "coef_negative": [(coefficients(0.01, a=-1.0), ("term",), True), (coefficients(0.06, a=-1.0), ("term",), False)],
    "coef_below_zero": [(coefficients(0.6, a=-1.0), ("term",), True), (coefficients(0.01, a=1.0), ("term",), False)],
    "coef_none": [(coefficients(0.06, a=1.0), ("term",), True), (coefficients(0.04, a=1.0), ("term",), False)],
    "coef_small": [
        (coefficients(0.5, a=-0.1), ("0.15", "term"), True),
        (coefficients(0.5, a=-0.2), ("0.15", "term"), False),
    ],
    "coef_larger": [
        (coefficients(0.5, a=-2.0, b=1.0), ("a", "b"), True), (coefficients(0.5, a=-2.0, b=1.0), ("b", "a"), False),
    ],
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
    "none_differ": [
        (groups(one=[5, 5], two=[4, 6]), ("one", "two"), True),
        (groups(one=[5, 5], two=[4, 16]), ("one", "two"), False),
    ],
    "widest_gap": [
        (groups(one=[9, 8, 5], two=[1, 1, 1]), ("a+b", "one", "two"), True),
        (groups(one=[9, 5, 8], two=[1, 1, 1]), ("a+b", "one", "two"), False),
    ],
    "wider_on_average": [
        (groups(one=[9, 4, 5], two=[1, 1, 1]), ("a+b", "one", "two"), True),
        (groups(one=[5, 4, 9], two=[1, 1, 1]), ("a+b", "one", "two"), False),
    ],
    "same_order": [
        (groups(one=[1, 2, 3], two=[4, 5, 6]), ("one", "two"), True),
        (groups(one=[1, 2, 3], two=[6, 5, 4]), ("one", "two"), False),
    ],
    "some_order": [
        (groups(one=[1, 2, 3, 4], two=[2, 1, 4, 3]), ("one", "two"), True),
        (groups(one=[1, 2, 3], two=[6, 5, 4]), ("one", "two"), False),
    ],
    "no_clear_order": [
        (groups(one=[1, 2, 3, 4], two=[2, 1, 4, 3]), ("one", "two"), True),
        (groups(one=[1, 2, 3], two=[6, 5, 4]), ("one", "two"), False),
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


def test_every_predicate_has_its_case():
    # The register's predicates have theirs in test_ledger_article.py.
    of_register = {"steady", "all_below", "raises", "lowers", "no_star", "strongest", "all_raise"}
    assert set(CASES) == set(PREDICATES) - of_register
    assert all({expected for *_, expected in cases} == {True, False} for cases in CASES.values())
    assert all(predicate.__doc__ for predicate in PREDICATES.values())


@pytest.mark.parametrize("name", CASES)
def test_predicate(name):
    for estimates, arguments, expected in CASES[name]:
        assert bool(PREDICATES[name](estimates, *arguments)) is expected


def test_names_that_point_to_nothing_or_to_several_are_errors():
    for name, arguments in (
        ("curve_rises", ("three",)), ("curve_rises", ("2024",)), ("coef_none", ("other",)),
        ("ordered_as", ("a+b", "other")),
    ):  # fmt: skip
        estimates = coefficients(0.5, a=1.0) if name == "coef_none" else curves(one=[1, 2], two=[1, 2])
        with pytest.raises(KeyError):
            PREDICATES[name](estimates, *arguments)
