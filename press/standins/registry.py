"""The register of stand-ins: short definitions of exhibits that no chapter makes yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from helpers.estimates import unweighted
from helpers.survey import Survey
from helpers.tidy import COLUMNS, stack

__all__ = ["STANDINS", "StandIn", "compared", "current", "described", "estimate", "follow_young", "stack", "stands_in"]

Definition = Callable[[Survey], pd.DataFrame]
# Ends the id of estimates that the text gives beside an exhibit without showing them («ikke vist i figur»).
BESIDE = "+"
AGE = "age_group_followed"
YOUNG, OVER_30, BOTH_AGES = "unge (under 30 år)", "de over 30 år", "begge aldersgrupper"


@dataclass(frozen=True)
class StandIn:
    """One definition.

    Attributes
    ----------
    exhibit : str
        The exhibit it stands in for; with `BESIDE` what the text says beside it.
    needs : tuple of str
        Variables that the current wave must have asked, else the edition is without the exhibit.
    make : callable
        From a survey to tidy estimates.
    """

    exhibit: str
    needs: tuple[str, ...]
    make: Definition


STANDINS: dict[str, StandIn] = {}


def stands_in(exhibit: str, *needs: str) -> Callable[[Definition], Definition]:
    """Enter a definition in the register."""

    def enter(make: Definition) -> Definition:
        if exhibit in STANDINS:
            raise ValueError(f"{exhibit} is defined twice")
        STANDINS[exhibit] = StandIn(exhibit, needs, make)
        return make

    return enter


def estimate(standin: StandIn, survey: Survey) -> pd.DataFrame:
    """Make one exhibit's estimates; a table without rows where the edition's wave did not ask for it."""
    if not all(survey.asked(name, survey.year) for name in standin.needs):
        return pd.DataFrame(columns=[*COLUMNS, "x", "p_value"])
    return standin.make(survey)


def current(survey: Survey, population: str = "counsellors") -> pd.DataFrame:
    """Members of a population in the current wave."""
    frame = survey.population(population)
    return frame[frame["wave"] == survey.year]


def compared(survey: Survey, population: str = "counsellors") -> pd.DataFrame:
    """Members of a population in the first and the current wave."""
    return survey.compared(survey.population(population))


def follow_young(frame: pd.DataFrame) -> pd.DataFrame:
    """Those who follow up young users, alone or beside older ones: who was asked the questions on young users."""
    return frame[frame[AGE].isin([YOUNG, BOTH_AGES])]


def described(frame: pd.DataFrame) -> pd.DataFrame:
    """The respondents unweighted: tables 1 and 2 describe who answered (2159 of 3901 is their 55 per cent)."""
    return unweighted(frame)
