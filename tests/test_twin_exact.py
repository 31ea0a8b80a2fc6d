"""Arithmetic with one answer: as good as what it stands in for, and the twins use nothing beside it."""

from __future__ import annotations

import ast
from decimal import Decimal, localcontext
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import lsq_linear

from tests.decisions import numbers
from twin import exact
from twin.closest import closest

PROJECT = Path(__file__).resolve().parents[1]
MODULES = sorted(path for path in (PROJECT / "twin").rglob("*.py") if path.name != "exact.py")
# Functions of numpy and math whose last bits, or whose order of equals, are not the same on every processor.
UNLIKE = {
    "dot", "vdot", "inner", "matmul", "tensordot", "einsum", "linalg", "convolve", "correlate", "corrcoef", "cov",
    "polyfit", "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "logaddexp", "power", "float_power", "pow",
    "cbrt",
    "sin", "cos", "tan", "sinh", "cosh", "tanh", "arcsin", "arccos", "arctan", "arctan2", "hypot", "argpartition",
    "standard_normal", "normal", "lognormal", "multivariate_normal", "inv_cdf",
}  # fmt: skip
LIBRARIES = ("scipy", "math", "statistics")
# A linear program whose optimum is one point, read to whole persons; and a search that compares numbers only.
ALLOWED = {"margins.py": {"linprog"}, "mixed.py": {"minimize_scalar"}, "draws.py": {"standard_normal"}}


def unlike(path: Path) -> list[str]:
    """What a module uses that may have other bits elsewhere."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
            found.append("@")
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
            whole = isinstance(node.right, ast.Constant) and isinstance(node.right.value, int)
            # Powers of ten, and signs.
            simple = ast.unparse(node.left) in ("10", "-1.0")
            found += [] if whole or simple else [ast.unparse(node)]
        elif isinstance(node, ast.Attribute) and node.attr in UNLIKE:
            found.append(node.attr)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in LIBRARIES:
            found += [name.name for name in node.names if name.name not in ("fsum", "floor")]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "argsort":
            kinds = [keyword.value.value for keyword in node.keywords if isinstance(keyword.value, ast.Constant)]
            found += [] if "stable" in kinds else ["argsort"]
    return [what for what in found if what not in ALLOWED.get(path.name, set())]


@pytest.mark.parametrize("path", MODULES, ids=[path.relative_to(PROJECT).as_posix() for path in MODULES])
def test_nothing_goes_around_exact(path: Path) -> None:
    assert unlike(path) == []


def test_what_is_refused(tmp_path: Path) -> None:
    lines = [
        "a @ b", "a ** 0.5", "2.0 ** k", "np.linalg.inv(a)", "np.exp(a)", "rng.normal(size=3)", "np.argsort(a)",
        "from scipy.optimize import fsolve", "from math import exp", "(-1.0) ** k", "a ** 2",
        "a.argsort(kind='stable')",
    ]  # fmt: skip
    path = tmp_path / "module.py"
    path.write_text("\n".join(lines), encoding="utf-8")
    assert len(unlike(path)) == len(lines) - 3


@pytest.mark.parametrize("shapes", [((31, 9000), (9000, 31)), ((3, 5), (5, 2)), ((700, 3), (3, 40)), ((1, 1), (1, 1))])
def test_products_have_all_their_digits(shapes: tuple[tuple[int, int], tuple[int, int]]) -> None:
    (rows, inner), (_, columns) = shapes
    left, right = numbers(rows, inner), numbers(inner, columns)
    sizes = np.abs(left).max(axis=1)[:, None] * np.abs(right).max(axis=0) * inner
    made = exact.product(left, right)
    for i, j in {(0, 0), (rows - 1, columns - 1), (rows // 2, columns // 2)}:
        pairs = zip(left[i], right[:, j], strict=True)
        true = sum((Fraction(a) * Fraction(b) for a, b in pairs), Fraction(0))
        assert abs(Fraction(made[i, j]) - true) <= 2.0**-52 * sizes[i, j]
    assert np.abs(exact.product(left, right, slices=2) - made).max() <= 2.0**-36 * sizes.max()


def test_products_of_vectors_and_of_whole_numbers() -> None:
    table = np.arange(12.0).reshape(3, 4)
    assert exact.product(table, np.arange(4.0)).tolist() == (table @ np.arange(4.0)).tolist()
    assert exact.product(np.arange(3.0), table).tolist() == (np.arange(3.0) @ table).tolist()
    assert exact.product(np.arange(3.0), np.arange(3.0)) == 5
    dummies = (numbers(40_000, 20) > 0).astype(float)
    assert (exact.product(dummies.T, dummies) == dummies.T @ dummies).all()
    assert (exact.product(0 * dummies.T, dummies) == 0).all()


def test_no_sum_of_a_product_is_rounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same bits come out whatever the order of adding: also the other way round."""
    left, right = numbers(40, 5000), numbers(5000, 30)
    order = np.random.default_rng(1).permutation(4096)
    order = np.concatenate([order, np.arange(4096, 5000)[::-1]])
    assert (exact.product(left[:, order], right[order]) == exact.product(left, right)).all()
    # So few bits that it is no feat would do this, too: with one more a sum might be rounded.
    assert not (left[:, order] @ right[order] == left @ right).all()


def test_systems_of_equations() -> None:
    square = exact.product(numbers(300, 12).T, numbers(300, 12))
    assert exact.inverse(square) @ square == pytest.approx(np.eye(12), abs=1e-9)
    assert exact.solve(square, square[3]) == pytest.approx(np.eye(12)[3], abs=1e-9)
    lower = exact.root(square)
    assert (np.triu(lower, 1) == 0).all()
    assert lower @ lower.T == pytest.approx(square, rel=1e-12)
    for function in (exact.inverse, exact.root, lambda matrix: exact.solve(matrix, np.ones(2))):
        with pytest.raises(ValueError, match="not positive definite"):
            function(np.array([[1.0, 2.0], [2.0, 1.0]]))


def test_exponentials_logarithms_and_powers() -> None:
    values = np.concatenate([numbers(1000, 1)[:, 0] / 4, [-700.0, 700.0, 1e-300]])
    with localcontext() as context:
        context.prec = 40
        true = np.array([float(Decimal(value).exp()) for value in values])
        logs = np.array([float(Decimal(value).ln()) for value in np.abs(values)])
    assert np.abs(exact.exp(values) / true - 1).max() < 4e-16
    assert np.abs(exact.log(np.abs(values)) / logs - 1).max() < 4e-16
    assert exact.exp(np.array([-np.inf, -800.0, 0.0])).tolist() == [0, 0, 1]
    assert exact.log(np.array([0.0, 1.0])).tolist() == [-np.inf, 0]
    assert exact.power(np.array([0.0, 4.0, 9.0]), 0.5).tolist() == pytest.approx([0, 2, 3])
    assert exact.normal_quantiles(np.array([0.5, 0.975])).tolist() == [0, 1.959964]
    assert exact.sine(np.array([0.0, np.pi / 6])).tolist() == [0, 0.5]


@pytest.mark.parametrize("seed", range(20))
def test_the_closest_point_is_that_of_bounded_least_squares(seed: int) -> None:
    rng = np.random.default_rng(seed)
    count = int(rng.integers(1, 50))
    factor = rng.normal(size=(count, count + 8))
    covariance = factor @ factor.T / (count + 8) + 1e-7 * np.eye(count)
    begin, middle, half = 3 * rng.normal(size=count), rng.normal(size=count), rng.exponential(size=count)
    low, high = middle - half, middle + half
    low[rng.random(count) < 0.1], high[rng.random(count) < 0.1] = -np.inf, np.inf
    root = np.linalg.inv(np.linalg.cholesky(covariance))
    known = lsq_linear(root, root @ begin, (low, high), method="bvls").x
    for first in (np.zeros(count), rng.normal(size=count) * np.isfinite(low) * np.isfinite(high)):
        multipliers = closest(covariance, begin, low, high, first)
        point = begin + covariance @ multipliers
        assert point == pytest.approx(known, abs=1e-6)
        assert (point >= low - 1e-9).all()
        assert (point <= high + 1e-9).all()
        # One pushes at the ends only, and inwards.
        assert (multipliers[point > low + 1e-6] <= 0).all()
        assert (multipliers[point < high - 1e-6] >= 0).all()
