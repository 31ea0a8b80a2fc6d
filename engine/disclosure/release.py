"""What a chapter has shown of each question so far, and whether one more estimate would give too few persons away."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .complements import Floats, Partition, Persons, partition, too_small

THRESHOLD, COMPLEMENT, DOMINANCE, FREEDOM, DIFFERENCE = (
    "threshold", "complement", "dominance", "degrees of freedom", "difference"
)  # fmt: skip
ESTIMATE, NUMBER = "estimate", "n"


@dataclass
class Cell:
    """One set of persons that an estimate speaks of.

    Attributes
    ----------
    persons : ndarray of uint64
        Their keys, ascending.
    reason : str
        Why it is hidden; empty where it is shown.
    what : str
        `estimate`, or `n` where only the number of persons is hidden.
    whole : bool
        Whether it is the total of other cells of the same table.
    """

    persons: Persons
    reason: str = ""
    what: str = ESTIMATE
    whole: bool = False

    @property
    def key(self) -> bytes:
        """The persons, as something to look up by."""
        return self.persons.tobytes()


@dataclass
class _Question:
    """What was decided about one question: sets that are shown, and those that must not follow."""

    shown: list[Persons] = field(default_factory=list)
    protected: list[Persons] = field(default_factory=list)
    decided: dict[bytes, tuple[str, str]] = field(default_factory=dict)


class Release:
    """All that one opening of the data has shown. Travels with the frames; no copy of a frame has one of its own."""

    def __init__(self) -> None:
        self._questions: dict[Hashable, _Question] = {}

    def __copy__(self) -> Release:
        """Return itself."""
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Release:
        """Return itself: pandas copies what frames carry at every step."""
        return self

    def settle(self, question: Hashable, cells: Sequence[Cell], limit: float, *, exact: bool) -> None:
        """Decide which cells of a table may be shown beside all that was shown before.

        Parameters
        ----------
        question : hashable
            What is told of the persons: only sums of the same can be subtracted.
        cells : sequence of Cell
            Cells that are hidden already come with their reason. The others get theirs here.
        limit : float
            Fewest persons that anything may rest on; 0 where the answers are all alike, so that a difference would
            tell nothing, and only hidden cells are protected.
        exact : bool
            Whether sums follow exactly from what is printed, as without weights.

        Notes
        -----
        Larger cells go first, so the smaller of two is hidden; what an earlier table has shown stays shown. Where a
        total and its parts differ by a few persons of unknown group and weights are unknown to the reader, hiding the
        total's number of persons is enough: without it, its mean is no sum to subtract from.
        """
        known = self._questions.setdefault(question, _Question())
        for cell in cells:
            if not cell.reason and cell.key in known.decided:
                cell.reason, cell.what = known.decided[cell.key]
        fresh = {
            cell.key: cell for cell in sorted(cells, key=lambda cell: (-len(cell.persons), not cell.whole))
            if cell.key not in known.decided
        }  # fmt: skip
        hidden = [cell.persons for cell in fresh.values() if cell.reason and len(cell.persons)]
        if not fresh:
            return
        todo = [cell for cell in fresh.values() if not cell.reason]
        near = _Near(known, hidden, todo)
        if near.reveals(range(len(todo)), limit) is not None:
            _choose(near, todo, limit, exact)
        known.shown += [cell.persons for cell in todo if not cell.reason]
        known.protected += hidden
        decided = {key: (cell.reason, cell.what) for key, cell in fresh.items()}
        known.decided |= decided
        for cell in cells:
            cell.reason, cell.what = decided.get(cell.key, (cell.reason, cell.what))


class _Near:
    """Sets that share persons with a table's: the table's own, what was shown, and what is protected."""

    def __init__(self, known: _Question, hidden: list[Persons], todo: list[Cell]) -> None:
        own = [*hidden, *(cell.persons for cell in todo)]
        ends = [(one[0], one[-1]) for one in own if len(one)]
        shown = [one for one in known.shown if _touches(one, ends)]
        protected = [*(one for one in known.protected if _touches(one, ends)), *hidden]
        self.cut: Partition = partition([*shown, *protected, *(cell.persons for cell in todo)])
        first, second = len(shown), len(shown) + len(protected)
        self.shown, self.protected, self.todo = (
            self.cut.members[:first], self.cut.members[first:second], self.cut.members[second:]
        )  # fmt: skip

    def reveals(self, places: Sequence[int] | range, limit: float) -> np.ndarray | None:
        """Parts that follow from what was shown together with some of the table's cells."""
        rows: Floats = np.vstack([self.shown, self.todo[list(places)]])
        return too_small(rows, self.cut.sizes, limit, self.protected)


def _touches(persons: Persons, ends: Sequence[tuple[np.uint64, np.uint64]]) -> bool:
    return any(len(persons) and persons[0] <= last and first <= persons[-1] for first, last in ends)


def _choose(near: _Near, todo: Sequence[Cell], limit: float, exact: bool) -> None:
    """Accept cells one by one as long as nothing follows; the others get their reason."""
    kept: list[int] = []
    sizes = near.cut.sizes
    of_hidden = near.protected.any(axis=0)
    for place, cell in enumerate(todo):
        found = near.reveals([*kept, place], limit)
        if found is None:
            kept.append(place)
            continue
        if not (found & ~of_hidden).any():
            cell.reason = COMPLEMENT
            continue
        others = np.vstack([near.shown, near.todo[kept]])
        if _nested(others, near.todo[place], sizes, limit):
            cell.reason = DIFFERENCE
            continue
        # A sum of parts falls short of a whole by a few: rather the whole than a part.
        whole = next((at for at in kept if todo[at].whole and (near.todo[at] >= near.todo[place]).all()), None)
        if whole is not None:
            kept.remove(whole)
            if near.reveals([*kept, place], limit) is None:
                kept.append(place)
                place = whole
            else:
                kept.append(whole)
        todo[place].reason, todo[place].what = DIFFERENCE, ESTIMATE if exact else NUMBER


def _nested(others: Floats, one: Floats, sizes: Floats, limit: float) -> bool:
    """Whether a set lies in another, or another in it, and they differ by too few persons."""
    for other in others:
        apart = other - one
        persons = float(sizes[apart != 0].sum())
        if 0 < persons < limit and ((apart >= 0).all() or (apart <= 0).all()):
            return True
    return False
