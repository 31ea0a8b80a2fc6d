"""The one error that a user of the report meets: what is wrong, where, how often, and what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

# Problems that one message tells one by one.
MOST = 50


class ReportError(Exception):
    """Something is wrong with the data, the settings or the book, told in one message without a data value.

    Parameters
    ----------
    what : str
        What is wrong. Names of files, columns and rules are fine; values of respondents never are.
    where : str
        File, column or setting.
    count : int, optional
        How many rows, columns or files are concerned.
    remedy : str
        What to do about it.

    Notes
    -----
    `str()` is «what (where; count). remedy»; parts that were not given are left out.
    """

    def __init__(self, what: str, where: str = "", count: int | None = None, remedy: str = "") -> None:
        self.what, self.where, self.count, self.remedy = what, where, count, remedy
        super().__init__(str(self))

    def __str__(self) -> str:
        """Return the whole message."""
        place = "; ".join(
            part for part in (self.where, "" if self.count is None else str(self.count)) if part
        )
        return (
            f"{self.what} ({place}). {self.remedy}".rstrip()
            if place
            else f"{self.what}. {self.remedy}".rstrip()
        )

    def __reduce__(self) -> tuple[type[ReportError], tuple[str, str, int | None, str]]:
        """Survive the way back from a worker process, which pickles the error."""
        return type(self), (self.what, self.where, self.count, self.remedy)


def raise_together(problems: Sequence[ReportError], where: str) -> None:
    """Raise all problems as one error, or nothing when there are none.

    Parameters
    ----------
    problems : sequence of ReportError
        In the order they shall be told.
    where : str
        What the problems have in common, for instance «survey data».

    Raises
    ------
    ReportError
        The problem itself when it is the only one, else one that lists them line by line.
    """
    if len(problems) == 1:
        raise problems[0]
    if problems:
        lines = "".join(f"\n- {problem}" for problem in problems[:MOST])
        lines += f"\n- and {len(problems) - MOST} more" if len(problems) > MOST else ""
        raise ReportError(f"several problems{lines}\nAll of these must be mended", where, len(problems))


def unknown(kind: str, name: object, known: Iterable[object], where: str, otherwise: str = "") -> ReportError:
    """Make an error of a name that is not known.

    Parameters
    ----------
    kind : str
        What it should name: «variable», «population».
    name : object
        The name.
    known : iterable
        The names that there are.
    where : str
        Where they stand, or the argument that names one.
    otherwise : str
        What to do where none is near; by default to take one of them.

    Returns
    -------
    ReportError
        Its remedy names the nearest ones.
    """
    names = list(dict.fromkeys(map(str, known)))
    near = difflib.get_close_matches(str(name), names, 3)
    remedy = f"did you mean {' or '.join(near)}?" if near else otherwise or f"take one of {', '.join(names)}"
    return ReportError(f"no {kind} is called «{name}»", where, remedy=remedy)
