"""No estimate depends on what ran before it: in any order of its cells a chapter gives the same tables."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import helpers
from engine.data.manifest import write_manifest
from press.notebook import prose_text, to_notebook
from press.project import Chapter, Project

SEEDS = (1, 2, 3)
KEPT = 0.15
CHAPTERS = [chapter for chapter in Project().chapters if "open_survey(" in chapter.text]
# What shows and words what was estimated is no estimate.
SILENT = {"exhibit": lambda *_, **__: None, "supplement": lambda *_, **__: None, "prose": lambda *_, **__: None}
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


def estimators() -> dict[str, Callable[..., Any]]:
    """What of helpers estimates."""
    named = {name: getattr(helpers, name) for name in helpers.__all__}
    rooms = {name: getattr(inspect.getmodule(one), "__name__", "") for name, one in named.items() if callable(one)}
    return {name: named[name] for name, room in rooms.items()
            if room.startswith("engine.estimates") and inspect.isfunction(named[name])}  # fmt: skip


def cells(chapter: Chapter) -> Iterator[str]:
    for cell in to_notebook(chapter.text, chapter.name).cells:
        if cell.cell_type == "code" and prose_text(cell.source) is None:
            yield cell.source


def run(chapter: Chapter, root: Path, answer: Callable[[Call], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Execute a chapter's cells with a survey of their own; `answer` answers the calls of estimators."""
    with monkeypatch.context() as patch:
        patch.setenv("REPORT_DATA", str(root))
        for name, one in estimators().items():
            patch.setattr(helpers, name, lambda *given, _one=one, **named: answer((_one, given, named)))
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
    return made if isinstance(made, pd.DataFrame) else getattr(made, "table", pd.DataFrame())


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.slug)
def test_any_order_gives_the_same_tables(chapter: Chapter, few: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REPORT_MINIMUM", raising=False)
    first: list[Any] = []

    def estimate(call: Call) -> Any:
        one, given, named = call
        first.append(one(*given, **named))
        return first[-1]

    run(chapter, few, estimate, monkeypatch)
    expected = [table(made).copy() for made in first]
    for seed in SEEDS:
        waiting: list[Call] = []

        def wait(call: Call, waiting: list[Call] = waiting) -> Any:
            waiting.append(call)
            return first[len(waiting) - 1]

        # Frames that no estimator has seen, so that the shuffled calls are the first.
        run(chapter, few, wait, monkeypatch)
        assert len(waiting) == len(first)
        for place in np.random.default_rng(seed).permutation(len(waiting)):
            one, given, named = waiting[place]
            pd.testing.assert_frame_equal(table(one(*given, **named)), expected[place], check_exact=True)
