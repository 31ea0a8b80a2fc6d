"""Prose with inline expressions: the notebook's form of Quarto's `{python} …`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.disclosure.record import drain
from engine.outputs import HIDDEN_MIME, TABLE_MIME, sealed

from .provenance import is_told

INLINE = re.compile(r"`\{python\}\s+([^`]+)`")

# What Pandoc's markdown, HTML or Quarto's shortcodes would take for more than a word.
MARKS = re.compile(r"[\\`*_{}\[\]<>$^~@|#&!\"']")
# A cell of a table is one line; the no-break spaces of our numbers are no breaks.
BREAKS = re.compile(r"[^\S\u00a0\u2007\u202f]+")
# In a sentence's value: a tag of HTML, a raw part, a shortcode. Emphasis and references of our own stay what they are.
RUNS = re.compile(r"<(?=[A-Za-z/!?])|(?<=\{)\{(?=[{%<])|\{(?==)")


def literal(text: object) -> str:
    """Write a word of the data (a label, a source) so that markdown shows it as it is."""
    return MARKS.sub(lambda mark: f"\\{mark.group()}", BREAKS.sub(" ", str(text)).strip())


def inert(text: str) -> str:
    """Take the power to run from markdown that may hold words of the data; what it says stays."""
    return RUNS.sub(lambda mark: f"\\{mark.group()}", text)


@dataclass(frozen=True)
class Prose:
    """Markdown whose inline expressions have been replaced by their values."""

    text: str
    hidden: tuple[dict[str, str], ...] = ()
    # Expressions whose values helpers did not write.
    foreign: tuple[str, ...] = ()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        record: dict[str, Any] = {HIDDEN_MIME: list(self.hidden)} if self.hidden else {}
        if self.foreign:
            record[TABLE_MIME] = {"estimated": False, "expressions": list(self.foreign)}
        return sealed({"text/markdown": self.text, **record})

    def __repr__(self) -> str:
        return self.text


def prose(text: str, namespace: Mapping[str, Any] | None = None) -> Prose:
    """Replace each `{python} expression` in backticks by its value.

    Quarto does this itself in a .qmd; in a notebook this call does it, so that a plain papermill run shows the numbers.

    Parameters
    ----------
    text : str
        Markdown.
    namespace : mapping, optional
        Names for the expressions; the running notebook's when omitted.

    Returns
    -------
    Prose
        Shown as markdown by Jupyter.

    Raises
    ------
    ValueError
        When an expression fails; names the expression and chains its error.

    Notes
    -----
    A value is a word or a whole number that a helper wrote; another is remembered, and stops a build of real data.

    Examples
    --------
    >>> prose("I `{python} year` var det `{python} nb(caseload, 'unge', year)`.", {"year": 2024, **globals()})
    I 2024 var det 55.
    """
    if namespace is None:
        from IPython.core.getipython import get_ipython

        shell = get_ipython()
        namespace = {} if shell is None else shell.user_ns
    names = dict(namespace)

    def value(match: re.Match[str]) -> str:
        expression = match.group(1).strip()
        try:
            found = eval(expression, names)  # the chapter's own code, as in any of its cells
            if not is_told(expression, found, names):
                foreign.append(expression)
            return inert(str(found))
        except Exception as error:
            raise ValueError(f"inline expression `{expression}` failed: {type(error).__name__}: {error}") from error

    foreign: list[str] = []
    drain()
    told = INLINE.sub(value, text)
    return Prose(told, tuple(drain()), tuple(foreign))
