"""Secondary suppression in one table: what is hidden must not follow from what is shown, by adding and subtracting.

A table is settled by its own sets of persons alone, whatever other tables show.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .rules import COMPLEMENT, DIFFERENCE, DOMINANCE, ESTIMATE, NUMBER, SMALLEST_NUMERATOR, THRESHOLD

from .rules import hide, hide_number, minimum_persons  # isort: skip

Persons = NDArray[np.uint64]
Floats = NDArray[np.float64]
NOTHING = 1e-9
ID = "respondent_id"
# Persons of one wave have keys next to each other, so that waves can be told apart without looking at persons.
WAVE_SHIFT, HASH_MASK = np.uint64(48), np.uint64((1 << 48) - 1)


@dataclass(frozen=True)
class Behind:
    """Who is behind a row of a table that is being made; never leaves the estimators. Keys are ascending and unique."""

    persons: Persons
    # Those of them who have the answer.
    answering: Persons
    # Whether the row is a total of others, one or two persons make most of it, all weigh the same.
    whole: bool
    dominated: bool
    exact: bool


@dataclass
class Cell:
    """One set of persons that a row speaks of: why it is hidden (empty where it is not), and what of it."""

    persons: Persons
    reason: str = ""
    what: str = ESTIMATE
    # Whether it is the total of other cells of the same table.
    whole: bool = False

    @property
    def key(self) -> bytes:
        """The persons, as something to look up by."""
        return self.persons.tobytes()


def keys_of(frame: pd.DataFrame, number: int = 0) -> Persons:
    """Keys of a frame's persons, the same in every frame of one survey; `number` tells frames without ids apart."""
    if ID in frame:
        return person_keys(frame["wave"].to_numpy(), frame[ID].to_numpy())
    return person_keys(np.full(len(frame), number), np.arange(len(frame)))


def person_keys(wave: np.ndarray, identifier: np.ndarray) -> Persons:
    """Keys of persons, shape (persons,): the wave, and a hash of the id (a whole number) within it."""
    mixed = identifier.astype(np.int64).view(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    # The finaliser of SplitMix64 (Steele et al. 2014): ids that lie close give keys that do not.
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    mixed = mixed ^ (mixed >> np.uint64(31))
    return (wave.astype(np.uint64) << WAVE_SHIFT) | (mixed & HASH_MASK)


def settle_rows(table: pd.DataFrame, behind: Sequence[Behind], exact: bool, differ: bool) -> pd.DataFrame:
    """Hide what one or two persons dominate, what gives a hidden row back, and differences of few persons.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates of one variable, through `rules.protect`.
    behind : sequence of Behind
        Who is behind the same rows.
    exact : bool
        Whether all persons of the table weigh the same.
    differ : bool
        Whether answers differ at all.

    Returns
    -------
    pandas.DataFrame
        The same rows, more of them hidden.
    """
    table = hide(table, np.array([one.dominated for one in behind], dtype=bool), DOMINANCE)
    cells = _cells(table, [(one.persons, one.whole) for one in behind])
    settle(cells, minimum_persons() if differ else 0, exact=exact)
    for reason in (COMPLEMENT, DIFFERENCE):
        table = hide(table, _chosen(cells, reason, ESTIMATE), reason)
        table = hide_number(table, _chosen(cells, reason, NUMBER), reason)
    return table


def settle_shares(table: pd.DataFrame, behind: Sequence[Behind]) -> pd.DataFrame:
    """Hide shares that one or two persons' answers make, or all but one or two, and what gives them back.

    Where all weigh the same, share and number of persons give how many have the answer. Where they do not, share s and
    standard error do: (SE / (s (1 − s)))² is 1/k + 1/(n − k), but for how unequal the weights are. So the rule is the
    same with weights and without: docs/disclosure.md. Nobody and everybody are shown.

    Parameters
    ----------
    table, behind
        As in `settle_rows`, of shares, and settled by it.

    Returns
    -------
    pandas.DataFrame
        The same rows, more of them hidden.
    """
    told = (~table["suppressed"]).to_numpy(dtype=bool)
    # Where all weigh the same, it takes the number of persons, too.
    told = told & (table["n"].notna().to_numpy() | ~np.array([one.exact for one in behind], dtype=bool))
    answers = _cells(table, [(one.answering, one.whole) for one in behind])
    some = [cell for cell in answers if len(cell.persons)]
    for cell in some:
        if not cell.reason and len(cell.persons) < SMALLEST_NUMERATOR:
            cell.reason = DOMINANCE
    # Who has the answer, and who was asked, give those who have not.
    wholes = [one.persons for one, there in zip(behind, told, strict=True) if there]
    settle(some, SMALLEST_NUMERATOR, exact=True, shown=wholes)
    for reason in (DOMINANCE, COMPLEMENT, DIFFERENCE):
        table = hide(table, _chosen(answers, reason, ESTIMATE), DOMINANCE if reason == DIFFERENCE else reason)
    return table


def settle_numbers(table: pd.DataFrame, who: Sequence[tuple[Persons, bool]]) -> pd.DataFrame:
    """Hide numbers of persons that would give a hidden row's number back, where estimates can't be added up.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy estimates, such as curves.
    who : sequence of (ndarray of uint64, bool)
        Keys of the persons behind each row, and whether it is a total.

    Returns
    -------
    pandas.DataFrame
        The same rows, `n` of more of them hidden.
    """
    cells = _cells(table, who)
    settle(cells, 0, exact=True)
    return hide_number(table, _chosen(cells, COMPLEMENT, ESTIMATE), COMPLEMENT)


def settle_counts(told: Floats, cells: Floats, limit: float, known: Floats | None = None) -> list[str]:
    """Decide which sums over the cells of a full count may be told: shares then give their numerators back.

    Parameters
    ----------
    told : ndarray, shape (rows, cells)
        1 where a row of the table counts a cell.
    cells : ndarray, shape (cells,)
        Persons in each cell; cells have nobody in common.
    limit : float
        Fewest persons that anything told, or following from it, may rest on. Nobody is shown.
    known : ndarray, shape (sums, cells), optional
        Sums that are told anyhow.

    Returns
    -------
    list of str
        Why each row is hidden; empty where it is told. Larger rows are told before smaller ones.
    """
    order = np.argsort(-cells, kind="stable")
    sizes, rows = cells[order], told[:, order]
    persons = rows @ sizes
    few = (persons > 0) & (persons < limit)
    reasons = [THRESHOLD if small else "" for small in few]
    kept = np.zeros((0, len(sizes))) if known is None else known[:, order]
    for place in np.argsort(-persons, kind="stable"):
        if reasons[place]:
            continue
        candidate = np.vstack([kept, rows[place]])
        if too_small(candidate, sizes, limit, rows[few]) is None:
            kept = candidate
        else:
            reasons[place] = COMPLEMENT
    return reasons


def settle_categories(counts: Floats, whole: float, limit: float) -> list[str]:
    """Decide which categories of one full count of `whole` persons may be told; see `settle_counts`."""
    if whole < limit:
        return [THRESHOLD] * len(counts)
    # Who is in no category that the table has is a cell of its own.
    rest = max(whole - float(counts.sum()), 0.0) if np.isfinite(whole) else 0.0
    cells = np.append(counts, rest)
    told = np.eye(len(counts), len(cells))
    known = np.ones((1, len(cells))) if np.isfinite(whole) else None
    return settle_counts(told, cells, limit, known)


def settle(cells: Sequence[Cell], limit: float, *, exact: bool, shown: Sequence[Persons] = ()) -> None:
    """Decide which cells of a table may be shown; those that may not get their reason.

    Parameters
    ----------
    cells : sequence of Cell
        Cells that are hidden already come with their reason.
    limit : float
        Fewest persons that anything may rest on; 0 where the answers are all alike, so that a difference would
        tell nothing, and only hidden cells are protected.
    exact : bool
        Whether sums follow exactly from what is printed, as without weights.
    shown : sequence of ndarray
        Sets that the same table shows anyhow.

    Notes
    -----
    Larger cells go first, so the smaller of two is hidden. Where a total and its parts differ by a few persons of
    unknown group and weights are unknown to the reader, hiding the total's number of persons is enough: without it,
    its mean is no sum to subtract from.
    """
    known = {one.tobytes() for one in shown}
    # Of cells of the same persons the last decides for all; the few of a share are few in a total, too.
    order = sorted(cells, key=lambda cell: (-len(cell.persons), cell.reason == DOMINANCE, not cell.whole))
    fresh = {cell.key: cell for cell in order if cell.key not in known}
    hidden = [cell.persons for cell in fresh.values() if cell.reason and len(cell.persons)]
    todo = [cell for cell in fresh.values() if not cell.reason]
    if todo:
        cut = partition([*shown, *hidden, *(cell.persons for cell in todo)])
        ends = len(shown), len(shown) + len(hidden)
        sets = _Sets(cut.members[: ends[0]], cut.members[ends[0] : ends[1]], cut.members[ends[1] :], cut.sizes)
        if sets.reveal(range(len(todo)), limit) is not None:
            _choose(sets, todo, limit, exact)
    for cell in cells:
        one = fresh.get(cell.key, cell)
        cell.reason, cell.what = one.reason, one.what


@dataclass(frozen=True)
class _Sets:
    """The sets of a table over parts of persons: shown anyhow, protected, and to be decided."""

    shown: Floats
    protected: Floats
    todo: Floats
    sizes: Floats

    def reveal(self, places: Sequence[int] | range, limit: float) -> NDArray[np.bool_] | None:
        """Parts that follow from what is shown together with some of those to be decided."""
        return too_small(np.vstack([self.shown, self.todo[list(places)]]), self.sizes, limit, self.protected)


def _choose(sets: _Sets, todo: Sequence[Cell], limit: float, exact: bool) -> None:
    """Accept cells one by one as long as nothing follows; the others get their reason."""
    kept: list[int] = []
    of_hidden = sets.protected.any(axis=0)
    for place, cell in enumerate(todo):
        found = sets.reveal([*kept, place], limit)
        if found is None:
            kept.append(place)
            continue
        if not (found & ~of_hidden).any():
            cell.reason = COMPLEMENT
            continue
        if _nested(np.vstack([sets.shown, sets.todo[kept]]), sets.todo[place], sets.sizes, limit):
            cell.reason = DIFFERENCE
            continue
        # A sum of parts falls short of a whole by a few: rather the whole than a part.
        whole = next((at for at in kept if todo[at].whole and (sets.todo[at] >= sets.todo[place]).all()), None)
        if whole is not None:
            kept.remove(whole)
            instead = sets.reveal([*kept, place], limit) is None
            kept.append(place if instead else whole)
            place = whole if instead else place
        todo[place].reason, todo[place].what = DIFFERENCE, ESTIMATE if exact else NUMBER


def _nested(others: Floats, one: Floats, sizes: Floats, limit: float) -> bool:
    """Whether a set lies in another, or another in it, and they differ by too few persons."""
    for other in others:
        apart = other - one
        persons = float(sizes[apart != 0].sum())
        if 0 < persons < limit and ((apart >= 0).all() or (apart <= 0).all()):
            return True
    return False


@dataclass(frozen=True)
class Partition:
    """Persons put together who are in the same sets, the largest parts first."""

    # Shape (sets, parts), 1 where a set holds a part; and the persons in each part.
    members: Floats
    sizes: Floats


def partition(sets: Sequence[Persons]) -> Partition:
    """Cut persons (keys, ascending and unique in each set) into the parts that no set tells apart."""
    persons = np.unique(np.concatenate(sets)) if sets else np.array([], dtype=np.uint64)
    # A random number a set; a person's sum tells which sets hold her. Chances of two sums alike: one in 2⁶⁴.
    marks = np.random.default_rng(0).integers(1, 2**63, len(sets), dtype=np.uint64)
    places = [np.searchsorted(persons, one) for one in sets]
    sums = np.zeros(len(persons), dtype=np.uint64)
    for mark, place in zip(marks, places, strict=True):
        sums[place] += mark
    _, first, counts = np.unique(sums, return_index=True, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    chosen = first[order]
    members = np.zeros((len(sets), len(chosen)))
    for row, place in enumerate(places):
        holds = np.zeros(len(persons), dtype=bool)
        holds[place] = True
        members[row] = holds[chosen]
    return Partition(members, counts[order].astype(float))


def reduced(rows: Floats) -> tuple[Floats, list[int]]:
    """Reduce a matrix to its row echelon form: the rows, and the column where each begins with a 1."""
    rows = rows.astype(float).copy()
    pivots: list[int] = []
    for column in range(rows.shape[1]):
        at = len(pivots)
        if at == len(rows):
            break
        best = at + int(np.abs(rows[at:, column]).argmax())
        if abs(rows[best, column]) < NOTHING:
            continue
        rows[[at, best]] = rows[[best, at]]
        rows[at] /= rows[at, column]
        others = np.abs(rows[:, column]) > NOTHING
        others[at] = False
        rows[others] -= np.outer(rows[others, column], rows[at])
        pivots.append(column)
    kept = rows[: len(pivots)]
    kept[np.abs(kept) < NOTHING] = 0.0
    return kept, pivots


def too_small(shown: Floats, sizes: Floats, limit: float, protected: Floats | None = None) -> NDArray[np.bool_] | None:
    """Find something that follows from what is shown and rests on too few persons.

    Parameters
    ----------
    shown : ndarray, shape (sets, parts)
        What is published, in parts of persons, the largest part first (or of a table's cells).
    sizes : ndarray, shape (parts,)
        Persons in each part.
    limit : float
        Fewest persons that anything may rest on.
    protected : ndarray, shape (hidden sets, parts), optional
        Sets that must not follow, however many persons they hold.

    Returns
    -------
    ndarray of bool, shape (parts,), or None
        The parts that what follows rests on; None where nothing does.

    Notes
    -----
    A sum over persons follows from others exactly where its row is a linear combination of theirs: secondary
    suppression by Gaussian elimination (Langsrud 2024, as in Statistics Norway's R package GaussSuppression). Here it
    looks for any combination on few persons, not only for hidden cells, so that differences of nested groups are found
    by the same rule. Looked through are the rows of the reduced form, whose small parts stand alone as far as they
    can, and what two of them leave when a part cancels.
    """
    rows, pivots = reduced(shown)
    for row in protected if protected is not None else ():
        left = row - (row[pivots] @ rows if pivots else 0.0)
        if row.any() and np.abs(left).max() < NOTHING:
            return np.asarray(row > 0, dtype=bool)
    small = [row for row, pivot in zip(rows, pivots, strict=True) if sizes[pivot] < limit]
    for row in [*small, *_pairs(small, sizes, limit)]:
        support = row != 0
        if 0 < float(sizes[support].sum()) < limit:
            return np.asarray(support, dtype=bool)
    return None


def _pairs(rows: list[Floats], sizes: Floats, limit: float) -> list[Floats]:
    """What two rows leave when a part that both hold cancels."""
    left = []
    for at, one in enumerate(rows):
        for other in rows[at + 1 :]:
            if float(sizes[(one != 0) ^ (other != 0)].sum()) >= limit:
                continue
            for column in np.flatnonzero((one != 0) & (other != 0)):
                both = one * other[column] - other * one[column]
                both[np.abs(both) < NOTHING] = 0.0
                left.append(both)
    return left


def _cells(table: pd.DataFrame, who: Sequence[tuple[Persons, bool]]) -> list[Cell]:
    reasons = np.where(table["suppressed"].to_numpy(dtype=bool), table["reason"].to_numpy(dtype=object), "")
    return [Cell(persons, str(reason), whole=whole) for (persons, whole), reason in zip(who, reasons, strict=True)]


def _chosen(cells: Sequence[Cell], reason: str, what: str) -> NDArray[np.bool_]:
    return np.array([cell.reason == reason and cell.what == what for cell in cells], dtype=bool)
