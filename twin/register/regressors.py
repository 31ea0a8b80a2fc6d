"""People of the panel with regressors on which every printed R² and every small cell can come out."""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum

import numpy as np
from numpy.typing import NDArray

from twin.exact import product

from .moments import Aim, Predictors
from .people import AAP, draw_people
from .regressions import CONSTANT, GROUP, MEASURE, WIDTH, Floats, People, Regression, regressions
from .small_cells import SMALL, Cell, Outcome, integerise
from .sources import ADAPTED, SITUATIONAL, STANDARD, fact
from .swaps import tune

# A variance may miss by this part: R² prints right ten times over.
VARIANCE_MISS = 0.0015
# People among recipients of AAP without activity: figure 5's rest may miss by this many.
REST_MISS = 8.0
REST = "aap"


@dataclass(frozen=True)
class Known:
    """What the people of other groups add to a regression: sums over them of its predictor, with its constant."""

    count: int
    total: float
    square: float


NOBODY = Known(0, 0.0, 0.0)


def prepared(group: int, rng: np.random.Generator, others: People | None = None) -> People:
    """Draw a group's people, then exchange codes until R² and small cells are in reach."""
    people = draw_people(group, rng)
    variables = [name for name in people if name != GROUP]
    models = [model for (_, groups), model in regressions().items() if group in groups]
    if group == SITUATIONAL:
        models = [model for model in models if model.groups == (group,)]
    through = group != STANDARD
    effects = {model.name: model.effects((MEASURE,) if through else ()) for model in models}
    if group == ADAPTED:
        effects[REST] = {"benefit": np.bincount([AAP], minlength=WIDTH).astype(float)}
    predictors = Predictors(people, effects)
    known = _known(models[0], others) if others else NOBODY
    aims = _aims(predictors, models, through, known)
    if group == ADAPTED:
        aims.append(_rest(predictors, models))
    tune(predictors, aims, variables, np.ones(len(people[GROUP]), dtype=bool), rng)
    cells = _cells(people, models, others)
    outcomes = [
        Outcome(
            model.name,
            model.coefficient(CONSTANT),
            "v1" if through and model.coefficient(MEASURE) else "",
            model.coefficient(MEASURE),
        )
        for model in models
    ]
    frozen = integerise(predictors, cells, outcomes, variables, rng, _offsets(cells, models, others))
    tune(predictors, aims, variables, ~frozen, rng)
    return people


def _aims(predictors: Predictors, models: list[Regression], through: bool, known: Known) -> list[Aim]:
    """R² of each regression as a sum of squares of linear predictors.

    A regressor that is itself an outcome (a measure, V1) enters by its covariances, which V1's coefficients fix:
    Var = Var(η) + 2b Cov(η, η_V1) + b² T̄(1 − T̄).
    """
    aims = []
    for model in models:
        own = predictors.values[model.name]
        constant = model.coefficient(CONSTANT)
        effect = model.coefficient(MEASURE) if through else 0.0
        share, first = 0.0, 0.0
        if effect:
            first = float(predictors.values["v1"].mean())
            share = first + next(other for other in models if other.name == "v1").coefficient(CONSTANT)
        count = len(own) + known.count
        mean = (own.sum() + len(own) * (constant + effect * share) + known.total) / count
        variance = model.determination.value * mean * (1 - mean)
        # Σ (η + c)² over all, less what constants, other people and the measure add.
        wanted = count * (variance + mean**2) - known.square
        wanted -= 2 * constant * own.sum() + len(own) * constant**2
        products: list[tuple[str, str, float]] = [(model.name, model.name, 1.0)]
        if effect:
            # Σ (η + c + bT)² = Σ (η + c)² + 2b Σ (η + c) T + b² Σ T, and Σ η T = Σ η (η_V1 + c_V1).
            products.append((model.name, "v1", 2 * effect))
            wanted -= 2 * effect * (share - first) * own.sum()
            wanted -= (2 * effect * constant + effect**2) * share * len(own)
        aims.append(Aim(f"R² of {model.name}", tuple(products), float(wanted), VARIANCE_MISS * count * variance))
    return aims


def _rest(predictors: Predictors, models: list[Regression]) -> Aim:
    """Figure 5's rest: V2 alone says how many recipients of AAP have no activity."""
    receives = predictors.values[REST].sum()
    named = ("aap/medical_and_work", "aap/medical_only", "aap/work_only")
    wanted = receives * (1 - fsum(fact(name).share for name in named))
    constant = next(model for model in models if model.name == "v2").coefficient(CONSTANT)
    return Aim("figure 5's rest", (("v2", REST, 1.0),), float(wanted - receives * constant), REST_MISS)


def _known(model: Regression, others: People) -> Known:
    expected = product(model.design(others), model.coefficients)
    return Known(len(expected), float(expected.sum()), float(np.square(expected).sum()))


def _cells(people: People, models: list[Regression], others: People | None) -> list[Cell]:
    cells: dict[tuple[str, tuple[int, ...]], Cell] = {}
    for model in models:
        for term in model.terms:
            if term.variable not in people or term.variable == GROUP:
                continue
            cell = Cell(term.variable, term.codes, np.isin(people[term.variable], term.codes))
            elsewhere = 0 if others is None else int(term.column(others).sum())
            if cell.size > 0 and cell.size + elsewhere < SMALL:
                cells[term.variable, term.codes] = Cell(cell.variable, cell.codes, cell.members, elsewhere)
    return list(cells.values())


def _offsets(cells: list[Cell], models: list[Regression], others: People | None) -> Floats | None:
    if others is None:
        return None
    inside: list[NDArray[np.bool_]] = [np.isin(others[cell.variable], cell.codes) for cell in cells]
    expected = [product(model.design(others), model.coefficients) for model in models]
    return np.array([[row[members].sum() for row in expected] for members in inside])
