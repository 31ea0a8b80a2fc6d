"""What a finding comes to: it holds, in part or not, or nothing can be said because an estimate is hidden."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.words.verdict import CLEAR, NOT_COMPARABLE, TENDENCY, UNCHANGED, Verdict

HOLDS, IN_PART, FAILS, HIDDEN = "holds", "in part", "fails", "hidden"
# From what ends a claim to what leaves it standing: of several parts the first one decides.
ORDER = (HIDDEN, FAILS, IN_PART, HOLDS)


@dataclass(frozen=True)
class Outcome:
    """Status of a finding, and in words why it does not hold."""

    status: str
    reason: str = ""
    reason_nb: str = ""


STANDS = Outcome(HOLDS)
WRONG = Outcome(FAILS, "the estimates say otherwise", "Anslagene sier noe annet")
UNKNOWN = Outcome(HIDDEN, "an estimate is hidden", "Et anslag er skjult")
ABSENT = Outcome(HIDDEN, "an estimate is not in this edition", "Et anslag finnes ikke i denne utgaven")
OTHER_WAY = Outcome(FAILS, "the other direction", "Anslaget går motsatt vei")
NOT_CLEAR = Outcome(IN_PART, "same direction, but not clear", "Samme retning, men ikke klart")
CLEARER = Outcome(IN_PART, "same direction, and clear", "Samme retning, men klart og ikke bare en tendens")
TOO_LITTLE = Outcome(
    IN_PART, "same direction, but less than a tendency", "Samme retning, men for lite til å være en tendens"
)
DIFFERS = Outcome(FAILS, "a clear difference", "Det er en klar forskjell")
TENDS = Outcome(IN_PART, "no clear difference, but a tendency", "Ingen klar forskjell, men en tendens")


def of(holds: bool) -> Outcome:
    """Outcome of a condition that is met or not."""
    return STANDS if holds else WRONG


def together(outcomes: Iterable[Outcome]) -> Outcome:
    """Outcome of a finding that says several things: of the worst of them."""
    return min(outcomes, key=lambda one: ORDER.index(one.status))


def clear(one: Verdict, way: int) -> Outcome:
    """Whether a difference is clear in a direction; of full counts any difference is."""
    if not one.known and one.strength != NOT_COMPARABLE:
        return UNKNOWN
    if one.sign != way:
        return OTHER_WAY
    return STANDS if one.strength in (CLEAR, NOT_COMPARABLE) else NOT_CLEAR


def tendency(one: Verdict, way: int) -> Outcome:
    """Whether a difference is a tendency in a direction, which is less than clear."""
    if not one.known:
        return UNKNOWN
    if one.sign != way:
        return OTHER_WAY
    return {TENDENCY: STANDS, CLEAR: CLEARER, UNCHANGED: TOO_LITTLE}[one.strength]


def somewhat(one: Verdict, way: int) -> Outcome:
    """Whether a difference is at least a tendency: «noe», «litt»; sentences call less than that unchanged."""
    found = tendency(one, way)
    return STANDS if found is CLEARER else found


def none(one: Verdict) -> Outcome:
    """Whether there is no difference: sentences call a tendency one."""
    if not one.known:
        return UNKNOWN
    return {CLEAR: DIFFERS, TENDENCY: TENDS, UNCHANGED: STANDS}[one.strength]


def not_clear(one: Verdict) -> Outcome:
    """Whether a difference is not clear, a tendency allowed: «lite forskjell», «bare»."""
    if not one.known:
        return UNKNOWN
    return DIFFERS if one.clear else STANDS


def no_more(one: Verdict) -> Outcome:
    """Whether nothing rose: a fall is allowed."""
    return STANDS if one.known and one.sign <= 0 else none(one)
