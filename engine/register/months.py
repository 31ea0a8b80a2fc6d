"""Months of the register: reference date, and the window of thirty days that ends with it."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

WINDOW_DAYS = 30
NAMES = (
    *("januar", "februar", "mars", "april", "mai", "juni"),
    *("juli", "august", "september", "oktober", "november", "desember"),
)


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month."""

    year: int
    month: int

    @classmethod
    def read(cls, text: str) -> Month:
        """Read `2021-02`."""
        year, month = text.split("-")
        return cls(int(year), int(month))

    def __str__(self) -> str:
        """Write `2021-02`."""
        return f"{self.year}-{self.month:02d}"

    @property
    def first(self) -> date:
        """First day."""
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        """Reference date: the last day."""
        return date(self.year, self.month, calendar.monthrange(self.year, self.month)[1])

    @property
    def window_start(self) -> date:
        """First of the thirty days that end with the reference date."""
        return self.last - timedelta(days=WINDOW_DAYS - 1)

    @property
    def next(self) -> Month:
        """The month after."""
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    @property
    def words(self) -> str:
        """Name in bokmål: «februar 2021»."""
        return f"{NAMES[self.month - 1]} {self.year}"
