"""Every regression of the book once more, by statsmodels and linearmodels, from its formula and its frame alone.

The models are gathered while the chapters' cells are executed, so a new one can't be forgotten. `tests/r` holds the
mixed model against lme4 and the curves' errors against R's survey package.
"""

from __future__ import annotations

import ast
import re

import numpy as np
import pandas as pd
import patsy
import pytest
import statsmodels.formula.api as smf
from linearmodels.iv import IV2SLS
from linearmodels.panel import PanelOLS
from numpy.typing import ArrayLike
from scipy.optimize import minimize_scalar
from statsmodels.genmod.families import Binomial

from engine.estimates.models import R2, Fit
from press.project import ROOT
from tests.chapter_cells import CHAPTERS, again, fitted, reads_the_book, shown
from twin.register import ensure_register

AGREED = 1e-8
MODELS = re.compile(r"\b(fit|curve|share_curve|office_changes|register_regression|register_regressions|conclusions)\(")
NAMES = [path.stem for path in CHAPTERS if not reads_the_book(path.read_text(encoding="utf-8"))]
# Modules that may solve a regression: each makes a `Fit`, or works on from one.
SOLVERS = {"estimates/formulas.py", "estimates/models.py", "estimates/curves.py", "estimates/office_panel.py",
           "register/robustness.py"}  # fmt: skip


def close(ours: ArrayLike, theirs: ArrayLike, tolerance: float = AGREED) -> None:
    np.testing.assert_allclose(np.asarray(ours, float), np.asarray(theirs, float), rtol=tolerance, atol=1e-13)


def matched(fit: Fit, params: ArrayLike, errors: ArrayLike) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Coefficients and errors of both, sorted: each program has an order of columns of its own."""
    ours, theirs = np.argsort(fit.params), np.argsort(np.asarray(params))
    return fit.params[ours], np.asarray(params)[theirs], fit.errors[ours], np.asarray(errors)[theirs]


def agree(fit: Fit, params: ArrayLike, errors: ArrayLike, tolerance: float = AGREED) -> None:
    one, other, our_errors, their_errors = matched(fit, params, errors)
    close(one, other, tolerance)
    close(our_errors, their_errors, tolerance)


def with_constant(formula: str) -> str:
    """The formula as linearmodels takes it, which adds no constant by itself."""
    return formula.replace("~", "~ 1 +", 1)


def wls(fit: Fit, frame: pd.DataFrame) -> None:
    found = smf.wls(fit.formula, frame, weights=frame["weight"]).fit(cov_type="HC1", use_t=True)
    agree(fit, found.params, found.bse)
    close(np.sort(fit.p_values), np.sort(found.pvalues), 1e-7)
    close(fit.extra[R2][1], found.rsquared)
    other = IV2SLS.from_formula(with_constant(fit.formula), frame, weights=frame["weight"])
    other = other.fit(cov_type="robust", debiased=True)
    agree(fit, other.params, other.std_errors)


def curve(fit: Fit, frame: pd.DataFrame) -> None:
    found = smf.wls(fit.formula, frame, weights=frame["weight"]).fit(cov_type="HC0")
    sampled(fit, frame, found.params, found.bse, AGREED)
    other = IV2SLS.from_formula(with_constant(fit.formula), frame, weights=frame["weight"]).fit(cov_type="robust")
    sampled(fit, frame, other.params, other.std_errors, AGREED)


def logit(fit: Fit, frame: pd.DataFrame) -> None:
    """In hundreds of employees or users: in single ones statsmodels' iterations end some digits earlier."""
    over = patsy.ModelDesc.from_formula(fit.formula).rhs_termlist[1].name()
    model = smf.glm(fit.formula, frame.assign(**{over: frame[over] / 100}), family=Binomial(),
                    var_weights=frame["weight"] / frame["weight"].mean())  # fmt: skip
    found = model.fit(tol=1e-12, tol_criterion="params", maxiter=100, cov_type="HC0")
    unit = np.array([1.0, 100.0, 100.0**2])
    sampled(fit, frame, found.params / unit, found.bse / unit, AGREED)


def sampled(fit: Fit, frame: pd.DataFrame, params: ArrayLike, errors: ArrayLike, tolerance: float) -> None:
    """Linearised errors are HC0's, times √(n/(n − 1)) for the n persons of the wave, of whom these are a part."""
    assert frame["wave"].nunique() == 1
    one, other, our_errors, their_errors = matched(fit, params, errors)
    close(one, other, tolerance)
    ratio = (our_errors / their_errors) ** 2
    close(ratio, ratio.mean(), tolerance)
    persons = ratio.mean() / (ratio.mean() - 1)
    assert persons > len(frame) - 0.5 and abs(persons - round(persons)) < 0.2


def mixed(fit: Fit, frame: pd.DataFrame) -> None:
    """Generalised least squares with the model's own variances; these make the restricted likelihood largest."""
    same = (frame["office_id"].to_numpy()[:, None] == frame["office_id"].to_numpy()).astype(float)
    between, within = (fit.extra[f"standardavvik mellom {of}"][1] for of in ("kontor", "veiledere"))
    found = smf.gls(fit.formula, frame, sigma=between**2 * same + within**2 * np.eye(len(frame))).fit()
    agree(fit, found.params, found.bse)
    close(found.scale, 1.0)
    close(fit.extra["mellom kontor"][1], 100 * between**2 / (between**2 + within**2))
    best = minimize_scalar(lambda share: -restricted(fit, frame, share), bounds=(0, 0.5), method="bounded")
    assert best.x == pytest.approx(fit.extra["mellom kontor"][1] / 100, abs=1e-3)


def restricted(fit: Fit, frame: pd.DataFrame, share: float) -> float:
    """Restricted log likelihood at a share of variance between offices, from its definition, up to a constant."""
    outcome, matrix = patsy.dmatrices(fit.formula, frame)
    total, parts = 0.0, []
    for _, rows in frame.groupby("office_id").indices.items():
        inverse = np.linalg.inv((1 - share) * np.eye(len(rows)) + share)
        parts.append((np.asarray(matrix)[rows], np.asarray(outcome)[rows, 0], inverse))
        total -= np.linalg.slogdet(inverse)[1]
    fisher = sum(x.T @ inverse @ x for x, _, inverse in parts)
    params = np.linalg.solve(fisher, sum(x.T @ inverse @ y for x, y, inverse in parts))
    residual = sum((y - x @ params) @ inverse @ (y - x @ params) for x, y, inverse in parts)
    freedom = len(frame) - len(params)
    return float(-0.5 * (total + np.linalg.slogdet(fisher)[1] + freedom * np.log(residual)))


def panel(fit: Fit, frame: pd.DataFrame) -> None:
    rows = frame.set_index(["office_id", "wave"])
    found = PanelOLS.from_formula(fit.formula, rows, weights=rows["weight"])
    found = found.fit(cov_type="clustered", cluster_entity=True, debiased=True)
    agree(fit, found.params, found.std_errors)
    # statsmodels has no effects to take out: a dummy for each office.
    plain = fit.formula.replace("~ 1 +", "~").replace("EntityEffects", "C(office_id)")
    offices, count = frame["office_id"].astype("category").cat.codes, len(frame)
    other = smf.wls(plain, frame, weights=frame["weight"]).fit(cov_type="cluster", cov_kwds={"groups": offices})
    named = [name for name in other.params.index if name.startswith("in_")]
    ours = fit.params[-len(named) :], fit.errors[-len(named) :]
    close(ours[0], other.params[named])
    # The two correct for few offices and few rows in their own ways, alike for all coefficients.
    ratio = ours[1] / other.bse[named].to_numpy()
    close(ratio, ratio[0])
    assert abs(ratio[0] - 1) < 2 * len(other.params) / count


def classical(fit: Fit, frame: pd.DataFrame, kind: str = "unadjusted") -> None:
    errors = {"unadjusted": {}, "robust": {"cov_type": "HC1", "use_t": True},
              "clustered": {"cov_type": "cluster", "cov_kwds": {"groups": frame["county_merged"]}}}  # fmt: skip
    found = smf.ols(fit.formula, frame).fit(**errors[kind])
    agree(fit, found.params, found.bse)
    close(fit.extra[R2][1], found.rsquared)
    assert fit.extra["N"][1] == len(frame)
    clusters = {"clusters": frame["county_merged"]} if kind == "clustered" else {}
    if kind != "clustered":
        close(np.sort(fit.p_values), np.sort(found.pvalues), 1e-7)
    other = IV2SLS.from_formula(with_constant(fit.formula), frame).fit(cov_type=kind, debiased=True, **clusters)
    agree(fit, other.params, other.std_errors)


def robust(fit: Fit, frame: pd.DataFrame) -> None:
    classical(fit, frame, "robust")


def clustered(fit: Fit, frame: pd.DataFrame) -> None:
    classical(fit, frame, "clustered")


def absorbed(fit: Fit, frame: pd.DataFrame) -> None:
    """linearmodels takes the counties out; statsmodels has dummies of them beside the same coefficients and errors."""
    rows = frame.assign(person=range(len(frame))).set_index(["county_merged", "person"])
    found = PanelOLS.from_formula(fit.formula, rows).fit(cov_type="unadjusted", debiased=True)
    own = [name for name in found.params.index if name != "Intercept"]
    agree(fit, found.params[own], found.std_errors[own])
    plain = smf.ols(fit.formula.replace("EntityEffects", "C(county_merged)"), frame).fit()
    named = [name for name in plain.params.index if name != "Intercept" and "county_merged" not in name]
    agree(fit, plain.params[named], plain.bse[named])
    close(np.sort(fit.p_values), np.sort(plain.pvalues[named]), 1e-7)


def logistic(fit: Fit, frame: pd.DataFrame) -> None:
    found = smf.glm(fit.formula, frame, family=Binomial()).fit(tol=1e-11, tol_criterion="params")
    agree(fit, found.params, found.bse)
    other = smf.logit(fit.formula, frame).fit(disp=0, method="newton", tol=1e-13, maxiter=100)
    agree(fit, other.params, other.bse)


AGAIN = {check.__name__: check for check in (
    wls, curve, logit, mixed, panel, classical, robust, clustered, absorbed, logistic
)}  # fmt: skip
# What solves each chapter's models: a list that a model which gives no `Fit` any more would shorten.
METHODS = {
    "04-ressurser-og-tid": {"wls", "curve", "mixed"}, "utover-rapporten": {"panel"},
    "artikkel-aktivitet-og-samhandling": {"classical", "robust", "clustered", "absorbed", "logistic"},
}  # fmt: skip
# A summary tells a chapter's own models again, and where the chapter shows how to check them.
REPEATS = {"summary-in-english": "04-ressurser-og-tid"}


@pytest.fixture
def data(twin_root, monkeypatch):
    ensure_register(twin_root)
    monkeypatch.setenv("REPORT_DATA", str(twin_root))


@pytest.mark.parametrize("name", NAMES)
def test_each_regression_of_a_chapter_is_found_again_from_formula_and_frame(name, data):
    book: dict[str, object] = {}
    with fitted() as models:
        for _ in shown(name, book):
            pass
    distinct = {(fit.formula, fit.method, fit.params.tobytes()): fit for fit in models}
    assert {fit.method for fit in distinct.values()} >= METHODS.get(name, set())
    for fit in distinct.values():
        AGAIN[fit.method](fit, fit.frame())
    if name in REPEATS:
        chapter = (ROOT / "chapters" / f"{REPEATS[name]}.qmd").read_text(encoding="utf-8")
        assert distinct and all(f'"{fit.formula}"' in chapter for fit in distinct.values())
    else:
        check_again(again(name), book, list(distinct.values()))
    text = (ROOT / "chapters" / f"{name}.qmd").read_text(encoding="utf-8")
    text = "\n".join(re.findall(r"```\{python\}\n(.*?)```", text, re.S))
    assert bool(MODELS.search(text)) == bool(distinct)


def check_again(code: str, book: dict[str, object], fits: list[Fit]) -> None:
    """«Etterprøv selv» stands where there are models, is short, and finds one of them."""
    assert bool(code) == bool(fits) and len(code.splitlines()) <= 8
    if code:
        exec(code, book)
        params = np.sort(np.asarray(getattr(book["again"], "fe_params", getattr(book["again"], "params", None))))
        tolerance = 1e-5 if "mixedlm" in code else AGREED
        assert any(len(fit.params) == len(params) and np.allclose(np.sort(fit.params), params, tolerance, 1e-13)
                   for fit in fits)  # fmt: skip


def test_no_other_module_solves_a_regression():
    """What imports a solver of regressions gives a `Fit`, so nothing escapes the test above."""
    found = set()
    for path in (ROOT / "engine").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if any(name.split(".")[0] in ("statsmodels", "linearmodels") for name in names):
                found.add(path.relative_to(ROOT / "engine").as_posix())
    assert found == SOLVERS
