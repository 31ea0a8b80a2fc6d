"""No estimate depends on what ran before it: in any order of its cells a chapter gives the same tables."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest

import helpers
from engine.data.manifest import write_manifest
from engine.estimates import weighted
from press.notebook import prose_text, to_notebook
from press.project import Chapter, Project

SEEDS = (1, 2, 3)
KEPT = 0.15
SURVEY = [chapter for chapter in Project().chapters if "open_survey(" in chapter.text]
REGISTER = [chapter for chapter in Project().chapters if "open_register(" in chapter.text]
# What shows and words what was estimated is no estimate.
SILENT = {"exhibit": lambda *_, **__: None, "supplement": lambda *_, **__: None, "prose": lambda *_, **__: None}
# What opens data, or gives the persons themselves, estimates nothing.
NO_ESTIMATES = ("open_series", "unweighted")
IMPORTED = re.compile(r"^from (engine\.(?:estimates|register)\.(?!register\b)\w+) import (.+)$", re.M)
Call = tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]


@pytest.fixture(scope="module")
def few(twin_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """So few of the twin's persons that much of each chapter must be hidden."""
    root = tmp_path_factory.mktemp("few")
    for path in sorted(twin_root.glob("*.parquet")):
        table = pd.read_parquet(path)
        if path.name.startswith("survey"):
            table = table[np.random.default_rng(7).random(len(table)) < KEPT].reset_index(drop=True)
        table.to_parquet(root / path.name)
    write_manifest(root, "synthetic", "Prøve", "en prøve", created="2025-01-02")
    return root


def estimators(chapter: Chapter) -> list[tuple[ModuleType, str]]:
    """What a chapter estimates with: of helpers, and what it imports of the engine's rooms by their full path."""
    named = [(helpers, name) for name in helpers.__all__]
    named = [(room, name) for room, name in named if getattr(room, name).__module__.startswith("engine.estimates")]
    for room, names in IMPORTED.findall(chapter.text):
        named += [(import_module(room), name.strip()) for name in names.split(",")]
    named = [(room, name) for room, name in named if name not in NO_ESTIMATES]
    return [(room, name) for room, name in named if inspect.isfunction(getattr(room, name))]


def cells(chapter: Chapter) -> Iterator[str]:
    for cell in to_notebook(chapter.text, chapter.name).cells:
        if cell.cell_type == "code" and prose_text(cell.source) is None:
            yield cell.source


def run(chapter: Chapter, root: Path, answer: Callable[[Call], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Execute a chapter's cells with data of their own; `answer` answers the calls of estimators."""
    asking = False

    def asked(one: Callable[..., Any]) -> Callable[..., Any]:
        def ask(*given: Any, **named: Any) -> Any:
            nonlocal asking
            # What an estimator asks of another is its own affair.
            if asking:
                return one(*given, **named)
            asking = True
            try:
                return answer((one, given, named))
            finally:
                asking = False

        return ask

    with monkeypatch.context() as patch:
        patch.setenv("REPORT_DATA", str(root))
        for room, name in estimators(chapter):
            patch.setattr(room, name, asked(getattr(room, name)))
        for name, silent in SILENT.items():
            patch.setattr(helpers, name, silent)
        names: dict[str, Any] = {}
        for source in cells(chapter):
            try:
                exec(compile(source, chapter.name, "exec"), names)
            except (KeyError, ValueError, IndexError, LookupError):
                # Words about tables in which so much is hidden; what is estimated is known by then.
                continue


def table(made: Any) -> pd.DataFrame:
    if isinstance(made, list):
        return pd.concat(made, ignore_index=True)
    return made if isinstance(made, pd.DataFrame) else getattr(made, "table", pd.DataFrame())


def differing(
    chapter: Chapter, root: Path, seeds: tuple[int, ...], monkeypatch: pytest.MonkeyPatch,
    forget: Callable[[], object] = lambda: None,
) -> tuple[int, list[int]]:  # fmt: skip
    """How many estimates a chapter makes, and which of them another order changes; `forget` begins each order."""
    first: list[Any] = []

    def estimate(call: Call) -> Any:
        one, given, named = call
        first.append(one(*given, **named))
        return first[-1]

    forget()
    run(chapter, root, estimate, monkeypatch)
    expected = [table(made).copy() for made in first]
    found = set()
    for seed in seeds:
        waiting: list[Call] = []

        def wait(call: Call, waiting: list[Call] = waiting) -> Any:
            waiting.append(call)
            return first[len(waiting) - 1]

        # Frames that no estimator has seen, so that the shuffled calls are the first.
        run(chapter, root, wait, monkeypatch)
        assert len(waiting) == len(first)
        forget()
        for place in np.random.default_rng(seed).permutation(len(waiting)):
            one, given, named = waiting[place]
            if not table(one(*given, **named)).equals(expected[place]):
                found.add(int(place))
    return len(first), sorted(found)


@pytest.mark.parametrize("chapter", SURVEY, ids=lambda chapter: chapter.slug)
def test_any_order_gives_the_same_tables(chapter: Chapter, few: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REPORT_MINIMUM", raising=False)
    made, changed = differing(chapter, few, SEEDS, monkeypatch)
    assert made and not changed


@pytest.mark.parametrize("chapter", REGISTER, ids=lambda chapter: chapter.slug)
def test_any_order_gives_the_same_tables_of_the_register(
    chapter: Chapter, register_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REPORT_MINIMUM", raising=False)
    names = {name for _, name in estimators(chapter)}
    assert {"register_share", "register_by", "register_regressions", "conclusions", "recipients_only"} <= names
    made, changed = differing(chapter, register_root, SEEDS[:1], monkeypatch)
    assert made >= 10 and not changed


def test_a_memory_would_be_found(few: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: who has been told a mean of a variable is told no other one of it, as surveys once remembered."""
    told: set[str] = set()
    settled = weighted.settled

    def remembering(rows: Any, frames: Any, by: Any, *variables: str) -> pd.DataFrame:
        made = settled(rows, frames, by, *variables)
        known = variables[0] in told
        told.add(variables[0])
        return made.assign(estimate=np.nan) if known else made

    monkeypatch.delenv("REPORT_MINIMUM", raising=False)
    monkeypatch.setattr(weighted, "settled", remembering)
    chapter = next(chapter for chapter in SURVEY if chapter.slug.startswith("10"))
    made, changed = differing(chapter, few, SEEDS, monkeypatch, told.clear)
    assert made and changed
