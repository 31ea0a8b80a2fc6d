"""Points in time on an axis: survey years and months of a register."""

from __future__ import annotations

import re

MONTHS = ("jan.", "feb.", "mars", "april", "mai", "juni", "juli", "aug.", "sep.", "okt.", "nov.", "des.")
NAMES = ("januar", "februar", "mars", "april", "mai", "juni", "juli", "august", "september", "oktober", "november",
         "desember")  # fmt: skip
TIME = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2]))?")


def place(time: object) -> float:
    """Where a time stands on an axis of years.

    Parameters
    ----------
    time : int or str
        A year (`2024`, `"2024"`) or a month (`"2022-10"`).

    Returns
    -------
    float
        Years; a month is a twelfth.

    Raises
    ------
    ValueError
        When it is neither.
    """
    year, month = _parts(time)
    return year + (month - 1) / 12 if month else float(year)


def time_nb(time: object) -> str:
    """Write a time in bokmål: `2024`, `okt. 2022`."""
    year, month = _parts(time)
    return f"{MONTHS[month - 1]} {year}" if month else str(year)


def month_nb(time: object) -> str:
    """Write a time in full: `2024`, `oktober 2022`."""
    year, month = _parts(time)
    return f"{NAMES[month - 1]} {year}" if month else str(year)


def is_month(time: object) -> bool:
    """Whether a time is a month."""
    return _parts(time)[1] > 0


def _parts(time: object) -> tuple[int, int]:
    found = TIME.fullmatch(str(time))
    if found is None:
        raise ValueError(f"«{time}» is no point in time; write 2024 or 2022-10")
    return int(found[1]), int(found[2] or 0)


def shown_times(times: list[object], length: float, room: float) -> list[object]:
    """Choose the times that an axis of `length` points names, `room` points each: first, last and Januaries or years.

    Parameters
    ----------
    times : list
        All times, ascending.
    length, room : float
        Points.

    Returns
    -------
    list
        Some of them, ascending; the first and the last are kept, what stands too close to them is not.
    """
    if len(times) < 2:
        return list(times)
    first, last = times[0], times[-1]
    scale = length / (place(last) - place(first))
    rest = [time for time in times[1:-1] if _parts(time)[1] < 2]
    chosen = [first]
    for time in rest:
        if (place(time) - place(chosen[-1])) * scale >= room and (place(last) - place(time)) * scale >= room:
            chosen.append(time)
    return [*chosen, last]
