"""B4: V1–V4 from compressed cells against statsmodels and linearmodels on the persons themselves.

`python bench/regressions.py [REPEATS]` prints the table. All start from the same place, the persons in the engine, and
end with coefficients, R² and three kinds of errors: classical, HC1, clustered by county.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import numpy as np
import statsmodels.api as sm
from linearmodels.iv import IV2SLS
from rows import Row

from helpers.compressed import CLASSICAL, CLUSTERED, ROBUST, least_squares
from helpers.register import open_register
from helpers.register.design import make_design
from helpers.register.register import PANEL, Register
from helpers.register.specifications import SPECIFICATIONS, ModelColumn, Specification

LINEARMODELS = {CLASSICAL: "unadjusted", ROBUST: "robust", CLUSTERED: "clustered"}
# Coefficients; standard errors of each kind, in the same order; R².
Numbers = tuple[np.ndarray, list[np.ndarray], float]
MODELS = [(one, column) for one in SPECIFICATIONS.values() for column in one.columns]


def by_cells(register: Register, one: Specification, column: ModelColumn) -> Numbers:
    """Ours: group by, then normal equations."""
    cells = make_design(register, one, column).cells
    found = [least_squares(cells, errors) for errors in LINEARMODELS]
    return found[0].params, [each.standard_errors for each in found], found[0].r2


def persons(register: Register, one: Specification, column: ModelColumn) -> tuple[np.ndarray, ...]:
    """Fetch the persons and make their dummies: matrix, outcome, county."""
    import narwhals as nw

    names = dict.fromkeys([one.outcome, *(term.variable for term in column.terms), "county_merged"])
    chosen = register._samples[PANEL].filter(nw.col("service_group").is_in(list(column.groups)))
    rows = register._engine.collect(chosen.select(*names))
    columns = [np.ones(len(rows))]
    for term in column.terms:
        codes = rows[term.variable].to_numpy()
        wanted = [code for code in register.codebook[term.variable].codes if code != term.reference]
        columns += [(codes == code).astype(float) for code in wanted if (codes == code).any()]
    county = rows["county_merged"].to_numpy(dtype=np.int64)
    return np.column_stack(columns), rows[one.outcome].to_numpy(dtype=float), county


def by_statsmodels(register: Register, one: Specification, column: ModelColumn) -> Numbers:
    """Row by row: one fit, whose errors are then made in three ways."""
    matrix, outcome, county = persons(register, one, column)
    fitted = sm.OLS(outcome, matrix).fit()
    robust = fitted.get_robustcov_results("HC1")
    clustered = fitted.get_robustcov_results("cluster", groups=county)
    return fitted.params, [fitted.bse, robust.bse, clustered.bse], float(fitted.rsquared)


def by_linearmodels(register: Register, one: Specification, column: ModelColumn) -> Numbers:
    """Row by row: the kind of errors is chosen when fitting."""
    matrix, outcome, county = persons(register, one, column)
    model = IV2SLS(outcome, matrix, None, None)
    fits = [
        model.fit(cov_type=kind, debiased=True, **({"clusters": county} if errors == CLUSTERED else {}))
        for errors, kind in LINEARMODELS.items()
    ]
    return np.asarray(fits[0].params), [np.asarray(fit.std_errors) for fit in fits], float(fits[0].rsquared)


OTHERS: dict[str, Callable[..., Numbers]] = {"statsmodels": by_statsmodels, "linearmodels": by_linearmodels}


def difference(ours: Numbers, theirs: Numbers) -> float:
    """Largest difference of any coefficient, standard error or R²."""
    pairs = zip([ours[0], *ours[1], [ours[2]]], [theirs[0], *theirs[1], [theirs[2]]], strict=True)
    return max(float(np.abs(np.asarray(one) - np.asarray(other)).max()) for one, other in pairs)


def _timed(way: Callable[..., Numbers], register: Register) -> tuple[tuple[float, float], list[Numbers]]:
    """Seconds by the clock and of CPU; what came out."""
    started, work = time.perf_counter(), time.process_time()
    found = [way(register, one, column) for one, column in MODELS]
    return (time.perf_counter() - started, time.process_time() - work), found


def measure(repeats: int, data: Path | None = None) -> list[Row]:
    """Fit V1–V4, ours and theirs in turn.

    Parameters
    ----------
    repeats : int
        How often each.
    data : Path, optional
        Data root; the twin when left out.

    Returns
    -------
    list of Row
        One a library; seconds for all eight regressions.
    """
    register = open_register(data)
    _timed(by_cells, register)
    return list(_rows(register, repeats))


def _rows(register: Register, repeats: int) -> Iterator[Row]:
    designs = [make_design(register, one, column) for one, column in MODELS]
    people, cells = sum(design.total for design in designs), sum(len(design.persons) for design in designs)
    for name, way in OTHERS.items():
        ours: list[tuple[float, float]] = []
        theirs: list[tuple[float, float]] = []
        worst = 0.0
        for turn in range(repeats):
            both = [(by_cells, ours), (way, theirs)]
            found = {}
            for one, seconds in both if turn % 2 == 0 else both[::-1]:
                took, found[one] = _timed(one, register)
                seconds.append(took)
            worst = max(worst, *map(difference, found[by_cells], found[way]))
        (one, work), (other, their_work) = (tuple(map(median, zip(*times, strict=True))) for times in (ours, theirs))
        note = f"{people} persons, {cells} cells in 8 regressions; largest difference {worst:.0e}; "
        note += f"CPU {work:.2f} s against {their_work:.2f} s, {their_work / work:.0f} ×; {repeats} times each"
        yield Row(f"B4: V1–V4, cells against {name} on the persons", one, other, "s", other / one, note)


if __name__ == "__main__":
    for row in measure(int(sys.argv[1]) if len(sys.argv) > 1 else 5, Path(sys.argv[2]) if len(sys.argv) > 2 else None):
        print(
            f"{row.name}: {row.ours:.3f} {row.unit} against {row.other:.3f}, {row.ratio:.0f} ×; {row.note}", flush=True
        )
