"""B4: V1–V4 from compressed cells against statsmodels and linearmodels on the persons themselves.

`python bench/regressions.py` prints the table. All start from the same place, the persons in the engine, and
end with coefficients, R² and three kinds of errors: classical, HC1, clustered by county.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median

import numpy as np
import statsmodels.api as sm
from linearmodels.iv import IV2SLS
from rows import Row
from scale import PROJECT, make

from engine.data.manifest import data_root
from engine.estimates.cells import CLASSICAL, CLUSTERED, ROBUST, least_squares
from engine.register.register import PANEL, Register, open_register
from engine.register.regressions import SPECIFICATIONS, ModelColumn, Specification, make_design

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

    names = dict.fromkeys([one.outcome, *column.terms, "county_merged"])
    chosen = register._samples[PANEL].filter(nw.col("service_group").is_in(list(column.groups)))
    rows = register._engine.collect(chosen.select(*names))
    columns = [np.ones(len(rows))]
    for name, base in column.terms.items():
        codes = rows[name].to_numpy()
        wanted = [code for code in register.codebook[name].codes if code != base]
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


def measure(repeats: int, copies: Sequence[int] = (1, 10), twin: Path | None = None) -> list[Row]:
    """Fit V1–V4, ours and theirs in turn.

    Parameters
    ----------
    repeats : int
        How often each; what takes a minute a time, once.
    copies : sequence of int
        Sizes: the twin, and so many copies of it.
    twin : Path, optional
        Data root of the twin.

    Returns
    -------
    list of Row
        One a size and library; seconds for all eight regressions.
    """
    root, rows = data_root(twin), []
    for size in copies:
        data = root if size == 1 else make(root, PROJECT / "_cache" / "scale" / f"x{size}", size)
        register = open_register(data)
        _timed(by_cells, register)
        rows += list(_rows(register, repeats, size))
    return rows


def _rows(register: Register, repeats: int, copies: int) -> Iterator[Row]:
    designs = [make_design(register, one, column) for one, column in MODELS]
    people, cells = sum(design.total for design in designs), sum(len(design.counts) for design in designs)
    for name, way in OTHERS.items():
        ours: list[tuple[float, float]] = []
        theirs: list[tuple[float, float]] = []
        worst = 0.0
        times = 1 if copies > 1 and way is by_linearmodels else repeats
        for turn in range(times):
            both = [(by_cells, ours), (way, theirs)]
            found = {}
            for one, seconds in both if turn % 2 == 0 else both[::-1]:
                took, found[one] = _timed(one, register)
                seconds.append(took)
            worst = max(worst, *map(difference, found[by_cells], found[way]))
        (one, work), (other, their_work) = (tuple(map(median, zip(*each, strict=True))) for each in (ours, theirs))
        note = f"{people:,} persons, {cells:,} cells in 8 regressions; largest difference {worst:.0e}; "
        note += f"CPU {work:.2f} s against {their_work:.2f} s, {their_work / work:.0f} ×"
        note += "" if times >= 5 else f"; **measured {times} time(s) only**"
        yield Row(f"B4: V1–V4 of {copies} × twin, cells against {name}", one, other, "s", other / one, note)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        prog="python bench/regressions.py", description="B4: V1–V4 from cells against row by row.",
        epilog="example: python bench/regressions.py --repeats 5 --copies 1 10",
    )  # fmt: skip
    parser.add_argument("--repeats", type=int, default=5, metavar="N", help="how often each (default: %(default)s)")
    parser.add_argument("--copies", type=int, nargs="+", default=[1, 10], metavar="K", help="sizes (default: 1 10)")
    parser.add_argument("--twin", type=Path, help="data root of the twin (default: as all commands)")
    options = parser.parse_args(arguments)
    for row in measure(options.repeats, options.copies, options.twin):
        told = f"{row.ours:.3f} {row.unit} against {row.other:.3f}, {row.ratio:.0f} ×"
        print(f"{row.name}: {told}; {row.note}", flush=True)


if __name__ == "__main__":
    main()
