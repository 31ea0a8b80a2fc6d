"""The twin from beginning to end: offices, frame, response, roles, groups, caseloads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.data.codebook import read_codebook
from engine.errors import ReportError

from .activities import draw_activities
from .caseloads import draw_caseloads
from .composites import Composite
from .draws import stream
from .items import draw_items
from .offices import draw_frame, draw_offices
from .persons import (
    answers_of,
    asked_of,
    draw_age_groups,
    draw_roles,
    draw_sick_leave,
    draw_user_groups,
    system_of,
)
from .quotas import waves
from .repair import anyone_steps, change_codes, repair
from .response import draw_response
from .system import System
from .targets import Target, read_targets

ATTEMPTS = 4
# Ways of repairing one of the first answers before the whole twin is drawn again.
TRIES = 8
FRAME = ["respondent_id", "office_id", "sector", "office_size", "nav_region"]


@dataclass(frozen=True)
class Twin:
    """The files before they are written: tables by file stem, and which attempt met the targets."""

    tables: dict[str, pd.DataFrame]
    attempt: int


def generate(
    seed: int, targets: Sequence[Target] | None = None, progress: Callable[[str], None] = lambda text: None
) -> Twin:
    """Generate the twin's tables."""
    targets = read_targets() if targets is None else list(targets)
    failure: ReportError | None = None
    for attempt in range(ATTEMPTS):
        progress(f"Attempt {attempt + 1}: offices, frame and response")
        frame = draw_frame(draw_offices(seed, attempt), seed, attempt)
        persons = draw_response(frame, seed, attempt)
        try:
            _answer(persons, targets, seed, attempt, progress)
            progress("Items")
            persons, silence = draw_items(persons, targets, seed, attempt)
            draw_activities(persons, silence, targets, seed, attempt)
            _check(persons, targets, attempt)
        except ReportError as error:
            failure = error
            progress(f"Not this time: {error}")
            continue
        progress(f"All {len(targets)} targets hold")
        return Twin(_tables(frame, silence.shown(persons)), attempt)
    assert failure is not None  # the loop ran at least once, and only a failure goes on
    raise failure


def _answer(
    persons: pd.DataFrame, targets: Sequence[Target], seed: int, attempt: int, progress: Callable[[str], None]
) -> None:
    progress("Roles, age groups, user groups")
    main = draw_roles(persons, seed, attempt)
    draw_age_groups(persons, main, targets, seed, attempt)
    _meet(persons, "age_group_followed", targets, (1.0, 2.0, 3.0), seed, attempt)
    draw_sick_leave(persons, main, seed, attempt)
    _meet(persons, "sick_leave_work", targets, (1.0, 2.0, 3.0), seed, attempt)
    for name in draw_user_groups(persons, seed, attempt):
        _meet(persons, name, targets, (0.0, 1.0), seed, attempt)
    progress("Caseloads")
    if not draw_caseloads(persons, targets, seed, attempt):
        raise _stuck("caseload", attempt)


def _check(persons: pd.DataFrame, targets: Sequence[Target], attempt: int) -> None:
    """Hold all targets to all answers: each step met its own, and a later one might undo an earlier."""
    for column in dict.fromkeys(target.column for target in targets):
        own = [target for target in targets if target.column == column]
        composite = Composite.read(persons, column)
        system = System(own, persons, asked_of(persons, column), composite)
        if system.missed(answers_of(persons, column)):
            raise _stuck(column, attempt)


def _meet(
    persons: pd.DataFrame,
    column: str,
    targets: Sequence[Target],
    codes: tuple[float, ...],
    seed: int,
    attempt: int,
) -> None:
    """Repair a column of codes in place until its targets hold."""
    system = system_of(persons, column, targets)
    if not system.targets:
        return
    asked = asked_of(persons, column)
    values = np.where(asked, answers_of(persons, column), codes[0])
    for trial in range(TRIES):
        rng = stream(seed, attempt, f"repair {column} {trial}")
        repaired = repair(values, system, change_codes(codes, asked), rng, anyone_steps(codes, asked))
        if repaired is not None:
            persons.loc[asked, column] = repaired[asked]
            return
    raise _stuck(column, attempt)


def _stuck(column: str, attempt: int) -> ReportError:
    return ReportError(
        f"the twin's answers to {column} could not be made to meet every target",
        where="data/twin/survey_targets.csv",
        count=attempt + 1,
        remedy="Widen its targets, or try another seed.",
    )


def _tables(frame: pd.DataFrame, persons: pd.DataFrame) -> dict[str, pd.DataFrame]:
    tables = {}
    order = [variable.name for variable in read_codebook() if variable.source == "survey"]
    columns = [name for name in order if name in persons]
    for wave in waves():
        survey = persons.loc[persons["wave"] == wave, columns]
        # A variable that a wave did not ask is not in its file.
        unasked = [name for name in survey if survey[name].isna().all()]
        tables[f"survey_{wave}"] = survey.drop(columns=unasked).reset_index(drop=True)
        tables[f"frame_{wave}"] = frame.loc[frame["wave"] == wave, FRAME].reset_index(drop=True)
    return tables
